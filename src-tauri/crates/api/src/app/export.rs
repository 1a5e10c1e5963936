//! Pages of an export: readings as they were fetched or folded, alerts, deliveries, actions. Each page is bounded, and the
//! next one begins exactly behind it, so that an export of any length needs no more memory than a page.

use std::time::Duration;

use tidegate_engine::EngineError;
use tidegate_meter::{AccountId, Lang, MeterId, Quantity, Reading, RowId, Time, Unit, Window};
use tidegate_store::{
    AlertFilter, AlertRow, Bucket, DeliveryFilter, DeliveryRow, FoldedRow, IntentFilter, IntentRow,
    ReadingPlace,
};

use super::App;
use crate::request::{Every, Exported};
use crate::response::ColumnKind::{self, Amount, Count, Flag, Text, Time as Instant};
use crate::response::{ColumnView, ExportPage};
use crate::{ApiError, ErrorCode, limits};

type Cell = Option<String>;
type Columns = &'static [(&'static str, ColumnKind)];

const READINGS: Columns = &[
    ("fetched_at", Instant),
    ("as_of", Instant),
    ("unit", Text),
    ("remaining", Amount),
    ("used", Amount),
    ("limit", Amount),
    ("window_start", Instant),
    ("window_end", Instant),
];
const FOLDED: Columns = &[
    ("start", Instant),
    ("end", Instant),
    ("unit", Text),
    ("of", Text),
    ("readings", Count),
    ("first_at", Instant),
    ("first", Amount),
    ("last_at", Instant),
    ("last", Amount),
    ("lowest", Amount),
    ("highest", Amount),
    ("limit", Amount),
    ("window_start", Instant),
];
const ALERTS: Columns = &[
    ("id", Text),
    ("raised_at", Instant),
    ("resolved_at", Instant),
    ("severity", Text),
    ("account", Text),
    ("guard", Text),
    ("meter", Text),
    ("key", Text),
    ("title", Text),
    ("acknowledged_at", Instant),
    ("acknowledged_as", Text),
];
const DELIVERIES: Columns = &[
    ("id", Text),
    ("created_at", Instant),
    ("delivered_at", Instant),
    ("channel", Text),
    ("severity", Text),
    ("state", Text),
    ("tries", Count),
    ("repeat", Flag),
    ("alert", Text),
    ("action", Text),
    ("title", Text),
    ("error", Text),
];
const ACTIONS: Columns = &[
    ("id", Text),
    ("created_at", Instant),
    ("updated_at", Instant),
    ("account", Text),
    ("guard", Text),
    ("meter", Text),
    ("action", Text),
    ("target", Text),
    ("target_name", Text),
    ("region", Text),
    ("state", Text),
    ("due", Instant),
    ("tries", Count),
];

impl App {
    /// The page behind `after`, of what was fetched or made in `start..end`.
    pub(super) async fn export(
        &self,
        what: &Exported,
        span: (Time, Time),
        after: Option<&str>,
        lang: Lang,
    ) -> Result<ExportPage, ApiError> {
        match what {
            Exported::Readings {
                account,
                meter,
                every,
            } => {
                let of = (account, meter);
                if self.store.meter(account, meter).await?.is_none() {
                    return Err(EngineError::NoMeter(meter.clone()).into());
                }
                match every {
                    Every::Raw => self.raw_page(of, span, after).await,
                    Every::Hour => self.folded_page(of, span, after, Bucket::Hour).await,
                    Every::Day => self.folded_page(of, span, after, Bucket::Day).await,
                }
            }
            Exported::Alerts => self.alerts_page(span, after, lang).await,
            Exported::Deliveries => self.deliveries_page(span, after, lang).await,
            Exported::Actions => self.actions_page(span, after).await,
        }
    }

    async fn raw_page(
        &self,
        of: (&AccountId, &MeterId),
        span: (Time, Time),
        after: Option<&str>,
    ) -> Result<ExportPage, ApiError> {
        let after = after.map(place).transpose()?;
        let (readings, next) = self
            .store
            .readings_page(of, span, after, limits::EXPORT_ROWS)
            .await?;
        let next = next.map(|place| format!("{}:{}", place.span, place.fetched));
        Ok(page(READINGS, readings.iter().map(reading), next))
    }

    async fn folded_page(
        &self,
        of: (&AccountId, &MeterId),
        (start, end): (Time, Time),
        after: Option<&str>,
        bucket: Bucket,
    ) -> Result<ExportPage, ApiError> {
        let begin = after
            .map(|text| text.parse().map_err(|_| bad_place()))
            .transpose()?;
        let told = self
            .store
            .folded_page(of, (begin.unwrap_or(start), end), bucket)
            .await?;
        let width = match bucket {
            Bucket::Hour => Duration::from_secs(3600),
            Bucket::Day => Duration::from_secs(86_400),
        };
        let unit = told.unit.unwrap_or(Unit::Bytes);
        let rows = told.rows.iter().map(|row| folded(row, width, unit));
        Ok(page(FOLDED, rows, told.next.map(|next| next.to_string())))
    }

    async fn alerts_page(
        &self,
        (start, end): (Time, Time),
        after: Option<&str>,
        lang: Lang,
    ) -> Result<ExportPage, ApiError> {
        let filter = AlertFilter {
            open: false,
            before: Some(before(end, after)?),
            limit: limits::EXPORT_ROWS,
        };
        let rows = self.store.alerts(filter).await?;
        let telling = self.telling(lang);
        let row = |row: AlertRow| {
            let view = telling.alert(row.clone());
            alert(&row, view.title)
        };
        Ok(newest_first(ALERTS, rows, start, |row| row.id, row))
    }

