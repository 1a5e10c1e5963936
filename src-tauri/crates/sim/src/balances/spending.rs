//! The sellers that tell what was spent, page by page or in tables: OpenAI, Anthropic, Azure and AWS.
//!
//! Spending of the month lies in equal parts on its days so far, in UTC; the last day takes what is left over.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tidegate_meter::Time;

use super::amount::{hundredths, plain, whole};
use super::clouds::says;
use super::dialect::{Ask, Dialect, Page, Proof, Refusal, Route, Signer};
use super::models::common;

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

pub(crate) static OPENAI: Dialect = Dialect {
    id: "openai",
    params: &[("key", "sk-admin-FAKE-{}")],
    currency: "usd",
    proof: Proof::Bearer,
    routes: &[
        Route::new("openai.costs", GET, "/v1/organization/costs", openai_costs),
        Route::new("openai.limit", GET, "/v1/organization/spend_limit", |ask| {
            let cents = ask.purse.cap.ok_or(Refusal::Gone)?.div_euclid(10_000);
            let body = json!({"object": "organization.spend_limit", "currency": "USD", "interval": "month",
                "threshold_amount": cents, "enforcement": {"status": "inactive"}});
            Ok(Page::new(body).amount("/threshold_amount").currency("/currency"))
        }),
    ],
    refuse: common,
};

/// A page of days: those before, whether there are more, and from which to go on.
struct Days {
    days: Vec<(Time, Option<i64>)>,
    next: Option<String>,
}

/// The days from `start` up to now, `limit` of them from where `page` says; spending where there was some.
fn days(ask: &Ask<'_>, start: Time, limits: (usize, usize)) -> Result<Days, Refusal> {
    let (usual, most) = limits;
    let limit = match ask.call.parameter("limit") {
        None => usual,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=most).contains(limit))
            .ok_or(Refusal::Bad("limit is out of range"))?,
    };
    let from: usize = match ask.call.parameter("page") {
        None => 0,
        Some(text) => text
            .strip_prefix("page_FAKE")
            .and_then(|index| index.parse().ok())
            .ok_or(Refusal::Bad("page is not one that was given"))?,
    };
    let first = Time::from_ms(start.ms().div_euclid(DAY_MS).saturating_mul(DAY_MS));
    let count = usize::try_from(ask.now.ms_since(first).div_euclid(DAY_MS).saturating_add(1)).unwrap_or(0);
    let days = (from..count.min(from.saturating_add(limit))).map(|index| {
        let offset = i64::try_from(index).unwrap_or(0).saturating_mul(DAY_MS);
        let day = Time::from_ms(first.ms().saturating_add(offset));
        (day, spent_on(ask, day))
    });
    let after = from.saturating_add(limit);
    Ok(Days {
        days: days.collect(),
        next: (after < count).then(|| format!("page_FAKE{after}")),
    })
}

/// What was spent on a day of this month.
fn spent_on(ask: &Ask<'_>, day: Time) -> Option<i64> {
    let (now, date) = (date(ask.now), date(day));
    if date.first_of_month() != now.first_of_month() {
        return None;
    }
    let count = i64::from(now.day());
    let share = ask.purse.spent.div_euclid(count);
    let rest = ask.purse.spent.rem_euclid(count);
    Some(if date == now {
        share.saturating_add(rest)
    } else {
        share
    })
}

fn date(at: Time) -> Date {
    at.to_jiff().to_zoned(TimeZone::UTC).date()
}

fn openai_costs(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let start = ask
        .call
        .parameter("start_time")
        .and_then(|text| text.parse::<i64>().ok());
    let start = start.ok_or(Refusal::Bad("start_time is required"))?;
    let page = days(ask, Time::from_ms(start.saturating_mul(1000)), (7, 180))?;
    let rows = page.days.iter().map(|(day, spent)| {
        let results: Vec<Value> = spent
            .iter()
            .map(|spent| {
                json!({"object": "organization.costs.result", "line_item": null, "project_id": null,
                    "amount": {"value": whole(*spent), "currency": ask.purse.currency}})
            })
            .collect();
        let start = day.seconds();
        json!({"object": "bucket", "start_time": start, "end_time": start + 86_400, "results": results})
    });
    let rows: Vec<Value> = rows.collect();
    let body =
        json!({"object": "page", "data": rows, "has_more": page.next.is_some(), "next_page": page.next});
    Ok(marked(
        Page::new(body),
        &page.days,
        "amount/value",
        "amount/currency",
    ))
}

