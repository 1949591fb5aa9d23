//! Port tables of every format, read as a user's files are.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use landfall_ingest::{AddedPorts, IngestError, PortFormat, PortTable, bundled_ports, read_ports};
use landfall_track::{Place, Port, PortSource};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/ports")
        .join(name)
}

/// A table as text: its format and account, then a line for each port and each problem.
fn summary(table: &PortTable) -> String {
    let mut text = format!(
        "{}: {} rows, {} used, {} passed over\n",
        table.format, table.rows, table.used, table.passed_over
    );
    for port in &table.ports {
        writeln!(text, "{}", line(port)).unwrap();
    }
    for (word, problems) in [("rejected", &table.rejected), ("doubt", &table.doubts)] {
        for problem in problems {
            writeln!(text, "{word}: {problem}").unwrap();
        }
    }
    assert_eq!(
        table.rows,
        table.used + table.passed_over + table.rejected.len() as u64
    );
    text
}

fn line(port: &Port) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let place = match &port.place {
        Place::Points(points) => points
            .iter()
            .map(|point| format!("{} {}", point.degrees().lat, point.degrees().lon))
            .collect::<Vec<_>>()
            .join(", "),
        Place::Polygons(polygons) => format!(
            "polygons of {:?} places",
            polygons
                .iter()
                .map(|rings| rings.iter().map(Vec::len).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        ),
    };
    format!(
        "{} | {} {} | {place} | {:?} {} | {:?} {:?}",
        port.name,
        or_dash(port.locode.map(|code| code.to_string())),
        or_dash(port.country.map(|code| code.to_string())),
        port.harbor_size,
        or_dash(port.radius_m.map(|metres| format!("{metres} m"))),
        port.aliases,
        port.other_codes,
    )
}

fn read(name: &str) -> String {
    summary(&read_ports(&fixture(name)).unwrap())
}

#[test]
fn the_world_port_index_has_countries_by_name_and_codes_of_several_forms() {
    insta::assert_snapshot!(read("wpi.csv"), @r#"
    World Port Index: 6 rows, 5 used, 0 passed over
    Najin | KPRJN KP | 42.233333 130.3 | Some(Small) - | ["Rashin"] []
    Vostochnyy | - RU | 42.75 133.083333 | Some(VerySmall) - | [] []
    Keppel - (East Singapore) | SGSIN SG | 1.283333 103.85 | Some(Large) - | ["Tanjong Pagar", "Brani"] []
    Nesna | NONSN NO | 66.2009871 13.0101435 | None - | [] []
    Portsmouth Harbour | - GB | 50.8 -1.1 | Some(Medium) - | [] ["GB ME\"\""]
    rejected: row 6, column `Latitude`: no latitude, so the port has no place
    "#);
}

#[test]
fn the_official_locode_list_is_read_without_a_header() {
    insta::assert_snapshot!(read("unlocode.csv"), @r#"
    UN/LOCODE: 5 rows, 2 used, 2 passed over
    Valparaiso | CLVAP CL | -33.0333333 -71.6333333 | None - | [] []
    Rajin | KPRJN KP | 42.25 130.3 | None - | [] []
    rejected: row 4, column `Coordinates`: no coordinates, so the port has no place
    "#);
}

#[test]
fn a_locode_list_with_function_and_status_swapped_gives_the_same_ports() {
    insta::assert_snapshot!(read("unlocode-header.csv"), @r#"
    UN/LOCODE: 4 rows, 2 used, 1 passed over
    Valparaíso | CLVAP CL | -33.0333333 -71.6333333 | None - | ["Valparaiso"] []
    Rajin | KPRJN KP | 42.25 130.3 | None - | [] []
    rejected: row 3, column `Coordinates`: no coordinates, so the port has no place
    "#);
}

#[test]
fn anchorages_of_one_label_are_one_port() {
    insta::assert_snapshot!(read("anchorages.csv"), @r#"
    GFW anchorages: 7 rows, 6 used, 0 passed over
    NAJIN | - KP | 42.231 130.291, 42.236 130.296, 42.219 130.272 | None 3000 m | ["PIER 1"] []
    VICTORIA | - CA | 48.423 -123.371 | None 3000 m | [] []
    VICTORIA | - SC | -4.617 55.456 | None 3000 m | [] []
    35f113 | - SC | -4.7 55.5 | None 3000 m | [] []
    rejected: row 7, column `lat`, value `-94.7`: expected a latitude from -90 to 90
    "#);
}

#[test]
fn a_table_of_ones_own_may_have_semicolons_and_decimal_commas() {
    insta::assert_snapshot!(read("own.csv"), @r#"
    port table (CSV): 5 rows, 2 used, 0 passed over
    Rajin pier 1 | KPRJN KP | 42.2312 130.2915 | None 2500 m | ["Rajin", "Pier 1"] []
    Vrangel | - RU | 42.74 133.07 | None - | [] []
    rejected: row 3, column `lat`: no latitude, so the port has no place
    rejected: row 4, column `lat`, value `91`: expected a latitude from -90 to 90
    rejected: row 5, column `name`: no name and no UN/LOCODE
    doubt: row 2, column `radius_m`, value `-1`: expected metres above 0 and up to 200000; left out, so the radius follows from the harbour size
    "#);
}

#[test]
fn a_table_may_say_where_its_ports_are_from_and_what_it_says_else_is_its_own_affair() {
    let folder = tempfile::tempdir().unwrap();
    let [csv, geojson] = ["ports.csv", "ports.geojson"].map(|name| folder.path().join(name));
    std::fs::write(
        &csv,
        "name,lat,lon,source,precision_m\n\
         A,1,2,wpi,1900\nB,1,2,UN/LOCODE,0\nC,1,2,landfall,\nD,1,2,Survey of 2024,-1\nE,1,2,,inf\nF,1,2,unlocode,2 km\n",
    )
    .unwrap();
    std::fs::write(
        &geojson,
        r#"{"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2, 1]},
             "properties": {"name": "A", "source": "unlocode", "precision_m": 1900}},
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2, 1]},
             "properties": {"name": "B", "source": 7, "precision_m": "?"}}]}"#,
    )
    .unwrap();
    let mut text = String::new();
    for table in [csv, geojson].map(|path| read_ports(&path).unwrap()) {
        for port in &table.ports {
            let (source, precision_m) = (port.source, port.precision_m);
            writeln!(text, "{} {source:?} {precision_m:?}", port.name).unwrap();
        }
        for doubt in &table.doubts {
            writeln!(text, "{doubt}").unwrap();
        }
        assert_eq!(table.rejected, []);
    }
    insta::assert_snapshot!(text, @r"
    A Wpi Some(1900.0)
    B Unlocode Some(0.0)
    C Landfall None
    D User None
    E User None
    F Unlocode None
    row 4, column `precision_m`, value `-1`: expected metres of 0 or more; left out
    row 5, column `precision_m`, value `inf`: expected metres of 0 or more; left out
    row 6, column `precision_m`, value `2 km`: expected metres of 0 or more; left out
    A Unlocode Some(1900.0)
    B User None
    row 2, column `precision_m`, value `?`: expected metres of 0 or more; left out
    ");
}

