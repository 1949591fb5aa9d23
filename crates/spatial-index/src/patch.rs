//! A patch is a small box of longitudes and latitudes all over which the port index has one answer:
//! who stays in it need not be looked up again.

use crate::element::Halo;
use landfall_track::Position;

const TURN_E7: i64 = 3_600_000_000;

/// A small box of longitudes and latitudes, as [`PortIndex::clear_about`] gives it.
///
/// It spans no more than a quarter of a degree, and never the antimeridian. The default holds no
/// position at all.
///
/// [`PortIndex::clear_about`]: crate::PortIndex::clear_about
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// The south-west corner, which belongs to the box.
    corner: Position,
    /// How far the box reaches to the north and to the east, in 1e-7 degrees; what lies so far off
    /// belongs to it no longer.
    height_e7: u32,
    width_e7: u32,
}

impl Patch {
    /// A box by its south-west corner and its spans.
    pub(crate) fn new(corner: Position, height_e7: u32, width_e7: u32) -> Self {
        Self {
            corner,
            height_e7,
            width_e7,
        }
    }

    /// The part of the box that holds `position` and nothing of a halo about a place; the default if
    /// the halo holds `position` itself, or may reach round the globe.
    pub(crate) fn without(self, at: Position, halo: Halo, position: Position) -> Self {
        let (height, width) = (i64::from(self.height_e7), i64::from(self.width_e7));
        let to_north = i64::from(at.lat_e7) - i64::from(position.lat_e7);
        let to_east = position.lon_difference_e7(at);
        // So far from `position` towards the halo, no place is in it.
        let free_lat = to_north.abs() - halo.lat_e7 - 1;
        let free_lon = to_east.abs() - halo.lon_e7 - 1;
        let meets_behind = TURN_E7 - to_east.abs() - halo.lon_e7 <= width;
        if !self.holds(position) || (free_lat < 0 && (free_lon < 0 || meets_behind)) {
            return Self::default();
        }
        let mut part = self;
        let south = i64::from(position.lat_e7.wrapping_sub(self.corner.lat_e7));
        let west = i64::from(position.lon_e7.wrapping_sub(self.corner.lon_e7));
        if free_lat >= free_lon || meets_behind {
            if to_north >= 0 {
                part.height_e7 = (south + free_lat + 1).min(height) as u32;
            } else {
                let cut = (south - free_lat).max(0);
                part.corner.lat_e7 += cut as i32;
                part.height_e7 = (height - cut) as u32;
            }
        } else if to_east >= 0 {
            part.width_e7 = (west + free_lon + 1).min(width) as u32;
        } else {
            let cut = (west - free_lon).max(0);
            part.corner.lon_e7 += cut as i32;
            part.width_e7 = (width - cut) as u32;
        }
        part
    }

    /// Whether a halo about a place may reach into the box.
    pub(crate) fn may_meet(&self, at: Position, halo: Halo) -> bool {
        let north_e7 = i64::from(at.lat_e7) - i64::from(self.corner.lat_e7);
        let east_e7 = self.corner.lon_difference_e7(at);
        let meets = |off_e7: i64, span_e7: u32, reach_e7: i64| {
            off_e7 >= -reach_e7 && off_e7 <= i64::from(span_e7) + reach_e7
        };
        meets(north_e7, self.height_e7, halo.lat_e7) && meets(east_e7, self.width_e7, halo.lon_e7)
    }

    /// Whether a position lies in the box.
    #[inline]
    pub fn holds(&self, position: Position) -> bool {
        // South or west of the corner the difference wraps round to more than any box spans.
        let north_e7 = position.lat_e7.wrapping_sub(self.corner.lat_e7) as u32;
        let east_e7 = position.lon_e7.wrapping_sub(self.corner.lon_e7) as u32;
        north_e7 < self.height_e7 && east_e7 < self.width_e7
    }
}
