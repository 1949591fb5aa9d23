//! What each layer's features say: one function a kind of event, one line a property.

use crate::feature_id::plain_id;
use crate::foreign::quoted;
use crate::links::LinkIndex;
use crate::run_view::port_key;
use crate::{Layer, Lines, OutputContext, Property, RunView, SourceName, Value, VesselLabel};
use landfall_track::{
    Confidence, CountryCode, Gap, GapInference, Leg, Locode, PlaceIx, Port, PortCall, PortIx,
    PortSource, Position, ReportRef, SourceRow, Stop, StopPlace, Timestamp, Transit,
};

/// Decimals of hours: a third of a second.
pub(crate) const HOUR_DECIMALS: u8 = 4;
/// Decimals of kilometres: a metre.
pub(crate) const KM_DECIMALS: u8 = 3;
/// Decimals of metres: no port is known better.
pub(crate) const METRE_DECIMALS: u8 = 1;
/// Decimals of knots: a tenth of what AIS sends.
pub(crate) const KNOT_DECIMALS: u8 = 2;
/// Decimals of spreads of headings.
const HEADING_DECIMALS: u8 = 1;
/// Decimals of shares.
const SHARE_DECIMALS: u8 = 4;
/// Decimals of degrees where they stand as properties: all there are.
const DEGREE_DECIMALS: u8 = 7;

/// An event put into words.
pub(crate) struct Description<'a> {
    /// Where it belongs.
    pub(crate) layer: Layer,
    /// When it began, for its id.
    pub(crate) start: Timestamp,
    /// Its port's code or else name, for its id.
    pub(crate) port: Option<&'a str>,
    /// What is said of it.
    pub(crate) properties: Vec<Property<'a>>,
}

/// The names that events refer to by number.
pub(crate) struct Names<'a> {
    ports: &'a [Port],
    places: &'a [StopPlace],
    files: &'a [String],
    notice: Option<String>,
    /// Ids that continue others.
    pub(crate) links: LinkIndex,
}

impl<'a> Names<'a> {
    pub(crate) fn new(context: &OutputContext<'a>) -> Self {
        Self {
            ports: context.ports,
            places: context.places,
            files: context.files,
            notice: (!context.notices.is_empty()).then(|| context.notices.join(" | ")),
            links: LinkIndex::default(),
        }
    }

