//! Secrets by reference become secrets in hand. Owns the timeout on a vault that waits for its dialog, and what a
//! missing secret means for the account. Never keeps one, never puts one into an error.

use std::collections::BTreeMap;

use tidegate_meter::{Blind, Reason};
use tidegate_vault::{Fields, VaultError};

use crate::config::{AccountConfig, SecretRef, SecretRefs};
use crate::inner::Inner;
use crate::outside::AccountSecrets;

/// The secrets of an account. Blind `locked` while the vault is; `auth` when a reference leads nowhere.
pub(crate) async fn of_account(inner: &Inner, config: &AccountConfig) -> Result<AccountSecrets, Blind> {
    let watch = resolve(inner, &config.secret).await?;
    let act = if config.act_secret.is_empty() {
        None
    } else {
        Some(resolve(inner, &config.act_secret).await?)
    };
    Ok(AccountSecrets { watch, act })
}

/// The secrets that a table of references names.
pub(crate) async fn resolve(inner: &Inner, refs: &SecretRefs) -> Result<Fields, Blind> {
    let mut fields = Fields::new();
    let mut items: BTreeMap<&str, Fields> = BTreeMap::new();
    for (field, reference) in refs {
        let secret = match reference {
            SecretRef::Env(name) => (inner.parts.environment)(name),
            SecretRef::Vault(name) => {
                if !items.contains_key(name.as_str()) {
                    items.insert(name, item(inner, name).await?);
                }
                items.get(name.as_str()).and_then(|item| item.get(field)).cloned()
            }
        };
        let secret = secret.ok_or_else(|| missing(field, reference))?;
        fields.insert(field.clone(), secret);
    }
    Ok(fields)
}

fn missing(field: &str, reference: &SecretRef) -> Blind {
    Blind::new(Reason::Auth, format!("{field}: there is nothing at {reference}"))
}

async fn item(inner: &Inner, name: &str) -> Result<Fields, Blind> {
    let answer = tokio::select! {
        biased;
        answer = inner.parts.vault.get(name) => answer,
        () = inner.parts.timer.sleep(inner.parts.options.vault_timeout) => Err(VaultError::Locked),
    };
    match answer {
        Ok(item) => Ok(item.unwrap_or_default()),
        Err(error) => Err(Blind::new(Reason::Locked, error.to_string())),
    }
}
