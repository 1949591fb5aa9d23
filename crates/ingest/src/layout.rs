//! A layout is a format met with one header: which of its columns holds which field.

use crate::column_map::{ColumnMap, ColumnName, MappedTimes};
use crate::field::Field;
use crate::format::{Certainty, FORMATS, Format, GENERIC, IdentityFrom, Speeds, Times, normalised};
use crate::source_file::ColumnUse;
use crate::table_name::{Partition, Partitions};
use crate::time_format::TimeFormat;
use crate::words;

/// Which column holds which field, and how to read it.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The format's name.
    pub format: String,
    /// The header's columns as they are spelled there.
    pub names: Vec<String>,
    columns: [Option<usize>; Field::COUNT],
    /// Fields that are the same in all rows: they stand in the name of a folder.
    constants: Vec<(Field, Partition)>,
    /// The columns in the names of folders.
    pub partitions: Partitions,
    /// Whether it is the user's own word which column is which.
    pub is_of_user: bool,
    /// How times are written, as far as the format knows.
    pub times: Times,
    /// The pattern that the user gave for times.
    pub pattern: Option<TimeFormat>,
    /// The source's unit of speed.
    pub speeds: Speeds,
    /// How the time of day is written, where the date stands elsewhere.
    pub clock: Option<Clock>,
    /// Whether the first times are all midnights, with a time of day that says so.
    pub begins_with_midnights: bool,
    /// Words that mean absent, in lower case.
    pub absent: Vec<String>,
    /// Whether the file's name is the vessel's identity.
    pub vessel_from_file_name: bool,
    /// The runs of columns that hold particulars, first and last.
    pub particular_runs: Vec<(usize, usize)>,
    /// What is said of every column's use.
    note: Option<&'static str>,
    uses: Vec<ColumnUse>,
}

