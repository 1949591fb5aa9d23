//! What inference says of the literal ship: dark calls of every grade, legs, sightings of every
//! verdict, an area, and a source that does its worst with names.

use super::{at, report, time};
use landfall_report::{HullView, ReachArea, ReachBasis, RunView};
use landfall_track::{
    Activity, AisAtSighting, AssessedSighting, Candidate, CapBasis, CapType, Claim, DarkCall,
    DarkCallIx, DarkLeg, DoubtfulMatch, EliminationPool, Fix, GapInference, GapIx, GapPart, Grade,
    GradeLimit, HullFindings, HullIx, Imo, InferredWay, LegEnd, MatchBasis, Mmsi, OneOf, Pattern,
    PortIx, Position, PossibleGap, ReachSpeeds, Reception, ReceptionVerdict, Sighting, SightingIx,
    SightingOutcome, Suspect, TimeSpan, Verdict, WaterReach, ZoneReception,
};

/// A name that is a formula, markup of two kinds, a table's cell, an escape sequence and a text
/// that runs backwards.
pub(crate) const HOSTILE: &str =
    "=HYPERLINK(\"http://x.example\")|<script>alert(1)</script>[a](b)`c`\u{1b}[31m\u{202e}\r\n# d";

const PIER: PortIx = PortIx(2);
const SUVA: PortIx = PortIx(0);
const APIA: PortIx = PortIx(1);

fn span(earliest: &str, latest: Option<&str>) -> TimeSpan {
    TimeSpan {
        earliest: time(earliest),
        latest: latest.map(time),
    }
}

pub(crate) fn gap_ix(number: u32) -> GapIx {
    GapIx {
        hull: HullIx(0),
        number,
    }
}

fn part(from: &str, to: &str) -> GapPart {
    let fix = |text, place| Fix {
        position: place,
        error_m: 1_000.0,
        time: time(text),
    };
    GapPart {
        before: fix(from, at(179.0, -15.0)),
        after: Some(fix(to, at(180.0, -16.8))),
    }
}

fn pier() -> Candidate {
    Candidate {
        port: PIER,
        is_watched: true,
        past_calls: 3,
        others_heard: Some(false),
        slack_h: 5.25,
        longest_stay_h: 6.25,
        speed_needed_knots: 19.4321,
        from_m: 227_000.0,
        to_m: Some(138_000.0),
        arrival: span("2023-09-02T10:00:00Z", Some("2023-09-02T15:15:00Z")),
        departure: span("2023-09-02T11:00:00Z", Some("2023-09-02T16:15:00Z")),
        water: Some(WaterReach {
            from_m: Some(231_000.0),
            to_m: Some(140_500.0),
            speed_needed_knots: Some(20.1),
            is_reachable: true,
        }),
        is_plausible: Some(false),
        score: 0.894_44,
        part: Some(0),
    }
}

fn suva() -> Candidate {
    Candidate {
        port: SUVA,
        is_watched: false,
        past_calls: 0,
        others_heard: None,
        slack_h: 0.5,
        longest_stay_h: 1.5,
        speed_needed_knots: 31.0,
        water: None,
        is_plausible: None,
        score: 0.035,
        ..pier()
    }
}

fn after_the_data() -> Candidate {
    Candidate {
        slack_h: 40.0,
        longest_stay_h: 41.0,
        speed_needed_knots: 0.0,
        to_m: None,
        arrival: span("2023-09-09T02:00:00Z", Some("2023-09-11T00:00:00Z")),
        departure: span("2023-09-09T03:00:00Z", None),
        water: Some(WaterReach {
            from_m: Some(1_000_000.0),
            to_m: None,
            speed_needed_knots: Some(60.0),
            is_reachable: false,
        }),
        ..pier()
    }
}

fn reception(verdict: ReceptionVerdict, heard: u64) -> Reception {
    Reception {
        verdict,
        near_last: ZoneReception { heard, usual: 4.5 },
        near_next: ZoneReception {
            heard: 0,
            usual: 0.25,
        },
        on_the_way: ZoneReception::default(),
        cell_deg: 0.5,
        bucket_h: 6.0,
    }
}

/// What the sighting of a whole week proves.
fn group() -> OneOf {
    OneOf {
        sighting: SightingIx(5),
        port: PIER,
        silences: 2,
        gaps: 1,
        grade: Grade::D3,
    }
}