/// Marks the amounts and currencies of a page of days.
fn marked(page: Page, days: &[(Time, Option<i64>)], amount: &str, currency: &str) -> Page {
    let spent = days.iter().enumerate().filter(|(_, (_, spent))| spent.is_some());
    spent.fold(page.list("/data"), |page, (index, _)| {
        page.amount(format!("/data/{index}/results/0/{amount}"))
            .currency(format!("/data/{index}/results/0/{currency}"))
    })
}

pub(crate) static ANTHROPIC: Dialect = Dialect {
    id: "anthropic",
    params: &[("key", "sk-ant-admin-FAKE-{}")],
    currency: "USD",
    proof: Proof::Header("x-api-key"),
    routes: &[Route::new(
        "anthropic.costs",
        GET,
        "/v1/organizations/cost_report",
        anthropic_costs,
    )],
    refuse: |refusal| {
        let kind = match refusal {
            Refusal::Key => "authentication_error",
            Refusal::Right => "permission_error",
            Refusal::Money => "billing_error",
            Refusal::Gone => "not_found_error",
            Refusal::Rate(_) => "rate_limit_error",
            Refusal::Fault(529) => "overloaded_error",
            Refusal::Fault(_) => "api_error",
            _ => "invalid_request_error",
        };
        let error = json!({"type": kind, "message": refusal.words()});
        (
            refusal.status(),
            json!({"type": "error", "error": error, "request_id": "req_fake"}),
        )
    },
};

fn anthropic_costs(ask: &Ask<'_>) -> Result<Page, Refusal> {
    if !says(ask.call, "anthropic-version", "2023-06-01") {
        return Err(Refusal::Bad("anthropic-version: header is required"));
    }
    let start = ask
        .call
        .parameter("starting_at")
        .and_then(|text| text.parse().ok());
    let start: Time = start.ok_or(Refusal::Bad("starting_at: an RFC 3339 instant is required"))?;
    let page = days(ask, start, (7, 31))?;
    let rows: Vec<Value> = page
        .days
        .iter()
        .map(|(day, spent)| {
            let results: Vec<Value> = spent
                .iter()
                .map(|spent| {
                    json!({"currency": ask.purse.currency, "amount": hundredths(*spent), "workspace_id": null,
                        "description": null, "cost_type": null, "context_window": null, "model": null,
                        "service_tier": null, "token_type": null})
                })
                .collect();
            let end = Time::from_ms(day.ms().saturating_add(DAY_MS));
            json!({"starting_at": day, "ending_at": end, "results": results})
        })
        .collect();
    let body = json!({"data": rows, "has_more": page.next.is_some(), "next_page": page.next});
    Ok(marked(Page::new(body), &page.days, "amount", "currency"))
}

pub(crate) static AZURE: Dialect = Dialect {
    id: "azure",
    params: &[
        ("tenant", "tenant-{}"),
        ("client_id", "client-{}"),
        ("client_secret", "FAKE-azure-secret-{}"),
        ("scope", "subscriptions/FAKE-{}"),
        ("budget", "month"),
    ],
    currency: "USD",
    proof: Proof::Token,
    routes: &[
        Route::new(
            "azure.costs",
            POST,
            "**/providers/Microsoft.CostManagement/query",
            azure_costs,
        ),
        Route::new(
            "azure.budget",
            GET,
            "**/providers/Microsoft.Consumption/budgets/*",
            azure_budget,
        ),
    ],
    refuse: |refusal| {
        let status = refusal.status();
        let code = match refusal {
            Refusal::Key => "InvalidAuthenticationToken".to_owned(),
            Refusal::Right => "AuthorizationFailed".to_owned(),
            Refusal::Gone => "ResourceNotFound".to_owned(),
            _ => status.to_string(),
        };
        (
            status,
            json!({"error": {"code": code, "message": refusal.words()}}),
        )
    },
};

/// The scope of the path must be the account's, and the version must be told.
fn azure_scope(ask: &Ask<'_>) -> Result<(), Refusal> {
    if ask.call.parameter("api-version").is_none() {
        return Err(Refusal::Bad("the api-version query parameter is required"));
    }
    let scope = ask.path.split("/providers/").next().unwrap_or("");
    if scope.trim_matches('/') == ask.purse.param("scope") {
        Ok(())
    } else {
        Err(Refusal::Right)
    }
}

