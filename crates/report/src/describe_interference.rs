//! A zone of interference is where several vessels were while their positions showed all of them
//! somewhere else.

use crate::describe::{KM_DECIMALS, Names, hours, lon_lat};
use crate::phrase::{count, distance, moment};
use crate::{Property, Value};
use landfall_track::{InterferenceZone, geodesic_distance_m};
use std::borrow::Cow;

impl Names<'_> {
    /// A zone.
    pub(crate) fn interference<'b>(&'b self, zone: &'b InterferenceZone) -> Vec<Property<'b>> {
        let centre = zone.centre();
        let displaced_m = centre.map(|centre| geodesic_distance_m(centre, zone.shown_at));
        let (shown_lon, shown_lat) = lon_lat(Some(zone.shown_at));
        let (centre_lon, centre_lat) = lon_lat(centre);
        let kilometres =
            |metres: Option<f64>| Value::measure(metres.map(|m| m / 1000.0), KM_DECIMALS);
        let ids = zone.vessels.iter().map(|id| Cow::Borrowed(id.as_str()));
        let mut properties = vec![
            ("time_from", Value::Time(zone.from)),
            ("time_to", Value::Time(zone.to)),
            ("duration_h", hours(Some(zone.from), Some(zone.to))),
            ("vessels", Value::Count(zone.vessels.len() as u64)),
            ("vessel_ids", Value::Texts(ids.collect())),
            ("reports", Value::Count(zone.reports)),
            ("shown_lon", shown_lon),
            ("shown_lat", shown_lat),
            ("shown_radius_km", kilometres(Some(zone.shown_radius_m))),
            ("centre_lon", centre_lon),
            ("centre_lat", centre_lat),
            ("displaced_km", kilometres(displaced_m)),
            ("reason", Value::code(Some(reason(zone, displaced_m)))),
        ];
        self.notice(&mut properties);
        properties
    }
}

/// What happened, in one sentence.
fn reason(zone: &InterferenceZone, displaced_m: Option<f64>) -> String {
    let shown = zone.shown_at.degrees();
    let displaced = displaced_m.map_or_else(String::new, |metres| {
        format!(", {} from where they were", distance(metres))
    });
    format!(
        "From {} to {} {} of {} showed them within {} of {:.4}, {:.4} (latitude, longitude){displaced}.",
        moment(zone.from),
        moment(zone.to),
        count(zone.reports as usize, "report", "reports"),
        count(zone.vessels.len(), "vessel", "vessels"),
        distance(zone.shown_radius_m),
        shown.lat,
        shown.lon,
    )
}
