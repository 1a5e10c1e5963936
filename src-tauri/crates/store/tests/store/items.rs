//! Renewals and mailboxes: configured whole, with a state that a change of the configuration leaves.

use serde_json::{Value, json};
use tidegate_store::{ItemRow, Store, StoredKind, Write};

use crate::support::*;

fn renewal(cycle: &str) -> Write {
    Write::PutItem(ItemRow {
        kind: StoredKind::Renewal,
        id: "domain".to_owned(),
        enabled: true,
        config: json!({ "cycle": cycle }),
        state: None,
    })
}

fn paid(kind: StoredKind, through: &str) -> Write {
    Write::ItemState {
        kind,
        id: "domain".to_owned(),
        state: Some(json!({ "paid": through })),
    }
}

async fn only(store: &Store) -> ItemRow {
    let rows = store.items(StoredKind::Renewal).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_changed_item_keeps_its_state() {
    let store = ready().await;
    let first = [renewal("monthly"), paid(StoredKind::Renewal, "2026-11-20")];
    store.write(batch(first)).await.unwrap();
    store.write(batch([renewal("yearly")])).await.unwrap();
    let row = only(&store).await;
    assert_eq!(row.config, json!({ "cycle": "yearly" }));
    assert_eq!(row.state, Some(json!({ "paid": "2026-11-20" })));
}

#[tokio::test]
async fn a_removed_item_takes_its_state_along() {
    let store = ready().await;
    let first = [renewal("monthly"), paid(StoredKind::Renewal, "2026-11-20")];
    store.write(batch(first)).await.unwrap();
    let id = "domain".to_owned();
    let kind = StoredKind::Renewal;
    store
        .write(batch([Write::RemoveItem { kind, id }, renewal("monthly")]))
        .await
        .unwrap();
    assert_eq!(only(&store).await.state, None);
}

#[tokio::test]
async fn the_same_id_of_another_kind_is_another_item() {
    let store = ready().await;
    let writes = [renewal("monthly"), paid(StoredKind::Mailbox, "2026-11-20")];
    store.write(batch(writes)).await.unwrap();
    assert_eq!(only(&store).await.state, None);
    assert!(store.items(StoredKind::Mailbox).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_damaged_state_hides_no_other_item() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    let first = [renewal("monthly"), paid(StoredKind::Renewal, "2026-11-20")];
    store.write(batch(first)).await.unwrap();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute("UPDATE item SET state = '{', config = '['", [])
        .unwrap();
    let row = only(&store).await;
    assert_eq!((row.config, row.state), (Value::Null, Some(Value::Null)));
}
