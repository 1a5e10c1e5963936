//! `report`: what a day or a week came to, as it was or would be sent, and sent by hand.

use tidegate_api::request::{ReportAsked, ReportSpan};
use tidegate_api::response::ReportView;
use tidegate_api::{Request, Response};

use super::show;
use crate::args::ReportArgs;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit};
use crate::out;

pub(super) async fn report(context: &Context, args: ReportArgs) -> Ended {
    let asked = ReportAsked {
        span: if args.weekly {
            ReportSpan::Weekly
        } else {
            ReportSpan::Daily
        },
        day: args.day,
        lang: context.lang,
    };
    let request = if args.send {
        Request::SendReport(asked)
    } else {
        Request::Report(asked)
    };
    let response = ask(context, request).await?;
    match &response {
        Response::Report(view) if !context.json => tell(context, view, args.html),
        other => show(context, other),
    }
    Ok(Exit::Done)
}

fn tell(context: &Context, view: &ReportView, html: bool) {
    if html {
        return out::verbatim(&view.html);
    }
    // On a day without a headline the text begins with the same words.
    if !view.text.starts_with(&view.subject) {
        out::line(&view.subject);
        out::line("");
    }
    out::verbatim(&view.text);
    for sent in &view.sent {
        let word = match sent.state.as_str() {
            "sent" => out::pick(context.lang, "已送达", "delivered"),
            "failed" => out::pick(
                context.lang,
                "没有送达，原因见 tidegated deliveries",
                "not delivered; tidegated deliveries tells why",
            ),
            _ => out::pick(
                context.lang,
                "等待发送，由守护进程发出",
                "waits; the guard process sends it",
            ),
        };
        out::to_person(&format!("{}: {word}", sent.channel));
    }
}
