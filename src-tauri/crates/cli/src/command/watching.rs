//! `check`, `arm` and `replay`.

use tidegate_api::words::{AccountId, GuardId};
use tidegate_api::{Request, Response};

use super::show;
use crate::args::ReplayArgs;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit};
use crate::{out, table};

/// Exit 1 when any meter or account is blind: a script that guards on this must not read silence as health.
pub(super) async fn check(context: &Context, accounts: Vec<AccountId>) -> Ended {
    let spinner = table::spinner(context, "正在读取…", "Reading…");
    let answered = ask(
        context,
        Request::Check {
            accounts,
            lang: context.lang,
        },
    )
    .await;
    spinner.finish_and_clear();
    let response = answered?;
    show(context, &response);
    let Response::Meters(view) = &response else {
        return Ok(Exit::Done);
    };
    Ok(if table::any_blind(view) {
        Exit::No
    } else {
        Exit::Done
    })
}

/// Names what may be stopped before anything is armed. A script has said yes by calling.
pub(super) async fn arm(context: &Context, guard: GuardId, seconds: u64, yes: bool) -> Ended {
    if !yes && !context.json && out::can_ask() {
        let preview = ask(
            context,
            Request::ArmPreview {
                guard: guard.clone(),
                seconds,
            },
        )
        .await?;
        out::to_person(&table::text(context, &preview));
        for sentence in contracts(context, &guard).await? {
            out::to_person(&sentence);
        }
        let question = context.say("允许它停止或停用这些目标吗？", "May it stop or disable these?");
        if !out::confirm(question) {
            out::to_person(context.say("没有授权，仍只提醒。", "Not armed; it only warns."));
            return Ok(Exit::No);
        }
    }
    let response = ask(context, Request::Arm { guard, seconds }).await?;
    show(context, &response);
    Ok(Exit::Done)
}

/// How far the guard can overshoot on each of its meters.
async fn contracts(context: &Context, guard: &GuardId) -> Result<Vec<String>, crate::exit::Failure> {
    let response = ask(context, Request::Guards { lang: context.lang }).await?;
    let Response::Guards(guards) = response else {
        return Ok(Vec::new());
    };
    let mine = guards
        .into_iter()
        .filter(|view| view.id == *guard)
        .flat_map(|view| view.meters);
    Ok(mine
        .map(|meter| format!("{}: {}", meter.name, meter.contract))
        .collect())
}

pub(super) async fn replay(context: &Context, args: ReplayArgs) -> Ended {
    let ReplayArgs {
        guard,
        limit,
        steps,
        days,
    } = args;
    let response = ask(
        context,
        Request::Replay {
            guard,
            limit,
            steps,
            days,
        },
    )
    .await?;
    show(context, &response);
    Ok(Exit::Done)
}
