//! The audit chain: whatever is done to the table, the first bad row is named.

use proptest::prelude::*;
use rusqlite::{Connection, params};
use tempfile::TempDir;
use tidegate_store::{AuditFault, AuditHead, AuditRow, AuditVerdict, Opened, Store};

use crate::support::*;

/// A chain of `rows` rows in a file, and a second way into that file.
async fn chain(rows: u64) -> (TempDir, Store, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = tidegate_store::OpenOptions::file(&path, T0, "tester").inline();
    let store = held(Store::open(store).unwrap()).await;
    let entries = (1..=rows).map(|n| audit(&format!("event.{n}"), minutes(n)));
    store.write(batch(entries)).await.unwrap();
    (folder, store, Connection::open(path).unwrap())
}

async fn verdict(store: &Store, expected: Option<AuditHead>) -> AuditVerdict {
    store.audit_verify(expected).await.unwrap()
}

fn broken(seq: i64, fault: AuditFault) -> AuditVerdict {
    AuditVerdict::Broken { seq, fault }
}

/// What an intruder may do to the table.
#[derive(Clone, Copy, Debug)]
enum Mutation {
    Edit { row: i64, column: usize },
    Delete { row: i64 },
    Swap { row: i64, other: i64 },
    Insert { before: i64 },
    Cut { after: i64 },
}

const COLUMNS: [&str; 5] = [
    "at = at + 1",
    "actor = actor || 'x'",
    "event = 'e' || event",
    "facts = replace(facts, '1', '2')",
    "hash = randomblob(32)",
];

fn mutation(rows: i64) -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (1..=rows, 0..COLUMNS.len()).prop_map(|(row, column)| Mutation::Edit { row, column }),
        (1..rows).prop_map(|row| Mutation::Delete { row }),
        (1..rows)
            .prop_flat_map(move |row| (Just(row), row + 1..=rows))
            .prop_map(|(row, other)| Mutation::Swap { row, other }),
        (1..=rows).prop_map(|before| Mutation::Insert { before }),
        (0..rows).prop_map(|after| Mutation::Cut { after }),
    ]
}

