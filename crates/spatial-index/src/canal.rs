//! Canals, as lines: places to pass. A vessel that lies in one, away from every port's berths, waits or is
//! aground; it does not call.

use crate::cells::cell_box;
use crate::element::Halo;
use crate::sea_ways::bundled_passages;
use crate::{Passage, PassageKind, Patch};
use landfall_track::{CanalIx, LocalScale, Position};
use std::sync::LazyLock;

/// How far from a canal's bundled line a position is still in it, in metres: the lines are true to about a
/// kilometre (see `data/passages.csv`).
const IN_CANAL_M: f64 = 1_000.0;
/// How far from a canal's line a vessel may be that passes it, in metres: the lakes of the Suez Canal, in which
/// convoys wait, reach 5 km to either side.
const ABOUT_CANAL_M: f64 = 6_000.0;

/// A canal: the inner links of its bundled line. Its approaches, the first and the last link, count as open
/// water: ports lie there.
struct Canal {
    name: String,
    links: Vec<Link>,
    length_m: f64,
}

/// A straight part of a canal's line, some kilometres long.
struct Link {
    from: Position,
    to: Position,
    scale: LocalScale,
    east_m: f64,
    north_m: f64,
    length_m: f64,
    /// How far along the canal it begins, in metres.
    begins_m: f64,
    /// The middle of it, and how far the positions about it reach from there.
    about: (Position, Halo),
}

/// Where a position is along a canal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlongCanal {
    /// The canal.
    pub canal: CanalIx,
    /// How far along it, from 0 at its line's first end to 1 at its last.
    pub share: f64,
}

static CANALS: LazyLock<Vec<Canal>> = LazyLock::new(|| {
    bundled_passages()
        .unwrap_or_default()
        .into_iter()
        .filter(|passage| passage.kind == PassageKind::Canal)
        .map(Canal::new)
        .collect()
});

impl Canal {
    fn new(passage: Passage) -> Self {
        let line = passage.line;
        let inner = line
            .get(1..line.len().saturating_sub(1))
            .unwrap_or_default();
        let mut links: Vec<Link> = Vec::with_capacity(inner.len());
        let mut length_m = 0.0;
        for ends in inner.windows(2) {
            let link = Link::new(ends[0], ends[1], length_m);
            length_m += link.length_m;
            links.push(link);
        }
        Self {
            name: passage.name,
            links,
            length_m: length_m.max(1.0),
        }
    }

    /// How far a position about the line is off it, and how far along it, both in metres; `None` if it is farther off
    /// than [`ABOUT_CANAL_M`] for certain.
    fn nearest(&self, position: Position) -> Option<(f64, f64)> {
        self.links
            .iter()
            .filter(|link| link.may_be_about(position))
            .map(|link| link.nearest(position))
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

impl Link {
    fn new(from: Position, to: Position, begins_m: f64) -> Self {
        let scale = LocalScale::at_latitude_deg(f64::from(from.lat_e7) / 1e7);
        let mut link = Self {
            from,
            to,
            scale,
            east_m: 0.0,
            north_m: 0.0,
            length_m: 0.0,
            begins_m,
            about: about(from, to, scale),
        };
        (link.east_m, link.north_m) = link.offset_m(to);
        link.length_m = link.east_m.hypot(link.north_m);
        link
    }

    /// Metres east and north of its beginning.
    fn offset_m(&self, there: Position) -> (f64, f64) {
        let north_e7 = f64::from(there.lat_e7) - f64::from(self.from.lat_e7);
        (
            self.from.lon_difference_e7(there) as f64 * self.scale.metres_per_lon_e7,
            north_e7 * self.scale.metres_per_lat_e7,
        )
    }

    fn nearest(&self, position: Position) -> (f64, f64) {
        let (x_m, y_m) = self.offset_m(position);
        let squared_m2 = (self.length_m * self.length_m).max(1.0);
        let share = ((x_m * self.east_m + y_m * self.north_m) / squared_m2).clamp(0.0, 1.0);
        let off_m = (x_m - share * self.east_m).hypot(y_m - share * self.north_m);
        (off_m, self.begins_m + share * self.length_m)
    }

    /// Whether a position may be about it.
    fn may_be_about(&self, position: Position) -> bool {
        let (middle, halo) = self.about;
        halo.holds(middle, position)
    }
}

/// The middle of a link, and how far the positions about it reach from there.
fn about(from: Position, to: Position, scale: LocalScale) -> (Position, Halo) {
    let lon_e7 = from.lon_difference_e7(to);
    let lat_e7 = i64::from(to.lat_e7) - i64::from(from.lat_e7);
    let middle = Position {
        lat_e7: from.lat_e7 + (lat_e7 / 2) as i32,
        lon_e7: from.lon_e7.wrapping_add((lon_e7 / 2) as i32),
    };
    let reach_e7 = |span_e7: i64, metres_per_e7: f64| {
        // A tenth more, since the scale is that of its beginning.
        span_e7.abs() / 2 + (1.1 * ABOUT_CANAL_M / metres_per_e7) as i64 + 1
    };
    let halo = Halo {
        lat_e7: reach_e7(lat_e7, scale.metres_per_lat_e7),
        lon_e7: reach_e7(lon_e7, scale.metres_per_lon_e7),
    };
    (middle, halo)
}

/// The name of the bundled canal that a position lies in; `None` if in none.
pub fn canal_at(position: Position) -> Option<&'static str> {
    let is_in = |canal: &&Canal| {
        canal
            .nearest(position)
            .is_some_and(|(off_m, _)| off_m <= IN_CANAL_M)
    };
    CANALS.iter().find(is_in).map(|canal| canal.name.as_str())
}

/// The canal that a position lies in or beside, and where along it: within 6 km of its line, which reaches
/// from lock to lock or from mouth to mouth.
pub fn along_canal(position: Position) -> Option<AlongCanal> {
    (0_u8..)
        .zip(CANALS.iter())
        .filter_map(|(number, canal)| {
            let (off_m, along_m) = canal.nearest(position)?;
            (off_m <= ABOUT_CANAL_M).then_some((off_m, number, along_m / canal.length_m))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, number, share)| AlongCanal {
            canal: CanalIx(number),
            share,
        })
}

/// A box about a position in which [`along_canal`] finds nothing; an empty one if there is none of use.
pub fn clear_of_canals(position: Position) -> Patch {
    CANALS
        .iter()
        .flat_map(|canal| &canal.links)
        .fold(cell_box(position), |clear, link| {
            let (middle, halo) = link.about;
            if clear.may_meet(middle, halo) {
                clear.without(middle, halo, position)
            } else {
                clear
            }
        })
}

fn canal(ix: CanalIx) -> Option<&'static Canal> {
    CANALS.get(usize::from(ix.0))
}

