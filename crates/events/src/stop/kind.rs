//! What kind of stop it was, told from what the vessel sent while it lay and from where that was.
//!
//! A vessel alongside keeps its heading, and its positions lie within some tens of metres. One at anchor is
//! somewhere on an arc or disc of 50 to 300 m, and turns with tide and wind. A drift goes one way. Who does not
//! move at all where there is no berth waits or is aground. The navigational status says which it is where
//! positions leave that open, and is followed where they do not contradict it: it is set by hand, and often
//! not set at all.

use landfall_track::{Stop, StopEvidence, StopKind};

/// Positions of a vessel alongside lie within this of their middle, in metres: five times the 10 m below
/// which a position counts as highly accurate (ITU-R M.1371-5, table 48).
const ALONGSIDE_SPREAD_M: f64 = 45.0;
/// Positions so close may be those of a vessel whose heading is not trusted, in metres.
const FIXED_SPREAD_M: f64 = 20.0;
/// Headings of a vessel alongside lie within this arc, in degrees.
const STEADY_DEG: f64 = 10.0;
/// A vessel that turns so far is not alongside, in degrees.
const TURNED_DEG: f64 = 30.0;
/// Positions that lie so far apart are no vessel's alongside, whatever its status, in metres.
const ADRIFT_SPREAD_M: f64 = 150.0;
/// A drift goes one way: the least squared correlation of the way with time, and the least way in metres.
const DRIFT_STRAIGHTNESS: f64 = 0.9;
const DRIFT_M: f64 = 250.0;
/// A vessel that drifts makes this speed at least, in knots.
const DRIFT_KNOTS: f64 = 0.2;
/// A vessel at anchor turns within this time, in hours: a tide.
pub(crate) const TIDE_H: f64 = 12.0;
/// Navigational statuses (ITU-R M.1371-5, table 48).
pub(crate) const AT_ANCHOR: u8 = 1;
const MOORED: u8 = 5;
pub(crate) const AGROUND: u8 = 6;
/// Reports from which a kind can be told without a status.
const FEWEST_REPORTS: u64 = 2;

/// Where a stop was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// At the coast or up a river: there may be a berth.
    Shore,
    /// Near the coast, where berths on piers are.
    Coast,
    /// Away from every coast.
    OpenWater,
    /// In a canal, away from every port's berths.
    Canal,
}

/// What kind of stop it was.
pub(crate) fn stop_kind(stop: &Stop, surroundings: Surroundings) -> StopKind {
    let evidence = &stop.evidence;
    if evidence.status == Some(AGROUND) {
        return StopKind::AgroundOrWaiting;
    }
    if is_drift(stop) {
        return StopKind::Drifting;
    }
    if surroundings == Surroundings::Canal {
        return StopKind::AgroundOrWaiting;
    }
    if let Some(kind) = by_status(stop) {
        return kind;
    }
    if stop.reports < FEWEST_REPORTS {
        return StopKind::Unknown;
    }
    let within_m = match surroundings {
        Surroundings::Shore => ALONGSIDE_SPREAD_M,
        _ => FIXED_SPREAD_M,
    };
    match (lies_fixed(evidence, within_m), surroundings) {
        (true, Surroundings::Shore | Surroundings::Coast) => StopKind::Alongside,
        // No berth is there. At anchor a vessel moves more than that in a quarter of a tide.
        (true, _) if stop.hours() >= TIDE_H / 4.0 => StopKind::AgroundOrWaiting,
        (_, _) => StopKind::Anchored,
    }
}

/// Whether the vessel was carried along.
fn is_drift(stop: &Stop) -> bool {
    let evidence = &stop.evidence;
    let is_moored = evidence.status == Some(MOORED);
    !is_moored
        && evidence.moved_m >= DRIFT_M
        && evidence.straightness >= DRIFT_STRAIGHTNESS
        && stop.drift_knots() >= DRIFT_KNOTS
}

/// The kind that the status gives, unless positions and headings contradict it.
fn by_status(stop: &Stop) -> Option<StopKind> {
    let evidence = &stop.evidence;
    let steady = evidence
        .heading_spread_deg
        .is_some_and(|spread| spread <= STEADY_DEG / 2.0);
    match evidence.status {
        Some(MOORED) => {
            let swings = evidence.spread_m > ADRIFT_SPREAD_M
                || (turns(evidence) && evidence.spread_m > ALONGSIDE_SPREAD_M);
            (!swings).then_some(StopKind::Alongside)
        }
        Some(AT_ANCHOR) => {
            let is_fixed = steady && evidence.spread_m <= FIXED_SPREAD_M && stop.hours() >= TIDE_H;
            (!is_fixed).then_some(StopKind::Anchored)
        }
        _ => None,
    }
}

/// Whether the vessel's heading turned more than that of one alongside does.
pub(crate) fn turns(evidence: &StopEvidence) -> bool {
    evidence
        .heading_spread_deg
        .is_some_and(|spread| spread >= TURNED_DEG)
}

/// Whether only the vessel's positions say what kind of stop it was: it sent no heading, and no status that tells.
pub(crate) fn is_told_by_positions(evidence: &StopEvidence) -> bool {
    let tells = matches!(evidence.status, Some(AT_ANCHOR | MOORED | AGROUND));
    !tells && evidence.heading_spread_deg.is_none()
}

/// Whether the vessel did not move but as a vessel at a berth does: if its heading was steady, within 45 m,
/// and if none was sent, within a spread that depends on where it was.
fn lies_fixed(evidence: &StopEvidence, within_m: f64) -> bool {
    match evidence.heading_spread_deg {
        Some(spread) if spread <= STEADY_DEG => evidence.spread_m <= ALONGSIDE_SPREAD_M,
        Some(_) => evidence.spread_m <= FIXED_SPREAD_M / 2.0,
        None => evidence.spread_m <= within_m,
    }
}
