//! Global Fishing Watch's named anchorages are points where ships were seen to lie, many for a port.
//!
//! Columns: `s2id,lat,lon,label,sublabel,label_source,iso3,...` and `at_dock` (before: `dock`). All
//! points of one label in one country make one port, whose sublabels are further names.

use crate::country::country;
use crate::ports::{PortFormat, PortTable};
use crate::ports_rows::{LATITUDE, LONGITUDE, RADIUS, RADIUS_EXPECTED, Rows, is_radius, number};
use landfall_track::{Place, Port, PortSource, Position};
use rustc_hash::FxHashMap;

const LABEL: &[&str] = &["label"];
const SUBLABEL: &[&str] = &["sublabel"];
const ISO3: &[&str] = &["iso3"];
const CELL: &[&str] = &["s2id"];

/// The distance in metres from an anchorage point within which a ship is in port.
///
/// Source: Global Fishing Watch's pipe-anchorages, which enters at 3 km.
const RADIUS_M: f64 = 3_000.0;
/// More sublabels than this are not kept: they would be no names but a list of berths.
const MOST_SUBLABELS: usize = 64;

/// Whether a header is that of an anchorage table.
pub(crate) fn recognises(rows: &Rows<'_>) -> bool {
    rows.has(LABEL)
        && rows.has(LATITUDE)
        && rows.has(LONGITUDE)
        && (rows.has(CELL) || rows.has(ISO3))
}

/// Reads an anchorage table. Ports are in the order of their first points. A point without a label
/// is a port of its own, called by its cell.
pub(crate) fn read(text: &str) -> PortTable {
    let mut table = PortTable::new(PortFormat::Anchorages);
    let mut by_label: FxHashMap<(String, String), usize> = FxHashMap::default();
    let rows = Rows::new(text);
    let decimal_comma = rows.decimal_comma;
    let read = rows.for_each(|row| {
        let position = match row.position() {
            Ok(position) => position,
            Err(problem) => return table.rejected.push(problem),
        };
        let label = match row.text(LABEL) {
            "" => row.text(CELL),
            label => label,
        };
        if label.is_empty() {
            return table
                .rejected
                .push(row.problem(LABEL, "no label and no s2id, so the port has no name"));
        }
        let iso3 = row.text(ISO3);
        let at = *by_label
            .entry((label.to_owned(), iso3.to_owned()))
            .or_insert_with(|| {
                let found = country(iso3);
                if found.is_none() && !iso3.is_empty() {
                    table
                        .doubts
                        .push(row.problem(ISO3, "no country that is known; left out"));
                }
                table.ports.push(Port {
                    country: found,
                    ..empty(label)
                });
                table.ports.len() - 1
            });
        let radius = row.text(RADIUS);
        let radius_m = number(radius, decimal_comma).filter(|metres| is_radius(*metres));
        if radius_m.is_none() && !radius.is_empty() {
            table.doubts.push(row.problem(RADIUS, RADIUS_EXPECTED));
        }
        table.used += 1;
        extend(&mut table.ports[at], position, row.text(SUBLABEL), radius_m);
    });
    table.rows = read;
    for port in &mut table.ports {
        port.radius_m = port.radius_m.or(Some(RADIUS_M));
    }
    table
}

/// A port of no points yet.
fn empty(label: &str) -> Port {
    Port {
        name: label.to_owned(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(Vec::new()),
        harbor_size: None,
        radius_m: None,
        source: PortSource::User,
        precision_m: None,
    }
}

/// Adds a point. Of several radii the longest counts.
fn extend(port: &mut Port, position: Position, sublabel: &str, radius_m: Option<f64>) {
    if let Place::Points(points) = &mut port.place {
        points.push(position);
    }
    if let Some(radius_m) = radius_m {
        port.radius_m = Some(
            port.radius_m
                .map_or(radius_m, |known_m| known_m.max(radius_m)),
        );
    }
    let known = sublabel.is_empty()
        || port.name == sublabel
        || port.aliases.iter().any(|alias| alias == sublabel);
    if !known && port.aliases.len() < MOST_SUBLABELS {
        port.aliases.push(sublabel.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_a_label_make_one_port_and_the_same_label_elsewhere_another() {
        let table = read(
            "s2id,lat,lon,label,sublabel,label_source,iso3,distance_from_shore_m,drift_radius,at_dock\n\
             5f1,42.23,130.29,NAJIN,,wpi,PRK,0.0,0.1,true\n\
             5f3,42.24,130.30,NAJIN,PIER 1,wpi,PRK,0.0,0.1,true\n\
             5f5,42.80,132.88,VICTORIA,,wpi,RUS,0.0,0.1,false\n\
             5f7,22.28,114.17,VICTORIA,,wpi,HKG,0.0,0.1,false\n\
             5f9,22.28,,VICTORIA,,wpi,HKG,0.0,0.1,false\n\
             5fb,1.0,2.0,,,,ZZZ,0.0,0.1,false\n",
        );
        let summary: Vec<String> = table
            .ports
            .iter()
            .map(|port| {
                let Place::Points(points) = &port.place else {
                    panic!()
                };
                format!(
                    "{} {:?} {} {:?} {:?}",
                    port.name,
                    port.country.map(|code| code.to_string()),
                    points.len(),
                    port.aliases,
                    port.radius_m
                )
            })
            .collect();
        assert_eq!(
            summary,
            [
                "NAJIN Some(\"KP\") 2 [\"PIER 1\"] Some(3000.0)",
                "VICTORIA Some(\"RU\") 1 [] Some(3000.0)",
                "VICTORIA Some(\"HK\") 1 [] Some(3000.0)",
                "5fb None 1 [] Some(3000.0)",
            ]
        );
        assert_eq!(
            (
                table.rows,
                table.used,
                table.rejected.len(),
                table.doubts.len()
            ),
            (6, 5, 1, 1)
        );
    }
}
