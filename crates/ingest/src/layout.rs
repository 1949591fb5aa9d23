//! A layout is a format met with one header: which of its columns holds which field.

use crate::column_map::{ColumnMap, MappedTimes};
use crate::field::Field;
use crate::format::{Certainty, FORMATS, Format, GENERIC, IdentityFrom, Times, normalised};
use crate::source_file::ColumnUse;
use crate::time_format::TimeFormat;

/// Which column holds which field, and how to read it.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The format's name.
    pub format: String,
    /// The header's columns as they are spelled there.
    pub names: Vec<String>,
    columns: [Option<usize>; Field::COUNT],
    /// How times are written, as far as the format knows.
    pub times: Times,
    /// The pattern that the user gave for times.
    pub pattern: Option<TimeFormat>,
    /// Knots in one of the source's unit of speed.
    pub knots_per_unit: f64,
    /// Words that mean absent, in lower case.
    pub absent: Vec<String>,
    /// Whether the file's name is the vessel's identity.
    pub vessel_from_file_name: bool,
    /// The runs of columns that hold particulars, first and last.
    pub particular_runs: Vec<(usize, usize)>,
    uses: Vec<ColumnUse>,
}

/// Whether names are a header.
#[derive(Debug)]
pub(crate) enum Recognition {
    /// They are, of this layout.
    Layout(Box<Layout>),
    /// They nearly are: something that every row needs has no column.
    Near {
        /// What is missing, in words.
        missing: String,
        /// How many of the needed things are there.
        found: usize,
    },
    /// They are not.
    Unknown,
}

impl Layout {
    /// Recognises a format by a header's names; the user's column map goes first.
    pub(crate) fn recognise(names: &[String], map: Option<&ColumnMap>) -> Recognition {
        let keys: Vec<String> = names.iter().map(|name| normalised(name)).collect();
        let mut unmapped = None;
        if let Some(map) = map {
            match Self::by_map(names, &keys, map) {
                Ok(layout) => return Recognition::Layout(Box::new(layout)),
                Err(near) => unmapped = Some(near),
            }
        }
        let has = |name: &&str| keys.iter().any(|key| key == name);
        let is_signed = |format: &&Format| format.signature.iter().all(|any| any.iter().any(&has));
        let known = FORMATS.iter().find(is_signed);
        let format = known.unwrap_or(&GENERIC);
        match (Self::by_format(names, &keys, format), unmapped) {
            (Recognition::Layout(layout), _) => Recognition::Layout(layout),
            (_, Some(near)) => near,
            (other, None) => other,
        }
    }

    fn by_format(names: &[String], keys: &[String], format: &Format) -> Recognition {
        let mut columns = [None; Field::COUNT];
        for (field, candidates) in format.columns {
            columns[*field as usize] = candidates
                .iter()
                .find_map(|name| keys.iter().position(|key| key == name));
        }
        if columns[Field::Mmsi as usize].is_some() {
            columns[Field::VesselId as usize] = None;
        }
        let layout = Self {
            format: format.name.to_owned(),
            names: names.to_vec(),
            columns,
            times: format.times,
            pattern: None,
            knots_per_unit: format.speed.knots(),
            absent: format
                .absent
                .iter()
                .map(|word| (*word).to_owned())
                .collect(),
            vessel_from_file_name: format.identity == IdentityFrom::FileName,
            particular_runs: Vec::new(),
            uses: Vec::new(),
        };
        let note = match format.certainty {
            Certainty::Known => None,
            Certainty::Guessed => Some("by its name"),
        };
        layout.checked(note)
    }

    fn by_map(names: &[String], keys: &[String], map: &ColumnMap) -> Result<Self, Recognition> {
        let mut columns = [None; Field::COUNT];
        let mut missing = Vec::new();
        for (field, wanted) in &map.columns {
            let key = normalised(wanted);
            let found = names
                .iter()
                .position(|name| name == wanted.trim())
                .or_else(|| keys.iter().position(|name| !key.is_empty() && *name == key));
            columns[*field as usize] = found;
            if found.is_none() {
                missing.push(format!(
                    "{} (`{wanted}`, as the column file says)",
                    field.label()
                ));
            }
        }
        if !missing.is_empty() {
            return Err(Recognition::Near {
                missing: missing.join(", "),
                found: map.columns.len() - missing.len(),
            });
        }
        let layout = Self {
            format: "column file".to_owned(),
            names: names.to_vec(),
            columns,
            times: match &map.times {
                MappedTimes::Declared(times) => *times,
                MappedTimes::Pattern(_) => Times::FromValues,
            },
            pattern: map.times.pattern(),
            knots_per_unit: map.speed.knots(),
            absent: map.absent.clone(),
            vessel_from_file_name: map.vessel_from_file_name,
            particular_runs: Vec::new(),
            uses: Vec::new(),
        };
        match layout.checked(Some("as the column file says")) {
            Recognition::Layout(layout) => Ok(*layout),
            other => Err(other),
        }
    }

