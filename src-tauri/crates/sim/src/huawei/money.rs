//! BSS: balance, the month's bill, subscriptions and units. What no package paid for costs 0.80 CNY a GB.

use serde_json::{Value, json};
use tidegate_meter::{Time, Window, WindowKind, Zone};

use super::ask::{Ask, stamp};
use super::refusal::Refusal;
use crate::amount::number;
use crate::world::{Lie, Server, State, days, gib, settle};

/// Cents per binary gigabyte beyond every package.
const CENTS_PER_GB: i64 = 80;

fn cents(state: &State, ask: &Ask<'_>, at: Time) -> i64 {
    let bytes = ask
        .of(state)
        .map_or(0, |account| settle(account, state.start, at).1);
    i64::try_from(i128::from(bytes) * i128::from(CENTS_PER_GB) / i128::from(gib(1))).unwrap_or(i64::MAX)
}

/// Cents as a JSON number of yuan.
fn yuan(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    number(&format!("{sign}{}.{:02}", cents / 100, cents % 100))
}

/// `GET /v2/accounts/customer-accounts/balances`.
pub(crate) fn balances(state: &mut State, ask: &Ask<'_>) -> Value {
    let arrears = state.faults.is(ask.now, ask.here(), &Lie::Arrears);
    let spent = cents(state, ask, ask.now);
    let left = ask
        .of(state)
        .map_or(0, |account| account.balance_cents)
        .saturating_sub(spent);
    let (left, debt) = if arrears {
        (0, 1)
    } else {
        (left.max(0), left.saturating_neg().max(0))
    };
    json!({
        "account_balances": [{
            "account_id": "AC0000000001", "account_type": 1, "amount": yuan(left), "currency": "CNY",
            "designated_amount": 0, "credit_amount": null, "measure_id": 1,
        }],
        "debt_amount": yuan(debt), "measure_id": 1, "currency": "CNY",
    })
}

/// `GET /v2/bills/customer-bills/monthly-sum`.
pub(crate) fn monthly_sum(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let cycle = ask.parameter("bill_cycle").unwrap_or("").to_owned();
    let month = format!("{cycle}-01T00:00:00+08:00")
        .parse::<Time>()
        .ok()
        .and_then(|at| Window::calendar(WindowKind::Month, at, &Zone::beijing()))
        .ok_or_else(|| ask.bad("bill_cycle must be a month such as 2026-01"))?;
    let until = |at: Time| cents(state, ask, at.min(ask.now).max(state.start));
    let spent = until(month.end.unwrap_or(month.start)).saturating_sub(until(month.start));
    let customer = ask.of(state)?.domain_id.clone();
    let row = json!({
        "bill_cycle": cycle, "service_type_code": "hws.service.type.vpc", "service_type_name": "虚拟私有云",
        "resource_type_code": "hws.resource.type.bandwidth", "resource_type_name": "带宽", "charging_mode": 3,
        "official_amount": yuan(spent), "official_discount_amount": 0, "truncated_amount": 0,
        "consume_amount": yuan(spent), "coupon_amount": 0, "flexipurchase_coupon_amount": 0,
        "stored_value_card_amount": 0, "debt_amount": 0, "writeoff_amount": 0, "cash_amount": yuan(spent),
        "credit_amount": 0, "measure_id": 1, "bill_type": 1, "customer_id": customer,
    });
    let rows: Vec<Value> = (spent > 0).then_some(row).into_iter().collect();
    Ok(json!({
        "total_count": rows.len(), "bill_sums": rows, "consume_amount": yuan(spent), "debt_amount": 0,
        "coupon_amount": 0, "flexipurchase_coupon_amount": 0, "stored_value_card_amount": 0,
        "cash_amount": yuan(spent), "credit_amount": 0, "writeoff_amount": 0, "measure_id": 1, "currency": "CNY",
    }))
}

/// `POST /v2/orders/suscriptions/resources/query` (the typo is the real path).
pub(crate) fn subscriptions(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let offset = ask.member("offset", 0, 0, 999_999)?;
    let limit = ask.member("limit", 10, 1, 1000)?;
    let ids: Option<Vec<&str>> = ask
        .body
        .get("resource_ids")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().filter_map(Value::as_str).collect());
    if ids.as_ref().is_some_and(|ids| ids.len() > 50) {
        return Err(ask.bad("resource_ids takes at most 50 ids"));
    }
    let account = ask.of(state)?;
    let rows: Vec<Value> = account
        .servers
        .iter()
        .filter(|server| ids.as_ref().is_none_or(|ids| ids.contains(&server.id.as_str())))
        .map(|server| {
            let project = account
                .projects
                .iter()
                .find(|project| project.name == server.region);
            subscription(server, project.map_or("", |project| project.id.as_str()))
        })
        .collect();
    let total = rows.len();
    let page = ask.page(state, rows, offset, limit);
    Ok(json!({"data": page, "total_count": total}))
}

fn subscription(server: &Server, project_id: &str) -> Value {
    json!({
        "id": server.id, "resource_id": server.id, "resource_name": server.name, "region_code": server.region,
        "service_type_code": "hws.service.type.ec2", "service_type_name": "弹性云服务器",
        "resource_type_code": "hws.resource.type.vm", "resource_type_name": "云主机",
        "resource_spec_code": "hf.small.1.linux", "project_id": project_id, "product_id": "OFFI000000000000000003",
        "parent_resource_id": "", "is_main_resource": 1, "status": 2, "effective_time": stamp(server.created),
        "expire_time": stamp(server.created.plus(days(365))), "expire_policy": 0,
        "product_spec_desc": "2 vCPU 2 GiB",
    })
}

/// `GET /v2/bases/measurements`.
pub(crate) fn units() -> Value {
    json!({"measure_units": [
        {"measure_id": 10, "measure_name": "GB", "abbreviation": "GB", "measure_type": 3},
        {"measure_id": 11, "measure_name": "MB", "abbreviation": "MB", "measure_type": 3},
        {"measure_id": 13, "measure_name": "Byte", "abbreviation": "Byte", "measure_type": 3},
    ]})
}

/// `GET /v2/bases/conversions`.
pub(crate) fn conversions() -> Value {
    json!({"conversions": [{"measure_id": 10, "ref_measure_id": 11, "conversion_ratio": 1024, "measure_type": 3}]})
}
