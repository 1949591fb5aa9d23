//! What a restriction asked for and did not find, with what was near it.

use crate::summary::thousands;
use crate::table::printable;
use landfall_pipeline::{Plan, RunSummary};
use landfall_track::{BoundingBox, Timestamp};

/// What was asked for and is not in the data; and if the restriction leaves nothing, that, and why.
pub(crate) fn missing(plan: &Plan, summary: &RunSummary) -> Vec<String> {
    let mut told: Vec<String> = summary
        .missing
        .iter()
        .map(|missing| {
            let near: Vec<String> = missing.near.iter().map(|near| printable(near)).collect();
            let near = if near.is_empty() {
                "none is spelt like it".to_owned()
            } else {
                format!("nearest: {}", near.join(", "))
            };
            format!(
                "no vessel in the data has the {} `{}`; {near}",
                missing.what,
                printable(&missing.asked)
            )
        })
        .collect();
    let leaves_nothing = summary
        .finished
        .as_ref()
        .is_some_and(|finished| finished.counts.vessels == 0);
    if leaves_nothing && !plan.restriction.is_empty() && summary.set_aside > 0 {
        told.push(nothing_left(plan, summary));
    }
    told
}

/// That the restriction leaves nothing, and what was near it.
fn nothing_left(plan: &Plan, summary: &RunSummary) -> String {
    let restriction = &plan.restriction;
    let mut why = Vec::new();
    if !restriction.ports.is_empty() {
        let names: Vec<String> = (restriction.port_names.iter())
            .map(|name| printable(name))
            .collect();
        let near: Vec<String> = (summary.near_ports.iter())
            .filter_map(|(port, metres)| {
                let port = plan.ports.get(port.0 as usize)?;
                Some(format!(
                    "{} ({:.0} km)",
                    printable(&port.name),
                    metres / 1_000.0
                ))
            })
            .collect();
        let near = if near.is_empty() {
            "nor at any other port".to_owned()
        } else {
            format!("the nearest ports where one was: {}", near.join(", "))
        };
        why.push(format!(
            "no vessel called at {}, passed it, fell silent there or has a dark call there; {near}",
            names.join(", ")
        ));
    }
    if (restriction.from.is_some() || restriction.to.is_some())
        && let Some((first, last)) = summary.span()
    {
        why.push(times(first, last));
    }
    if restriction.bbox.is_some() {
        let extents = summary.sources.iter().filter_map(|source| source.extent);
        if let Some(extent) = extents.reduce(joined) {
            let (least, most) = (extent.south_west.degrees(), extent.north_east.degrees());
            why.push(format!(
                "the data lie within {:.2},{:.2},{:.2},{:.2}",
                least.lon, least.lat, most.lon, most.lat
            ));
        }
    }
    let chosen = [
        !restriction.ids.is_empty(),
        !restriction.imo.is_empty(),
        !restriction.names.is_empty(),
    ];
    if summary.missing.is_empty() && chosen.into_iter().filter(|is_chosen| *is_chosen).count() > 1 {
        why.push("no vessel has all that was asked for".to_owned());
    }
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {}", why.join("; "))
    };
    format!(
        "the restriction leaves nothing of {} accepted rows{why}",
        thousands(summary.total().accepted)
    )
}

fn times(first: Timestamp, last: Timestamp) -> String {
    format!("the data are of {first} to {last}")
}

fn joined(one: BoundingBox, other: BoundingBox) -> BoundingBox {
    let mut joined = one;
    let (least, most) = (other.south_west, other.north_east);
    joined.south_west.lat_e7 = joined.south_west.lat_e7.min(least.lat_e7);
    joined.south_west.lon_e7 = joined.south_west.lon_e7.min(least.lon_e7);
    joined.north_east.lat_e7 = joined.north_east.lat_e7.max(most.lat_e7);
    joined.north_east.lon_e7 = joined.north_east.lon_e7.max(most.lon_e7);
    joined
}