    /// A file's name; `?` for a number that is none.
    pub(crate) fn file(&self, number: usize) -> &'a str {
        self.files.get(number).map_or("?", String::as_str)
    }

    pub(crate) fn port(&self, port: PortIx) -> Option<&'a Port> {
        self.ports.get(port.0 as usize)
    }

    /// A port of the table; `None` for a place that belongs to none.
    fn listed(&self, port: PortIx) -> Option<&'a Port> {
        let port = self.port(port)?;
        (port.source != PortSource::Stops).then_some(port)
    }

    /// Whether a port is a place that belongs to no port of the table.
    pub(crate) fn is_unlisted(&self, port: PortIx) -> bool {
        self.port(port)
            .is_some_and(|port| port.source == PortSource::Stops)
    }

    fn place_of(&self, place: Option<PlaceIx>) -> Option<&'a StopPlace> {
        self.places.get(place?.0 as usize)
    }

    /// A port's name, with its code if it has one.
    pub(crate) fn port_called(&self, port: PortIx) -> String {
        match self.port(port) {
            None => "an unknown port".to_owned(),
            Some(port) => match &port.locode {
                Some(code) => format!("{} ({code})", quoted(&port.name)),
                None => quoted(&port.name),
            },
        }
    }

    pub(crate) fn source(&self, row: SourceRow) -> SourceName<'a> {
        SourceName {
            file: self.file(row.file()),
            row: row.row(),
        }
    }

    /// A port call or a passage.
    pub(crate) fn port_call<'b>(
        &'b self,
        label: &VesselLabel<'b>,
        call: &PortCall,
    ) -> Description<'b> {
        let port = self.listed(call.port);
        let place = self.place_of(call.place);
        let lay = &call.berthing;
        let is_call = call.confidence != Confidence::Passage;
        let stopped = call.stop_start.is_some();
        let mut properties = vessel(label);
        properties.extend([
            ("port", name_of(port)),
            ("port_locode", locode_of(port)),
            ("port_country", country_of(port)),
            ("place", Value::code(place.map(StopPlace::key))),
            ("place_name", Value::text(place.map(|place| &*place.name))),
            ("arrival", Value::time(call.arrival)),
            ("departure", Value::time(call.departure)),
            ("duration_h", hours(call.arrival, call.departure)),
            ("confidence", Value::Count(call.confidence as u64)),
            ("kind", Value::text(is_call.then(|| lay.kind.as_str()))),
            ("distance_to_port_m", metres(call.distance_to_port_m)),
            ("stop_start", Value::time(call.stop_start)),
            ("stop_end", Value::time(call.stop_end)),
            ("first_alongside", Value::time(lay.first_alongside)),
            ("last_alongside", Value::time(lay.last_alongside)),
            ("berths", count_if(stopped, u64::from(lay.berths))),
            ("waited_h", hours_if(stopped, lay.waited_ms)),
            ("alongside_h", hours_if(stopped, lay.alongside_ms)),
            ("first_report", Value::Time(call.first.time)),
            ("last_report", Value::Time(call.last.time)),
            ("reports", Value::Count(call.reports)),
        ]);
        self.close(&mut properties, call.first, call.last);
        Description {
            layer: if is_call {
                Layer::PortCalls
            } else {
                Layer::Passages
            },
            start: call.first.time,
            port: key_of(self.port(call.port)),
            properties,
        }
    }

    /// A stop.
    pub(crate) fn stop<'b>(&'b self, label: &VesselLabel<'b>, stop: &Stop) -> Description<'b> {
        let start = stop.start_seen.then_some(stop.start);
        let end = stop.end_seen.then_some(stop.end);
        let evidence = &stop.evidence;
        let nearest = stop.nearest_port.and_then(|near| self.port(near.port));
        let distance_m = stop.nearest_port.map(|near| near.distance_m);
        let mut properties = vessel(label);
        properties.extend([
            ("kind", Value::text(Some(stop.kind.as_str()))),
            ("start", Value::time(start)),
            ("end", Value::time(end)),
            ("duration_h", hours(start, end)),
            ("spread_m", metres(evidence.spread_m)),
            (
                "heading_spread_deg",
                Value::measure(evidence.heading_spread_deg, HEADING_DECIMALS),
            ),
            ("status", Value::count(evidence.status.map(u64::from))),
            (
                "drift_knots",
                Value::measure(Some(stop.drift_knots()), KNOT_DECIMALS),
            ),
            ("call", Value::code(self.call_id(label, stop))),
            (
                "place",
                Value::code(self.place_of(stop.place).map(StopPlace::key)),
            ),
            ("nearest_port", name_of(nearest)),
            ("nearest_port_locode", locode_of(nearest)),
            ("nearest_port_country", country_of(nearest)),
            (
                "distance_to_port_m",
                Value::measure(distance_m, METRE_DECIMALS),
            ),
            ("first_report", Value::Time(stop.first.time)),
            ("last_report", Value::Time(stop.last.time)),
            ("reports", Value::Count(stop.reports)),
        ]);
        self.close(&mut properties, stop.first, stop.last);
        Description {
            layer: Layer::Stops,
            start: stop.first.time,
            port: None,
            properties,
        }
    }

    /// A way through a canal.
    pub(crate) fn transit<'b>(
        &'b self,
        label: &VesselLabel<'b>,
        transit: &Transit,
        canal: &'b str,
    ) -> Description<'b> {
        let mut properties = vessel(label);
        properties.extend([
            ("passage", Value::text(Some(canal))),
            ("direction", Value::text(Some(transit.direction.as_str()))),
            ("entry", Value::Time(transit.entry)),
            ("exit", Value::Time(transit.exit)),
            ("duration_h", hours(Some(transit.entry), Some(transit.exit))),
            ("waited_h", hours_if(true, transit.waited_ms)),
            ("first_report", Value::Time(transit.first.time)),
            ("last_report", Value::Time(transit.last.time)),
        ]);
        self.close(&mut properties, transit.first, transit.last);
        Description {
            layer: Layer::Transits,
            start: transit.first.time,
            port: None,
            properties,
        }
    }

    /// The id of the call that a stop belongs to.
    fn call_id(&self, label: &VesselLabel<'_>, stop: &Stop) -> Option<String> {
        let call = stop.call?;
        let port = key_of(self.port(call.port));
        let id = plain_id(Layer::PortCalls, label.vessel_id, call.first, port);
        Some(id)
    }

    /// A voyage, or a track that is none.
    pub(crate) fn leg<'b>(
        &'b self,
        label: &VesselLabel<'b>,
        leg: &Leg,
        lines: &'b Lines,
    ) -> Description<'b> {
        let origin = leg.origin.and_then(|port| self.port(port));
        let destination = leg.destination.and_then(|port| self.port(port));
        // A track does not depart where its data begin.
        let departure = leg.origin.map(|_| leg.first.time);
        let arrival = leg.destination.map(|_| leg.last.time);
        let observed_share = leg.observed_share().clamp(0.0, 1.0);
        let mut properties = vessel(label);
        properties.extend([
            ("origin", name_of(origin)),
            ("origin_locode", locode_of(origin)),
            ("destination", name_of(destination)),
            ("destination_locode", locode_of(destination)),
            ("departure", Value::time(departure)),
            ("arrival", Value::time(arrival)),
            ("duration_h", hours(departure, arrival)),
            ("distance_km", kilometres(Some(leg.distance_m))),
            (
                "observed_distance_km",
                kilometres(Some(leg.observed_distance_m)),
            ),
            (
                "observed_share",
                Value::measure(Some(observed_share), SHARE_DECIMALS),
            ),
            (
                "max_speed_knots",
                Value::measure(leg.max_speed_knots, KNOT_DECIMALS),
            ),
            ("observed", Value::Truth(true)),
            ("first_report", Value::Time(leg.first.time)),
            ("last_report", Value::Time(leg.last.time)),
            ("reports", Value::Count(leg.reports)),
        ]);
        self.close(&mut properties, leg.first, leg.last);
        properties.push(("times", Value::VertexTimes(lines)));
        Description {
            layer: if leg.is_voyage() {
                Layer::Voyages
            } else {
                Layer::Tracks
            },
            start: leg.first.time,
            port: None,
            properties,
        }
    }

    /// A gap, with what inference says of it.
    pub(crate) fn gap<'b>(
        &'b self,
        label: &VesselLabel<'b>,
        gap: &Gap,
        run: &'b RunView<'_>,
        inference: &GapInference,
    ) -> Description<'b> {
        let port = gap.port.and_then(|port| self.port(port));
        let end = gap.after.map(|after| after.time);
        let without = gap.without_position;
        let (start_lon, start_lat) = lon_lat(Some(gap.before.position));
        let (end_lon, end_lat) = lon_lat(gap.after.map(|after| after.position));
        let mut properties = vessel(label);
        properties.extend([
            ("start", Value::Time(gap.before.time)),
            ("end", Value::time(end)),
            ("duration_h", hours(Some(gap.before.time), end)),
            ("kind", Value::text(Some(gap.kind.as_str()))),
            (
                "silent_h",
                Value::measure(Some(gap.silent_ms as f64 / 3_600_000.0), HOUR_DECIMALS),
            ),
            (
                "messages_without_position",
                Value::Count(without.map_or(0, |without| without.messages)),
            ),
            (
                "first_without_position",
                Value::time(without.map(|without| without.first)),
            ),
            (
                "last_without_position",
                Value::time(without.map(|without| without.last)),
            ),
            ("continued_as", Value::text(self.continued_as(label, gap))),
            ("distance_km", kilometres(gap.distance_m)),
            (
                "implied_speed_knots",
                Value::measure(gap.implied_speed_knots, KNOT_DECIMALS),
            ),
            (
                "reports_before",
                Value::Count(u64::from(gap.reports_before)),
            ),
            ("port", name_of(port)),
            ("port_locode", locode_of(port)),
            ("observed", Value::Truth(false)),
            ("start_lon", start_lon),
            ("start_lat", start_lat),
            ("end_lon", end_lon),
            ("end_lat", end_lat),
        ]);
        properties.extend(self.inferred_gap(run, inference));
        self.close(&mut properties, gap.before, gap.after.unwrap_or(gap.before));
        Description {
            layer: Layer::Gaps,
            start: gap.before.time,
            port: None,
            properties,
        }
    }

    /// The id under which a vessel goes on, if that explains its silence: one that the data end in.
    pub(crate) fn continued_as(&self, label: &VesselLabel<'_>, gap: &Gap) -> Option<&str> {
        let is_last = gap.after.is_none();
        is_last.then(|| self.links.continued_as(label.vessel_id))?
    }

    /// What the inputs say of themselves, if they do.
    pub(crate) fn notice<'b>(&'b self, properties: &mut Vec<Property<'b>>) {
        if let Some(notice) = &self.notice {
            properties.push(("notice", Value::text(Some(notice))));
        }
    }

    /// What every feature ends with.
    pub(crate) fn close<'b>(
        &'b self,
        properties: &mut Vec<Property<'b>>,
        first: ReportRef,
        last: ReportRef,
    ) {
        self.notice(properties);
        properties.push((
            "source",
            Value::Source {
                first: self.source(first.source),
                last: self.source(last.source),
            },
        ));
    }
}

