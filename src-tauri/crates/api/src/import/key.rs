//! Keys of an earlier system: `${VAR}` becomes a reference, what stands in clear goes to the vault. Owns that no key is in an
//! item or a word.

use secrecy::SecretString;
use serde_json::Value;

use super::{Draft, Fields, texts};
use crate::request::SecretText;

/// How the earlier system marks what it encrypted.
const ENCRYPTED: &str = "enc:v1:";

/// Where the keys of an item go, and whether a variable is set.
pub(super) struct Keys<'a> {
    /// Where the item stands.
    pub(super) place: &'a str,
    /// Its vault item.
    pub(super) vault: &'a str,
    /// Whether a variable is set now.
    pub(super) is_set: &'a dyn Fn(&str) -> bool,
}

impl Keys<'_> {
    /// One key under one field: the reference to it.
    pub(super) fn one(&self, draft: &mut Draft, field: &str, key: &str) -> Value {
        if let Some(variable) = variable(key) {
            self.told(draft, variable);
            return Value::from(format!("env:{variable}"));
        }
        let names = [("item", self.vault), ("field", field)];
        if key.starts_with(ENCRYPTED) {
            draft.tell(self.place, texts::ENCRYPTED, &names);
        } else {
            let secret = SecretText(SecretString::from(key.to_owned()));
            let fields = draft.secrets.entry(self.vault.to_owned()).or_default();
            fields.insert(field.to_owned(), secret);
            draft.tell(self.place, texts::STORED, &names);
        }
        Value::from(format!("vault:{}", self.vault))
    }

    /// `AK:SK` under two fields; `None`, and told, when it is not two parts.
    pub(super) fn pair(&self, draft: &mut Draft, key: &str) -> Option<Fields> {
        let mut fields = Fields::new();
        if let Some(variable) = variable(key) {
            draft.tell(self.place, texts::SPLIT, &[("variable", variable)]);
            fields.insert("ak".to_owned(), Value::from(format!("env:{variable}_AK")));
            fields.insert("sk".to_owned(), Value::from(format!("env:{variable}_SK")));
            return Some(fields);
        }
        if key.starts_with(ENCRYPTED) {
            fields.insert("ak".to_owned(), self.one(draft, "ak", key));
            fields.insert("sk".to_owned(), self.one(draft, "sk", key));
            return Some(fields);
        }
        let parts = key.split_once(':').map(|(ak, sk)| (ak.trim(), sk.trim()));
        let Some((ak, sk)) = parts.filter(|(ak, sk)| !ak.is_empty() && !sk.is_empty()) else {
            draft.leave_out(self.place, texts::NO_PAIR, &[]);
            return None;
        };
        fields.insert("ak".to_owned(), self.one(draft, "ak", ak));
        fields.insert("sk".to_owned(), self.one(draft, "sk", sk));
        Some(fields)
    }

    fn told(&self, draft: &mut Draft, variable: &str) {
        if !(self.is_set)(variable) {
            draft.tell(self.place, texts::UNSET, &[("variable", variable)]);
        }
    }
}

/// The name in `${NAME}`, when that is all there is.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let first = name.bytes().next()?;
    (name.bytes().all(letter) && !first.is_ascii_digit()).then_some(name)
}
