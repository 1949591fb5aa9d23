use super::*;
use crate::dark::{Absence, InferenceConfig, ReachSetting, SeenInGap, SeenInOneOf};
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{
    Claim, Confidence, GradeLimit, LegEnd, LonLat, Place, Port, PortSource, Position, PossibleGap,
    ReceptionVerdict, ReportRef, SightingIx, SightingOutcome, SourceRow, ZoneReception,
};

const NAJIN: PortIx = PortIx(0);
const VOSTOCHNY: PortIx = PortIx(1);
const DUNAY: PortIx = PortIx(2);
const BUSAN: PortIx = PortIx(3);
const PLACES: [(f64, f64); 4] = [
    (130.3, 42.2333),
    (133.0833, 42.75),
    (132.34, 42.88),
    (129.05, 35.1),
];

fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

fn place(port: PortIx) -> Position {
    let (lon, lat) = PLACES[port.0 as usize];
    at(lon, lat)
}

fn hour(hours: f64) -> Timestamp {
    Timestamp::from_millis((hours * 3_600_000.0) as i64).unwrap()
}

fn report(hours: f64, port: PortIx) -> ReportRef {
    ReportRef {
        time: hour(hours),
        position: place(port),
        source: SourceRow::default(),
    }
}

fn ports() -> PortIndex {
    let port = |place: &(f64, f64)| Port {
        name: "P".into(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(vec![at(place.0, place.1)]),
        harbor_size: None,
        radius_m: Some(6_000.0),
        source: PortSource::User,
        precision_m: None,
    };
    PortIndex::new(
        PLACES.iter().map(port).collect(),
        &PortRadiusConfig::default(),
    )
}

fn call(port: PortIx, from: f64, to: f64) -> PortCall {
    PortCall {
        port,
        first: report(from, port),
        last: report(to, port),
        arrival: Some(hour(from)),
        departure: Some(hour(to)),
        stop_start: None,
        stop_end: None,
        berthing: landfall_track::Berthing::default(),
        confidence: Confidence::BothEnds,
        position: place(port),
        distance_to_port_m: 0.0,
        place: None,
        reports: 10,
    }
}

/// From just outside one port to just outside another.
fn gap(before: (f64, PortIx), after: Option<(f64, PortIx)>) -> Gap {
    Gap {
        before: report(before.0, before.1),
        after: after.map(|(hours, port)| report(hours, port)),
        reports_before: 20,
        distance_m: None,
        implied_speed_knots: None,
        port: None,
        kind: landfall_track::GapKind::Silence,
        without_position: None,
        silent_ms: 0,
    }
}

fn sighting(from: f64, to: f64, port: PortIx) -> Sighting {
    Sighting {
        id: format!("{from} {to} {}", port.0),
        from: hour(from),
        to: hour(to),
        position: place(port),
        error_radius_m: 5_000.0,
        outline: None,
        outcome: SightingOutcome::Seen,
        sensor: None,
        claim: Claim::default(),
        activity: None,
        length_m: None,
        scene: None,
        source: "a test".into(),
        publisher: None,
        via: None,
        url: None,
        row: 1,
    }
}

/// Vostochny, dark for 40 hours, Dunay; and 100 hours later the same again.
struct Scene {
    gaps: Vec<Gap>,
    calls: Vec<PortCall>,
    sightings: Vec<Sighting>,
    evidence: Evidence,
    watched: BTreeSet<PortIx>,
    usual_knots: Option<f64>,
    at_rest: BTreeSet<u32>,
    ports: PortIndex,
}

impl Scene {
    fn new() -> Self {
        Self {
            gaps: vec![
                gap((10.0, VOSTOCHNY), Some((50.0, DUNAY))),
                gap((110.0, VOSTOCHNY), Some((150.0, DUNAY))),
            ],
            calls: vec![
                call(VOSTOCHNY, 0.0, 9.0),
                call(DUNAY, 51.0, 60.0),
                call(VOSTOCHNY, 90.0, 109.0),
                call(DUNAY, 151.0, 160.0),
            ],
            sightings: Vec::new(),
            evidence: Evidence::default(),
            watched: BTreeSet::new(),
            usual_knots: Some(12.0),
            at_rest: BTreeSet::new(),
            ports: ports(),
        }
    }

    fn seen(mut self, gap: u32, sighting: Sighting, is_named: bool) -> Self {
        let ix = SightingIx(self.sightings.len() as u32);
        self.sightings.push(sighting);
        self.evidence.seen.push(SeenInGap {
            sighting: ix,
            gap,
            is_named,
            is_plausible: None,
        });
        self
    }

    fn absent(self, port: PortIx, hours: f64) -> Self {
        self.absent_between(port, (hours, hours), (5_000.0, true))
    }

    /// Not there at some moment, by a scene so wide that covers the whole port or not.
    fn absent_between(
        mut self,
        port: PortIx,
        (from, to): (f64, f64),
        (radius_m, covers_port): (f64, bool),
    ) -> Self {
        let ix = SightingIx(self.sightings.len() as u32);
        let mut sighting = sighting(from, to, port);
        sighting.outcome = SightingOutcome::NotThere;
        self.sightings.push(sighting);
        self.evidence
            .absences
            .entry(port)
            .or_default()
            .push(Absence {
                position: place(port),
                radius_m,
                covers_port,
                from: hour(from),
                to: hour(to),
                sighting: ix,
            });
        self
    }

    fn findings(&self) -> HullFindings {
        let config = InferenceConfig::default();
        let inference = Inference {
            candidates: CandidateSetting {
                reach: ReachSetting {
                    ports: &self.ports,
                    config: &config,
                },
                water: None,
                reception: None,
                watched: &self.watched,
            },
            sightings: &self.sightings,
            data_end: hour(200.0),
            absences: &BTreeMap::new(),
        };
        let reception = Reception {
            verdict: ReceptionVerdict::TooFewData,
            near_last: ZoneReception::default(),
            near_next: ZoneReception::default(),
            on_the_way: ZoneReception::default(),
            cell_deg: 0.5,
            bucket_h: 1.0,
        };
        inference.hull(&HullCase {
            hull: HullIx(0),
            gaps: &self.gaps,
            receptions: &vec![reception; self.gaps.len()],
            calls: &self.calls,
            at_rest: &self.at_rest,
            speeds: ReachSpeeds {
                cap_knots: 33.0,
                cap_basis: landfall_track::CapBasis::Set,
                usual_knots: self.usual_knots,
            },
            evidence: &self.evidence,
        })
    }

    fn graded(&self) -> Vec<(u32, PortIx, Grade)> {
        self.findings()
            .dark_calls
            .iter()
            .map(|call| (call.gap.number, call.candidate.port, call.grade))
            .collect()
    }
}

#[test]
fn without_evidence_there_are_candidates_and_no_calls() {
    let found = Scene::new().findings();
    assert!(found.dark_calls.is_empty() && found.dark_legs.is_empty());
    assert_eq!(found.gaps.len(), 2);
    // Busan is some 500 nautical miles off.
    let listed: Vec<PortIx> = found.gaps[0].candidates.iter().map(|c| c.port).collect();
    assert_eq!(found.gaps[0].candidates_total, 4);
    assert!(
        listed.contains(&NAJIN) && listed.contains(&BUSAN),
        "{listed:?}"
    );
    let busan = &found.gaps[0].candidates[3];
    assert_eq!((busan.port, busan.is_plausible), (BUSAN, Some(false)));
}

#[test]
fn a_sighting_makes_a_call_and_its_leg_repeated_another() {
    let scene = Scene::new().seen(0, sighting(28.0, 28.0, NAJIN), true);
    assert_eq!(
        scene.graded(),
        [(0, NAJIN, Grade::D3), (1, NAJIN, Grade::D2)]
    );
    let found = scene.findings();
    let sighted = &found.dark_calls[0];
    assert_eq!(sighted.arrival.latest, Some(hour(28.0)));
    assert_eq!(sighted.departure.earliest, hour(28.0));
    assert!(sighted.is_named && sighted.repeats.is_none());
    assert_eq!(found.dark_calls[1].repeats, Some(DarkCallIx(0)));
    assert_eq!(found.gaps[0].split_by, [SightingIx(0)]);
    // Busan is out of reach once she was seen at Najin.
    assert_eq!(sighted.beaten_total, 2);
}

/// A sighting of a moment at Najin by a publisher.
fn published(hours: f64, publisher: &str) -> Sighting {
    Sighting {
        publisher: Some(publisher.into()),
        ..sighting(hours, hours, NAJIN)
    }
}

#[test]
fn two_publishers_who_each_saw_are_better_than_one_who_saw_twice() {
    let twice = |second: f64, publisher: &str| {
        Scene::new()
            .seen(0, published(28.0, "A"), true)
            .seen(0, published(second, publisher), true)
            .graded()[0]
            .2
    };
    assert_eq!(twice(31.0, "B"), Grade::D4);
    assert_eq!(twice(31.0, "A"), Grade::D3);
    // One image, published twice.
    assert_eq!(twice(28.25, "B"), Grade::D3);
    let unknown = Scene::new()
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .seen(0, sighting(31.0, 31.0, NAJIN), true);
    assert_eq!(unknown.graded()[0].2, Grade::D3);
}

#[test]
fn elimination_alone_gives_d1_and_is_repeated_by_nothing() {
    let mut scene =
        Scene::new()
            .seen(0, published(25.0, "A"), false)
            .seen(0, published(31.0, "B"), false);
    assert_eq!(scene.graded(), [(0, NAJIN, Grade::D1)]);
    let found = scene.findings();
    let call = &found.dark_calls[0];
    assert!(!call.is_named && call.is_doubtfully_sighted());
    assert_eq!(call.limits, [GradeLimit::Elimination]);
    assert_eq!(call.sightings, [SightingIx(0), SightingIx(1)]);
    // It rules nothing out, but the call's own times are those of the sightings.
    assert!(found.gaps[0].split_by.is_empty());
    assert_eq!(
        found.gaps[0].candidates_total,
        Scene::new().findings().gaps[0].candidates_total
    );
    assert_eq!(call.arrival.latest, Some(hour(25.0)));
    assert_eq!(call.departure.earliest, hour(31.0));
    // A watch list makes the other silence a D1, no D2.
    scene.watched.insert(NAJIN);
    assert_eq!(
        scene.graded(),
        [(0, NAJIN, Grade::D1), (1, NAJIN, Grade::D1)]
    );
}

#[test]
fn a_second_source_that_names_the_vessel_bears_an_elimination_out() {
    let with = |publisher: &str| {
        Scene::new()
            .seen(0, published(25.0, "A"), false)
            .seen(0, published(31.0, publisher), true)
            .findings()
            .dark_calls[0]
            .clone()
    };
    let call = with("B");
    assert_eq!((call.grade, call.sightings.len()), (Grade::D4, 2));
    assert!(call.limits.is_empty());
    assert_eq!(with("A").grade, Grade::D3);
}

#[test]
fn what_was_read_at_second_hand_is_listed_and_raises_no_grade() {
    let quoted = |hours: f64, publisher: &str| Sighting {
        via: Some("a newspaper".into()),
        ..published(hours, publisher)
    };
    let alone = Scene::new().seen(0, quoted(28.0, "A"), true);
    let call = &alone.findings().dark_calls[0];
    assert_eq!(call.grade, Grade::D1);
    assert_eq!(call.limits, [GradeLimit::SecondHand]);
    assert_eq!(call.meaning(), "doubtfully sighted");
    let both = Scene::new()
        .seen(0, published(28.0, "A"), true)
        .seen(0, quoted(31.0, "B"), true);
    let call = &both.findings().dark_calls[0];
    assert_eq!((call.grade, call.sightings.len()), (Grade::D3, 2));
    // Nor does it lower one: the leg was sighted another time.
    let repeated =
        Scene::new()
            .seen(0, published(28.0, "A"), true)
            .seen(1, quoted(128.0, "B"), true);
    let found = repeated.findings();
    assert_eq!(
        repeated.graded(),
        [(0, NAJIN, Grade::D3), (1, NAJIN, Grade::D2)]
    );
    assert_eq!(found.dark_calls[1].sightings, [SightingIx(1)]);
    assert_eq!(found.dark_calls[1].repeats, Some(DarkCallIx(0)));
}

#[test]
fn a_sighting_beyond_the_usual_speed_grades_d1_at_most() {
    let mut scene =
        Scene::new()
            .seen(0, published(28.0, "A"), true)
            .seen(0, published(31.0, "B"), true);
    for seen in &mut scene.evidence.seen {
        seen.is_plausible = Some(false);
    }
    let call = scene.findings().dark_calls[0].clone();
    assert_eq!(call.grade, Grade::D1);
    assert_eq!(call.limits, [GradeLimit::BeyondUsualSpeed]);
    // One that is plausible is not raised by one that is not.
    scene.evidence.seen[0].is_plausible = Some(true);
    assert_eq!(scene.graded()[0].2, Grade::D3);
}

#[test]
fn what_is_doubtful_gives_way_to_what_is_not() {
    let mut scene = Scene::new()
        .seen(0, sighting(30.0, 30.0, NAJIN), true)
        .seen(0, sighting(31.0, 31.0, BUSAN), false);
    assert_eq!(scene.graded()[0], (0, NAJIN, Grade::D3));
    assert!(!scene.graded().iter().any(|call| call.1 == BUSAN));
    // Two that exclude each other are both left out, however doubtful.
    scene.evidence.seen[0].is_named = false;
    assert!(scene.graded().is_empty());
}

#[test]
fn a_vessel_that_did_not_move_has_no_candidates_beyond_its_berth() {
    let mut scene = Scene::new();
    scene.watched = [NAJIN, DUNAY].into();
    scene.gaps = vec![gap((10.0, VOSTOCHNY), Some((50.0, VOSTOCHNY)))];
    // Under way at both ends, it may have been anywhere.
    scene.calls = vec![call(VOSTOCHNY, 0.0, 9.0)];
    assert_eq!(scene.findings().gaps[0].candidates_total, 4);
    // In port at both ends.
    scene.calls = vec![call(VOSTOCHNY, 0.0, 60.0)];
    let found = scene.findings();
    let listed: Vec<PortIx> = found.gaps[0].candidates.iter().map(|c| c.port).collect();
    assert_eq!(listed, [VOSTOCHNY]);
    assert!(found.gaps[0].lay_still && found.dark_calls.is_empty());
    // In another part of the same port.
    let (lon, lat) = PLACES[VOSTOCHNY.0 as usize];
    scene.gaps[0].after.as_mut().unwrap().position = at(lon, lat + 0.01);
    assert_eq!(scene.findings().gaps[0].candidates_total, 4);
    scene.gaps[0].after = Some(report(50.0, VOSTOCHNY));
    // At anchor outside every port.
    scene.calls.clear();
    scene.at_rest.insert(0);
    let found = scene.findings();
    assert_eq!(found.gaps[0].candidates_total, 0);
    assert!(found.dark_calls.is_empty());
    // A sighting elsewhere says that it left.
    let seen = scene.seen(0, sighting(30.0, 30.0, NAJIN), true);
    let found = seen.findings();
    assert!(!found.gaps[0].lay_still && found.gaps[0].candidates_total > 1);
    let najin = found.dark_calls.iter().find(|c| c.candidate.port == NAJIN);
    assert_eq!(najin.unwrap().grade, Grade::D3);
}

#[test]
fn only_a_silence_makes_calls_that_nobody_saw() {
    for kind in [GapKind::NoPosition, GapKind::LeftArea, GapKind::Outage] {
        let mut scene = Scene::new().seen(0, published(28.0, "A"), true);
        scene.watched = [NAJIN, DUNAY].into();
        let of_second = |scene: &Scene| {
            let graded = scene.graded();
            graded.into_iter().filter(|call| call.0 == 1).count()
        };
        assert_eq!(of_second(&scene), 2, "a repeat, and one that is watched");
        scene.gaps[1].kind = kind;
        let found = scene.findings();
        assert_eq!(of_second(&scene), 0, "{kind:?}");
        assert_eq!(found.gaps[1].candidates_total, 0);
        assert!(found.gaps[1].candidates.is_empty());
        // Who was seen was there, whatever the reason that AIS says nothing.
        scene.gaps[0].kind = kind;
        assert_eq!(scene.graded(), [(0, NAJIN, Grade::D3)]);
        scene.evidence.seen[0].is_named = false;
        assert!(scene.graded().is_empty(), "an elimination is no sighting");
    }
}

#[test]
fn watched_ports_are_marked_and_not_moved_to_the_front() {
    let order = |scene: &Scene| -> Vec<PortIx> {
        let found = scene.findings();
        found.gaps[0].candidates.iter().map(|c| c.port).collect()
    };
    let mut scene = Scene::new();
    let free = order(&scene);
    scene.watched = [free[3]].into();
    assert_eq!(order(&scene), free);
    let found = scene.findings();
    let marked = found.gaps[0].candidates.iter().map(|c| c.is_watched);
    assert_eq!(marked.collect::<Vec<_>>(), [false, false, false, true]);
}

#[test]
fn of_ports_that_score_the_same_one_that_only_fills_a_gap_comes_last() {
    let mut scene = Scene::new();
    let mut table = ports().ports().to_vec();
    table.push(table[NAJIN.0 as usize].clone());
    let twin = PortIx(table.len() as u32 - 1);
    for (filling, expected) in [(NAJIN, [twin, NAJIN]), (twin, [NAJIN, twin])] {
        let mut table = table.clone();
        table[filling.0 as usize].source = PortSource::Unlocode;
        scene.ports = PortIndex::new(table, &PortRadiusConfig::default());
        let found = scene.findings();
        let listed = found.gaps[0].candidates.iter().map(|c| c.port);
        let both: Vec<PortIx> = listed.filter(|port| expected.contains(port)).collect();
        assert_eq!(both, expected);
        assert_eq!(found.gaps[0].candidates_total, 5);
    }
}

#[test]
fn a_port_that_only_fills_a_gap_keeps_no_other_off_the_list_unless_the_vessel_called_there() {
    let mut table = ports().ports().to_vec();
    // With Najin and Vostochny as many as are listed; Busan is beyond the usual speed.
    for number in 0..10 {
        let place = at(131.0 + f64::from(number) / 10.0, 42.3);
        table.push(Port {
            place: Place::Points(vec![place]),
            ..table[0].clone()
        });
    }
    let mut scene = Scene::new();
    for (source, expected) in [
        (PortSource::User, [true, true]),
        (PortSource::Unlocode, [false, true]),
    ] {
        table[DUNAY.0 as usize].source = source;
        scene.ports = PortIndex::new(table.clone(), &PortRadiusConfig::default());
        let found = scene.findings();
        let has_dunay = [0, 1].map(|gap: usize| {
            let gap = &found.gaps[gap];
            assert_eq!((gap.candidates.len(), gap.candidates_total), (12, 14));
            gap.candidates.iter().any(|c| c.port == DUNAY)
        });
        assert_eq!(has_dunay, expected, "{source:?}");
    }
}

#[test]
fn a_watched_port_in_reach_is_reachable_only() {
    let mut scene = Scene::new();
    scene.watched = [NAJIN, BUSAN].into();
    // Busan is out of reach at her usual speed.
    assert_eq!(
        scene.graded(),
        [(0, NAJIN, Grade::D1), (1, NAJIN, Grade::D1)]
    );
    let found = scene.findings();
    let watched = found.gaps[0].candidates.iter().filter(|c| c.is_watched);
    assert_eq!(watched.count(), 2);
    scene.usual_knots = None;
    assert_eq!(
        scene.graded().len(),
        4,
        "without a usual speed the cap decides"
    );
}

#[test]
fn her_absence_cuts_the_stay_and_a_second_sighting_after_it_is_another_call() {
    let scene = Scene::new()
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .absent(NAJIN, 30.0);
    let found = scene.findings();
    assert_eq!(found.dark_calls[0].departure.latest, Some(hour(30.0)));
    assert_eq!(found.dark_calls[0].cut_by, [SightingIx(1)]);
    let again = scene.seen(0, sighting(34.0, 34.0, NAJIN), true);
    let calls = again.findings().dark_calls;
    let in_gap: Vec<&DarkCall> = calls.iter().filter(|call| call.gap.number == 0).collect();
    assert_eq!(in_gap.len(), 2);
    assert_eq!(in_gap[0].departure.latest, Some(hour(30.0)));
    assert_eq!(in_gap[1].arrival.earliest, hour(30.0));
}

#[test]
fn a_sighting_tightens_what_else_she_can_have_done() {
    let free = Scene::new().findings().gaps[0].candidates_total;
    let split = Scene::new()
        .seen(0, sighting(30.0, 30.0, NAJIN), true)
        .findings();
    // Twenty hours on either side do not reach Busan and back.
    assert_eq!((free, split.gaps[0].candidates_total), (4, 3));
    for candidate in &split.gaps[0].candidates {
        // Where she was seen, the stay may begin before the sighting and end after it.
        assert!(candidate.longest_stay_h <= 20.0 || candidate.port == NAJIN);
    }
    let mut candidates = split.gaps[0].candidates.iter();
    let najin = candidates.find(|c| c.port == NAJIN).unwrap();
    let call = &split.dark_calls[0].candidate;
    assert!((najin.longest_stay_h - call.longest_stay_h).abs() < 1e-9);
}

#[test]
fn sightings_that_no_ship_can_both_have_made_split_nothing() {
    let scene = Scene::new()
        .seen(0, sighting(30.0, 30.0, NAJIN), true)
        .seen(0, sighting(31.0, 31.0, BUSAN), true);
    assert!(scene.findings().gaps[0].split_by.is_empty());
    assert!(scene.graded().is_empty());
}

#[test]
fn a_dark_leg_keeps_what_was_observed_apart_from_what_is_inferred() {
    let found = Scene::new()
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .findings();
    let [to, from, ..] = &found.dark_legs[..] else {
        panic!("{:?}", found.dark_legs)
    };
    assert_eq!(to.origin, LegEnd::Call(VOSTOCHNY));
    assert_eq!(to.destination, LegEnd::Dark(DarkCallIx(0), NAJIN));
    let (first, last) = to.observed.unwrap();
    assert_eq!((first.time, last.time), (hour(9.0), hour(10.0)));
    assert_eq!(to.way_in.as_ref().unwrap().line.last(), Some(&place(NAJIN)));
    assert_eq!(from.destination, LegEnd::Call(DUNAY));
    assert_eq!(from.observed.unwrap().1.time, hour(51.0));
    assert_eq!(from.arrival.earliest, hour(51.0));
    let pattern = found.patterns[to.pattern as usize];
    assert_eq!((pattern.times, pattern.best_grade), (2, Grade::D3));
    assert_eq!(pattern.median_gap_h, Some(40.0));
}

#[test]
fn a_way_leads_over_where_she_was_seen_at_sea_before_the_call_or_after_it() {
    let mut at_sea = sighting(20.0, 20.0, NAJIN);
    at_sea.position = at(131.5, 42.0);
    let scene = Scene::new()
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .seen(0, at_sea.clone(), true);
    let found = scene.findings();
    assert_eq!(found.gaps[0].split_by, [SightingIx(1), SightingIx(0)]);
    let times: Vec<_> = found.gaps[0]
        .parts
        .iter()
        .map(|part| (part.before.time, part.after.unwrap().time))
        .collect();
    assert_eq!(
        times,
        [
            (hour(10.0), hour(20.0)),
            (hour(20.0), hour(28.0)),
            (hour(28.0), hour(50.0))
        ]
    );
    let way_in = found.dark_legs[0].way_in.as_ref().unwrap();
    assert_eq!(way_in.over, [SightingIx(1)]);
    assert_eq!(
        way_in.line,
        [place(VOSTOCHNY), at_sea.position, place(NAJIN)]
    );
    let way_out = found.dark_legs[1].way_out.as_ref().unwrap();
    assert!(way_out.over.is_empty());
    // The repeat of the leg, in the gap without sightings, leads straight.
    let repeat = found.dark_legs.iter().find(|leg| leg.grade == Grade::D2);
    assert!(repeat.unwrap().way_in.as_ref().unwrap().over.is_empty());

    at_sea.from = hour(40.0);
    at_sea.to = hour(40.0);
    let scene = Scene::new()
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .seen(0, at_sea, true);
    let found = scene.findings();
    assert!(found.dark_legs[0].way_in.as_ref().unwrap().over.is_empty());
    let way_out = found.dark_legs[1].way_out.as_ref().unwrap();
    assert_eq!(way_out.over, [SightingIx(1)]);
}

#[test]
fn after_an_open_gap_she_may_be_there_still() {
    let mut scene = Scene::new().seen(1, sighting(140.0, 141.0, NAJIN), true);
    scene.gaps[1].after = None;
    scene.calls.truncate(3);
    let found = scene.findings();
    let call = found
        .dark_calls
        .iter()
        .find(|call| call.gap.number == 1)
        .unwrap();
    assert_eq!(call.departure.latest, None);
    assert_eq!(call.arrival.latest, Some(hour(141.0)));
    assert!(
        found
            .dark_legs
            .iter()
            .all(|leg| leg.origin != LegEnd::Dark(DarkCallIx(1), NAJIN))
    );
}

#[test]
fn a_later_sighting_moves_departure_and_an_earlier_one_arrival() {
    let seen_at = |hours: f64| {
        let found = Scene::new()
            .seen(0, sighting(hours, hours, NAJIN), true)
            .findings();
        let call = found.dark_calls[0].clone();
        (call.arrival.latest.unwrap(), call.departure.earliest)
    };
    let times: Vec<_> = [18.0, 22.0, 26.0, 30.0, 34.0].map(seen_at).to_vec();
    assert!(
        times
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1)
    );
}

