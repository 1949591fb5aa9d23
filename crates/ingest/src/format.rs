//! A source format is a declaration: by which columns it is recognised, what each holds, how times
//! are written, the unit of speed, and the words that mean absent. Adding one is a dozen lines
//! here and a fixture in `testdata/formats/`.
//!
//! Column names are compared by their letters and digits alone, in lower case, so that
//! `BaseDateTime`, `base_date_time` and `"Base Date-Time"` are one name. The declarations are tried
//! from top to bottom; the first of which every `signature` line is in the header is it.

use crate::field::Field;
use crate::time_format::DateOrder;

/// What a format declares.
#[derive(Debug)]
pub(crate) struct Format {
    /// The source's name.
    pub name: &'static str,
    /// The format is recognised if of every line one name is in the header.
    pub signature: &'static [&'static [&'static str]],
    /// The names under which each field may stand; the first that is there is used.
    pub columns: &'static [(Field, &'static [&'static str])],
    /// How times are written.
    pub times: Times,
    /// The unit of speed.
    pub speed: Speeds,
    /// Words that mean absent, in lower case; an empty field always does.
    pub absent: &'static [&'static str],
    /// Where the identity is if no column holds one.
    pub identity: IdentityFrom,
    /// Whether the columns were guessed, so that the reader is told what was taken for what.
    pub certainty: Certainty,
}

/// How a format writes its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// Year first.
    Iso,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
    /// Microseconds since 1970.
    UnixMicros,
    /// Nanoseconds since 1970.
    UnixNanos,
    /// With the month's English name.
    MonthName,
    /// Year last, in a known order of day and month.
    YearLast(DateOrder),
    /// To be told from the values.
    FromValues,
}

/// The unit of speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SpeedUnit {
    /// Nautical miles an hour.
    #[default]
    Knots,
    /// Metres a second.
    MetresPerSecond,
    /// Kilometres an hour.
    KilometresPerHour,
    /// Tenths of a knot.
    TenthsOfKnots,
}

impl SpeedUnit {
    /// Knots in one of the unit: a knot is 1852 m an hour.
    pub(crate) fn knots(self) -> f64 {
        match self {
            Self::Knots => 1.0,
            Self::MetresPerSecond => 3600.0 / 1852.0,
            Self::KilometresPerHour => 1000.0 / 1852.0,
            Self::TenthsOfKnots => 0.1,
        }
    }
}

/// What a format says of its unit of speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speeds {
    /// It is this one.
    In(SpeedUnit),
    /// Tenths of knots or knots: the values say which, beside the speeds that positions imply.
    KnotsOrTenths,
}

/// Where the vessel's identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentityFrom {
    /// In a column.
    Column,
    /// In a column, or else in the file's name: one vessel a file.
    FileName,
}

/// How sure the meaning of the columns is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// The format is known.
    Known,
    /// The columns go by the names they usually have.
    Guessed,
}

/// What most formats have in common.
const COMMON: Format = Format {
    name: "",
    signature: &[],
    columns: &[],
    times: Times::Iso,
    speed: Speeds::In(SpeedUnit::Knots),
    absent: &[],
    identity: IdentityFrom::Column,
    certainty: Certainty::Known,
};