/// How a time of day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// With colons: `9:05`, `09:05:07.25`.
    Colons,
    /// In six digits, hours first; leading zeros may lack.
    SixDigits,
    /// In four digits, hours first.
    FourDigits,
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
    /// Recognises a format by a header's names, and by those of columns that stand in folders' names
    /// where the header has none of the field; the user's column map goes first.
    pub(crate) fn recognise(
        names: &[String],
        partitions: &Partitions,
        map: Option<&ColumnMap>,
    ) -> Recognition {
        let in_folders = partitions.0.iter().map(|partition| &partition.key);
        let keys: Vec<String> = names
            .iter()
            .chain(in_folders)
            .map(|name| normalised(name))
            .collect();
        let mut unmapped = None;
        if let Some(map) = map.filter(|map| !map.is_headless()) {
            match Self::by_map(names, partitions, &keys, map) {
                Ok(layout) => return Recognition::Layout(Box::new(layout)),
                Err(near) => unmapped = Some(near),
            }
        }
        let has = |name: &&str| keys.iter().any(|key| key == name);
        let is_signed = |format: &&Format| format.signature.iter().all(|any| any.iter().any(&has));
        let known = FORMATS.iter().find(is_signed);
        let format = known.unwrap_or(&GENERIC);
        match (Self::by_format(names, partitions, &keys, format), unmapped) {
            (Recognition::Layout(layout), _) => Recognition::Layout(layout),
            (_, Some(near)) => near,
            (other, None) => other,
        }
    }

    fn by_format(
        names: &[String],
        partitions: &Partitions,
        keys: &[String],
        format: &Format,
    ) -> Recognition {
        let mut columns = [None; Field::COUNT];
        let (own, in_folders) = keys.split_at(names.len());
        for (field, candidates) in format.columns {
            let among = |keys: &[String]| {
                let mut candidates = candidates.iter();
                candidates.find_map(|name| keys.iter().position(|key| key == name))
            };
            columns[*field as usize] =
                among(own).or_else(|| Some(names.len() + among(in_folders)?));
        }
        if columns[Field::Mmsi as usize].is_some() {
            columns[Field::VesselId as usize] = None;
        }
        let layout = Self {
            format: format.name.to_owned(),
            names: names.to_vec(),
            columns,
            constants: Vec::new(),
            partitions: partitions.clone(),
            is_of_user: false,
            times: format.times,
            pattern: None,
            speeds: format.speed,
            clock: None,
            begins_with_midnights: false,
            absent: format
                .absent
                .iter()
                .map(|word| (*word).to_owned())
                .collect(),
            vessel_from_file_name: format.identity == IdentityFrom::FileName,
            particular_runs: Vec::new(),
            note: None,
            uses: Vec::new(),
        };
        let note = match format.certainty {
            Certainty::Known => None,
            Certainty::Guessed => Some("by its name"),
        };
        layout.checked(note)
    }

    /// The layout of a table without a header whose records have so many fields, as a column map says.
    pub(crate) fn without_header(
        width: usize,
        partitions: &Partitions,
        map: &ColumnMap,
    ) -> Recognition {
        let names: Vec<String> = (1..=width)
            .map(|number| format!("column {number}"))
            .collect();
        let keys: Vec<String> = names
            .iter()
            .chain(partitions.0.iter().map(|partition| &partition.key))
            .map(|name| normalised(name))
            .collect();
        match Self::by_map(&names, partitions, &keys, map) {
            Ok(layout) => Recognition::Layout(Box::new(layout)),
            Err(near) => near,
        }
    }

    fn by_map(
        names: &[String],
        partitions: &Partitions,
        keys: &[String],
        map: &ColumnMap,
    ) -> Result<Self, Recognition> {
        let mut columns = [None; Field::COUNT];
        let mut missing = Vec::new();
        for (field, wanted) in &map.columns {
            let found = match wanted {
                ColumnName::Number(number) => {
                    let index = number.get() - 1;
                    (index < names.len()).then_some(index)
                }
                ColumnName::Text(wanted) => {
                    let key = normalised(wanted);
                    let mut own = names.iter();
                    own.position(|name| name == wanted.trim())
                        .or_else(|| keys.iter().position(|name| !key.is_empty() && *name == key))
                }
            };
            columns[*field as usize] = found;
            if found.is_none() {
                missing.push(format!(
                    "{} ({wanted}, as the column file says)",
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
            constants: Vec::new(),
            partitions: partitions.clone(),
            is_of_user: true,
            times: match &map.times {
                MappedTimes::Declared(times) => *times,
                MappedTimes::Pattern(_) => Times::FromValues,
            },
            pattern: map.times.pattern(),
            speeds: Speeds::In(map.speed),
            clock: columns[Field::Date as usize].map(|_| Clock::Colons),
            begins_with_midnights: false,
            absent: map.absent.clone(),
            vessel_from_file_name: map.vessel_from_file_name,
            particular_runs: Vec::new(),
            note: None,
            uses: Vec::new(),
        };
        match layout.checked(Some("as the column file says")) {
            Recognition::Layout(layout) => Ok(*layout),
            other => Err(other),
        }
    }

    /// The layout with everything derived from its columns, if all that is needed is there.
    fn checked(mut self, note: Option<&'static str>) -> Recognition {
        self.note = note;
        self.take_constants_out();
        let is_constant = |field| self.constant(field).is_some();
        let has = |field| self.column(field).is_some() || is_constant(field);
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
        self.derive();
        Recognition::Layout(Box::new(self))
    }

    /// Keeps what stands in folders' names apart from the columns of the table: who sent all rows,
    /// and the sender's particulars. Other fields are not the same in all rows.
    fn take_constants_out(&mut self) {
        for field in Field::ALL {
            let column = &mut self.columns[field as usize];
            let Some(number) = column.and_then(|column| column.checked_sub(self.names.len()))
            else {
                continue;
            };
            *column = None;
            let is_of_all = matches!(field, Field::Mmsi | Field::VesselId | Field::Date);
            if let Some(partition) = self.partitions.0.get(number)
                && (is_of_all || field.is_particular())
            {
                self.constants.push((field, partition.clone()));
            }
        }
    }

    /// Works out what follows from which column holds which field.
    fn derive(&mut self) {
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
                note: self.note.map(str::to_owned),
            })
            .collect();
        let constants = self.constants.iter().map(|(field, partition)| ColumnUse {
            field: field.label().to_owned(),
            column: partition.key.clone(),
            note: Some(format!(
                "from the folder `{}={}`",
                partition.key,
                partition.value.as_deref().unwrap_or_default()
            )),
        });
        self.uses.extend(constants);
    }

    /// The folder's name in which a field stands that is the same in all rows.
    pub(crate) fn constant(&self, field: Field) -> Option<&Partition> {
        let mut constants = self.constants.iter();
        let found = constants.find(|(constant, _)| *constant == field);
        found.map(|(_, partition)| partition)
    }

    /// Says that the date and the time of day stand in two columns.
    pub(crate) fn join_times(&mut self, date: usize, time: usize, clock: Clock) {
        self.columns[Field::Date as usize] = Some(date);
        self.columns[Field::Time as usize] = Some(time);
        self.clock = Some(clock);
        self.derive();
        let (date, time) = (self.names[date].clone(), self.names[time].clone());
        self.add_note(
            Field::Date,
            &format!("joined with `{time}`, as its values show"),
        );
        self.add_note(
            Field::Time,
            &format!("joined with `{date}`, as its values show"),
        );
    }

    /// Says that the column of times holds times of day, and a folder's name their date.
    pub(crate) fn date_from_folder(&mut self, date: String, clock: Clock) {
        self.clock = Some(clock);
        let note = format!("of the day {date}, as the folder says");
        let partition = Partition {
            key: "date".to_owned(),
            value: Some(date),
        };
        self.constants.push((Field::Date, partition));
        self.derive();
        self.add_note(Field::Time, &note);
    }

    /// The field whose column says on which day a report was sent.
    pub(crate) fn dated(&self) -> Field {
        match self.column(Field::Date) {
            Some(_) => Field::Date,
            None => Field::Time,
        }
    }

    /// Whether a column holds a field.
    pub(crate) fn is_used(&self, column: usize) -> bool {
        self.columns.contains(&Some(column))
    }

    /// The column that holds a field.
    #[inline]
    pub(crate) fn column(&self, field: Field) -> Option<usize> {
        self.columns[field as usize]
    }

    /// Whether rows mean the same under both layouts, of which `other` was made by its header alone.
    pub(crate) fn reads_as(&self, other: &Self) -> bool {
        let of_time = [Field::Date, Field::Time];
        let mut fields = Field::ALL.into_iter();
        self.names.len() == other.names.len()
            && self.format == other.format
            && fields.all(|field| {
                self.column(field) == other.column(field)
                    || (self.clock.or(other.clock).is_some() && of_time.contains(&field))
            })
    }

    /// A field's column as the header spells it, or as a folder's name does; empty if none holds it.
    pub(crate) fn column_name(&self, field: Field) -> &str {
        if let Some(column) = self.column(field) {
            return &self.names[column];
        }
        self.constant(field).map_or("", |partition| &partition.key)
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
        let is_it = |word: &String| word.as_bytes().eq_ignore_ascii_case(text);
        words::is_nothing(text) || self.absent.iter().any(is_it)
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
        match Layout::recognise(&names(header), &Partitions::default(), None) {
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
    fn a_folders_name_holds_a_field_where_no_column_does() {
        let partitions = Partitions::of("mmsi=235000001/imo=9000003/lat=5/a.csv");
        let under = |header: &str| match Layout::recognise(&names(header), &partitions, None) {
            Recognition::Layout(layout) => *layout,
            other => panic!("{header}: {other:?}"),
        };
        let layout = under("id,timestamp,lat,lon");
        let value = |field| layout.constant(field).and_then(|it| it.value.as_deref());
        assert_eq!(value(Field::Mmsi), Some("235000001"));
        assert_eq!(value(Field::Imo), Some("9000003"));
        assert_eq!(layout.column(Field::VesselId), None);
        assert_eq!(layout.column_name(Field::Mmsi), "mmsi");
        // The file's own column goes before the folder's name.
        let layout = under("mmsi,timestamp,lat,lon");
        assert_eq!(layout.column(Field::Mmsi), Some(0));
        assert_eq!(layout.constant(Field::Mmsi), None);
        // A place is not the same in all rows.
        let Recognition::Near { missing, .. } =
            Layout::recognise(&names("timestamp,lon"), &partitions, None)
        else {
            panic!("no near header");
        };
        assert_eq!(missing, "the latitude (such as `lat`)");
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
            Layout::recognise(&names("mmsi,lat,lon,sog"), &Partitions::default(), None)
        else {
            panic!("no near header");
        };
        assert_eq!(
            (missing.as_str(), found),
            ("the time (such as `timestamp`)", 3)
        );
        let nothing = Layout::recognise(&names("port,country"), &Partitions::default(), None);
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
