//! The command line as it is typed. What it means is worked out in `plan.rs`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use landfall_pipeline::LEAST_MEMORY;
use landfall_report::LEAST_MAP_BYTES;
use std::path::PathBuf;

/// From ship positions and ports to port calls, voyages, dark gaps and GeoJSON tracks.
#[derive(Debug, Parser)]
#[command(
    name = "landfall",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find every vessel's port calls, voyages, stops and gaps, and write them to a folder
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Say what is in position files: format, columns, rows, span, vessels, rejected rows
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArgs),
    /// Say why an event is in a result: the reasoning with its numbers, and the source rows
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Do the run of a result again and compare every byte
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Look up ports by name or place
    #[command(subcommand)]
    Ports(PortsCommand),
    /// Print the configuration with its defaults, as a file for --config
    Config,
}

const RUN_EXAMPLES: &str = "\
Examples:
  landfall run positions.csv --out out
  landfall run 'ais/2023-*.csv.zst' extra.parquet --out out --mmsi 273210440
  landfall run ais/ --out out --port Najin --from 2023-09-01 --to 2024-01-01
  landfall run odd.csv --columns odd.toml --out out
  zcat old.csv.gz | grep -v test | landfall run - --out out
  landfall run positions.csv --out out --sightings sightings.csv --vessels vessels.csv
  landfall run ais/ --out out --watch-ports Najin --dossier 9358010
  landfall run case.toml --out out

A file for --columns (`landfall inspect` prints a draft for a file that is not recognised):
  time_format = \"day-first\"     # month-first, iso, unix-seconds, -milliseconds, -microseconds,
                                # -nanoseconds, month-name, or a pattern
  speed_unit = \"km/h\"           # or m/s, tenths of knots; left out: knots
  header = false                # of a file without a header: columns have numbers, as in mmsi = 1
  [columns]
  mmsi = \"Ship\"                 # or vessel_id, for any other identity
  time = \"When\"                 # with date = \"Day\", if that stands in a column of its own
  latitude = \"Lat\"
  longitude = \"Lon\"
  speed = \"Speed\"

