//! The plan: arguments become library objects, here and nowhere else.

use crate::args::{DayOrMonth, PortTableArgs, ReadArgs, RestrictArgs, RunArgs};
use crate::{Outcome, evidence};
use anyhow::{Context, Result};
use landfall_ingest::{ColumnMap, DateOrder, PortTable, ReadOptions};
use landfall_pipeline::{Config, DrawnReach, Evidence, MapPlan, Plan, Restriction};
use landfall_report::{Format, MAP_BYTES, ManifestTable, RejectedEntry};
use landfall_spatial_index::{PassageKind, PortIndex, PortRadiusConfig, SeaWays};
use landfall_track::{
    BoundingBox, CountryCode, LonLat, Mmsi, Port, PortIx, Position, StopPlace, VesselId,
};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A command line that cannot be meant: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadArgument(pub(crate) String);

fn bad(option: &str, value: &str, why: impl std::fmt::Display) -> anyhow::Error {
    BadArgument(format!("{option} `{value}`: {why}")).into()
}

/// Reads one value of an option.
fn parsed<T>(option: &str, value: &str) -> Result<T>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    value
        .trim()
        .parse()
        .map_err(|error: T::Err| bad(option, value, error))
}

/// Reads every value of an option.
fn all_parsed<T>(option: &str, values: &[String]) -> Result<Vec<T>>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    values.iter().map(|value| parsed(option, value)).collect()
}

/// The run that the arguments ask for.
pub(crate) fn plan(args: &RunArgs) -> Result<Plan> {
    let mut config = config(args.config.as_deref())?;
    if let Some(tolerance_m) = args.simplify {
        config.detection.path.tolerance_m = tolerance_m;
    }
    let evidence = &args.evidence;
    let inference = &mut config.inference;
    inference.cap_knots = evidence.max_speed.or(inference.cap_knots);
    inference.usual_knots = evidence.usual_speed.or(inference.usual_knots);
    inference.min_stay_h = evidence.min_stay.unwrap_or(inference.min_stay_h);
    config.check().map_err(|error| match &args.config {
        Some(path) => anyhow::anyhow!("`{}`: {error}", path.display()),
        None => BadArgument(error.to_string()).into(),
    })?;
    let PortTables {
        ports,
        origins: mut tables,
        mut rejected,
    } = port_tables(&args.ports)?;
    let places = places(
        &args.places,
        &ports,
        &config.port_radius,
        &mut tables,
        &mut rejected,
    )?;
    let restriction = restriction(&args.restrict, &ports, &config.port_radius)?;
    let watched = ports_named(
        "--watch-ports",
        &evidence.watch_ports,
        &ports,
        &config.port_radius,
    )?;
    Ok(Plan {
        evidence: Evidence {
            watched: watched.into_iter().collect(),
            ..Evidence::default()
        },
        places,
        dossiers: evidence.dossier.clone(),
        reach: reach(&evidence.reach),
        closed_passages: closed(&evidence.close)?,
        arguments: Vec::new(),
        inputs: landfall_ingest::expand_inputs(&args.read.inputs)?,
        read: ReadOptions {
            temp: args.temp.clone().or_else(|| beside(&args.out)),
            ..read_options(&args.read)?
        },
        ports,
        tables,
        rejected,
        restriction,
        config,
        out: args.out.clone(),
        formats: all_parsed::<Format>("--format", &args.format)?,
        trips: args.views.trips,
        plot: args.views.plot,
        map: (!args.views.no_map).then(|| MapPlan {
            most_bytes: args.views.map_size.unwrap_or(MAP_BYTES),
            vessels: args.views.map_vessels.clone(),
        }),
        threads: args.threads,
        memory: args.memory,
        state: args.state.clone(),
        again: args.again,
        temp: args.temp.clone(),
    })
}

/// The folder that the output will be in, if there is one.
fn beside(out: &Path) -> Option<PathBuf> {
    let folder = match out.parent()? {
        here if here.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    folder.is_dir().then(|| folder.to_owned())
}

/// The passages that names or their beginnings mean, in any case.
fn closed(names: &[String]) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let water = SeaWays::bundled()?;
    let mut closed = Vec::new();
    for name in names {
        let wanted = name.trim().to_lowercase();
        let found: Vec<&str> = water
            .passages()
            .iter()
            .map(|passage| passage.name.as_str())
            .filter(|known| !wanted.is_empty() && known.to_lowercase().starts_with(&wanted))
            .collect();
        let exact = found.iter().find(|known| known.to_lowercase() == wanted);
        match (exact, found.as_slice()) {
            (Some(only), _) | (None, [only]) => closed.push((*only).to_owned()),
            (None, []) => {
                let all: Vec<&str> = water
                    .passages()
                    .iter()
                    .filter(|passage| passage.kind != PassageKind::River)
                    .map(|passage| passage.name.as_str())
                    .collect();
                let why = format!("no such passage; there are {}, and rivers", all.join(", "));
                return Err(bad("--close", name, why));
            }
            (None, several) => {
                let why = format!("which of {}?", several.join(", "));
                return Err(bad("--close", name, why));
            }
        }
    }
    Ok(closed)
}