pub(crate) fn findings() -> HullFindings {
    let speeds = ReachSpeeds {
        cap_knots: 33.0,
        cap_basis: CapBasis::Type(CapType::Cargo),
        usual_knots: Some(14.2),
    };
    let sighted = DarkCall {
        gap: gap_ix(0),
        grade: Grade::D4,
        arrival: span("2023-09-02T10:00:00Z", Some("2023-09-02T12:00:00Z")),
        departure: span("2023-09-02T13:30:00Z", Some("2023-09-02T16:15:00Z")),
        candidate: pier(),
        sightings: vec![SightingIx(0), SightingIx(1)],
        is_named: true,
        limits: Vec::new(),
        one_of: vec![group()],
        cut_by: vec![SightingIx(4)],
        repeats: None,
        beaten: vec![suva()],
        beaten_total: 6,
        position: at(180.0, -16.8),
    };
    let watched = DarkCall {
        grade: Grade::D1,
        candidate: suva(),
        arrival: suva().arrival,
        departure: suva().departure,
        sightings: Vec::new(),
        is_named: false,
        one_of: Vec::new(),
        cut_by: Vec::new(),
        beaten: Vec::new(),
        beaten_total: 0,
        position: at(178.4167, -18.1333),
        ..sighted.clone()
    };
    let repeated = DarkCall {
        gap: gap_ix(1),
        grade: Grade::D2,
        candidate: after_the_data(),
        arrival: after_the_data().arrival,
        departure: after_the_data().departure,
        repeats: Some(DarkCallIx(0)),
        position: at(180.0, -16.8),
        ..watched.clone()
    };
    let eliminated = DarkCall {
        grade: Grade::D1,
        limits: vec![GradeLimit::Elimination, GradeLimit::BeyondUsualSpeed],
        candidate: Candidate {
            port: APIA,
            slack_h: -0.5,
            speed_needed_knots: 40.0,
            ..after_the_data()
        },
        sightings: vec![SightingIx(3)],
        repeats: None,
        position: at(-171.7667, -13.8333),
        ..repeated.clone()
    };
    HullFindings {
        gaps: vec![
            GapInference {
                gap: gap_ix(0),
                speeds,
                reception: reception(ReceptionVerdict::HeardOthers, 7),
                split_by: vec![SightingIx(0), SightingIx(1)],
                parts: vec![
                    part("2023-09-01T12:30:00Z", "2023-09-02T12:00:00Z"),
                    part("2023-09-02T12:00:00Z", "2023-09-02T20:00:00Z"),
                ],
                candidates: vec![pier(), suva()],
                candidates_total: 7,
                lay_still: false,
                one_of: vec![group()],
            },
            GapInference {
                gap: gap_ix(1),
                speeds: ReachSpeeds {
                    cap_basis: CapBasis::NothingKnown,
                    usual_knots: None,
                    ..speeds
                },
                reception: reception(ReceptionVerdict::TooFewData, 0),
                split_by: Vec::new(),
                parts: Vec::new(),
                candidates: Vec::new(),
                candidates_total: 0,
                lay_still: true,
                one_of: Vec::new(),
            },
        ],
        one_of: vec![group()],
        dark_calls: vec![sighted, watched, repeated, eliminated],
        dark_legs: legs(),
        patterns: patterns(),
    }
}

fn patterns() -> Vec<Pattern> {
    vec![
        Pattern {
            origin: Some(SUVA),
            destination: Some(PIER),
            times: 2,
            median_gap_h: Some(14.0),
            median_longest_stay_h: Some(23.625),
            best_grade: Grade::D4,
        },
        Pattern {
            origin: Some(PIER),
            destination: None,
            times: 1,
            median_gap_h: None,
            median_longest_stay_h: None,
            best_grade: Grade::D2,
        },
    ]
}

fn legs() -> Vec<DarkLeg> {
    let inward = DarkLeg {
        hull: HullIx(0),
        origin: LegEnd::Call(SUVA),
        destination: LegEnd::Dark(DarkCallIx(0), PIER),
        departure: span("2023-09-01T12:30:00Z", Some("2023-09-01T12:30:00Z")),
        arrival: span("2023-09-02T10:00:00Z", Some("2023-09-02T12:00:00Z")),
        way_out: None,
        observed: Some((
            report("2023-09-01T12:30:00Z", at(178.42, -18.13), 9),
            report("2023-09-02T06:00:00Z", at(179.0, -15.0), 17),
        )),
        way_in: Some(InferredWay {
            line: vec![at(179.0, -15.0), at(179.5, -16.0), at(180.0, -16.8)],
            length_m: 231_000.0,
            is_by_water: true,
            over: vec![SightingIx(1)],
        }),
        grade: Grade::D4,
        pattern: 0,
    };
    let outward = DarkLeg {
        origin: LegEnd::Dark(DarkCallIx(0), PIER),
        destination: LegEnd::Open,
        departure: inward.arrival,
        arrival: span("2023-09-02T20:00:00Z", None),
        way_out: Some(InferredWay {
            line: vec![at(179.9, -16.8), at(-179.0, -16.0)],
            length_m: 140_500.0,
            is_by_water: false,
            over: Vec::new(),
        }),
        observed: None,
        way_in: None,
        pattern: 1,
        ..inward.clone()
    };
    vec![inward, outward]
}

