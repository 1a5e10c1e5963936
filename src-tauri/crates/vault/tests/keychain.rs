//! The keychain against a real Secret Service: gnome-keyring on a private bus, looked at from outside by another program.
//! Needs the Debian packages dbus, gnome-keyring and libsecret-tools; without one of them the test fails and names it.

#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::allow_attributes,
    unreachable_pub,
    missing_docs,
    reason = "helpers of tests: a failed assumption is a failed test, and a test may read its environment"
)]

mod support;

use secrecy::{ExposeSecret as _, SecretString};
use support::{Bus, House, inside};
use tidegate_vault::{Cached, Fields, Keychain, Vault, VaultError};

const SERVICE: &str = "tidegate-test";

fn fields(sk: &str) -> Fields {
    Fields::from([
        ("ak".to_owned(), SecretString::from("FAKE-ak")),
        ("sk".to_owned(), SecretString::from(sk)),
    ])
}

fn sk(fields: Option<Fields>) -> Option<String> {
    Some(fields?.get("sk")?.expose_secret().to_owned())
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

#[test]
fn what_is_set_is_there_for_others_and_comes_back() {
    inside(
        "what_is_set_is_there_for_others_and_comes_back",
        Bus::Usual,
        |house| {
            let _daemon = house.daemon();
            block_on(async {
                let keychain = Keychain::new(SERVICE);
                assert!(keychain.get("hw-main.watch").await.unwrap().is_none());
                keychain.set("hw-main.watch", fields("FAKE-1")).await.unwrap();
                keychain.set("ops", fields("FAKE-密钥")).await.unwrap();
                let outside = house.lookup(SERVICE, "hw-main.watch").unwrap();
                assert_eq!(outside, r#"{"ak":"FAKE-ak","sk":"FAKE-1"}"#);
                assert_eq!(sk(keychain.get("ops").await.unwrap()).unwrap(), "FAKE-密钥");
                assert_eq!(keychain.list().await.unwrap(), ["hw-main.watch", "ops"]);
                keychain.set("ops", fields("FAKE-2")).await.unwrap();
                assert_eq!(
                    sk(Keychain::new(SERVICE).get("ops").await.unwrap()).unwrap(),
                    "FAKE-2"
                );
                assert!(keychain.delete("ops").await.unwrap());
                assert!(!keychain.delete("ops").await.unwrap());
                assert_eq!(house.lookup(SERVICE, "ops"), None);
                assert_eq!(keychain.list().await.unwrap(), ["hw-main.watch"]);
            });
        },
    );
}

#[test]
fn an_item_of_another_form_is_an_error_without_its_content() {
    inside(
        "an_item_of_another_form_is_an_error_without_its_content",
        Bus::Usual,
        |house| {
            let _daemon = house.daemon();
            house.store(SERVICE, "ops", "FAKE-canary is no JSON");
            let error = block_on(Keychain::new(SERVICE).get("ops")).unwrap_err();
            assert!(matches!(error, VaultError::Failed(_)));
            assert!(!format!("{error} {error:?}").contains("canary"));
        },
    );
}

#[test]
fn a_locked_keyring_says_so_and_the_same_vault_works_after_unlocking() {
    inside(
        "a_locked_keyring_says_so_and_the_same_vault_works_after_unlocking",
        Bus::Usual,
        |house| {
            let _daemon = house.daemon();
            block_on(async {
                let keychain = Keychain::new(SERVICE);
                keychain.set("ops", fields("FAKE-1")).await.unwrap();
                house.lock();
                assert_eq!(keychain.get("ops").await.unwrap_err(), VaultError::Locked);
                assert_eq!(
                    keychain.set("ops", fields("FAKE-2")).await.unwrap_err(),
                    VaultError::Locked
                );
                assert_eq!(
                    keychain.set("new", fields("FAKE-2")).await.unwrap_err(),
                    VaultError::Locked
                );
                assert_eq!(keychain.list().await.unwrap_err(), VaultError::Locked);
                assert_eq!(
                    Keychain::new(SERVICE).get("ops").await.unwrap_err(),
                    VaultError::Locked
                );
                house.unlock();
                assert_eq!(sk(keychain.get("ops").await.unwrap()).unwrap(), "FAKE-1");
                keychain.set("new", fields("FAKE-3")).await.unwrap();
                assert_eq!(keychain.list().await.unwrap(), ["new", "ops"]);
            });
        },
    );
}

#[test]
fn a_remembered_item_outlives_locking() {
    inside("a_remembered_item_outlives_locking", Bus::Usual, |house| {
        let _daemon = house.daemon();
        block_on(async {
            let vault = Cached::new(std::sync::Arc::new(Keychain::new(SERVICE)));
            vault.set("ops", fields("FAKE-1")).await.unwrap();
            assert_eq!(sk(vault.get("ops").await.unwrap()).unwrap(), "FAKE-1");
            house.lock();
            assert_eq!(sk(vault.get("ops").await.unwrap()).unwrap(), "FAKE-1");
        });
    });
}

#[test]
fn a_bus_without_the_service_is_absent_and_recovers_when_it_comes() {
    inside(
        "a_bus_without_the_service_is_absent_and_recovers_when_it_comes",
        Bus::Bare,
        |house| {
            block_on(async {
                let keychain = Keychain::new(SERVICE);
                assert_eq!(keychain.get("ops").await.unwrap_err(), VaultError::Absent);
                assert_eq!(keychain.list().await.unwrap_err(), VaultError::Absent);
                let _daemon = house.daemon();
                keychain.set("ops", fields("FAKE-1")).await.unwrap();
                assert_eq!(sk(keychain.get("ops").await.unwrap()).unwrap(), "FAKE-1");
            });
        },
    );
}

#[test]
fn without_a_bus_the_keychain_is_absent() {
    inside("without_a_bus_the_keychain_is_absent", Bus::None, |_: &House| {
        block_on(async {
            let keychain = Keychain::new(SERVICE);
            assert_eq!(keychain.get("ops").await.unwrap_err(), VaultError::Absent);
            assert_eq!(
                keychain.set("ops", fields("FAKE-1")).await.unwrap_err(),
                VaultError::Absent
            );
            assert_eq!(keychain.delete("ops").await.unwrap_err(), VaultError::Absent);
        });
    });
}

#[test]
fn a_daemon_that_dies_is_absent_until_the_next_one_comes() {
    inside(
        "a_daemon_that_dies_is_absent_until_the_next_one_comes",
        Bus::Bare,
        |house| {
            block_on(async {
                let keychain = Keychain::new(SERVICE);
                let daemon = house.daemon();
                keychain.set("ops", fields("FAKE-1")).await.unwrap();
                daemon.kill();
                assert_eq!(keychain.get("ops").await.unwrap_err(), VaultError::Absent);
                let _daemon = house.daemon();
                assert_eq!(sk(keychain.get("ops").await.unwrap()).unwrap(), "FAKE-1");
            });
        },
    );
}

#[test]
fn a_daemon_that_dies_and_is_activated_again_is_locked() {
    inside(
        "a_daemon_that_dies_and_is_activated_again_is_locked",
        Bus::Usual,
        |house| {
            block_on(async {
                let keychain = Keychain::new(SERVICE);
                let daemon = house.daemon();
                keychain.set("ops", fields("FAKE-1")).await.unwrap();
                daemon.kill();
                assert_eq!(keychain.get("ops").await.unwrap_err(), VaultError::Locked);
                house.unlock();
                assert_eq!(sk(keychain.get("ops").await.unwrap()).unwrap(), "FAKE-1");
            });
        },
    );
}
