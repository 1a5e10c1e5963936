//! An export as text: comma-separated values after RFC 4180, or JSON objects. Owns that a cell is data: text that a
//! spreadsheet would take for a formula is set apart, a missing value is empty or null and never zero.
//! Tested in `tests/export.rs` and by the command line's tests.

use serde_json::{Map, Value};

use crate::response::{ColumnKind, ColumnView, ExportPage};
use crate::{ApiError, ErrorCode};

/// A page as comma-separated values; with `head`, the names of the columns come first.
pub fn csv(page: &ExportPage, head: bool) -> Result<String, ApiError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let failed = |error: csv::Error| ApiError::new(ErrorCode::Store, error.to_string());
    if head {
        let names = page.columns.iter().map(|column| &column.name);
        writer.write_record(names).map_err(failed)?;
    }
    for row in &page.rows {
        let cells = page
            .columns
            .iter()
            .zip(row)
            .map(|(column, cell)| plain(column, cell));
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| ApiError::new(ErrorCode::Store, error.to_string()))
}

/// Spreadsheets run what begins like a formula, also behind a tab or a line break. A quote before it makes it text.
fn plain(column: &ColumnView, cell: &Option<String>) -> String {
    let text = cell.as_deref().unwrap_or_default();
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if formula && column.kind == ColumnKind::Text {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A page as objects: counts as numbers, flags as booleans, amounts as exact decimal text, what is not known as null.
#[must_use]
pub fn objects(page: &ExportPage) -> Vec<Value> {
    let object = |row: &Vec<Option<String>>| {
        let fields = page.columns.iter().zip(row);
        let field =
            |(column, cell): (&ColumnView, &Option<String>)| (column.name.clone(), value(column, cell));
        Value::Object(fields.map(field).collect::<Map<String, Value>>())
    };
    page.rows.iter().map(object).collect()
}

fn value(column: &ColumnView, cell: &Option<String>) -> Value {
    let Some(text) = cell else { return Value::Null };
    let parsed = match column.kind {
        ColumnKind::Count => text.parse::<u64>().ok().map(Value::from),
        ColumnKind::Flag => text.parse::<bool>().ok().map(Value::from),
        ColumnKind::Text | ColumnKind::Time | ColumnKind::Amount => None,
    };
    parsed.unwrap_or_else(|| Value::from(text.clone()))
}
