//! A ledger: a page of it, newest first, and all of it as comma-separated values, oldest first.

use tidegate_store::AllocationRow;

use super::{Answer, App, shown};
use crate::request::{LedgerAsked, SubAccountRef};
use crate::response::ColumnKind::{Amount, Count, Text, Time};
use crate::response::{ColumnKind, ColumnView, ExportPage, LedgerView};
use crate::{Response, export, limits};

const COLUMNS: [(&str, ColumnKind); 7] = [
    ("entry", Count),
    ("at", Time),
    ("amount", Amount),
    ("total", Amount),
    ("currency", Text),
    ("note", Text),
    ("by", Text),
];

impl App {
    pub(super) async fn ledger(&self, asked: LedgerAsked) -> Answer {
        let (account, user) = (&asked.account, &asked.user);
        let place = (asked.before, asked.limit.clamp(1, limits::PAGE_ROWS));
        let entries = self.entries(account, user, place).await?;
        // Entries are numbered from 1 without a gap.
        let more = entries.last().is_some_and(|oldest| oldest.seq > 1);
        Ok(Response::Ledger(LedgerView {
            entries: entries.into_iter().map(shown::entry).collect(),
            more,
        }))
    }

    /// Page by page: no read is longer than a page, however long the ledger is.
    pub(super) async fn ledger_csv(&self, asked: SubAccountRef) -> Answer {
        let mut rows: Vec<Vec<Option<String>>> = Vec::new();
        let mut before = None;
        loop {
            let place = (before, limits::PAGE_ROWS);
            let entries = self.entries(&asked.account, &asked.user, place).await?;
            before = entries.last().map(|oldest| oldest.seq).filter(|seq| *seq > 1);
            rows.extend(entries.iter().map(cells));
            if before.is_none() {
                break;
            }
        }
        rows.reverse();
        let column = |(name, kind): (&str, ColumnKind)| ColumnView {
            name: name.to_owned(),
            kind,
        };
        let whole = ExportPage {
            columns: COLUMNS.map(column).to_vec(),
            rows,
            next: None,
        };
        Ok(Response::Text(export::csv(&whole, true)?))
    }
}

fn cells(row: &AllocationRow) -> Vec<Option<String>> {
    [
        row.seq.to_string(),
        row.at.to_string(),
        row.amount.decimal(),
        row.total.decimal(),
        row.amount.unit().to_string(),
        row.note.clone(),
        row.by.clone(),
    ]
    .map(Some)
    .to_vec()
}
