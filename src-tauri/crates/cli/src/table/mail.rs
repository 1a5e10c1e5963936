//! Mailboxes and their mails as tables.

use tidegate_api::Response;
use tidegate_api::response::{MailFindingView, MailboxView, TriedMailboxView};

use super::{age, amount, plain, sheet};
use crate::context::Context;

/// An answer about mail; `None` for any other.
pub(super) fn text(context: &Context, response: &Response) -> Option<String> {
    Some(match response {
        Response::Mailboxes(views) => mailboxes(context, views),
        Response::MailFindings(views) => findings(context, views),
        Response::TriedMailbox(view) => tried(context, view),
        _ => return None,
    })
}

fn mailboxes(context: &Context, views: &[MailboxView]) -> String {
    let head = [
        ("邮箱", "mailbox"),
        ("名称", "name"),
        ("服务器", "server"),
        ("最近读取", "read"),
        ("邮件", "mails"),
        ("状态", "state"),
    ];
    let rows = views.iter().map(|view| {
        let state = match (view.enabled, &view.detail) {
            (false, _) => context.say("已关闭", "off").to_owned(),
            (true, Some(detail)) => format!("{} ({detail})", view.text),
            (true, None) => view.text.clone(),
        };
        vec![
            view.mailbox.to_string(),
            view.name.clone(),
            format!("{}/{}", view.host, view.folder),
            age(context, view.read_at),
            view.looked_at.to_string(),
            state,
        ]
    });
    sheet(context, &head, rows.collect())
}

fn findings(context: &Context, views: &[MailFindingView]) -> String {
    let head = [
        ("收到", "received"),
        ("邮箱", "mailbox"),
        ("类别", "kind"),
        ("服务", "service"),
        ("金额", "amount"),
        ("日期", "date"),
        ("发件人", "sender"),
        ("主题", "subject"),
    ];
    let rows = views.iter().map(|view| {
        let sender = if view.verified {
            view.sender.clone()
        } else {
            format!("{} {}", view.sender, context.say("（未经验证）", "(unverified)"))
        };
        let sure = view.certainty == "sure";
        let kind = if sure {
            view.kind_text.clone()
        } else {
            format!("{} ?", view.kind_text)
        };
        vec![
            view.received.to_string(),
            view.mailbox.to_string(),
            kind,
            view.service.clone().unwrap_or_else(|| "-".to_owned()),
            amount(view.amount, false),
            view.due.clone().unwrap_or_else(|| "-".to_owned()),
            sender,
            view.subject.clone(),
        ]
    });
    sheet(context, &head, rows.collect())
}

fn tried(context: &Context, view: &TriedMailboxView) -> String {
    if view.ok {
        let found = findings(context, &view.findings);
        let (zh, en) = ("可以读取；看了", "It can be read; mails looked at:");
        return format!("{} {}\n{found}", context.say(zh, en), view.looked_at);
    }
    let lines = [view.detail.as_deref(), view.next.as_deref()];
    plain(&lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}
