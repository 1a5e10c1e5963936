//! BSS: the list of packages, what is left of them, and who used them. Amounts are text in the lists and numbers in the
//! usages, as at the real one.

use serde_json::{Map, Value, json};
use tidegate_meter::{Time, Window, WindowKind, Zone};

use super::ask::{Ask, stamp};
use super::refusal::Refusal;
use crate::amount::{decimal, number};
use crate::limits;
use crate::world::{Account, Cover, Lie, Package, Standing, State, hours, reported};

/// Bytes of a unit: 10 GB, 11 MB, 13 byte; anything else is told as GB.
pub(crate) fn unit_bytes(measure_id: i64) -> i64 {
    match measure_id {
        11 => 1 << 20,
        12 => 1 << 10,
        13 => 1,
        _ => 1 << 30,
    }
}

/// One package as it is told now: what is left, of what, in which unit; lies included.
struct Told {
    left: i64,
    quota: i64,
    measure_id: i64,
    lie: Option<Lie>,
    exhausted: bool,
}

fn told(state: &mut State, ask: &Ask<'_>, index: usize) -> Option<Told> {
    let account = state.accounts.get(ask.entered.account)?;
    let package = account.packages.get(index)?;
    let (id, name, measure_id) = (package.id.clone(), package.name.clone(), package.measure_id);
    let spot = ask.about(&id, &name);
    if state.faults.is(ask.now, spot, &Lie::Missing) {
        return None;
    }
    let frozen = state
        .faults
        .tell(ask.now, spot, |lie, since| (*lie == Lie::Frozen).then_some(since));
    let unit = state.faults.tell(ask.now, spot, |lie, _| match lie {
        Lie::Unit { measure_id } => Some(*measure_id),
        _ => None,
    });
    let lie = state.faults.tell(ask.now, spot, |lie, _| {
        let told = lie.about_amount() || *lie == Lie::UsedUp;
        told.then(|| lie.clone())
    });
    let account = state.accounts.get(ask.entered.account)?;
    let Standing { used, quota } = reported(account, index, state.start, ask.now, frozen)?;
    let left = match lie {
        Some(Lie::AmountZero | Lie::UsedUp) => 0,
        _ => quota.saturating_sub(used).max(0),
    };
    Some(Told {
        left,
        quota,
        measure_id: unit.unwrap_or(measure_id),
        exhausted: left == 0 && lie != Some(Lie::AmountZero),
        lie,
    })
}

impl Told {
    /// Puts the amounts into a row, as text or as numbers.
    fn fill(&self, row: &mut Map<String, Value>, as_text: bool) {
        let unit = unit_bytes(self.measure_id);
        let tell = |bytes: i64, as_text: bool| {
            let text = decimal(bytes, unit);
            if as_text { Value::from(text) } else { number(&text) }
        };
        let amount = match &self.lie {
            Some(Lie::AmountNull) => Some(Value::Null),
            Some(Lie::AmountMissing) => None,
            Some(Lie::AmountGarbage) => Some(Value::from("--")),
            Some(Lie::AmountNegative) => Some(tell(unit.saturating_neg(), as_text)),
            Some(Lie::AmountOtherType) => Some(tell(self.left, !as_text)),
            _ => Some(tell(self.left, as_text)),
        };
        if let Some(amount) = amount {
            row.insert("amount".to_owned(), amount);
        }
        row.insert("original_amount".to_owned(), tell(self.quota, as_text));
        row.insert("measure_id".to_owned(), Value::from(self.measure_id));
    }
}

fn indices(state: &State, ask: &Ask<'_>) -> std::ops::Range<usize> {
    0..ask.of(state).map_or(0, |account| account.packages.len())
}

fn package_of<'s>(state: &'s State, ask: &Ask<'_>, index: usize) -> Option<&'s Package> {
    ask.of(state).ok()?.packages.get(index)
}