    async fn deliveries_page(
        &self,
        (start, end): (Time, Time),
        after: Option<&str>,
        lang: Lang,
    ) -> Result<ExportPage, ApiError> {
        let filter = DeliveryFilter::Recent {
            before: Some(before(end, after)?),
            limit: limits::EXPORT_ROWS,
        };
        let rows = self.store.deliveries(filter).await?;
        let telling = self.telling(lang);
        let row = |row: DeliveryRow| {
            let view = telling.delivery(row.clone());
            delivery(&row, view.title)
        };
        Ok(newest_first(DELIVERIES, rows, start, |row| row.id, row))
    }

    async fn actions_page(
        &self,
        (start, end): (Time, Time),
        after: Option<&str>,
    ) -> Result<ExportPage, ApiError> {
        let filter = IntentFilter::Recent {
            before: Some(before(end, after)?),
            limit: limits::EXPORT_ROWS,
        };
        let rows = self.store.intents(filter).await?;
        Ok(newest_first(ACTIONS, rows, start, |row| row.id, action))
    }
}

fn page(columns: Columns, rows: impl Iterator<Item = Vec<Cell>>, next: Option<String>) -> ExportPage {
    let column = |(name, kind): &(&str, ColumnKind)| ColumnView {
        name: (*name).to_owned(),
        kind: *kind,
    };
    ExportPage {
        columns: columns.iter().map(column).collect(),
        rows: rows.collect(),
        next,
    }
}

/// Rows made at or after `start`; a full page of them is followed by another.
fn newest_first<R>(
    columns: Columns,
    rows: Vec<R>,
    start: Time,
    id: impl Fn(&R) -> RowId,
    cells: impl Fn(R) -> Vec<Cell>,
) -> ExportPage {
    let first = RowId::new(start, [0; 10]);
    let full = rows.len() == limits::EXPORT_ROWS;
    let last = rows.last().map(&id).filter(|last| full && *last > first);
    let mine = rows.into_iter().filter(|row| id(row) >= first).map(cells);
    page(columns, mine, last.map(|id| id.to_string()))
}

/// Rows made before `end`, or before the last one given.
fn before(end: Time, after: Option<&str>) -> Result<RowId, ApiError> {
    match after {
        Some(text) => text.parse().map_err(|_| bad_place()),
        None => Ok(RowId::new(end, [0; 10])),
    }
}

fn place(text: &str) -> Result<ReadingPlace, ApiError> {
    let (span, fetched) = text.split_once(':').ok_or_else(bad_place)?;
    let number = |text: &str| text.parse().map_err(|_| bad_place());
    Ok(ReadingPlace {
        span: number(span)?,
        fetched: number(fetched)?,
    })
}

fn bad_place() -> ApiError {
    ApiError::new(
        ErrorCode::BadRequest,
        "`after` is no place in this export; give what the page before told as `next`",
    )
}

fn word<T: serde::Serialize>(value: &T) -> Cell {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn text(value: &impl ToString) -> Cell {
    Some(value.to_string())
}

fn reading(reading: &Reading) -> Vec<Cell> {
    let amount = |quantity: Option<Quantity>| quantity.map(Quantity::decimal);
    let window = reading.window();
    vec![
        text(&reading.fetched_at()),
        text(&reading.as_of().at()),
        text(&reading.unit()),
        amount(reading.remaining()),
        amount(reading.used()),
        amount(reading.limit()),
        window.map(|window: Window| window.start.to_string()),
        window.and_then(|window| window.end).map(|end| end.to_string()),
    ]
}

fn folded(row: &FoldedRow, width: Duration, unit: Unit) -> Vec<Cell> {
    let amount = |raw: i64| Some(Quantity::from_raw(raw, unit).decimal());
    let of = if row.of_used { "used" } else { "remaining" };
    vec![
        text(&row.start),
        text(&row.start.plus(width)),
        text(&unit),
        text(&of),
        text(&row.readings),
        text(&row.first.at),
        amount(row.first.value),
        text(&row.last.at),
        amount(row.last.value),
        amount(row.least.value),
        amount(row.most.value),
        row.whole.and_then(amount),
        row.window_start.map(|start| start.to_string()),
    ]
}

fn alert(row: &AlertRow, title: String) -> Vec<Cell> {
    let acknowledged = row.acknowledged.as_ref();
    vec![
        text(&row.id),
        text(&row.raised_at),
        row.resolved_at.map(|at| at.to_string()),
        word(&row.severity),
        row.account.as_ref().and_then(text),
        row.guard.as_ref().and_then(text),
        row.meter.as_ref().and_then(text),
        text(&row.key),
        Some(title),
        acknowledged.map(|(at, _)| at.to_string()),
        acknowledged.map(|(_, reason)| reason.clone()),
    ]
}

fn delivery(row: &DeliveryRow, title: String) -> Vec<Cell> {
    vec![
        text(&row.id),
        text(&row.created_at),
        row.delivered_at.map(|at| at.to_string()),
        text(&row.channel),
        word(&row.severity),
        word(&row.state),
        text(&row.tries),
        text(&row.repeat),
        row.alert.as_ref().and_then(text),
        row.intent.as_ref().and_then(text),
        Some(title),
        row.error.clone(),
    ]
}

fn action(row: IntentRow) -> Vec<Cell> {
    vec![
        text(&row.id),
        text(&row.created_at),
        text(&row.updated_at),
        text(&row.account),
        row.guard.as_ref().and_then(text),
        row.meter.as_ref().and_then(text),
        word(&row.action),
        text(&row.target.id),
        Some(row.target.name),
        Some(row.target.region),
        word(&row.state),
        text(&row.due),
        text(&row.tries),
    ]
}