/// Does it, and tells what the verification must answer.
fn mutate(conn: &Connection, mutation: Mutation) -> AuditVerdict {
    match mutation {
        Mutation::Edit { row, column } => {
            let set = COLUMNS[column];
            conn.execute(&format!("UPDATE audit SET {set} WHERE seq = ?1"), [row])
                .unwrap();
            broken(row, AuditFault::Changed)
        }
        Mutation::Delete { row } => {
            conn.execute("DELETE FROM audit WHERE seq = ?1", [row]).unwrap();
            broken(row, AuditFault::Missing)
        }
        Mutation::Swap { row, other } => {
            for (from, to) in [(row, -1), (other, row), (-1, other)] {
                conn.execute("UPDATE audit SET seq = ?2 WHERE seq = ?1", [from, to])
                    .unwrap();
            }
            broken(row, AuditFault::Changed)
        }
        Mutation::Insert { before } => {
            conn.execute("UPDATE audit SET seq = -seq - 1 WHERE seq >= ?1", [before])
                .unwrap();
            conn.execute("UPDATE audit SET seq = -seq WHERE seq < 0", [])
                .unwrap();
            let sql = "INSERT INTO audit SELECT ?1, at, 'intruder', event, facts, hash FROM audit WHERE seq = ?1 + 1";
            conn.execute(sql, [before]).unwrap();
            broken(before, AuditFault::Changed)
        }
        Mutation::Cut { after } => {
            conn.execute("DELETE FROM audit WHERE seq > ?1", [after]).unwrap();
            broken(after + 1, AuditFault::Truncated)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_mutation_is_named_with_the_first_bad_row(mutation in mutation(9)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (_folder, store, conn) = chain(9).await;
            let head = store.audit_head().await.unwrap();
            let intact = AuditVerdict::Intact { head: head.clone() };
            prop_assert_eq!(verdict(&store, Some(head.clone())).await, intact);
            let named = mutate(&conn, mutation);
            prop_assert_eq!(verdict(&store, Some(head)).await, named);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn an_empty_chain_is_intact() {
    let store = memory();
    let head = AuditHead {
        seq: 0,
        hash: "0".repeat(64),
    };
    assert_eq!(verdict(&store, None).await, AuditVerdict::Intact { head });
}

#[tokio::test]
async fn a_chain_that_was_cut_looks_good_without_the_head_published_outside() {
    let (_folder, store, conn) = chain(5).await;
    let head = store.audit_head().await.unwrap();
    mutate(&conn, Mutation::Cut { after: 3 });
    assert!(matches!(verdict(&store, None).await, AuditVerdict::Intact { head } if head.seq == 3));
    assert_eq!(
        verdict(&store, Some(head)).await,
        broken(4, AuditFault::Truncated)
    );
}

#[tokio::test]
async fn a_chain_rewritten_with_fitting_hashes_is_caught_by_the_head_published_outside() {
    let (_folder, store, conn) = chain(5).await;
    let head = store.audit_head().await.unwrap();
    mutate(&conn, Mutation::Cut { after: 4 });
    store.write(batch([audit("forged", minutes(5))])).await.unwrap();
    assert!(matches!(verdict(&store, None).await, AuditVerdict::Intact { .. }));
    assert_eq!(
        verdict(&store, Some(head)).await,
        broken(5, AuditFault::Rewritten)
    );
}

#[tokio::test]
async fn the_chain_goes_on_after_the_published_head() {
    let (_folder, store, _conn) = chain(3).await;
    let head = store.audit_head().await.unwrap();
    store.write(batch([audit("later", minutes(9))])).await.unwrap();
    assert!(matches!(verdict(&store, Some(head)).await, AuditVerdict::Intact { head } if head.seq == 4));
}

#[tokio::test]
async fn audit_rows_are_read_in_pages() {
    let (_folder, store, _conn) = chain(5).await;
    let page = store.audit(2, 2).await.unwrap();
    assert_eq!(page.iter().map(|row| row.seq).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(page[0].event, "event.3");
    assert_eq!(page[0].at, minutes(3));
    assert_eq!(page[0].facts["a"][0], "甲");
}

#[tokio::test]
async fn the_hash_is_over_the_previous_hash_and_the_documented_text() {
    use sha2::{Digest, Sha256};
    let (_folder, store, conn) = chain(1).await;
    let facts: String = conn
        .query_row("SELECT facts FROM audit WHERE seq = ?1", params![1], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(facts, r#"{"a":["甲",null,{"b":true,"k":2.5}],"z":1}"#);
    let text = format!(
        r#"{{"actor":"engine","at":"2026-01-01T00:01:00Z","event":"event.1","facts":{facts},"seq":1}}"#
    );
    let mut hasher = Sha256::new();
    hasher.update([0; 32]);
    hasher.update(text);
    assert_eq!(
        store.audit_head().await.unwrap().hash,
        hex::encode(hasher.finalize())
    );
}

/// The numbers of the rows that are other than before, or gone.
async fn changed(store: &Store, good: &[AuditRow]) -> Vec<i64> {
    let mut changed = Vec::new();
    for row in good {
        let now = store.audit(row.seq - 1, 1).await;
        if !now.is_ok_and(|now| now.first() == Some(row)) {
            changed.push(row.seq);
        }
    }
    changed
}

#[tokio::test]
async fn a_bit_that_flips_in_the_file_of_the_audit_is_named_with_its_row() {
    let (folder, store, conn) = chain(30).await;
    let good = store.audit(0, 100).await.unwrap();
    drop(conn);
    store.release_lease().await.unwrap();
    drop(store);
    let path = folder.path().join("t.db");
    let bytes = std::fs::read(&path).unwrap();
    let rows: Vec<usize> = bytes
        .windows(6)
        .enumerate()
        .filter(|(_, window)| window == b"event.")
        .map(|(at, _)| at)
        .collect();
    assert!(rows.len() >= 30, "{}", rows.len());
    let mut named = 0;
    for (number, at) in rows.iter().enumerate() {
        for step in 0..3 {
            let mut flipped = bytes.clone();
            flipped[at + (number * 7 + step * 31) % 90] ^= 1 << ((number + step) % 8);
            let file = folder.path().join(format!("{number}-{step}.db"));
            std::fs::write(&file, flipped).unwrap();
            let store = Store::open(tidegate_store::OpenOptions::file(&file, T0, "next").inline()).unwrap();
            if *store.opened_as() != Opened::Existing {
                continue;
            }
            match verdict(&store, None).await {
                AuditVerdict::Broken { seq, .. } => {
                    named += 1;
                    assert_eq!(
                        changed(&store, &good).await.first(),
                        Some(&seq),
                        "{number} {step}"
                    );
                }
                AuditVerdict::Intact { .. } => assert_eq!(changed(&store, &good).await, [0; 0]),
            }
        }
    }
    assert!(named > 60, "{named} of 90 were named");
}
