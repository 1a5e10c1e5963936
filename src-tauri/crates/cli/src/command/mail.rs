//! `mail`: mailboxes, what their mails said, a look now, a try.

use tidegate_api::request::{FindingsAsked, SecretFields};
use tidegate_api::words::MailboxId;
use tidegate_api::{ApiError, ErrorCode, Request, Response};

use super::show;
use crate::args::MailCommand;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};

/// Exit 1 when a look or a try could not read.
pub(super) async fn mail(context: &Context, what: Option<MailCommand>) -> Ended {
    let lang = context.lang;
    let request = match what.unwrap_or(MailCommand::List) {
        MailCommand::List => Request::Mailboxes { lang },
        MailCommand::Scan { mailbox } => {
            let response = ask(context, Request::ScanMailbox { mailbox, lang }).await?;
            show(context, &response);
            return Ok(ended(&response));
        }
        MailCommand::Findings { mailbox, kind, limit } => Request::Findings(FindingsAsked {
            mailbox,
            kind,
            certainty: None,
            before: None,
            limit,
            lang,
        }),
        MailCommand::Test { mailbox } => {
            let response = test(context, &mailbox).await?;
            show(context, &response);
            return Ok(ended(&response));
        }
    };
    let response = ask(context, request).await?;
    show(context, &response);
    Ok(Exit::Done)
}

/// Tries a mailbox as it is configured.
async fn test(context: &Context, mailbox: &MailboxId) -> Result<Response, Failure> {
    let Response::Items(items) = ask(context, Request::Items).await? else {
        return Err(ApiError::new(ErrorCode::Link, "the answer is of another kind").into());
    };
    let named =
        |item: &serde_json::Value| item.get("id").and_then(|id| id.as_str()) == Some(mailbox.as_str());
    let item = items.mailbox.into_iter().find(|item| named(&item.0));
    let missing = || ApiError::new(ErrorCode::NotFound, format!("there is no mailbox {mailbox}"));
    let request = Request::TryMailbox {
        mailbox: item.ok_or_else(missing)?,
        secrets: SecretFields::new(),
        lang: context.lang,
    };
    ask(context, request).await
}

fn ended(response: &Response) -> Exit {
    match response {
        Response::Mailboxes(views) if views.iter().any(|view| view.reason.is_some()) => Exit::No,
        Response::TriedMailbox(view) if !view.ok => Exit::No,
        _ => Exit::Done,
    }
}
