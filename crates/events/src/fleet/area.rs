//! The edge of the area from which anybody was ever heard: a vessel that goes out over it, under way
//! outward, has left; that it is silent then says nothing.
//!
//! Data are cut: to a box, to a receiver's circle, to a polygon. Where that is they do not say; it shows
//! in that several vessels' tracks end and begin on one line, to within the way from one report to the
//! next, and that beyond it nobody was ever heard. An end is *on the edge* if there is such a line
//! through it: in any direction near by; or far along a meridian or a parallel, as boxes have; or around a
//! circle. Of the ends near the line most must lie on it: where vessels switch off here and there on one
//! way, they do not. An edge that was shown so holds for whoever goes out over it, at however flat an angle.
//!
//! Known limits: the last tens of kilometres of a way on which all vessels fall silent at the same place,
//! outward, cannot be told from an edge; an edge that fewer vessels cross than the configuration asks for
//! is none; nor is one of a receiver whose range changes from day to day by more than vessels go between
//! reports. Beyond latitude 85 there is no edge.

mod circle;

use self::circle::Circle;
use super::grid::AreaTable;
use super::mark::{Mark, Side, turn_deg};
use crate::ConfigError;
use crate::config::within;
use landfall_track::{HullIx, LocalScale, Position};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When a vessel has left the area of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AreaConfig {
    /// A vessel is under way from this speed over ground on, in knots.
    pub moving_knots: f64,
    /// So many vessels show an edge.
    pub vessels: u32,
    /// Ends within this distance along the edge show it together, in metres.
    pub near_m: f64,
    /// Nobody was heard within this distance beyond the edge, in metres.
    pub clear_m: f64,
    /// Of the ends near the line so large a share lies on it.
    pub on_share: f64,
    /// Cells of the grid that holds the area before it coarsens, some 10 bytes each.
    pub budget_cells: u32,
}

impl Default for AreaConfig {
    fn default() -> Self {
        Self {
            // What is slower may drift or loiter (Global Fishing Watch's loitering events: a mean speed
            // below 2 knots).
            moving_knots: 2.0,
            // Three are the fewest that can lie on a line by more than chance; zones of interference ask
            // for as many (RadianceFleet).
            vessels: 3,
            // As `reception.near_m`: what one receiver serves.
            near_m: 50_000.0,
            // Ours: an hour's way of most ships, at 16 knots.
            clear_m: 30_000.0,
            // Ours: at an edge nearly all are; some vessels fall silent near it for other reasons.
            on_share: 0.5,
            // What fits in a hash table of 2^21 places at its highest load, 7/8: 19 MB.
            budget_cells: 1_835_008,
        }
    }
}

impl AreaConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("fleet.area.moving_knots", self.moving_knots, 0.1, 50.0)?;
        within("fleet.area.vessels", f64::from(self.vessels), 2.0, 1e6)?;
        within("fleet.area.near_m", self.near_m, 1_000.0, 300_000.0)?;
        within("fleet.area.clear_m", self.clear_m, 1_000.0, 300_000.0)?;
        within("fleet.area.on_share", self.on_share, 0.1, 1.0)?;
        // The coarsest cells, 0.8 degrees, are fewer.
        within(
            "fleet.area.budget_cells",
            f64::from(self.budget_cells),
            110_000.0,
            f64::from(u32::MAX),
        )
    }
}

