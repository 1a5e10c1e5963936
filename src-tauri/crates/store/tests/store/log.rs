//! The write-ahead log: its room is laid out, nothing in it is touched by that, and a decision writes few pages.

use serde_json::json;
use tidegate_meter::MeterId;
use tidegate_store::{DeliveryRow, DeliveryState, Write, limits};

use crate::support::*;

/// Pages that one decision may write: its eight tables and their indexes, the splits of one of them, and the first page.
const DECISION_PAGES: usize = 22;
/// Long enough for the texts of a real judgement.
const TEXT: usize = 800;

/// What a check writes that plans a stop, with texts as long as they are in truth.
fn decision(n: u8) -> Vec<Write> {
    let text = json!({ "text": "x".repeat(TEXT) });
    let meter: MeterId = format!("package-{n}").parse().unwrap();
    let mut row = intent(n);
    row.detail = text.clone();
    let mut raised = alert(n, &format!("limit-{n}"));
    raised.body = text.clone();
    let message = DeliveryRow {
        message: text,
        ..delivery(n, DeliveryState::Pending, T0)
    };
    let event = event(&row, None, T0);
    vec![
        Write::Look {
            info: info_of(meter),
            at: minutes(u64::from(n)),
            outcome: tidegate_meter::Outcome::Known(reading(minutes(u64::from(n)), 5_000_000_000)),
            lag_ms: None,
        },
        Write::RaiseAlert(raised),
        Write::Intent(row, event),
        Write::Delivery(message),
        audit("intent.planned", T0),
    ]
}

#[tokio::test]
async fn the_holder_lays_the_log_out_once_and_what_was_written_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    store.write(batch([setting("a", 1)])).await.unwrap();
    assert!(std::fs::metadata(log_of(&path)).unwrap().len() >= limits::LOG_BYTES);
    store.write(batch([setting("b", 2)])).await.unwrap();
    // What a killed process leaves: database and log as they are, read by another one.
    let left = folder.path().join("left");
    std::fs::create_dir(&left).unwrap();
    for name in ["t.db", "t.db-wal"] {
        std::fs::copy(folder.path().join(name), left.join(name)).unwrap();
    }
    let after = held(file(&left.join("t.db"), "two")).await;
    assert_eq!(after.settings().await.unwrap().len(), 2);
    after.write(batch([setting("c", 3)])).await.unwrap();
    assert_eq!(after.settings().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_reader_beside_the_guard_leaves_the_log_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let reader = file(&path, "reader");
    assert!(reader.settings().await.unwrap().is_empty());
    let log = std::fs::metadata(log_of(&path)).map_or(0, |found| found.len());
    assert!(log < limits::LOG_BYTES, "{log}");
}

#[tokio::test]
async fn a_decision_writes_few_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    store.write(batch([Write::PutGuard(guard())])).await.unwrap();
    let mut most = 0;
    for n in 1..=40 {
        let before = frames(&path);
        store.write(batch(decision(n))).await.unwrap();
        most = most.max(frames(&path) - before);
    }
    assert!(most > 5, "the frames are counted: {most}");
    assert!(most <= DECISION_PAGES, "one decision wrote {most} pages");
}

#[tokio::test]
async fn the_log_is_folded_again_and_again_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    let long = "x".repeat(TEXT);
    let rounds = 5 * i64::try_from(limits::CHECKPOINT_WRITES).unwrap();
    for n in 0..rounds {
        store
            .write(batch([setting(&format!("key-{n}-{long}"), n)]))
            .await
            .unwrap();
    }
    let log = std::fs::metadata(log_of(&path)).unwrap().len();
    let database = std::fs::metadata(&path).unwrap().len();
    assert!(
        log < 3 * limits::LOG_BYTES,
        "a log that nobody folds grows with every write: {log}"
    );
    let written = u64::try_from(rounds).unwrap() * TEXT as u64;
    assert!(database > written / 2, "{database} of {written}");
    assert_eq!(
        store.settings().await.unwrap().len(),
        usize::try_from(rounds).unwrap()
    );
}