/// The hours between which a dark call was left and come to.
fn hours_of(call: &DarkCall) -> [Option<f64>; 4] {
    let hours = |time: Timestamp| (time.hours_since(hour(0.0)) * 100.0).round() / 100.0;
    [
        Some(hours(call.arrival.earliest)),
        call.arrival.latest.map(hours),
        Some(hours(call.departure.earliest)),
        call.departure.latest.map(hours),
    ]
}

#[test]
fn in_an_open_gap_she_may_have_come_in_its_last_hour() {
    let mut scene = Scene::new().seen(0, sighting(199.75, 199.75, NAJIN), true);
    scene.gaps = vec![gap((150.0, VOSTOCHNY), None)];
    scene.calls = vec![call(VOSTOCHNY, 0.0, 149.0)];
    let found = scene.findings();
    assert_eq!(hours_of(&found.dark_calls[0])[1], Some(199.75));
    assert_eq!(hours_of(&found.dark_calls[0])[3], None);
}

#[test]
fn between_two_sightings_she_may_have_gone_and_come_back() {
    let twice = || {
        Scene::new()
            .seen(0, sighting(20.0, 20.0, NAJIN), true)
            .seen(0, sighting(30.0, 30.0, NAJIN), true)
    };
    let free = twice().findings().dark_calls[0].clone();
    // Gone at some moment from 22 to 34: if at 25, she lay there from 28 to 45.
    let cut = twice().absent_between(NAJIN, (22.0, 34.0), (20_000.0, true));
    let cut = cut.findings().dark_calls[0].clone();
    assert_eq!(hours_of(&cut), hours_of(&free));
    assert!(cut.candidate.longest_stay_h < free.candidate.longest_stay_h);
}