/// An end lies behind the edge by no more than its step, this many times, ...
const STEP_TIMES: f64 = 1.25;
/// ... and what positions are off, in metres; nor does it lie before the edge by more.
const STEP_SLACK_M: f64 = 100.0;
/// Ends as far before and behind a line as so many of that are near it, ...
const NEAR_TIMES: f64 = 10.0;
/// ... at least and at most in metres.
const LEAST_NEAR_M: f64 = 10_000.0;
const MOST_NEAR_M: f64 = 100_000.0;
/// Of the ends on a line so few, one in, may be of those ahead of it, and of the vessels heard beyond.
const STRAY_ONE_IN: u32 = 20;
/// A line's outward side is within so many degrees of the course of a vessel that goes out over it: what is
/// nearer to the line goes along it.
const MOST_OBLIQUE_DEG: f64 = 65.0;
/// Over an edge that others show a vessel goes out at up to so many degrees from its outward side, ...
const MOST_SHOWN_OBLIQUE_DEG: f64 = 105.0;
/// ... since up to the next report it may turn by so many.
const TURN_DEG: f64 = 15.0;
/// Lines that are tried, by how far their outward side is turned from the course, in degrees.
const TURNS_DEG: [f64; 7] = [0.0, 15.0, -15.0, 30.0, -30.0, 45.0, -45.0];
/// Lines to so many of the ends near by are tried, which are so far off in metres, and whose outward side is
/// within so many degrees of the course.
const MOST_LINES: usize = 24;
const LEAST_APART_M: f64 = 5_000.0;
const MOST_OBLIQUE_LINE_DEG: f64 = 50.0;
/// Beyond an edge nobody is heard within this angle of outward, to either side, in degrees.
const CLEAR_DEG: f64 = 60.0;
/// Ends on a side of a box are looked for so far along it, in metres.
const BOX_SIDE_M: f64 = 1_000_000.0;
/// Of more ends than this in one place some are looked at.
const MOST_LOOKED_AT: usize = 512;
/// Side of the fields by which ends are found, in 1e-7 degrees.
const FIELD_E7: i64 = 5_000_000;
const MOST_LATITUDE_DEG: f64 = 85.0;
/// A circle is fitted to so many of the ends nearest by; so many at least lie on it, of so many vessels.
const CIRCLE_ENDS: usize = 14;
const LEAST_ON_CIRCLE: usize = 6;
/// Of them so many may lie off it.
const OFF_CIRCLE: usize = 3;
/// A circle's radius in metres at most, and how many times what ends may be off it, at least.
const MOST_RADIUS_M: f64 = 300_000.0;
const LEAST_RADIUS_TIMES: f64 = 4.0;
/// So many of a circle's twelve equal sectors have an end on it: three suffice for any circle, a fourth and
/// fifth bear it out.
const LEAST_SECTORS: usize = 5;
const SECTOR_DEG: f64 = 30.0;
const SECTORS: u32 = 12;

/// One end of a silence, or of a hull's data, at which it was under way.
#[derive(Clone, Copy, Debug)]
struct End {
    hull: HullIx,
    /// The id's number: hulls of one id are no several vessels.
    vessel: u32,
    /// The gap's number; none at the begin and the end of the data.
    gap: Option<u32>,
    side: Side,
    is_closed: bool,
    position: Position,
    outward_deg: f32,
    step_m: f32,
}

impl End {
    /// How far behind an edge with this outward side the end may lie, in metres.
    fn tolerance_m(&self, outward_deg: f64) -> f64 {
        let across = turn_deg(f64::from(self.outward_deg), outward_deg)
            .to_radians()
            .cos();
        STEP_TIMES * f64::from(self.step_m) * across.abs() + STEP_SLACK_M
    }

    /// The same for an edge that others show.
    fn shown_tolerance_m(&self, outward_deg: f64) -> f64 {
        let turned_deg = turn_deg(f64::from(self.outward_deg), outward_deg) - TURN_DEG;
        let across = turned_deg.max(0.0).to_radians().cos();
        STEP_TIMES * f64::from(self.step_m) * across.max(0.0) + STEP_SLACK_M
    }

    /// How far from a circle through the middle of all ends this one may lie, in metres: they lie behind the
    /// edge.
    fn off_circle_m(&self, outward_deg: f64) -> f64 {
        self.tolerance_m(outward_deg) / 2.0 + STEP_SLACK_M
    }

    fn near_line(&self, (ahead_m, aside_m): (f64, f64), outward_deg: f64) -> NearLine {
        NearLine {
            vessel: self.vessel,
            ahead_m,
            aside_m,
            tolerance_m: self.tolerance_m(outward_deg),
        }
    }

    fn goes_out(&self, outward_deg: f64) -> bool {
        turn_deg(f64::from(self.outward_deg), outward_deg) <= MOST_OBLIQUE_DEG
    }
}

/// The ends of all hulls' silences and data, and what they say of an edge.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    ends: Vec<End>,
}

