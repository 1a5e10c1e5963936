//! The bill: balance, split bill, bill, and the overview by product. Every amount is text; a day's rows come late, late
//! ones push in between the others, and corrections have signs. The split bill knows the project of model usage, the
//! plain bill does not and says `-`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::ask::{Ask, Params};
use super::refusal::Refusal;
use super::route::{Action, Told};
use super::spend::{Amounts, Group, Period, Row, date_of, number_of};
use crate::amount::{decimal, number};
use crate::balances::cents_text;

const VERSION: &str = "2022-01-01";

pub(crate) const ACTIONS: &[Action] = &[
    Action::new("billing", VERSION, "QueryBalanceAcct", balance),
    Action::new("billing", VERSION, "ListSplitBillDetail", split).billed(),
    Action::new("billing", VERSION, "ListBillDetail", detail).billed(),
    Action::new("billing", VERSION, "ListBillOverviewByProd", overview).billed(),
];

/// The first period of the bill, in months since the year 0: 2022-01.
const FIRST_MONTH: i64 = 2022 * 12 + 1;
/// Periods are kept for so many months.
const MONTHS_KEPT: i64 = 24;
/// The largest page.
const PAGE: i64 = 300;

fn balance(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    Ok(Told::Result(balance_result(
        ask.account.id,
        ask.account.cash,
        "CNY",
    )))
}

/// The answer about a balance; the balances of many providers give it too.
pub(crate) fn balance_result(account: i64, cash: i64, currency: &str) -> Value {
    let text = cents_text(cash);
    json!({
        "AccountID": account, "ArrearsBalance": "0.00", "AvailableBalance": text, "CashBalance": text,
        "CreditLimit": "0.00", "FreezeAmount": "0.00", "Currency": currency,
    })
}

/// What is asked of the rows.
struct Wanted {
    period: Period,
    day: Option<i64>,
    group: Group,
    page: (usize, usize),
    counted: bool,
    not_zero: bool,
    projects: Vec<String>,
    products: Vec<String>,
    categories: Vec<String>,
}

impl Wanted {
    /// A page as it is answered.
    fn told(&self, list: &[Value], total: i64) -> Told {
        Told::Result(json!({
            "Limit": self.page.1, "Offset": self.page.0, "Total": if self.counted { total } else { 0 }, "List": list,
        }))
    }
}

fn invalid(text: &str) -> Refusal {
    Refusal::new("InvalidParam", text)
}

fn wanted(params: &Params, now: Option<&Period>) -> Result<Wanted, Refusal> {
    let text = params.text("BillPeriod")?.unwrap_or_default();
    let period = Period::read(&text).filter(|_| text.len() == 7);
    let period = period.ok_or_else(|| invalid("BillPeriod must be YYYY-MM."))?;
    let current = now.map_or(period.month, |now| now.month);
    let first = FIRST_MONTH.max(current.saturating_sub(MONTHS_KEPT));
    if !(first..=current).contains(&period.month) {
        return Err(invalid(
            "BillPeriod must be within the last 24 months and not before 2022-01.",
        ));
    }
    let limit = params.int("Limit")?.filter(|limit| (1..=PAGE).contains(limit));
    let limit = limit.ok_or_else(|| invalid("Limit must be from 1 to 300."))?;
    let offset = usize::try_from(params.int("Offset")?.unwrap_or(0));
    let offset = offset.map_err(|_| invalid("Offset is below 0."))?;
    let group = match params.int("GroupPeriod")?.unwrap_or(0) {
        0 => Group::Period,
        1 => Group::Day,
        2 => Group::Detail,
        _ => return Err(invalid("GroupPeriod must be 0, 1 or 2.")),
    };
    Ok(Wanted {
        day: expense_date(params, &period, group)?,
        period,
        group,
        page: (offset, usize::try_from(limit).unwrap_or(0)),
        counted: params.int("NeedRecordNum")?.unwrap_or(0) == 1,
        not_zero: params.int("IgnoreZero")?.unwrap_or(0) == 1,
        projects: params.list("Project")?,
        products: params.list("Product")?,
        categories: params.list("BillCategory")?,
    })
}

fn expense_date(params: &Params, period: &Period, group: Group) -> Result<Option<i64>, Refusal> {
    let Some(text) = params.text("ExpenseDate")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let day = text.parse().ok().map(number_of);
    let within = day.filter(|day| (period.first..=period.last).contains(day) && group != Group::Period);
    match within {
        Some(day) => Ok(Some(day)),
        None => Err(invalid(
            "ExpenseDate needs GroupPeriod 1 or 2 and a day of the period.",
        )),
    }
}

fn among(wanted: &[String], value: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|of| of == value)
}

/// One page of rows.
fn page(
    ask: &Ask<'_>,
    project_of: for<'a> fn(&Row<'a>) -> &'a str,
    write: &dyn Fn(&Wanted, &Row<'_>) -> Value,
) -> Result<Told, Refusal> {
    let wanted = wanted(&ask.params, Period::current(ask.now).as_ref())?;
    let mut rows = ask
        .account
        .ledger
        .rows(&wanted.period, wanted.day, wanted.group, ask.now);
    rows.retain(|row| {
        !(wanted.not_zero && row.amounts.discounted == 0)
            && among(&wanted.projects, project_of(row))
            && among(&wanted.products, &row.entry.product)
            && among(&wanted.categories, &row.entry.category)
    });
    let (rows, total) = ask.lies.page(rows, wanted.page.0, wanted.page.1);
    let list: Vec<Value> = rows.iter().map(|row| write(&wanted, row)).collect();
    Ok(wanted.told(&list, total))
}

