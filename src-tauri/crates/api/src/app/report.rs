//! Reports: shown, sent by hand, and when they are sent. Owns the checks of what was typed; what a report tells is the
//! engine's, its words the catalogue's.

use tidegate_channels::catalogue::report;
use tidegate_channels::report::ReportKind;
use tidegate_engine::{ReportSettings as Settings, ReportShown};
use tidegate_store::{DeliveryRow, DeliveryState};

use super::App;
use crate::config::{Allowed, Fault, Finding, Findings};
use crate::request::{ReportAsked, ReportSettings, ReportSpan};
use crate::response::{ReportSentView, ReportView};
use crate::{ApiError, Response};

/// A time that is one, to check the day of the week by itself.
const ANY_TIME: &str = "00:00";
const AT: (&str, &str) = ("一天中的时刻，例如 23:55", "a time of day such as 23:55");
const WEEKLY: (&str, &str) = (
    "mon、tue、wed、thu、fri、sat、sun 之一，或 null（从不）",
    "one of mon, tue, wed, thu, fri, sat, sun, or null for never",
);

impl App {
    pub(super) async fn show_report(&self, asked: &ReportAsked) -> Result<Response, ApiError> {
        let shown = self.engine.report(kind(asked.span), asked.day).await?;
        Ok(view(asked, shown))
    }

    pub(super) async fn send_report(&self, asked: &ReportAsked, by: &str) -> Result<Response, ApiError> {
        let sent = self.engine.send_report(kind(asked.span), asked.day, by).await?;
        Ok(view(asked, sent))
    }

    /// Settings that were typed, checked as a whole: every mistake with its field.
    pub(super) async fn report_settings(&self, typed: ReportSettings) -> Result<Settings, ApiError> {
        let known = self.engine.config().await.channels;
        let known: Vec<String> = known.iter().map(|config| config.id.to_string()).collect();
        let at = Settings::new(&typed.at, None);
        let weekly = Settings::new(ANY_TIME, typed.weekly.as_deref());
        let dangling = typed.channels.iter().enumerate().filter_map(|(index, channel)| {
            let id = channel.to_string();
            (!known.contains(&id)).then(|| {
                let known = known.clone();
                finding(
                    &format!("report.channels[{index}]"),
                    Fault::Dangling { id, known },
                )
            })
        });
        let wrong = |path, allowed: (&str, &str)| {
            let (zh, en) = (allowed.0.to_owned(), allowed.1.to_owned());
            finding(path, Fault::NotAllowed(Allowed::Described { zh, en }))
        };
        let mistakes: Vec<Finding> = [
            at.is_err().then(|| wrong("report.at", AT)),
            weekly.is_err().then(|| wrong("report.weekly", WEEKLY)),
        ]
        .into_iter()
        .flatten()
        .chain(dangling)
        .collect();
        match (at, weekly) {
            (Ok(at), Ok(weekly)) if mistakes.is_empty() => Ok(Settings {
                daily: typed.daily,
                at: at.at,
                weekly: weekly.weekly,
                channels: typed.channels,
                quiet_when_idle: typed.quiet_when_idle,
            }),
            _ => Err(Findings(mistakes).into()),
        }
    }
}

fn finding(path: &str, fault: Fault) -> Finding {
    Finding {
        line: 0,
        path: path.to_owned(),
        fault,
    }
}

/// The settings as they are shown.
pub(super) fn shown(settings: Settings) -> ReportSettings {
    ReportSettings {
        daily: settings.daily,
        at: settings.at(),
        weekly: settings.weekly().map(str::to_owned),
        channels: settings.channels,
        quiet_when_idle: settings.quiet_when_idle,
    }
}

const fn kind(span: ReportSpan) -> ReportKind {
    match span {
        ReportSpan::Daily => ReportKind::Daily,
        ReportSpan::Weekly => ReportKind::Weekly,
    }
}

fn view(asked: &ReportAsked, shown: ReportShown) -> Response {
    let told = report::write(&shown.facts, asked.lang, None);
    Response::Report(Box::new(ReportView {
        span: asked.span,
        from: shown.facts.from,
        through: shown.facts.through,
        at: shown.facts.made_at,
        subject: told.subject,
        text: told.text,
        html: told.html,
        sent: shown.sent.into_iter().map(sent).collect(),
    }))
}

fn sent(row: DeliveryRow) -> ReportSentView {
    let state = match row.state {
        DeliveryState::Pending | DeliveryState::Sending => "pending",
        DeliveryState::Delivered => "sent",
        DeliveryState::Refused | DeliveryState::Expired => "failed",
    };
    ReportSentView {
        channel: row.channel,
        state: state.to_owned(),
        at: row.delivered_at,
    }
}