/// A canal's name; empty for a number that is none's.
pub fn canal_name(ix: CanalIx) -> &'static str {
    canal(ix).map_or("", |canal| canal.name.as_str())
}

/// A canal's first end and its last.
pub fn canal_ends(ix: CanalIx) -> Option<(Position, Position)> {
    let links = &canal(ix)?.links;
    Some((links.first()?.from, links.last()?.to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::LonLat;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    #[test]
    fn a_place_on_a_canals_line_is_in_it_and_one_off_its_ends_is_not() {
        assert_eq!(canal_at(at(32.5802, 30.0176)), Some("Suez Canal"));
        assert_eq!(canal_at(at(9.7, 54.32)), Some("Kiel Canal"));
        assert_eq!(canal_at(at(32.57, 29.90)), None);
        assert_eq!(canal_at(at(32.55, 29.80)), None);
        assert_eq!(canal_at(at(32.60, 30.0176)), None);
    }

    #[test]
    fn a_way_through_a_canal_goes_from_its_one_end_to_its_other() {
        let share = |lon, lat| along_canal(at(lon, lat)).map(|along| along.share);
        assert_eq!(share(32.31, 31.23), Some(0.0));
        assert_eq!(share(32.58, 29.92), Some(1.0));
        let lake = share(32.44, 30.32).unwrap();
        assert!((0.6..0.8).contains(&lake), "{lake}");
        assert_eq!(share(32.8, 30.32), None);
        assert_eq!(share(20.0, 50.0), None);
    }

    #[test]
    fn a_box_clear_of_canals_holds_no_place_beside_one() {
        for (lon, lat) in [(32.25, 30.25), (9.0, 53.75), (-80.0, 9.0), (22.75, 37.75)] {
            for (east, north) in [(0.01, 0.01), (0.2, 0.05), (0.1, 0.24), (0.24, 0.2)] {
                let here = at(lon + east, lat + north);
                let clear = clear_of_canals(here);
                let places = (0..50).flat_map(|x| (0..50).map(move |y| (x, y)));
                let wrong = places
                    .map(|(x, y)| at(lon + f64::from(x) * 0.005, lat + f64::from(y) * 0.005))
                    .filter(|place| clear.holds(*place) && along_canal(*place).is_some())
                    .count();
                assert_eq!(wrong, 0);
                assert!(!(along_canal(here).is_some() && clear.holds(here)));
            }
        }
        let sea = at(4.1, 54.1);
        assert_eq!(clear_of_canals(sea), cell_box(sea));
    }
}
