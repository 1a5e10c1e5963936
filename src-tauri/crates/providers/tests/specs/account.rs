//! An account that is read by a spec: what it asks, what refusals mean, and how it keeps its pace.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tidegate_egress::FailureKind;
use tidegate_meter::{MeterKind, Outcome, Reason};
use tidegate_providers::specs::{NothingToControl, SetupError, Spec, SpecConfig, SpecSource, shown};
use tidegate_providers::{Control, ProviderErrorKind, ReadReport, Source};

use crate::support::{CANARY, Reply, Stage, built_in, reply};

fn meters(report: &ReadReport) -> Vec<(String, String)> {
    let meter = |look: &tidegate_providers::MeterLook| (look.info.id.to_string(), shown(&look.outcome));
    report.meters.iter().map(meter).collect()
}

fn pair(id: &str, value: &str) -> (String, String) {
    (id.to_owned(), value.to_owned())
}

async fn refusal(id: &str, params: &[(&str, &str)], answer: Reply) -> (Reason, String) {
    let stage = Stage::new(move |_| answer.clone());
    let error = stage.account(&built_in(id), params).read().await.unwrap_err();
    (error.blind().reason, error.detail)
}

#[tokio::test]
async fn a_balance_is_asked_for_with_the_key_and_told_per_currency() {
    let body = json!({"is_available": true, "balance_infos": [
        {"currency": "CNY", "total_balance": "110.35"}, {"currency": "USD", "total_balance": "4.20"}]});
    let stage = Stage::new(move |_| reply(200, &body.to_string()));
    let report = stage.account(&built_in("deepseek"), &[]).read().await.unwrap();
    assert_eq!(
        meters(&report),
        [
            pair("balance.CNY", "110.35 CNY"),
            pair("balance.USD", "4.2 USD"),
            pair("usable", "100 percent")
        ]
    );
    assert_eq!(report.meters[0].info.kind, MeterKind::Balance);
    let seen = &stage.wire.seen()[0];
    assert_eq!(seen.url.as_str(), "https://api.deepseek.com/user/balance");
    let sent = format!("Bearer {CANARY}");
    assert!(seen.headers.contains(&("authorization".to_owned(), sent)));
}

#[tokio::test]
async fn a_refusal_is_told_by_its_meaning() {
    let status = |status| refusal("stepfun", &[], reply(status, "{}"));
    assert_eq!(status(401).await.0, Reason::Auth);
    assert_eq!(status(403).await.0, Reason::Scope);
    assert_eq!(status(404).await.0, Reason::Missing);
    assert_eq!(status(429).await.0, Reason::Rate);
    assert_eq!(status(503).await.0, Reason::Transient);
    assert_eq!(status(302).await.0, Reason::Shape);
    let (reason, words) = status(402).await;
    assert_eq!(reason, Reason::Missing);
    assert_eq!(
        words,
        "stepfun: out of money: the provider asks for payment; top up (HTTP 402)"
    );
    let broken = refusal("stepfun", &[], Err(FailureKind::Connect)).await;
    assert_eq!(broken, (Reason::Transient, "stepfun: cannot connect".to_owned()));
}

#[tokio::test]
async fn a_refusal_that_comes_with_a_good_status_is_none_the_better() {
    let ok = |id: &'static str, body: serde_json::Value| async move {
        refusal(id, &[], reply(200, &body.to_string())).await
    };
    assert_eq!(
        ok("zhipu", json!({"code": 1001, "success": false})).await.0,
        Reason::Auth
    );
    assert_eq!(
        ok("siliconflow", json!({"code": 50000, "status": false})).await.0,
        Reason::Shape
    );
    let tencent = json!({"Response": {"Error": {"Code": "AuthFailure.SecretIdNotFound", "Message": CANARY}}});
    let (reason, words) = ok("tencent-balance", tencent).await;
    assert_eq!(reason, Reason::Auth);
    assert!(
        words.contains("AuthFailure.SecretIdNotFound") && !words.contains(CANARY),
        "{words}"
    );
    let limit = json!({"Response": {"Error": {"Code": "RequestLimitExceeded"}}});
    assert_eq!(ok("tencent-balance", limit).await.0, Reason::Rate);
}

#[tokio::test]
async fn a_code_says_more_than_the_status() {
    let wrong = json!({"Code": "InvalidAccessKeyId.NotFound", "Message": "x"});
    assert_eq!(
        refusal("aliyun-balance", &[], reply(404, &wrong.to_string()))
            .await
            .0,
        Reason::Auth
    );
    let aws = json!({"__type": "com.amazon.coral.service#AccessDeniedException"});
    assert_eq!(
        refusal("aws-freetier", &[], reply(400, &aws.to_string())).await.0,
        Reason::Scope
    );
}

