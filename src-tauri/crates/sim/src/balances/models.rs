//! The sellers of models that tell what is left: OpenRouter, DeepSeek, Moonshot, SiliconFlow, Zhipu, StepFun, Novita,
//! xAI and ElevenLabs, and Groq, which tells only whether a key works. Paths and bodies are those of their
//! documentation or of their own clients; error bodies where they are known, else in the usual shape.

use serde_json::{Value, json};

use super::amount::{cents_text, hundredths, plain, ten_thousandths, whole};
use super::dialect::{Ask, Dialect, Page, Proof, Refusal, Route};

const GET: &[&str] = &["GET"];
const KEY: &[(&str, &str)] = &[("key", "sk-FAKE-{}")];

/// The error body that OpenAI introduced and most took over.
pub(crate) fn common(refusal: &Refusal) -> (u16, Value) {
    let code = match refusal {
        Refusal::Key => "invalid_api_key",
        Refusal::Money => "insufficient_quota",
        Refusal::Rate(_) => "rate_limit_exceeded",
        _ => "invalid_request_error",
    };
    let body = json!({"error": {"message": refusal.words(), "type": "invalid_request_error", "param": null, "code": code}});
    (refusal.status(), body)
}

pub(crate) static OPENROUTER: Dialect = Dialect {
    id: "openrouter",
    params: &[("key", "sk-or-v1-FAKE-{}")],
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[
        Route::new("openrouter.credits", GET, "/api/v1/credits", credits),
        Route::new("openrouter.key", GET, "/api/v1/key", key_limits),
    ],
    refuse: |refusal| {
        let status = refusal.status();
        (
            status,
            json!({"error": {"code": status, "message": refusal.words(), "metadata": {}}}),
        )
    },
};

fn credits(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let purse = ask.purse;
    let total = whole(purse.left.saturating_add(purse.spent));
    let body = json!({"data": {"total_credits": total, "total_usage": whole(purse.spent)}});
    Ok(Page::new(body)
        .amount("/data/total_credits")
        .amount("/data/total_usage"))
}

fn key_limits(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let purse = ask.purse;
    let left = purse.cap.map(|cap| whole(cap.saturating_sub(purse.spent)));
    let body = json!({"data": {
        "label": "sk-or-v1-FAKE...", "usage": whole(purse.spent), "usage_daily": 0, "usage_weekly": 0,
        "usage_monthly": whole(purse.spent), "limit": purse.cap.map(whole), "limit_remaining": left,
        "limit_reset": purse.cap.map(|_| "monthly"), "is_free_tier": false, "is_management_key": true, "budgets": [],
        "effective_budget": null,
    }});
    Ok(Page::new(body)
        .amount("/data/usage")
        .amount("/data/limit_remaining"))
}

pub(crate) static DEEPSEEK: Dialect = Dialect {
    id: "deepseek",
    params: KEY,
    currency: "CNY",
    proof: Proof::Bearer,
    routes: &[Route::new("deepseek.balance", GET, "/user/balance", |ask| {
        let (purse, text) = (ask.purse, cents_text(ask.purse.left));
        let body = json!({"is_available": purse.left > 0, "balance_infos": [{
            "currency": purse.currency, "total_balance": text, "granted_balance": "0.00", "topped_up_balance": text,
        }]});
        Ok(Page::new(body)
            .amount("/balance_infos/0/total_balance")
            .currency("/balance_infos/0/currency")
            .list("/balance_infos"))
    })],
    refuse: common,
};

pub(crate) static GROQ: Dialect = Dialect {
    id: "groq",
    params: &[("key", "gsk_FAKE-{}")],
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new("groq.models", GET, "/openai/v1/models", |_| {
        let row =
            json!({"id": "fake-model", "object": "model", "created": 1_700_000_000, "owned_by": "Fake"});
        Ok(Page::new(json!({"object": "list", "data": [row]})).list("/data"))
    })],
    refuse: common,
};

pub(crate) static MOONSHOT: Dialect = Dialect {
    id: "moonshot",
    params: KEY,
    currency: "CNY",
    proof: Proof::Bearer,
    routes: &[Route::new(
        "moonshot.balance",
        GET,
        "/v1/users/me/balance",
        |ask| {
            let left = whole(ask.purse.left);
            let body = json!({"code": 0, "data": {
            "available_balance": left, "voucher_balance": 0, "cash_balance": left,
        }, "scode": "0x0", "status": true});
            Ok(Page::new(body).amount("/data/available_balance"))
        },
    )],
    refuse: |refusal| match refusal {
        Refusal::Key => common(refusal),
        _ => {
            let body = json!({"code": refusal.status(), "data": {}, "scode": "0x1", "status": false});
            (200, body)
        }
    },
};

