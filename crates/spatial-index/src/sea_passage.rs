//! A passage is a way for ships where the coast of Natural Earth shows land (a canal, a strait, a
//! river), or one that is not always open (ice): a line of places, with the source that says so.

use crate::land_rings::{BadWaterData, NumberWriter, Numbers};
use landfall_track::Position;
use serde::{Deserialize, Serialize};

/// What sort of passage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PassageKind {
    /// Dug; may be closed to a ship by its size or its operator.
    Canal,
    /// A natural strait that the coast of Natural Earth closes, or shows as too narrow.
    Strait,
    /// The way up a river or an estuary to its ports.
    River,
    /// A line across open water that ships pass only when and where the ice lets them. Its places
    /// are not a way to follow but a gate to cross.
    Ice,
}

impl PassageKind {
    /// All of them, in the order in which they are numbered in the bundled graph.
    const ALL: [Self; 4] = [Self::Canal, Self::Strait, Self::River, Self::Ice];

    fn number(self) -> u64 {
        Self::ALL
            .iter()
            .position(|kind| *kind == self)
            .unwrap_or_default() as u64
    }
}

/// A canal, strait, river or icy gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its English name; unique.
    pub name: String,
    /// What sort it is.
    pub kind: PassageKind,
    /// Its line, two places at least. That of a way begins and ends at sea, or where it joins
    /// another passage.
    pub line: Vec<Position>,
}

impl Passage {
    pub(crate) fn write(&self, out: &mut NumberWriter) {
        out.text(&self.name);
        out.unsigned(self.kind.number());
        out.unsigned(self.line.len() as u64);
        for place in &self.line {
            out.signed(i64::from(place.lon_e7));
            out.signed(i64::from(place.lat_e7));
        }
    }

    pub(crate) fn read(numbers: &mut Numbers) -> Result<Self, BadWaterData> {
        let name = numbers.text()?.to_owned();
        let kind = PassageKind::ALL[numbers.at_most(PassageKind::ALL.len() as u64 - 1)? as usize];
        let count = numbers.at_most(10_000)?;
        let mut line = Vec::new();
        for _ in 0..count {
            let (lon, lat) = (numbers.signed()?, numbers.signed()?);
            if lon.abs() > 1_800_000_000 || lat.abs() > 900_000_000 {
                return Err(numbers.bad());
            }
            line.push(Position {
                lat_e7: lat as i32,
                lon_e7: lon as i32,
            });
        }
        Ok(Self { name, kind, line })
    }
}
