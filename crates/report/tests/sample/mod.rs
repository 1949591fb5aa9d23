//! One literal set of events: two ships, made up, with everything that an output must be able to
//! show. What is written from it is compared through every format.

pub(crate) mod inferred;

use landfall_report::{
    DossierCase, Finished, Format, HullView, Lines, Manifest, ManifestInput, ManifestTable,
    OutputContext, OutputFolder, RunView, VesselLabel, VesselSpan, hull_id,
};
use landfall_track::{
    Berthing, CallKind, CanalIx, Confidence, FileAccount, Flag, FlaggedReport, Gap, GapKind,
    HarborSize, Hull, HullIx, Identity, Imo, InterferenceZone, Leg, LonLat, Mmsi, Particulars,
    Place, PlaceIx, PlaceKind, Port, PortCall, PortDistance, PortIx, PortSource, Position,
    RejectReason, RejectedRow, ReportRef, ShipType, SourceRow, Stop, StopEvidence, StopKind,
    StopPlace, Timestamp, Transit, Vertex, Vessel, VesselId, Wind,
};
use std::path::Path;

pub(crate) const NOTICE: &str = "made up for a test, no ship sailed this";

pub(crate) fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn report(moment: &str, position: Position, row: u64) -> ReportRef {
    ReportRef {
        time: time(moment),
        position,
        source: SourceRow::new(0, row).unwrap(),
    }
}

fn vertex(moment: &str, position: Position) -> Vertex {
    Vertex {
        time: time(moment),
        position,
        after_gap: false,
    }
}

fn after_gap(moment: &str, position: Position) -> Vertex {
    Vertex {
        after_gap: true,
        ..vertex(moment, position)
    }
}

pub(crate) fn ports() -> Vec<Port> {
    let port = |name: &str, code: Option<&str>, position| Port {
        name: name.to_owned(),
        locode: code.map(|code| code.parse().unwrap()),
        country: code.map(|code| code[..2].parse().unwrap()),
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(vec![position]),
        harbor_size: Some(HarborSize::Small),
        radius_m: None,
        source: PortSource::User,
        precision_m: None,
    };
    vec![
        port("Suva", Some("FJSUV"), at(178.4167, -18.1333)),
        port("Apia", Some("WSAPW"), at(-171.7667, -13.8333)),
        port("Pier \"7\"", None, at(180.0, -16.8)),
    ]
}

pub(crate) fn vessel() -> Vessel {
    Vessel {
        id: VesselId::Mmsi(Mmsi::new(273_210_440).unwrap()),
        identities: vec![
            Identity {
                particulars: Particulars {
                    name: Some("=ANGARA, \"A\"".to_owned()),
                    imo: Imo::new(9_179_842),
                    call_sign: Some("UBYT2".to_owned()),
                    ship_type: Some(ShipType("Cargo".to_owned())),
                    length_dm: Some(1_227),
                    width_dm: Some(195),
                    draught_dm: Some(60),
                    destination: Some("APIA #2".to_owned()),
                },
                first: time("2023-09-01T00:00:00Z"),
                last: time("2023-09-04T00:00:00Z"),
                reports: 40,
            },
            Identity {
                particulars: Particulars {
                    name: Some("ANGARA 2".to_owned()),
                    imo: Imo::new(9_179_841),
                    ..Particulars::default()
                },
                first: time("2023-09-04T00:00:01Z"),
                last: time("2023-09-09T00:00:00Z"),
                reports: 2,
            },
        ],
    }
}

pub(crate) fn nameless() -> Vessel {
    Vessel {
        id: VesselId::Text("a0b1c2".into()),
        identities: Vec::new(),
    }
}

