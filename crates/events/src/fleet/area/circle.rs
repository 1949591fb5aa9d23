//! The circle nearest to places: a receiver's range.

use super::Place;

/// A circle on the plane around an end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circle {
    middle: Place,
    pub(super) radius_m: f64,
}

impl Circle {
    /// The circle nearest to places, by least squares of the power of each (I. Kåsa, "A circle fitting
    /// procedure and its error analysis", 1976); `None` if they lie on a line.
    pub(super) fn through(places: impl Iterator<Item = Place> + Clone) -> Option<Self> {
        let count = places.clone().count() as f64;
        let mean =
            |of: fn(&Place) -> f64| places.clone().map(|place| of(&place)).sum::<f64>() / count;
        let (x0, y0) = (mean(|place| place.east_m), mean(|place| place.north_m));
        let (mut xx, mut xy, mut yy, mut xz, mut yz, mut zz) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for place in places {
            let (x, y) = (place.east_m - x0, place.north_m - y0);
            let z = x * x + y * y;
            xx += x * x;
            xy += x * y;
            yy += y * y;
            xz += x * z;
            yz += y * z;
            zz += z;
        }
        let determinant = xx * yy - xy * xy;
        if determinant <= 1e-9 * (xx + yy).powi(2) {
            return None;
        }
        let x = (xz * yy - yz * xy) / (2.0 * determinant);
        let y = (yz * xx - xz * xy) / (2.0 * determinant);
        let radius_m = (zz / count + x * x + y * y).sqrt();
        radius_m.is_finite().then_some(Self {
            middle: Place {
                east_m: x0 + x,
                north_m: y0 + y,
            },
            radius_m,
        })
    }

    /// How far outside a place lies, negative inside.
    pub(super) fn distance_m(&self, place: Place) -> f64 {
        let (east_m, north_m) = self.offset(place);
        east_m.hypot(north_m) - self.radius_m
    }

    /// The direction outward at a place, 0 to 360 degrees.
    pub(super) fn outward_deg(&self, place: Place) -> f64 {
        let (east_m, north_m) = self.offset(place);
        east_m.atan2(north_m).to_degrees().rem_euclid(360.0)
    }

    fn offset(&self, place: Place) -> (f64, f64) {
        (
            place.east_m - self.middle.east_m,
            place.north_m - self.middle.north_m,
        )
    }
}