/// Six digits after the point, or a plain nothing.
fn money(millionths: i64) -> String {
    if millionths == 0 {
        return "0".to_owned();
    }
    let text = decimal(millionths, 1_000_000);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{fraction:0<6}")
}

/// What every row has.
fn common(ask: &Ask<'_>, wanted: &Wanted, row: &Row<'_>) -> Map<String, Value> {
    let (entry, amounts) = (row.entry, row.amounts);
    let owner = ask.account.id.to_string();
    let day = date_of(row.day).to_string();
    let date = if wanted.group == Group::Period {
        wanted.period.text.clone()
    } else {
        day
    };
    let members = json!({
        "BillPeriod": wanted.period.text, "ExpenseDate": date, "PayerID": owner, "OwnerID": owner,
        "BillID": format!("Bill{owner}{:07}", entry.serial), "Product": entry.product,
        "ProductZh": chinese(&entry.product), "BillingMode": "按量计费", "BillCategory": entry.category,
        "InstanceNo": entry.item, "OriginalBillAmount": money(amounts.original),
        "PreferentialBillAmount": money(amounts.preferential), "DiscountBillAmount": money(amounts.discounted),
        "PayableAmount": money(amounts.payable), "Currency": "CNY",
    });
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn chinese(product: &str) -> &str {
    match product {
        "ark_bd" => "字节跳动大模型服务(豆包大模型)",
        "ecs" => "云服务器",
        "tos" => "对象存储",
        other => other,
    }
}

const fn own_project<'a>(row: &Row<'a>) -> &'a str {
    row.entry.project.as_str()
}

/// The plain bill does not know the project of model usage.
fn told_project<'a>(row: &Row<'a>) -> &'a str {
    if row.entry.product.starts_with("ark") {
        "-"
    } else {
        own_project(row)
    }
}

fn id(row: &Row<'_>) -> String {
    format!("{:07}{:06}{:03}", row.entry.serial, row.day, row.part)
}

fn split(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let ask = &*ask;
    page(ask, own_project, &|wanted, row| {
        let mut members = common(ask, wanted, row);
        let more = [
            ("SplitBillDetailId", json!(format!("SplitDetail{}", id(row)))),
            ("BillDetailId", json!(format!("Detail{}", id(row)))),
            ("Project", json!(row.entry.project)),
            ("ProjectDisplayName", json!(row.entry.project)),
            ("SplitItemID", json!(row.entry.item)),
            ("SplitItemName", json!(row.entry.item)),
            ("SplitItemRatio", json!("1")),
            ("CouponDeductionAmount", json!(money(row.amounts.coupon))),
            ("RoundAmount", json!("0")),
        ];
        members.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(members)
    })
}

fn detail(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let term = ask.params.int("GroupTerm")?.unwrap_or(0);
    if !(0..=3).contains(&term) {
        return Err(invalid("GroupTerm must be from 0 to 3."));
    }
    let ask = &*ask;
    page(ask, told_project, &|wanted, row| {
        let mut members = common(ask, wanted, row);
        let project = told_project(row);
        let more = [
            ("BillDetailId", json!(format!("Detail{}", id(row)))),
            ("Project", json!(project)),
            ("ProjectDisplayName", json!(project)),
            ("CouponAmount", json!(money(row.amounts.coupon))),
            ("RoundAmount", number("0.00")),
        ];
        members.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(members)
    })
}

fn overview(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let wanted = wanted(&ask.params, Period::current(ask.now).as_ref())?;
    let rows = ask
        .account
        .ledger
        .rows(&wanted.period, None, Group::Period, ask.now);
    let mut sums: BTreeMap<String, Amounts> = BTreeMap::new();
    for row in rows
        .iter()
        .filter(|row| among(&wanted.products, &row.entry.product))
    {
        let sum = sums.entry(row.entry.product.clone()).or_default();
        *sum = sum.plus(row.amounts);
    }
    let owner = ask.account.id.to_string();
    let list = sums.iter().map(|(product, sum)| {
        json!({
            "BillPeriod": wanted.period.text, "Product": product, "ProductZh": chinese(product), "PayerID": owner,
            "OwnerID": owner, "BillingMode": "按量计费", "BillCategoryParent": "consume",
            "OriginalBillAmount": money(sum.original), "PreferentialBillAmount": money(sum.preferential),
            "DiscountBillAmount": money(sum.discounted), "CouponAmount": money(sum.coupon),
            "PayableAmount": money(sum.payable), "RoundBillAmount": "0", "Currency": "CNY",
        })
    });
    let (list, total) = ask
        .lies
        .page(list.collect::<Vec<_>>(), wanted.page.0, wanted.page.1);
    Ok(wanted.told(&list, total))
}
