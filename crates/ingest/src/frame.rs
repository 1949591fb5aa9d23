//! Frames: what users of the library get and give in polars' tables.

use crate::all_rows::{AllRows, Part, TakeRow};
use crate::batch::Desk;
use crate::error::IngestError;
use crate::intake::{Delivery, Intake};
use crate::ports::PortTable;
use crate::positions::{PositionSink, ReadOptions, ReadProgress};
use crate::register::RegisterTable;
use crate::source_file::{ColumnUse, SourceFile};
use crate::typed::{Lines, Scheme};
use crate::values::{Kind, Values};
use crate::vessels::{ParticularsSlot, VesselBook, VesselSlot};
use landfall_track::{
    HarborSize, Particulars, Place, Port, PortSource, Position, PositionReport, RejectedRow,
    Sender, Vessel,
};
use polars::prelude::{
    Column, CompatLevel, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series,
    TimeUnit, TimeZone,
};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What stands for the path in the errors and problems of a frame.
const NO_PATH: &str = "(frame)";

/// Position reports and the vessels that sent them.
///
/// ```
/// use landfall_ingest::Positions;
/// use polars::prelude::*;
///
/// let frame = df!(
///     "mmsi" => [273_210_440_i64, 273_210_440],
///     "timestamp" => ["2023-09-07T10:30:00Z", "2023-09-07T10:36:00Z"],
///     "lat" => [42.75, 91.0],
///     "lon" => [133.08, 181.0],
///     "name" => ["ANGARA", "ANGARA"],
/// )?;
/// let positions = Positions::try_from(&frame)?;
/// assert_eq!(positions.reports.len(), 1);
/// assert_eq!(positions.rejected[0].row, 2); // latitude 91 means that she had no position
/// let again = positions.to_frame()?;
/// assert_eq!(again.column("timestamp")?.dtype().to_string(), "datetime[ms, UTC]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// The vessels, by first appearance.
    pub vessels: Vec<Vessel>,
    /// The usable rows, in their order. Each names its row; its file is 0.
    pub reports: Vec<VesselReport>,
    /// The rows that could not be used.
    pub rejected: Vec<RejectedRow>,
    /// The format that the columns are of.
    pub format: String,
    /// What was taken for what.
    pub columns: Vec<ColumnUse>,
}

/// A report and who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VesselReport {
    /// Her index among the vessels.
    pub vessel: usize,
    /// What she sent.
    pub report: PositionReport,
}

/// The rows of a frame, with some of its columns.
struct FrameRows {
    values: Vec<Values>,
    columns: Vec<usize>,
    width: usize,
    rows: usize,
}

impl AllRows for FrameRows {
    fn visit(&self, _part: Part, take: &mut TakeRow<'_>) -> io::Result<()> {
        let mut lines = Lines::new(&self.columns, self.width);
        for row in 0..self.rows {
            lines.write(&self.values, row);
            if !take(row as u64 + 1, &lines.record()) {
                break;
            }
        }
        Ok(())
    }
}

impl PositionSink for Positions {
    fn accept(&mut self, vessel: VesselSlot, _sent: ParticularsSlot, report: PositionReport) {
        self.reports.push(VesselReport {
            vessel: vessel.0 as usize,
            report,
        });
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rejected.push(row);
    }
}

impl TryFrom<&DataFrame> for Positions {
    type Error = IngestError;

    /// Reads positions from a frame, whose columns are recognised by their names as a CSV's are.
    ///
    /// Numbers may be integers, floats or texts; times may be datetimes of any unit (UTC where
    /// they name no time zone), dates, Unix seconds or milliseconds, or texts.
    ///
    /// # Errors
    ///
    /// If the columns are not recognised, or one of them is of a type that cannot be read. A bad
    /// row is no error but listed in `rejected`.
    fn try_from(frame: &DataFrame) -> Result<Self, Self::Error> {
        Self::from_frame(frame, &ReadOptions::default())
    }
}

