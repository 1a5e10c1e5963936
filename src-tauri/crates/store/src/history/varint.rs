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

/// Zeros at the end of a number that are left out; two such counts share a byte.
const ZEROS: u8 = 15;

/// Appends two numbers that mostly are round, each where it is there: how many zeros end them, and what stands before.
pub(super) fn put_round(to: &mut Vec<u8>, signed: Option<i64>, unsigned: Option<u64>) {
    let low = signed.map_or(0, |value| zeros(value.unsigned_abs()));
    let high = unsigned.map_or(0, zeros);
    if signed.is_some() || unsigned.is_some() {
        to.push(low | (high << 4));
    }
    if let Some(value) = signed {
        put_signed(to, value / scale(low));
    }
    if let Some(value) = unsigned {
        put(to, value / scale(high).unsigned_abs());
    }
}

/// How many zeros end a number.
fn zeros(mut value: u64) -> u8 {
    let mut zeros = 0;
    while value != 0 && value.is_multiple_of(10) && zeros < ZEROS {
        value /= 10;
        zeros += 1;
    }
    zeros
}

/// What so many zeros stand for.
fn scale(zeros: u8) -> i64 {
    10_i64.pow(u32::from(zeros))
}

/// Reads what [`put_round`] wrote of those that are there.
pub(super) fn take_round(
    from: &mut &[u8],
    is_signed: bool,
    is_unsigned: bool,
) -> Result<(Option<i64>, Option<u64>), StoreError> {
    if !is_signed && !is_unsigned {
        return Ok((None, None));
    }
    let (zeros, rest) = from.split_first().ok_or(StoreError::Corrupt)?;
    *from = rest;
    let signed = is_signed
        .then(|| {
            let value = take_signed(from)?;
            value.checked_mul(scale(zeros & 15)).ok_or(StoreError::Corrupt)
        })
        .transpose()?;
    let unsigned = is_unsigned
        .then(|| {
            let value = take(from)?;
            let scale = scale(zeros >> 4).unsigned_abs();
            value.checked_mul(scale).ok_or(StoreError::Corrupt)
        })
        .transpose()?;
    Ok((signed, unsigned))
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
        fn round_ones_come_back(
            signed in any::<Option<i64>>(),
            unsigned in any::<Option<u64>>(),
            zeros in 0..18_u32,
        ) {
            let round = |value: i64| value / 10_i64.pow(zeros) * 10_i64.pow(zeros);
            for signed in [signed, signed.map(round)] {
                let mut bytes = Vec::new();
                put_round(&mut bytes, signed, unsigned);
                let mut rest = bytes.as_slice();
                let back = take_round(&mut rest, signed.is_some(), unsigned.is_some());
                prop_assert_eq!(back, Ok((signed, unsigned)));
                prop_assert!(rest.is_empty());
            }
        }

        #[test]
        fn damaged_bytes_are_damage_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                if take_round(&mut rest, true, true).is_err() || take_signed(&mut rest).is_err() {
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