    /// The layout with everything derived from its columns, if all that is needed is there.
    fn checked(mut self, note: Option<&str>) -> Recognition {
        let has = |field| self.column(field).is_some();
        let has_point = has(Field::Point);
        let needs = [
            (
                "the vessel (such as `mmsi`)",
                has(Field::Mmsi) || has(Field::VesselId) || self.vessel_from_file_name,
            ),
            ("the time (such as `timestamp`)", has(Field::Time)),
            (
                "the latitude (such as `lat`)",
                has_point || has(Field::Latitude),
            ),
            (
                "the longitude (such as `lon`)",
                has_point || has(Field::Longitude),
            ),
        ];
        let missing: Vec<_> = needs
            .iter()
            .filter(|need| !need.1)
            .map(|need| need.0)
            .collect();
        if !missing.is_empty() {
            return match needs.len() - missing.len() {
                0 => Recognition::Unknown,
                found => Recognition::Near {
                    missing: missing.join(", "),
                    found,
                },
            };
        }
        if has(Field::Latitude) && has(Field::Longitude) {
            self.columns[Field::Point as usize] = None;
        }
        let mut uses: Vec<(usize, Field)> = Field::ALL
            .into_iter()
            .filter_map(|field| Some((self.column(field)?, field)))
            .collect();
        uses.sort_unstable();
        self.particular_runs = runs(&uses);
        self.uses = uses
            .into_iter()
            .map(|(column, field)| ColumnUse {
                field: field.label().to_owned(),
                column: self.names[column].clone(),
                note: note.map(str::to_owned),
            })
            .collect();
        Recognition::Layout(Box::new(self))
    }

    /// The column that holds a field.
    #[inline]
    pub(crate) fn column(&self, field: Field) -> Option<usize> {
        self.columns[field as usize]
    }

    /// Whether rows mean the same under both layouts.
    pub(crate) fn reads_as(&self, other: &Self) -> bool {
        self.names.len() == other.names.len()
            && self.format == other.format
            && self.columns == other.columns
    }

    /// A field's column as the header spells it; empty if no column holds it.
    pub(crate) fn column_name(&self, field: Field) -> &str {
        self.column(field).map_or("", |column| &self.names[column])
    }

    /// What was taken for what, in the order of the columns.
    pub(crate) fn uses(&self) -> &[ColumnUse] {
        &self.uses
    }

    /// Adds to what is said of a field's column.
    pub(crate) fn add_note(&mut self, field: Field, note: &str) {
        let used = self
            .uses
            .iter_mut()
            .find(|used| used.field == field.label());
        if let Some(used) = used {
            used.note = Some(match used.note.take() {
                Some(before) => format!("{before}; {note}"),
                None => note.to_owned(),
            });
        }
    }

    /// Whether a text means absent.
    pub(crate) fn is_absent(&self, text: &[u8]) -> bool {
        self.absent
            .iter()
            .any(|word| word.as_bytes().eq_ignore_ascii_case(text))
    }
}

/// The runs of columns with particulars. One column that is not used at all may lie in between:
/// comparing one run with a little more in it is quicker than comparing two.
fn runs(uses: &[(usize, Field)]) -> Vec<(usize, usize)> {
    const BRIDGED: usize = 1;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (column, _) in uses.iter().filter(|(_, field)| field.is_particular()) {
        match runs.last_mut() {
            Some((_, last))
                if column - *last <= BRIDGED + 1
                    && !uses.iter().any(|(used, field)| {
                        (*last + 1..*column).contains(used) && !field.is_particular()
                    }) =>
            {
                *last = *column;
            }
            _ => runs.push((*column, *column)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(header: &str) -> Vec<String> {
        header.split(',').map(str::to_owned).collect()
    }

    fn layout(header: &str) -> Layout {
        match Layout::recognise(&names(header), None) {
            Recognition::Layout(layout) => *layout,
            other => panic!("{header}: {other:?}"),
        }
    }

    #[test]
    fn an_mmsi_goes_before_any_other_identity() {
        let both = layout("id,mmsi,timestamp,lat,lon");
        assert_eq!(both.column(Field::Mmsi), Some(1));
        assert_eq!(both.column(Field::VesselId), None);
        assert_eq!(
            layout("id,timestamp,lat,lon").column(Field::VesselId),
            Some(0)
        );
    }

    #[test]
    fn a_guess_says_what_was_taken_for_what() {
        let uses = layout("Vessel ID,When,Y,X,Date Time").uses().to_vec();
        let said: Vec<_> = uses
            .iter()
            .map(|used| format!("{} <- {} ({:?})", used.field, used.column, used.note))
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        vessel_id <- Vessel ID (Some("by its name"))
        latitude <- Y (Some("by its name"))
        longitude <- X (Some("by its name"))
        time <- Date Time (Some("by its name"))
        "#);
    }

    #[test]
    fn what_a_header_lacks_is_named() {
        let Recognition::Near { missing, found } =
            Layout::recognise(&names("mmsi,lat,lon,sog"), None)
        else {
            panic!("no near header");
        };
        assert_eq!(
            (missing.as_str(), found),
            ("the time (such as `timestamp`)", 3)
        );
        let nothing = Layout::recognise(&names("port,country"), None);
        assert!(matches!(nothing, Recognition::Unknown));
    }

    #[test]
    fn particulars_are_compared_in_as_few_runs_as_can_be() {
        let header = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,\
                      Status,Length,Width,Draft,Cargo,TransceiverClass";
        assert_eq!(layout(header).particular_runs, [(7, 10), (12, 14)]);
        assert_eq!(
            layout("mmsi,time,lat,lon,name,a1,imo,a2,a3,callsign").particular_runs,
            [(4, 6), (9, 9)]
        );
    }
}
