//! The gateway: who asks, may they, is it too often, is it the right site and project. Nothing behind it runs before
//! all of that holds.

use tidegate_meter::Time;

use super::refusal::Refusal;
use super::route::{Operation, Route, Service};
use super::sign;
use crate::limits;
use crate::world::{Account, Faults, Key, Lie, Recent, Site, Spot, State};
use crate::{Call, seconds};

/// Where a request got in: indices into the state.
#[derive(Clone, Copy)]
pub(crate) struct Entered {
    pub(crate) account: usize,
    pub(crate) key: usize,
}

/// Whose key a request claims, unverified.
pub(crate) fn claimed(state: &State, call: &Call) -> Option<Entered> {
    let claim = sign::claim(call.header("authorization")?)?;
    let &(account, key) = state.keys.get(claim.ak)?;
    Some(Entered { account, key })
}

/// Proves the signature, or refuses and counts the failure against the key.
pub(crate) fn authenticate(state: &mut State, call: &Call, now: Time) -> Result<Entered, Refusal> {
    let claim = call
        .header("authorization")
        .and_then(sign::claim)
        .ok_or_else(|| Refusal::unauthenticated("Authorization header is missing or malformed"))?;
    let unknown = || {
        let message = format!("Get secretKey failed,ak:{},err:ak not exist", claim.ak);
        Refusal::unauthenticated(message)
    };
    let entered = claimed(state, call).ok_or_else(unknown)?;
    let State { accounts, faults, .. } = state;
    let account = accounts.get_mut(entered.account).ok_or_else(unknown)?;
    let name = account.name.clone();
    let key = account.keys.get_mut(entered.key).ok_or_else(unknown)?;
    let spot = Spot {
        operation: "gateway",
        account: Some(&name),
        subject: Some((claim.ak, "")),
    };
    if faults.is(now, spot, &Lie::KeyRotated) {
        return Err(unknown());
    }
    if key.locked_until.is_some_and(|until| now < until) {
        return Err(Refusal::unauthenticated(
            "AK access failed to reach the limit,forbidden.",
        ));
    }
    let proven = prove(call, &claim, key, faults, spot, now);
    count(key, proven.is_ok(), now);
    proven.map(|()| entered)
}

/// More than five failures in a row lock the key.
fn count(key: &mut Key, good: bool, now: Time) {
    key.failures = if good { 0 } else { key.failures.saturating_add(1) };
    if key.failures > limits::FAILURES {
        key.failures = 0;
        key.locked_until = Some(now.plus(limits::LOCKED));
    }
}

fn prove(
    call: &Call,
    claim: &sign::Claim<'_>,
    key: &Key,
    faults: &mut Faults,
    spot: Spot<'_>,
    now: Time,
) -> Result<(), Refusal> {
    let date = call
        .header("x-sdk-date")
        .filter(|_| claim.signed.contains(&"x-sdk-date"))
        .ok_or_else(|| Refusal::unauthenticated("header x-sdk-date is missing or not signed"))?;
    let off = faults.skew(now, spot);
    let at = parse_date(date).ok_or_else(|| Refusal::unauthenticated("header x-sdk-date is malformed"))?;
    let skew = now.ms().saturating_add(off).abs_diff(at.ms());
    if u128::from(skew) > limits::SKEW.as_millis() {
        return Err(Refusal::unauthenticated(
            "the signature has expired, x-sdk-date is out of range",
        ));
    }
    if !sign::verify(call, claim, &key.credential.sk, date) {
        let canonical = sign::canonical(call, &claim.signed, true).replace('\n', "|");
        let message = format!("verify aksk signature fail,canonicalRequest:{canonical}");
        return Err(Refusal::unauthenticated(message));
    }
    token(call, claim, key, faults, spot, now)
}

/// A temporary key needs its token, signed and not expired; a permanent one has none.
fn token(
    call: &Call,
    claim: &sign::Claim<'_>,
    key: &Key,
    faults: &mut Faults,
    spot: Spot<'_>,
    now: Time,
) -> Result<(), Refusal> {
    let sent = call.header("x-security-token");
    if sent != key.credential.token.as_deref() {
        return Err(Refusal::unauthenticated(
            "security token is missing or does not belong to the ak",
        ));
    }
    if sent.is_some() && !claim.signed.contains(&"x-security-token") {
        return Err(Refusal::unauthenticated("header x-security-token is not signed"));
    }
    let ended = key.expires.is_some_and(|end| end <= now) || faults.is(now, spot, &Lie::TokenExpired);
    if ended {
        return Err(Refusal::unauthenticated("security token has expired"));
    }
    Ok(())
}

/// `YYYYMMDDTHHMMSSZ`.
fn parse_date(text: &str) -> Option<Time> {
    let digits = text.strip_suffix('Z')?;
    let (date, time) = digits.split_once('T')?;
    if date.len() != 8 || time.len() != 6 || !text.is_ascii() {
        return None;
    }
    let (year, rest) = date.split_at(4);
    let (month, day) = rest.split_at(2);
    let (hour, rest) = time.split_at(2);
    let (minute, second) = rest.split_at(2);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")
        .parse()
        .ok()
}