/// A place on the plane around an end, in metres.
#[derive(Clone, Copy, Debug)]
struct Place {
    east_m: f64,
    north_m: f64,
}

impl Place {
    /// How far it is in a direction, and how far aside to the right.
    fn along(self, deg: f64) -> (f64, f64) {
        let (sin, cos) = deg.to_radians().sin_cos();
        (
            self.east_m * sin + self.north_m * cos,
            self.east_m * cos - self.north_m * sin,
        )
    }
}

/// The plane around a position.
#[derive(Clone, Copy)]
struct Plane {
    origin: Position,
    scale: LocalScale,
    /// The tangent of its latitude: degrees of longitude become shorter by so much.
    tangent: f64,
}

impl Plane {
    fn around(origin: Position) -> Self {
        Self {
            origin,
            scale: LocalScale::at_latitude_deg(origin.degrees().lat),
            tangent: origin.degrees().lat.to_radians().tan(),
        }
    }

    fn place(&self, position: Position) -> Place {
        let north_e7 = i64::from(position.lat_e7) - i64::from(self.origin.lat_e7);
        // A degree of longitude as it is half way: the cosine of a latitude a little farther on.
        let half_way = (north_e7 as f64 * 0.5e-7).to_radians();
        let shorter = 1.0 - self.tangent * half_way - half_way * half_way / 2.0;
        let metres_per_lon_e7 = self.scale.metres_per_lon_e7 * shorter;
        Place {
            east_m: self.origin.lon_difference_e7(position) as f64 * metres_per_lon_e7,
            north_m: north_e7 as f64 * self.scale.metres_per_lat_e7,
        }
    }
}

/// Ends in order of longitude, and of latitude.
struct Order {
    by_lon: Vec<u32>,
    by_lat: Vec<u32>,
}

/// What is looked up while edges are sought.
struct Search<'a> {
    ends: &'a [End],
    area: &'a AreaTable,
    config: &'a AreaConfig,
    fields: FxHashMap<(i64, i64), Vec<u32>>,
    order: Order,
}

/// An end near a line: how far ahead of the line's end it lies and how far along the line, and how far behind
/// the edge it may.
#[derive(Clone, Copy)]
struct NearLine {
    vessel: u32,
    ahead_m: f64,
    aside_m: f64,
    tolerance_m: f64,
}

impl NearLine {
    /// Where the edge is if the end is one of it, counted from the line's end: from its own place on, by as
    /// much as it may lie behind.
    fn edges(self) -> (f64, f64) {
        (self.ahead_m - STEP_SLACK_M, self.ahead_m + self.tolerance_m)
    }
}

/// How many vessels show an edge that an end lies on, by the ends near a line through it; `None` if they
/// show none. All lie behind the edge by no more than their steps; so the edge is where most agree on.
fn vessels_on_edge(end: NearLine, near: &[NearLine], config: &AreaConfig) -> Option<u32> {
    let (least, most) = end.edges();
    let mut bounds: Vec<(f64, i32)> = near
        .iter()
        .map(|it| it.edges())
        .filter(|(from, to)| *to >= least && *from <= most)
        .flat_map(|(from, to)| [(from.max(least), -1), (to, 1)])
        .collect();
    // At one place those that begin come before those that end.
    bounds.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut open, mut on, mut edge_m) = (0, 0, least);
    for (place, change) in bounds {
        open -= change;
        if open > on && place <= most {
            (on, edge_m) = (open, place);
        }
    }
    let is_on = |it: &&NearLine| {
        let (from, to) = it.edges();
        from <= edge_m && edge_m <= to
    };
    let vessels: BTreeSet<u32> = near.iter().filter(is_on).map(|it| it.vessel).collect();
    let ahead = near.iter().filter(|it| it.edges().0 > edge_m).count();
    let on = near.iter().filter(is_on).count();
    // A spot where vessels switch off may be as wide as it is deep; an edge is a line.
    let asides = near.iter().filter(is_on).map(|it| it.aside_m);
    let (left_m, right_m) = asides.fold((0.0, 0.0), |(left_m, right_m): (f64, f64), aside_m| {
        (left_m.min(aside_m), right_m.max(aside_m))
    });
    let depth_m = near
        .iter()
        .filter(is_on)
        .map(|it| it.tolerance_m)
        .sum::<f64>()
        / on as f64;
    let shows_edge = vessels.len() >= config.vessels as usize
        && on as f64 >= config.on_share * near.len() as f64
        && ahead * STRAY_ONE_IN as usize <= on
        && right_m - left_m >= depth_m;
    shows_edge.then_some(vessels.len() as u32)
}

