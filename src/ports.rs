//! `landfall ports`: ports by name or by place.

use crate::args::{PortTableArgs, PortsCommand};
use crate::table::{Align, Table};
use crate::{Outcome, plan};
use anyhow::Result;
use landfall_spatial_index::{
    MatchKind, PortIndex, PortMatch, PortRadiusConfig, PortSearch, SuggestionReason,
};
use landfall_track::{CountryCode, Port, PortSource};
use std::fmt::Write as _;
use std::io::Write as _;

pub(crate) fn ports(command: &PortsCommand) -> Result<Outcome> {
    let (text, outcome) = match command {
        PortsCommand::Find {
            name,
            country,
            table,
        } => {
            let country = country.as_deref().map(plan::country).transpose()?;
            find(&index(table)?, &name.join(" "), country)
        }
        PortsCommand::Near {
            place,
            within,
            table,
        } => near(&index(table)?, place, *within)?,
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(outcome)
}

fn index(table: &PortTableArgs) -> Result<PortIndex> {
    Ok(PortIndex::new(
        plan::port_tables(table)?.ports,
        &PortRadiusConfig::default(),
    ))
}

/// What a name can mean; nothing found is exit code 1, as with grep.
fn find(index: &PortIndex, name: &str, country: Option<CountryCode>) -> (String, Outcome) {
    let search = index.find(name, country);
    if !search.matches.is_empty() {
        return (listed(index, &search.matches), Outcome::Done);
    }
    let mut text = String::new();
    let place = country.map_or_else(String::new, |country| format!(" in {country}"));
    if let [first, ..] = &search.elsewhere[..] {
        let _ = writeln!(text, "No port called {name}{place}.");
        let port = index.port(first.port);
        let country = port
            .country
            .map_or("another country".to_owned(), |code| code.to_string());
        let _ = writeln!(text, "{} is in {country}:", port.name);
        text.push_str(&listed(index, &search.elsewhere));
    } else {
        let _ = writeln!(
            text,
            "No port called {name}{place}, nor one spelled nearly so."
        );
    }
    suggest(&mut text, index, &search, &place);
    (text, Outcome::Lacking)
}

/// The ports that may have been meant.
fn suggest(text: &mut String, index: &PortIndex, search: &PortSearch, place: &str) {
    if search.suggestions.is_empty() {
        return;
    }
    let _ = writeln!(text, "Probably meant{place}:");
    let mut table = port_lines();
    for suggestion in &search.suggestions {
        let why = match &suggestion.reason {
            SuggestionReason::Spelling { .. } => "spelled much alike".to_owned(),
            SuggestionReason::Near { port, distance_m } => {
                format!(
                    "{:.0} km from {}",
                    distance_m / 1000.0,
                    index.port(*port).name
                )
            }
        };
        port_line(&mut table, index.port(suggestion.port), why);
    }
    text.push_str(&table.indented("  "));
}

fn listed(index: &PortIndex, matches: &[PortMatch]) -> String {
    let mut table = port_lines();
    for found in matches {
        let how = match found.kind {
            MatchKind::Name => String::new(),
            MatchKind::Code => format!("code {}", found.by),
            MatchKind::Alias => format!("also called {}", found.by),
            MatchKind::Prefix | MatchKind::Word => format!("by {}", found.by),
            MatchKind::Spelling { .. } => format!("spelled nearly so: {}", found.by),
        };
        port_line(&mut table, index.port(found.port), how);
    }
    table.indented("  ")
}

/// The ports near a place, the nearest first.
fn near(index: &PortIndex, place: &str, within_km: f64) -> Result<(String, Outcome)> {
    if !(within_km > 0.0 && within_km.is_finite()) {
        return Err(plan::BadArgument(format!(
            "--within `{within_km}`: expected a number of kilometres above 0"
        ))
        .into());
    }
    let position = plan::place(place)?;
    let km = |distance_m: f64| format!("{:.1} km", distance_m / 1000.0);
    let found = index.near(position, within_km * 1000.0);
    if found.is_empty() {
        let mut text = format!("No port within {within_km} km of {place}.\n");
        if let Some(nearest) = index.nearest(position) {
            let mut table = port_lines();
            port_line(&mut table, index.port(nearest.port), km(nearest.distance_m));
            let _ = write!(text, "The nearest is\n{}", table.indented("  "));
        }
        return Ok((text, Outcome::Lacking));
    }
    let mut table = port_lines();
    for hit in found {
        let radius_m = index.enter_radius_m(hit.port);
        let inside = if hit.distance_m <= radius_m {
            ", in port there"
        } else {
            ""
        };
        port_line(
            &mut table,
            index.port(hit.port),
            format!("{}{inside}", km(hit.distance_m)),
        );
    }
    Ok((table.indented("  "), Outcome::Done))
}

fn port_lines() -> Table {
    Table::new(&[
        Align::Left,
        Align::Left,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Left,
        Align::Left,
    ])
}

fn port_line(table: &mut Table, port: &Port, note: String) {
    let [lat, lon] = coordinates(port);
    table.row([
        port.name.clone(),
        port.locode.map_or("-".to_owned(), |code| code.to_string()),
        port.country.map_or("-".to_owned(), |code| code.to_string()),
        lat,
        lon,
        origin(port),
        note,
    ]);
}

/// Where a port's place is from, and how exactly it is known.
fn origin(port: &Port) -> String {
    let source = match port.source {
        PortSource::Wpi => "WPI",
        PortSource::Unlocode => "UN/LOCODE",
        PortSource::Landfall => "Landfall",
        PortSource::Stops | PortSource::User => "own",
    };
    match port.precision_m {
        Some(metres) if metres >= 1000.0 => format!("{source}, to {:.1} km", metres / 1000.0),
        Some(metres) => format!("{source}, to {metres:.0} m"),
        None => source.to_owned(),
    }
}

/// Latitude and longitude of a port's first point.
fn coordinates(port: &Port) -> [String; 2] {
    port.place
        .first()
        .map_or([String::new(), String::new()], |position| {
            let place = position.degrees();
            [format!("{:.4}", place.lat), format!("{:.4}", place.lon)]
        })
}