/// Refuses what an authenticated key may not do here.
pub(crate) fn admit(
    state: &mut State,
    entered: Entered,
    route: &Route<'_>,
    call: &Call,
    now: Time,
) -> Result<(), Refusal> {
    let throttle = state.throttle;
    let State { accounts, faults, .. } = state;
    let Some(account) = accounts.get_mut(entered.account) else {
        return Err(Refusal::unauthenticated("ak not exist"));
    };
    let operation = route.operation;
    let name = account.name.clone();
    let spot = Spot {
        operation: operation.name,
        account: Some(&name),
        subject: None,
    };
    scope(account, route, call)?;
    if operation.service == Service::Bss {
        site(account, faults, spot, call, now)?;
    }
    rate(account, operation, throttle.per_second, throttle.by_service, now)?;
    allowed(account, entered, operation, faults, spot, now)
}

fn allowed(
    account: &Account,
    entered: Entered,
    operation: Operation,
    faults: &mut Faults,
    spot: Spot<'_>,
    now: Time,
) -> Result<(), Refusal> {
    let Some(right) = operation.right else {
        return Ok(());
    };
    let removed = Lie::RightRemoved {
        right: right.to_owned(),
    };
    let granted = account
        .keys
        .get(entered.key)
        .is_some_and(|key| key.rights.allow(right));
    if granted && !faults.is(now, spot, &removed) {
        return Ok(());
    }
    Err(match operation.service {
        Service::Bss => Refusal::service(
            403,
            "CBC.0151",
            format!("user access denied.checkCustomerPermission,correct permission code is {right}"),
        ),
        Service::Ecs => Refusal::nested(
            403,
            "Pdp.0001",
            format!("Policy doesn't allow {right} to be performed."),
        ),
        Service::Iam | Service::Sts => Refusal::identity(
            403,
            format!("You are not authorized to perform the requested action: {right}."),
        ),
        Service::Rms | Service::Ces | Service::Eip => Refusal::gateway(
            403,
            "APIGW.0302",
            format!("The IAM user is not authorized to call this API: {right}"),
        ),
    })
}

/// BSS differs by site: the host tells which one is asked; one address for all tells nothing.
fn site(
    account: &Account,
    faults: &mut Faults,
    spot: Spot<'_>,
    call: &Call,
    now: Time,
) -> Result<(), Refusal> {
    let refuse = |code: &str| {
        let message = "Access denied. The customer does not belong to the website you are now at.";
        Err(Refusal::service(403, code, message))
    };
    let lie = faults.tell(now, spot, |lie, _| match lie {
        Lie::OtherSite { code } => Some(code.clone()),
        _ => None,
    });
    if let Some(code) = lie {
        return refuse(&code);
    }
    let host = call.header("host").unwrap_or("");
    match account.site {
        Site::China if host.starts_with("bss-intl.") => refuse("CBC.0156"),
        Site::International if host.starts_with("bss.") => refuse("CBC.0150"),
        _ => Ok(()),
    }
}

/// The project or domain of path, header and host must be one of the account's.
fn scope(account: &Account, route: &Route<'_>, call: &Call) -> Result<(), Refusal> {
    let service = route.operation.service;
    if call
        .header("x-domain-id")
        .is_some_and(|id| id != account.domain_id)
    {
        return Err(Refusal::gateway(
            403,
            "APIGW.0302",
            "X-Domain-Id does not belong to the ak",
        ));
    }
    let Some(id) = route.scope else { return Ok(()) };
    if service == Service::Rms {
        return if id == account.domain_id {
            Ok(())
        } else {
            Err(Refusal::service(
                403,
                "RMS.00010001",
                "The domain does not belong to the ak.",
            ))
        };
    }
    let mismatch = || match service {
        Service::Ecs => Refusal::nested(400, "Ecs.0023", "The project id does not match."),
        _ => Refusal::top(403, "VPC.0002", "The project id does not match."),
    };
    let project = account
        .projects
        .iter()
        .find(|project| project.id == id)
        .ok_or_else(mismatch)?;
    if call.header("x-project-id").is_some_and(|sent| sent != id) {
        return Err(mismatch());
    }
    match region_of(call.header("host").unwrap_or("")) {
        Some(region) if region != project.name => Err(mismatch()),
        _ => Ok(()),
    }
}

/// The region in a real host name: `ecs.cn-north-4.myhuaweicloud.com`.
pub(crate) fn region_of(host: &str) -> Option<&str> {
    let (_, rest) = host.strip_suffix(".myhuaweicloud.com")?.split_once('.')?;
    Some(rest)
}

fn rate(
    account: &mut Account,
    operation: Operation,
    per_second: usize,
    by_service: bool,
    now: Time,
) -> Result<(), Refusal> {
    let (span, limit) = match operation.service {
        Service::Bss => (seconds(1), per_second),
        Service::Ces => (seconds(60), 500),
        _ => return Ok(()),
    };
    let position = account
        .recent
        .iter()
        .position(|(name, _)| *name == operation.name);
    let position = position.unwrap_or_else(|| {
        account.recent.push((operation.name, Recent::default()));
        account.recent.len() - 1
    });
    let Some((_, recent)) = account.recent.get_mut(position) else {
        return Ok(());
    };
    if recent.take(now, span, limit) {
        return Ok(());
    }
    Err(match operation.service {
        Service::Ces => Refusal::service(429, "ces.0429", "Too Many Requests"),
        _ if by_service => Refusal::service(429, "CBC.0250", "Access frequency exceeds the limit."),
        _ => throttled(per_second),
    })
}

/// The gateway's own words.
pub(crate) fn throttled(per_second: usize) -> Refusal {
    Refusal::gateway(
        429,
        "APIGW.0308",
        format!(
            "The throttling threshold has been reached: policy user over ratelimit,limit:{per_second},time:1 second"
        ),
    )
}