/// From where to where, in metres ahead, the edge lies that most of some ends agree on, and how many vessels
/// those are.
fn shared_edge(lines: &[NearLine]) -> Option<((f64, f64), u32)> {
    let mut bounds: Vec<(f64, i32)> = (lines.iter().map(|it| it.edges()))
        .flat_map(|(from, to)| [(from, -1), (to, 1)])
        .collect();
    bounds.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut open, mut most, mut edge) = (0, 0, None);
    for pair in bounds.windows(2) {
        open -= pair[0].1;
        if open > most {
            (most, edge) = (open, Some((pair[0].0, pair[1].0)));
        }
    }
    let (from_m, to_m) = edge?;
    let agree = lines.iter().filter(|it| {
        let (from, to) = it.edges();
        from <= from_m && to >= to_m
    });
    let vessels: BTreeSet<u32> = agree.map(|it| it.vessel).collect();
    Some(((from_m, to_m), vessels.len() as u32))
}

impl Edges {
    /// Takes an end. `vessel` is the number of the hull's id; `gap` that of its gap, `None` where its data
    /// begin or end; `is_closed` says whether it was heard again.
    pub fn add(
        &mut self,
        (hull, vessel): (HullIx, u32),
        (gap, is_closed): (Option<u32>, bool),
        mark: &Mark,
        config: &AreaConfig,
    ) {
        let is_near_pole = mark.position.degrees().lat.abs() > MOST_LATITUDE_DEG;
        if f64::from(mark.knots) < config.moving_knots || is_near_pole {
            return;
        }
        self.ends.push(End {
            hull,
            vessel,
            gap,
            side: mark.side,
            is_closed,
            position: mark.position,
            outward_deg: mark.outward_deg,
            step_m: mark.step_m,
        });
    }

    /// The gaps of vessels that left the area of the data: by hull, and by number. A gap that was closed
    /// counts if the vessel came back in over an edge, too.
    pub fn left_area(&self, area: &AreaTable, config: &AreaConfig) -> Vec<(HullIx, u32)> {
        let has_gap = self.ends.iter().any(|end| end.gap.is_some());
        if !has_gap {
            return Vec::new();
        }
        let search = Search::new(&self.ends, area, config);
        let mut came_back: FxHashMap<(HullIx, u32), u32> = FxHashMap::default();
        for (number, end) in self.ends.iter().enumerate() {
            if let (Side::After, Some(gap)) = (end.side, end.gap) {
                came_back.insert((end.hull, gap), number as u32);
            }
        }
        // The last report before a gap, and the first after it if there is one.
        let asked: Vec<(u32, Option<u32>)> = (self.ends.iter().enumerate())
            .filter(|(_, end)| end.side == Side::Before)
            .filter_map(|(number, end)| {
                let back = came_back.get(&(end.hull, end.gap?)).copied();
                (back.is_some() || !end.is_closed).then_some((number as u32, back))
            })
            .collect();
        // By the number of an end: the outward side of the edge that it shows, in degrees from north.
        let mut shown: Vec<Option<f64>> = vec![None; self.ends.len()];
        for (out, back) in &asked {
            for number in std::iter::once(*out).chain(*back) {
                shown[number as usize] = search.edge_deg(number);
            }
        }
        let is_out = |number: u32| search.is_on_shown(number, &shown);
        let left = asked.into_iter().filter_map(|(out, back)| {
            let end = search.end(out);
            (is_out(out) && back.is_none_or(is_out)).then_some((end.hull, end.gap?))
        });
        let mut left: Vec<(HullIx, u32)> = left.collect();
        left.sort_unstable();
        left.dedup();
        left
    }
}

