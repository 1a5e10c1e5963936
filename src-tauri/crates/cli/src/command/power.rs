//! `stop`, `start` and `protect`: by hand, by name.

use tidegate_api::response::TargetView;
use tidegate_api::words::{AccountId, Lang, RowId, TargetId};
use tidegate_api::{ApiError, ErrorCode, Request, Response};

use super::{ending, show};
use crate::args::PowerArgs;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, table};

/// A planned action's id ends its countdown; anything else is a server or a sub-account.
pub(super) async fn stop(context: &Context, args: PowerArgs) -> Ended {
    if let Ok(action) = args.server.parse::<RowId>() {
        show(context, &ask(context, Request::StopNow { action }).await?);
        return Ok(Exit::Done);
    }
    let (view, typed_name) = named(context, &args).await?;
    let request = Request::Stop {
        account: view.account,
        target: view.target.id,
        typed_name,
        forced: args.forced,
    };
    followed(context, request).await
}

pub(super) async fn start(context: &Context, args: PowerArgs) -> Ended {
    let (view, typed_name) = named(context, &args).await?;
    followed(
        context,
        Request::Start {
            account: view.account,
            target: view.target.id,
            typed_name,
        },
    )
    .await
}

pub(super) async fn protect(
    context: &Context,
    server: &str,
    account: Option<AccountId>,
    protected: bool,
) -> Ended {
    let view = find(context, server, account).await?;
    let request = Request::Protect {
        account: view.account,
        target: view.target.id,
        protected,
    };
    show(context, &ask(context, request).await?);
    Ok(Exit::Done)
}

/// A request for an action, with its end waited for.
pub(super) async fn followed(context: &Context, request: Request) -> Ended {
    let spinner = table::spinner(context, "等待云平台确认…", "Waiting for the cloud's own word…");
    let answered = ask(context, request).await;
    spinner.finish_and_clear();
    let response = answered?;
    show(context, &response);
    Ok(ending(&response))
}

/// The server or sub-account, and its name as a person typed it once more.
async fn named(context: &Context, args: &PowerArgs) -> Result<(TargetView, String), Failure> {
    let view = find(context, &args.server, args.account.clone()).await?;
    let target = &view.target;
    let typed = typed_name(context, &target.name, &target.id, args.name.clone(), "--name")?;
    Ok((view, typed))
}

/// The name of a target as a person typed it once more: on the command line, or now.
pub(super) fn typed_name(
    context: &Context,
    name: &str,
    id: &TargetId,
    given: Option<String>,
    flag: &str,
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !out::can_ask() {
        return Err(Failure::Usage(match context.lang {
            Lang::Zh => format!("用 {flag} 再写一遍它的名称，以确认是它。"),
            Lang::En => format!("Write its name once more with {flag}, to confirm which one it is."),
        }));
    }
    let question = context.say("请再输入一遍它的名称：", "Type its name once more:");
    Ok(out::ask(&format!("{} ({id}) {question}", table::plain(name))))
}

async fn find(context: &Context, server: &str, account: Option<AccountId>) -> Result<TargetView, Failure> {
    let response = ask(
        context,
        Request::Targets {
            account: account.clone(),
        },
    )
    .await?;
    let mut found = matching(response, server);
    if found.is_empty() {
        // Nothing was ever recorded here: one look finds what there is.
        let accounts: Vec<AccountId> = account.iter().cloned().collect();
        let looked = ask(
            context,
            Request::Check {
                accounts,
                lang: context.lang,
            },
        )
        .await?;
        let blind = blind(&looked);
        found = matching(Response::Targets(measured(looked)), server);
        if let (true, Some(blind)) = (found.is_empty(), blind) {
            return Err(Failure::Api(ApiError::new(ErrorCode::Outside, blind)));
        }
    }
    match found.len() {
        1 => found.pop().ok_or_else(nothing),
        0 => Err(nothing()),
        _ => {
            let text = context.say(
                "不止一台服务器或一个子账号叫这个名字；写它的 ID，或用 --account 指明账户。",
                "More than one server or sub-account has that name; write its id, or name the account with --account.",
            );
            Err(Failure::Usage(text.to_owned()))
        }
    }
}

/// The servers whose meters a look found, each once.
fn measured(response: Response) -> Vec<TargetView> {
    let Response::Meters(view) = response else {
        return Vec::new();
    };
    let mut found: Vec<TargetView> = Vec::new();
    for meter in view.meters {
        for target in meter.targets {
            if found
                .iter()
                .any(|view| view.account == meter.account && view.target == target)
            {
                continue;
            }
            found.push(TargetView {
                account: meter.account.clone(),
                target,
                protected: false,
                power: None,
                power_at: None,
                stopped_by_us_at: None,
                present: true,
                meters: vec![meter.meter.clone()],
                addresses: Vec::new(),
                simulated: false,
            });
        }
    }
    found
}

/// Why an account could not be looked at: then nobody knows whether the server is there.
fn blind(response: &Response) -> Option<String> {
    let Response::Meters(view) = response else {
        return None;
    };
    let account = view.blind_accounts.first()?;
    let detail = account.detail.as_deref().unwrap_or("-");
    Some(format!("account {} cannot be read: {detail}", account.account))
}

fn nothing() -> Failure {
    Failure::Api(ApiError::new(
        ErrorCode::NotFound,
        "no server or sub-account has that name or id",
    ))
}

fn matching(response: Response, server: &str) -> Vec<TargetView> {
    let Response::Targets(mut targets) = response else {
        return Vec::new();
    };
    targets.retain(|view| view.target.id.as_str() == server || view.target.name == server);
    targets
}