#[test]
fn a_scene_smaller_than_a_sighting_is_sure_shows_nothing_of_it() {
    let seen = || Scene::new().seen(0, sighting(30.0, 30.0, NAJIN), true);
    let free = hours_of(&seen().findings().dark_calls[0]);
    let narrow = seen().absent_between(NAJIN, (28.0, 28.0), (1_000.0, false));
    assert_eq!(hours_of(&narrow.findings().dark_calls[0]), free);
    let wide = seen().absent_between(NAJIN, (28.0, 28.0), (20_000.0, false));
    assert_eq!(hours_of(&wide.findings().dark_calls[0])[0], Some(28.0));
    assert_eq!(wide.findings().dark_calls[0].cut_by, [SightingIx(1)]);
    // Before she can have come, it cuts nothing.
    let early = seen().absent_between(NAJIN, (11.0, 11.0), (20_000.0, true));
    assert!(early.findings().dark_calls[0].cut_by.is_empty());
}

#[test]
fn of_two_sighted_calls_in_a_silence_within_a_call_each_has_its_legs_once() {
    let mut scene = Scene::new()
        .seen(0, sighting(22.0, 22.0, NAJIN), true)
        .seen(0, sighting(40.0, 40.0, DUNAY), true);
    scene.gaps = vec![gap((10.0, VOSTOCHNY), Some((50.0, VOSTOCHNY)))];
    scene.calls = vec![call(VOSTOCHNY, 0.0, 60.0)];
    let ends: Vec<_> = scene
        .findings()
        .dark_legs
        .iter()
        .map(|leg| (leg.origin.port(), leg.destination.port()))
        .collect();
    assert_eq!(
        ends,
        [
            (Some(VOSTOCHNY), Some(NAJIN)),
            (Some(NAJIN), Some(DUNAY)),
            (Some(DUNAY), Some(VOSTOCHNY))
        ]
    );
}

