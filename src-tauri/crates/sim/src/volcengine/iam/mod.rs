//! IAM, its projects, and STS. Owns what several of their actions share: dates and names.

mod keys;
mod login;
mod policies;
mod projects;
mod users;

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::ask::{Ask, Caller};
use super::refusal::Refusal;
use super::route::{Action, Told};

/// The version of IAM and STS.
const VERSION: &str = "2018-01-01";

/// Every action, by the file it stands in.
pub(crate) const ACTIONS: [&[Action]; 6] = [
    users::ACTIONS,
    keys::ACTIONS,
    login::ACTIONS,
    policies::ACTIONS,
    projects::ACTIONS,
    &[Action::new("sts", VERSION, "GetCallerIdentity", caller)],
];

/// `20240913T053436Z`.
pub(crate) fn date(at: Time) -> String {
    at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn caller(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let account = ask.account.id;
    let (kind, id, trn) = match ask.caller {
        Caller::Root => ("Account", account, format!("trn:iam::{account}:root")),
        Caller::User(id) => {
            let user = ask.seen().users.iter().find(|user| user.id == id);
            ("User", id, ask.seen().trn(user.map_or("", |user| &user.name)))
        }
    };
    Ok(Told::Result(json!({
        "AccountId": account, "Trn": trn, "IdentityType": kind, "IdentityId": id.to_string(),
    })))
}

/// An object with one more member.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    object
}

/// Whether a fuzzy query means one of these texts.
fn fuzzy(query: Option<&str>, texts: &[&str]) -> bool {
    query.is_none_or(|query| texts.iter().any(|text| text.contains(query)))
}