impl<'a> Search<'a> {
    fn new(ends: &'a [End], area: &'a AreaTable, config: &'a AreaConfig) -> Self {
        let mut fields: FxHashMap<(i64, i64), Vec<u32>> = FxHashMap::default();
        let mut by_lon: Vec<u32> = (0..ends.len() as u32).collect();
        let mut by_lat = by_lon.clone();
        for (number, end) in ends.iter().enumerate() {
            fields
                .entry(field(end.position))
                .or_default()
                .push(number as u32);
        }
        let position = |number: &u32| ends[*number as usize].position;
        by_lon.sort_by_key(|number| (position(number).lon_e7, *number));
        by_lat.sort_by_key(|number| (position(number).lat_e7, *number));
        Self {
            ends,
            area,
            config,
            fields,
            order: Order { by_lon, by_lat },
        }
    }

    fn end(&self, number: u32) -> &End {
        &self.ends[number as usize]
    }

    /// The outward side of the edge that the ends near by show an end to lie on, in degrees from north;
    /// `None` if they show none.
    fn edge_deg(&self, number: u32) -> Option<f64> {
        let end = self.end(number);
        let course_deg = f64::from(end.outward_deg);
        let axes = [0.0, 90.0, 180.0, 270.0]
            .into_iter()
            .filter(|axis| end.goes_out(*axis));
        let turned = TURNS_DEG.into_iter().map(|turn| course_deg + turn);
        let radius_m = self.aside_m(end, course_deg).hypot(near_m(end, course_deg));
        // No more vessels than that can show a line.
        let ends_near = self
            .fields_near(end.position, radius_m)
            .map(<[u32]>::len)
            .sum::<usize>();
        let ends_near = u32::try_from(ends_near).unwrap_or(u32::MAX);
        // Most silences begin where others go on being heard ahead, whichever way the line is.
        let open: Vec<f64> = turned
            .chain(axes.clone())
            .filter(|deg| self.is_clear(end, *deg, ends_near))
            .collect();
        if open.is_empty() {
            return None;
        }
        let near = self.near(end, radius_m);
        let is_on_line = |deg: &f64| self.is_on_line(end, &near, *deg);
        // A side of a box is told from a line near by that runs nearly like it.
        let (on_axes, on_turned): (Vec<f64>, Vec<f64>) =
            open.into_iter().partition(|deg| axis_of(*deg).is_some());
        (on_axes.into_iter().find(is_on_line))
            .or_else(|| on_turned.into_iter().find(is_on_line))
            .or_else(|| {
                across_to_others(course_deg, &near)
                    .into_iter()
                    .find(is_on_line)
            })
            .or_else(|| {
                axes.into_iter()
                    .find(|axis| self.is_on_box_side(end, &near, *axis))
            })
            .or_else(|| self.circle_deg(number))
    }

    /// Whether an end lies on an edge that it shows itself, or that others show.
    fn is_on_shown(&self, number: u32, shown: &[Option<f64>]) -> bool {
        if shown[number as usize].is_some() {
            return true;
        }
        let end = self.end(number);
        let plane = Plane::around(end.position);
        let course_deg = f64::from(end.outward_deg);
        let radius_m = self
            .aside_m(end, course_deg)
            .hypot(end.shown_tolerance_m(course_deg));
        let axis = |other: &u32| shown[*other as usize].and_then(axis_of);
        let near = (self.near(end, radius_m).into_iter())
            .map(|(other, _)| other)
            .filter(|other| axis(other).is_none());
        let along_axes = [Axis::Meridian, Axis::Parallel]
            .into_iter()
            .filter_map(|wanted| {
                let numbers = self.on_strip(end, wanted == Axis::Meridian, MOST_NEAR_M)?;
                Some((numbers.into_iter()).filter(move |other| axis(other) == Some(wanted)))
            });
        let mut sides: BTreeMap<u32, Vec<NearLine>> = BTreeMap::new();
        let depth_m = near_m(end, course_deg);
        for other in near.chain(along_axes.flatten()) {
            let Some(outward_deg) = shown[other as usize] else {
                continue;
            };
            let other = self.end(other);
            // Along a meridian a degree is as long as it is where the other one lies.
            let (ahead_m, aside_m) = if axis_of(outward_deg) == Some(Axis::Meridian) {
                let (behind_m, aside_m) = Plane::around(other.position)
                    .place(end.position)
                    .along(outward_deg);
                (-behind_m, aside_m)
            } else {
                plane.place(other.position).along(outward_deg)
            };
            if turn_deg(course_deg, outward_deg) <= MOST_SHOWN_OBLIQUE_DEG
                && aside_m.abs() <= BOX_SIDE_M
                && ahead_m.abs() <= depth_m
            {
                let side = (outward_deg / SECTOR_DEG).round() as u32 % SECTORS;
                let line = other.near_line((ahead_m, aside_m), outward_deg);
                sides.entry(side).or_default().push(line);
            }
        }
        sides.into_iter().any(|(side, lines)| {
            let outward_deg = f64::from(side) * SECTOR_DEG;
            let Some((edge, vessels)) = shared_edge(&lines) else {
                return false;
            };
            vessels + 1 >= self.config.vessels
                && edge.0 <= end.shown_tolerance_m(outward_deg)
                && edge.1 >= -STEP_SLACK_M
                && self.is_clear(end, outward_deg, vessels)
        })
    }