#[test]
fn a_leg_to_or_from_what_is_merely_reachable_begins_and_ends_at_sighted_calls() {
    let legs = |sighted_at: f64| {
        let mut scene = Scene::new().seen(0, sighting(sighted_at, sighted_at, DUNAY), true);
        scene.gaps.truncate(1);
        scene.watched.insert(NAJIN);
        let found = scene.findings();
        let watched = |end: LegEnd| end.port() == Some(NAJIN);
        let port = |leg: Option<&landfall_track::DarkLeg>| {
            let leg = leg.unwrap();
            (leg.origin, leg.destination)
        };
        (
            port(found.dark_legs.iter().find(|leg| watched(leg.destination))),
            port(found.dark_legs.iter().find(|leg| watched(leg.origin))),
        )
    };
    // Najin fits after Dunay was seen at 14, and before it was seen at 44.
    let (there, _) = legs(14.0);
    assert!(matches!(there.0, LegEnd::Dark(_, DUNAY)), "{there:?}");
    let (_, back) = legs(44.0);
    assert!(matches!(back.1, LegEnd::Dark(_, DUNAY)), "{back:?}");
}

#[test]
fn one_trip_through_several_silences_is_one_trip() {
    let mut scene = Scene::new().seen(0, sighting(30.0, 30.0, NAJIN), true);
    scene.gaps = vec![
        gap((10.0, VOSTOCHNY), Some((50.0, DUNAY))),
        gap((110.0, VOSTOCHNY), Some((130.0, DUNAY))),
        gap((131.0, VOSTOCHNY), Some((151.0, DUNAY))),
        gap((152.0, DUNAY), Some((172.0, DUNAY))),
    ];
    scene.calls = vec![
        call(VOSTOCHNY, 0.0, 9.0),
        call(DUNAY, 51.0, 60.0),
        call(VOSTOCHNY, 90.0, 109.0),
        call(DUNAY, 175.0, 180.0),
    ];
    let found = scene.findings();
    assert!(found.dark_calls.len() > 2);
    let there = |pattern: &&landfall_track::Pattern| pattern.destination == Some(NAJIN);
    assert_eq!(found.patterns.iter().find(there).unwrap().times, 2);
}

