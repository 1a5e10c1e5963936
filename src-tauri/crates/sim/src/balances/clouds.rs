//! The clouds' account balances: Alibaba Cloud, Tencent Cloud, Huawei Cloud, Volcengine, DigitalOcean, Vultr, Linode.
//! Field names and JSON types are those of the official clients, which judge them in `tests/sdk/balances.py`.

use serde_json::{Value, json};

use super::amount::{cents_text, grouped, hundredths, whole};
use super::dialect::{Ask, Dialect, Page, Proof, Refusal, Route, Signer};
use crate::Call;
use crate::amount::number;
use crate::volcengine::{balance_result, error_number};

const GET: &[&str] = &["GET"];
const EITHER: &[&str] = &["GET", "POST"];

/// Whether a header has this value.
pub(crate) fn says(call: &Call, header: &str, value: &str) -> bool {
    call.header(header) == Some(value)
}

/// Whether the query has this pair.
fn asks(call: &Call, name: &str, value: &str) -> bool {
    call.parameter(name).as_deref() == Some(value)
}

pub(crate) static ALIYUN: Dialect = Dialect {
    id: "aliyun",
    params: &[("ak", "LTAIFAKE-{}"), ("sk", "FAKE-aliyun-secret-{}")],
    currency: "CNY",
    proof: Proof::Signed(Signer::Alibaba),
    routes: &[
        Route::new("aliyun.balance", EITHER, "/", aliyun_balance).marked(|call| {
            says(call, "x-acs-action", "QueryAccountBalance") || asks(call, "Action", "QueryAccountBalance")
        }),
    ],
    refuse: |refusal| {
        let (status, code) = match refusal {
            Refusal::Key => (404, "InvalidAccessKeyId.NotFound"),
            Refusal::Signature => (400, "SignatureDoesNotMatch"),
            Refusal::Clock => (400, "InvalidTimeStamp.Expired"),
            Refusal::Replay => (400, "SignatureNonceUsed"),
            Refusal::Right => (200, "NotAuthorized"),
            Refusal::Money => (402, "InsufficientBalance"),
            Refusal::Gone => (404, "InvalidAction.NotFound"),
            Refusal::Bad(_) => (400, "InvalidParameter"),
            Refusal::Rate(_) => (429, "Throttling.User"),
            Refusal::Fault(status) => (*status, "InternalError"),
        };
        let mut body =
            json!({"Code": code, "Message": refusal.words(), "RequestId": "FAKE-REQUEST", "Success": false});
        if status != 200
            && let Some(members) = body.as_object_mut()
        {
            members.insert("HostId".to_owned(), json!("business.aliyuncs.com"));
        }
        (status, body)
    },
};

fn aliyun_balance(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let text = grouped(ask.purse.left);
    let body = json!({"Code": "200", "Message": "Successful!", "RequestId": "FAKE-REQUEST", "Success": true, "Data": {
        "AvailableAmount": text, "AvailableCashAmount": text, "CreditAmount": "0.00", "MybankCreditAmount": "0.00",
        "Currency": ask.purse.currency, "QuotaLimit": "0.00",
    }});
    Ok(Page::new(body)
        .amount("/Data/AvailableAmount")
        .amount("/Data/AvailableCashAmount")
        .currency("/Data/Currency"))
}

pub(crate) static TENCENT: Dialect = Dialect {
    id: "tencent",
    params: &[("ak", "AKIDFAKE-{}"), ("sk", "FAKE-tencent-secret-{}")],
    currency: "CNY",
    proof: Proof::Signed(Signer::Tencent),
    routes: &[Route::new("tencent.balance", EITHER, "/", tencent_balance)
        .marked(|call| says(call, "x-tc-action", "DescribeAccountBalance"))],
    refuse: |refusal| {
        let code = match refusal {
            Refusal::Key => "AuthFailure.SecretIdNotFound",
            Refusal::Signature | Refusal::Replay => "AuthFailure.SignatureFailure",
            Refusal::Clock => "AuthFailure.SignatureExpire",
            Refusal::Right => "UnauthorizedOperation",
            Refusal::Money => "FailedOperation.InsufficientBalance",
            Refusal::Gone => "InvalidAction",
            Refusal::Bad(_) => "InvalidParameter",
            Refusal::Rate(_) => "RequestLimitExceeded",
            Refusal::Fault(_) => "InternalError",
        };
        let error = json!({"Code": code, "Message": refusal.words()});
        (
            200,
            json!({"Response": {"Error": error, "RequestId": "fake-request"}}),
        )
    },
};

/// In hundredths; whole numbers where they are.
fn tencent_balance(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let fen = number(&hundredths(ask.purse.left));
    let body = json!({"Response": {
        "Balance": fen, "Uin": 100_000_000_001_i64, "RealBalance": fen, "CashAccountBalance": fen,
        "IncomeIntoAccountBalance": 0, "PresentAccountBalance": 0, "FreezeAmount": 0, "OweAmount": 0,
        "IsAllowArrears": false, "IsCreditLimited": false, "CreditAmount": 0, "CreditBalance": 0,
        "RealCreditBalance": fen, "RequestId": "fake-request",
    }});
    Ok(Page::new(body)
        .amount("/Response/RealBalance")
        .amount("/Response/Balance"))
}