impl Positions {
    /// Reads positions from a frame as `try_from` does, with the user's word on columns and on the
    /// order of day and month.
    ///
    /// # Errors
    ///
    /// As `try_from`.
    pub fn from_frame(frame: &DataFrame, options: &ReadOptions) -> Result<Self, IngestError> {
        let path = Path::new(NO_PATH);
        let names: Vec<String> = frame
            .columns()
            .iter()
            .map(|column| {
                column
                    .name()
                    .trim()
                    .trim_start_matches(['#', ' '])
                    .to_owned()
            })
            .collect();
        let kinds: Vec<Kind> = frame.columns().iter().map(kind).collect();
        let columns: Vec<Option<Values>> = frame
            .columns()
            .iter()
            .map(|column| values(column, frame.height()).ok())
            .collect();
        let rows_of = |wanted: &[usize]| -> Arc<dyn AllRows> {
            let values = wanted.iter().map(|column| columns[*column].clone());
            Arc::new(FrameRows {
                values: values
                    .map(|values| values.unwrap_or(Values::Absent(frame.height())))
                    .collect(),
                columns: wanted.to_vec(),
                width: names.len(),
                rows: frame.height(),
            })
        };
        let scheme = Scheme::recognise(&names, &kinds, &rows_of, options, path)?;
        let used = scheme
            .used()
            .iter()
            .map(|column| values(&frame.columns()[*column], frame.height()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut feed = scheme.into_feed(&rows_of, options, "", path)?;

        let mut book = VesselBook::new();
        let mut positions = Self {
            format: feed.layout().format.clone(),
            columns: feed.layout().uses().to_vec(),
            ..Self::default()
        };
        let source = SourceFile::new(NO_PATH.to_owned(), path, 0);
        let progress = ReadProgress::default();
        let mut intake = Intake::new(0, source);
        let delivery = Delivery::new(&mut book, &mut positions, &progress);
        let desk = &mut Desk::default();
        feed.take(&used, frame.height(), &mut intake, desk, &delivery);
        // One thread gives slots in the order in which vessels appear. Those of whom no report was
        // taken are left out.
        let mut heard: Vec<Option<usize>> = vec![None; book.slots()];
        for row in &mut positions.reports {
            heard[row.vessel] = Some(0);
        }
        for (slot, index) in heard.iter_mut().enumerate() {
            if index.is_some() {
                *index = Some(positions.vessels.len());
                let vessel = book.vessel(VesselSlot(slot as u32));
                positions.vessels.push(vessel);
            }
        }
        for row in &mut positions.reports {
            row.vessel = heard[row.vessel].unwrap_or_default();
        }
        Ok(positions)
    }

    /// The reports as a frame, a row a report in their order.
    ///
    /// Columns: `vessel_id` (MMSI or other identity, text), `timestamp` (datetime, milliseconds,
    /// UTC), `lat` and `lon` (degrees), `sog` (knots), `cog` and `heading` (degrees), `nav_status`
    /// (0 to 14), `transceiver` (in words), and what she sent of herself at that time: `name`,
    /// `imo`, `call_sign`, `ship_type`, `length`, `width`, `draught` (metres), `destination`.
    /// Absent values are null.
    ///
    /// # Errors
    ///
    /// If polars cannot build it.
    pub fn to_frame(&self) -> PolarsResult<DataFrame> {
        let of_report = |value: fn(&PositionReport) -> Option<f64>| -> Vec<Option<f64>> {
            self.reports.iter().map(|row| value(&row.report)).collect()
        };
        let ids = self.reports.iter().map(|row| {
            let vessel = self.vessels.get(row.vessel)?;
            Some(vessel.id.to_string())
        });
        let times = self
            .reports
            .iter()
            .map(|row| Some(row.report.time.as_millis()));
        let nav_status = self
            .reports
            .iter()
            .map(|row| row.report.nav_status().map(i32::from));
        let transceiver = self
            .reports
            .iter()
            .map(|row| transceiver(row.report.sender));
        let metres = |value: fn(&Particulars) -> Option<u32>| -> Vec<Option<f64>> {
            let metres = |decimetres: u32| f64::from(decimetres) / 10.0;
            self.reports
                .iter()
                .map(|row| self.sent(row, value).map(metres))
                .collect()
        };
        let text = |value: fn(&Particulars) -> Option<String>| -> Vec<Option<String>> {
            self.reports
                .iter()
                .map(|row| self.sent(row, value))
                .collect()
        };
        DataFrame::new_infer_height(vec![
            column("vessel_id", ids.collect::<Vec<_>>()),
            moments("timestamp", times.collect())?,
            column(
                "lat",
                of_report(|report| Some(report.position.degrees().lat)),
            ),
            column(
                "lon",
                of_report(|report| Some(report.position.degrees().lon)),
            ),
            column("sog", of_report(PositionReport::speed_knots)),
            column("cog", of_report(PositionReport::course_deg)),
            column("heading", of_report(PositionReport::heading_deg)),
            column("nav_status", nav_status.collect::<Vec<_>>()),
            column("transceiver", transceiver.collect::<Vec<_>>()),
            column("name", text(|sent| sent.name.clone())),
            column("imo", text(|sent| sent.imo.map(|imo| imo.to_string()))),
            column("call_sign", text(|sent| sent.call_sign.clone())),
            column(
                "ship_type",
                text(|sent| sent.ship_type.as_ref().map(ToString::to_string)),
            ),
            column("length", metres(|sent| sent.length_dm)),
            column("width", metres(|sent| sent.width_dm)),
            column("draught", metres(|sent| sent.draught_dm)),
            column("destination", text(|sent| sent.destination.clone())),
        ])
    }

    fn sent<T>(&self, row: &VesselReport, value: fn(&Particulars) -> Option<T>) -> Option<T> {
        self.vessels.get(row.vessel)?.at(row.report.time, value)
    }
}

/// The word by which the readers know the sender again.
fn transceiver(sender: Sender) -> Option<&'static str> {
    match sender {
        Sender::Unstated => None,
        Sender::ClassA => Some("Class A"),
        Sender::ClassB => Some("Class B"),
        Sender::BaseStation => Some("Base Station"),
        Sender::AidToNavigation => Some("AtoN"),
        Sender::SarAircraft => Some("SAR aircraft"),
        Sender::Distress => Some("EPIRB"),
    }
}

impl TryFrom<&DataFrame> for PortTable {
    type Error = IngestError;

