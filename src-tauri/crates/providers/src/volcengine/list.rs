//! Lists told by limit, offset and total. A list that changed while it was read may miss a row, and a missing row would look
//! like something that is gone; so it is read again, and told as unreadable when it changes again.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value};
use tidegate_meter::Reason;

use super::client::Call;
use super::{Volcengine, limits};
use crate::ProviderError;
use crate::json::rows;
use crate::key::Key;
use crate::refusal::{blind, shape};

/// A list to be read whole.
pub(super) struct List {
    /// The call, without its paging.
    pub(super) call: Call,
    /// The member of the result that holds the rows.
    pub(super) rows: &'static str,
    /// Rows of one page.
    pub(super) page: usize,
}

/// A number of rows, as an answer tells it.
pub(super) fn count(value: Option<&Value>) -> Option<usize> {
    value?.as_u64().and_then(|count| usize::try_from(count).ok())
}

/// A result that is an object.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Told(pub(super) Map<String, Value>);

impl Told {
    pub(super) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

impl Volcengine {
    /// The result of one call as an object.
    pub(super) async fn told(&self, key: &Key, call: &Call) -> Result<Value, ProviderError> {
        let answer = self.client.send(key, call).await?;
        Ok(answer.result::<Told>()?.value())
    }

    /// Every row of a list.
    pub(super) async fn listed(&self, list: List) -> Result<Vec<Value>, ProviderError> {
        for _ in 0..limits::PASSES {
            if let Some(rows) = self.listed_once(&list).await? {
                return Ok(rows);
            }
        }
        let words = format!("{}: the list changed while it was read", list.call.name());
        Err(blind(Reason::Transient, words))
    }

    /// One pass; `None` when the list changed under it.
    async fn listed_once(&self, list: &List) -> Result<Option<Vec<Value>>, ProviderError> {
        let mut found: Vec<Value> = Vec::new();
        // A row that comes twice stands in the place of one that does not come.
        let mut seen: HashSet<String> = HashSet::new();
        let mut total = None;
        for _ in 0..limits::LIST_PAGES {
            let call = list
                .call
                .clone()
                .with("Limit", &list.page)
                .with("Offset", &found.len());
            let page = self.told(&self.watch, &call).await?;
            let told = count(page.get("Total"))
                .ok_or_else(|| shape(format!("{}: the answer has no total", list.call.name())))?;
            if *total.get_or_insert(told) != told {
                return Ok(None);
            }
            let rows = rows(&page, list.rows)?;
            if rows.iter().any(|row| !seen.insert(row.to_string())) {
                return Ok(None);
            }
            found.extend_from_slice(rows);
            if rows.is_empty() || found.len() >= told {
                return Ok((found.len() == told).then_some(found));
            }
        }
        Err(shape(format!("{}: the list does not end", list.call.name())))
    }
}
