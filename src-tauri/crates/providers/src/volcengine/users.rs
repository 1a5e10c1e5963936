//! The users of the account. The cloud has no word for a disabled user: what is closed shows in the survey of its parts.

use serde_json::Value;
use tidegate_meter::{TargetId, Time};

use super::answer::Answer;
use super::client::Call;
use super::hosts::Service;
use super::list::{List, Told};
use super::{Volcengine, limits};
use crate::json::{int, text};
use crate::limits::CLOCK_SKEW;
use crate::refusal::{error, shape};
use crate::sub_accounts::{NewSubAccount, SubAccount};
use crate::{ProviderError, ProviderErrorKind};

/// A user with this tag is never touched, whatever its value.
const PROTECT_TAG: &str = "tidegate-protect";

/// A user as the account lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct User {
    pub(super) told: SubAccount,
    /// Tagged by its owner; `None` when the tags cannot be read, which protects.
    pub(super) tagged: Option<bool>,
}

impl User {
    pub(super) fn parse(row: &Value) -> Result<Self, ProviderError> {
        let unclear = || shape("iam: a user has no id or no name");
        let id = int(row, "Id").filter(|id| *id > 0).ok_or_else(unclear)?;
        let word = |key| text(row, key).unwrap_or_default().to_owned();
        Ok(Self {
            told: SubAccount {
                id: TargetId::new(id.to_string()).map_err(|_| unclear())?,
                name: text(row, "UserName").ok_or_else(unclear)?.to_owned(),
                title: word("DisplayName"),
                email: word("Email"),
                phone: word("MobilePhone"),
                created_at: date(row, "CreateDate"),
            },
            tagged: tagged(row),
        })
    }

    fn is_younger_than(&self, at: Time) -> bool {
        self.told.created_at.is_some_and(|made| made >= at)
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
        let rows = self.listed(List {
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
        if user.told.id == *id {
            return Ok(user);
        }
        Err(shape("iam:GetUser: the answer is about another user"))
    }

    /// The user of a name.
    pub(super) async fn ask_named(&self, name: &str) -> Result<User, ProviderError> {
        let call = Call::get(Service::Iam, "GetUser").with("UserName", &name);
        let user = self.read_user(&call).await?;
        if user.told.name == name {
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

    /// Makes a user; sent once. After a lost answer it is looked for by its name: the cloud makes no second one of a name,
    /// so one that is as young as the request is ours.
    pub(super) async fn make_user(&self, new: &NewSubAccount) -> Result<SubAccount, ProviderError> {
        let begun = self.client.now().wall;
        let lost = match self.client.send(self.actor_key(), &making(new)).await {
            Ok(answer) => match made(&answer, &new.name) {
                Ok(user) => return Ok(user),
                Err(error) => error,
            },
            Err(trouble) if trouble.error.kind == ProviderErrorKind::Lost => trouble.error,
            Err(trouble) => return Err(trouble.error),
        };
        match self.ask_named(&new.name).await {
            Ok(found) if found.is_younger_than(begun.minus(CLOCK_SKEW)) => Ok(found.told),
            Ok(_) => Err(after_lost(
                "a user of this name was there before; choose another name",
                &lost,
            )),
            Err(gone) if gone.kind == ProviderErrorKind::Gone => {
                Err(after_lost("no user was made; try again", &lost))
            }
            Err(_) => Err(error(ProviderErrorKind::Lost, lost.detail)),
        }
    }
}

/// What is known after a lost answer, with what was lost.
fn after_lost(words: &str, lost: &ProviderError) -> ProviderError {
    error(ProviderErrorKind::Conflict, format!("{words} ({})", lost.detail))
}

fn made(answer: &Answer, name: &str) -> Result<SubAccount, ProviderError> {
    let told = answer.result::<Told>()?.value();
    let user = User::parse(told.get("User").unwrap_or(&Value::Null))?;
    if user.told.name == name {
        return Ok(user.told);
    }
    Err(shape("iam:CreateUser: the answer is about another user"))
}

fn making(new: &NewSubAccount) -> Call {
    let given = [
        ("DisplayName", &new.title),
        ("Description", &new.about),
        ("Email", &new.email),
        ("MobilePhone", &new.phone),
    ];
    let call = Call::get(Service::Iam, "CreateUser")
        .with("UserName", &new.name)
        .makes();
    given
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .fold(call, |call, (name, value)| call.with(name, value))
}
