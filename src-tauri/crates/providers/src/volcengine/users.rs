//! The users of the account. The cloud has no word for a disabled user: what is closed shows in the survey of its parts.

use serde_json::Value;
use tidegate_meter::{TargetId, Time};

use super::client::Call;
use super::hosts::Service;
use super::list::List;
use super::{Volcengine, limits};
use crate::ProviderError;
use crate::json::{int, text};
use crate::refusal::shape;

/// A user with this tag is never touched, whatever its value.
const PROTECT_TAG: &str = "tidegate-protect";

/// A user as the account lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct User {
    /// Stays through a rename.
    pub(super) id: TargetId,
    /// What the calls go by.
    pub(super) name: String,
    /// A name for people; the user's name where it has none.
    pub(super) display: String,
    pub(super) email: String,
    pub(super) phone: String,
    /// Tagged by its owner; `None` when the tags cannot be read, which protects.
    pub(super) tagged: Option<bool>,
}

impl User {
    pub(super) fn parse(row: &Value) -> Result<Self, ProviderError> {
        let unclear = || shape("iam: a user has no id or no name");
        let name = text(row, "UserName").ok_or_else(unclear)?.to_owned();
        let id = int(row, "Id").filter(|id| *id > 0).ok_or_else(unclear)?;
        let word = |key| text(row, key).unwrap_or_default().to_owned();
        let display = text(row, "DisplayName").unwrap_or(&name).to_owned();
        Ok(Self {
            id: TargetId::new(id.to_string()).map_err(|_| unclear())?,
            display,
            email: word("Email"),
            phone: word("MobilePhone"),
            tagged: tagged(row),
            name,
        })
    }
}

/// Whether the owner's tag is among those of the user. A user without tags has an empty list or none at all.
fn tagged(row: &Value) -> Option<bool> {
    let tags = match row.get("Tags") {
        None | Some(Value::Null) => return Some(false),
        Some(tags) => tags.as_array()?,
    };
    let keys: Option<Vec<&str>> = tags.iter().map(|tag| tag.get("Key")?.as_str()).collect();
    Some(keys?.contains(&PROTECT_TAG))
}

/// An instant as this vendor writes it: `20260319T093000Z`.
pub(super) fn date(row: &Value, key: &str) -> Option<Time> {
    let told = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text(row, key)?).ok()?;
    let at = told.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Time::from_jiff(at.timestamp()))
}

impl Volcengine {
    /// Every user; one that cannot be read fails the list, for it would look as if it were gone.
    pub(super) async fn ask_users(&self) -> Result<Vec<User>, ProviderError> {
        let rows = self.listed(&List {
            call: Call::get(Service::Iam, "ListUsers"),
            rows: "UserMetadata",
            page: limits::LIST_ROWS,
        });
        rows.await?.iter().map(User::parse).collect()
    }

    /// The user of an id, whatever its name is now.
    pub(super) async fn ask_user(&self, id: &TargetId) -> Result<User, ProviderError> {
        let call = Call::get(Service::Iam, "GetUser").with("ID", id);
        let user = self.read_user(&call).await?;
        if user.id == *id {
            return Ok(user);
        }
        Err(shape("iam:GetUser: the answer is about another user"))
    }

    /// The user of a name.
    pub(super) async fn ask_named(&self, name: &str) -> Result<User, ProviderError> {
        let call = Call::get(Service::Iam, "GetUser").with("UserName", &name);
        let user = self.read_user(&call).await?;
        if user.name == name {
            return Ok(user);
        }
        Err(shape("iam:GetUser: the answer is about another user"))
    }

    async fn read_user(&self, call: &Call) -> Result<User, ProviderError> {
        let told = self.told(&self.watch, call).await?;
        let user = told
            .get("User")
            .ok_or_else(|| shape(format!("{}: the answer has no user", call.name())))?;
        User::parse(user)
    }

    /// Makes a user; sent once. After a lost answer the cloud is asked whether there is one now.
    pub(super) async fn make_user(&self, name: &str, display: &str) -> Result<User, ProviderError> {
        let mut call = Call::get(Service::Iam, "CreateUser").with("UserName", &name).makes();
        if !display.is_empty() {
            call = call.with("DisplayName", &display);
        }
        match self.client.send(self.actor_key(), &call).await {
            Ok(answer) => match answer.result::<Value>() {
                Ok(told) => User::parse(told.get("User").unwrap_or(&Value::Null)),
                Err(error) => Err(error),
            },
            Err(trouble) => Err(trouble.error),
        }
    }
}
