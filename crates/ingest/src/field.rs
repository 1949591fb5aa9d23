//! A field is what one column of a source may tell, whatever the source calls it.

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// An MMSI and nothing else.
    Mmsi,
    /// Any identity; nine digits are an MMSI.
    VesselId,
    /// When the report was sent; the time of day alone, if another column holds the date.
    Time,
    /// The day on which the report was sent, where it stands in a column of its own.
    Date,
    /// Milliseconds to be added to a time in whole seconds.
    Millisecond,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
    /// Both as one point: well-known text, or in Parquet well-known binary.
    Point,
    /// Speed over ground.
    Speed,
    /// Course over ground in degrees.
    Course,
    /// True heading in degrees.
    Heading,
    /// Navigational status, as a code or in words.
    NavStatus,
    /// The kind of transponder or station.
    Sender,
    /// The number of the AIS message.
    MessageType,
    /// The vessel's name.
    Name,
    /// IMO number.
    Imo,
    /// Radio call sign.
    CallSign,
    /// Ship type, as a code or in words.
    ShipType,
    /// Length in metres.
    Length,
    /// Beam in metres.
    Width,
    /// Draught in metres.
    Draught,
    /// Destination.
    Destination,
    /// Metres from the antenna to the bow.
    ToBow,
    /// Metres from the antenna to the stern.
    ToStern,
    /// Metres from the antenna to the port side.
    ToPort,
    /// Metres from the antenna to the starboard side.
    ToStarboard,
}

impl Field {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// All of them, in the order of their declaration.
    pub(crate) const ALL: [Field; 26] = [
        Field::Mmsi,
        Field::VesselId,
        Field::Time,
        Field::Date,
        Field::Millisecond,
        Field::Latitude,
        Field::Longitude,
        Field::Point,
        Field::Speed,
        Field::Course,
        Field::Heading,
        Field::NavStatus,
        Field::Sender,
        Field::MessageType,
        Field::Name,
        Field::Imo,
        Field::CallSign,
        Field::ShipType,
        Field::Length,
        Field::Width,
        Field::Draught,
        Field::Destination,
        Field::ToBow,
        Field::ToStern,
        Field::ToPort,
        Field::ToStarboard,
    ];

    /// The field in words, as `--columns` and messages name it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Mmsi => "mmsi",
            Self::VesselId => "vessel_id",
            Self::Time => "time",
            Self::Date => "date",
            Self::Millisecond => "millisecond",
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
            Self::Point => "point",
            Self::Speed => "speed",
            Self::Course => "course",
            Self::Heading => "heading",
            Self::NavStatus => "nav_status",
            Self::Sender => "transponder",
            Self::MessageType => "message_type",
            Self::Name => "name",
            Self::Imo => "imo",
            Self::CallSign => "call_sign",
            Self::ShipType => "ship_type",
            Self::Length => "length",
            Self::Width => "width",
            Self::Draught => "draught",
            Self::Destination => "destination",
            Self::ToBow => "to_bow",
            Self::ToStern => "to_stern",
            Self::ToPort => "to_port",
            Self::ToStarboard => "to_starboard",
        }
    }

    /// Whether it is one of a vessel's particulars rather than of one report.
    pub(crate) fn is_particular(self) -> bool {
        self >= Self::Name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_at_its_own_index() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, index);
        }
    }

    #[test]
    fn particulars_are_what_stays_with_the_vessel() {
        assert!(Field::Name.is_particular() && Field::ToStarboard.is_particular());
        assert!(!Field::MessageType.is_particular() && !Field::Mmsi.is_particular());
    }
}