pub(crate) fn calls() -> Vec<PortCall> {
    let suva = at(178.42, -18.13);
    let apia = at(-171.76, -13.83);
    vec![
        PortCall {
            port: PortIx(0),
            first: report("2023-09-01T00:00:00Z", suva, 1),
            last: report("2023-09-01T12:30:00Z", suva, 9),
            arrival: None,
            departure: Some(time("2023-09-01T12:30:00Z")),
            stop_start: Some(time("2023-09-01T00:00:00Z")),
            stop_end: Some(time("2023-09-01T12:00:00Z")),
            berthing: Berthing {
                kind: CallKind::Anchorage,
                waited_ms: 12 * 3_600_000,
                ..Berthing::default()
            },
            confidence: Confidence::OneEnd,
            position: suva,
            distance_to_port_m: 512.349,
            place: None,
            reports: 9,
        },
        PortCall {
            port: PortIx(2),
            first: report("2023-09-01T20:00:00Z", at(180.0, -16.79), 12),
            last: report("2023-09-01T20:10:00Z", at(-179.99, -16.79), 13),
            arrival: Some(time("2023-09-01T20:00:00Z")),
            departure: Some(time("2023-09-01T20:10:00Z")),
            stop_start: None,
            stop_end: None,
            berthing: Berthing::default(),
            confidence: Confidence::Passage,
            position: at(-179.995, -16.79),
            distance_to_port_m: 1_100.0,
            place: None,
            reports: 2,
        },
        PortCall {
            port: PortIx(1),
            first: report("2023-09-03T18:00:00Z", apia, 30),
            last: report("2023-09-04T06:00:00.250Z", apia, 42),
            arrival: Some(time("2023-09-03T18:00:00Z")),
            departure: Some(time("2023-09-04T06:00:00.250Z")),
            stop_start: Some(time("2023-09-03T18:30:00Z")),
            stop_end: Some(time("2023-09-04T05:30:00Z")),
            berthing: Berthing {
                kind: CallKind::Berth,
                first_alongside: Some(time("2023-09-03T19:00:00Z")),
                last_alongside: Some(time("2023-09-04T05:30:00Z")),
                berths: 1,
                waited_ms: 1_800_000,
                alongside_ms: 37_800_000,
            },
            confidence: Confidence::BothEnds,
            position: apia,
            distance_to_port_m: 0.0,
            place: Some(PlaceIx(0)),
            reports: 13,
        },
    ]
}

pub(crate) fn stop() -> Stop {
    let place = at(-175.000_000_1, -15.5);
    Stop {
        first: report("2023-09-02T08:00:00Z", place, 18),
        last: report("2023-09-02T12:00:00Z", place, 21),
        start: time("2023-09-02T07:54:30Z"),
        end: time("2023-09-02T12:00:00Z"),
        start_seen: true,
        end_seen: true,
        position: place,
        reports: 4,
        evidence: StopEvidence {
            spread_m: 88.25,
            moved_m: 120.0,
            straightness: 0.2,
            heading_spread_deg: Some(74.5),
            heading_deg: Some(181.0),
            status: Some(1),
            cell_m: 0.0,
        },
        kind: StopKind::Anchored,
        nearest_port: Some(PortDistance {
            port: PortIx(1),
            distance_m: 391_234.56,
        }),
        place: None,
        call: None,
    }
}

pub(crate) fn transit() -> Transit {
    Transit {
        canal: CanalIx(0),
        direction: Wind::South,
        first: report("2023-09-02T13:00:00Z", at(-175.0, -15.5), 22),
        last: report("2023-09-02T18:30:00Z", at(-174.5, -15.2), 25),
        entry: time("2023-09-02T13:04:00Z"),
        exit: time("2023-09-02T18:30:00Z"),
        waited_ms: 5_400_000,
    }
}

/// From Suva to Apia across the antimeridian, with a silence on the way and one report alone
/// between two silences.
pub(crate) fn voyage() -> (Leg, Vec<Vertex>) {
    let leg = Leg {
        origin: Some(PortIx(0)),
        destination: Some(PortIx(1)),
        first: report("2023-09-01T12:30:00Z", at(178.42, -18.13), 9),
        last: report("2023-09-03T18:00:00Z", at(-171.76, -13.83), 30),
        first_vertex: 0,
        last_vertex: 6,
        observed_distance_m: 640_111.4,
        distance_m: 1_150_222.2,
        gap_ms: 30 * 3_600_000,
        max_speed_knots: Some(14.25),
        reports: 22,
    };
    let vertices = vec![
        vertex("2023-09-01T12:30:00Z", at(178.42, -18.13)),
        vertex("2023-09-01T18:00:00Z", at(179.5, -17.0)),
        vertex("2023-09-01T22:00:00.500Z", at(-179.5, -16.5)),
        vertex("2023-09-02T06:00:00Z", at(-176.0, -15.75)),
        after_gap("2023-09-02T20:00:00Z", at(-174.0, -15.0)),
        after_gap("2023-09-03T12:00:00Z", at(-172.25, -14.0)),
        vertex("2023-09-03T18:00:00Z", at(-171.76, -13.83)),
    ];
    (leg, vertices)
}

