//! Units of billing. `GB` here is 2^30 bytes: the provider converts 10 (GB) to 11 (MB) by 1024, and its console shows
//! the same number. 17 is *not* bytes but disk capacity, and base-1000 packages have ids that nobody has recorded; an
//! unknown id is therefore blind, never guessed.

/// Bytes in one unit of a `measure_id`; `None` for every unit that is not known to count traffic.
pub(super) const fn bytes_per(measure_id: i64) -> Option<i64> {
    match measure_id {
        10 => Some(1 << 30),
        11 => Some(1 << 20),
        13 => Some(1),
        _ => None,
    }
}

/// Whether a package's item counts traffic, as opposed to hours, requests or images.
pub(super) const fn is_traffic(measure_id: i64) -> bool {
    bytes_per(measure_id).is_some()
}
