//! Sub-accounts, their groups, and the account's quotas. What happens to the keys and policies of a deleted sub-account
//! is not documented; here they vanish with it.

use serde_json::{Value, json};

use super::super::ask::Ask;
use super::super::estate::{Estate, User};
use super::super::lie::masked;
use super::super::make::new_user;
use super::super::refusal::Refusal;
use super::super::route::{Action, Told};
use super::{VERSION, date, fuzzy};
use crate::limits;

pub(super) const ACTIONS: &[Action] = &[
    Action::new("iam", VERSION, "ListUsers", list),
    Action::new("iam", VERSION, "GetUser", get),
    Action::new("iam", VERSION, "CreateUser", create),
    Action::new("iam", VERSION, "UpdateUser", update),
    Action::new("iam", VERSION, "DeleteUser", delete),
    Action::new("iam", VERSION, "ListGroupsForUser", groups),
    Action::new("iam", VERSION, "GetAccountSummary", summary),
];

fn told(estate: &Estate, user: &User, redacted: bool) -> Value {
    let private = |text: &str| if redacted { masked(text) } else { text.to_owned() };
    json!({
        "Id": user.id, "UserName": user.name, "AccountId": estate.account, "Trn": estate.trn(&user.name),
        "DisplayName": user.display_name, "Description": user.description, "Email": private(&user.email),
        "EmailIsVerify": false, "MobilePhone": private(&user.phone), "MobilePhoneIsVerify": false, "Tags": [],
        "CreateDate": date(user.created), "UpdateDate": date(user.updated),
    })
}

fn list(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::IAM_PAGE)?;
    let query = ask.params.text("Query")?;
    let redacted = ask.params.int("PiiRedaction")? == Some(1);
    let estate = ask.seen();
    let meant = |user: &&User| {
        fuzzy(
            query.as_deref(),
            &[&user.name, &user.display_name, &user.description],
        )
    };
    let rows = estate
        .users
        .iter()
        .filter(meant)
        .map(|user| told(estate, user, redacted));
    let (rows, total) = ask.lies.page(rows.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(
        json!({"UserMetadata": rows, "Limit": limit, "Offset": offset, "Total": total}),
    ))
}

fn get(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (id, key) = (ask.params.int("ID")?, ask.params.text("AccessKeyID")?);
    let redacted = ask.params.int("PiiRedaction")? == Some(1);
    let estate = ask.seen();
    let user = match (id, key) {
        (Some(id), _) => estate.users.iter().find(|user| user.id == id),
        (None, Some(key)) => estate
            .users
            .iter()
            .find(|user| user.keys.iter().any(|of| of.ak == key)),
        (None, None) => Some(ask.user()?),
    };
    let user = user.ok_or_else(Refusal::nobody)?;
    Ok(Told::Result(json!({"User": told(estate, user, redacted)})))
}

/// 1 to 64 letters, digits and `_.-@`.
fn checked(name: &str, code: &str) -> Result<(), Refusal> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_.-@".contains(letter);
    if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
        return Err(Refusal::new(code, format!("The user name '{name}' is invalid.")));
    }
    Ok(())
}

fn create(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (name, now) = (ask.params.need("UserName")?, ask.now);
    checked(&name, "InvalidUserName")?;
    if ask.account.estate.newest().user(&name).is_some() {
        let message = format!("User '{name}' already exists.");
        return Err(Refusal::new("UserAlreadyExists", message));
    }
    let text = |field: &str| ask.params.text(field);
    let (display, description) = (text("DisplayName")?, text("Description")?);
    let (email, phone) = (text("Email")?, text("MobilePhone")?);
    if description
        .as_ref()
        .is_some_and(|text| text.chars().count() > 255)
    {
        return Err(Refusal::new(
            "InvalidDescription",
            "The description is longer than 255.",
        ));
    }
    let estate = ask.change();
    let mut user = new_user(estate, &name, now);
    user.display_name = display.unwrap_or_default();
    user.description = description.unwrap_or_default();
    user.email = email.unwrap_or_default();
    user.phone = phone.unwrap_or_default();
    let body = told(estate, &user, false);
    estate.users.push(user);
    Ok(Told::Result(json!({"User": body})))
}

fn update(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let now = ask.now;
    let text = |field: &str| ask.params.text(field);
    let name = text("NewUserName")?.filter(|name| !name.is_empty());
    let (display, description) = (text("NewDisplayName")?, text("NewDescription")?);
    let (email, phone) = (text("NewEmail")?, text("NewMobilePhone")?);
    if let Some(name) = &name {
        checked(name, "InvalidNewUserName")?;
        if ask.account.estate.newest().user(name).is_some() {
            return Err(Refusal::new(
                "UserAlreadyExists",
                format!("User '{name}' already exists."),
            ));
        }
    }
    let user = ask.user_mut()?;
    let set = |place: &mut String, told: Option<String>| *place = told.unwrap_or(std::mem::take(place));
    set(&mut user.name, name);
    set(&mut user.display_name, display);
    set(&mut user.description, description);
    set(&mut user.email, email);
    set(&mut user.phone, phone);
    user.updated = now;
    let user = user.clone();
    let body = told(ask.account.estate.newest(), &user, false);
    Ok(Told::Result(json!({"User": body})))
}

fn delete(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let name = ask.user_mut()?.name.clone();
    // The change began with `user_mut`: what reads show until it settles is the state before it.
    ask.account
        .estate
        .latest_mut()
        .users
        .retain(|user| user.name != name);
    Ok(Told::Nothing)
}

fn groups(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::IAM_PAGE)?;
    let user = ask.user()?;
    let of_user = ask
        .seen()
        .groups
        .iter()
        .filter(|group| user.groups.contains(&group.name));
    let rows = of_user.map(|group| {
        json!({
            "UserGroupName": group.name, "UserGroupID": group.id, "DisplayName": group.name, "Description": "",
            "JoinDate": date(user.created),
        })
    });
    let (rows, total) = ask.lies.page(rows.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(
        json!({"UserGroups": rows, "Limit": limit, "Offset": offset, "Total": total}),
    ))
}

fn summary(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let estate = ask.seen();
    let custom = estate.policies.iter().filter(|policy| !policy.system).count();
    Ok(Told::Result(json!({"SummaryMap": {
        "UsersQuota": 5000, "UsersUsage": estate.users.len(), "AccessKeysPerUserQuota": limits::KEYS,
        "AccessKeysPerAccountQuota": limits::KEYS, "GroupsQuota": 100, "GroupsUsage": estate.groups.len(),
        "GroupsPerUserQuota": 20, "PoliciesQuota": 1500, "PoliciesUsage": custom,
        "PolicySize": limits::POLICY_CHARS, "AttachedPoliciesPerUserQuota": 20,
        "AttachedSystemPoliciesPerUserQuota": 40,
    }})))
}
