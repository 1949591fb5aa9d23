//! A column is a property with its type, as formats need it that are tables: they ask for all columns
//! of a layer before its first feature.
//!
//! What has no place in a cell (lists, records, the rows a feature rests on) is JSON there, the same
//! that the `GeoJSON` layers hold.

use crate::json::text_of;
use crate::{Layer, Property, Value};
use std::borrow::Cow;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// A text.
    Text,
    /// A whole number.
    Count,
    /// A number.
    Measure,
    /// Yes or no.
    Truth,
    /// A moment, to the millisecond.
    Time,
    /// A list or record as JSON.
    Json,
    /// A list of epoch seconds for every part of a path.
    VertexTimes,
}

/// A property's name and the type of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: ColumnKind,
}

/// The columns of a layer, without the id and the geometry.
#[derive(Clone, Debug)]
pub(crate) struct Columns(Vec<Column>);

impl Columns {
    /// Those of a layer. There is a notice only where the inputs have one.
    pub(crate) fn of(layer: Layer, has_notice: bool) -> Self {
        let notice: &[Column] = if has_notice { &[NOTICE] } else { &[] };
        let source: &[Column] = match layer {
            Layer::Sightings => SIGHTING_SOURCE,
            Layer::Voyages | Layer::Tracks => PATH_SOURCE,
            // The one rests on all rows that flagged.csv lists for it, the other on the stops that name it.
            Layer::Interference | Layer::Places => &[],
            _ => SOURCE,
        };
        let vessel: &[Column] = match layer {
            Layer::Interference | Layer::Places => &[],
            _ => VESSEL,
        };
        Self([vessel, own(layer), notice, source].concat())
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Column> {
        self.0.iter().copied()
    }

    /// The column of a number, as it is counted in [`Columns::iter`].
    pub(crate) fn get(&self, number: usize) -> Option<Column> {
        self.0.get(number).copied()
    }

    /// Each column with its value in a feature; `None` where there is nothing.
    pub(crate) fn values<'c, 'p>(
        &'c self,
        properties: &'p [Property<'p>],
    ) -> impl Iterator<Item = (Column, Option<&'p Value<'p>>)> + use<'c, 'p> {
        let mut rest = properties.iter().peekable();
        self.iter().map(move |column| {
            let value = rest
                .next_if(|(name, _)| *name == column.name)
                .map(|(_, value)| value);
            (column, value.filter(|value| !value.is_absent()))
        })
    }
}

impl Value<'_> {
    /// Whether it stands for nothing.
    fn is_absent(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Measure { value, .. } => !value.is_finite(),
            Self::VertexTimes(lines) => lines.is_empty(),
            _ => false,
        }
    }

    /// The value as the text of a cell.
    pub(crate) fn as_cell(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Time(time) => Cow::Owned(time.to_string()),
            _ => Cow::Owned(text_of(self)),
        }
    }

    /// The number, as the decimals written elsewhere are read.
    #[cfg(any(feature = "geoparquet", feature = "flatgeobuf", feature = "geopackage"))]
    pub(crate) fn as_number(&self) -> Option<f64> {
        text_of(self).parse().ok()
    }
}

const fn text(name: &'static str) -> Column {
    column(name, ColumnKind::Text)
}

const fn count(name: &'static str) -> Column {
    column(name, ColumnKind::Count)
}

const fn measure(name: &'static str) -> Column {
    column(name, ColumnKind::Measure)
}

const fn truth(name: &'static str) -> Column {
    column(name, ColumnKind::Truth)
}

const fn time(name: &'static str) -> Column {
    column(name, ColumnKind::Time)
}

const fn json(name: &'static str) -> Column {
    column(name, ColumnKind::Json)
}

const fn column(name: &'static str, kind: ColumnKind) -> Column {
    Column { name, kind }
}

const VESSEL: &[Column] = &[
    text("vessel_id"),
    text("mmsi"),
    text("imo"),
    text("name"),
    text("ship_type"),
];

const NOTICE: Column = text("notice");

const SOURCE: &[Column] = &[json("source")];