A case file names what belongs together, with paths relative to its folder:
  inputs = [\"positions.csv\"]
  sightings = [\"sightings.csv\"]
  vessels = [\"vessels.csv\"]
  watch_ports = [\"KPRJN\"]
  dossiers = [\"9358010\"]

Times are UTC. Exit codes: 0 done; 1 failed, or a file broke off half-way, or nothing usable was
found; 2 wrong command line.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  landfall inspect positions.csv
  landfall inspect ais/ 'more/*.zip'
  landfall inspect odd.csv              # not recognised: with a draft of a file for --columns";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  landfall explain out 273210440/gap/2023-12-07T21:13:18Z
  landfall explain out gap/2023-12-07T21:13

Inputs are looked for by the paths given at the run, so run it from the same folder; an input that
has changed since is an error.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  landfall verify out

Inputs are looked for by the paths given at the run, so run it from the same folder. Exit codes: 0
the inputs and all outputs are the same; 1 something differs.";

const FIND_EXAMPLES: &str = "\
Examples:
  landfall ports find Vostochny
  landfall ports find Nakhodka --country KP
  landfall ports find KPNJN";

const NEAR_EXAMPLES: &str = "\
Examples:
  landfall ports near 42.23,130.30
  landfall ports near -33.86,151.2 --within 50";

/// Which column is which, for files that are not recognised.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReadArgs {
    /// Files, folders or quoted globs: CSV in any known format, plain, .gz, .zst or .zip; Parquet; - for
    /// standard input
    #[arg(required_unless_present = "state", value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// A TOML file that says which column is which in a CSV of another format
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) columns: Option<PathBuf>,
    /// Which comes first in dates such as 03/04/2023, where a file leaves it open
    #[arg(long, value_name = "ORDER")]
    pub(crate) date_order: Option<DayOrMonth>,
    /// Show no progress and no summary; errors are still shown
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// The order of day and month in dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DayOrMonth {
    /// 03/04/2023 is the 3rd of April
    #[value(alias = "dmy")]
    DayFirst,
    /// 03/04/2023 is the 4th of March
    #[value(alias = "mdy")]
    MonthFirst,
}

/// Which port table is used.
#[derive(Clone, Debug, Args)]
pub(crate) struct PortTableArgs {
    /// Port tables instead of the bundled one: World Port Index, UN/LOCODE, GFW anchorages, own CSV or GeoJSON
    #[arg(long, value_name = "FILE")]
    pub(crate) ports: Vec<PathBuf>,
    /// Port tables added to the bundled one, or to that of --ports
    #[arg(long, value_name = "FILE")]
    pub(crate) add_ports: Vec<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    /// Places that an earlier run learnt (its places.geojson): stops in them are at berths and anchorages known
    /// already, whoever else lies there; what this run shows is added
    #[arg(long, value_name = "FILE")]
    pub(crate) places: Vec<PathBuf>,
    /// File that keeps what is needed to go on later: feed January, then February, and get what both at once
    /// give. A new one is begun if there is none; without inputs the outputs are written anew from it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Feed files to the state that were fed to it before, by their SHA-256; their rows are late
    #[arg(long, requires = "state")]
    pub(crate) again: bool,
    /// Folder to write to; an earlier result of Landfall there is replaced
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Output formats, separated by commas: geojson, geojsonl (one feature a line), geoparquet, flatgeobuf,
    /// gpkg (one file, with styles), csv (WKT), kml
    #[arg(
        long,
        value_name = "FORMATS",
        default_value = "geojson",
        value_delimiter = ','
    )]
    pub(crate) format: Vec<String>,
    /// Simplify tracks to within so many metres of every report; 0 keeps every report
    /// (20 unless configured otherwise)
    #[arg(long, value_name = "METRES", allow_negative_numbers = true)]
    pub(crate) simplify: Option<f64>,
    /// Thresholds of detection, as printed by `landfall config`
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// Threads; one per core if not given
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// Memory to get along with, such as 512MB or 4GiB, whatever the input's size: what does not fit goes to
    /// temporary files (a quarter of the machine's memory if not given, at least 512 MB)
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub(crate) memory: Option<u64>,
    /// Print on stderr where the time went, stage by stage
    #[arg(long)]
    pub(crate) timings: bool,
    /// Folder for temporary files; the one that --out is in if not given
    #[arg(long, value_name = "DIR")]
    pub(crate) temp: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Ports")]
    pub(crate) ports: PortTableArgs,
    #[command(flatten, next_help_heading = "Other evidence")]
    pub(crate) evidence: EvidenceArgs,
    #[command(flatten, next_help_heading = "Map and charts")]
    pub(crate) views: ViewArgs,
    #[command(flatten, next_help_heading = "Restrict the run")]
    pub(crate) restrict: RestrictArgs,
}

/// What else is known besides positions.
#[derive(Clone, Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// Sightings (CSV or GeoJSON), each assessed against AIS
    #[arg(long, value_name = "FILE")]
    pub(crate) sightings: Vec<PathBuf>,
    /// Registers of vessels (CSV: names, aliases, IMO, MMSI, call sign, validity), to tell whom sightings name
    #[arg(long, value_name = "FILE")]
    pub(crate) vessels: Vec<PathBuf>,
    /// Ports of interest (names or UN/LOCODEs, separated by commas): the first candidates in every gap,
    /// and dark calls of grade D1, reachable only
    #[arg(long, value_name = "PORT", value_delimiter = ',')]
    pub(crate) watch_ports: Vec<String>,
    /// Write a dossier of a vessel (IMO number, MMSI or name, separated by commas)
    #[arg(long, value_name = "VESSEL", value_delimiter = ',')]
    pub(crate) dossier: Vec<String>,
    /// The speed in knots that no ship exceeds, instead of a cap by ship type: what it rules out is
    /// called impossible
    #[arg(long, value_name = "KNOTS")]
    pub(crate) max_speed: Option<f64>,
    /// The usual speed of every ship in knots, instead of her own: what it allows is called plausible
    #[arg(long, value_name = "KNOTS")]
    pub(crate) usual_speed: Option<f64>,
    /// The shortest stay that is a call, in hours (1 unless configured otherwise)
    #[arg(long, value_name = "HOURS")]
    pub(crate) min_stay: Option<f64>,
    /// Canals and straits taken for closed, separated by commas, such as suez,panama
    #[arg(long, value_name = "PASSAGE", value_delimiter = ',')]
    pub(crate) close: Vec<String>,
    /// Areas she could have reached, for these gaps: dark (those with a dark call), all, none, or ids
    /// of gaps
    #[arg(
        long,
        value_name = "GAPS",
        value_delimiter = ',',
        default_value = "dark"
    )]
    pub(crate) reach: Vec<String>,
    /// Leave out the case.toml that stands beside the inputs
    #[arg(long)]
    pub(crate) no_case: bool,
}

