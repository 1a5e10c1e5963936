//! Console logins. A sub-account without one is told as a stub of the year 1970, and cannot be updated. A switch that an
//! update leaves out falls back to its default.

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::super::ask::{Ask, Params};
use super::super::estate::{Profile, User};
use super::super::refusal::Refusal;
use super::super::route::{Action, Told};
use super::{VERSION, date};

pub(super) const ACTIONS: &[Action] = &[
    Action::new("iam", VERSION, "GetLoginProfile", get),
    Action::new("iam", VERSION, "CreateLoginProfile", create),
    Action::new("iam", VERSION, "UpdateLoginProfile", update),
    Action::new("iam", VERSION, "DeleteLoginProfile", delete),
];

fn told(user: &User) -> Value {
    let Some(profile) = &user.profile else {
        let never = date(Time::from_ms(0));
        return json!({
            "UserId": user.id, "UserName": user.name, "LoginAllowed": false, "CreateDate": never, "UpdateDate": never,
        });
    };
    let [required, unit, duration] = profile.exempt;
    json!({
        "UserId": user.id, "UserName": user.name, "LoginAllowed": profile.allowed, "LoginLocked": false,
        "PasswordResetRequired": profile.reset_required, "PasswordExpireAt": 0,
        "LastResetPasswordTime": profile.created.seconds(), "LastLoginDate": "", "LastLoginIp": "",
        "SafeAuthFlag": profile.safe_auth, "SafeAuthType": profile.safe_auth_type, "SafeAuthExemptRequired": required,
        "SafeAuthExemptUnit": unit, "SafeAuthExemptDuration": duration, "CreateDate": date(profile.created),
        "UpdateDate": date(profile.updated),
    })
}

fn get(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    Ok(Told::Result(json!({"LoginProfile": told(ask.user()?)})))
}

/// What a create or an update says; what it leaves out is the default.
fn read(params: &Params, created: Time, now: Time) -> Result<Profile, Refusal> {
    let flag = |name: &str| Ok::<_, Refusal>(params.flag(name)?.unwrap_or(false));
    let int = |name: &str| Ok::<_, Refusal>(params.int(name)?.unwrap_or(0));
    Ok(Profile {
        allowed: flag("LoginAllowed")?,
        reset_required: flag("PasswordResetRequired")?,
        safe_auth: flag("SafeAuthFlag")?,
        safe_auth_type: params.text("SafeAuthType")?.unwrap_or_default(),
        exempt: [
            int("SafeAuthExemptRequired")?,
            int("SafeAuthExemptUnit")?,
            int("SafeAuthExemptDuration")?,
        ],
        created,
        updated: now,
    })
}

fn create(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    ask.params.need("Password")?;
    let now = ask.now;
    let profile = read(&ask.params, now, now)?;
    let user = ask.user_mut()?;
    if user.profile.is_some() {
        return Err(Refusal::new(
            "LoginProfileAlreadyExists",
            "The login profile already exists.",
        ));
    }
    user.profile = Some(profile);
    Ok(Told::Result(json!({"LoginProfile": told(user)})))
}

fn update(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let old = ask.user_mut()?.profile.as_ref().map(|profile| profile.created);
    let profile = read(&ask.params, old.ok_or_else(Refusal::no_profile)?, ask.now)?;
    let name = ask.params.need("UserName")?;
    let user = ask.account.estate.latest_mut().user_mut(&name);
    let user = user.ok_or_else(|| Refusal::no_user(&name))?;
    user.profile = Some(profile);
    Ok(Told::Result(json!({"LoginProfile": told(user)})))
}

fn delete(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let user = ask.user_mut()?;
    let gone = user.profile.take();
    gone.ok_or_else(|| Refusal::new("RecordNotFound", "The record is not found."))?;
    Ok(Told::Nothing)
}
