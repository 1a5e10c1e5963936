//! A message as a mail: text first, HTML second, nothing to be fetched from anywhere. A report has a page of its own.

use std::time::{Duration, SystemTime};

use lettre::Message as Letter;
use lettre::message::MultiPart;
use lettre::message::header::{HeaderName, HeaderValue};

use super::SmtpConfig;
use crate::catalogue::{self, Line};
use crate::marks::html as escape;
use crate::page::{Page, Tone};
use crate::{Delivery, Message};

/// Writes the mail. The date is the decision's, and the `Message-ID` follows from the delivery: a repeat is the same mail.
/// That of a report names its kind and day, which have one report, so that whoever receives it can tell it too.
pub(super) fn write(
    page: &Page,
    delivery: &Delivery,
    config: &SmtpConfig,
) -> Result<Letter, lettre::error::Error> {
    let id = format!("<{}.tidegate@{}>", name(delivery), config.from.domain());
    let since = u64::try_from(delivery.decided_at.ms()).unwrap_or_default();
    let mut builder = Letter::builder()
        .from(config.from.0.clone())
        .subject(page.title.as_str())
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(since))
        .message_id(Some(id))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    for to in &config.to {
        builder = builder.to(to.0.clone());
    }
    let (text, html) = match &delivery.message {
        Message::Report { report } => {
            let told = catalogue::report::write(report, page.lang(), Some(&page.footer));
            (told.text, told.html)
        }
        _ => (page.plain(), html(page)),
    };
    builder.multipart(MultiPart::alternative_plain_html(text, html))
}

/// What names a mail for good.
fn name(delivery: &Delivery) -> String {
    match &delivery.message {
        Message::Report { report } => {
            format!("report-{}-{}.{}", report.kind.name(), report.through, report.id)
        }
        _ => delivery.id.to_string(),
    }
}

fn html(page: &Page) -> String {
    let rows: String = page.lines.iter().map(row).collect();
    let (title, colour) = (escape(&page.title), colour(page.tone));
    let footer = escape(&page.footer);
    format!(
        "<!doctype html><html><body style=\"margin:0;padding:16px;font-family:sans-serif;color:#1f2933\">\
         <table role=\"presentation\" style=\"max-width:640px;border-collapse:collapse;border-left:4px solid {colour}\">\
         <tr><td colspan=\"2\" style=\"padding:8px 16px;font-size:18px;font-weight:bold\">{title}</td></tr>{rows}\
         <tr><td colspan=\"2\" style=\"padding:8px 16px;font-size:12px;color:#66707a\">{footer}</td></tr>\
         </table></body></html>"
    )
}

fn row(line: &Line) -> String {
    let text = escape(&line.text);
    if line.label.is_empty() {
        return format!("<tr><td colspan=\"2\" style=\"padding:4px 16px\">{text}</td></tr>");
    }
    format!(
        "<tr><td style=\"padding:4px 16px;color:#66707a;vertical-align:top;white-space:nowrap\">{}</td>\
         <td style=\"padding:4px 16px\">{text}</td></tr>",
        line.label
    )
}

const fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Info => "#2f6fdb",
        Tone::Warning => "#d98a00",
        Tone::Critical => "#c62828",
        Tone::Acting => "#7b3fc4",
        Tone::Good => "#2e7d32",
    }
}