/// `POST /v3/payments/free-resources/query`.
pub(crate) fn packages(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let offset = ask.member("offset", 0, 0, 999_999)?;
    let limit = ask.member("limit", 10, 1, 1000)?;
    let status = ask.body.get("status").and_then(Value::as_i64);
    let mut rows = Vec::new();
    for index in indices(state, ask) {
        let Some(told) = told(state, ask, index) else {
            continue;
        };
        let Some(package) = package_of(state, ask, index) else {
            continue;
        };
        let now = status_of(package, &told, ask.now);
        let listed = ask
            .text("region_code")
            .is_none_or(|region| region == package.region)
            && ask.text("order_id").is_none_or(|id| id == package.order_id)
            && ask
                .text("product_name")
                .is_none_or(|name| name == package.product)
            && status.is_none_or(|status| status == now)
            && ask.now < package.expires.plus(crate::days(540));
        if listed {
            rows.push(package_row(package, &told, now));
        }
    }
    let total = rows.len();
    let page = ask.page(state, rows, offset, limit);
    Ok(json!({"total_count": total, "free_resource_packages": page}))
}

/// 0 not yet, 1 in effect, 2 used up, 3 expired, 4 unsubscribed.
fn status_of(package: &Package, told: &Told, now: Time) -> i64 {
    if package.unsubscribed.is_some_and(|end| end <= now) {
        4
    } else if package.expires <= now {
        3
    } else if now < package.bought {
        0
    } else if told.exhausted {
        2
    } else {
        1
    }
}

fn package_row(package: &Package, told: &Told, status: i64) -> Value {
    let bundle = matches!(package.cover, Cover::Servers(_));
    let mut resource = Map::new();
    resource.insert("free_resource_id".to_owned(), Value::from(package.id.as_str()));
    resource.insert("usage_type_name".to_owned(), Value::from("上行流量"));
    told.fill(&mut resource, true);
    json!({
        "order_instance_id": package.order_instance_id, "order_id": package.order_id,
        "product_id": if bundle { "OFFI000000000000000001" } else { "OFFI000000000000000002" },
        "product_name": package.product, "enterprise_project_id": null, "enterprise_project_scope": 0,
        "effective_time": stamp(package.bought), "expire_time": stamp(package.expires), "status": status,
        "service_type_code": "hws.service.type.example",
        "service_type_name": if bundle { "Flexus应用服务器L实例" } else { "虚拟私有云" },
        "region_code": package.region, "source_type": 0, "bundle_type": "ATOMIC_PKG",
        "quota_reuse_mode": if package.monthly { 1 } else { 2 },
        "free_resources": [resource],
    })
}

