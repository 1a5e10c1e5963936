//! The encrypted file on a real disk.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "helpers of tests: a failed assumption is a failed test"
)]

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use tidegate_vault::{Fields, SealedFile, Vault, VaultError, limits};

const PASSPHRASE: &str = "FAKE passphrase";
const CANARY: &str = "FAKE-canary-7f3a";

fn open(path: &Path, passphrase: &str) -> Result<SealedFile, VaultError> {
    SealedFile::open(path, SecretString::from(passphrase))
}

fn fields() -> Fields {
    Fields::from([("sk".to_owned(), SecretString::from(CANARY))])
}

async fn filled() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sealed");
    let vault = open(&path, PASSPHRASE).unwrap();
    vault.set("hw-main.watch", fields()).await.unwrap();
    vault.set("ops", fields()).await.unwrap();
    (folder, path)
}

#[tokio::test]
async fn what_is_sealed_is_there_after_a_restart() {
    let (_folder, path) = filled().await;
    let vault = open(&path, PASSPHRASE).unwrap();
    assert_eq!(vault.list().await.unwrap(), ["hw-main.watch", "ops"]);
    let item = vault.get("ops").await.unwrap().unwrap();
    assert_eq!(item["sk"].expose_secret(), CANARY);
    assert!(vault.delete("ops").await.unwrap());
    assert!(!vault.delete("ops").await.unwrap());
    assert!(
        open(&path, PASSPHRASE)
            .unwrap()
            .get("ops")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_file_holds_nothing_in_clear_and_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = filled().await;
    let bytes = std::fs::read(&path).unwrap();
    for clear in [CANARY, "hw-main", "ops", "sk"] {
        assert!(
            !bytes.windows(clear.len()).any(|part| part == clear.as_bytes()),
            "{clear}"
        );
    }
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["vault.sealed", "vault.sealed.lock"],
        "nothing half-written is left"
    );
}

#[tokio::test]
async fn a_wrong_passphrase_is_sealed() {
    let (_folder, path) = filled().await;
    assert_eq!(open(&path, "FAKE other").unwrap_err(), VaultError::Sealed);
    assert!(matches!(open(&path, "").unwrap_err(), VaultError::Failed(_)));
}

#[tokio::test]
async fn a_change_of_any_part_is_sealed() {
    let (_folder, path) = filled().await;
    let good = std::fs::read(&path).unwrap();
    // Magic, version, memory, passes, salt, nonce, items, tag.
    for place in [0, 8, 9, 13, 17, 33, 57, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 1;
        std::fs::write(&path, bad).unwrap();
        assert_eq!(
            open(&path, PASSPHRASE).unwrap_err(),
            VaultError::Sealed,
            "byte {place}"
        );
    }
    for kept in [0, 1, 32, 33, 60, good.len() - 1] {
        std::fs::write(&path, &good[..kept]).unwrap();
        assert_eq!(
            open(&path, PASSPHRASE).unwrap_err(),
            VaultError::Sealed,
            "cut to {kept}"
        );
    }
}

#[tokio::test]
async fn a_forged_header_cannot_ask_for_all_memory() {
    let (_folder, path) = filled().await;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(open(&path, PASSPHRASE).unwrap_err(), VaultError::Sealed);
}

#[tokio::test]
async fn a_broken_file_is_never_overwritten_by_a_write() {
    let (_folder, path) = filled().await;
    let vault = open(&path, PASSPHRASE).unwrap();
    std::fs::write(&path, b"something else").unwrap();
    assert_eq!(vault.set("new", fields()).await.unwrap_err(), VaultError::Sealed);
    assert_eq!(std::fs::read(&path).unwrap(), b"something else");
}

#[tokio::test]
async fn two_open_files_see_each_others_changes() {
    let (_folder, path) = filled().await;
    let (one, two) = (open(&path, PASSPHRASE).unwrap(), open(&path, PASSPHRASE).unwrap());
    one.set("one", fields()).await.unwrap();
    two.set("two", fields()).await.unwrap();
    assert_eq!(one.list().await.unwrap(), ["hw-main.watch", "one", "ops", "two"]);
}

#[tokio::test]
async fn a_writer_that_finds_another_one_says_so_at_once() {
    let (_folder, path) = filled().await;
    let vault = open(&path, PASSPHRASE).unwrap();
    let other = std::fs::File::open(path.with_extension("sealed.lock")).unwrap();
    other.lock().unwrap();
    assert!(matches!(
        vault.set("new", fields()).await.unwrap_err(),
        VaultError::Failed(_)
    ));
    other.unlock().unwrap();
    vault.set("new", fields()).await.unwrap();
}

#[tokio::test]
async fn an_item_beyond_the_size_of_every_keychain_is_refused() {
    let (_folder, path) = filled().await;
    let vault = open(&path, PASSPHRASE).unwrap();
    let large = Fields::from([(
        "sk".to_owned(),
        SecretString::from("F".repeat(limits::ITEM_BYTES)),
    )]);
    assert_eq!(
        vault.set("large", large).await.unwrap_err(),
        VaultError::TooLarge(limits::ITEM_BYTES)
    );
    assert!(vault.set("Not A Slug", fields()).await.is_err());
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let (_folder, path) = filled().await;
    let vault = open(&path, PASSPHRASE).unwrap();
    let shown = format!("{vault:?} {:?} {:?}", vault.get("ops").await, open(&path, CANARY));
    assert!(!shown.contains(CANARY) && !shown.contains(PASSPHRASE), "{shown}");
}