    /// Reads ports from a frame with the columns of any port table that `read_ports` knows.
    ///
    /// # Errors
    ///
    /// If the columns are not recognised. A bad row is no error but listed in `rejected`.
    fn try_from(frame: &DataFrame) -> Result<Self, Self::Error> {
        crate::ports::parse(Path::new(NO_PATH), &csv(frame)?)
    }
}

impl PortTable {
    /// The ports as a frame, a row a point; a polygon's point is the middle of its outline's
    /// bounds, so that only points come back as they were.
    ///
    /// Columns: `name`, `locode`, `country`, `lat` and `lon` (degrees), `harbor_size`, `radius_m`,
    /// `aliases` and `other_codes` (separated by `;`), `source` and `precision_m`. Absent values are
    /// null.
    ///
    /// # Errors
    ///
    /// If polars cannot build it.
    pub fn to_frame(&self) -> PolarsResult<DataFrame> {
        let rows: Vec<_> = self
            .ports
            .iter()
            .flat_map(|port| {
                points(&port.place)
                    .into_iter()
                    .map(move |point| (port, point))
            })
            .collect();
        let each = |value: &dyn Fn(&Port) -> Option<String>| -> Vec<Option<String>> {
            rows.iter().map(|(port, _)| value(port)).collect()
        };
        let metres = |value: fn(&Port) -> Option<f64>| -> Vec<Option<f64>> {
            rows.iter().map(|(port, _)| value(port)).collect()
        };
        let degrees = |value: fn(Position) -> f64| -> Vec<f64> {
            rows.iter().map(|(_, point)| value(*point)).collect()
        };
        DataFrame::new_infer_height(vec![
            column("name", each(&|port| Some(port.name.clone()))),
            column(
                "locode",
                each(&|port| port.locode.map(|code| code.to_string())),
            ),
            column(
                "country",
                each(&|port| port.country.map(|code| code.to_string())),
            ),
            column("lat", degrees(|point| point.degrees().lat)),
            column("lon", degrees(|point| point.degrees().lon)),
            column(
                "harbor_size",
                each(&|port| port.harbor_size.map(|size| harbor_size(size).to_owned())),
            ),
            column("radius_m", metres(|port| port.radius_m)),
            column("aliases", each(&|port| joined(&port.aliases))),
            column("other_codes", each(&|port| joined(&port.other_codes))),
            column(
                "source",
                each(&|port| source(port.source).map(str::to_owned)),
            ),
            column("precision_m", metres(|port| port.precision_m)),
        ])
    }
}

fn harbor_size(size: HarborSize) -> &'static str {
    match size {
        HarborSize::VerySmall => "very_small",
        HarborSize::Small => "small",
        HarborSize::Medium => "medium",
        HarborSize::Large => "large",
    }
}

fn source(source: PortSource) -> Option<&'static str> {
    match source {
        PortSource::Wpi => Some("wpi"),
        PortSource::Unlocode => Some("unlocode"),
        PortSource::Landfall => Some("landfall"),
        PortSource::Stops | PortSource::User => None,
    }
}

fn points(place: &Place) -> Vec<Position> {
    match place {
        Place::Points(points) => points.clone(),
        Place::Polygons(polygons) => polygons
            .iter()
            .filter_map(|rings| middle(rings.first()?))
            .collect(),
    }
}