/// Every format that is known, the more particular ones first.
pub(crate) static FORMATS: &[Format] = &[
    Format {
        name: "MarineCadastre 2009-2014",
        signature: &[
            &["mmsi"],
            &["basedatetime"],
            &["voyageid", "receivertype", "receiverid"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["basedatetime"]),
            (
                Field::Latitude,
                &["lat", "latitude", "pointy", "y", "ycoord"],
            ),
            (
                Field::Longitude,
                &["lon", "longitude", "pointx", "x", "xcoord"],
            ),
            (Field::Point, &["wkt", "shape", "geometry", "geom"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["status"]),
        ],
        ..COMMON
    },
    Format {
        name: "MarineCadastre 2015-2024",
        signature: &[&["mmsi"], &["basedatetime"], &["lat"], &["lon"]],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["basedatetime"]),
            (Field::Latitude, &["lat"]),
            (Field::Longitude, &["lon"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["status"]),
            (Field::Sender, &["transceiverclass", "transceiver"]),
            (Field::Name, &["vesselname"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["vesseltype"]),
            (Field::Length, &["length"]),
            (Field::Width, &["width"]),
            (Field::Draught, &["draft"]),
        ],
        ..COMMON
    },
    Format {
        name: "MarineCadastre 2025",
        signature: &[&["mmsi"], &["basedatetime"], &["latitude"], &["longitude"]],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["basedatetime"]),
            (Field::Latitude, &["latitude"]),
            (Field::Longitude, &["longitude"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["status"]),
            (Field::Sender, &["transceiver", "transceiverclass"]),
            (Field::Name, &["vesselname"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["vesseltype"]),
            (Field::Length, &["length"]),
            (Field::Width, &["width"]),
            (Field::Draught, &["draft"]),
        ],
        ..COMMON
    },
    Format {
        name: "MarineCadastre (point column)",
        signature: &[
            &["mmsi"],
            &["basedatetime"],
            &["geometry", "geom", "wkt", "point"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["basedatetime"]),
            (Field::Point, &["geometry", "geom", "wkt", "point"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["status"]),
            (Field::Sender, &["transceiver", "transceiverclass"]),
            (Field::Name, &["vesselname"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["vesseltype"]),
            (Field::Length, &["length"]),
            (Field::Width, &["width"]),
            (Field::Draught, &["draft"]),
        ],
        ..COMMON
    },
    Format {
        name: "Danish Maritime Authority",
        signature: &[
            &["timestamp"],
            &["typeofmobile"],
            &["mmsi"],
            &["latitude"],
            &["longitude"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["timestamp"]),
            (Field::Latitude, &["latitude"]),
            (Field::Longitude, &["longitude"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["navigationalstatus"]),
            (Field::Sender, &["typeofmobile"]),
            (Field::Name, &["name"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["shiptype"]),
            (Field::Length, &["length"]),
            (Field::Width, &["width"]),
            (Field::Draught, &["draught"]),
            (Field::Destination, &["destination"]),
            (Field::ToBow, &["a", "sizea"]),
            (Field::ToStern, &["b", "sizeb"]),
            (Field::ToPort, &["c", "sizec"]),
            (Field::ToStarboard, &["d", "sized"]),
        ],
        times: Times::YearLast(DateOrder::DayFirst),
        absent: &["unknown", "undefined", "unknown value"],
        ..COMMON
    },
    Format {
        name: "Brest (nari_dynamic)",
        signature: &[&["sourcemmsi"], &["t"], &["lon"], &["lat"]],
        columns: &[
            (Field::Mmsi, &["sourcemmsi"]),
            (Field::Time, &["t"]),
            (Field::Latitude, &["lat"]),
            (Field::Longitude, &["lon"]),
            (Field::Speed, &["speedoverground"]),
            (Field::Course, &["courseoverground"]),
            (Field::Heading, &["trueheading"]),
            (Field::NavStatus, &["navigationalstatus"]),
        ],
        times: Times::UnixSeconds,
        ..COMMON
    },
    Format {
        name: "Piraeus",
        signature: &[
            &["t"],
            &["vesselid"],
            &["lon"],
            &["lat"],
            &["heading", "speed", "course"],
        ],
        columns: &[
            (Field::VesselId, &["vesselid"]),
            (Field::Time, &["t"]),
            (Field::Latitude, &["lat"]),
            (Field::Longitude, &["lon"]),
            (Field::Speed, &["speed"]),
            (Field::Course, &["course"]),
            (Field::Heading, &["heading"]),
        ],
        times: Times::UnixMillis,
        ..COMMON
    },
    Format {
        name: "Kystverket",
        signature: &[
            &["mmsi"],
            &["datetimeutc"],
            &["lon"],
            &["lat"],
            &["trueheading", "navstatus", "messagenr", "imonr"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["datetimeutc"]),
            (Field::Latitude, &["lat"]),
            (Field::Longitude, &["lon"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["trueheading"]),
            (Field::NavStatus, &["navstatus"]),
            (Field::MessageType, &["messagenr"]),
            (Field::Imo, &["imonr"]),
            (Field::Length, &["length"]),
        ],
        absent: &["null", "none", "nan"],
        ..COMMON
    },
    Format {
        name: "Spire",
        signature: &[
            &["createdat"],
            &["timestamp"],
            &["mmsi"],
            &["msgtype"],
            &["latitude"],
            &["longitude"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["timestamp"]),
            (Field::Latitude, &["latitude"]),
            (Field::Longitude, &["longitude"]),
            (Field::Speed, &["speed", "sog"]),
            (Field::Course, &["course", "cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["status", "navstatus"]),
            (Field::MessageType, &["msgtype"]),
            (Field::Name, &["name"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["shiptype", "shipandcargotype"]),
            (Field::Length, &["length"]),
            (Field::Width, &["width"]),
            (Field::Draught, &["draught"]),
            (Field::Destination, &["destination"]),
            (Field::ToBow, &["a", "tobow"]),
            (Field::ToStern, &["b", "tostern"]),
            (Field::ToPort, &["c", "toport"]),
            (Field::ToStarboard, &["d", "tostarboard"]),
        ],
        absent: &["null", "none"],
        ..COMMON
    },
    Format {
        name: "Spire 2.0",
        signature: &[
            &["vesselmmsi"],
            &["positionlatitude"],
            &["positionlongitude"],
            &["positiontimestamp"],
        ],
        columns: &[
            (Field::Mmsi, &["vesselmmsi"]),
            (Field::Time, &["positiontimestamp"]),
            (Field::Latitude, &["positionlatitude"]),
            (Field::Longitude, &["positionlongitude"]),
            (Field::Speed, &["positionspeed"]),
            (Field::Course, &["positioncourse"]),
            (Field::Heading, &["positionheading"]),
            (Field::NavStatus, &["positionnavigationalstatus"]),
            (Field::Sender, &["vesselaisclass"]),
            (Field::Name, &["vesselname"]),
            (Field::Imo, &["vesselimo"]),
            (Field::CallSign, &["vesselcallsign"]),
            (Field::ShipType, &["vesselshiptype"]),
            (Field::Length, &["vessellength", "vesseldimensionslength"]),
            (Field::Width, &["vesselwidth", "vesseldimensionswidth"]),
            (Field::Draught, &["voyagedraught", "currentvoyagedraught"]),
            (
                Field::Destination,
                &["voyagedestination", "currentvoyagedestination"],
            ),
            (Field::ToBow, &["vesseldimensionsa"]),
            (Field::ToStern, &["vesseldimensionsb"]),
            (Field::ToPort, &["vesseldimensionsc"]),
            (Field::ToStarboard, &["vesseldimensionsd"]),
        ],
        ..COMMON
    },
    Format {
        name: "MarineTraffic",
        signature: &[
            &["mmsi"],
            &["status"],
            &["speed"],
            &["lon"],
            &["lat"],
            &["course"],
            &["heading"],
            &["timestamp"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["timestamp"]),
            (Field::Latitude, &["lat"]),
            (Field::Longitude, &["lon"]),
            (Field::Speed, &["speed"]),
            (Field::Course, &["course"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["status"]),
            (Field::Name, &["shipname"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["shiptype", "typename"]),
            (Field::Length, &["length"]),
            (Field::Width, &["width"]),
            (Field::Draught, &["draught"]),
            (Field::Destination, &["destination"]),
        ],
        times: Times::FromValues,
        speed: Speeds::KnotsOrTenths,
        ..COMMON
    },
    Format {
        name: "FleetMon",
        signature: &[&["mmsi"], &["timeposition"], &["latitude"], &["longitude"]],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["timeposition"]),
            (Field::Latitude, &["latitude"]),
            (Field::Longitude, &["longitude"]),
            (Field::Speed, &["speed"]),
            (Field::Course, &["course"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["navstatus"]),
            (Field::Name, &["name"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["vesseltype"]),
            (Field::Draught, &["draught"]),
            (Field::Destination, &["destination"]),
        ],
        absent: &["null"],
        ..COMMON
    },
    Format {
        name: "exactEarth",
        signature: &[
            &["mmsi"],
            &["messageid"],
            &["time"],
            &["longitude"],
            &["latitude"],
            &["millisecond", "repeatindicator"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["time"]),
            (Field::Millisecond, &["millisecond"]),
            (Field::Latitude, &["latitude"]),
            (Field::Longitude, &["longitude"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["navigationalstatus"]),
            (Field::MessageType, &["messageid"]),
            (Field::Name, &["vesselname"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["shiptype"]),
            (Field::Draught, &["draught"]),
            (Field::Destination, &["destination"]),
            (Field::ToBow, &["dimensiontobow"]),
            (Field::ToStern, &["dimensiontostern"]),
            (Field::ToPort, &["dimensiontoport"]),
            (Field::ToStarboard, &["dimensiontostarboard"]),
        ],
        absent: &["none", "null"],
        ..COMMON
    },
    Format {
        name: "AISHub",
        signature: &[
            &["mmsi"],
            &["tstamp", "time"],
            &["latitude"],
            &["longitude"],
            &["navstat"],
        ],
        columns: &[
            (Field::Mmsi, &["mmsi"]),
            (Field::Time, &["tstamp", "time"]),
            (Field::Latitude, &["latitude"]),
            (Field::Longitude, &["longitude"]),
            (Field::Speed, &["sog"]),
            (Field::Course, &["cog"]),
            (Field::Heading, &["heading"]),
            (Field::NavStatus, &["navstat"]),
            (Field::Name, &["name"]),
            (Field::Imo, &["imo"]),
            (Field::CallSign, &["callsign"]),
            (Field::ShipType, &["type"]),
            (Field::Draught, &["draught"]),
            (Field::Destination, &["dest", "destination"]),
            (Field::ToBow, &["a"]),
            (Field::ToStern, &["b"]),
            (Field::ToPort, &["c"]),
            (Field::ToStarboard, &["d"]),
        ],
        ..COMMON
    },
    Format {
        name: "Global Fishing Watch track",
        signature: &[&["lon"], &["lat"], &["timestamp"], &["segid"]],
        columns: &[
            (Field::Mmsi, &["mmsi", "ssvid"]),
            (Field::VesselId, &["vesselid"]),
            (Field::Time, &["timestamp"]),
            (Field::Latitude, &["lat"]),
            (Field::Longitude, &["lon"]),
            (Field::Speed, &["speed"]),
            (Field::Course, &["course"]),
        ],
        identity: IdentityFrom::FileName,
        ..COMMON
    },
];

/// The columns by the names that they usually have, for a file of no known format.
pub(crate) static GENERIC: Format = Format {
    name: "generic",
    columns: &[
        (
            Field::Mmsi,
            &[
                "mmsi",
                "sourcemmsi",
                "mmsinumber",
                "mmsino",
                "vesselmmsi",
                "shipmmsi",
                "mmsiid",
                "mmsicode",
            ],
        ),
        (
            Field::VesselId,
            &["ssvid", "vesselid", "shipid", "trackid", "id", "imo"],
        ),
        (
            Field::Time,
            &[
                "timestamp",
                "basedatetime",
                "datetime",
                "datetimeutc",
                "timestamputc",
                "timeutc",
                "utc",
                "time",
                "t",
                "ts",
                "dt",
                "positiontime",
                "timeposition",
                "tstamp",
                "posttime",
                "dtposutc",
                "timestamppositionutc",
                "receivedat",
                "eventtime",
                "msgtime",
                "unixtime",
                "epoch",
                "lastseen",
                "positiontimestamp",
                "date",
                "dateutc",
                "utcdate",
                "obsdate",
                "gpsdate",
                "reportdate",
                "positiondate",
                "datum",
                "fecha",
                "utctime",
                "gpstime",
                "obstime",
                "reporttime",
                "timeofday",
                "hms",
                "hhmmss",
                "clock",
                "msgdate",
                "messagedate",
                "messagetime",
                "receivedate",
                "receivetime",
                "fechahora",
                "zeitstempel",
                "zeit",
                "uhrzeit",
                "heure",
                "hora",
            ],
        ),
        (
            Field::Latitude,
            &[
                "lat",
                "latitude",
                "y",
                "latdeg",
                "latdd",
                "latitudedeg",
                "positionlat",
                "positionlatitude",
            ],
        ),
        (
            Field::Longitude,
            &[
                "lon",
                "lng",
                "long",
                "longitude",
                "x",
                "londeg",
                "londd",
                "longitudedeg",
                "positionlon",
                "positionlongitude",
            ],
        ),
        (Field::Point, &["geometry", "geom", "wkt", "point"]),
        (
            Field::Speed,
            &[
                "sog",
                "speedoverground",
                "speed",
                "speedknots",
                "speedkn",
                "sogknots",
                "sogkn",
                "velocity",
            ],
        ),
        (
            Field::Course,
            &["cog", "courseoverground", "course", "coursedeg", "cogdeg"],
        ),
        (
            Field::Heading,
            &[
                "heading",
                "trueheading",
                "hdg",
                "headingdeg",
                "trueheadingdeg",
            ],
        ),
        (
            Field::NavStatus,
            &[
                "navstatus",
                "navigationalstatus",
                "navigationstatus",
                "navstat",
                "status",
            ],
        ),
        (
            Field::Sender,
            &[
                "typeofmobile",
                "transceiverclass",
                "transceiver",
                "transponderclass",
                "aisclass",
            ],
        ),
        (
            Field::MessageType,
            &["msgtype", "messagetype", "messageid", "msgid", "messagenr"],
        ),
        (Field::Name, &["name", "vesselname", "shipname"]),
        (Field::Imo, &["imo", "imonumber", "imono", "imonr"]),
        (Field::CallSign, &["callsign"]),
        (
            Field::ShipType,
            &[
                "shiptype",
                "vesseltype",
                "type",
                "shipandcargotype",
                "typeandcargo",
            ],
        ),
        (Field::Length, &["length", "loa", "lengthm", "shiplength"]),
        (Field::Width, &["width", "beam", "widthm", "shipwidth"]),
        (Field::Draught, &["draught", "draft", "draughtm"]),
        (Field::Destination, &["destination", "dest"]),
        (Field::ToBow, &["tobow", "dimensiontobow", "dima"]),
        (Field::ToStern, &["tostern", "dimensiontostern", "dimb"]),
        (Field::ToPort, &["toport", "dimensiontoport", "dimc"]),
        (
            Field::ToStarboard,
            &["tostarboard", "dimensiontostarboard", "dimd"],
        ),
    ],
    times: Times::FromValues,
    certainty: Certainty::Guessed,
    ..COMMON
};

/// A column's name as it is compared: letters and digits in lower case.
pub(crate) fn normalised(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_letters_and_digits() {
        for name in [
            "BaseDateTime",
            "base_date_time",
            "\u{feff}# Base Date-Time ",
            "BASEDATETIME",
        ] {
            assert_eq!(normalised(name), "basedatetime");
        }
    }

    #[test]
    fn every_declaration_can_be_recognised_and_read() {
        for format in FORMATS.iter().chain([&GENERIC]) {
            let names = |field| {
                format
                    .columns
                    .iter()
                    .find(|(declared, _)| *declared == field)
                    .map_or(&[][..], |(_, names)| *names)
            };
            for name in format.signature.iter().copied().flatten() {
                assert_eq!(*name, normalised(name), "{}", format.name);
            }
            for (field, names) in format.columns {
                for name in *names {
                    assert_eq!(*name, normalised(name), "{} {field:?}", format.name);
                }
            }
            assert!(!names(Field::Time).is_empty(), "{}", format.name);
            let place = [Field::Latitude, Field::Longitude, Field::Point];
            assert!(
                place.iter().any(|field| !names(*field).is_empty()),
                "{}",
                format.name
            );
            for word in format.absent {
                assert_eq!(*word, word.to_lowercase(), "{}", format.name);
            }
        }
    }
}