fn seen(id: &str, from: &str, to: &str) -> Sighting {
    Sighting {
        id: id.to_owned(),
        from: time(from),
        to: time(to),
        position: at(179.99, -16.79),
        error_radius_m: 2_000.0,
        outline: None,
        outcome: SightingOutcome::Seen,
        sensor: Some("optical satellite".to_owned()),
        claim: Claim::default(),
        activity: None,
        length_m: None,
        scene: None,
        source: "Example Press, 3 September 2023: seen at the pier".to_owned(),
        publisher: Some("Example Press".to_owned()),
        via: None,
        url: Some("https://example.org/a?b=1".to_owned()),
        row: 1,
    }
}

pub(crate) fn sightings() -> Vec<Sighting> {
    vec![
        Sighting {
            claim: Claim {
                name: Some("Angara".to_owned()),
                imo: Imo::new(9_179_842),
                mmsi: Mmsi::new(273_210_440),
                confidence: Some("high".to_owned()),
            },
            activity: Some(Activity::Loading),
            length_m: Some(122.0),
            scene: Some("S-1".to_owned()),
            ..seen("pier", "2023-09-02T12:00:00Z", "2023-09-02T12:00:00Z")
        },
        Sighting {
            scene: Some("S-2".to_owned()),
            publisher: Some("Another Press".to_owned()),
            row: 2,
            ..seen("pier", "2023-09-02T13:00:00Z", "2023-09-02T13:30:00Z")
        },
        Sighting {
            id: HOSTILE.to_owned(),
            claim: Claim {
                name: Some(HOSTILE.to_owned()),
                ..Claim::default()
            },
            source: HOSTILE.to_owned(),
            publisher: Some(HOSTILE.to_owned()),
            via: Some(HOSTILE.to_owned()),
            url: Some("javascript:alert(1)".to_owned()),
            sensor: Some(HOSTILE.to_owned()),
            scene: Some(HOSTILE.to_owned()),
            row: 3,
            ..seen("", "2023-09-01T20:00:00Z", "2023-09-01T20:00:00Z")
        },
        Sighting {
            // Clockwise and open, across the antimeridian.
            outline: Some(vec![
                at(179.98, -16.8),
                at(179.98, -16.78),
                at(-179.99, -16.78),
                at(-179.99, -16.8),
            ]),
            row: 4,
            ..seen("unnamed", "2023-09-10T00:00:00Z", "2023-09-10T00:00:00Z")
        },
        Sighting {
            outcome: SightingOutcome::NotThere,
            row: 5,
            url: None,
            ..seen("gone", "2023-09-02T09:00:00Z", "2023-09-02T09:00:00Z")
        },
        Sighting {
            row: 6,
            ..seen("all-week", "2023-09-01T00:00:00Z", "2023-09-08T00:00:00Z")
        },
        Sighting {
            claim: Claim {
                name: Some("Nobody".to_owned()),
                ..Claim::default()
            },
            row: 7,
            ..seen("nobody", "2023-09-02T12:00:00Z", "2023-09-02T12:00:00Z")
        },
        Sighting {
            outcome: SightingOutcome::NoVessel,
            row: 8,
            ..seen("empty", "2024-09-02T12:00:00Z", "2024-09-02T12:00:00Z")
        },
    ]
}

fn suspect(gap: Option<u32>) -> Suspect {
    Suspect {
        hull: HullIx(0),
        gap,
        before: report("2023-09-02T06:00:00Z", at(179.0, -15.0), 17),
        after: Some(report("2023-09-02T20:00:00Z", at(-179.0, -16.0), 22)),
        slack_h: 7.4,
        speed_needed_knots: 18.2,
        window: span("2023-09-02T12:00:00Z", Some("2023-09-02T12:00:00Z")),
        is_plausible: Some(true),
        length_difference_m: Some(0.7),
    }
}

