//! The structural bytes of a CSV are delimiter, line end and quote; this finds them, 64 bytes at a
//! time.

/// How many bytes one mask covers.
pub(crate) const BLOCK: usize = 64;

/// The three bytes that are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Structural {
    pub delimiter: u8,
    pub line_end: u8,
}

/// The only quote there is.
pub(crate) const QUOTE: u8 = b'"';

impl Structural {
    /// A mask of the block's structural bytes: bit n is set if byte n is one.
    #[inline]
    pub(crate) fn mask(self, block: &[u8; BLOCK]) -> u64 {
        mask_of(block, [self.delimiter, self.line_end, QUOTE])
    }

    /// The same without quotes.
    #[inline]
    pub(crate) fn mask_without_quotes(self, block: &[u8; BLOCK]) -> u64 {
        mask_of(block, [self.delimiter, self.line_end])
    }
}

/// A mask of the bytes that are one of `wanted`: plain loops of a fixed length, which the compiler
/// turns into vector instructions.
#[inline]
fn mask_of<const N: usize>(block: &[u8; BLOCK], wanted: [u8; N]) -> u64 {
    let mut found = [0_u8; BLOCK];
    for (found, byte) in found.iter_mut().zip(block) {
        *found = wanted
            .iter()
            .fold(0, |found, wanted| found | u8::from(byte == wanted));
    }
    let mut mask = 0_u64;
    for (index, eight) in found.as_chunks::<8>().0.iter().enumerate() {
        // Eight bytes of 0 or 1: the product's highest byte has them side by side, the first
        // byte's lowest.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (index * 8);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mask_has_a_bit_for_each_structural_byte(
            bytes in prop::collection::vec(prop::sample::select(b",;\n\"a\x00\xff\x2d\xac\x8a".to_vec()), BLOCK)
        ) {
            let block: [u8; BLOCK] = bytes.try_into().unwrap();
            let structural = Structural { delimiter: b',', line_end: b'\n' };
            let expected = block.iter().enumerate().fold(0_u64, |mask, (index, byte)| {
                mask | u64::from(matches!(byte, b',' | b'\n' | b'"')) << index
            });
            prop_assert_eq!(structural.mask(&block), expected);
            let quotes = block.iter().enumerate().fold(0_u64, |mask, (index, byte)| {
                mask | u64::from(*byte == b'"') << index
            });
            prop_assert_eq!(structural.mask_without_quotes(&block), expected & !quotes);
        }
    }
}