/// What shows the run beside its layers.
#[derive(Clone, Debug, Args)]
pub(crate) struct ViewArgs {
    /// Write no map.html
    #[arg(long)]
    pub(crate) no_map: bool,
    /// Only these vessels on the map (MMSI, IMO number, id or any name she sent, separated by commas)
    #[arg(
        long,
        value_name = "VESSEL",
        value_delimiter = ',',
        conflicts_with = "no_map"
    )]
    pub(crate) map_vessels: Vec<String>,
    /// The most that map.html may have, such as 40MB: what does not fit is simplified further, then left
    /// out, and the page says so (20 MB if not given; the map by itself needs 5)
    #[arg(long, value_name = "SIZE", value_parser = map_size, conflicts_with = "no_map")]
    pub(crate) map_size: Option<u64>,
    /// Draw charts as SVG into the output: calls per day and port, gap durations, rows rejected by reason
    #[arg(long)]
    pub(crate) plot: bool,
    /// Write trips.geojson too, for kepler.gl: vertices of longitude, latitude, 0 and epoch second
    #[arg(long)]
    pub(crate) trips: bool,
}

/// What the run is restricted to. Several values of one option widen it, several options narrow it.
#[derive(Clone, Debug, Args)]
pub(crate) struct RestrictArgs {
    /// Only these MMSIs (or other ids, where a source has no MMSI), separated by commas
    #[arg(long, value_name = "MMSI", value_delimiter = ',')]
    pub(crate) mmsi: Vec<String>,
    /// Only vessels that sent one of these IMO numbers
    #[arg(long, value_name = "IMO", value_delimiter = ',')]
    pub(crate) imo: Vec<String>,
    /// Only vessels that sent a name containing this text, in any case
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Vec<String>,
    /// Only vessels with a call, passage, silence or dark call at this port (name or UN/LOCODE)
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Vec<String>,
    /// Only vessels that were inside this box, and of them what touches it; west greater than east
    /// crosses the antimeridian
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", allow_hyphen_values = true)]
    pub(crate) bbox: Option<String>,
    /// Only reports at this time or later (UTC)
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Only reports before this time (UTC)
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A folder that `landfall run` wrote
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The id of an event or sighting, or a part of it that no other has
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A folder that `landfall run` wrote
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PortsCommand {
    /// Find ports by name, alias or code; tolerant of spelling
    #[command(after_help = FIND_EXAMPLES)]
    Find {
        /// Name or code
        #[arg(required = true)]
        name: Vec<String>,
        /// Only in this country (two letters, ISO 3166)
        #[arg(long, value_name = "CC")]
        country: Option<String>,
        #[command(flatten)]
        table: PortTableArgs,
    },
    /// List the ports near a place
    #[command(after_help = NEAR_EXAMPLES)]
    Near {
        /// Latitude and longitude in degrees, as in 42.23,130.30
        #[arg(value_name = "LAT,LON", allow_hyphen_values = true)]
        place: String,
        /// How far to look, in kilometres
        #[arg(
            long,
            value_name = "KM",
            default_value_t = 25.0,
            allow_negative_numbers = true
        )]
        within: f64,
        #[command(flatten)]
        table: PortTableArgs,
    },
}

/// How much memory a run may take.
fn memory(text: &str) -> Result<u64, String> {
    size(text, LEAST_MEMORY)
}

/// How large the map may be.
fn map_size(text: &str) -> Result<u64, String> {
    size(text, LEAST_MAP_BYTES)
}

/// A size in bytes: a number with B, kB, MB, GB, TB, or KiB and so on, in any case.
fn size(text: &str, least: u64) -> Result<u64, String> {
    let wrong = || "say it as in 512MB, 2GB or 4GiB".to_owned();
    let unit_at = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = unit.trim().to_ascii_lowercase();
    let scale: f64 = match unit.as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let bytes = (number * scale) as u64;
    if bytes < least {
        return Err(format!("at least {} MB are needed", least / 1_000_000));
    }
    Ok(bytes)
}