/// What every feature begins with. Numbers that name a vessel are texts: they are not counted
/// with, some begin with zeros, and a column of numbers with holes turns into decimals in many tools.
pub(crate) fn vessel<'b>(label: &VesselLabel<'b>) -> Vec<Property<'b>> {
    let mut properties = Vec::with_capacity(24);
    properties.extend([
        ("vessel_id", Value::text(Some(label.vessel_id))),
        ("mmsi", Value::code(label.mmsi)),
        ("imo", Value::code(label.imo)),
        ("name", Value::text(label.name)),
        ("ship_type", Value::text(label.ship_type)),
    ]);
    properties
}

pub(crate) fn name_of(port: Option<&Port>) -> Value<'_> {
    Value::text(port.map(|port| port.name.as_str()))
}

pub(crate) fn locode_of(port: Option<&Port>) -> Value<'_> {
    Value::text(
        port.and_then(|port| port.locode.as_ref())
            .map(Locode::as_str),
    )
}

pub(crate) fn country_of(port: Option<&Port>) -> Value<'_> {
    Value::text(
        port.and_then(|port| port.country.as_ref())
            .map(CountryCode::as_str),
    )
}

pub(crate) fn key_of(port: Option<&Port>) -> Option<&str> {
    port.map(port_key)
}

