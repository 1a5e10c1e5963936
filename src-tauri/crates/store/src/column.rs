//! Between rows and Rust values. Owns how ids, times, words and JSON stand in columns; a column that does not parse is
//! damage, never a default.

use std::str::FromStr;

use rusqlite::types::{FromSql, Value};
use rusqlite::{Connection, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tidegate_meter::{RowId, Time};

use crate::StoreError;

/// A value as the JSON text of a column.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::conflict("json"))
}

/// The serde name of an enum variant without fields.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::conflict("word")),
    }
}

/// The inverse of [`word`].
pub(crate) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StoreError::Corrupt)
}

/// An optional id as a column.
pub(crate) fn opt_text<T: AsRef<str>>(value: Option<&T>) -> Option<&str> {
    value.map(AsRef::as_ref)
}

/// An optional time as a column.
pub(crate) fn opt_ms(value: Option<Time>) -> Option<i64> {
    value.map(Time::ms)
}

/// A row limit as `SQLite` wants it.
pub(crate) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Typed columns of a row, by name.
pub(crate) trait Columns {
    /// A plain column.
    fn plain<T: FromSql>(&self, name: &str) -> Result<T, StoreError>;

    /// An id or another checked text.
    fn text<T: FromStr>(&self, name: &str) -> Result<T, StoreError> {
        self.plain::<String>(name)?
            .parse()
            .map_err(|_| StoreError::Corrupt)
    }

    /// A checked text that may be absent.
    fn text_opt<T: FromStr>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.plain(name)?;
        text.map(|text| text.parse().map_err(|_| StoreError::Corrupt))
            .transpose()
    }

    /// JSON.
    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.plain::<String>(name)?).map_err(|_| StoreError::Corrupt)
    }

    /// JSON; null when the text is none. Of a list of what is configured one damaged row must not hide the others.
    fn json_or_null(&self, name: &str) -> serde_json::Value {
        self.json(name).unwrap_or_default()
    }

    /// JSON that may be absent.
    fn json_opt<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.plain(name)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Corrupt))
            .transpose()
    }

    /// JSON that may be absent; null when a text is there and is none.
    fn json_if_there(&self, name: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let text: Option<String> = self.plain(name)?;
        Ok(text.map(|text| serde_json::from_str(&text).unwrap_or_default()))
    }

    /// A variant by its name.
    fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T, StoreError> {
        from_word(self.plain(name)?)
    }

    /// A variant that may be absent.
    fn word_opt<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let word: Option<String> = self.plain(name)?;
        word.map(from_word).transpose()
    }

    /// A time.
    fn time(&self, name: &str) -> Result<Time, StoreError> {
        self.plain(name).map(Time::from_ms)
    }

    /// A time that may be absent.
    fn time_opt(&self, name: &str) -> Result<Option<Time>, StoreError> {
        Ok(self.plain::<Option<i64>>(name)?.map(Time::from_ms))
    }

    /// A row id.
    fn id(&self, name: &str) -> Result<RowId, StoreError> {
        self.plain(name).map(RowId::from_bytes)
    }

    /// A row id that may be absent.
    fn id_opt(&self, name: &str) -> Result<Option<RowId>, StoreError> {
        Ok(self.plain::<Option<[u8; 16]>>(name)?.map(RowId::from_bytes))
    }
}

impl Columns for Row<'_> {
    fn plain<T: FromSql>(&self, name: &str) -> Result<T, StoreError> {
        Ok(self.get(name)?)
    }
}

/// Every row of a query.
pub(crate) fn list<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The first row of a query, if there is one.
pub(crate) fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// Runs a change; the number of rows it changed.
pub(crate) fn change(conn: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}

/// The sixteen bytes of an id as a column.
pub(crate) fn id_value(id: RowId) -> Value {
    Value::Blob(id.bytes().to_vec())
}

/// An id that may be absent as a column.
pub(crate) fn id_value_opt(id: Option<RowId>) -> Value {
    id.map_or(Value::Null, id_value)
}
