//! Secrets from the environment, for containers. Read-only. The look-up is passed in: libraries do not read the
//! environment themselves.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{Fields, Vault, VaultError, item};

/// How one variable is looked up.
pub type Lookup = Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;

/// The fields an item can have here: a variable cannot be searched for, so each known name is asked for.
pub const FIELDS: [&str; 7] = ["ak", "sk", "security_token", "token", "url", "secret", "password"];

/// `TIDEGATE_SECRET_<ITEM>_<FIELD>`, in capitals, `-` and `.` as `_`.
pub struct Environment {
    lookup: Lookup,
}

impl Environment {
    /// Reads variables by `lookup` at each call.
    #[must_use]
    pub fn new(lookup: Lookup) -> Self {
        Self { lookup }
    }
}

/// The variable's name for a field of an item.
#[must_use]
pub fn variable(item: &str, field: &str) -> String {
    let capital = |text: &str| text.to_ascii_uppercase().replace(['-', '.'], "_");
    format!("TIDEGATE_SECRET_{}_{}", capital(item), capital(field))
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

const READ_ONLY: VaultError = VaultError::ReadOnly("set the variable TIDEGATE_SECRET_<ITEM>_<FIELD> instead");

#[async_trait]
impl Vault for Environment {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        item::check_name(item)?;
        let fields: Fields = FIELDS
            .into_iter()
            .filter_map(|field| Some((field.to_owned(), (self.lookup)(&variable(item, field))?)))
            .collect();
        Ok((!fields.is_empty()).then_some(fields))
    }

    async fn set(&self, _item: &str, _fields: Fields) -> Result<(), VaultError> {
        Err(READ_ONLY)
    }

    async fn delete(&self, _item: &str) -> Result<bool, VaultError> {
        Err(READ_ONLY)
    }

    /// Always empty: the environment is asked by name and cannot be listed.
    async fn list(&self) -> Result<Vec<String>, VaultError> {
        Ok(Vec::new())
    }

    fn name(&self) -> &'static str {
        "environment"
    }
}
