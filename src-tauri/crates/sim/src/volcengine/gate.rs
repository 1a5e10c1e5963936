//! The gateway: what is asked, who asks, may they, is it too often. Nothing behind it runs before all of that holds.

use tidegate_meter::Time;

use super::account::Account;
use super::ask::{Caller, Params};
use super::lie::Lies;
use super::policy::Verdict;
use super::refusal::Refusal;
use super::route::{Action, Head, SERVICES};
use crate::balances::{Flaw, volcengine_claim, volcengine_flaw};
use crate::{Call, limits, seconds};

/// A request that got in.
pub(crate) struct Entered<'a> {
    pub(crate) account: &'a mut Account,
    pub(crate) caller: Caller,
    pub(crate) action: &'static Action,
}

/// The key that a request names, unproven.
pub(crate) fn named(call: &Call) -> Option<String> {
    volcengine_claim(call).map(|claim| claim.ak().to_owned())
}

/// The header and the route, then the key, its time and its signature.
pub(crate) fn enter<'a>(
    account: Option<&'a mut Account>,
    call: &Call,
    (head, action): (&Head, Option<&'static Action>),
    lies: &Lies,
    now: Time,
) -> Result<Entered<'a>, Refusal> {
    let action = known(call, head, action)?;
    let unknown = || Refusal::new("InvalidAccessKey", "The access key is not known or not active.");
    let claim = volcengine_claim(call).ok_or_else(unknown)?;
    let account = account.ok_or_else(unknown)?;
    let (caller, sk) = signer(account, claim.ak(), now).ok_or_else(unknown)?;
    match volcengine_flaw(call, &claim, &sk, now) {
        None => {}
        Some(Flaw::Time) => return Err(Refusal::new("InvalidTimestamp", "The request has expired.")),
        Some(Flaw::Signature) => {
            let message = "The request signature we calculated does not match the signature you provided. Check your \
                           Secret Access Key and signing method.";
            return Err(Refusal::new("SignatureDoesNotMatch", message));
        }
    }
    if call.header("x-security-token").is_some() || lies.token_expired() {
        return Err(Refusal::new(
            "InvalidSecretToken",
            "The security token is wrong or has expired.",
        ));
    }
    let used = (now, head.region.clone(), head.service.clone());
    account.used.insert(claim.ak().to_owned(), used);
    Ok(Entered {
        account,
        caller,
        action,
    })
}

/// What is asked: every part must be there and known.
fn known(call: &Call, head: &Head, action: Option<&'static Action>) -> Result<&'static Action, Refusal> {
    let missing = |code: &str, what: &str| Err(Refusal::new(code, format!("{what} is missing.")));
    if head.action.is_empty() || head.version.is_empty() {
        return missing("MissingParameter", "Action or Version");
    }
    let Some(header) = call.header("authorization") else {
        return missing("MissingAuthenticationToken", "Authorization");
    };
    if volcengine_claim(call).is_none() {
        let code = match header.starts_with("HMAC-SHA256 ") {
            true if !header.contains("Signature=") => "MissingSignature",
            true => "InvalidCredential",
            false => "InvalidAuthorization",
        };
        return Err(Refusal::new(code, "The Authorization header is malformed."));
    }
    if call.header("x-date").is_none() {
        return missing("MissingRequestInfo", "X-Date");
    }
    if head.service.is_empty() || head.region.is_empty() {
        return Err(Refusal::new("InvalidCredential", "The credential has no scope."));
    }
    let served = SERVICES.iter().any(|service| *service == head.service);
    if !served || (head.service == "ark" && head.region != "cn-beijing") {
        let message = format!(
            "Service '{}' is not found in region '{}'.",
            head.service, head.region
        );
        return Err(Refusal::new("ServiceNotFound", message));
    }
    action.ok_or_else(|| {
        let message = format!(
            "Action '{}' or version '{}' is not found.",
            head.action, head.version
        );
        Refusal::new("InvalidActionOrVersion", message)
    })
}

/// Whose active key it is, with its secret, as far as changes have taken hold.
fn signer(account: &Account, ak: &str, now: Time) -> Option<(Caller, String)> {
    if account.root.ak == ak {
        return Some((Caller::Root, account.root.sk.clone()));
    }
    let users = account.estate.seen(now).users.iter();
    let mut keys = users.flat_map(|user| user.keys.iter().map(|key| (user.id, key)));
    let (id, key) = keys.find(|(_, key)| key.ak == ak && key.active)?;
    Some((Caller::User(id), key.sk.clone()))
}

/// How often, and whether by a policy.
pub(crate) fn admit(
    account: &mut Account,
    caller: &Caller,
    action: &Action,
    params: &Params,
    now: Time,
) -> Result<(), Refusal> {
    let limit = limits::BILL_CALLS;
    if action.billed && !account.bill_calls.take(now, seconds(1), limit) {
        let message = format!("The request exceeds the flow limit of {limit} calls per second.");
        return Err(Refusal::new("FlowLimitExceeded", message));
    }
    if params.malformed() {
        return Err(Refusal::new("InvalidJsonStruct", "The body is no JSON object."));
    }
    let Caller::User(id) = caller else {
        return Ok(());
    };
    let estate = account.estate.seen(now);
    let lacking = || Refusal::new("LackPolicy", "The user has no policy for this.");
    let user = estate
        .users
        .iter()
        .find(|user| user.id == *id)
        .ok_or_else(lacking)?;
    if action.service == "sts" {
        return Ok(());
    }
    let about = ["UserName", "PrincipalName"].iter();
    let about = about.filter_map(|name| params.text(name).ok().flatten()).next();
    let resource = about.map_or_else(|| "*".to_owned(), |name| estate.trn(&name));
    let right = format!("{}:{}", action.service, action.name);
    match estate.verdict(user, &right, &resource, None) {
        Verdict::Allowed => Ok(()),
        Verdict::Denied => Err(Refusal::denied(&resource, &right)),
        Verdict::Lacking if user.attached.is_empty() && user.groups.is_empty() => Err(lacking()),
        Verdict::Lacking => Err(Refusal::denied(&resource, &right)),
    }
}