#[tokio::test]
async fn one_failed_request_leaves_the_meters_of_the_other_known() {
    let key = json!({"data": {"usage_monthly": 22.75, "limit": 50, "limit_remaining": 8.8, "effective_budget": null}});
    let stage = Stage::new(move |request| match request.url.path() {
        "/api/v1/credits" => reply(500, "{}"),
        _ => reply(200, &key.to_string()),
    });
    let report = stage.account(&built_in("openrouter"), &[]).read().await.unwrap();
    assert_eq!(
        meters(&report),
        [
            pair("balance", "blind transient"),
            pair("key_left", "8.8 USD of 50 USD"),
            pair("spend_month", "used 22.75 USD")
        ]
    );
}

#[tokio::test]
async fn an_ordinary_key_has_no_balance_and_a_key_without_a_cap_has_no_cap() {
    let key = json!({"data": {"usage_monthly": 1, "limit": null, "limit_remaining": null, "effective_budget": null}});
    let stage = Stage::new(move |request| match request.url.path() {
        "/api/v1/credits" => reply(403, "{}"),
        _ => reply(200, &key.to_string()),
    });
    let report = stage.account(&built_in("openrouter"), &[]).read().await.unwrap();
    assert_eq!(meters(&report), [pair("spend_month", "used 1 USD")]);
}

#[tokio::test]
async fn a_refused_key_is_presented_once() {
    let stage = Stage::new(|_| reply(401, "{}"));
    let error = stage
        .account(&built_in("openrouter"), &[])
        .read()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
    assert!(error.retry_after.unwrap() >= Duration::from_secs(300));
    assert_eq!(stage.wire.paths(), ["/api/v1/credits"]);
}

#[tokio::test]
async fn pages_are_added_up_and_a_part_of_them_is_not_taken_for_the_whole() {
    let page = |amount: &str, more: bool| {
        json!({"data": [{"results": [{"currency": "USD", "amount": amount}]}],
            "has_more": more, "next_page": if more { json!("page_2") } else { json!(null) }})
    };
    let stage = Stage::new(move |request| {
        let second = request.url.query().unwrap().contains("page=page_2");
        reply(
            200,
            &if second {
                page("65.44", false)
            } else {
                page("1234.56", true)
            }
            .to_string(),
        )
    });
    let report = stage.account(&built_in("anthropic"), &[]).read().await.unwrap();
    assert_eq!(meters(&report), [pair("spend_month", "used 13 USD")]);
    let query = stage.wire.seen()[0].url.query().unwrap().to_owned();
    assert!(query.contains("starting_at=2025-11-01T00%3A00%3A00Z"), "{query}");
    stage
        .wire
        .answer(move |_| reply(200, &page("1", true).to_string()));
    let error = stage
        .account(&built_in("anthropic"), &[])
        .read()
        .await
        .unwrap_err();
    assert_eq!(error.detail, "anthropic: more than 6 pages");
}

#[tokio::test]
async fn an_answer_that_has_more_and_does_not_say_where_is_no_whole() {
    let page = json!({"data": [{"results": [{"currency": "USD", "amount": "1234.56"}]}],
        "has_more": true, "next_page": null});
    let (reason, words) = refusal("anthropic", &[], reply(200, &page.to_string())).await;
    assert_eq!(reason, Reason::Shape);
    assert_eq!(
        words,
        "anthropic: there are more pages, and the answer does not say where"
    );
    let table = json!({"properties": {"nextLink": "https://management.azure.com/next",
        "columns": [{"name": "Cost"}, {"name": "Currency"}], "rows": [[12.375, "USD"]]}});
    let params = [("tenant", "t"), ("client_id", "c"), ("scope", "subscriptions/1")];
    let stage = azure(table.to_string());
    let error = stage.account(&built_in("azure-cost"), &params).read().await;
    assert_eq!(error.unwrap_err().blind().reason, Reason::Shape);
}