#[test]
fn the_order_of_the_list_does_not_show() {
    let of = |first: PortIx, second: PortIx| {
        let mut scene = Scene::new();
        for port in [first, second] {
            let mut sighting = sighting(20.0, 40.0, port);
            sighting.id = format!("{}", port.0);
            scene = scene.seen(0, sighting, true);
        }
        let calls = scene.findings().dark_calls;
        let told = |call: &DarkCall| (call.candidate.port, hours_of(call), call.candidate.part);
        calls.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(of(VOSTOCHNY, DUNAY), of(DUNAY, VOSTOCHNY));
}

#[test]
fn first_heard_in_port_she_may_have_come_long_before() {
    let mut scene = Scene::new().seen(0, sighting(25.0, 25.0, NAJIN), true);
    scene.gaps.truncate(1);
    scene.calls = vec![call(VOSTOCHNY, 0.0, 9.0), call(DUNAY, 50.0, 60.0)];
    let leg = scene.findings().dark_legs[1].clone();
    assert_eq!(leg.destination, LegEnd::Call(DUNAY));
    // Some 97 nautical miles at 33 knots, less both radii and what positions are off.
    assert!(
        leg.arrival.earliest > hour(27.0) && leg.arrival.earliest < hour(28.0),
        "{}",
        leg.arrival.earliest
    );
    assert_eq!(leg.arrival.latest, Some(hour(50.0)));
}

/// The scene with a sighting that both of its silences can hold.
fn one_of_two(sighting: Sighting) -> Scene {
    let mut scene = Scene::new();
    scene.sightings.push(sighting);
    scene.evidence.one_of.push(SeenInOneOf {
        sighting: SightingIx(0),
        silences: 3,
        gaps: [0, 1]
            .map(|gap| PossibleGap {
                gap,
                is_plausible: Some(gap == 0),
            })
            .to_vec(),
    });
    scene
}

#[test]
fn a_sighting_that_several_silences_can_hold_is_graded_for_the_group_and_for_none_alone() {
    let mut scene = one_of_two(sighting(20.0, 140.0, NAJIN));
    let group = OneOf {
        sighting: SightingIx(0),
        port: NAJIN,
        silences: 3,
        gaps: 2,
        grade: Grade::D3,
    };
    let found = scene.findings();
    assert!(found.dark_calls.is_empty());
    assert_eq!(found.one_of, [group]);
    assert!(found.gaps.iter().all(|gap| gap.one_of == [group]));
    // Calls that are merely reachable stay that, and say which group they are of.
    scene.watched = [NAJIN].into();
    let calls = scene.findings().dark_calls;
    assert_eq!(calls.len(), 2);
    assert!(
        calls
            .iter()
            .all(|call| call.grade == Grade::D1 && call.one_of == [group])
    );
    // Neither at another port.
    scene.watched = [DUNAY, BUSAN].into();
    scene.usual_knots = None;
    let calls = scene.findings().dark_calls;
    assert!(!calls.is_empty() && calls.iter().all(|call| call.one_of.is_empty()));
}

#[test]
fn a_group_is_graded_like_a_call_and_there_is_none_where_ais_explains_it() {
    let quoted = Sighting {
        via: Some("a newspaper".into()),
        ..sighting(20.0, 140.0, NAJIN)
    };
    assert_eq!(one_of_two(quoted).findings().one_of[0].grade, Grade::D1);
    let mut beyond = one_of_two(sighting(20.0, 140.0, NAJIN));
    beyond.evidence.one_of[0].gaps[0].is_plausible = Some(false);
    assert_eq!(beyond.findings().one_of[0].grade, Grade::D1);
    // It lay at Vostochny when one of them began: that is where it was seen.
    let mut scene = one_of_two(sighting(20.0, 140.0, VOSTOCHNY));
    scene.calls[0] = call(VOSTOCHNY, 0.0, 10.0);
    assert!(scene.findings().one_of.is_empty());
    // At sea there is no call.
    let mut at_sea = sighting(20.0, 140.0, NAJIN);
    at_sea.position = at(131.5, 41.5);
    assert!(one_of_two(at_sea).findings().one_of.is_empty());
}

#[test]
fn lying_in_the_port_where_she_was_seen_is_no_dark_call_nor_a_leg_to_be_repeated() {
    let mut scene = Scene::new()
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .seen(1, sighting(130.0, 130.0, VOSTOCHNY), true);
    // The second silence only interrupts a call.
    scene.gaps[1] = gap((110.0, VOSTOCHNY), Some((150.0, VOSTOCHNY)));
    scene.calls[2] = call(VOSTOCHNY, 90.0, 160.0);
    scene.calls.truncate(3);
    assert_eq!(scene.graded(), [(0, NAJIN, Grade::D3)]);
    // If a scene shows her gone in between, she was back where she was next heard.
    let gone = scene.absent(VOSTOCHNY, 125.0);
    assert_eq!(gone.graded(), [(0, NAJIN, Grade::D3)]);
}

#[test]
fn the_speed_needed_is_that_of_being_there_when_she_was_seen() {
    // Some 107 nautical miles in four hours and a half, less radius and error.
    let scene = Scene::new().seen(0, sighting(14.5, 14.5, NAJIN), true);
    let candidate = scene.findings().dark_calls[0].candidate;
    assert!(
        (25.0..30.0).contains(&candidate.speed_needed_knots),
        "{candidate:?}"
    );
    assert_eq!(candidate.is_plausible, Some(false));
    let call = &scene.findings().dark_calls[0];
    assert_eq!(
        (call.grade, &call.limits[..]),
        (Grade::D1, &[GradeLimit::BeyondUsualSpeed][..])
    );
}

#[test]
fn a_call_made_later_is_no_past_call() {
    let found = Scene::new().findings();
    let dunay = |gap: usize| {
        let mut candidates = found.gaps[gap].candidates.iter();
        candidates.find(|c| c.port == DUNAY).unwrap().past_calls
    };
    assert_eq!((dunay(0), dunay(1)), (0, 1));
}

#[test]
fn a_ship_off_an_area_is_not_in_it() {
    let ring = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0)];
    let ring = ring.iter().map(|(lon, lat)| at(*lon, *lat)).collect();
    let area = Port {
        place: Place::Polygons(vec![vec![ring]]),
        ..ports().port(NAJIN).clone()
    };
    let ports = PortIndex::new(vec![area], &PortRadiusConfig::default());
    let mut seen = sighting(1.0, 1.0, NAJIN);
    (seen.position, seen.error_radius_m) = (at(0.15, 0.05), 0.0);
    assert_eq!(super::super::port_of(&seen, &ports), None);
    seen.error_radius_m = 6_000.0;
    assert_eq!(super::super::port_of(&seen, &ports), Some(PortIx(0)));
}