pub(crate) static HUAWEI: Dialect = Dialect {
    id: "huawei",
    params: &[("ak", "HWFAKE-{}"), ("sk", "FAKE-huawei-secret-{}")],
    currency: "CNY",
    proof: Proof::Signed(Signer::Huawei),
    routes: &[Route::new(
        "huawei.balance",
        GET,
        "/v2/accounts/customer-accounts/balances",
        huawei_balance,
    )],
    refuse: |refusal| {
        let code = match refusal {
            Refusal::Key | Refusal::Signature | Refusal::Clock | Refusal::Replay => "APIGW.0301",
            Refusal::Rate(_) => "APIGW.0308",
            Refusal::Right => "CBC.0150",
            Refusal::Fault(_) => "CBC.0999",
            Refusal::Money | Refusal::Gone | Refusal::Bad(_) => "CBC.0100",
        };
        (
            refusal.status(),
            json!({"error_code": code, "error_msg": refusal.words()}),
        )
    },
};

fn huawei_balance(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let row = json!({"account_id": "AC0000000001", "account_type": 1, "amount": whole(ask.purse.left),
        "currency": ask.purse.currency, "designated_amount": 0, "credit_amount": null, "measure_id": 1});
    let body =
        json!({"account_balances": [row], "debt_amount": 0, "measure_id": 1, "currency": ask.purse.currency});
    Ok(Page::new(body)
        .amount("/account_balances/0/amount")
        .currency("/account_balances/0/currency")
        .currency("/currency")
        .list("/account_balances"))
}

pub(crate) static VOLCENGINE: Dialect = Dialect {
    id: "volcengine",
    params: &[("ak", "AKLTFAKE-{}"), ("sk", "FAKE-volcengine-secret-{}")],
    currency: "CNY",
    proof: Proof::Signed(Signer::Volcengine),
    routes: &[Route::new("volcengine.balance", EITHER, "/", volcengine_balance)
        .marked(|call| asks(call, "Action", "QueryBalanceAcct") && asks(call, "Version", "2022-01-01"))],
    refuse: |refusal| {
        let code = match refusal {
            Refusal::Key => "InvalidAccessKey",
            Refusal::Signature | Refusal::Replay => "SignatureDoesNotMatch",
            Refusal::Clock => "InvalidTimestamp",
            Refusal::Right => "AccessDenied",
            Refusal::Gone => "InvalidActionOrVersion",
            Refusal::Rate(_) => "FlowLimitExceeded",
            Refusal::Fault(_) => "InternalError",
            Refusal::Money | Refusal::Bad(_) => "MissingParameter",
        };
        let mut body = json!({"ResponseMetadata": volcengine_head()});
        if let Some(head) = body
            .pointer_mut("/ResponseMetadata")
            .and_then(Value::as_object_mut)
        {
            let error = json!({"CodeN": error_number(code), "Code": code, "Message": refusal.words()});
            head.insert("Error".to_owned(), error);
        }
        (refusal.status(), body)
    },
};

fn volcengine_head() -> Value {
    json!({"RequestId": "20260101000000FAKE", "Action": "QueryBalanceAcct", "Version": "2022-01-01",
        "Service": "billing", "Region": "cn-north-1"})
}

fn volcengine_balance(ask: &Ask<'_>) -> Result<Page, Refusal> {
    let result = balance_result(2_100_000_001, ask.purse.left, &ask.purse.currency);
    let body = json!({"ResponseMetadata": volcengine_head(), "Result": result});
    Ok(Page::new(body)
        .amount("/Result/AvailableBalance")
        .currency("/Result/Currency"))
}

pub(crate) static DIGITALOCEAN: Dialect = Dialect {
    id: "digitalocean",
    params: &[("key", "dop_v1_FAKE-{}")],
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new(
        "digitalocean.balance",
        GET,
        "/v2/customers/my/balance",
        |ask| {
            let (left, spent) = (ask.purse.left.saturating_neg(), ask.purse.spent);
            let body = json!({"month_to_date_balance": cents_text(left),
            "account_balance": cents_text(left.saturating_sub(spent)), "month_to_date_usage": cents_text(spent),
            "generated_at": ask.now});
            Ok(Page::new(body).amount("/month_to_date_balance"))
        },
    )],
    refuse: |refusal| {
        let id = match refusal {
            Refusal::Key => "Unauthorized",
            Refusal::Right => "forbidden",
            Refusal::Rate(_) => "too_many_requests",
            _ => "server_error",
        };
        (refusal.status(), json!({"id": id, "message": refusal.words()}))
    },
};

pub(crate) static VULTR: Dialect = Dialect {
    id: "vultr",
    params: &[("key", "FAKEVULTR-{}")],
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new("vultr.account", GET, "/v2/account", |ask| {
        let (left, spent) = (ask.purse.left, ask.purse.spent);
        let body = json!({"account": {
            "name": "fake", "email": "a@example.com", "acls": ["billing"],
            "balance": whole(left.saturating_add(spent).saturating_neg()), "pending_charges": whole(spent),
            "last_payment_date": "2025-10-02T00:00:00+00:00", "last_payment_amount": -50.0,
        }});
        Ok(Page::new(body)
            .amount("/account/balance")
            .amount("/account/pending_charges"))
    })],
    refuse: |refusal| {
        let status = refusal.status();
        (status, json!({"error": refusal.words(), "status": status}))
    },
};

pub(crate) static LINODE: Dialect = Dialect {
    id: "linode",
    params: &[("key", "FAKELINODE-{}")],
    currency: "USD",
    proof: Proof::Bearer,
    routes: &[Route::new("linode.account", GET, "/v4/account", |ask| {
        let (left, spent) = (ask.purse.left, ask.purse.spent);
        let body = json!({"balance": whole(left.saturating_add(spent).saturating_neg()),
            "balance_uninvoiced": whole(spent), "active_promotions": [], "euuid": "fake"});
        Ok(Page::new(body).amount("/balance").amount("/balance_uninvoiced"))
    })],
    refuse: |refusal| {
        let reason = if *refusal == Refusal::Key {
            "Invalid Token"
        } else {
            refusal.words()
        };
        (refusal.status(), json!({"errors": [{"reason": reason}]}))
    },
};
