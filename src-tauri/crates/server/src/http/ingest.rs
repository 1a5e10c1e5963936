//! What agents ask: to become one, and to take a batch. Owns how a body is unpacked within its bounds, before and after;
//! and which refusal is which status. Decides nothing of what a batch says. Tested in `tests/http/ingest.rs`.

use std::io::Read;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, header};
use serde::Serialize;
use serde_json::{Map, Value};
use tidegate_api::ApiError;
use tidegate_api::door::{Admitted, Taken};
use tidegate_api::words::{EnrolBody, HandIn};
use tokio::time::timeout;

use super::answer::{is_json, whole};
use super::error::{DoorError, Wrong};
use super::{Shared, limits};

/// Makes an agent of whoever shows a code. Errors: the code; asked too often with wrong ones.
pub(super) async fn enrol(
    shared: &Shared,
    peer: Option<IpAddr>,
    fields: Map<String, Value>,
) -> Result<Response, Wrong> {
    // Every code counts, before it is looked at: a guess costs its place whether it is right or not.
    if let Some(address) = peer {
        shared.paces.code(address)?;
    }
    let body: EnrolBody = serde_json::from_value(Value::Object(fields)).map_err(|_| DoorError::Json)?;
    let door = Arc::clone(&shared.door);
    let work = async move { door.enrol(&body).await };
    match to_its_end(work).await? {
        Some(enrolled) => told(&enrolled),
        None => Err(DoorError::Code.into()),
    }
}

/// Takes a batch. Errors: it is none, or too long; the token is no agent's, or another device's.
pub(super) async fn ingest(
    shared: &Shared,
    agent: &Admitted,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Wrong> {
    let packed = whole(headers, body, limits::BATCH_PACKED).await?;
    if !is_json(headers) {
        return Err(DoorError::Media.into());
    }
    let packing = packing(headers)?;
    // What is unpacked takes eight times its room: only so many at once.
    let _room = shared.unpacking.acquire().await.map_err(|_| DoorError::Defect)?;
    let read = move || read(packed, packing);
    let hand_in = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| DoorError::Defect)??;
    let (door, agent) = (Arc::clone(&shared.door), agent.clone());
    let work = async move { door.ingest(&agent, &hand_in).await };
    match to_its_end(work).await? {
        Taken::Receipt(receipt) => told(&receipt),
        Taken::NotAnAgent => Err(DoorError::NotAnAgent.into()),
        Taken::OtherDevice => Err(DoorError::OtherDevice.into()),
    }
}

/// Whoever goes away, or waits no longer, breaks nothing off that has begun.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, Wrong> {
    let ended = timeout(limits::ANSWER_PATIENCE, tokio::spawn(work)).await;
    let done = ended.map_err(|_| DoorError::Timeout)?;
    Ok(done.map_err(|_| DoorError::Defect)??)
}

/// How a body is packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Packing {
    /// As it is.
    Plain,
    /// By gzip.
    Gzip,
}

fn packing(headers: &HeaderMap) -> Result<Packing, DoorError> {
    let mut words = headers.get_all(header::CONTENT_ENCODING).iter();
    match (words.next(), words.next()) {
        (None, _) => Ok(Packing::Plain),
        (Some(word), None) if word.as_bytes().eq_ignore_ascii_case(b"gzip") => Ok(Packing::Gzip),
        (Some(word), None) if word.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(Packing::Plain),
        _ => Err(DoorError::Packing),
    }
}

/// The batch of a body. Never says what stood in it: a name may be private.
fn read(packed: Bytes, packing: Packing) -> Result<HandIn, DoorError> {
    let plain = match packing {
        Packing::Plain => packed,
        Packing::Gzip => unpacked(&packed, limits::BATCH_UNPACKED)?.into(),
    };
    serde_json::from_slice(&plain).or_else(|_| {
        let value = serde_json::from_slice(&plain).map_err(|_| DoorError::Batch)?;
        serde_json::from_value(with_wholes(value)).map_err(|_| DoorError::Batch)
    })
}

