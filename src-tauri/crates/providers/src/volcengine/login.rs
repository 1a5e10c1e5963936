//! A user's sign-in to the console. A user without one is answered with a stub whose dates lie before the cloud existed.

use serde_json::{Map, Value};

use super::Volcengine;
use super::client::Call;
use super::hosts::Service;
use crate::json::text;
use crate::refusal::{Trouble, error, shape};
use crate::{ProviderError, ProviderErrorKind};

/// What is sent back unchanged when the sign-in is switched: omitted fields may fall back to defaults. No password is ever
/// known or sent.
const KEPT: [&str; 6] = [
    "PasswordResetRequired",
    "SafeAuthFlag",
    "SafeAuthType",
    "SafeAuthExemptRequired",
    "SafeAuthExemptUnit",
    "SafeAuthExemptDuration",
];

/// A real sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Login {
    pub(super) allowed: bool,
    /// The vendor's mark of its last change.
    pub(super) mark: Option<String>,
    kept: Map<String, Value>,
}

impl Login {
    /// `None` for the stub.
    fn parse(profile: &Value) -> Result<Option<Self>, ProviderError> {
        let unclear = || shape("iam:GetLoginProfile: the sign-in does not say whether it is allowed");
        let allowed = profile
            .get("LoginAllowed")
            .and_then(Value::as_bool)
            .ok_or_else(unclear)?;
        let made = text(profile, "CreateDate").ok_or_else(unclear)?;
        if !allowed && ["1970", "0001"].iter().any(|year| made.starts_with(year)) {
            return Ok(None);
        }
        let told = |key: &&str| {
            let value = profile.get(*key)?;
            let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
            (!empty).then(|| ((*key).to_owned(), value.clone()))
        };
        Ok(Some(Self {
            allowed,
            mark: text(profile, "UpdateDate").map(str::to_owned),
            kept: KEPT.iter().filter_map(told).collect(),
        }))
    }
}

impl Volcengine {
    /// A user's sign-in; `None` where it has none.
    pub(super) async fn ask_login(&self, user: &str) -> Result<Option<Login>, ProviderError> {
        let call = Call::get(Service::Iam, "GetLoginProfile").with("UserName", &user);
        match self.told(&self.watch, &call).await {
            Ok(told) => {
                let profile = told
                    .get("LoginProfile")
                    .ok_or_else(|| shape("iam:GetLoginProfile: the answer has no sign-in"))?;
                Login::parse(profile)
            }
            Err(error) if error.kind == ProviderErrorKind::Gone => self.none_or_gone(user, error).await,
            Err(error) => Err(error),
        }
    }

    /// "Not found" may mean the sign-in or the user.
    async fn none_or_gone(&self, user: &str, gone: ProviderError) -> Result<Option<Login>, ProviderError> {
        match self.ask_named(user).await {
            Ok(_) => Ok(None),
            Err(error) if error.kind == ProviderErrorKind::Gone => Err(gone),
            Err(error) => Err(error),
        }
    }

    /// Switches the sign-in, everything else of it as it was. One that does not exist cannot be switched.
    pub(super) async fn switch_login(&self, user: &str, allowed: bool) -> Result<(), ProviderError> {
        let none = || {
            error(
                ProviderErrorKind::Gone,
                "iam: the user has no sign-in to the console",
            )
        };
        let login = self.ask_login(user).await?.ok_or_else(none)?;
        let mut fields = login.kept;
        fields.insert("UserName".to_owned(), user.into());
        fields.insert("LoginAllowed".to_owned(), allowed.into());
        let key = self.actor_key();
        let _taken_on = match self.client.send(key, &posted(&fields)).await {
            Err(trouble) if wants_query(&trouble) => self.client.send(key, &queried(&fields)).await?,
            other => other?,
        };
        Ok(())
    }
}

fn posted(fields: &Map<String, Value>) -> Call {
    Call::post(Service::Iam, "UpdateLoginProfile", Value::Object(fields.clone())).sets()
}

/// The same with everything in the address, which the vendor's documents show. There is no password among it.
fn queried(fields: &Map<String, Value>) -> Call {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields
        .iter()
        .fold(
            Call::get(Service::Iam, "UpdateLoginProfile"),
            |call, (name, value)| call.with(name, &plain(value)),
        )
        .sets()
}

/// A site that does not read the body misses the parameters, and has done nothing.
fn wants_query(trouble: &Trouble) -> bool {
    let codes = ["ParameterNotFound", "MissingParameter", "InvalidActionOrVersion"];
    codes.iter().any(|code| trouble.code.contains(code))
}
