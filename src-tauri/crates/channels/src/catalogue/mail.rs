//! Messages about mails and mailboxes: their texts, and the order of their lines. What a mail says is told as its words,
//! never as our own; whether its sender is who it says stands in each.

use tidegate_meter::{ByteBase, Lang, MailKind, Reason};

use super::text::{Text, texts};
use super::voice::Voice;
use super::{Line, words as w};
use crate::{MailNote, Message};

texts! {
    LOW_BALANCE = "余额不足", "low balance";
    OVERDUE = "账单逾期", "payment overdue";
    EXPIRING = "到期提醒", "expiring";
    SUSPENDED = "服务停用", "service suspended";
    PAYMENT_FAILED = "扣款失败", "payment failed";
    RECEIPT = "付款凭证", "receipt";
    NOTICE = "邮件提醒", "notice";

    MAIL_TITLE = "{service}来信：{kind}", "Mail from {service}: {kind}";
    UNNAMED = "未知服务", "an unknown service";
    LABEL_SUBJECT = "主题", "Subject";
    LABEL_AMOUNT = "金额", "Amount";
    LABEL_DAY = "日期", "Date";
    LABEL_SENDER = "发件人", "Sender";
    LABEL_MAILBOX = "邮箱", "Mailbox";
    LABEL_RECEIVED = "收到", "Received";
    VERIFIED = "{sender}（域名已验证）", "{sender} (domain verified)";
    UNVERIFIED = "{sender}（发件人未经验证）", "{sender} (unverified sender)";
    NO_SENDER = "没有单一的发件地址", "no single sender address";
    NOTHING_DONE = "只告知；邮件不会触发任何操作，其已读状态不变", "told only; a mail never triggers an action, and its read mark is left as it was";
    MAIL_NEXT = "不要点邮件里的链接，直接到 {service} 的控制台核对", "do not follow links in the mail; look it up in the console of {service}";

    MAIL_NEXT_UNNAMED = "不要点邮件里的链接，自行打开该服务的网站核对", "do not follow links in the mail; open the service's site by yourself and look it up there";

    DIGEST_TITLE = "{mailbox}：{n} 封邮件可能与账单有关", "{mailbox}: {n} mails that may be about bills";
    DIGEST_TITLE_ONE = "{mailbox}：{n} 封邮件可能与账单有关", "{mailbox}: {n} mail that may be about bills";
    DIGEST_LINE = "• {kind}：{subject}，{sender}", "• {kind}: {subject}, {sender}";
    DIGEST_MORE = "……还有 {n} 封", "… and {n} more";
    DIGEST_NEXT = "发件人不在已知名单里；如需立即提醒，为它加一条规则", "these senders are not known; add a rule for one to be told at once";

    UNREAD_TITLE = "无法读取邮箱 {mailbox}：{reason}", "Mailbox {mailbox} cannot be read: {reason}";
    UNREAD_EFFECT = "这段时间里的邮件提醒不会送达；恢复后会补读", "mails are not told meanwhile; they are read later, once it works again";
    UNREAD_AUTH = "登录被拒绝", "the login is refused";
    UNREAD_SCOPE = "服务器拒绝打开邮箱", "the server refuses to open the mailbox";
    NEXT_AUTH = "检查用户名和密码：QQ、163、126 邮箱要用授权码，Gmail 要用应用专用密码；潮闸不会自行反复登录", "check user name and password: QQ, 163 and 126 mail want an authorization code, Gmail an app password; Tidegate does not try again and again by itself";
    NEXT_SCOPE = "在邮箱设置里打开 IMAP，并核对文件夹名", "turn on IMAP in the mailbox's settings, and check the folder's name";
    NEXT_NETWORK = "检查网络、服务器名、端口与加密方式；潮闸会继续尝试", "check network, server name, port and encryption; Tidegate keeps trying";
    PASSED_TITLE = "{mailbox}：{n} 封邮件无法读取，已跳过", "{mailbox}: {n} mails cannot be read and were passed over";
    PASSED_TITLE_ONE = "{mailbox}：{n} 封邮件无法读取，已跳过", "{mailbox}: {n} mail cannot be read and was passed over";
    PASSED_REASON = "邮件服务器对这些邮件的回答不完整或被拒绝", "what the mail server answers about them is garbled, too long, or a refusal";
    PASSED_EFFECT = "其中的提醒可能没有送达；其余邮件照常读取，已读状态不变", "what they say may not have been told; all others are read as ever, and read marks are left as they were";
    PASSED_NEXT = "打开邮箱，自行查看最近收到的邮件", "open the mailbox and look at the newest mails by yourself";
    READ_TITLE = "邮箱 {mailbox} 又能读取了", "Mailbox {mailbox} can be read again";
    READ_EFFECT = "中断了{span}；其间的邮件已补读", "it could not be read for {span}; the mails of that time were read now";
}

