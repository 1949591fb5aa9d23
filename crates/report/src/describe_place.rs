//! A place is where several vessels were seen to lie: a berth or an anchorage.

use crate::Property;
use crate::Value;
use crate::describe::{HOUR_DECIMALS, Names, country_of, locode_of, lon_lat, metres, name_of};
use landfall_track::StopPlace;

impl Names<'_> {
    /// A place.
    pub(crate) fn place<'b>(&'b self, place: &'b StopPlace) -> Vec<Property<'b>> {
        let port = place.port.and_then(|port| self.port(port));
        let near = place.nearest_port;
        let nearest = near.and_then(|near| self.port(near.port));
        let (lon, lat) = lon_lat(Some(place.position));
        let mut properties = vec![
            ("name", Value::text(Some(&place.name))),
            ("kind", Value::text(Some(place.kind.as_str()))),
            ("port", name_of(port)),
            ("port_locode", locode_of(port)),
            ("port_country", country_of(port)),
            ("nearest_port", name_of(nearest)),
            ("nearest_port_locode", locode_of(nearest)),
            (
                "distance_to_port_m",
                near.map_or(Value::Absent, |near| metres(near.distance_m)),
            ),
            ("vessels", Value::Count(u64::from(place.vessels))),
            ("stops", Value::Count(place.stops)),
            ("hours", Value::measure(Some(place.hours), HOUR_DECIMALS)),
            ("extent_m", metres(place.extent_m)),
            ("lon", lon),
            ("lat", lat),
            ("given", Value::Truth(place.given)),
        ];
        self.notice(&mut properties);
        properties
    }
}