/// The middle of a ring's bounds, also across the antimeridian.
fn middle(ring: &[Position]) -> Option<Position> {
    let origin = ring.first()?;
    let half = |values: &dyn Fn(&Position) -> i64| {
        let bounds = ring
            .iter()
            .map(values)
            .fold((i64::MAX, i64::MIN), |(least, most), value| {
                (least.min(value), most.max(value))
            });
        i64::midpoint(bounds.0, bounds.1)
    };
    let east = half(&|corner| origin.lon_difference_e7(*corner));
    let lat = half(&|corner| i64::from(corner.lat_e7));
    Some(Position {
        lat_e7: i32::try_from(lat).ok()?,
        lon_e7: Position::wrapped_lon_e7(i64::from(origin.lon_e7) + east),
    })
}

impl TryFrom<&DataFrame> for RegisterTable {
    type Error = IngestError;

    /// Reads a register of vessels from a frame with the columns that `read_register` knows.
    ///
    /// # Errors
    ///
    /// If there is no column `name`, or no row. A bad row is no error but listed in `rejected`.
    fn try_from(frame: &DataFrame) -> Result<Self, Self::Error> {
        crate::register::register(Path::new(NO_PATH), csv(frame)?.as_bytes())
    }
}

impl RegisterTable {
    /// The vessels as a frame with the columns `name`, `aliases` (separated by `;`), `imo`, `mmsi`
    /// and `call_sign` (texts), `valid_from` and `valid_to` (datetimes, milliseconds, UTC). Absent
    /// values are null.
    ///
    /// # Errors
    ///
    /// If polars cannot build it.
    pub fn to_frame(&self) -> PolarsResult<DataFrame> {
        let rows = || self.vessels.iter();
        let millis = |time: Option<landfall_track::Timestamp>| {
            time.map(landfall_track::Timestamp::as_millis)
        };
        DataFrame::new_infer_height(vec![
            column(
                "name",
                rows().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            ),
            column(
                "aliases",
                rows().map(|row| joined(&row.aliases)).collect::<Vec<_>>(),
            ),
            column(
                "imo",
                rows()
                    .map(|row| row.imo.map(|imo| imo.to_string()))
                    .collect::<Vec<_>>(),
            ),
            column(
                "mmsi",
                rows()
                    .map(|row| row.mmsi.map(|mmsi| mmsi.to_string()))
                    .collect::<Vec<_>>(),
            ),
            column(
                "call_sign",
                rows().map(|row| row.call_sign.clone()).collect::<Vec<_>>(),
            ),
            moments(
                "valid_from",
                rows().map(|row| millis(row.valid_from)).collect(),
            )?,
            moments("valid_to", rows().map(|row| millis(row.valid_to)).collect())?,
        ])
    }
}

fn joined(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(";"))
}

fn column<V, T: ?Sized>(name: &str, values: V) -> Column
where
    Series: NamedFrom<V, T>,
{
    Series::new(name.into(), values).into_column()
}

fn moments(name: &str, millis: Vec<Option<i64>>) -> PolarsResult<Column> {
    Series::new(name.into(), millis)
        .into_column()
        .cast(&DataType::Datetime(
            TimeUnit::Milliseconds,
            Some(TimeZone::UTC),
        ))
}

/// What a column holds; one of a type that a field cannot have is tried as text.
fn kind(column: &Column) -> Kind {
    match values(&column.slice(0, 0), 0) {
        Ok(Values::Days(_) | Values::Moments(..)) => Kind::Time,
        Ok(_) => Kind::Plain,
        Err(_) => Kind::Other(column.dtype().to_string()),
    }
}

fn values(column: &Column, rows: usize) -> Result<Values, IngestError> {
    let bad = || IngestError::BadTable {
        path: NO_PATH.into(),
        detail: format!(
            "column `{}` of type {} cannot be read",
            column.name(),
            column.dtype()
        ),
    };
    let array = |column: &Column| {
        let series = column.as_materialized_series().rechunk();
        let is_plain = matches!(
            Kind::of(&series.dtype().to_arrow(CompatLevel::newest())),
            Kind::Plain | Kind::Time
        );
        is_plain.then(|| series.to_arrow(0, CompatLevel::newest()))
    };
    let array = match array(column) {
        Some(array) => array,
        None => array(&column.cast(&DataType::String).map_err(|_| bad())?).ok_or_else(bad)?,
    };
    Values::new(&*array)
        .filter(|values| values.len() == rows)
        .ok_or_else(bad)
}