#[test]
fn a_sighting_is_of_a_port_that_only_fills_a_gap_if_its_error_allows_no_other() {
    // The places are 7.4 km apart, both radii 6 km.
    let najin = ports().port(NAJIN).clone();
    let filling = Port {
        place: Place::Points(vec![at(130.39, 42.2333)]),
        source: PortSource::Unlocode,
        ..najin.clone()
    };
    let mut seen = sighting(1.0, 1.0, NAJIN);
    for (ports, najin, filling) in [
        (vec![filling.clone(), najin.clone()], PortIx(1), PortIx(0)),
        (vec![najin, filling], PortIx(0), PortIx(1)),
    ] {
        let ports = PortIndex::new(ports, &PortRadiusConfig::default());
        for (lon, error_m, expected) in [
            (130.37, 0.0, najin),
            (130.38, 0.0, filling),
            (130.38, 2_000.0, najin),
            (130.47, 2_000.0, filling),
        ] {
            (seen.position, seen.error_radius_m) = (at(lon, 42.2333), error_m);
            let found = super::super::port_of(&seen, &ports);
            assert_eq!(found, Some(expected), "{lon} {error_m}");
        }
    }
}

#[test]
fn seen_where_she_fell_silent_and_then_elsewhere_she_called_only_elsewhere() {
    let mut scene = Scene::new()
        .seen(0, sighting(14.0, 14.0, VOSTOCHNY), true)
        .seen(0, sighting(28.0, 28.0, NAJIN), true)
        .seen(0, sighting(46.0, 46.0, VOSTOCHNY), true);
    scene.gaps = vec![gap((10.0, VOSTOCHNY), Some((50.0, VOSTOCHNY)))];
    scene.calls = vec![call(VOSTOCHNY, 0.0, 60.0)];
    scene.watched.insert(VOSTOCHNY);
    assert_eq!(scene.graded(), [(0, NAJIN, Grade::D3)]);
    // She left when the next sighting allows at the latest.
    let found = scene.findings();
    let leg = &found.dark_legs[0];
    assert_eq!(leg.departure.earliest, hour(10.0));
    assert_eq!(leg.departure.latest, Some(hour(28.0)));
}

