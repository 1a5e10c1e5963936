//! Integers in few bytes: seven bits a byte, signed ones folded so that small magnitudes stay short.

use crate::StoreError;

/// Appends an unsigned integer.
pub(super) fn put(to: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            to.push(low);
            return;
        }
        to.push(low | 0x80);
    }
}

/// Appends a signed integer.
pub(super) fn put_signed(to: &mut Vec<u8>, value: i64) {
    put(to, (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
}

/// Most zeros at the end of a number of 64 bits.
const ZEROS: u64 = 18;

/// Appends a signed integer that mostly is a round number: how many zeros end it, and what stands before them.
pub(super) fn put_round(to: &mut Vec<u8>, mut value: i64) {
    let mut zeros = 0;
    while value != 0 && value % 10 == 0 {
        value /= 10;
        zeros += 1;
    }
    put(to, zeros);
    put_signed(to, value);
}

/// Reads what [`put_round`] wrote.
pub(super) fn take_round(from: &mut &[u8]) -> Result<i64, StoreError> {
    let zeros = take(from)?;
    if zeros > ZEROS {
        return Err(StoreError::Corrupt);
    }
    let value = take_signed(from)?;
    (0..zeros)
        .try_fold(value, |value, _| value.checked_mul(10))
        .ok_or(StoreError::Corrupt)
}

/// Reads what [`put`] wrote, from the front of `from`.
pub(super) fn take(from: &mut &[u8]) -> Result<u64, StoreError> {
    let mut value: u64 = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = from.split_first().ok_or(StoreError::Corrupt)?;
        *from = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(StoreError::Corrupt)
}

/// Reads what [`put_signed`] wrote.
pub(super) fn take_signed(from: &mut &[u8]) -> Result<i64, StoreError> {
    let folded = take(from)?;
    Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_integer_comes_back(value in any::<i64>(), next in any::<u64>()) {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, value);
            put(&mut bytes, next);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take_signed(&mut rest), Ok(value));
            prop_assert_eq!(take(&mut rest), Ok(next));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn round_ones_come_back(value in any::<i64>(), zeros in 0..18_u32) {
            for value in [value, value / 10_i64.pow(zeros) * 10_i64.pow(zeros)] {
                let mut bytes = Vec::new();
                put_round(&mut bytes, value);
                let mut rest = bytes.as_slice();
                prop_assert_eq!(take_round(&mut rest), Ok(value));
                prop_assert!(rest.is_empty());
            }
        }

        #[test]
        fn damaged_bytes_are_damage_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                if take_round(&mut rest).is_err() || take_signed(&mut rest).is_err() {
                    break;
                }
            }
        }
    }

    #[test]
    fn small_magnitudes_take_one_byte() {
        for value in [-64_i64, -1, 0, 1, 63] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, value);
            assert_eq!(bytes.len(), 1, "{value}");
        }
    }
}
