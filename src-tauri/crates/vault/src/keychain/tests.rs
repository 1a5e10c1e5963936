//! The line to the keychain's thread, against clients that hang, fall over and fail; the real one is in `tests/`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use secrecy::SecretString;

use super::*;

/// What the next calls do.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Hang,
    Panic,
    Broken,
    Locked,
}

struct Fake {
    mood: Mutex<Mood>,
    changed: Condvar,
    calls: AtomicUsize,
    opened: AtomicUsize,
    inner: Arc<keyring_core::CredentialStore>,
}

impl Fake {
    fn new(mood: Mood) -> Arc<Self> {
        Arc::new(Self {
            mood: Mutex::new(mood),
            changed: Condvar::new(),
            calls: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            inner: keyring_core::mock::Store::new().unwrap(),
        })
    }

    fn become_(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
        self.changed.notify_all();
    }

    /// Calls so far; the first one is waited for, since the thread may not have come to it yet.
    fn calls_begun(&self) -> usize {
        while self.calls.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        self.calls.load(Ordering::SeqCst)
    }

    fn keychain(self: &Arc<Self>) -> Keychain {
        let fake = self.clone();
        let opener: store::Opener = Arc::new(move || {
            fake.opened.fetch_add(1, Ordering::SeqCst);
            let store: store::Store = Arc::new(Face(fake.clone()));
            Ok(store)
        });
        Keychain::with_opener("tidegate-test", Duration::from_millis(40), opener)
    }
}

struct Face(Arc<Fake>);

impl CredentialStoreApi for Face {
    fn vendor(&self) -> String {
        "fake".to_owned()
    }

    fn id(&self) -> String {
        "fake".to_owned()
    }

    fn build(
        &self,
        service: &str,
        user: &str,
        mods: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        let held = self.0.mood.lock().unwrap();
        let mood = *self
            .0
            .changed
            .wait_while(held, |mood| *mood == Mood::Hang)
            .unwrap();
        match mood {
            Mood::Panic => panic!("the client fell over"),
            Mood::Broken => Err(Error::PlatformFailure("session gone".into())),
            Mood::Locked => Err(Error::NoStorageAccess("SS error: prompt dismissed".into())),
            Mood::Good | Mood::Hang => self.0.inner.build(service, user, mods),
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn fields() -> Fields {
    Fields::from([("sk".to_owned(), SecretString::from("FAKE-canary"))])
}

#[tokio::test]
async fn a_hanging_call_is_reported_as_locked_and_no_second_one_is_begun() {
    let fake = Fake::new(Mood::Hang);
    let keychain = fake.keychain();
    assert_eq!(keychain.get("a.watch").await.unwrap_err(), VaultError::Locked);
    assert_eq!(keychain.get("a.watch").await.unwrap_err(), VaultError::Locked);
    assert_eq!(
        keychain.set("b.watch", fields()).await.unwrap_err(),
        VaultError::Locked
    );
    assert_eq!(fake.calls_begun(), 1);
    fake.become_(Mood::Good);
    // The dialog was answered: the thread comes back, and the same object works.
    while matches!(keychain.set("a.watch", fields()).await, Err(VaultError::Locked)) {
        tokio::task::yield_now().await;
    }
    let patient = keychain.with_patience(Duration::from_secs(60));
    assert!(patient.get("a.watch").await.unwrap().is_some());
}

#[tokio::test]
async fn a_dropped_caller_leaves_the_line_guarded() {
    let fake = Fake::new(Mood::Hang);
    let keychain = fake.keychain().with_patience(Duration::from_secs(3600));
    let dropped = tokio::time::timeout(Duration::from_millis(20), keychain.get("a.watch")).await;
    assert!(dropped.is_err());
    assert_eq!(keychain.get("a.watch").await.unwrap_err(), VaultError::Locked);
    assert_eq!(fake.calls_begun(), 1);
    fake.become_(Mood::Good);
}

#[tokio::test]
async fn a_client_that_falls_over_is_started_anew() {
    let fake = Fake::new(Mood::Panic);
    let keychain = fake.keychain().with_patience(Duration::from_secs(60));
    assert!(matches!(
        keychain.get("a.watch").await,
        Err(VaultError::Failed(_))
    ));
    fake.become_(Mood::Good);
    assert!(keychain.get("a.watch").await.unwrap().is_none());
}

#[tokio::test]
async fn a_broken_connection_is_made_anew_with_the_next_call() {
    let fake = Fake::new(Mood::Good);
    let keychain = fake.keychain().with_patience(Duration::from_secs(60));
    keychain.set("a.watch", fields()).await.unwrap();
    assert_eq!(fake.opened.load(Ordering::SeqCst), 1);
    fake.become_(Mood::Broken);
    assert!(matches!(
        keychain.get("a.watch").await,
        Err(VaultError::Failed(_))
    ));
    assert_eq!(
        fake.opened.load(Ordering::SeqCst),
        2,
        "tried once more on a fresh connection"
    );
    fake.become_(Mood::Good);
    assert!(keychain.get("a.watch").await.unwrap().is_some());
    assert_eq!(fake.opened.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_locked_keychain_keeps_its_connection() {
    let fake = Fake::new(Mood::Locked);
    let keychain = fake.keychain().with_patience(Duration::from_secs(60));
    assert_eq!(keychain.get("a.watch").await.unwrap_err(), VaultError::Locked);
    fake.become_(Mood::Good);
    assert!(keychain.get("a.watch").await.unwrap().is_none());
    assert_eq!(fake.opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_index_lists_more_names_than_one_item_holds() {
    let fake = Fake::new(Mood::Good);
    let keychain = fake.keychain().with_patience(Duration::from_secs(60));
    let names: Vec<String> = (0..60).map(|n| format!("{:0>60}.watch-{n:02}", "x")).collect();
    for name in &names {
        keychain.set(name, fields()).await.unwrap();
    }
    assert_eq!(keychain.list().await.unwrap(), names);
    for name in &names {
        assert!(keychain.delete(name).await.unwrap());
        assert!(!keychain.delete(name).await.unwrap());
    }
    assert_eq!(keychain.list().await.unwrap(), Vec::<String>::new());
}

#[test]
fn each_error_of_a_client_has_its_meaning() {
    let read = |error: Error| fault::read(&error);
    assert_eq!(
        read(Error::NoStorageAccess("SS error: prompt dismissed".into())),
        VaultError::Locked
    );
    assert_eq!(
        read(Error::PlatformFailure("SS Error: object locked".into())),
        VaultError::Locked
    );
    assert_eq!(
        read(Error::PlatformFailure(
            "zbus error: org.freedesktop.DBus.Error.ServiceUnknown: x".into()
        )),
        VaultError::Absent
    );
    let secret = read(Error::BadEncoding(b"FAKE-canary".to_vec()));
    assert!(!format!("{secret:?} {secret}").contains("FAKE-canary"));
}