/// A small frame as the CSV that the readers of lists know.
fn csv(frame: &DataFrame) -> Result<String, IngestError> {
    let bad = |detail: String| IngestError::BadTable {
        path: NO_PATH.into(),
        detail,
    };
    let columns = frame
        .columns()
        .iter()
        .map(|column| values(column, frame.height()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = frame.columns().iter().map(|column| column.name().as_str());
    writer
        .write_record(names)
        .map_err(|error| bad(error.to_string()))?;
    let mut cells = vec![Vec::new(); columns.len()];
    for row in 0..frame.height() {
        for (values, cell) in columns.iter().zip(&mut cells) {
            cell.clear();
            write_cell(values, row, cell);
        }
        writer
            .write_record(&cells)
            .map_err(|error| bad(error.to_string()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| bad(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Lists have their times in ISO 8601.
fn write_cell(values: &Values, row: usize, cell: &mut Vec<u8>) {
    values.write(row, cell);
    if let Values::Days(_) | Values::Moments(..) = values
        && let Some(time) = std::str::from_utf8(cell)
            .ok()
            .and_then(|text| text.parse().ok())
            .and_then(landfall_track::Timestamp::from_millis)
    {
        let text = time.to_string();
        let is_date = matches!(values, Values::Days(_));
        cell.clear();
        // A date alone stands for the whole day.
        cell.extend_from_slice(if is_date {
            &text.as_bytes()[..10]
        } else {
            text.as_bytes()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bundled_ports, read_register};
    use polars::prelude::df;

    fn frame() -> DataFrame {
        df!(
            "MMSI" => [Some(273_210_440_i64), Some(273_210_440), None],
            "BaseDateTime" => ["2023-09-07T10:30:00", "2023-09-07T10:36:00.250", "2023-09-07T10:36:00"],
            "LAT" => [42.75, 42.751_234_5, 42.0],
            "LON" => [133.0833, -179.999_999_9, 132.0],
            "SOG" => [Some(0.1), Some(10.2), None],
            "COG" => [Some(360.0), Some(213.4), None],
            "VesselName" => [Some("ANGARA"), Some("ANGARA II"), None],
            "IMO" => [Some("IMO9179842"), Some("IMO9179842"), None],
            "VesselType" => [Some(70), Some(70), None],
            "Length" => [Some(121.5), Some(121.5), None],
            "Status" => [Some(5), Some(0), None],
            "TransceiverClass" => [Some("A"), Some("A"), None],
        )
        .unwrap()
    }

    #[test]
    fn positions_come_back_from_their_frame_as_they_were() {
        let positions = Positions::try_from(&frame()).unwrap();
        assert_eq!(positions.format, "MarineCadastre 2015-2024");
        assert_eq!((positions.reports.len(), positions.rejected.len()), (2, 1));
        assert_eq!(positions.rejected[0].column, "MMSI");
        let written = positions.to_frame().unwrap();
        assert_eq!(written.shape(), (2, 17));
        let again = Positions::try_from(&written).unwrap();
        assert_eq!(again.reports, positions.reports);
        assert_eq!(again.vessels, positions.vessels);
        assert_eq!(
            again.reports[1].report.time.to_string(),
            "2023-09-07T10:36:00.250Z"
        );
        assert_eq!(
            written.column("name").unwrap().str().unwrap().get(1),
            Some("ANGARA II")
        );
    }

    #[test]
    fn a_frame_without_a_needed_column_says_which() {
        let error = Positions::try_from(&frame().drop("BaseDateTime").unwrap()).unwrap_err();
        assert!(
            error.to_string().contains("no column for the time"),
            "{error}"
        );
    }

    #[test]
    fn ports_come_back_from_their_frame_as_they_were() {
        let ports = bundled_ports();
        let again = PortTable::try_from(&ports.to_frame().unwrap()).unwrap();
        assert!(ports.ports.len() > 3_000);
        assert_eq!(again.ports, ports.ports);
        assert!(again.rejected.is_empty(), "{:?}", again.rejected);
    }

    #[test]
    fn a_register_comes_back_from_its_frame_as_it_was() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/najin-vostochny/vessels.csv");
        let mut register = read_register(&path).unwrap();
        register.vessels[0].valid_from = "2022-01-01".parse().ok();
        let again = RegisterTable::try_from(&register.to_frame().unwrap()).unwrap();
        assert_eq!(again.vessels, register.vessels);
    }

    #[test]
    fn the_middle_of_a_ring_across_the_antimeridian_lies_on_it() {
        let at = |lon_e7, lat_e7| Position { lat_e7, lon_e7 };
        let ring = [
            at(1_799_000_000, 0),
            at(-1_799_000_000, 0),
            at(-1_799_000_000, 2_000),
            at(1_799_000_000, 0),
        ];
        assert_eq!(middle(&ring), Some(at(-1_800_000_000, 1_000)));
    }
}
