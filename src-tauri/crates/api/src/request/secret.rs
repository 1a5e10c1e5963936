//! A secret on its way in. Owns that it is shown nowhere on that way.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A secret on its way into the vault. `Debug` shows nothing; no answer ever holds one.
#[derive(Clone)]
pub struct SecretText(pub SecretString);

/// Secrets by field: `ak`, `sk`, `security_token`, `url`, `secret`.
pub type SecretFields = BTreeMap<String, SecretText>;

/// Secrets by vault item and field.
pub type SecretItems = BTreeMap<String, SecretFields>;

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Serialize for SecretText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(SecretString::from(String::deserialize(deserializer)?)))
    }
}
