//! `renewals`: listed, marked, written as a calendar file, previewed.

use std::path::Path;

use tidegate_api::request::{RenewalClear, RenewalMark};
use tidegate_api::{Request, Response, renewals};

use super::show;
use crate::args::{PreviewArgs, RenewalCommand};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

pub(super) async fn renewals(context: &Context, what: Option<RenewalCommand>) -> Ended {
    let lang = context.lang;
    let request = match what.unwrap_or(RenewalCommand::List) {
        RenewalCommand::List => Request::Renewals { lang },
        RenewalCommand::Paid { renewal, date } => Request::MarkRenewed(RenewalMark { renewal, date }),
        RenewalCommand::Clear { renewal } => Request::ClearRenewed(RenewalClear { renewal }),
        RenewalCommand::Export { file } => return export(context, &file).await,
        RenewalCommand::Preview(args) => return preview(context, &args),
    };
    let response = ask(context, request).await?;
    show(context, &response);
    Ok(Exit::Done)
}

/// Asks nobody: the same arithmetic stands in every program.
fn preview(context: &Context, args: &PreviewArgs) -> Ended {
    let today = args.today.clone().unwrap_or_else(|| context.today());
    let dues = renewals::preview(&args.cycle, &args.day, args.paid.as_deref(), &today);
    let dues = dues.map_err(|error| {
        let allowed = error.allowed(context.lang);
        Failure::Usage(match context.lang {
            tidegate_api::words::Lang::Zh => format!("--{}：可用的值是 {allowed}", error.field),
            tidegate_api::words::Lang::En => format!("--{}: allowed is {allowed}", error.field),
        })
    })?;
    if context.json {
        // As it is declared, and in that order: programs were promised exactly this.
        let line = serde_json::to_string(&dues).map_err(anyhow::Error::from)?;
        out::line(&line);
    } else {
        show(context, &Response::Dues(dues));
    }
    Ok(Exit::Done)
}

async fn export(context: &Context, file: &Path) -> Ended {
    let response = ask(context, Request::RenewalsIcs { lang: context.lang }).await?;
    let Response::Text(text) = &response else {
        return Err(Failure::Outside("the guard gave another answer".to_owned()));
    };
    if file.as_os_str() == "-" {
        if context.json {
            show(context, &response);
        } else {
            out::verbatim(text);
        }
        return Ok(Exit::Done);
    }
    std::fs::write(file, text)
        .map_err(|error| Failure::Outside(format!("{} cannot be written: {error}", file.display())))?;
    if context.json {
        out::json(&serde_json::json!({ "file": file }));
    } else {
        out::line(&format!(
            "{} {}",
            context.say("已写入", "Written to"),
            file.display()
        ));
    }
    Ok(Exit::Done)
}
