//! What a server sends while it runs, as a function of time that is exact however often anybody asks. Seconds count
//! from the beginning of the cycle that is played; those before it are the end of the cycle before.

/// Bytes in a second of one Mbit/s.
const BYTES_PER_MBIT: i64 = 125_000;

/// From `from` on so many bytes a second, `before` bytes having left until then.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: i64,
    rate: i64,
    before: i64,
}

/// The traffic of one server.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    pieces: Vec<Piece>,
}

impl Traffic {
    /// Parts one after the other from `start` on, each `(seconds, permille of a link of mbit)`; the last one stays.
    pub(crate) fn new(start: i64, mbit: u32, parts: &[(i64, i64)]) -> Self {
        let (mut from, mut before) = (start, 0);
        let mut pieces = Vec::with_capacity(parts.len());
        for (seconds, permille) in parts {
            let rate = i64::from(mbit) * BYTES_PER_MBIT * permille / 1000;
            pieces.push(Piece { from, rate, before });
            from += seconds;
            before += rate * seconds;
        }
        Self { pieces }
    }

    /// Bytes that left from the start until `at`.
    pub(crate) fn until(&self, at: i64) -> i64 {
        let after = self.pieces.partition_point(|piece| piece.from <= at);
        let piece = after.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece.map_or(0, |piece| piece.before + piece.rate * (at - piece.from))
    }
}
