//! The subjects of inference: hulls with what detection keeps of them. What does not fit into
//! memory waits on disk.

use crate::PipelineError;
use crate::fleet::Kinds;
use crate::observe::ObservedHull;
use crate::state_file::record_bytes;
use crate::temp_file::TempFile;
use landfall_track::{GapKind, HullIx, Vertex, Vessel};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::PathBuf;

/// One hull with what detection keeps of it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) vessel: Vessel,
    pub(crate) vessel_id: String,
    pub(crate) observed: ObservedHull,
    pub(crate) asked: Asked,
}

/// Whether the run asks for a vessel. Sightings are held against all vessels all the same, so that what
/// they come to does not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Asked {
    /// It is asked for.
    Yes,
    /// It is asked for if it has a dark call at a port asked for, which only inference can say.
    IfDarkCall,
    /// The restriction leaves it out.
    #[default]
    No,
}

impl Subject {
    /// About how many bytes she takes in memory.
    fn size(&self) -> usize {
        const IDENTITY: usize = 400;
        const GAP: usize = 256;
        let observed = &self.observed;
        size_of::<Self>()
            + self.vessel_id.len()
            + self.vessel.identities.len() * IDENTITY
            + observed.gaps.len() * GAP
            + size_of_val(observed.calls.as_slice())
            + observed.vertices.len() * size_of::<Vertex>()
    }
}

/// Every hull, in the order in which they were found.
pub(crate) struct Subjects {
    folder: PathBuf,
    /// Bytes that may be in memory, and those that are.
    memory: usize,
    used: usize,
    in_memory: Vec<Subject>,
    on_disk: Option<OnDisk>,
    have_gaps: bool,
    /// The kinds of gaps that were told when all were in.
    kinds: Kinds,
}

/// The hulls after those in memory.
struct OnDisk {
    file: TempFile,
    /// Where each begins, and where the last ends.
    places: Vec<u64>,
    bytes: Vec<u8>,
}

/// Bytes that are written at a time.
const CHUNK: usize = 1 << 20;

impl Subjects {
    /// None yet; so many bytes of them stay in memory, the others go to a folder.
    pub(crate) fn new(folder: PathBuf, memory: usize) -> Self {
        Self {
            folder,
            memory,
            used: 0,
            in_memory: Vec::new(),
            on_disk: None,
            have_gaps: false,
            kinds: Kinds::new(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let on_disk = self.on_disk.as_ref();
        self.in_memory.len() + on_disk.map_or(0, |disk| disk.places.len() - 1)
    }

    /// Whether any was ever silent.
    pub(crate) fn have_gaps(&self) -> bool {
        self.have_gaps
    }

    /// Takes the next one.
    ///
    /// # Errors
    /// If there is no room for her.
    pub(crate) fn push(&mut self, subject: Subject) -> Result<(), PipelineError> {
        self.used += subject.size();
        self.have_gaps |= !subject.observed.gaps.is_empty();
        if self.used <= self.memory {
            self.in_memory.push(subject);
            return Ok(());
        }
        let disk = match &mut self.on_disk {
            Some(disk) => disk,
            none => none.insert(OnDisk {
                file: TempFile::new(&self.folder)?,
                places: vec![0],
                bytes: Vec::new(),
            }),
        };
        disk.bytes.extend(record_bytes(&subject)?);
        disk.places
            .push(disk.file.length() + disk.bytes.len() as u64);
        if disk.bytes.len() >= CHUNK {
            disk.flush()?;
        }
        Ok(())
    }

    /// Ends the writing: from here on any can be had.
    ///
    /// # Errors
    /// If there is no room for what is left.
    pub(crate) fn finish(mut self) -> Result<Self, PipelineError> {
        if let Some(disk) = &mut self.on_disk {
            disk.flush()?;
        }
        Ok(self)
    }

    /// Takes the kinds of those gaps that are no silences. Others stay what they are.
    pub(crate) fn with_kinds(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        for (number, subject) in self.in_memory.iter_mut().enumerate() {
            tell_kinds(&self.kinds, number, subject);
        }
        self
    }

    /// One hull; the first is 0.
    ///
    /// # Errors
    /// If she cannot be read.
    pub(crate) fn get(&self, number: usize) -> Result<Cow<'_, Subject>, PipelineError> {
        if let Some(subject) = self.in_memory.get(number) {
            return Ok(Cow::Borrowed(subject));
        }
        let at = number - self.in_memory.len();
        // Who is not in memory is on disk.
        let Some(disk) = &self.on_disk else {
            return Err(PipelineError::temp("read", &self.folder)(
                std::io::ErrorKind::NotFound.into(),
            ));
        };
        let (start, end) = (disk.places[at], disk.places[at + 1]);
        let mut bytes = vec![0; (end - start) as usize];
        disk.file.read_at(&mut bytes, start)?;
        let mut subject: Subject = postcard::from_bytes(&bytes).map_err(|_| disk.file.damaged())?;
        tell_kinds(&self.kinds, number, &mut subject);
        Ok(Cow::Owned(subject))
    }
}

/// Gives the gaps of a hull the kinds that they have.
fn tell_kinds(kinds: &Kinds, number: usize, subject: &mut Subject) {
    let hull = HullIx(number as u32);
    for ((_, gap), kind) in kinds.range((hull, 0)..=(hull, u32::MAX)) {
        if let Some(gap) = subject.observed.gaps.get_mut(*gap as usize)
            && gap.kind == GapKind::Silence
        {
            gap.kind = *kind;
        }
    }
}

impl OnDisk {
    fn flush(&mut self) -> Result<(), PipelineError> {
        self.file.append(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{CapBasis, Hull, Mmsi, ReachSpeeds, Timestamp, VesselId};
    use std::collections::BTreeMap;

    fn subject(number: u32) -> Subject {
        Subject {
            vessel: Vessel {
                id: VesselId::Mmsi(Mmsi::new(number + 1).unwrap()),
                identities: Vec::new(),
            },
            vessel_id: format!("hull {number}"),
            observed: ObservedHull {
                hull: Hull {
                    number,
                    since: Timestamp::default(),
                },
                calls: Vec::new(),
                gaps: Vec::new(),
                vertices: Vec::new(),
                speeds: ReachSpeeds {
                    cap_knots: f64::from(number) + 0.1,
                    cap_basis: CapBasis::Seen,
                    usual_knots: None,
                },
                own: Vec::new(),
                marks: Vec::new(),
                claimed: Vec::new(),
                suspected: Vec::new(),
                rival: Vec::new(),
                considered: Vec::new(),
                there: Vec::new(),
                reports_in_call: BTreeMap::from([(number, 9)]),
                at_rest: [number].into(),
            },
            asked: Asked::IfDarkCall,
        }
    }

    #[test]
    fn who_went_to_disk_comes_back_as_who_stayed_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        for memory in [0, 3000, usize::MAX] {
            let mut subjects = Subjects::new(folder.path().to_owned(), memory);
            for number in 0..50 {
                subjects.push(subject(number)).unwrap();
            }
            let subjects = subjects.finish().unwrap();
            assert_eq!(subjects.len(), 50);
            for number in [49, 0, 7, 20] {
                let back = subjects.get(number as usize).unwrap();
                assert_eq!(
                    record_bytes(&*back).unwrap(),
                    record_bytes(&subject(number)).unwrap()
                );
            }
        }
    }
}