#[test]
fn every_silence_at_the_berth_that_hides_a_trip_is_a_trip() {
    let mut scene = Scene::new()
        .seen(0, sighting(30.0, 30.0, NAJIN), true)
        .seen(1, sighting(130.0, 130.0, NAJIN), true);
    scene.gaps = vec![
        gap((10.0, VOSTOCHNY), Some((50.0, VOSTOCHNY))),
        gap((110.0, VOSTOCHNY), Some((150.0, VOSTOCHNY))),
    ];
    scene.calls = vec![call(VOSTOCHNY, 0.0, 160.0)];
    let times: Vec<u32> = scene.findings().patterns.iter().map(|p| p.times).collect();
    assert_eq!(times, [2, 2]);
}

#[test]
fn a_score_is_what_the_slack_makes_it() {
    let found = Scene::new()
        .seen(0, sighting(25.0, 35.0, NAJIN), true)
        .findings();
    for candidate in &found.gaps[0].candidates {
        let past = f64::from(candidate.past_calls).ln_1p();
        let wanted = candidate.slack_h / 40.0 * (1.0 + past);
        assert!((candidate.score - wanted).abs() < 1e-9, "{candidate:?}");
    }
}

#[test]
fn a_sighting_that_reaches_beyond_the_data_may_be_of_a_later_moment() {
    let mut scene = Scene::new().seen(0, sighting(198.0, 222.0, NAJIN), true);
    scene.gaps = vec![gap((190.0, VOSTOCHNY), None)];
    scene.calls = vec![call(VOSTOCHNY, 0.0, 189.0)];
    let found = scene.findings();
    assert_eq!(hours_of(&found.dark_calls[0])[1], Some(222.0));
    let slack_h = found.dark_calls[0].candidate.slack_h;
    assert!(slack_h > 0.0, "{slack_h}");
}