/// Grants a token, and answers every other request with `body`.
fn azure(body: String) -> Stage {
    let token = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"FAKE-token"}"#;
    Stage::new(move |request| {
        let is_token = request.url.path().ends_with("/token");
        reply(200, if is_token { token } else { &body })
    })
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_fetched_anew() {
    let token = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"FAKE-token"}"#;
    let stage = Stage::new(move |request| {
        let is_token = request.url.path().ends_with("/token");
        if is_token {
            reply(200, token)
        } else {
            reply(401, "{}")
        }
    });
    let params = [
        ("tenant", "t"),
        ("client_id", "c"),
        ("scope", "subscriptions/1"),
        ("budget", "ai"),
    ];
    let account = stage.account(&built_in("azure-budget"), &params);
    for _ in 0..2 {
        assert_eq!(account.read().await.unwrap_err().blind().reason, Reason::Auth);
    }
    let tokens = stage
        .wire
        .paths()
        .iter()
        .filter(|path| path.ends_with("/token"))
        .count();
    assert_eq!(tokens, 2, "the refused one is not presented again");
}

#[tokio::test]
async fn a_limit_in_another_currency_than_the_costs_is_blind() {
    let stage = Stage::new(|request| match request.url.path() {
        "/v1/organization/spend_limit" => reply(200, r#"{"currency":"EUR","threshold_amount":20000}"#),
        _ => reply(
            200,
            r#"{"data":[{"results":[{"amount":{"value":3.5,"currency":"usd"}}]}],"has_more":false}"#,
        ),
    });
    let report = stage.account(&built_in("openai"), &[]).read().await.unwrap();
    assert_eq!(
        meters(&report),
        [
            pair("spend_month", "used 3.5 USD"),
            pair("limit_left", "blind shape")
        ]
    );
}

#[tokio::test]
async fn an_amount_in_parts_of_a_yuan_is_not_taken_for_yuan() {
    let body = json!({"account_balances": [{"account_type": 1, "amount": 32109, "currency": "CNY", "measure_id": 3}],
        "debt_amount": 0, "measure_id": 3, "currency": "CNY"});
    let (reason, _) = refusal("huawei-balance", &[], reply(200, &body.to_string())).await;
    assert_eq!(reason, Reason::Shape);
}

#[tokio::test]
async fn a_month_that_turns_while_it_is_asked_about_belongs_to_neither() {
    let slow = Arc::new(std::sync::OnceLock::<Arc<crate::support::VirtualTimer>>::new());
    let timer = Arc::clone(&slow);
    let stage = Stage::new(move |_| {
        if let Some(timer) = timer.get() {
            timer.advance(Duration::from_secs(2));
        }
        reply(200, r#"{"data":{"total_cost_usd":1},"total_cost_usd":1.875}"#)
    });
    slow.set(Arc::clone(&stage.timer)).ok().unwrap();
    // From 20 November, 08:00, to the last second of the month.
    stage
        .timer
        .advance(Duration::from_secs(11 * 24 * 3600 - 8 * 3600 - 1));
    let account = stage.account(&built_in("exa"), &[("key_id", "k")]);
    assert_eq!(
        meters(&account.read().await.unwrap()),
        [pair("spend_month", "blind transient")]
    );
    stage.timer.advance(Duration::from_secs(3600));
    assert_eq!(
        meters(&account.read().await.unwrap()),
        [pair("spend_month", "used 1.875 USD")]
    );
}

#[tokio::test]
async fn what_an_earlier_process_was_told_holds_for_the_least_interval() {
    let body = json!({"ResultsByTime": [{"Total": {"UnblendedCost": {"Amount": "42.5", "Unit": "USD"}}}]})
        .to_string();
    let stage = Stage::new(move |_| reply(200, &body));
    let begin = || stage.account(&built_in("aws-ce"), &[("accept_cost", "yes")]);
    let first = begin().read().await.unwrap();
    stage.timer.advance(Duration::from_secs(6 * 3600 - 60));
    let restarted = begin();
    restarted.recall(first.clone()).await;
    let second = restarted.read().await.unwrap();
    assert_eq!(stage.wire.seen().len(), 1, "each query costs money");
    assert_eq!(second.at, first.at, "no new observation");
    stage.timer.advance(Duration::from_secs(61));
    restarted.read().await.unwrap();
    assert_eq!(stage.wire.seen().len(), 2);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told() {
    let complaint = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire"}}}"#;
    let good = r#"{"Response":{"RealBalance":123456.0}}"#;
    let asked = AtomicUsize::new(0);
    let stage = Stage::new(move |_| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        reply(200, if is_first { complaint } else { good }).map(|mut response| {
            response.headers = vec![("date".to_owned(), "Thu, 20 Nov 2025 08:30:00 GMT".to_owned())];
            response
        })
    });
    let account = stage.account(&built_in("tencent-balance"), &[]);
    assert_eq!(account.clock_ahead_ms(), None);
    account.read().await.unwrap();
    assert_eq!(account.clock_ahead_ms(), Some(30 * 60 * 1000));

    let (reason, words) = refusal("tencent-balance", &[], reply(200, complaint)).await;
    assert_eq!(reason, Reason::Auth);
    assert!(words.contains("set this computer's clock right"), "{words}");
}

#[tokio::test]
async fn a_look_before_its_time_is_answered_with_the_last_report_as_it_was() {
    let body = json!({"ResultsByTime": [{"Total": {"UnblendedCost": {"Amount": "42.5", "Unit": "USD"}}}]})
        .to_string();
    let stage = Stage::new(move |_| reply(200, &body));
    let account = stage.account(&built_in("aws-ce"), &[("accept_cost", "yes")]);
    let first = account.read().await.unwrap();
    stage.timer.advance(Duration::from_secs(6 * 3600 - 60));
    let second = account.read().await.unwrap();
    assert_eq!(stage.wire.seen().len(), 1, "each query costs money");
    assert_eq!(second.at, first.at, "no new observation");
    let fetched = |report: &ReadReport| report.meters[0].outcome.reading().unwrap().fetched_at();
    assert_eq!(fetched(&second), fetched(&first));
    stage.timer.advance(Duration::from_secs(61));
    account.read().await.unwrap();
    assert_eq!(stage.wire.seen().len(), 2);
}

#[tokio::test]
async fn a_query_that_costs_money_is_sent_once_even_when_it_fails() {
    let stage = Stage::new(|_| reply(500, "{}"));
    let account = stage.account(&built_in("aws-ce"), &[("accept_cost", "yes")]);
    assert!(account.read().await.is_err());
    assert!(account.read().await.is_err());
    assert_eq!(stage.wire.seen().len(), 1);
}

#[tokio::test]
async fn three_failing_accounts_of_a_provider_leave_its_others_alone() {
    let good = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&good);
    let stage = Stage::new(move |request| {
        let is_bad = request
            .headers
            .iter()
            .any(|(_, value)| value == "Bearer FAKE-bad");
        count.fetch_add(usize::from(!is_bad), Ordering::SeqCst);
        if is_bad {
            reply(500, "{}")
        } else {
            reply(200, r#"{"balance":1}"#)
        }
    });
    let spec = built_in("stepfun");
    let bad: Vec<SpecSource> = (0..3)
        .map(|_| stage.account_with(&spec, &[], "FAKE-bad", None))
        .collect();
    let well: Vec<SpecSource> = (0..5).map(|_| stage.account(&spec, &[])).collect();
    for _ in 0..4 {
        for account in &bad {
            assert!(account.read().await.is_err());
        }
        stage.timer.advance(Duration::from_secs(61));
        for account in &well {
            assert!(account.read().await.is_ok());
        }
    }
    assert_eq!(good.load(Ordering::SeqCst), 20);
}

#[tokio::test]
async fn an_endpoint_stands_in_place_of_every_host_and_keeps_the_path() {
    let stage = Stage::new(|request| match request.url.path() {
        "/t1/oauth2/v2.0/token" => reply(
            200,
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":"FAKE-token"}"#,
        ),
        _ => reply(
            200,
            r#"{"properties":{"amount":300,"currentSpend":{"amount":120.25,"unit":"USD"}}}"#,
        ),
    });
    let params = [
        ("tenant", "t1"),
        ("client_id", "c1"),
        ("scope", "subscriptions/00 1"),
        ("budget", "ai"),
    ];
    let params = params.map(|(key, value)| {
        (
            key,
            if key == "scope" {
                "subscriptions/0001"
            } else {
                value
            },
        )
    });
    let account = stage.account_with(
        &built_in("azure-budget"),
        &params,
        CANARY,
        Some("http://127.0.0.1:9999"),
    );
    let report = account.read().await.unwrap();
    assert_eq!(meters(&report), [pair("budget_left", "179.75 USD of 300 USD")]);
    let seen = stage.wire.seen();
    assert!(
        seen.iter()
            .all(|request| request.url.as_str().starts_with("http://127.0.0.1:9999/"))
    );
    assert_eq!(
        seen[1].url.path(),
        "/subscriptions/0001/providers/Microsoft.Consumption/budgets/ai"
    );
    assert!(
        seen[1]
            .headers
            .contains(&("authorization".to_owned(), "Bearer FAKE-token".to_owned()))
    );
}

#[tokio::test]
async fn a_gateway_is_asked_at_the_address_that_was_typed_and_its_status_without_the_key() {
    let stage = Stage::new(|request| match request.url.path() {
        "/relay/api/status" => reply(200, r#"{"data":{"quota_per_unit":500000}}"#),
        _ => reply(200, r#"{"success":true,"data":{"quota":12500000}}"#),
    });
    let account = stage.account(
        &built_in("newapi-user"),
        &[("base", "https://gateway.example.com/relay/"), ("uid", "7")],
    );
    assert_eq!(
        meters(&account.read().await.unwrap()),
        [pair("balance", "25 USD")]
    );
    let seen = stage.wire.seen();
    assert_eq!(stage.wire.paths(), ["/relay/api/status", "/relay/api/user/self"]);
    assert!(seen[0].headers.iter().all(|(_, value)| !value.contains(CANARY)));
    assert!(
        seen[1]
            .headers
            .contains(&("new-api-user".to_owned(), "7".to_owned()))
    );
}

#[tokio::test]
async fn groq_says_that_its_key_works_and_never_shows_money() {
    let stage = Stage::new(|_| reply(200, r#"{"object":"list","data":[]}"#));
    let account = stage.account(&built_in("groq"), &[("budget", "50 USD")]);
    let report = account.read().await.unwrap();
    assert_eq!(meters(&report), [pair("key_ok", "100 percent")]);
    let name = &report.meters[0].info.name;
    assert!(
        name.contains("没有余额接口") && name.contains("no balance API") && name.contains("50 USD"),
        "{name}"
    );
}

fn setup(spec: Spec, params: &[(&str, &str)], secret: &str) -> SetupError {
    let stage = Stage::new(|_| reply(200, "{}"));
    let config = SpecConfig {
        account: "one".parse().unwrap(),
        params: params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        secrets: spec
            .secret_params()
            .map(|param| (param.key.clone(), secret.into()))
            .collect(),
        spec: Arc::new(spec),
        endpoint: None,
    };
    SpecSource::new(config, stage.egress).err().unwrap()
}

#[test]
fn an_account_that_cannot_be_made_names_the_field_and_what_is_allowed() {
    assert_eq!(setup(built_in("xai"), &[], CANARY).0, "params.team: is missing");
    assert_eq!(
        setup(built_in("moonshot"), &[("host", "evil.example.com")], CANARY).0,
        "params.host: use api.moonshot.cn | api.moonshot.ai"
    );
    assert_eq!(
        setup(built_in("aws-ce"), &[("accept_cost", "maybe")], CANARY).0,
        "params.accept_cost: use yes, which agrees to the cost"
    );
    assert_eq!(setup(built_in("deepseek"), &[], " ").0, "secret.key: is missing");
    let broken = setup(built_in("deepseek"), &[], "FAKE\nkey").0;
    assert_eq!(broken, "secret.key: only visible ASCII characters can be sent");
    let base = setup(
        built_in("oneapi"),
        &[("base", "http://gateway.example.com")],
        CANARY,
    )
    .0;
    assert!(base.starts_with("params.base: use an https address"), "{base}");
}

#[tokio::test]
async fn signed_requests_carry_a_signature_and_never_the_secret_key() {
    let stage = Stage::new(|_| reply(200, r#"{"Response":{"RealBalance":123456.0}}"#));
    let report = stage
        .account(&built_in("tencent-balance"), &[])
        .read()
        .await
        .unwrap();
    assert_eq!(meters(&report), [pair("balance", "1234.56 CNY")]);
    let seen = &stage.wire.seen()[0];
    let header = |name: &str| {
        seen.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("x-tc-action"), Some("DescribeAccountBalance"));
    assert!(
        header("authorization")
            .unwrap()
            .starts_with("TC3-HMAC-SHA256 Credential=")
    );
    assert_eq!(&seen.body[..], b"{}");
}

#[tokio::test]
async fn there_is_nothing_to_stop_at_such_an_account() {
    assert!(!NothingToControl.rights().await.can_act);
}

#[tokio::test]
async fn an_answer_of_another_shape_is_blind_and_says_where() {
    let stage = Stage::new(|_| reply(200, r#"{"balance":"about 13"}"#));
    let report = stage.account(&built_in("stepfun"), &[]).read().await.unwrap();
    let Outcome::Blind(blind) = &report.meters[0].outcome else {
        panic!("a guess was made");
    };
    assert_eq!(
        (blind.reason, blind.detail.as_str()),
        (Reason::Shape, "balance: /balance is no number")
    );
}