#[test]
fn a_table_of_unlocodes_ports_adds_names_to_known_ports_and_no_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ports.csv");
    let row = "Rajin-up,KPRJN,42.25,130.3";
    for (text, expected) in [
        (
            format!("name,locode,lat,lon\n{row}\n"),
            (PortSource::User, "Rajin-up"),
        ),
        (
            format!("name,locode,lat,lon,source\n{row},unlocode\n"),
            (PortSource::Wpi, "Najin"),
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let mut table = bundled_ports();
        table.add(&read_ports(&path).unwrap());
        let najin = table
            .ports
            .iter()
            .find(|port| port.locode.is_some_and(|locode| locode.as_str() == "KPRJN"));
        let najin = najin.unwrap();
        assert_eq!((najin.source, najin.name.as_str()), expected);
        let names = [&najin.name].into_iter().chain(&najin.aliases);
        assert_eq!(names.filter(|name| *name == "Rajin-up").count(), 1);
    }
}

#[test]
fn ports_may_be_polygons_in_geojson() {
    insta::assert_snapshot!(read("own.geojson"), @r#"
    port table (GeoJSON): 8 rows, 3 used, 0 passed over
    Rajin pier 1 | KPRJN KP | 42.2312 130.2915 | None 2500 m | ["Pier 1", "Najin east"] []
    Wrangel Bay | - RU | polygons of [[5, 4]] places | None - | ["Vrangel", "Vostochny port"] []
    Taveuni | - FJ | polygons of [[4], [4]] places | None - | [] []
    rejected: row 4, column `geometry`: expected a Point, a MultiPoint, a Polygon or a MultiPolygon
    rejected: row 5, column `geometry`: a coordinate off the globe: expected longitude, then latitude, in degrees of WGS84
    rejected: row 6, column `geometry`: no geometry, so the port has no place
    rejected: row 7, column `name`: no name and no UN/LOCODE
    rejected: row 8, column `geometry`: a ring of fewer than three places
    doubt: row 2, column `radius_m`, value `far`: expected metres above 0 and up to 200000; left out, so the radius follows from the harbour size
    "#);
}

#[test]
fn searoutes_table_has_the_code_in_port() {
    insta::assert_snapshot!(read("searoute.geojson"), @r#"
    port table (GeoJSON): 1 rows, 1 used, 0 passed over
    Najin | KPNJN KP | 42.25 130.3 | None - | [] []
    "#);
}

#[test]
fn what_is_no_port_table_says_so_and_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut messages = String::new();
    for (name, content) in [
        (
            "positions.csv",
            "MMSI,BaseDateTime,LAT,LON\n1,2023-01-01T00:00:00,1,2\n",
        ),
        ("header.csv", "name,lat,lon\n"),
        ("placeless.csv", "name,lat,lon\nNajin,,\n"),
        (
            "inland.csv",
            "Change,Country,Location,Name,Function,Status,Coordinates\n,NL,UTC,Utrecht,-2------,AF,5205N 00507E\n",
        ),
        (
            "cut.geojson",
            "{\"type\": \"FeatureCollection\", \"features\": [",
        ),
        (
            "bare.geojson",
            "{\"type\": \"Point\", \"coordinates\": [1, 2]}",
        ),
        (
            "none.geojson",
            "{\"type\": \"FeatureCollection\", \"features\": []}",
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let error = read_ports(&path).unwrap_err();
        assert!(matches!(error, IngestError::BadPortTable { .. }));
        let message = error.to_string();
        assert!(message.contains(&*path.to_string_lossy()), "{message}");
        let (_, detail) = message.split_once("cannot be used: ").unwrap();
        writeln!(messages, "{name}: {detail}").unwrap();
    }
    insta::assert_snapshot!(messages, @r#"
    positions.csv: its header is not known: `MMSI,BaseDateTime,LAT,LON`; expected `name,locode,country,lat,lon`, the World Port Index, UN/LOCODE, GFW anchorages, or GeoJSON
    header.csv: read as port table (CSV), it has no row
    placeless.csv: read as port table (CSV), none of its 1 rows can be used, for row 1, column `lat`: no latitude, so the port has no place
    inland.csv: read as UN/LOCODE, none of its 1 rows is a port
    cut.geojson: it is no valid GeoJSON: Error while deserializing GeoJSON: EOF while parsing a list at line 1 column 43
    bare.geojson: it is a bare geometry; expected a FeatureCollection whose features have a `name`
    none.geojson: read as port table (GeoJSON), it has no row
    "#);
    assert!(matches!(
        read_ports(&folder.path().join("gone.csv")),
        Err(IngestError::NotFound { .. })
    ));
}

#[test]
fn the_bundled_table_is_sorted_valid_and_has_the_cases_ports_by_each_name() {
    let table = bundled_ports();
    assert_eq!(table.format, PortFormat::Bundled);
    let of = |source| {
        let ports = table.ports.iter();
        ports.filter(|port| port.source == source).count()
    };
    // As data/README.md says.
    assert_eq!(
        [PortSource::Wpi, PortSource::Unlocode, PortSource::Landfall].map(of),
        [3_759, 2_463, 174]
    );
    assert_eq!(table.ports.len(), 6_396);
    assert_eq!(
        (table.rejected.len(), table.doubts.len(), table.passed_over),
        (0, 0, 0)
    );
    let key = |port: &Port| (port.country, port.name.clone(), port.locode);
    assert!(table.ports.is_sorted_by_key(key));
    for port in &table.ports {
        assert!(port.country.is_some(), "{}", port.name);
        assert!(port.precision_m.is_some(), "{}", port.name);
        assert!(!port.name.is_empty() && port.name.trim() == port.name);
        assert!(!port.aliases.contains(&port.name), "{}", port.name);
    }
    let called = |name: &str| {
        let found: Vec<&Port> = table
            .ports
            .iter()
            .filter(|port| port.name == name || port.aliases.iter().any(|alias| alias == name))
            .collect();
        assert_eq!(found.len(), 1, "{name}");
        line(found[0])
            .split(" | ")
            .take(3)
            .collect::<Vec<_>>()
            .join(" | ")
    };
    for (names, expected) in [
        (
            ["Najin", "Rajin", "Rason", "Naseon", "Najin-hang"].as_slice(),
            "Najin | KPRJN KP | 42.23333 130.3",
        ),
        (
            &["Vostochny", "Vostochnyy"],
            "Vostochny | RUVYP RU | 42.75 133.08333",
        ),
        (&["Dunay", "Dunai"], "Dunay | - RU | 42.88 132.34"),
        (&["Nakhodka"], "Nakhodka | RUNJK RU | 42.8 132.88333"),
    ] {
        for name in names {
            assert_eq!(called(name), expected);
        }
    }
    let najin = table
        .ports
        .iter()
        .find(|port| port.name == "Najin")
        .unwrap();
    assert_eq!(najin.other_codes, ["KPNJN"]);
}

#[test]
fn adding_a_table_does_not_double_its_ports() {
    let mut table = bundled_ports();
    let before = table.ports.len();
    let counts = table.add(&read_ports(&fixture("searoute.geojson")).unwrap());
    assert_eq!(
        counts,
        AddedPorts {
            added: 0,
            replaced: 1
        }
    );
    let counts = table.add(&read_ports(&fixture("own.csv")).unwrap());
    assert_eq!(
        counts,
        AddedPorts {
            added: 1,
            replaced: 1
        }
    );
    assert_eq!(table.ports.len(), before + 1);
    let najin = table
        .ports
        .iter()
        .find(|port| port.name == "Rajin pier 1")
        .unwrap();
    insta::assert_snapshot!(line(najin), @r#"Rajin pier 1 | KPRJN KP | 42.2312 130.2915 | Some(Small) 2500 m | ["Rajin", "Pier 1", "Najin", "Rason", "Naseon", "Najin-hang", "나진", "라진", "Rashin"] ["KPNJN"]"#);
    assert_eq!(table.ports.last().unwrap().name, "Vrangel");
    let again = bundled_ports();
    let counts = table.add(&again);
    assert_eq!((counts.added, counts.replaced), (0, again.ports.len()));
}

#[test]
fn two_terminals_under_one_code_stay_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("terminals.csv");
    std::fs::write(
        &path,
        "name,locode,lat,lon\nRajin pier 1,KPRJN,42.23,130.29\nRajin pier 2,KPRJN,42.235,130.295\nNajin,,-42,130\n",
    )
    .unwrap();
    let mut table = bundled_ports();
    let counts = table.add(&read_ports(&path).unwrap());
    assert_eq!(
        counts,
        AddedPorts {
            added: 2,
            replaced: 1
        }
    );
}

/// Text that is much like a port table, but for what has gone wrong with it.
fn hostile_table() -> impl Strategy<Value = Vec<u8>> {
    let header = prop_oneof![
        Just("name,locode,country,lat,lon,radius_m,aliases"),
        Just("Main Port Name;UN/LOCODE;Country Code;Latitude;Longitude"),
        Just("s2id,lat,lon,label,sublabel,iso3"),
        Just("Change,Country,Location,Name,Function,Status,Coordinates"),
        Just(""),
    ];
    let field = prop_oneof![
        Just(",".to_owned()),
        Just("\n".to_owned()),
        Just("\"".to_owned()),
        Just("1-------".to_owned()),
        Just("5155N 00421E".to_owned()),
        Just("NaN".to_owned()),
        Just("1e999".to_owned()),
        "[A-Z]{2} ?[A-Z0-9]{3}",
        "-?[0-9]{1,3}\\.[0-9]{0,3}",
        "\\PC{0,6}",
    ];
    let body = prop_oneof![
        prop::collection::vec(field, 0..80).prop_map(|fields| fields.join(",").into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
    ];
    (header, body).prop_map(|(header, body)| [header.as_bytes(), b"\n", &body].concat())
}

/// `GeoJSON` whose numbers and nesting have gone wrong.
fn hostile_geojson() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        Just("1e308".to_owned()),
        Just("null".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{1,9})?"
    ];
    let kind = prop_oneof![
        Just("Point"),
        Just("MultiPoint"),
        Just("Polygon"),
        Just("MultiPolygon"),
        Just("Sphere")
    ];
    (kind, prop::collection::vec(number, 0..12), 0..4_usize).prop_map(|(kind, numbers, depth)| {
        let pairs: Vec<String> = numbers
            .chunks(2)
            .map(|pair| format!("[{}]", pair.join(",")))
            .collect();
        let coordinates = if kind == "Point" {
            pairs.first().cloned().unwrap_or_default()
        } else {
            format!(
                "{}{}{}",
                "[".repeat(depth),
                pairs.join(","),
                "]".repeat(depth)
            )
        };
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"x\",\"radius_m\":-1}},\
             \"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}}}"
        )
        .into_bytes()
    })
}

proptest! {
    #[test]
    fn no_file_does_harm_and_every_row_is_accounted_for(content in prop_oneof![hostile_table(), hostile_geojson()]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ports");
        std::fs::write(&path, content).unwrap();
        if let Ok(table) = read_ports(&path) {
            prop_assert_eq!(table.rows, table.used + table.passed_over + table.rejected.len() as u64);
            prop_assert!(table.ports.len() as u64 <= table.used);
            let mut bundled = bundled_ports();
            let counts = bundled.add(&table);
            prop_assert_eq!(counts.added + counts.replaced, table.ports.len());
        }
    }
}