/// A kind in a few words.
pub(super) const fn kind(kind: MailKind) -> Text {
    match kind {
        MailKind::LowBalance => LOW_BALANCE,
        MailKind::Overdue => OVERDUE,
        MailKind::Expiring => EXPIRING,
        MailKind::Suspended => SUSPENDED,
        MailKind::PaymentFailed => PAYMENT_FAILED,
        MailKind::Receipt => RECEIPT,
        MailKind::Notice => NOTICE,
    }
}

/// The title of a message about mail; `None` for any other.
pub(super) fn title(message: &Message, lang: Lang) -> Option<String> {
    Some(match message {
        Message::Mail { mail, .. } => {
            let service = mail.service.as_deref().unwrap_or_else(|| UNNAMED.of(lang));
            MAIL_TITLE.say(
                lang,
                &[("service", &inert(service)), ("kind", kind(mail.kind).of(lang))],
            )
        }
        Message::MailDigest { mailbox, count, .. } => {
            let text = if *count == 1 {
                DIGEST_TITLE_ONE
            } else {
                DIGEST_TITLE
            };
            text.say(lang, &[("mailbox", &mailbox.name), ("n", &count.to_string())])
        }
        Message::MailboxUnread { mailbox, reason, .. } => UNREAD_TITLE.say(
            lang,
            &[("mailbox", &mailbox.name), ("reason", why(*reason).of(lang))],
        ),
        Message::MailsUnreadable { mailbox, count } => {
            let text = if *count == 1 {
                PASSED_TITLE_ONE
            } else {
                PASSED_TITLE
            };
            text.say(lang, &[("mailbox", &mailbox.name), ("n", &count.to_string())])
        }
        Message::MailboxRead { mailbox, .. } => READ_TITLE.say(lang, &[("mailbox", &mailbox.name)]),
        _ => return None,
    })
}

/// The lines of a message about mail; `None` for any other.
pub(super) fn lines(message: &Message, voice: Voice<'_>) -> Option<Vec<Line>> {
    Some(match message {
        Message::Mail { mailbox, mail } => hit(&mailbox.name, mail, voice),
        Message::MailDigest { count, mails, .. } => digest(*count, mails, voice),
        Message::MailboxUnread {
            reason,
            detail,
            since,
            ..
        } => {
            let last = since.map_or_else(|| voice.word(w::NEVER).to_owned(), |at| voice.at_with_age(at));
            let mut lines = vec![
                voice.line(w::LABEL_REASON, voice.word(why(*reason))),
                voice.line(w::LABEL_LAST_TRUTH, last),
                voice.line(w::LABEL_EFFECT, voice.word(UNREAD_EFFECT)),
                voice.line(w::LABEL_YOU, voice.word(next(*reason))),
            ];
            if !detail.is_empty() {
                lines.insert(1, voice.line(w::LABEL_DETAIL, detail.as_str()));
            }
            lines
        }
        Message::MailsUnreadable { .. } => vec![
            voice.line(w::LABEL_REASON, voice.word(PASSED_REASON)),
            voice.line(w::LABEL_EFFECT, voice.word(PASSED_EFFECT)),
            voice.line(w::LABEL_YOU, voice.word(PASSED_NEXT)),
        ],
        Message::MailboxRead { since, .. } => {
            let span = voice.span(voice.now.since(*since));
            vec![voice.line(w::LABEL_TIDEGATE, voice.say(READ_EFFECT, &[("span", &span)]))]
        }
        _ => return None,
    })
}

