//! `audit`, `history` and `channels`.

use std::time::Duration;

use tidegate_api::words::{AccountId, AuditVerdict, MeterId};
use tidegate_api::{Request, Response};

use super::show;
use crate::args::{AuditCommand, ChannelCommand};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit};

pub(super) async fn audit(context: &Context, what: AuditCommand) -> Ended {
    let request = match what {
        AuditCommand::Verify => Request::AuditVerify,
        AuditCommand::List { after, limit } => Request::Audit { after, limit },
    };
    let response = ask(context, request).await?;
    show(context, &response);
    let broken = matches!(response, Response::AuditVerdict(AuditVerdict::Broken { .. }));
    Ok(if broken { Exit::No } else { Exit::Done })
}

pub(super) async fn history(context: &Context, account: AccountId, meter: MeterId, seconds: u64) -> Ended {
    let end = context.now();
    let start = end.minus(Duration::from_secs(seconds));
    show(
        context,
        &ask(
            context,
            Request::History {
                account,
                meter,
                start,
                end,
                points: 500,
            },
        )
        .await?,
    );
    Ok(Exit::Done)
}

pub(super) fn channels(what: Option<ChannelCommand>) -> Request {
    match what {
        None | Some(ChannelCommand::List) => Request::Channels,
        Some(ChannelCommand::Test { channel }) => Request::TestChannel { channel },
    }
}