/// Whole numbers as JSON may write them too: `3.0` is 3.
fn with_wholes(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_wholes).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(fields.map(|(name, value)| (name, with_wholes(value))).collect())
        }
        Value::Number(number) => {
            let text = number.to_string();
            let whole = text
                .split_once('.')
                .filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
            let whole = whole.and_then(|(whole, _)| whole.parse::<u64>().ok());
            whole.map_or(Value::Number(number), Value::from)
        }
        other => other,
    }
}

/// Unpacks no further than to one byte beyond the bound, whatever the packed bytes promise.
fn unpacked(packed: &[u8], most: usize) -> Result<Vec<u8>, DoorError> {
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    let mut unpacking = MultiGzDecoder::new(packed).take(bound);
    unpacking.read_to_end(&mut plain).map_err(|_| DoorError::Batch)?;
    if plain.len() > most {
        return Err(DoorError::TooLarge);
    }
    Ok(plain)
}

fn told(answer: &impl Serialize) -> Result<Response, Wrong> {
    let text = serde_json::to_string(answer).map_err(|_| DoorError::Defect)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut packing = GzEncoder::new(Vec::new(), Compression::best());
        packing.write_all(plain).unwrap();
        packing.finish().unwrap()
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let body = serde_json::json!({
            "sent_at": "2026-11-21T12:00:00Z", "agent": "0.1.0", "backlog": 0,
            "batch": {
                "device": "nas", "epoch": "0193a0c0-0000-7000-8000-000000000001", "sequence": 7,
                "sealed_at": "2026-11-21T12:00:00Z", "flows": [], "watched": [],
            },
        });
        let text = body.to_string().replace("\"sequence\":7", "\"sequence\":7.0");
        let told = read(text.clone().into_bytes().into(), Packing::Plain);
        assert_eq!(told.map(|told| told.batch.sequence), Ok(7));
        let half = text.replace("7.0", "7.5").into_bytes();
        assert_eq!(read(half.into(), Packing::Plain).map(drop), Err(DoorError::Batch));
    }

    #[test]
    fn a_body_is_unpacked_to_its_bound_and_no_further() {
        assert_eq!(unpacked(&packed(&[7; 1000]), 1000), Ok(vec![7; 1000]));
        assert_eq!(unpacked(&packed(&[7; 1001]), 1000), Err(DoorError::TooLarge));
        let bomb = packed(&vec![0; 64 * 1024 * 1024]);
        assert!(bomb.len() < 128 * 1024);
        assert_eq!(unpacked(&bomb, 1000), Err(DoorError::TooLarge));
        let two = [packed(b"ab"), packed(b"cd")].concat();
        assert_eq!(
            unpacked(&two, 10),
            Ok(b"abcd".to_vec()),
            "parts one after the other"
        );
    }

    #[test]
    fn what_is_cut_off_or_was_never_packed_is_no_batch() {
        let whole = packed(b"{\"sent_at\":1}");
        for broken in [&whole[..whole.len() - 3], b"{}", b"", &[0x1f, 0x8b]] {
            assert_eq!(unpacked(broken, 1000), Err(DoorError::Batch));
        }
    }

    #[test]
    fn only_one_way_of_packing_is_known() {
        let packed_by = |words: &[&str]| {
            let mut headers = HeaderMap::new();
            for word in words {
                headers.append(header::CONTENT_ENCODING, word.parse().unwrap());
            }
            packing(&headers)
        };
        assert_eq!(packed_by(&[]), Ok(Packing::Plain));
        assert_eq!(packed_by(&["GZip"]), Ok(Packing::Gzip));
        assert_eq!(packed_by(&["identity"]), Ok(Packing::Plain));
        for words in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &[""]] {
            assert_eq!(packed_by(words), Err(DoorError::Packing), "{words:?}");
        }
    }
}
