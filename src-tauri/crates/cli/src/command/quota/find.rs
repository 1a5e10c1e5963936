//! Which sub-account and which account is meant: by id, by name, or because there is only one.

use tidegate_api::request::QuotasAsked;
use tidegate_api::response::{QuotaView, QuotasView};
use tidegate_api::words::AccountId;
use tidegate_api::{ApiError, ErrorCode, Request, Response};

use super::another_answer;
use crate::args::quota::{OfAccount, UserArgs};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::Failure;
use crate::table;

/// The sub-account of that id or name. One that is not known yet is looked for in the cloud once.
pub(super) async fn find(context: &Context, args: &UserArgs) -> Result<QuotaView, Failure> {
    let asked = QuotasAsked {
        account: args.of.account.clone(),
        lang: context.lang,
    };
    let known = view(ask(context, Request::Quotas(asked.clone())).await?)?;
    let mut found = matching(known, &args.user);
    if found.is_empty() {
        let synced = view(ask(context, Request::SyncQuotas(asked)).await?)?;
        let blind = blindness(&synced);
        found = matching(synced, &args.user);
        if let (true, Some(blind)) = (found.is_empty(), blind) {
            return Err(ApiError::new(ErrorCode::Outside, blind).into());
        }
    }
    match found.len() {
        1 => found.pop().ok_or_else(|| nobody(&args.user)),
        0 => Err(nobody(&args.user)),
        _ => Err(ambiguous(context, &found)),
    }
}

pub(super) fn view(response: Response) -> Result<QuotasView, Failure> {
    match response {
        Response::Quotas(view) => Ok(view),
        _ => Err(another_answer()),
    }
}

/// An id is one, whatever others are called.
fn matching(view: QuotasView, user: &str) -> Vec<QuotaView> {
    let (by_id, others): (Vec<_>, Vec<_>) = view.users.into_iter().partition(|one| one.user.as_str() == user);
    if by_id.is_empty() {
        others.into_iter().filter(|one| one.name == user).collect()
    } else {
        by_id
    }
}

/// Why an account could not be read: then nobody knows whether the sub-account is there.
fn blindness(view: &QuotasView) -> Option<String> {
    let account = view.accounts.iter().find(|one| one.blind.is_some())?;
    let blind = account.blind.as_deref().unwrap_or("-");
    Some(format!("account {} cannot be read: {blind}", account.account))
}

fn ambiguous(context: &Context, found: &[QuotaView]) -> Failure {
    let said = context.say(
        "不止一个子账号叫这个名字；写它的 ID，或用 --account 指明账户：",
        "More than one sub-account has that name; write its id, or name the account with --account:",
    );
    let each = found
        .iter()
        .map(|one| format!("\n  {} · {} · {}", one.account, one.user, table::plain(&one.name)));
    Failure::Usage(format!("{said}{}", each.collect::<String>()))
}

/// The account that was named, or the only one with sub-accounts.
pub(super) async fn account(context: &Context, of: OfAccount) -> Result<AccountId, Failure> {
    if let Some(account) = of.account {
        return Ok(account);
    }
    let (account, lang) = (None, context.lang);
    let known = view(ask(context, Request::Quotas(QuotasAsked { account, lang })).await?)?;
    let mut accounts: Vec<AccountId> = known.accounts.into_iter().map(|one| one.account).collect();
    match (accounts.pop(), accounts.as_slice()) {
        (Some(only), []) => Ok(only),
        (None, _) => {
            Err(ApiError::new(ErrorCode::NotFound, "no account with sub-accounts is configured").into())
        }
        (Some(last), others) => {
            let names: Vec<String> = others.iter().chain([&last]).map(ToString::to_string).collect();
            let said = context.say("用 --account 指明账户：", "Name the account with --account: ");
            Err(Failure::Usage(format!("{said}{}", names.join(", "))))
        }
    }
}

pub(super) fn nobody(user: &str) -> Failure {
    let shown: String = user.chars().filter(|c| !c.is_control()).take(64).collect();
    ApiError::new(
        ErrorCode::NotFound,
        format!("no sub-account has the name or id {shown:?}; `tidegated quota list` lists them"),
    )
    .into()
}