fn azure_costs(ask: &Ask<'_>) -> Result<Page, Refusal> {
    azure_scope(ask)?;
    let asked = ask.body();
    if asked.pointer("/timeframe").and_then(Value::as_str) != Some("MonthToDate") {
        return Err(Refusal::Bad("timeframe: only MonthToDate is simulated"));
    }
    let body = json!({"properties": {"nextLink": null,
        "columns": [{"name": "Cost", "type": "Number"}, {"name": "Currency", "type": "String"}],
        "rows": [[whole(ask.purse.spent), ask.purse.currency]]}});
    Ok(Page::new(body)
        .amount("/properties/rows/0/0")
        .currency("/properties/rows/0/1")
        .list("/properties/rows"))
}

fn azure_budget(ask: &Ask<'_>) -> Result<Page, Refusal> {
    azure_scope(ask)?;
    if ask.path.rsplit('/').next() != Some(ask.purse.param("budget")) {
        return Err(Refusal::Gone);
    }
    let cap = ask.purse.cap.unwrap_or(300_000_000);
    let body = json!({"properties": {"timeGrain": "Monthly", "amount": whole(cap), "category": "Cost",
        "currentSpend": {"amount": whole(ask.purse.spent), "unit": ask.purse.currency}}});
    Ok(Page::new(body)
        .amount("/properties/amount")
        .amount("/properties/currentSpend/amount")
        .currency("/properties/currentSpend/unit"))
}

pub(crate) static AWS: Dialect = Dialect {
    id: "aws",
    params: &[("ak", "AKIAFAKE-{}"), ("sk", "FAKE-aws-secret-{}")],
    currency: "USD",
    proof: Proof::Signed(Signer::Aws),
    routes: &[
        Route::new("aws.costs", POST, "/", aws_costs)
            .marked(|call| says(call, "x-amz-target", "AWSInsightsIndexService.GetCostAndUsage")),
        Route::new("aws.freetier", POST, "/", aws_freetier)
            .marked(|call| says(call, "x-amz-target", "AWSFreeTierService.GetAccountPlanState")),
    ],
    refuse: |refusal| {
        let (status, code) = match refusal {
            Refusal::Key => (400, "UnrecognizedClientException"),
            Refusal::Signature | Refusal::Clock | Refusal::Replay => (400, "InvalidSignatureException"),
            Refusal::Right | Refusal::Money => (400, "AccessDeniedException"),
            Refusal::Rate(_) => (400, "LimitExceededException"),
            Refusal::Gone | Refusal::Bad(_) => (400, "ValidationException"),
            Refusal::Fault(status) => (*status, "InternalServerException"),
        };
        (status, json!({"__type": code, "Message": refusal.words()}))
    },
};

fn aws_costs(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let asked = ask.body();
    let word = |pointer: &str| asked.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let (start, end) = (word("/TimePeriod/Start"), word("/TimePeriod/End"));
    let dates = start.zip(end).filter(|(start, end)| start < end);
    let (start, end) = dates.ok_or(Refusal::Bad("TimePeriod: Start must be before End"))?;
    let metric = word("/Metrics/0").ok_or(Refusal::Bad("Metrics: one is required"))?;
    let mut total = serde_json::Map::new();
    let amount = json!({"Amount": plain(ask.purse.spent), "Unit": ask.purse.currency});
    total.insert(metric.clone(), amount);
    let row =
        json!({"TimePeriod": {"Start": start, "End": end}, "Total": total, "Groups": [], "Estimated": true});
    Ok(
        Page::new(json!({"ResultsByTime": [row], "DimensionValueAttributes": []}))
            .amount(format!("/ResultsByTime/0/Total/{metric}/Amount"))
            .currency(format!("/ResultsByTime/0/Total/{metric}/Unit"))
            .list("/ResultsByTime"),
    )
}

fn aws_freetier(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let body = json!({"accountId": "123456789012", "accountPlanType": "FREE", "accountPlanStatus": "ACTIVE",
        "accountPlanRemainingCredits": {"amount": whole(ask.purse.left), "unit": ask.purse.currency},
        "accountPlanExpirationDate": "2036-03-01T00:00:00Z"});
    Ok(Page::new(body)
        .amount("/accountPlanRemainingCredits/amount")
        .currency("/accountPlanRemainingCredits/unit"))
}
