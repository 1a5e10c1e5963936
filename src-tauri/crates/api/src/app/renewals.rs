//! Renewals: listed with their totals, previewed, marked, and as a calendar file. Owns the translation, no decision.

use tidegate_channels::catalogue;
use tidegate_engine::view::{self, Marked};
use tidegate_meter::{ByteBase, Lang, RenewalId};
use tidegate_providers::calendar::ics::{Entry, ics};
use tidegate_providers::calendar::{Standing, totals};

use super::App;
use crate::renewals::{date, preview};
use crate::request::RenewalClear;
use crate::response::{RenewalTotal, RenewalView, RenewalsView, RenewedView};
use crate::{ApiError, ErrorCode, Request, Response};

impl App {
    pub(super) async fn renewal(&self, request: Request, by: &str) -> Result<Response, ApiError> {
        match request {
            Request::Renewals { lang } => Ok(Response::Renewals(self.renewals(lang).await?)),
            Request::RenewalPreview(asked) => {
                let today = asked.today.unwrap_or_else(|| self.civil_today().to_string());
                let dues = preview(&asked.cycle, &asked.day, asked.paid.as_deref(), &today)?;
                Ok(Response::Dues(dues))
            }
            Request::MarkRenewed(mark) => {
                let day = mark.date.map(|day| date("date", &day)).transpose()?;
                let marked = self.engine.mark_renewed(&mark.renewal, day, by).await?;
                Ok(renewed(mark.renewal, marked))
            }
            Request::ClearRenewed(RenewalClear { renewal }) => {
                let marked = self.engine.clear_renewed(&renewal, by).await?;
                Ok(renewed(renewal, marked))
            }
            Request::RenewalsIcs { lang } => Ok(Response::Text(self.calendar_file(lang).await?)),
            _ => Err(ApiError::new(ErrorCode::BadRequest, "no request about renewals")),
        }
    }

    /// Today in the user's zone.
    fn civil_today(&self) -> jiff::civil::Date {
        self.now().to_jiff().to_zoned(self.zone.jiff().clone()).date()
    }

    async fn renewals(&self, lang: Lang) -> Result<RenewalsView, ApiError> {
        let (today, renewals) = self.engine.renewals().await?;
        let priced = renewals.iter().filter(|renewal| renewal.config.enabled);
        let priced = priced.filter_map(|renewal| Some((renewal.config.cycle, renewal.config.amount?)));
        let totals = totals(priced).into_iter().map(|total| RenewalTotal {
            currency: total.currency.to_string(),
            per_month: total.per_month,
            per_year: total.per_year,
        });
        Ok(RenewalsView {
            today,
            totals: totals.collect(),
            renewals: renewals.into_iter().map(|renewal| shown(renewal, lang)).collect(),
        })
    }

    /// Those that are switched on, as a calendar file.
    async fn calendar_file(&self, lang: Lang) -> Result<String, ApiError> {
        let (today, renewals) = self.engine.renewals().await?;
        let entries: Vec<Entry> = renewals
            .into_iter()
            .filter(|renewal| renewal.config.enabled)
            .map(|renewal| entry(renewal, lang))
            .collect();
        let name = match lang {
            Lang::Zh => "潮闸 · 续费",
            Lang::En => "Tidegate · Renewals",
        };
        Ok(ics(name, &entries, today, self.now()))
    }
}

fn renewed(renewal: RenewalId, marked: Marked) -> Response {
    Response::Renewed(RenewedView {
        renewal,
        paid: marked.paid,
        next_due: marked.next,
    })
}

fn shown(renewal: view::RenewalView, lang: Lang) -> RenewalView {
    let config = renewal.config;
    RenewalView {
        id: config.id,
        name: config.name,
        owner: config.owner,
        enabled: config.enabled,
        cycle: config.cycle.cycle_text(),
        day: config.cycle.day_text(),
        repeats: catalogue::repeats(tidegate_engine::repeats(config.cycle), lang),
        amount: config.amount,
        auto_renew: config.auto_renew,
        remind: config.remind,
        note: config.note,
        channels: config.channels,
        paid: renewal.paid,
        next_due: renewal.next,
        cycle_start: renewal.start,
        days: renewal.days,
        overdue: renewal.overdue,
        state: renewal.state,
        alert: renewal.alert,
    }
}

fn entry(renewal: view::RenewalView, lang: Lang) -> Entry {
    let config = renewal.config;
    let repeats = catalogue::repeats(tidegate_engine::repeats(config.cycle), lang);
    let amount = config
        .amount
        .map(|amount| catalogue::amount(amount, ByteBase::Decimal, lang));
    let lines: Vec<String> = [Some(repeats), amount, config.owner, config.note]
        .into_iter()
        .flatten()
        .collect();
    Entry {
        id: config.id.to_string(),
        summary: config.name,
        description: lines.join("\n"),
        standing: Standing {
            cycle: config.cycle,
            paid: renewal.paid,
            // A calendar shows what is open: from the oldest open due date on.
            since: renewal.next,
            by_itself: config.auto_renew,
        },
        remind: config.remind,
    }
}