/// For which gaps the area within reach is drawn.
fn reach(wanted: &[String]) -> DrawnReach {
    match wanted {
        [only] if only == "dark" => DrawnReach::WithDarkCall,
        [only] if only == "all" => DrawnReach::All,
        [only] if only == "none" => DrawnReach::None,
        ids => DrawnReach::Gaps(ids.iter().cloned().collect()),
    }
}

/// The configuration in a file, or the defaults.
fn config(path: Option<&Path>) -> Result<Config> {
    let Some(path) = path else {
        return Ok(Config::default());
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration `{}`", path.display()))?;
    toml::from_str(&text).with_context(|| {
        format!(
            "the configuration `{}` is not right; `landfall config` prints one with all defaults",
            path.display()
        )
    })
}

/// Prints the default configuration.
pub(crate) fn print_config() -> Result<Outcome> {
    let text = toml::to_string(&Config::default())?;
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}

/// How position files are read.
pub(crate) fn read_options(args: &ReadArgs) -> Result<ReadOptions> {
    let columns = args
        .columns
        .as_deref()
        .map(ColumnMap::from_toml)
        .transpose()?;
    let date_order = args.date_order.map(|order| match order {
        DayOrMonth::DayFirst => DateOrder::DayFirst,
        DayOrMonth::MonthFirst => DateOrder::MonthFirst,
    });
    Ok(ReadOptions {
        columns,
        date_order,
        ..ReadOptions::default()
    })
}

/// Reads the port tables: the bundled one or those of `--ports`, and those of `--add-ports`. Rows that
/// cannot be used are told.
pub(crate) fn port_tables(args: &PortTableArgs) -> Result<PortTables> {
    let mut table: Option<PortTable> = None;
    let mut origins = Vec::new();
    let mut rejected = Vec::new();
    if args.ports.is_empty() {
        let bundled = landfall_ingest::bundled_ports();
        origins.push(origin("bundled".to_owned(), &bundled));
        table = Some(bundled);
    }
    for path in args.ports.iter().chain(&args.add_ports) {
        let read = landfall_ingest::read_ports(path)?;
        evidence::tell(path, "not used", &read.rejected);
        evidence::tell(path, "the rest of the row is used", &read.doubts);
        rejected.extend(evidence::entries(path, "bad_port", &read.rejected));
        origins.push(origin(path.display().to_string(), &read));
        match &mut table {
            Some(table) => {
                table.add(&read);
            }
            None => table = Some(read),
        }
    }
    Ok(PortTables {
        ports: table.map(|table| table.ports).unwrap_or_default(),
        origins,
        rejected,
    })
}

/// Reads the places that are known already. Features that cannot be used are told.
fn places(
    paths: &[PathBuf],
    ports: &[Port],
    radii: &PortRadiusConfig,
    origins: &mut Vec<ManifestTable>,
    rejected: &mut Vec<RejectedEntry>,
) -> Result<Vec<StopPlace>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let index = PortIndex::new(ports.to_vec(), radii);
    let mut places = Vec::new();
    for path in paths {
        let table = landfall_ingest::read_places(path)?;
        evidence::tell(path, "not used", &table.rejected);
        rejected.extend(evidence::entries(path, "bad_place", &table.rejected));
        origins.push(ManifestTable {
            role: "places".to_owned(),
            path: path.display().to_string(),
            format: "geojson".to_owned(),
            size: Some(table.bytes),
            sha256: Some(table.sha256),
            accepted: table.places.len() as u64,
            rejected: table.rejected.len() as u64,
        });
        places.extend(table.places.into_iter().map(|(place, port)| {
            // One that the table has not is looked for anew.
            let found = if port.is_empty() {
                Vec::new()
            } else {
                index.find(&port, None).exact(&index)
            };
            let off_m = |port: &PortIx| index.distance_m(*port, place.position);
            let nearest = found
                .into_iter()
                .min_by(|a, b| off_m(a).total_cmp(&off_m(b)));
            StopPlace {
                port: nearest,
                ..place
            }
        }));
    }
    Ok(places)
}