/// What was sailed after the last call: one report, so there is nothing to draw.
pub(crate) fn track() -> (Leg, Vec<Vertex>) {
    let end = report("2023-09-09T00:00:00Z", at(-170.5, -13.0), 44);
    let leg = Leg {
        origin: Some(PortIx(1)),
        destination: None,
        first: report("2023-09-04T06:00:00.250Z", at(-171.76, -13.83), 42),
        last: end,
        first_vertex: 6,
        last_vertex: 7,
        observed_distance_m: 0.0,
        distance_m: 164_000.0,
        gap_ms: 410_399_750,
        max_speed_knots: None,
        reports: 2,
    };
    let vertices = vec![
        vertex("2023-09-04T06:00:00.250Z", at(-171.76, -13.83)),
        after_gap("2023-09-09T00:00:00Z", at(-170.5, -13.0)),
    ];
    (leg, vertices)
}

pub(crate) fn gaps() -> Vec<Gap> {
    vec![
        Gap {
            before: report("2023-09-02T06:00:00Z", at(179.0, -15.0), 17),
            after: Some(report("2023-09-02T20:00:00Z", at(-179.0, -16.0), 22)),
            reports_before: 6,
            distance_m: Some(241_234.567_8),
            implied_speed_knots: Some(9.304_9),
            port: None,
            kind: GapKind::Silence,
            without_position: None,
            silent_ms: 50_400_000,
        },
        Gap {
            before: report("2023-09-09T00:00:00Z", at(-171.76, -13.83), 44),
            after: None,
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: Some(PortIx(1)),
            kind: GapKind::Silence,
            without_position: None,
            silent_ms: 0,
        },
    ]
}

pub(crate) fn flagged() -> Vec<FlaggedReport> {
    let hull = Hull {
        number: 1,
        since: time("2023-09-02T07:00:00Z"),
    };
    vec![
        FlaggedReport {
            report: report("2023-09-02T07:00:00Z", at(12.5, 55.700_000_1), 50),
            flag: Flag::FurtherHull,
            hull: Some(hull),
        },
        FlaggedReport {
            report: report("2023-09-02T07:01:00Z", at(-0.000_000_1, 0.0), 51),
            flag: Flag::Spike,
            hull: None,
        },
    ]
}

pub(crate) fn rejected() -> Vec<RejectedRow> {
    vec![RejectedRow {
        file: 1,
        row: 3,
        column: "LAT".to_owned(),
        value: "91\0, \"x\"".to_owned(),
        reason: RejectReason::NoPosition,
    }]
}

/// Four ships off Suva that were shown at an airport.
pub(crate) fn interference() -> InterferenceZone {
    InterferenceZone {
        area: vec![at(178.5, -18.5), at(179.0, -18.6), at(178.8, -18.2)],
        shown_at: at(177.443, -17.755),
        shown_radius_m: 850.0,
        from: time("2023-09-02T01:00:00Z"),
        to: time("2023-09-02T04:30:00Z"),
        vessels: ["273210440", "a0b1c2", "a0b1c3"]
            .map(str::to_owned)
            .to_vec(),
        reports: 41,
    }
}

/// A berth of Apia, and an anchorage across the antimeridian that belongs to no port.
pub(crate) fn places() -> Vec<StopPlace> {
    let near = |port, distance_m| {
        Some(PortDistance {
            port: PortIx(port),
            distance_m,
        })
    };
    vec![
        StopPlace {
            kind: PlaceKind::Berth,
            name: "berth of Apia, 0.4 km".to_owned(),
            position: at(-171.76, -13.83),
            outline: vec![
                at(-171.765, -13.835),
                at(-171.755, -13.835),
                at(-171.76, -13.825),
            ],
            extent_m: 312.5,
            vessels: 3,
            stops: 7,
            hours: 71.25,
            port: Some(PortIx(1)),
            nearest_port: near(1, 402.0),
            given: false,
        },
        StopPlace {
            kind: PlaceKind::Anchorage,
            name: "the <roads>".to_owned(),
            position: at(180.0, -16.5),
            outline: vec![at(179.99, -16.51), at(-179.99, -16.51), at(180.0, -16.49)],
            extent_m: 900.0,
            vessels: 12,
            stops: 40,
            hours: 900.0,
            port: None,
            nearest_port: near(2, 32_100.0),
            given: true,
        },
    ]
}