pub(crate) static SILICONFLOW: Dialect = Dialect {
    id: "siliconflow",
    params: KEY,
    currency: "CNY",
    proof: Proof::Bearer,
    routes: &[Route::new("siliconflow.user", GET, "/v1/user/info", |ask| {
        let text = cents_text(ask.purse.left);
        let body = json!({"code": 20000, "message": "OK", "status": true, "data": {
            "id": "u_fake", "balance": "0.00", "status": "normal", "chargeBalance": text, "totalBalance": text,
        }});
        Ok(Page::new(body).amount("/data/totalBalance"))
    })],
    refuse: |refusal| match refusal {
        Refusal::Key => (401, json!("Api key is invalid")),
        _ => {
            let code = 30_000_u32.saturating_add(u32::from(refusal.status()));
            (
                200,
                json!({"code": code, "message": refusal.words(), "data": null, "status": false}),
            )
        }
    },
};

pub(crate) static ZHIPU: Dialect = Dialect {
    id: "zhipu",
    params: &[("key", "FAKE-{}.secret")],
    currency: "CNY",
    proof: Proof::Bearer,
    routes: &[Route::new(
        "zhipu.account",
        GET,
        "/api/biz/account/query-customer-account-report",
        |ask| {
            let (left, spent) = (whole(ask.purse.left), whole(ask.purse.spent));
            let body = json!({"code": 200, "msg": "Operation successful", "data": {
                "balance": left, "availableBalance": left, "rechargeAmount": left, "giveAmount": 0,
                "totalSpendAmount": spent,
            }, "success": true});
            Ok(Page::new(body).amount("/data/availableBalance"))
        },
    )],
    refuse: |refusal| {
        (
            200,
            json!({"code": refusal.status(), "msg": refusal.words(), "success": false}),
        )
    },
};

pub(crate) static STEPFUN: Dialect = Dialect {
    id: "stepfun",
    params: KEY,
    currency: "CNY",
    proof: Proof::Bearer,
    routes: &[Route::new("stepfun.account", GET, "/v1/accounts", |ask| {
        let left = whole(ask.purse.left);
        let body = json!({"object": "account", "type": "prepaid", "balance": left, "total_cash_balance": left,
            "total_voucher_balance": 0});
        Ok(Page::new(body).amount("/balance"))
    })],
    refuse: common,
};

pub(crate) static NOVITA: Dialect = Dialect {
    id: "novita",
    params: KEY,
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new(
        "novita.balance",
        GET,
        "/openapi/v1/billing/balance/detail",
        |ask| {
            let left = ten_thousandths(ask.purse.left);
            let body = json!({"availableBalance": left, "cashBalance": left, "creditLimit": "0", "pendingCharges": "0",
                "outstandingInvoices": "0"});
            Ok(Page::new(body).amount("/availableBalance"))
        },
    )],
    refuse: |refusal| {
        let status = refusal.status();
        (
            status,
            json!({"code": status, "reason": "FAKE_REASON", "message": refusal.words(), "metadata": {}}),
        )
    },
};

pub(crate) static XAI: Dialect = Dialect {
    id: "xai",
    params: &[("key", "xai-token-FAKE-{}"), ("team", "team-{}")],
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new(
        "xai.prepaid",
        GET,
        "/v1/billing/teams/*/prepaid/balance",
        |ask| {
            if ask.segment(3) != ask.purse.param("team") {
                return Err(Refusal::Gone);
            }
            let cents = hundredths(ask.purse.left.saturating_neg());
            let body = json!({"changes": [], "total": {"val": cents}});
            Ok(Page::new(body).amount("/total/val"))
        },
    )],
    refuse: |refusal| {
        let status = refusal.status();
        (status, json!({"code": status, "error": refusal.words()}))
    },
};

pub(crate) static ELEVENLABS: Dialect = Dialect {
    id: "elevenlabs",
    params: &[("key", "sk_FAKE-{}")],
    currency: "credits",
    proof: Proof::Header("xi-api-key"),
    routes: &[Route::new(
        "elevenlabs.subscription",
        GET,
        "/v1/user/subscription",
        |ask| {
            let count = |millionths: i64| -> Value {
                crate::amount::number(&plain(millionths - millionths % 1_000_000))
            };
            let (used, left) = (
                count(ask.purse.spent),
                count(ask.purse.spent.saturating_add(ask.purse.left)),
            );
            let body = json!({"tier": "creator", "character_count": used, "character_limit": left,
            "next_character_count_reset_unix": ask.now.seconds().saturating_add(864_000), "status": "active",
            "max_credit_limit_extension": 0, "open_invoices": []});
            Ok(Page::new(body)
                .amount("/character_count")
                .amount("/character_limit"))
        },
    )],
    refuse: |refusal| {
        let status = if *refusal == Refusal::Key {
            "invalid_api_key"
        } else {
            "error"
        };
        (
            refusal.status(),
            json!({"detail": {"status": status, "message": refusal.words()}}),
        )
    },
};
