//! Adding one port table to another: a port that both have is kept once.

use crate::ports::PortTable;
use crate::ports_rows::plain;
use landfall_track::{Place, Port, Position, distance_m};
use rustc_hash::{FxHashMap, FxHashSet};

/// Ports of the same code this near each other are one port, in metres. Of the codes that the World
/// Port Index and searoute share, 95 in 100 lie within 32 km of each other.
const SAME_CODE_M: f64 = 50_000.0;
/// Ports of the same name this near each other are one port, in metres.
const SAME_NAME_M: f64 = 10_000.0;
/// How many points of a port are measured to find how near two are.
const MOST_POINTS: usize = 64;

/// What came of adding one table to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddedPorts {
    /// Ports that the table did not have.
    pub added: usize,
    /// Ports that both have: one stands for both now.
    pub replaced: usize,
}

impl PortTable {
    /// Adds another table's ports. A port that this table has already, by code (within 50 km) or by
    /// name (within 10 km, not in another country), is replaced by the other's: its place, name and
    /// radius count, the former names and codes are kept as aliases and other codes, and what the
    /// other does not say (country, harbour size, radius) is taken over; but where the other's only
    /// fills gaps ([`PortSource::yields`](landfall_track::PortSource::yields)) and this one does not, it is the other way round. It keeps
    /// its place in the list; ports not known before follow at the end. Of several added ports that would stand for
    /// the same one the first does, the others are ports of their own.
    ///
    /// The account (rows, rejected, ...) stays this table's; the other keeps its own.
    pub fn add(&mut self, other: &PortTable) -> AddedPorts {
        let known = KnownPorts::new(&self.ports);
        let mut taken = FxHashSet::default();
        let mut counts = AddedPorts::default();
        for port in &other.ports {
            let same = known
                .candidates(port)
                .filter(|at| !taken.contains(at))
                .filter_map(|at| Some((separation_m(&self.ports[at], port)?, at)))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let Some((_, at)) = same {
                taken.insert(at);
                let former = &self.ports[at];
                self.ports[at] = if port.source.yields() && !former.source.yields() {
                    merged(former, port)
                } else {
                    merged(port, former)
                };
                counts.replaced += 1;
            } else {
                self.ports.push(port.clone());
                counts.added += 1;
            }
        }
        counts
    }
}

/// Where in the table a code or a name is.
struct KnownPorts {
    by_code: FxHashMap<String, Vec<usize>>,
    by_name: FxHashMap<String, Vec<usize>>,
}

impl KnownPorts {
    fn new(ports: &[Port]) -> Self {
        let mut known = Self {
            by_code: FxHashMap::default(),
            by_name: FxHashMap::default(),
        };
        for (at, port) in ports.iter().enumerate() {
            for code in codes(port) {
                known.by_code.entry(code).or_default().push(at);
            }
            for name in names(port) {
                known.by_name.entry(name).or_default().push(at);
            }
        }
        known
    }

    /// The ports that share a code or a name with this one.
    fn candidates(&self, port: &Port) -> impl Iterator<Item = usize> {
        let by_code = codes(port)
            .into_iter()
            .filter_map(|code| self.by_code.get(&code));
        let by_name = names(port)
            .into_iter()
            .filter_map(|name| self.by_name.get(&name));
        by_code
            .chain(by_name)
            .flatten()
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
    }
}

fn codes(port: &Port) -> Vec<String> {
    port.locode
        .iter()
        .map(ToString::to_string)
        .chain(
            port.other_codes
                .iter()
                .map(|code| plain(code).to_ascii_uppercase()),
        )
        .filter(|code| !code.is_empty())
        .collect()
}

fn names(port: &Port) -> Vec<String> {
    port.aliases
        .iter()
        .chain([&port.name])
        .map(|name| name_key(name))
        .collect()
}

/// A name without case, blanks and punctuation, in any script.
fn name_key(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// How far apart two ports are, in metres, if they are one by code or by name.
fn separation_m(a: &Port, b: &Port) -> Option<f64> {
    let apart_m = least_distance_m(a, b)?;
    let share = |of_a: Vec<String>, of_b: Vec<String>| of_a.iter().any(|text| of_b.contains(text));
    let same_country = a.country.is_none() || b.country.is_none() || a.country == b.country;
    // Two ports of one bay may share an alias; the name of one of them must be among the other's.
    let named = |one: &Port, other: &Port| names(other).contains(&name_key(&one.name));
    let by_name = same_country && apart_m <= SAME_NAME_M && (named(a, b) || named(b, a));
    let by_code = apart_m <= SAME_CODE_M && share(codes(a), codes(b));
    (by_name || by_code).then_some(apart_m)
}

fn least_distance_m(a: &Port, b: &Port) -> Option<f64> {
    let (a, b) = (some_points(a), some_points(b));
    a.iter()
        .flat_map(|from| b.iter().map(|to| distance_m(*from, *to)))
        .min_by(f64::total_cmp)
}

fn some_points(port: &Port) -> Vec<Position> {
    match &port.place {
        Place::Points(points) => points.iter().take(MOST_POINTS).copied().collect(),
        Place::Polygons(polygons) => polygons
            .iter()
            .flatten()
            .flatten()
            .take(MOST_POINTS)
            .copied()
            .collect(),
    }
}

/// The first port, with what it does not say taken from the second.
fn merged(added: &Port, former: &Port) -> Port {
    let mut port = added.clone();
    for name in [&former.name].into_iter().chain(&former.aliases) {
        if !names(&port).contains(&name_key(name)) {
            port.aliases.push(name.clone());
        }
    }
    port.locode = added.locode.or(former.locode);
    for code in former
        .locode
        .iter()
        .map(ToString::to_string)
        .chain(former.other_codes.clone())
    {
        if !codes(&port).contains(&code) {
            port.other_codes.push(code);
        }
    }
    port.country = added.country.or(former.country);
    port.harbor_size = added.harbor_size.or(former.harbor_size);
    if let (Place::Points(_), Place::Points(_)) = (&added.place, &former.place) {
        port.radius_m = added.radius_m.or(former.radius_m);
    }
    port
}
