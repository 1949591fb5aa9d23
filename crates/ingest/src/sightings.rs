//! Sightings lists: vessels seen, or looked for and not seen, by other means than AIS.

mod geojson;
pub(crate) mod outline;

use crate::IngestError;
use crate::country::country;
use crate::list::{
    Entry, IMO, LATITUDE, LONGITUDE, ListFile, ListProblem, MMSI, NAME, Span, Table,
};
use landfall_track::{Activity, Claim, CountryCode, Position, Sighting, SightingOutcome};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

const ID: &[&str] = &["id", "sighting_id"];
const TIME: &[&str] = &["time", "timestamp", "datetime"];
const TIME_ERROR_MIN: &[&str] = &["time_error_min"];
const FROM: &[&str] = &["from", "time_from", "start"];
const TO: &[&str] = &["to", "time_to", "end"];
const PLACE: &[&str] = &["place", "port"];
const COUNTRY: &[&str] = &["country"];
const ERROR_RADIUS_M: &[&str] = &["error_radius_m"];
const OUTCOME: &[&str] = &["outcome"];
const SENSOR: &[&str] = &["sensor"];
const CONFIDENCE: &[&str] = &["confidence"];
const ACTIVITY: &[&str] = &["activity"];
const LENGTH_M: &[&str] = &["length_m"];
const SCENE: &[&str] = &["scene", "scene_id"];
const SOURCE: &[&str] = &["source"];
const PUBLISHER: &[&str] = &["publisher"];
const VIA: &[&str] = &["via"];
const URL: &[&str] = &["url", "link"];

const KNOWN: [&[&str]; 23] = [
    ID,
    TIME,
    TIME_ERROR_MIN,
    FROM,
    TO,
    LATITUDE,
    LONGITUDE,
    PLACE,
    COUNTRY,
    ERROR_RADIUS_M,
    OUTCOME,
    SENSOR,
    NAME,
    IMO,
    MMSI,
    CONFIDENCE,
    ACTIVITY,
    LENGTH_M,
    SCENE,
    SOURCE,
    PUBLISHER,
    VIA,
    URL,
];

/// Half the earth's circumference in metres: no error is larger (WGS84, along the equator).
const MOST_ERROR_M: f64 = 20_037_509.0;
/// How far off a place without an error radius may be, in metres: a place read off a map in the press
/// is within a harbour's size. One taken for exact would refute what was possible.
const UNSTATED_ERROR_M: f64 = 5_000.0;
/// Ten years in minutes.
const MOST_TIME_ERROR_MIN: f64 = 5_256_000.0;
/// The longest ship ever was 458 m (Seawise Giant).
const MOST_LENGTH_M: f64 = 500.0;

/// A list of sightings as it was read.
///
/// Rows = sightings + rejected.
#[derive(Debug)]
pub struct SightingTable {
    /// The path as given.
    pub path: PathBuf,
    /// The size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
    /// `csv` or `geojson`.
    pub format: &'static str,
    /// Rows after the header, or features.
    pub rows: u64,
    /// The usable rows, in their order; no two have the same id.
    pub sightings: Vec<Sighting>,
    /// Sightings whose source names their place and gives no coordinates: they stand at latitude and
    /// longitude 0 until a port table says where that is.
    pub unplaced: Vec<UnplacedSighting>,
    /// Rows that cannot be used.
    pub rejected: Vec<ListProblem>,
    /// Rows that are used as they stand though something is odd, such as an IMO number with a
    /// wrong check digit.
    pub doubts: Vec<ListProblem>,
    /// Columns (or properties) that are not used, as the list spells them.
    pub ignored_columns: Vec<String>,
}

/// A sighting whose place is only named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnplacedSighting {
    /// Its place among the table's sightings.
    pub sighting: usize,
    /// The port as the source names it.
    pub name: String,
    /// The country it is said to be in.
    pub country: Option<CountryCode>,
}

impl UnplacedSighting {
    /// What is said of the row if its place cannot be told.
    pub fn problem(&self, row: u64, problem: &str) -> ListProblem {
        ListProblem {
            row,
            column: "place".to_owned(),
            value: crate::list::shown(&self.name),
            problem: problem.to_owned(),
        }
    }
}

