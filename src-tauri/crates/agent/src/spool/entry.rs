//! What a file of the spool holds, and its bytes: JSON, packed with gzip.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_meter::{Flow, Span, Time};

use crate::limits;

/// What was counted since the batch before, and from where to count on: one durable step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// When it was closed, by this machine's clock.
    pub sealed_at: Time,
    /// The bytes.
    pub flows: Vec<Flow>,
    /// When the kernel was watched.
    pub watched: Vec<Span>,
    /// How often the kernel began to count anew.
    pub restarts: u32,
    /// The kernel as it calls itself.
    pub kernel: String,
    /// From where the next batch counts, as the counter wrote it; dropped where a later batch is there.
    pub baseline: Option<Box<RawValue>>,
}

/// A file that is not what was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Damaged;

impl Entry {
    /// As a file.
    pub(super) fn pack(&self) -> std::io::Result<Vec<u8>> {
        pack(self)
    }

    /// From a file.
    pub(super) fn unpack(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut text = String::new();
        GzDecoder::new(bytes)
            .take(limits::FILE_BYTES.saturating_add(1))
            .read_to_string(&mut text)
            .map_err(|_| Damaged)?;
        if u64::try_from(text.len()).is_ok_and(|len| len > limits::FILE_BYTES) {
            return Err(Damaged);
        }
        serde_json::from_str(&text).map_err(|_| Damaged)
    }
}

/// JSON, packed with gzip: the form of a file and of a hand-in.
pub(crate) fn pack(value: &impl Serialize) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    serde_json::to_writer(&mut packer, value)?;
    packer.flush()?;
    packer.finish()
}
