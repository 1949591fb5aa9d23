//! A hull's path while it grows: its vertices, of which those that do not fit into memory are on disk.

use crate::PipelineError;
use crate::temp_file::TempFile;
use landfall_track::{Leg, Position, ReportRef, Timestamp, Vertex};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Bytes of a vertex on disk: time, latitude, longitude, and whether a gap lies before it.
const RECORD: usize = 8 + 4 + 4 + 1;
/// Vertices that are read from disk at a time.
const PIECE: u64 = 1 << 12;

/// Vertices in order. Only what is all in memory can be stored in a state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Vertices {
    /// The first ones: where they are on disk.
    #[serde(skip)]
    stretches: Vec<Stretch>,
    #[serde(skip)]
    file: Option<Arc<TempFile>>,
    /// The others.
    in_memory: Vec<Vertex>,
}

/// Vertices that stand side by side on disk.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The number of the first.
    first: u64,
    count: u64,
    offset: u64,
}

impl Vertices {
    /// Takes the next one.
    #[inline]
    pub(crate) fn push(&mut self, vertex: Vertex) {
        self.in_memory.push(vertex);
    }

    /// How many of them are on disk.
    fn on_disk(&self) -> u64 {
        let last = self.stretches.last();
        last.map_or(0, |last| last.first + last.count)
    }

    /// Bytes in memory.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.in_memory.as_slice())
    }

    /// Writes those in memory to a file, which is to be given to [`Self::keep_file`] in the end.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn spill(&mut self, file: &mut TempFile) -> Result<(), PipelineError> {
        if self.in_memory.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(self.in_memory.len() * RECORD);
        for vertex in &self.in_memory {
            bytes.extend_from_slice(&vertex.time.as_millis().to_le_bytes());
            bytes.extend_from_slice(&vertex.position.lat_e7.to_le_bytes());
            bytes.extend_from_slice(&vertex.position.lon_e7.to_le_bytes());
            bytes.push(u8::from(vertex.after_gap));
        }
        self.stretches.push(Stretch {
            first: self.on_disk(),
            count: self.in_memory.len() as u64,
            offset: file.length(),
        });
        file.append(&bytes)?;
        self.in_memory.clear();
        Ok(())
    }

    /// Keeps the file that they were written to.
    pub(crate) fn keep_file(&mut self, file: Option<&Arc<TempFile>>) {
        self.file = file.cloned();
    }

    /// The vertices from one to another, both included, as far as there are any: in pieces, so that
    /// those on disk take little memory.
    pub(crate) fn between(
        &self,
        first: u64,
        last: u64,
    ) -> impl Iterator<Item = Result<Cow<'_, [Vertex]>, PipelineError>> {
        let on_disk = self.on_disk();
        let pieces = self.stretches.iter().flat_map(move |stretch| {
            let end = (last + 1).min(stretch.first + stretch.count);
            let start = first.max(stretch.first);
            let pieces = (start..end.max(start)).step_by(PIECE as usize);
            pieces.map(move |from| {
                let vertices = self.read(stretch, from, (from + PIECE).min(end))?;
                Ok(Cow::Owned(vertices))
            })
        });
        let in_memory = (last >= on_disk)
            .then(|| {
                let range = first.saturating_sub(on_disk) as usize..=(last - on_disk) as usize;
                self.in_memory.get(range)
            })
            .flatten();
        pieces.chain(in_memory.map(|vertices| Ok(Cow::Borrowed(vertices))))
    }

    /// The path of a leg: its ends, and the vertices between them.
    pub(crate) fn of_leg(
        &self,
        leg: &Leg,
    ) -> impl Iterator<Item = Result<Cow<'_, [Vertex]>, PipelineError>> {
        let end = |report: ReportRef, after_gap| Vertex {
            time: report.time,
            position: report.position,
            after_gap,
        };
        let (first, last) = (leg.first, leg.last);
        let ends_in_one = first.time >= last.time;
        // Where a gap ends with the last report, that is a vertex, to which no line leads.
        let ends_after_gap = Rc::new(Cell::new(false));
        let seen = Rc::clone(&ends_after_gap);
        let between = self
            .between(leg.first_vertex, leg.last_vertex)
            .map(move |piece| {
                let mut vertices = piece?.into_owned();
                let is_last = |vertex: &Vertex| vertex.time == last.time && vertex.after_gap;
                seen.set(seen.get() || vertices.iter().any(is_last));
                vertices.retain(|vertex| vertex.time > first.time && vertex.time < last.time);
                Ok(Cow::Owned(vertices))
            });
        let last_piece = std::iter::once_with(move || {
            let vertices = vec![end(last, ends_after_gap.get()); usize::from(!ends_in_one)];
            Ok(Cow::Owned(vertices))
        });
        std::iter::once(Ok(Cow::Owned(vec![end(first, false)])))
            .chain(between)
            .chain(last_piece)
    }

    /// All of them.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(crate) fn all(&self) -> Result<Vec<Vertex>, PipelineError> {
        let count = self.on_disk() + self.in_memory.len() as u64;
        let mut all = Vec::with_capacity(count as usize);
        if let Some(last) = count.checked_sub(1) {
            for piece in self.between(0, last) {
                all.extend_from_slice(&piece?);
            }
        }
        Ok(all)
    }

    fn read(&self, stretch: &Stretch, from: u64, to: u64) -> Result<Vec<Vertex>, PipelineError> {
        let Some(file) = &self.file else {
            return Ok(Vec::new());
        };
        let mut bytes = vec![0; (to - from) as usize * RECORD];
        let offset = stretch.offset + (from - stretch.first) * RECORD as u64;
        file.read_at(&mut bytes, offset)?;
        let records = bytes.as_chunks::<RECORD>().0.iter();
        records
            .map(|record| decoded(record).ok_or_else(|| file.damaged()))
            .collect()
    }
}

fn decoded(record: &[u8; RECORD]) -> Option<Vertex> {
    let (time, rest) = record.split_first_chunk()?;
    let (lat_e7, rest) = rest.split_first_chunk()?;
    let (lon_e7, rest) = rest.split_first_chunk()?;
    Some(Vertex {
        time: Timestamp::from_millis(i64::from_le_bytes(*time))?,
        position: Position {
            lat_e7: i32::from_le_bytes(*lat_e7),
            lon_e7: i32::from_le_bytes(*lon_e7),
        },
        after_gap: *rest.first()? != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_part_comes_back_wherever_it_lies(
            count in 1_u64..60,
            spills in prop::collection::vec(0_u64..60, 0..4),
            ends in (0_u64..60, 0_u64..60),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut file = TempFile::new(folder.path()).unwrap();
            let mut vertices = Vertices::default();
            let vertex = |number: u64| Vertex {
                time: Timestamp::from_seconds(number.cast_signed()).unwrap(),
                position: Position { lat_e7: -(number as i32), lon_e7: 7 },
                after_gap: number.is_multiple_of(3),
            };
            for number in 0..count {
                if spills.contains(&number) {
                    vertices.spill(&mut file).unwrap();
                }
                vertices.push(vertex(number));
            }
            vertices.keep_file(Some(&Arc::new(file)));
            let all: Vec<Vertex> = (0..count).map(vertex).collect();
            prop_assert_eq!(&vertices.all().unwrap(), &all);
            let (first, last) = (ends.0.min(ends.1).min(count - 1), ends.0.max(ends.1).min(count - 1));
            let mut part = Vec::new();
            for piece in vertices.between(first, last) {
                part.extend_from_slice(&piece.unwrap());
            }
            prop_assert_eq!(&part, &all[first as usize..=last as usize]);
        }
    }
}