/// Reads sightings from CSV (comma, semicolon or tab; UTF-8) or `GeoJSON` (Points, Polygons and
/// `MultiPolygons` with the same names as properties). Case and order of the columns do not matter.
///
/// Of a polygon with holes the outer ring is kept, of several polygons the convex outline around
/// all, which only makes it less sure where a vessel was; the row is marked. What was not seen there
/// would be claimed of too large a place, and such a row is rejected.
///
/// | column | holds |
/// |---|---|
/// | `id` | the sighting's id, once in a list; `row-7` where empty |
/// | `time` | when: ISO 8601, UTC if no offset is given; a date alone is the whole day |
/// | `time_error_min` | with `time`: how far off it may be either way, in minutes |
/// | `from`, `to` | instead of `time`: earliest and latest time, both included |
/// | `lat`, `lon` | where, in degrees; not in `GeoJSON`, whose geometry says it |
/// | `place`, `country` | instead of `lat`, `lon`: a port by name, `Nakhodka` and `KP`, or `Nakhodka, North Korea` |
/// | `error_radius_m` | how far from there, in metres; where empty 5,000, of what was not seen 0, for a polygon the distance to its farthest corner |
/// | `outcome` | `seen` (where empty), `not_there` (the claimed vessel was not), `no_vessel` (none was) |
/// | `sensor` | means, such as `optical satellite` |
/// | `name`, `imo`, `mmsi` | who it is said to be; all empty: unidentified |
/// | `confidence` | the claimant's own word for it |
/// | `activity` | `loading`, `unloading`, `berthed`, `anchored` or `under_way` |
/// | `length_m` | length measured, in metres |
/// | `scene` | the image's id |
/// | `source` | who published it, when, and what was read there |
/// | `publisher` | who saw it and published that, by name alone; several together separated by `;`. Where empty it is not known, and nothing shows that it is another than any |
/// | `via` | through whom it was read, if at second hand |
/// | `url` | where it was published |
///
/// # Errors
///
/// If the file cannot be read, is neither table nor `GeoJSON`, has no row, or lacks a column for
/// place or time. A bad row is no error but listed in `rejected`.
pub fn read_sightings(path: &Path) -> Result<SightingTable, IngestError> {
    let file = ListFile::read(path)?;
    let content = file.content();
    let mut list = SightingTable {
        path: path.to_owned(),
        bytes: file.bytes.len() as u64,
        sha256: file.sha256.clone(),
        format: "csv",
        rows: 0,
        sightings: Vec::new(),
        unplaced: Vec::new(),
        rejected: Vec::new(),
        doubts: Vec::new(),
        ignored_columns: Vec::new(),
    };
    let mut ids = FxHashMap::default();
    if content.trim_ascii_start().starts_with(b"[") {
        return Err(IngestError::BadList {
            path: path.to_owned(),
            detail: "it is JSON, but no GeoJSON: expected a FeatureCollection".to_owned(),
        });
    }
    if content.trim_ascii_start().starts_with(b"{") {
        list.format = "geojson";
        geojson::read(path, content, &mut list, &mut ids)?;
    } else {
        read_table(path, content, &mut list, &mut ids)?;
    }
    if list.rows == 0 {
        return Err(IngestError::BadList {
            path: path.to_owned(),
            detail: "it holds no sighting".to_owned(),
        });
    }
    Ok(list)
}

/// Ids met so far, with their rows.
type Ids = FxHashMap<String, u64>;

fn read_table(
    path: &Path,
    content: &[u8],
    list: &mut SightingTable,
    ids: &mut Ids,
) -> Result<(), IngestError> {
    let table = Table::new(path, content)?;
    let lacks = [
        (
            table.has(LATITUDE) || table.has(PLACE),
            "`lat` (or `place`)",
        ),
        (
            table.has(LONGITUDE) || table.has(PLACE),
            "`lon` (or `place`)",
        ),
        (
            table.has(TIME) || table.has(FROM) && table.has(TO),
            "`time` (or `from` and `to`)",
        ),
    ];
    if let Some((_, lacking)) = lacks.iter().find(|(has, _)| !has) {
        return Err(IngestError::BadList {
            path: path.to_owned(),
            detail: format!(
                "it has no column {lacking}; found `{}`; expected \
                 id,time,from,to,lat,lon,error_radius_m,outcome,name,imo,mmsi,source and others",
                crate::list::shown(&table.header.join("`, `"))
            ),
        });
    }
    list.ignored_columns = table.others(&KNOWN);
    table.for_each(|entry| {
        let placed = entry.and_then(|entry| {
            let is_named = entry.cell(LATITUDE).is_none()
                && entry.cell(LONGITUDE).is_none()
                && entry.cell(PLACE).is_some();
            let place = SightedPlace {
                position: if is_named {
                    Position::default()
                } else {
                    entry.position()?
                },
                outline: None,
                reach_m: 0.0,
                doubt: None,
                is_named,
            };
            Ok((entry, place))
        });
        list.take(placed, ids);
    });
    Ok(())
}