fn pool(considered: u32) -> EliminationPool {
    EliminationPool {
        considered,
        needed: 10,
        within_h: 24.0,
        within_m: 500_000.0,
        is_received: (considered >= 10).then_some(true),
        is_restricted: false,
    }
}

fn taken(number: u32, verdict: Verdict, basis: Option<MatchBasis>) -> AssessedSighting {
    AssessedSighting {
        sighting: SightingIx(number),
        verdict,
        hull: basis.map(|_| HullIx(0)),
        basis,
        doubtful: Vec::new(),
        is_claim: false,
        ais: None,
        reach: None,
        silences_possible: 0,
        silences_plausible: 0,
        possible_gaps: Vec::new(),
        one_of: None,
        pool: None,
        suspects: Vec::new(),
        suspects_total: 0,
        reporting_there: Vec::new(),
        contradicts: Vec::new(),
    }
}

pub(crate) fn assessed() -> Vec<AssessedSighting> {
    let ais = |distance_m| {
        Some(AisAtSighting {
            report: report("2023-09-01T20:05:00Z", at(-179.0, -17.0), 12),
            distance_m,
        })
    };
    vec![
        AssessedSighting {
            reach: Some(suspect(Some(0))),
            silences_possible: 1,
            ..taken(0, Verdict::Possible, Some(MatchBasis::Imo))
        },
        AssessedSighting {
            reach: Some(suspect(Some(0))),
            silences_possible: 1,
            ..taken(1, Verdict::Possible, Some(MatchBasis::Elimination))
        },
        AssessedSighting {
            ais: ais(212_345.0),
            contradicts: vec![SightingIx(0)],
            doubtful: vec![DoubtfulMatch {
                vessel: HOSTILE.to_owned(),
                name: Some(HOSTILE.to_owned()),
                reason: "the name resembles".to_owned(),
            }],
            ..taken(2, Verdict::Contradicted, Some(MatchBasis::RegisteredName))
        },
        AssessedSighting {
            reach: Some(Suspect {
                gap: Some(1),
                before: report("2023-09-09T00:00:00Z", at(-171.76, -13.83), 44),
                after: None,
                ..suspect(None)
            }),
            silences_possible: 1,
            pool: Some(pool(14)),
            suspects: vec![suspect(Some(1))],
            suspects_total: 1,
            ..taken(3, Verdict::UnknownVessel, Some(MatchBasis::Elimination))
        },
        AssessedSighting {
            ais: ais(90_000.0),
            ..taken(4, Verdict::Confirmed, Some(MatchBasis::Mmsi))
        },
        AssessedSighting {
            is_claim: true,
            reach: Some(suspect(Some(0))),
            silences_possible: 2,
            possible_gaps: vec![PossibleGap {
                gap: 0,
                is_plausible: Some(true),
            }],
            one_of: Some(group()),
            ..taken(5, Verdict::Possible, Some(MatchBasis::Name))
        },
        AssessedSighting {
            suspects: vec![
                suspect(Some(0)),
                Suspect {
                    after: None,
                    ..suspect(None)
                },
            ],
            suspects_total: 23,
            reporting_there: vec!["412000001".to_owned()],
            pool: Some(pool(3)),
            ..taken(6, Verdict::UnknownVessel, None)
        },
        taken(7, Verdict::OutsideTheData, None),
    ]
}

/// The files that the sightings are from.
pub(crate) fn sighting_files() -> Vec<String> {
    sightings()
        .iter()
        .map(|_| "sightings.csv".to_owned())
        .collect()
}

pub(crate) fn polygons() -> Vec<Vec<Vec<Position>>> {
    vec![vec![
        vec![
            at(178.0, -18.0),
            at(178.0, -14.0),
            at(-178.0, -14.0),
            at(-178.0, -18.0),
        ],
        vec![
            at(179.0, -16.0),
            at(179.5, -16.0),
            at(179.5, -15.0),
            at(179.0, -16.0),
        ],
    ]]
}

pub(crate) fn area(polygons: &[Vec<Vec<Position>>]) -> ReachArea<'_> {
    ReachArea {
        gap: gap_ix(0),
        part: part("2023-09-02T12:00:00Z", "2023-09-02T20:00:00Z"),
        number: 1,
        parts: 2,
        basis: ReachBasis::Cap,
        knots: 33.0,
        longest_way_m: 855_624.0,
        clipped_to_water: true,
        polygons: Some(polygons),
    }
}

/// A run without anything, for outputs that need one.
pub(crate) fn empty_run() -> RunView<'static> {
    const NONE: &[HullView<'static>] = &[];
    RunView::new(NONE, &[], &[], &[])
}
