//! Particulars as a few bytes: a book may hold those of a million vessels.
//!
//! A byte says what is there; then come the texts, each with its length before it, and the numbers
//! in four bytes. Equal particulars have equal bytes, so that they are compared as they lie.

use landfall_track::{Imo, Particulars, ShipType};

/// Which of the eight is there, in the order in which they are written.
const NAME: u8 = 1;
const CALL_SIGN: u8 = 1 << 1;
const SHIP_TYPE: u8 = 1 << 2;
const DESTINATION: u8 = 1 << 3;
const IMO: u8 = 1 << 4;
const LENGTH: u8 = 1 << 5;
const WIDTH: u8 = 1 << 6;
const DRAUGHT: u8 = 1 << 7;

/// Writes particulars behind what `code` holds.
pub(crate) fn encode(particulars: &Particulars, code: &mut Vec<u8>) {
    let flags_at = code.len();
    code.push(0);
    let mut flags = 0;
    let ship_type = particulars.ship_type.as_ref().map(|it| it.0.as_str());
    for (flag, text) in [
        (NAME, particulars.name.as_deref()),
        (CALL_SIGN, particulars.call_sign.as_deref()),
        (SHIP_TYPE, ship_type),
        (DESTINATION, particulars.destination.as_deref()),
    ] {
        if let Some(text) = text {
            flags |= flag;
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            code.extend_from_slice(&length.to_le_bytes());
            code.extend_from_slice(&text.as_bytes()[..length.into()]);
        }
    }
    for (flag, number) in [
        (IMO, particulars.imo.map(Imo::get)),
        (LENGTH, particulars.length_dm),
        (WIDTH, particulars.width_dm),
        (DRAUGHT, particulars.draught_dm),
    ] {
        if let Some(number) = number {
            flags |= flag;
            code.extend_from_slice(&number.to_le_bytes());
        }
    }
    code[flags_at] = flags;
}

/// The particulars that [`encode`] wrote.
pub(crate) fn decode(code: &[u8]) -> Particulars {
    let (flags, rest) = code.split_first().unwrap_or((&0, &[]));
    let mut rest = Rest(rest);
    let mut text = |flag| (flags & flag != 0).then(|| rest.text());
    let (name, call_sign) = (text(NAME), text(CALL_SIGN));
    let (ship_type, destination) = (text(SHIP_TYPE), text(DESTINATION));
    let mut number = |flag| (flags & flag != 0).then(|| rest.number());
    Particulars {
        name,
        imo: number(IMO).and_then(Imo::new),
        call_sign,
        ship_type: ship_type.map(ShipType),
        length_dm: number(LENGTH),
        width_dm: number(WIDTH),
        draught_dm: number(DRAUGHT),
        destination,
    }
}

/// What is not yet decoded.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn text(&mut self) -> String {
        let length = u16::from_le_bytes(self.take(2).try_into().unwrap_or_default());
        String::from_utf8_lossy(self.take(length.into())).into_owned()
    }

    fn number(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn particulars_come_back_from_their_bytes_and_equal_ones_have_equal_bytes(
            texts in prop::collection::vec(option::of(".{0,120}"), 4),
            numbers in prop::collection::vec(option::of(any::<u32>()), 3),
            imo in option::of(1..=9_999_999_u32),
        ) {
            let particulars = Particulars {
                name: texts[0].clone(),
                imo: imo.and_then(Imo::new),
                call_sign: texts[1].clone(),
                ship_type: texts[2].clone().map(ShipType),
                length_dm: numbers[0],
                width_dm: numbers[1],
                draught_dm: numbers[2],
                destination: texts[3].clone(),
            };
            let mut code = b"before".to_vec();
            encode(&particulars, &mut code);
            let code = &code[b"before".len()..];
            prop_assert_eq!(&decode(code), &particulars);
            let mut again = Vec::new();
            encode(&decode(code), &mut again);
            prop_assert_eq!(code, again);
        }
    }
}