/// Hours between two ends; absent if either is open.
pub(crate) fn hours<'b>(from: Option<Timestamp>, to: Option<Timestamp>) -> Value<'b> {
    let hours = from.zip(to).map(|(from, to)| to.hours_since(from));
    Value::measure(hours, HOUR_DECIMALS)
}

/// A count, absent where nothing was counted.
fn count_if<'b>(is_known: bool, count: u64) -> Value<'b> {
    Value::count(is_known.then_some(count))
}

/// Hours of a time in milliseconds, absent where none was measured.
fn hours_if<'b>(is_known: bool, millis: i64) -> Value<'b> {
    Value::measure(
        is_known.then_some(millis as f64 / 3_600_000.0),
        HOUR_DECIMALS,
    )
}

pub(crate) fn metres<'b>(metres: f64) -> Value<'b> {
    Value::measure(Some(metres), METRE_DECIMALS)
}

pub(crate) fn kilometres<'b>(metres: Option<f64>) -> Value<'b> {
    Value::measure(metres.map(|metres| metres / 1000.0), KM_DECIMALS)
}

pub(crate) fn lon_lat<'b>(position: Option<Position>) -> (Value<'b>, Value<'b>) {
    let place = position.map(Position::degrees);
    (
        Value::measure(place.map(|place| place.lon), DEGREE_DECIMALS),
        Value::measure(place.map(|place| place.lat), DEGREE_DECIMALS),
    )
}