    /// How far along a line ends are looked at, in metres: the sparser the reports, the farther.
    fn aside_m(&self, end: &End, outward_deg: f64) -> f64 {
        self.config.near_m.max(near_m(end, outward_deg))
    }

    /// Whether nobody was heard beyond a line through an end, but for one in so many of the vessels that
    /// show the line.
    fn is_clear(&self, end: &End, outward_deg: f64, vessels: u32) -> bool {
        let off_m = end.tolerance_m(outward_deg) + self.area.diagonal_m(end.position) / 2.0;
        let most = vessels / STRAY_ONE_IN;
        let is_beyond = |east_m: f64, north_m: f64| {
            let (along_m, aside_m) = Place { east_m, north_m }.along(outward_deg);
            let ahead_m = along_m - off_m;
            ahead_m > 0.0 && aside_m.abs() <= ahead_m * CLEAR_DEG.to_radians().tan()
        };
        let radius_m = off_m + self.config.clear_m;
        self.area
            .busiest_near(end.position, radius_m, most, is_beyond)
            <= most
    }

    /// The ends in the fields that come within a distance of a position.
    fn fields_near(&self, position: Position, radius_m: f64) -> impl Iterator<Item = &[u32]> {
        let scale = Plane::around(position).scale;
        let (row, column) = field(position);
        let around = 3_600_000_000 / FIELD_E7;
        let rows = (radius_m / scale.metres_per_lat_e7) as i64 / FIELD_E7 + 1;
        let columns = (radius_m / scale.metres_per_lon_e7) as i64 / FIELD_E7 + 1;
        let columns = columns.min(around / 2 - 1);
        (row - rows..=row + rows).flat_map(move |row| {
            (column - columns..=column + columns).filter_map(move |column| {
                let numbers = self.fields.get(&(row, column.rem_euclid(around)));
                numbers.map(Vec::as_slice)
            })
        })
    }

    /// The ends within a distance of one, that one too, each with its place.
    fn near(&self, end: &End, radius_m: f64) -> Vec<(u32, Place)> {
        let plane = Plane::around(end.position);
        let mut near = Vec::new();
        for numbers in self.fields_near(end.position, radius_m) {
            let step = numbers.len().div_ceil(MOST_LOOKED_AT);
            for number in numbers.iter().step_by(step.max(1)) {
                let place = plane.place(self.end(*number).position);
                if place.east_m.hypot(place.north_m) <= radius_m {
                    near.push((*number, place));
                }
            }
        }
        near
    }

    /// Whether the ends near by lie on a line through this one.
    fn is_on_line(&self, end: &End, near: &[(u32, Place)], outward_deg: f64) -> bool {
        let near: Vec<NearLine> = near
            .iter()
            .filter_map(|(number, place)| {
                let other = self.end(*number);
                let (ahead_m, aside_m) = place.along(outward_deg);
                let is_near = aside_m.abs() <= self.aside_m(end, outward_deg)
                    && ahead_m.abs() <= near_m(end, outward_deg)
                    && other.goes_out(outward_deg);
                is_near.then(|| other.near_line((ahead_m, aside_m), outward_deg))
            })
            .collect();
        vessels_on_edge(end.near_line((0.0, 0.0), outward_deg), &near, self.config)
            .is_some_and(|vessels| self.is_clear(end, outward_deg, vessels))
    }

