//! Particulars from a row's columns: name, IMO number, call sign, type, size, draught, destination.

use crate::field::Field;
use crate::layout::Layout;
use crate::numbers;
use crate::words;
use landfall_track::Particulars;
use std::borrow::Cow;

/// The longest text that is kept, in characters: AIS has 20 for a name or destination.
const MAX_TEXT: usize = 120;

/// Particulars from the texts of the layout's columns, which `text_of` finds; blanks and quotes
/// around them are gone.
pub(crate) fn particulars<'t>(
    layout: &Layout,
    text_of: impl Fn(Field) -> Option<Cow<'t, [u8]>>,
) -> Particulars {
    let text = |field| words_of(layout, text_of(field)?.as_ref());
    let metres = |field| {
        let found = text_of(field)?;
        numbers::number(&found).filter(|metres| (0.0..1e6).contains(metres))
    };
    let sum = |one, other| Some(metres(one)? + metres(other)?);
    let decimetres = |metres: Option<f64>| {
        metres
            .map(|metres| (metres * 10.0).round() as u32)
            .filter(|decimetres| *decimetres > 0)
    };
    let size = |given: Field, one, other| {
        decimetres(metres(given)).or_else(|| decimetres(sum(one, other)))
    };
    Particulars {
        name: text(Field::Name),
        imo: text(Field::Imo).and_then(|text| text.parse().ok()),
        call_sign: text(Field::CallSign),
        ship_type: text(Field::ShipType).and_then(|text| words::ship_type(&text)),
        length_dm: size(Field::Length, Field::ToBow, Field::ToStern),
        width_dm: size(Field::Width, Field::ToPort, Field::ToStarboard),
        draught_dm: decimetres(metres(Field::Draught)),
        destination: text(Field::Destination),
    }
}

/// A text without blanks and AIS's filling `@` around it, control characters made blanks; `None`
/// if nothing is left or the source means absent by it.
fn words_of(layout: &Layout, bytes: &[u8]) -> Option<String> {
    if layout.is_absent(bytes) {
        return None;
    }
    let is_filling = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '@';
    let text = String::from_utf8_lossy(bytes);
    let kept: String = text
        .trim_matches(is_filling)
        .chars()
        .take(MAX_TEXT)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    (!kept.is_empty() && !words::is_nothing(kept.as_bytes())).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Recognition;
    use crate::table_name::Partitions;

    fn read(header: &str, values: &[&str]) -> Particulars {
        let names: Vec<String> = header.split(',').map(str::to_owned).collect();
        let Recognition::Layout(layout) = Layout::recognise(&names, &Partitions::default(), None)
        else {
            panic!("{header} is not known");
        };
        particulars(&layout, |field| {
            let value = values.get(layout.column(field)?)?;
            Some(Cow::Borrowed(value.as_bytes()))
        })
    }

    #[test]
    fn filling_and_words_for_absent_are_no_particulars() {
        let header = "mmsi,time,lat,lon,name,imo,callsign,type,length,draught,destination";
        let values = [
            "1", "2", "3", "4", "MAIA@@@ ", "0", "@@@@@@@", "NULL", "0", "-1", "RU\0VVO",
        ];
        let sent = read(header, &values);
        assert_eq!(
            sent,
            Particulars {
                name: Some("MAIA".to_owned()),
                destination: Some("RU VVO".to_owned()),
                ..Particulars::default()
            }
        );
    }

    #[test]
    fn a_programs_word_for_nothing_is_no_name_in_any_format() {
        let header = "MMSI,BaseDateTime,LAT,LON,VesselName,CallSign,VesselType,IMO";
        for word in [
            "NA", "NaN", "None", "NULL", "\\N", "<NA>", "N/A", "NaT", "NA@@@ ",
        ] {
            let sent = read(header, &["1", "2", "3", "4", word, word, word, word]);
            assert_eq!(sent, Particulars::default(), "{word}");
        }
        let sent = read(header, &["1", "2", "3", "4", "NANCY", "NA1", "Cargo", "NA"]);
        assert_eq!(sent.name.as_deref(), Some("NANCY"));
        assert_eq!(sent.call_sign.as_deref(), Some("NA1"));
    }

    #[test]
    fn length_and_beam_come_from_the_antennas_place_where_no_column_has_them() {
        let header = "MMSI,TSTAMP,LATITUDE,LONGITUDE,NAVSTAT,A,B,C,D";
        let sent = read(header, &["1", "2", "3", "4", "0", "100", "20", "8.5", "9"]);
        assert_eq!((sent.length_dm, sent.width_dm), (Some(1200), Some(175)));
        let sent = read(header, &["1", "2", "3", "4", "0", "0", "0", "", "9"]);
        assert_eq!((sent.length_dm, sent.width_dm), (None, None));
    }

    #[test]
    fn a_text_beyond_all_measure_is_cut() {
        let long = "X".repeat(10_000);
        let sent = read("mmsi,time,lat,lon,name", &["1", "2", "3", "4", &long]);
        assert_eq!(sent.name.map(|name| name.len()), Some(MAX_TEXT));
    }
}