/// All port tables of a run as one.
pub(crate) struct PortTables {
    pub(crate) ports: Vec<Port>,
    /// What the manifest says of each.
    origins: Vec<ManifestTable>,
    /// Rows that cannot be used.
    rejected: Vec<RejectedEntry>,
}

fn origin(path: String, table: &PortTable) -> ManifestTable {
    ManifestTable {
        role: "ports".to_owned(),
        path,
        format: table.format.to_string(),
        size: table.sha256.is_some().then_some(table.bytes),
        sha256: table.sha256.clone(),
        accepted: table.used,
        rejected: table.rejected.len() as u64,
    }
}

fn restriction(
    args: &RestrictArgs,
    ports: &[Port],
    radii: &PortRadiusConfig,
) -> Result<Restriction> {
    let ids = args
        .mmsi
        .iter()
        .map(|text| vessel_id(text.trim()))
        .collect::<Result<_>>()?;
    let restriction = Restriction {
        ids,
        imo: all_parsed("--imo", &args.imo)?,
        names: args.name.clone(),
        ports: ports_named("--port", &args.port, ports, radii)?,
        port_names: args.port.clone(),
        bbox: args.bbox.as_deref().map(bounding_box).transpose()?,
        from: args
            .from
            .as_deref()
            .map(|text| parsed("--from", text))
            .transpose()?,
        to: args
            .to
            .as_deref()
            .map(|text| parsed("--to", text))
            .transpose()?,
    };
    if let (Some(from), Some(to)) = (restriction.from, restriction.to)
        && from >= to
    {
        return Err(bad(
            "--to",
            &to.to_string(),
            format!("must be later than --from {from}"),
        ));
    }
    Ok(restriction)
}

/// An MMSI, or where sources have none any other id.
fn vessel_id(text: &str) -> Result<VesselId> {
    if text.is_empty() {
        return Err(bad(
            "--mmsi",
            text,
            "expected an MMSI or another id of a vessel",
        ));
    }
    let mmsi = text
        .parse()
        .ok()
        .and_then(Mmsi::new)
        .filter(|_| text.len() <= 9);
    Ok(mmsi.map_or_else(|| VesselId::Text(text.into()), VesselId::Mmsi))
}

/// The ports that names or codes mean exactly; a near miss is an error that offers what was found.
fn ports_named(
    option: &str,
    names: &[String],
    ports: &[Port],
    radii: &PortRadiusConfig,
) -> Result<Vec<PortIx>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let index = PortIndex::new(ports.to_vec(), radii);
    let mut found = Vec::new();
    for name in names {
        let search = index.find(name, None);
        let exact = search.exact(&index);
        if exact.is_empty() {
            let offers: Vec<&str> = search
                .matches
                .iter()
                .take(3)
                .map(|found| index.port(found.port).name.as_str())
                .collect();
            let hint = if offers.is_empty() {
                "try `landfall ports find`".to_owned()
            } else {
                format!("did you mean {}?", offers.join(", "))
            };
            return Err(bad(
                option,
                name,
                format!("no port of that name or code; {hint}"),
            ));
        }
        found.extend(exact);
    }
    Ok(found)
}

/// A box as west, south, east and north, the order of RFC 7946.
fn bounding_box(text: &str) -> Result<BoundingBox> {
    const EXPECTED: &str = "expected WEST,SOUTH,EAST,NORTH in degrees, such as 130,42,133.5,43.5";
    let wrong = || bad("--bbox", text, EXPECTED);
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().map_err(|_| wrong()))
        .collect::<Result<_>>()?;
    let [west, south, east, north] = numbers[..] else {
        return Err(wrong());
    };
    let corner = |lon, lat| Position::from_degrees(LonLat { lon, lat }).ok_or_else(wrong);
    if south > north {
        return Err(bad(
            "--bbox",
            text,
            format!("south {south} lies north of north {north}"),
        ));
    }
    Ok(BoundingBox {
        south_west: corner(west, south)?,
        north_east: corner(east, north)?,
    })
}

/// A place as latitude and longitude, the order in which people say it.
pub(crate) fn place(text: &str) -> Result<Position> {
    let wrong = || {
        bad(
            "LAT,LON",
            text,
            "expected latitude and longitude, such as 42.23,130.30",
        )
    };
    let (lat, lon) = text.split_once([',', ' ']).ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
    Position::from_degrees(LonLat {
        lon: number(lon)?,
        lat: number(lat)?,
    })
    .ok_or_else(wrong)
}

/// A country asked for on the command line.
pub(crate) fn country(text: &str) -> Result<CountryCode> {
    parsed("--country", text)
}
