//! Mailboxes: how each stands, what their mails said, a look now, a try before anything is saved. Owns the translation;
//! reading a mailbox changes nothing there, and nothing here can act.

use tidegate_channels::catalogue;
use tidegate_engine::{Finding, MailboxTrial, MailboxView as Known};
use tidegate_meter::{Lang, MailKind, MailboxId, RowId, Time};
use tidegate_providers::mailbox::RuleBook;
use tidegate_store::FindingFilter;

use super::App;
use super::query::page;
use super::trial::{fields, mailbox_of};
use super::views::Telling;
use crate::request::{Item, SecretFields};
use crate::response::{MailFindingView, MailRulesView, MailboxView, TriedMailboxView};
use crate::{ApiError, ErrorCode, Request, Response, texts as t};

type Answer = Result<Response, ApiError>;

impl App {
    /// Every request about mail; any other goes on.
    pub(super) async fn mail(&self, request: Request) -> Answer {
        match request {
            Request::Mailboxes { lang } => {
                let telling = self.telling(lang);
                let known = self.engine.mailboxes().await?;
                Ok(Response::Mailboxes(
                    known.into_iter().map(|one| telling.mailbox(one)).collect(),
                ))
            }
            Request::Findings(asked) => {
                let lang = asked.lang;
                let filter = FindingFilter {
                    mailbox: asked.mailbox,
                    kind: asked.kind,
                    certainty: asked.certainty,
                    before: asked.before,
                    limit: page(asked.limit),
                    ..FindingFilter::default()
                };
                let rows = self.engine.findings(filter).await?;
                let view = |(row, found): (tidegate_store::FindingRow, Finding)| {
                    finding(row.mailbox, Some((row.id, row.at)), found, lang)
                };
                Ok(Response::MailFindings(rows.into_iter().map(view).collect()))
            }
            Request::ScanMailbox { mailbox, lang } => {
                let telling = self.telling(lang);
                let known = self.engine.scan_mailbox(&mailbox).await?;
                Ok(Response::Mailboxes(vec![telling.mailbox(known)]))
            }
            Request::TryMailbox {
                mailbox,
                secrets,
                lang,
            } => self.try_mailbox(mailbox, secrets, lang).await,
            Request::MailRules { lang } => rules(lang),
            other => self.query(other).await,
        }
    }

    async fn try_mailbox(&self, mailbox: Item, secrets: SecretFields, lang: Lang) -> Answer {
        let config = mailbox_of(mailbox, &secrets)?;
        let trial = self.engine.try_mailbox(&config, fields(secrets)).await;
        Ok(Response::TriedMailbox(Box::new(tried(&config.id, trial, lang))))
    }
}

impl Telling<'_> {
    fn mailbox(&self, known: Known) -> MailboxView {
        let Known { config, state } = known;
        let at = |at: Time| catalogue::at(at, self.lang, self.zone, self.now);
        let text = match (&state.blind, state.read_at) {
            (Some(blind), _) => catalogue::mailbox_reason(blind.reason, self.lang).to_owned(),
            (None, Some(read)) => t::MAILBOX_READ.say(self.lang, &[("at", &at(read))]),
            (None, None) => t::MAILBOX_NEW.of(self.lang).to_owned(),
        };
        MailboxView {
            mailbox: config.id,
            name: config.name,
            enabled: config.enabled,
            host: config.host,
            folder: config.folder,
            interval: config.interval.as_secs(),
            tried_at: state.tried_at,
            read_at: state.read_at,
            looked_at: state.looked_at,
            waiting: state.waiting,
            reason: state.blind.as_ref().map(|blind| blind.reason),
            detail: state.blind.map(|blind| blind.detail),
            failing_since: state.failing_since,
            failures: state.failures,
            text,
        }
    }
}

fn finding(mailbox: MailboxId, stored: Option<(RowId, Time)>, found: Finding, lang: Lang) -> MailFindingView {
    MailFindingView {
        id: stored.map(|(id, _)| id),
        mailbox,
        at: stored.map(|(_, at)| at),
        received: found.received,
        kind: found.kind,
        kind_text: catalogue::mail_kind(found.kind, lang).to_owned(),
        certainty: found.certainty,
        severity: found.severity,
        rule: found.rule,
        service: found.service,
        amount: found.amount,
        amount_words: found.amount_words,
        due: found.due,
        due_words: found.due_words,
        sender: found.sender,
        verified: found.verified,
        subject: found.subject,
    }
}

fn tried(id: &MailboxId, trial: MailboxTrial, lang: Lang) -> TriedMailboxView {
    let blind = trial.blind;
    TriedMailboxView {
        ok: blind.is_none(),
        looked_at: trial.looked_at,
        waiting: trial.waiting,
        findings: trial
            .findings
            .into_iter()
            .map(|found| finding(id.clone(), None, found, lang))
            .collect(),
        reason: blind.as_ref().map(|blind| blind.reason),
        next: blind
            .as_ref()
            .map(|blind| catalogue::mailbox_next(blind.reason, lang).to_owned()),
        detail: blind.map(|blind| blind.detail),
        took_ms: u64::try_from(trial.took.as_millis()).unwrap_or(u64::MAX),
    }
}

fn rules(lang: Lang) -> Answer {
    let book = RuleBook::built_in().map_err(|error| ApiError::new(ErrorCode::Store, error.to_string()))?;
    let named = |kind: MailKind| {
        (
            kind.name().to_owned(),
            catalogue::mail_kind(kind, lang).to_owned(),
        )
    };
    Ok(Response::MailRules(Box::new(MailRulesView {
        kinds: MailKind::ALL.map(named).into(),
        rules: book.rules,
        senders: book.senders,
    })))
}