/// Where a sighting was made.
struct SightedPlace {
    position: Position,
    /// One closed ring.
    outline: Option<Vec<Position>>,
    /// From `position` to the outline's farthest corner.
    reach_m: f64,
    /// What the outline leaves out of account.
    doubt: Option<&'static str>,
    /// Whether the place is only named.
    is_named: bool,
}

impl SightingTable {
    /// Takes one row in: as a sighting or as rejected.
    fn take(&mut self, placed: Result<(Entry<'_>, SightedPlace), ListProblem>, ids: &mut Ids) {
        self.rows += 1;
        let mut doubts = Vec::new();
        let made = placed.and_then(|(entry, place)| {
            let unplaced = place
                .is_named
                .then(|| unplaced(&entry, self.sightings.len()));
            Ok((sighting(&entry, place, ids, &mut doubts)?, unplaced))
        });
        match made {
            Ok((sighting, unplaced)) => {
                self.unplaced.extend(unplaced);
                ids.insert(sighting.id.clone(), sighting.row);
                self.sightings.push(sighting);
                self.doubts.append(&mut doubts);
            }
            Err(problem) => self.rejected.push(problem),
        }
    }
}

/// The place that a row names: `Nakhodka` with a country of its own, or `Nakhodka, North Korea`.
fn unplaced(entry: &Entry<'_>, sighting: usize) -> UnplacedSighting {
    let text = entry.text(PLACE).unwrap_or_default();
    let own = entry.text(COUNTRY).and_then(|text| country(&text));
    let in_name = text
        .rsplit_once(',')
        .and_then(|(name, place)| Some((name.trim().to_owned(), country(place)?)));
    match (own, in_name) {
        (None, Some((name, found))) => UnplacedSighting {
            sighting,
            name,
            country: Some(found),
        },
        (own, _) => UnplacedSighting {
            sighting,
            name: text,
            country: own,
        },
    }
}

fn sighting(
    entry: &Entry<'_>,
    place: SightedPlace,
    ids: &Ids,
    doubts: &mut Vec<ListProblem>,
) -> Result<Sighting, ListProblem> {
    let id = entry
        .text(ID)
        .unwrap_or_else(|| format!("row-{}", entry.row));
    if let Some(row) = ids.get(&id) {
        return Err(entry.cell(ID).map_or_else(
            || entry.problem(format!("`{id}` is already the id of row {row}")),
            |cell| cell.problem(format!("already the id of row {row}")),
        ));
    }
    let span = when(entry)?;
    let claim = Claim {
        name: entry.text(NAME),
        imo: entry.imo(doubts)?,
        mmsi: entry.mmsi(doubts)?,
        confidence: entry.text(CONFIDENCE),
    };
    let outcome = outcome(entry)?;
    let length_m = entry.number(LENGTH_M, 0.0..=MOST_LENGTH_M)?;
    let is_anonymous = claim.name.is_none() && claim.imo.is_none() && claim.mmsi.is_none();
    if outcome == SightingOutcome::NotThere && is_anonymous && length_m.is_none() {
        doubts.push(
            entry.problem("`not_there`, but neither name, number nor length says who was not"),
        );
    }
    if let Some(doubt) = place.doubt {
        doubts.push(entry.problem(doubt));
    }
    let given_m = entry.number(ERROR_RADIUS_M, 0.0..=MOST_ERROR_M)?;
    let is_point = place.outline.is_none() && !place.is_named;
    let error_radius_m = match given_m {
        Some(given_m) => given_m,
        None if is_point && outcome == SightingOutcome::Seen => {
            doubts.push(entry.problem("no error_radius_m: taken to be within 5 km"));
            UNSTATED_ERROR_M
        }
        None => place.reach_m,
    };
    let source = entry.text(SOURCE).unwrap_or_default();
    if source.is_empty() {
        doubts.push(entry.problem("no source: who published it?"));
    }
    Ok(Sighting {
        id,
        from: span.first,
        to: span.last,
        position: place.position,
        error_radius_m,
        outline: place.outline,
        outcome,
        sensor: entry.text(SENSOR),
        claim,
        activity: activity(entry, doubts),
        length_m,
        scene: entry.text(SCENE),
        source,
        publisher: entry.text(PUBLISHER),
        via: entry.text(VIA),
        url: url(entry, doubts),
        row: entry.row,
    })
}

fn when(entry: &Entry<'_>) -> Result<Span, ListProblem> {
    let error_min = entry.number(TIME_ERROR_MIN, 0.0..=MOST_TIME_ERROR_MIN)?;
    match (entry.span(TIME)?, entry.span(FROM)?, entry.span(TO)?) {
        (Some(time), None, None) => {
            let error_ms = (error_min.unwrap_or(0.0) * 60_000.0) as i64;
            Ok(Span {
                first: time.first.shifted(-error_ms),
                last: time.last.shifted(error_ms),
            })
        }
        (None, Some(from), Some(to)) => {
            if let Some(cell) = entry.cell(TIME_ERROR_MIN) {
                return Err(cell.problem("goes with `time`, not with `from` and `to`"));
            }
            if to.last < from.first {
                let late = format!("lies before `from`, {}", from.first);
                return Err(entry.cell(TO).map_or_else(
                    || entry.problem(late.clone()),
                    |cell| cell.problem(late.clone()),
                ));
            }
            Ok(Span {
                first: from.first,
                last: to.last,
            })
        }
        (None, None, None) => Err(entry.problem("no time: give `time`, or `from` and `to`")),
        (Some(_), _, _) => Err(entry.problem("give `time`, or `from` and `to`, not both")),
        (None, Some(_), None) => Err(entry.problem("`from` without `to`")),
        (None, None, Some(_)) => Err(entry.problem("`to` without `from`")),
    }
}

fn outcome(entry: &Entry<'_>) -> Result<SightingOutcome, ListProblem> {
    let Some(cell) = entry.cell(OUTCOME) else {
        return Ok(SightingOutcome::Seen);
    };
    match word(cell.value).as_str() {
        "seen" => Ok(SightingOutcome::Seen),
        "not_there" => Ok(SightingOutcome::NotThere),
        "no_vessel" => Ok(SightingOutcome::NoVessel),
        _ => Err(cell.problem("expected `seen`, `not_there` or `no_vessel`")),
    }
}

fn activity(entry: &Entry<'_>, doubts: &mut Vec<ListProblem>) -> Option<Activity> {
    let cell = entry.cell(ACTIVITY)?;
    match word(cell.value).as_str() {
        "loading" => Some(Activity::Loading),
        "unloading" | "discharging" => Some(Activity::Unloading),
        "berthed" | "moored" | "alongside" => Some(Activity::Berthed),
        "anchored" | "at_anchor" => Some(Activity::Anchored),
        "under_way" | "underway" => Some(Activity::UnderWay),
        _ => {
            doubts.push(cell.problem(
                "left out: expected `loading`, `unloading`, `berthed`, `anchored` or `under_way`",
            ));
            None
        }
    }
}

/// Only web addresses are kept, since outputs link to them.
fn url(entry: &Entry<'_>, doubts: &mut Vec<ListProblem>) -> Option<String> {
    let cell = entry.cell(URL)?;
    let is_web = ["https://", "http://"].iter().any(|scheme| {
        cell.value
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let is_plain = !cell
        .value
        .contains(|c: char| c.is_whitespace() || c.is_control());
    if is_web && is_plain {
        Some(cell.value.to_owned())
    } else {
        doubts.push(
            cell.problem("left out: expected an address that begins with https:// or http://"),
        );
        None
    }
}

/// A word of a fixed vocabulary: case does not matter, and blanks and hyphens are underscores.
fn word(text: &str) -> String {
    text.to_ascii_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests;