/// Writes everything above to a folder.
pub(crate) fn write_all(out: &Path, formats: &[Format], notices: &[String]) -> Finished {
    let context = OutputContext {
        formats,
        notices,
        trips: true,
        ..OutputContext::default()
    };
    write_as(out, context)
}

/// Writes everything above to a folder, in the formats and with the map that are asked for.
pub(crate) fn write_as(out: &Path, context: OutputContext<'_>) -> Finished {
    let files = ["made-up.csv".to_owned(), "a.zip!b.csv".to_owned()];
    let (ports, places) = (ports(), places());
    let folder = OutputFolder::create(out).unwrap();
    let mut writer = folder
        .begin(OutputContext {
            ports: &ports,
            places: &places,
            files: &files,
            plot: true,
            ..context
        })
        .unwrap();

    let vessel = vessel();
    let id = vessel.id.to_string();
    let label = |moment| VesselLabel::at(&vessel, &id, moment);
    for call in calls() {
        writer.port_call(&label(call.first.time), &call).unwrap();
    }
    let (leg, vertices) = voyage();
    let lines = Lines::of(&vertices);
    writer.leg(&label(leg.first.time), &leg, &lines).unwrap();
    let (leg, vertices) = track();
    let lines = Lines::of(&vertices);
    writer.leg(&label(leg.first.time), &leg, &lines).unwrap();
    let (gaps, calls, findings) = (gaps(), calls(), inferred::findings());
    let hulls = [HullView {
        vessel_id: &id,
        vessel: &vessel,
        gaps: &gaps,
        calls: &calls,
    }];
    let (sightings, lists) = (inferred::sightings(), inferred::sighting_files());
    let assessed = inferred::assessed();
    let run = RunView::new(&hulls, &sightings, &lists, &assessed);
    for (gap, inference) in gaps.iter().zip(&findings.gaps) {
        let label = label(gap.before.time);
        writer.gap(&label, gap, &run, inference).unwrap();
    }
    for call in &findings.dark_calls {
        writer.dark_call(&run, &findings, call).unwrap();
    }
    for leg in &findings.dark_legs {
        let observed = &voyage().1[..4];
        writer
            .dark_leg(&run, HullIx(0), &findings, leg, observed)
            .unwrap();
    }
    for found in &assessed {
        writer.sighting(&run, found).unwrap();
    }
    let polygons = inferred::polygons();
    writer.reach(&run, &inferred::area(&polygons)).unwrap();
    writer.interference(&interference()).unwrap();
    for place in &places {
        writer.place(place).unwrap();
    }
    let case = DossierCase {
        hull: HullIx(0),
        findings: &findings,
        calls: &calls,
    };
    writer
        .dossiers(&run, &manifest(context.notices), &[case])
        .unwrap();
    for flagged in flagged() {
        writer.flagged(&vessel.id, &flagged).unwrap();
    }
    let heard = VesselSpan {
        first: time("2023-09-01T00:00:00Z"),
        last: time("2023-09-09T00:00:00Z"),
        reports: 42,
    };
    writer.vessel(&id, &vessel, heard).unwrap();

    let nameless = nameless();
    let hull = Hull {
        number: 1,
        since: time("2023-09-02T07:00:00Z"),
    };
    let id = hull_id(&nameless.id, hull);
    let stop = stop();
    let label = VesselLabel::at(&nameless, &id, stop.first.time);
    writer.stop(&label, &stop).unwrap();
    let transit = transit();
    writer
        .transit(&label, &transit, "Canal of the sample")
        .unwrap();
    writer.vessel(&id, &nameless, heard).unwrap();

    for row in rejected() {
        writer.rejected(&row).unwrap();
    }
    writer.finish(manifest(context.notices)).unwrap()
}

pub(crate) fn manifest(notices: &[String]) -> Manifest {
    let mut manifest = Manifest::new("0.0.0-test");
    manifest.notices = notices.to_vec();
    manifest.inputs = vec![ManifestInput {
        path: "made-up.csv".to_owned(),
        size: 4_321,
        account: FileAccount {
            rows: 52,
            accepted: 50,
            duplicates: 1,
            rejected: 1,
        },
        sha256: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned()),
        ..ManifestInput::default()
    }];
    manifest.tables = vec![ManifestTable {
        role: "ports".to_owned(),
        path: "bundled".to_owned(),
        accepted: 3,
        ..ManifestTable::default()
    }];
    manifest
}
