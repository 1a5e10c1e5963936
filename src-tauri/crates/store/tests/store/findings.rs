//! What mails said: each once, found again by its numbers or its identity, newest first.

use serde_json::json;
use tidegate_meter::{MailboxId, RowId, Time};
use tidegate_store::{FindingFilter, FindingRow, StoreError, Write};

use crate::support::*;

fn mailbox(id: &str) -> MailboxId {
    MailboxId::new(id).unwrap()
}

fn finding(box_: &str, uid: u32, kind: &str) -> Write {
    Write::Finding(FindingRow {
        id: RowId::new(
            Time::from_ms(i64::from(uid)),
            [u8::try_from(box_.len()).unwrap(); 10],
        ),
        mailbox: mailbox(box_),
        uid_validity: 7,
        uid,
        at: Time::from_ms(i64::from(uid)),
        body: json!({ "identity": format!("<{uid}>"), "kind": kind, "certainty": "sure" }),
    })
}

fn page() -> FindingFilter {
    FindingFilter {
        limit: 100,
        ..FindingFilter::default()
    }
}

#[tokio::test]
async fn the_same_mail_is_refused_with_its_whole_batch() {
    let store = ready().await;
    store.write(batch([finding("work", 1, "overdue")])).await.unwrap();
    let again = store
        .write(batch([
            finding("work", 2, "overdue"),
            finding("work", 1, "overdue"),
        ]))
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    assert_eq!(store.findings(page()).await.unwrap().len(), 1);
    // The same numbers of another box are another mail.
    store
        .write(batch([finding("home_", 1, "overdue")]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_mail_is_known_by_its_numbers_and_by_its_identity() {
    let store = ready().await;
    store.write(batch([finding("work", 1, "overdue")])).await.unwrap();
    let work = mailbox("work");
    assert!(store.is_found(&work, (7, 1), "<other>").await.unwrap());
    assert!(store.is_found(&work, (8, 99), "<1>").await.unwrap());
    assert!(!store.is_found(&work, (8, 1), "<other>").await.unwrap());
    assert!(!store.is_found(&mailbox("home_"), (7, 1), "<1>").await.unwrap());
}

#[tokio::test]
async fn findings_come_newest_first_and_by_what_is_asked_for() {
    let store = ready().await;
    let rows = [
        finding("work", 1, "overdue"),
        finding("work", 2, "receipt"),
        finding("home_", 3, "overdue"),
    ];
    store.write(batch(rows)).await.unwrap();
    let uids = async |filter: FindingFilter| -> Vec<u32> {
        store
            .findings(filter)
            .await
            .unwrap()
            .iter()
            .map(|row| row.uid)
            .collect()
    };
    assert_eq!(uids(page()).await, [3, 2, 1]);
    let overdue = FindingFilter {
        kind: Some("overdue".to_owned()),
        mailbox: Some(mailbox("work")),
        ..page()
    };
    assert_eq!(uids(overdue).await, [1]);
    let later = FindingFilter {
        after: Some(Time::from_ms(2)),
        ..page()
    };
    assert_eq!(uids(later).await, [3]);
    let none = FindingFilter {
        certainty: Some("possible".to_owned()),
        ..page()
    };
    assert!(uids(none).await.is_empty());
}
