//! `audit`, `history` and `channels`.

use std::time::Duration;

use tidegate_api::request::HistoryAsked;
use tidegate_api::words::{AccountId, AuditVerdict, MeterId};
use tidegate_api::{Request, Response};

use super::show;
use crate::args::{AuditCommand, ChannelCommand};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, table};

pub(super) async fn audit(context: &Context, what: AuditCommand) -> Ended {
    let request = match what {
        AuditCommand::Verify => Request::AuditVerify,
        AuditCommand::List { after, limit } => Request::Audit {
            after,
            limit,
            before: None,
            lang: Some(context.lang),
        },
    };
    let response = ask(context, request).await?;
    show(context, &response);
    let broken = matches!(response, Response::AuditVerdict(AuditVerdict::Broken { .. }));
    Ok(if broken { Exit::No } else { Exit::Done })
}

pub(super) async fn history(context: &Context, account: AccountId, meter: MeterId, seconds: u64) -> Ended {
    let end = context.now();
    let start = end.minus(Duration::from_secs(seconds));
    let request = Request::History(HistoryAsked {
        account: account.clone(),
        meter: meter.clone(),
        start,
        end,
        points: 500,
    });
    let response = ask(context, request).await?;
    match &response {
        Response::History(points) if !context.json => {
            let binary = is_binary(context, account, &meter).await?;
            out::line(&table::history(context, points, binary));
        }
        other => show(context, other),
    }
    Ok(Exit::Done)
}

/// Whether the provider's console counts this meter's bytes by 1024.
async fn is_binary(context: &Context, account: AccountId, meter: &MeterId) -> Result<bool, Failure> {
    let request = Request::Meters {
        account: Some(account),
        lang: context.lang,
    };
    let Response::Meters(view) = ask(context, request).await? else {
        return Ok(false);
    };
    Ok(view.meters.iter().any(|row| row.meter == *meter && row.binary))
}

pub(super) fn channels(what: Option<ChannelCommand>) -> Request {
    match what {
        None | Some(ChannelCommand::List) => Request::Channels,
        Some(ChannelCommand::Test { channel }) => Request::TestChannel { channel },
    }
}