const PATH_SOURCE: &[Column] = &[json("source"), column("times", ColumnKind::VertexTimes)];

const SIGHTING_SOURCE: &[Column] = &[text("file"), count("row"), json("source")];

/// The columns that a layer has of its own.
fn own(layer: Layer) -> &'static [Column] {
    match layer {
        Layer::PortCalls | Layer::Passages => PORT_CALL,
        Layer::Stops => STOP,
        Layer::Transits => TRANSIT,
        Layer::Voyages | Layer::Tracks => LEG,
        Layer::Gaps => GAP,
        Layer::DarkCalls => DARK_CALL,
        Layer::DarkLegs => DARK_LEG,
        Layer::Sightings => SIGHTING,
        Layer::Reach => REACH,
        Layer::Interference => INTERFERENCE,
        Layer::Places => PLACE,
    }
}

const PORT_CALL: &[Column] = &[
    text("port"),
    text("port_locode"),
    text("port_country"),
    text("place"),
    text("place_name"),
    time("arrival"),
    time("departure"),
    measure("duration_h"),
    count("confidence"),
    text("kind"),
    measure("distance_to_port_m"),
    time("stop_start"),
    time("stop_end"),
    time("first_alongside"),
    time("last_alongside"),
    count("berths"),
    measure("waited_h"),
    measure("alongside_h"),
    time("first_report"),
    time("last_report"),
    count("reports"),
];

const STOP: &[Column] = &[
    text("kind"),
    time("start"),
    time("end"),
    measure("duration_h"),
    measure("spread_m"),
    measure("heading_spread_deg"),
    count("status"),
    measure("drift_knots"),
    text("call"),
    text("place"),
    text("nearest_port"),
    text("nearest_port_locode"),
    text("nearest_port_country"),
    measure("distance_to_port_m"),
    time("first_report"),
    time("last_report"),
    count("reports"),
];

const TRANSIT: &[Column] = &[
    text("passage"),
    text("direction"),
    time("entry"),
    time("exit"),
    measure("duration_h"),
    measure("waited_h"),
    time("first_report"),
    time("last_report"),
];

const LEG: &[Column] = &[
    text("origin"),
    text("origin_locode"),
    text("destination"),
    text("destination_locode"),
    time("departure"),
    time("arrival"),
    measure("duration_h"),
    measure("distance_km"),
    measure("observed_distance_km"),
    measure("observed_share"),
    measure("max_speed_knots"),
    truth("observed"),
    time("first_report"),
    time("last_report"),
    count("reports"),
];

const GAP: &[Column] = &[
    time("start"),
    time("end"),
    measure("duration_h"),
    text("kind"),
    measure("silent_h"),
    count("messages_without_position"),
    time("first_without_position"),
    time("last_without_position"),
    text("continued_as"),
    measure("distance_km"),
    measure("implied_speed_knots"),
    count("reports_before"),
    text("port"),
    text("port_locode"),
    truth("observed"),
    measure("start_lon"),
    measure("start_lat"),
    measure("end_lon"),
    measure("end_lat"),
    measure("speed_cap_knots"),
    text("speed_cap_basis"),
    measure("speed_cap_ratio"),
    measure("usual_speed_knots"),
    text("reception"),
    count("heard_near_last"),
    measure("usual_near_last"),
    count("heard_near_next"),
    measure("usual_near_next"),
    count("heard_on_the_way"),
    measure("usual_on_the_way"),
    measure("reception_cell_deg"),
    measure("reception_bucket_h"),
    json("split_by"),
    count("candidates_total"),
    json("candidates"),
    truth("lay_still"),
    json("one_of"),
];

