//! Access keys of a user. A key's secret is told once, when it is made, and goes to whoever asked, nowhere else.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::Volcengine;
use super::client::Call;
use super::hosts::Service;
use super::users::date;
use crate::json::{rows, text};
use crate::refusal::{error, shape};
use crate::sub_accounts::{AccessKey, NewKey};
use crate::{ProviderError, ProviderErrorKind};

/// A key as listed, with the vendor's mark of its last change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct KeySeen {
    pub(super) key: AccessKey,
    pub(super) mark: Option<String>,
}

/// What making a key answers; the secret is kept from every other reader.
#[derive(Deserialize)]
struct Made {
    #[serde(rename = "AccessKey")]
    key: MadeWire,
}

#[derive(Deserialize)]
struct MadeWire {
    #[serde(rename = "AccessKeyId")]
    id: String,
    #[serde(rename = "SecretAccessKey")]
    secret: SecretString,
}

impl MadeWire {
    /// A key without its id or its secret is of use to nobody, and nobody could close it.
    fn is_whole(&self) -> bool {
        !self.id.is_empty() && !self.secret.expose_secret().is_empty()
    }
}

fn key(row: &Value) -> Result<KeySeen, ProviderError> {
    let unclear = || shape("iam:ListAccessKeys: a key has no id or no known status");
    let active = match text(row, "Status") {
        Some("active") => true,
        Some("inactive") => false,
        _ => return Err(unclear()),
    };
    Ok(KeySeen {
        key: AccessKey {
            id: text(row, "AccessKeyId").ok_or_else(unclear)?.to_owned(),
            active,
            created_at: date(row, "CreateDate"),
        },
        mark: text(row, "UpdateDate").map(str::to_owned),
    })
}

impl Volcengine {
    /// Every key of a user. A missing list is no empty one.
    pub(super) async fn ask_keys(&self, user: &str) -> Result<Vec<KeySeen>, ProviderError> {
        let call = Call::get(Service::Iam, "ListAccessKeys").with("UserName", &user);
        let told = self.told(&self.watch, &call).await?;
        rows(&told, "AccessKeyMetadata")?.iter().map(key).collect()
    }

    /// Switches a key on or off.
    pub(super) async fn switch_key(&self, user: &str, key: &str, active: bool) -> Result<(), ProviderError> {
        let status = if active { "active" } else { "inactive" };
        let call = Call::get(Service::Iam, "UpdateAccessKey")
            .with("UserName", &user)
            .with("AccessKeyId", &key)
            .with("Status", &status)
            .sets();
        self.client.send(self.actor_key(), &call).await?;
        Ok(())
    }

    async fn drop_key(&self, user: &str, key: &str) -> Result<(), ProviderError> {
        let call = Call::get(Service::Iam, "DeleteAccessKey")
            .with("UserName", &user)
            .with("AccessKeyId", &key)
            .sets();
        match self.client.send(self.actor_key(), &call).await {
            Err(trouble) if trouble.error.kind != ProviderErrorKind::Gone => Err(trouble.error),
            _ => Ok(()),
        }
    }

    /// Makes a key; sent once. When the answer is lost, a key that came into being has a secret that nobody has: it is set
    /// inactive and deleted, and the caller is told to ask again.
    pub(super) async fn make_key(&self, user: &str) -> Result<NewKey, ProviderError> {
        let before = self.ask_keys(user).await?;
        let call = Call::get(Service::Iam, "CreateAccessKey")
            .with("UserName", &user)
            .makes();
        let lost = match self.client.send(self.actor_key(), &call).await {
            Ok(answer) => match answer.result::<Made>() {
                Ok(Made { key }) if key.is_whole() => {
                    return Ok(NewKey {
                        id: key.id,
                        secret: key.secret,
                    });
                }
                Ok(_) | Err(_) => error(
                    ProviderErrorKind::Lost,
                    "iam:CreateAccessKey: answered without the key",
                ),
            },
            Err(trouble) if trouble.error.kind == ProviderErrorKind::Lost => trouble.error,
            Err(trouble) => return Err(trouble.error),
        };
        Err(self.clear_lost(user, &before, &lost).await)
    }

    /// Deletes what a lost answer left behind, and says how that went.
    async fn clear_lost(&self, user: &str, before: &[KeySeen], lost: &ProviderError) -> ProviderError {
        match self.drop_strangers(user, before).await {
            Ok(0) => error(
                ProviderErrorKind::Conflict,
                format!("no key was made; try again ({})", lost.detail),
            ),
            Ok(_) => error(
                ProviderErrorKind::Conflict,
                format!(
                    "a key was made whose secret was lost on the way; it is deleted again, try once more ({})",
                    lost.detail
                ),
            ),
            Err(failed) => error(
                ProviderErrorKind::Lost,
                format!(
                    "a key may have been made whose secret nobody has; look at the user's keys and delete it ({})",
                    failed.detail
                ),
            ),
        }
    }

    async fn drop_strangers(&self, user: &str, before: &[KeySeen]) -> Result<usize, ProviderError> {
        let now = self.ask_keys(user).await?;
        let known = |seen: &&KeySeen| before.iter().any(|old| old.key.id == seen.key.id);
        let strangers: Vec<&AccessKey> = now
            .iter()
            .filter(|seen| !known(seen))
            .map(|seen| &seen.key)
            .collect();
        for key in &strangers {
            self.switch_key(user, &key.id, false).await?;
            self.drop_key(user, &key.id).await?;
        }
        Ok(strangers.len())
    }
}
