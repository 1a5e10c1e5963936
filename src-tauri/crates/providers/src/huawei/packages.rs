//! Packages as billing lists them: shared ones, and the end of any.
//!
//! No status filter is sent: asking for packages in effect hides one that is used up, which is the one that matters.

use serde_json::{Value, json};
use tidegate_meter::{MeterId, Quantity, Unit};

use super::account::Identity;
use super::catalogue::Listed;
use super::client::{Call, Scope};
use super::error::shape;
use super::hosts::Service;
use super::unit::is_traffic;
use super::{Huawei, limits};
use crate::ProviderError;
use crate::json::{amount, int, rows, text};

/// The path of the list.
pub(super) const LIST: &str = "/v3/payments/free-resources/query";

impl Huawei {
    /// All pages of the list; `offset` counts records. A list that ends before its own total is refused, so that what
    /// it left out is not taken for gone.
    pub(super) async fn ask_packages(&self, identity: &Identity) -> Result<Vec<Listed>, ProviderError> {
        let mut found = Vec::new();
        let mut offset: usize = 0;
        for _ in 0..limits::PAGES {
            let body = json!({"offset": offset, "limit": limits::PACKAGE_PAGE});
            let scope = Scope::Account(identity.owner.clone());
            let call = Call::post(Service::Bss, scope, LIST, body);
            let page = self.billing(&call).await?.body;
            let rows = rows(&page, "free_resource_packages")?;
            found.extend(rows.iter().flat_map(listed));
            offset = offset.saturating_add(rows.len());
            let total = int(&page, "total_count").and_then(|total| usize::try_from(total).ok());
            match total {
                Some(total) if offset >= total => return Ok(found),
                Some(_) if rows.is_empty() => return Err(shape("bss: the list of packages ends early")),
                None if rows.len() < limits::PACKAGE_PAGE => return Ok(found),
                _ => {}
            }
        }
        Err(shape("bss: the list of packages does not end"))
    }
}

/// Whether an amount is more than nothing, whatever its unit; `None` when it is no number.
fn is_something(value: &Value) -> Option<bool> {
    let exact = Quantity::parse_scaled_floor(&amount(value)?, 1_000_000, Unit::Bytes).ok()?;
    Some(exact.raw() > 0)
}

/// The traffic items of one package. 1 in effect and 2 used up are current, 3 expired and 4 unsubscribed have ended,
/// 0 has not begun; an unknown status is taken as current, since its usage is what decides.
fn listed(package: &Value) -> Vec<Listed> {
    let status = int(package, "status");
    if status == Some(0) {
        return Vec::new();
    }
    let items = package
        .get("free_resources")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    items
        .iter()
        .filter(|item| int(item, "measure_id").is_some_and(is_traffic))
        .filter_map(|item| {
            let id = MeterId::new(text(item, "free_resource_id")?).ok()?;
            Some(Listed {
                name: text(package, "product_name").unwrap_or(id.as_str()).to_owned(),
                region: text(package, "region_code").unwrap_or_default().to_owned(),
                left: item.get("amount").and_then(is_something),
                ended: matches!(status, Some(3 | 4)),
                in_effect: status == Some(1),
                id,
            })
        })
        .collect()
}