#[test]
fn in_an_open_gap_too_a_later_sighting_tightens_an_earlier_one() {
    let mut scene = Scene::new()
        .seen(0, sighting(112.0, 136.0, NAJIN), true)
        .seen(0, sighting(137.0, 137.0, BUSAN), true);
    scene.gaps = vec![gap((100.0, VOSTOCHNY), None)];
    scene.calls = vec![call(VOSTOCHNY, 0.0, 99.0)];
    let found = scene.findings();
    // Some 430 nautical miles to Busan at 33 knots.
    let end = found.gaps[0].parts[0].after.unwrap().time;
    assert!(end < hour(125.0), "{end}");
}

#[test]
fn calls_whose_order_is_not_known_have_no_legs() {
    let scene = Scene::new()
        .seen(0, sighting(18.0, 18.0, DUNAY), true)
        .seen(0, sighting(12.0, 19.0, NAJIN), true);
    let found = scene.findings();
    let aside = found
        .dark_calls
        .iter()
        .position(|call| call.candidate.part.is_none());
    let aside = DarkCallIx(aside.unwrap() as u32);
    let touches = |end: LegEnd| matches!(end, LegEnd::Dark(ix, _) if ix == aside);
    let legs = &found.dark_legs;
    assert!(
        !legs
            .iter()
            .any(|leg| touches(leg.origin) || touches(leg.destination))
    );
}