    /// Whether ends far along a meridian or parallel through this one lie on it, where too few are near to
    /// say.
    fn is_on_box_side(&self, end: &End, near: &[(u32, Place)], outward_deg: f64) -> bool {
        let vessels_near: BTreeSet<u32> = near
            .iter()
            .filter(|(_, place)| place.along(outward_deg).1.abs() <= self.aside_m(end, outward_deg))
            .map(|(number, _)| self.end(*number))
            .filter(|other| other.goes_out(outward_deg))
            .map(|other| other.vessel)
            .collect();
        if vessels_near.len() >= self.config.vessels as usize || !self.is_clear(end, outward_deg, 0)
        {
            return false;
        }
        let plane = Plane::around(end.position);
        let is_meridian = outward_deg % 180.0 != 0.0;
        let depth_m = near_m(end, outward_deg);
        let Some(others) = self.on_strip(end, is_meridian, depth_m) else {
            return false;
        };
        let near: Vec<NearLine> = others
            .into_iter()
            .filter_map(|number| {
                let other = self.end(number);
                let place = plane.place(other.position);
                let aside_m = if is_meridian {
                    place.north_m
                } else {
                    place.east_m
                };
                // Along a meridian a degree is as long as it is where the other one lies.
                let (behind_m, _) = Plane::around(other.position)
                    .place(end.position)
                    .along(outward_deg);
                let is_near = aside_m.abs() <= BOX_SIDE_M
                    && behind_m.abs() <= depth_m
                    && other.goes_out(outward_deg)
                    && self.is_clear(other, outward_deg, 0);
                is_near.then(|| other.near_line((-behind_m, aside_m), outward_deg))
            })
            .collect();
        vessels_on_edge(end.near_line((0.0, 0.0), outward_deg), &near, self.config).is_some()
    }

    /// The ends whose longitude, or latitude, is within a distance of this one's; `None` if there are too
    /// many to look at.
    fn on_strip(&self, end: &End, is_meridian: bool, depth_m: f64) -> Option<Vec<u32>> {
        let scale = Plane::around(end.position).scale;
        let strip = |order: &[u32], key: fn(&Position) -> i32, from: i64, to: i64| {
            let at = |number: &u32| i64::from(key(&self.end(*number).position));
            let first = order.partition_point(|number| at(number) < from);
            let last = order.partition_point(|number| at(number) <= to);
            order[first..last.max(first)].to_vec()
        };
        let numbers: Vec<u32> = if is_meridian {
            let (lon, off) = (
                i64::from(end.position.lon_e7),
                // Nearer to a pole a degree is shorter: half as long at most is looked at.
                (2.0 * depth_m / scale.metres_per_lon_e7) as i64,
            );
            [-3_600_000_000, 0, 3_600_000_000]
                .into_iter()
                .flat_map(|turn| {
                    let from = lon - off + turn;
                    strip(&self.order.by_lon, |it| it.lon_e7, from, lon + off + turn)
                })
                .collect()
        } else {
            let (lat, off) = (
                i64::from(end.position.lat_e7),
                (depth_m / scale.metres_per_lat_e7) as i64,
            );
            strip(&self.order.by_lat, |it| it.lat_e7, lat - off, lat + off)
        };
        (numbers.len() <= 8 * MOST_LOOKED_AT).then_some(numbers)
    }

