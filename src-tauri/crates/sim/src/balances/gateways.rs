//! Gateways that resell models: one-api and new-api, UniAPI, TikHub and WxRank. Most of them refuse with HTTP 200.

use serde_json::{Value, json};

use super::amount::{hundredths, plain, whole};
use super::dialect::{Ask, Dialect, Page, Proof, Refusal, Route};
use crate::amount::number;

const GET: &[&str] = &["GET"];
const KEY: &[(&str, &str)] = &[("key", "sk-FAKE-{}")];
/// So many raw units are one dollar: the default of both projects.
const QUOTA_PER_UNIT: i64 = 500_000;

pub(crate) static ONE_API: Dialect = Dialect {
    id: "one-api",
    params: KEY,
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[
        Route::new(
            "one-api.subscription",
            GET,
            "/v1/dashboard/billing/subscription",
            subscription,
        ),
        Route::new("one-api.usage", GET, "/v1/dashboard/billing/usage", |ask| {
            let cents = number(&hundredths(ask.purse.spent));
            Ok(Page::new(json!({"object": "list", "total_usage": cents})).amount("/total_usage"))
        }),
        Route::new("one-api.status", GET, "/api/status", |_| Ok(status())).open(),
        Route::new("one-api.token", GET, "/api/usage/token", token),
        Route::new("one-api.self", GET, "/api/user/self", account),
    ],
    refuse: |refusal| match refusal {
        Refusal::Rate(_) | Refusal::Fault(_) => (refusal.status(), json!({"success": false})),
        _ => {
            let status = if *refusal == Refusal::Key { 401 } else { 200 };
            let body = json!({
                "error": {"message": refusal.words(), "type": "one_api_error"},
                "success": false, "message": refusal.words(),
            });
            (status, body)
        }
    },
};

fn subscription(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let limit = whole(ask.purse.left.saturating_add(ask.purse.spent));
    let body = json!({"object": "billing_subscription", "has_payment_method": true, "soft_limit_usd": limit,
        "hard_limit_usd": limit, "system_hard_limit_usd": limit, "access_until": 0});
    Ok(Page::new(body).amount("/hard_limit_usd"))
}

fn status() -> Page {
    let body = json!({"success": true, "message": "", "data": {
        "quota_per_unit": QUOTA_PER_UNIT, "display_in_currency": true, "quota_display_type": "USD",
    }});
    Page::new(body).amount("/data/quota_per_unit")
}

/// Raw units, whole.
fn quota(millionths: i64) -> Value {
    let raw = i128::from(millionths).saturating_mul(i128::from(QUOTA_PER_UNIT)) / 1_000_000;
    number(&raw.to_string())
}

fn token(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let purse = ask.purse;
    let body = json!({"code": true, "message": "ok", "data": {
        "object": "token_usage", "name": "desk", "total_granted": quota(purse.left.saturating_add(purse.spent)),
        "total_used": quota(purse.spent), "total_available": quota(purse.left), "unlimited_quota": false,
        "expires_at": 0,
    }});
    Ok(Page::new(body).amount("/data/total_available"))
}

fn account(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let body = json!({"success": true, "message": "", "data": {
        "id": 7, "username": "fake", "quota": quota(ask.purse.left), "used_quota": quota(ask.purse.spent),
        "request_count": 42, "group": "default",
    }});
    Ok(Page::new(body).amount("/data/quota"))
}

pub(crate) static UNIAPI: Dialect = Dialect {
    id: "uniapi",
    params: KEY,
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new("uniapi.usage", GET, "/v1/billing/usage", |ask| {
        let (left, spent) = (whole(ask.purse.left), whole(ask.purse.spent));
        let body = json!({"data": {"balance": left, "used": spent, "cache_used": 0}, "success": true});
        Ok(Page::new(body).amount("/data/balance"))
    })],
    refuse: |refusal| {
        (
            refusal.status(),
            json!({"success": false, "message": refusal.words()}),
        )
    },
};

pub(crate) static TIKHUB: Dialect = Dialect {
    id: "tikhub",
    params: KEY,
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new(
        "tikhub.user",
        GET,
        "/api/v1/tikhub/user/get_user_info",
        |ask| {
            let body = json!({"code": 200, "user_data": {"email": "a@example.com", "balance": whole(ask.purse.left)}});
            Ok(Page::new(body).amount("/user_data/balance"))
        },
    )],
    refuse: |refusal| {
        let status = refusal.status();
        (
            status,
            json!({"detail": {"code": status, "message": refusal.words()}}),
        )
    },
};

pub(crate) static WXRANK: Dialect = Dialect {
    id: "wxrank",
    params: &[("key", "FAKE-{}")],
    currency: "points",
    proof: Proof::Query("key"),
    routes: &[Route::new("wxrank.score", GET, "/weixin/score", |ask| {
        let points = plain(ask.purse.left - ask.purse.left % 1_000_000);
        let body = json!({"code": 0, "msg": format!("剩余{points}余额"), "data": null});
        Ok(Page::new(body).amount("/msg"))
    })],
    refuse: |refusal| {
        (
            200,
            json!({"code": refusal.status(), "msg": refusal.words(), "data": null}),
        )
    },
};
