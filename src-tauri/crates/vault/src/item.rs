//! The stored form of one item: its fields as one JSON object. Owns the checks of names and sizes that hold for every
//! backend; every buffer that held a secret is wiped.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{Fields, VaultError, limits};

/// Refuses what is no item name: a slug and a role (`hw-main.watch`, `ops`).
pub(crate) fn check_name(item: &str) -> Result<(), VaultError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let good = item.len() <= limits::NAME_CHARS
        && item.bytes().all(allowed)
        && item
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if good {
        Ok(())
    } else {
        Err(VaultError::Failed(
            "an item name is a slug and a role such as hw-main.watch".to_owned(),
        ))
    }
}

/// Fields as JSON.
pub(crate) fn encode(fields: &Fields) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let plain: BTreeMap<&str, &str> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose_secret()))
        .collect();
    // Room for all at once: a growing buffer would leave copies of the secret behind.
    let mut text = Zeroizing::new(Vec::with_capacity(limits::ITEM_BYTES * 2));
    serde_json::to_writer(&mut *text, &plain).map_err(|_| broken())?;
    if text.len() > limits::ITEM_BYTES {
        return Err(VaultError::TooLarge(limits::ITEM_BYTES));
    }
    Ok(text)
}

/// JSON as fields. The text of the parser's error is dropped: it may quote the secret.
pub(crate) fn decode(text: &[u8]) -> Result<Fields, VaultError> {
    serde_json::from_slice::<BTreeMap<String, SecretString>>(text).map_err(|_| broken())
}

fn broken() -> VaultError {
    VaultError::Failed("the item is not in Tidegate's form; store it again".to_owned())
}