/// `POST /v2/payments/free-resources/usages/details/query`. An id that is unknown, or of a package no longer in effect,
/// is absent from the answer.
pub(crate) fn usages(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let ids: Vec<String> = ask
        .body
        .get("free_resource_ids")
        .and_then(Value::as_array)
        .map(|ids| {
            ids.iter()
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default();
    if ids.is_empty() || ids.len() > limits::USAGE_IDS || ids.iter().any(|id| id.len() > 64) {
        return Err(ask.bad("free_resource_ids must be 1 to 100 ids of at most 64 bytes"));
    }
    let empty = state.faults.is(ask.now, ask.here(), &Lie::Empty);
    let mut rows = Vec::new();
    for id in ids.iter().filter(|_| !empty) {
        let position = indices(state, ask)
            .find(|&index| package_of(state, ask, index).is_some_and(|package| package.id == *id));
        let Some(index) = position else { continue };
        if !package_of(state, ask, index).is_some_and(|package| package.active(ask.now)) {
            continue;
        }
        if let Some(told) = told(state, ask, index) {
            rows.extend(package_of(state, ask, index).map(|package| usage_row(package, &told, ask.now)));
        }
    }
    Ok(json!({"free_resources": rows}))
}

fn usage_row(package: &Package, told: &Told, now: Time) -> Value {
    let window = package.window(now);
    let mut row = Map::new();
    let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
    put("free_resource_id", Value::from(package.id.as_str()));
    put("free_resource_type_name", Value::from(package.product.as_str()));
    if package.monthly {
        put("quota_reuse_cycle", Value::from(4));
        put("quota_reuse_cycle_type", Value::from(2));
    }
    put("usage_type_name", Value::from("上行流量"));
    put("start_time", Value::from(stamp(window.start)));
    put(
        "end_time",
        Value::from(stamp(window.end.unwrap_or(package.expires))),
    );
    told.fill(&mut row, false);
    Value::Object(row)
}

/// `GET /v2/bills/customer-bills/free-resources-usage-records`: what each package paid for, hour by hour.
pub(crate) fn records(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let offset = ask.number("offset", 0, 0, 999_999)?;
    let limit = ask.number("limit", 10, 1, 1000)?;
    let begin = beijing_day(ask, "deduct_time_begin")?;
    let end = beijing_day(ask, "deduct_time_end")?;
    if end.start < begin.start || end.start.since(begin.start) > crate::days(90) {
        return Err(ask.bad("deduct_time_end must follow deduct_time_begin by at most 90 days"));
    }
    let until = end.end.unwrap_or(end.start).min(ask.now);
    let from = begin.start.max(state.start);
    let account = ask.of(state)?;
    let wanted = ask.parameter("free_resource_id");
    let rows: Vec<Value> = (0..account.packages.len())
        .filter(|&index| {
            let package = account.packages.get(index);
            wanted.is_none_or(|id| package.is_some_and(|package| package.id == id))
        })
        .flat_map(|index| hours_of(account, index, state.start, from, until, ask.now))
        .collect();
    let total = rows.len();
    let page = ask.page(state, rows, offset, limit);
    Ok(json!({"total_count": total, "free_resource_records": page}))
}

fn beijing_day(ask: &Ask<'_>, name: &str) -> Result<Window, Refusal> {
    ask.parameter(name)
        .and_then(|text| format!("{text}T00:00:00+08:00").parse::<Time>().ok())
        .and_then(|at| Window::calendar(WindowKind::Day, at, &Zone::beijing()))
        .ok_or_else(|| ask.bad(&format!("{name} must be a date such as 2026-01-31")))
}

fn hours_of(account: &Account, index: usize, start: Time, from: Time, until: Time, now: Time) -> Vec<Value> {
    let hour_ms = 3_600_000;
    let mut rows = Vec::new();
    let mut at = Time::from_ms(from.ms().div_euclid(hour_ms).saturating_mul(hour_ms));
    while at < until {
        let next = at.plus(hours(1));
        if let Some(package) = account.packages.get(index) {
            let before = settled(account, index, start, at.max(start));
            let after = settled(account, index, start, next.min(now));
            if let (Some(before), Some(after)) = (before, after) {
                rows.extend(record(account, package, before, after, at));
            }
        }
        at = next;
    }
    rows
}

fn settled(account: &Account, index: usize, start: Time, at: Time) -> Option<Standing> {
    crate::world::settle(account, start, at).0.get(index).copied()
}

fn record(
    account: &Account,
    package: &Package,
    before: Standing,
    after: Standing,
    at: Time,
) -> Option<Value> {
    let used = after.used.saturating_sub(before.used);
    if used <= 0 {
        return None;
    }
    let resource = account
        .servers
        .iter()
        .find(|server| crate::world::covers(package, server))
        .map(|server| server.eip.bandwidth_id.as_str());
    let unit = unit_bytes(package.measure_id);
    let left = after.quota.saturating_sub(after.used);
    let end = at.plus(hours(1));
    Some(json!({
        "deduct_time": stamp(end.plus(package.lag)), "free_resource_id": package.id, "resource_id": resource,
        "resource_type_code": "hws.resource.type.bandwidth", "resource_type_name": "带宽", "resource_tag": null,
        "product_id": "OFFI000000000000000002", "product_name": package.product, "usage_type_code": "upflow",
        "available_amount": decimal(left.saturating_add(used), unit), "remaining_amount": decimal(left, unit),
        "used_amount": decimal(used, unit), "measure_id": package.measure_id,
        "effective_time": stamp(at), "expire_time": stamp(end),
    }))
}