    /// The outward side of the circle that the ends nearest by lie on with this one, which goes out over it.
    fn circle_deg(&self, number: u32) -> Option<f64> {
        let end = self.end(number);
        let mut near = self.near(end, MOST_RADIUS_M * 2.0);
        let distance = |place: &Place| place.east_m.hypot(place.north_m);
        near.sort_by(|a, b| {
            distance(&a.1)
                .total_cmp(&distance(&b.1))
                .then(a.0.cmp(&b.0))
        });
        near.truncate(CIRCLE_ENDS);
        for _ in 0..=OFF_CIRCLE {
            if near.len() < LEAST_ON_CIRCLE {
                return None;
            }
            let circle = Circle::through(near.iter().map(|(_, place)| *place))?;
            let off_m = |(other, place): &(u32, Place)| {
                let outward_deg = circle.outward_deg(*place);
                circle.distance_m(*place).abs() - self.end(*other).off_circle_m(outward_deg)
            };
            let worst = near
                .iter()
                .enumerate()
                .map(|(place, entry)| (off_m(entry), place))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            match worst {
                Some((off_m, place)) if off_m > 0.0 => {
                    if near[place].0 == number {
                        return None;
                    }
                    near.remove(place);
                }
                _ => return self.shows_circle(number, &near, &circle),
            }
        }
        None
    }

    fn shows_circle(&self, number: u32, on: &[(u32, Place)], circle: &Circle) -> Option<f64> {
        let end = self.end(number);
        let outward_of = |place: &Place| circle.outward_deg(*place);
        let (_, here) = on.iter().find(|(other, _)| *other == number)?;
        let vessels: BTreeSet<u32> = on.iter().map(|(it, _)| self.end(*it).vessel).collect();
        let sectors: BTreeSet<u32> = on
            .iter()
            .map(|(_, place)| (outward_of(place) / SECTOR_DEG) as u32)
            .collect();
        let most_off_m = on
            .iter()
            .map(|(it, place)| self.end(*it).off_circle_m(outward_of(place)))
            .fold(0.0, f64::max);
        let shows = vessels.len() >= self.config.vessels as usize
            && circle.radius_m <= MOST_RADIUS_M
            && circle.radius_m >= LEAST_RADIUS_TIMES * most_off_m
            && sectors.len() >= LEAST_SECTORS
            && on
                .iter()
                .all(|(it, place)| self.end(*it).goes_out(outward_of(place)))
            && self.is_clear(end, outward_of(here), 0);
        shows.then_some(outward_of(here))
    }
}

/// A side of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Meridian,
    Parallel,
}

/// The side of a box whose outward side is in a direction, if any.
fn axis_of(outward_deg: f64) -> Option<Axis> {
    const EXACT_DEG: f64 = 1e-9;
    let is = |deg: f64| turn_deg(outward_deg, deg) <= EXACT_DEG;
    if is(90.0) || is(270.0) {
        Some(Axis::Meridian)
    } else if is(0.0) || is(180.0) {
        Some(Axis::Parallel)
    } else {
        None
    }
}

/// The outward sides of the lines from an end to those nearest to it, but for those too oblique.
fn across_to_others(course_deg: f64, near: &[(u32, Place)]) -> Vec<f64> {
    let distance = |place: &Place| place.east_m.hypot(place.north_m);
    let mut others: Vec<&(u32, Place)> = near
        .iter()
        .filter(|(_, place)| distance(place) >= LEAST_APART_M)
        .collect();
    others.sort_by(|a, b| {
        distance(&a.1)
            .total_cmp(&distance(&b.1))
            .then(a.0.cmp(&b.0))
    });
    others
        .into_iter()
        .take(MOST_LINES)
        .flat_map(|(_, place)| {
            let along_deg = place.east_m.atan2(place.north_m).to_degrees();
            [along_deg + 90.0, along_deg - 90.0]
        })
        .filter(|deg| turn_deg(*deg, course_deg) <= MOST_OBLIQUE_LINE_DEG)
        .collect()
}

/// How far before and behind a line through an end others are looked at.
fn near_m(end: &End, outward_deg: f64) -> f64 {
    (NEAR_TIMES * end.tolerance_m(outward_deg)).clamp(LEAST_NEAR_M, MOST_NEAR_M)
}

/// The field that a position is in: row and column.
fn field(position: Position) -> (i64, i64) {
    let around = 3_600_000_000 / FIELD_E7;
    let column = (i64::from(position.lon_e7) + 1_800_000_000).div_euclid(FIELD_E7);
    (
        i64::from(position.lat_e7).div_euclid(FIELD_E7),
        column.rem_euclid(around),
    )
}

#[cfg(test)]
mod tests;