fn hit(mailbox: &str, mail: &MailNote, voice: Voice<'_>) -> Vec<Line> {
    let mut lines = vec![voice.line(LABEL_SUBJECT, inert(&mail.subject))];
    let amount = mail.amount.map(|amount| voice.amount(amount, ByteBase::Decimal));
    lines.extend(amount.map(|amount| voice.line(LABEL_AMOUNT, amount)));
    lines.extend(mail.due.as_ref().map(|day| voice.line(LABEL_DAY, day.as_str())));
    lines.push(voice.line(LABEL_SENDER, sender(mail, voice)));
    lines.push(voice.line(LABEL_MAILBOX, mailbox));
    lines.push(voice.line(LABEL_RECEIVED, voice.at_with_age(mail.received)));
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.word(NOTHING_DONE)));
    let next = mail.service.as_deref().map_or_else(
        || voice.word(MAIL_NEXT_UNNAMED).to_owned(),
        |service| voice.say(MAIL_NEXT, &[("service", &inert(service))]),
    );
    lines.push(voice.line(w::LABEL_YOU, next));
    lines
}

fn digest(count: u32, mails: &[MailNote], voice: Voice<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = mails
        .iter()
        .map(|mail| {
            let values = [
                ("kind", voice.word(kind(mail.kind))),
                ("subject", &inert(&mail.subject)),
                ("sender", &sender(mail, voice)),
            ];
            voice.plain(voice.say(DIGEST_LINE, &values))
        })
        .collect();
    let more = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .saturating_sub(mails.len());
    if more > 0 {
        lines.push(voice.plain(voice.say(DIGEST_MORE, &[("n", &more.to_string())])));
    }
    lines.push(voice.line(w::LABEL_YOU, voice.word(DIGEST_NEXT)));
    lines
}

fn sender(mail: &MailNote, voice: Voice<'_>) -> String {
    if mail.sender.is_empty() {
        return voice.word(NO_SENDER).to_owned();
    }
    let text = if mail.verified { VERIFIED } else { UNVERIFIED };
    voice.say(text, &[("sender", &inert(&mail.sender))])
}

/// Words of a mail in which nothing looks like an address: clients make those clickable by themselves. A dot between a
/// letter or digit and a letter, and the colon of a scheme, are put in brackets; numbers stay as they are.
fn inert(words: &str) -> String {
    let letters: Vec<char> = words.chars().collect();
    let mut out = String::with_capacity(words.len());
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(at + 1);
        let in_name = before.is_some_and(|c| c.is_alphanumeric()) && after.is_some_and(|c| c.is_alphabetic());
        let scheme = after == Some(&'/') && letters.get(at + 2) == Some(&'/');
        match letter {
            '.' if in_name => out.push_str("[.]"),
            ':' if scheme => out.push_str("[:]"),
            other => out.push(*other),
        }
    }
    out
}

/// Why a mailbox cannot be read; what a key is to a provider, a login is here.
pub(super) fn why(reason: Reason) -> Text {
    match reason {
        Reason::Auth => UNREAD_AUTH,
        Reason::Scope => UNREAD_SCOPE,
        other => w::reason(other),
    }
}

pub(super) fn next(reason: Reason) -> Text {
    match reason {
        Reason::Auth => NEXT_AUTH,
        Reason::Scope => NEXT_SCOPE,
        Reason::Locked | Reason::Disabled | Reason::Rate => w::reason_next(reason),
        _ => NEXT_NETWORK,
    }
}