const DARK_CALL: &[Column] = &[
    text("grade"),
    text("grade_meaning"),
    text("port"),
    text("port_locode"),
    text("port_country"),
    time("arrival_earliest"),
    time("arrival_latest"),
    time("departure_earliest"),
    time("departure_latest"),
    truth("watched"),
    count("past_calls"),
    truth("others_heard"),
    measure("slack_h"),
    measure("longest_stay_h"),
    measure("speed_needed_knots"),
    truth("plausible"),
    measure("distance_from_km"),
    measure("distance_to_km"),
    truth("reachable_by_water"),
    measure("water_from_km"),
    measure("water_to_km"),
    measure("water_speed_needed_knots"),
    measure("speed_cap_knots"),
    text("speed_cap_basis"),
    measure("speed_cap_ratio"),
    measure("usual_speed_knots"),
    text("gap_id"),
    time("gap_start"),
    time("gap_end"),
    measure("gap_duration_h"),
    text("reception"),
    json("sighting_ids"),
    json("cut_by"),
    truth("named"),
    truth("by_elimination"),
    json("not_graded_for"),
    count("pool_vessels"),
    json("one_of"),
    text("repeats"),
    json("candidates_beaten"),
    count("candidates_beaten_total"),
    text("reason"),
    truth("observed"),
];

const DARK_LEG: &[Column] = &[
    text("leg_id"),
    text("part"),
    truth("observed"),
    text("grade"),
    text("grade_meaning"),
    text("origin"),
    text("origin_locode"),
    truth("origin_dark"),
    text("destination"),
    text("destination_locode"),
    truth("destination_dark"),
    time("departure_earliest"),
    time("departure_latest"),
    time("arrival_earliest"),
    time("arrival_latest"),
    measure("distance_km"),
    truth("by_water"),
    json("over_sighting_ids"),
    count("pattern_times"),
    measure("pattern_median_gap_h"),
    measure("pattern_median_stay_h"),
    json("dark_call_ids"),
];

const SIGHTING: &[Column] = &[
    text("verdict"),
    text("reason"),
    truth("is_claim"),
    text("matched_by"),
    json("doubtful"),
    text("sighting_id"),
    text("outcome"),
    time("time_from"),
    time("time_to"),
    measure("lon"),
    measure("lat"),
    measure("error_radius_m"),
    text("sensor"),
    text("claimed_name"),
    text("claimed_imo"),
    text("claimed_mmsi"),
    text("claimed_confidence"),
    text("activity"),
    measure("length_m"),
    text("scene"),
    text("source_text"),
    text("publisher"),
    text("via"),
    text("url"),
    measure("ais_distance_km"),
    time("ais_time"),
    text("ais_file"),
    count("ais_row"),
    text("gap_id"),
    time("silent_from"),
    time("silent_to"),
    time("window_earliest"),
    time("window_latest"),
    measure("hours_to_spare"),
    measure("speed_needed_knots"),
    truth("plausible"),
    measure("length_difference_m"),
    count("silences_possible"),
    json("one_of_gap_ids"),
    text("group_grade"),
    count("pool_vessels"),
    count("pool_needed"),
    truth("pool_others_heard"),
    count("suspects_total"),
    json("suspects"),
    json("reporting_there"),
    json("contradicts"),
];

const REACH: &[Column] = &[
    text("gap_id"),
    count("part"),
    count("parts"),
    time("start"),
    time("end"),
    measure("duration_h"),
    text("speed_basis"),
    text("meaning"),
    measure("speed_knots"),
    measure("longest_way_km"),
    truth("clipped_to_water"),
    truth("observed"),
];

const PLACE: &[Column] = &[
    text("name"),
    text("kind"),
    text("port"),
    text("port_locode"),
    text("port_country"),
    text("nearest_port"),
    text("nearest_port_locode"),
    measure("distance_to_port_m"),
    count("vessels"),
    count("stops"),
    measure("hours"),
    measure("extent_m"),
    measure("lon"),
    measure("lat"),
    truth("given"),
];

const INTERFERENCE: &[Column] = &[
    time("time_from"),
    time("time_to"),
    measure("duration_h"),
    count("vessels"),
    json("vessel_ids"),
    count("reports"),
    measure("shown_lon"),
    measure("shown_lat"),
    measure("shown_radius_km"),
    measure("centre_lon"),
    measure("centre_lat"),
    measure("displaced_km"),
    text("reason"),
];
