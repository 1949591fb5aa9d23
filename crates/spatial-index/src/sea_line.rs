//! A way's line as maps draw it: straight in longitude and latitude from place to place. Places are
//! added until that is as good as the great circle it stands for, and as free of land.

use crate::element::{Vector, chord_2};
use crate::land::Land;
use crate::land_sphere::{Arc, MEAN_RADIUS_M, plus, position, unit};
use landfall_track::Position;

/// No piece of a line is longer than this, in metres.
const LONGEST_PIECE_M: f64 = 100_000.0;
/// A straight line that is no further than this off its great circle, in metres, may stand for it
/// without a look at the land: ways keep further off it, but in the narrowest places.
const NEAR_ENOUGH_M: f64 = 0.5;
/// Legs are halved at most so often.
const MOST_HALVINGS: u32 = 24;

/// Appends the places of a leg to a line, without the first.
pub(crate) fn draw(land: &Land, from: &Vector, to: &Vector, line: &mut Vec<Position>) {
    halve(land, from, to, MOST_HALVINGS, line);
}

fn halve(land: &Land, from: &Vector, to: &Vector, left: u32, line: &mut Vec<Position>) {
    let length_m = chord_2(from, to).sqrt() * MEAN_RADIUS_M;
    let pieces = (length_m * 1.01 / LONGEST_PIECE_M).ceil().max(1.0);
    let off_m = off_circle_m(length_m / pieces, from, to);
    let is_free = || {
        off_m < NEAR_ENOUGH_M
            || Arc::new(from, to).is_none_or(|arc| land.coast.is_clear(&arc, off_m / MEAN_RADIUS_M))
    };
    if left == 0 || (is_even(from, to) && is_free()) {
        let step = plus(to, -1.0, from);
        line.extend((1..pieces as u32).filter_map(|piece| {
            unit(&plus(from, f64::from(piece) / pieces, &step)).map(|at| position(&at))
        }));
        line.push(position(to));
    } else if let Some(middle) = unit(&plus(from, 1.0, to)) {
        halve(land, from, &middle, left - 1, line);
        halve(land, &middle, to, left - 1, line);
    }
}

/// Whether an arc's chord, cut into equal parts, cuts the arc into nearly equal parts: it spans no
/// more than some thousand kilometres.
fn is_even(from: &Vector, to: &Vector) -> bool {
    const CHORD: f64 = 0.2;
    chord_2(from, to) < CHORD * CHORD
}

/// How far, in metres, a straight line in longitude and latitude goes off the great circle between
/// its ends, at most: a parallel of latitude of that length bulges by length² tan(latitude) / 8R,
/// and any other line by less. Generous by half.
fn off_circle_m(length_m: f64, from: &Vector, to: &Vector) -> f64 {
    let middle_z = (from[2] + to[2])
        / plus(from, 1.0, to)
            .map(|part| part * part)
            .iter()
            .sum::<f64>()
            .sqrt();
    let sin = from[2]
        .abs()
        .max(to[2].abs())
        .max(middle_z.abs())
        .min(0.999_999);
    1.5 * length_m * length_m * sin / (1.0 - sin * sin).sqrt() / (8.0 * MEAN_RADIUS_M)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::vector;
    use crate::land::at;

    #[test]
    fn an_ocean_crossing_follows_the_great_circle_across_the_antimeridian() {
        let land = Land::bundled().unwrap();
        let (from, to) = (at(150.0, 40.0), at(-135.0, 45.0));
        let mut line = vec![from];
        draw(&land, &vector(from), &vector(to), &mut line);
        assert!(line.len() > 50);
        assert!(line.iter().any(|place| place.lat_e7 > 490_000_000));
        let arc = crate::land_sphere::Arc::new(&vector(from), &vector(to)).unwrap();
        for place in &line {
            let off = crate::land_sphere::dot(&arc.normal, &vector(*place)).abs();
            assert!(off * MEAN_RADIUS_M < 0.1);
        }
    }
}
