//! The small backends: environment, memory, and the copy in front of any of them.

#![allow(
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "helpers of tests: a failed assumption is a failed test"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tidegate_vault::{Cached, Environment, Fields, Memory, Vault, VaultError, variable};

const CANARY: &str = "FAKE-canary-51cc";

fn fields(value: &str) -> Fields {
    Fields::from([("sk".to_owned(), SecretString::from(value))])
}

fn environment() -> Environment {
    Environment::new(Arc::new(|name| {
        let value = match name {
            "TIDEGATE_SECRET_HW_MAIN_WATCH_AK" => "FAKE-ak",
            "TIDEGATE_SECRET_HW_MAIN_WATCH_SK" => CANARY,
            _ => return None,
        };
        Some(SecretString::from(value))
    }))
}

#[test]
fn a_variable_is_named_after_item_and_field() {
    assert_eq!(
        variable("hw-main.watch", "sk"),
        "TIDEGATE_SECRET_HW_MAIN_WATCH_SK"
    );
    assert_eq!(variable("ops", "url"), "TIDEGATE_SECRET_OPS_URL");
}

#[tokio::test]
async fn the_environment_is_read_field_by_field_and_never_written() {
    let vault = environment();
    let item = vault.get("hw-main.watch").await.unwrap().unwrap();
    assert_eq!(item.keys().collect::<Vec<_>>(), ["ak", "sk"]);
    assert_eq!(item.get("sk").unwrap().expose_secret(), CANARY);
    assert!(vault.get("other.watch").await.unwrap().is_none());
    assert!(matches!(
        vault.set("ops", fields("FAKE")).await,
        Err(VaultError::ReadOnly(_))
    ));
    assert!(matches!(vault.delete("ops").await, Err(VaultError::ReadOnly(_))));
    assert!(vault.list().await.unwrap().is_empty());
}

/// Counts the reads, and answers as it is told.
struct Counting {
    inner: Memory,
    reads: AtomicUsize,
}

#[async_trait]
impl Vault for Counting {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if item == "locked" {
            Err(VaultError::Locked)
        } else {
            self.inner.get(item).await
        }
    }
    async fn set(&self, item: &str, fields: Fields) -> Result<(), VaultError> {
        self.inner.set(item, fields).await
    }
    async fn delete(&self, item: &str) -> Result<bool, VaultError> {
        self.inner.delete(item).await
    }
    async fn list(&self) -> Result<Vec<String>, VaultError> {
        self.inner.list().await
    }
    fn name(&self) -> &'static str {
        "counting"
    }
}

#[tokio::test]
async fn an_item_is_read_once_until_it_changes() {
    let inner = Arc::new(Counting {
        inner: Memory::new(),
        reads: AtomicUsize::new(0),
    });
    let vault = Cached::new(inner.clone());
    vault.set("ops", fields("FAKE-1")).await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            vault
                .get("ops")
                .await
                .unwrap()
                .unwrap()
                .get("sk")
                .unwrap()
                .expose_secret(),
            "FAKE-1"
        );
    }
    assert_eq!(inner.reads.load(Ordering::SeqCst), 1);
    vault.set("ops", fields("FAKE-2")).await.unwrap();
    assert_eq!(
        vault
            .get("ops")
            .await
            .unwrap()
            .unwrap()
            .get("sk")
            .unwrap()
            .expose_secret(),
        "FAKE-2"
    );
    assert!(vault.delete("ops").await.unwrap());
    assert!(vault.get("ops").await.unwrap().is_none());
}

#[tokio::test]
async fn absence_and_errors_are_asked_again() {
    let inner = Arc::new(Counting {
        inner: Memory::new(),
        reads: AtomicUsize::new(0),
    });
    let vault = Cached::new(inner.clone());
    for _ in 0..2 {
        assert!(vault.get("ops").await.unwrap().is_none());
        assert_eq!(vault.get("locked").await.unwrap_err(), VaultError::Locked);
    }
    assert_eq!(inner.reads.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let memory = Memory::new();
    memory.set("ops", fields(CANARY)).await.unwrap();
    let item = memory.get("ops").await;
    let shown = format!("{memory:?} {item:?} {:?}", environment());
    let cached = Cached::new(Arc::new(memory));
    cached.get("ops").await.unwrap();
    assert!(!format!("{shown} {cached:?}").contains(CANARY));
}
