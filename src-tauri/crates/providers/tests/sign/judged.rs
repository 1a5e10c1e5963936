//! Our signatures before the simulated clouds, which check them with code of their own.

use std::sync::Arc;

use bytes::Bytes;
use secrecy::SecretString;
use tidegate_egress::Method;
use tidegate_meter::{Clock, Mono, Now};
use tidegate_providers::sign::{Algorithm, Draft, KeyPair, Scope, Signed, sign};
use tidegate_sim::{Answer, Call, Door, World};
use url::Url;

use crate::support::{AT, NONCE};

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Now {
        Now {
            wall: AT,
            mono: Mono(0),
        }
    }
}

/// How a balance is asked for: the account, the algorithm, and the request.
struct Question {
    account: &'static str,
    algorithm: Algorithm,
    scope: Scope<'static>,
    method: Method,
    url: &'static str,
    kind: &'static str,
    body: &'static str,
}

const fn scope(
    service: &'static str,
    region: &'static str,
    action: &'static str,
    version: &'static str,
) -> Scope<'static> {
    Scope {
        service,
        region,
        action,
        version,
    }
}

const QUESTIONS: [Question; 8] = [
    Question {
        account: "tencent",
        algorithm: Algorithm::Tc3,
        scope: scope("billing", "", "DescribeAccountBalance", "2018-07-09"),
        method: Method::Post,
        url: "https://billing.tencentcloudapi.com/",
        kind: "application/json",
        body: "{}",
    },
    Question {
        account: "aliyun",
        algorithm: Algorithm::Acs3,
        scope: scope("", "", "QueryAccountBalance", "2017-12-14"),
        method: Method::Post,
        url: "https://business.aliyuncs.com/?Note=a+b*~%E4%BD%99&Empty=",
        kind: "application/json",
        body: "",
    },
    Question {
        account: "aliyun",
        algorithm: Algorithm::AcsRpc1,
        scope: scope("", "", "QueryAccountBalance", "2017-12-14"),
        method: Method::Get,
        url: "https://business.aliyuncs.com/?Note=a+b*~%E4%BD%99&Empty=",
        kind: "application/json",
        body: "",
    },
    Question {
        account: "aliyun",
        algorithm: Algorithm::AcsRpc1,
        scope: scope("", "", "QueryAccountBalance", "2017-12-14"),
        method: Method::Post,
        url: "https://business.aliyuncs.com/",
        kind: "application/x-www-form-urlencoded",
        body: "Note=a+b%2A~%E4%BD%99&Empty=",
    },
    Question {
        account: "volcengine",
        algorithm: Algorithm::Volcengine,
        scope: scope("billing", "cn-north-1", "QueryBalanceAcct", "2022-01-01"),
        method: Method::Get,
        url: "https://open.volcengineapi.com:8443/?Note=a+b*~%E4%BD%99&Empty=",
        kind: "application/json",
        body: "",
    },
    Question {
        account: "huawei",
        algorithm: Algorithm::Huawei,
        scope: scope("", "", "", ""),
        method: Method::Get,
        url: "https://bss.myhuaweicloud.com/v2/accounts/customer-accounts/balances?note=a+b*~%E4%BD%99&empty=",
        kind: "application/json",
        body: "",
    },
    Question {
        account: "aws",
        algorithm: Algorithm::SigV4,
        scope: scope("ce", "us-east-1", "AWSInsightsIndexService.GetCostAndUsage", ""),
        method: Method::Post,
        url: "https://ce.us-east-1.amazonaws.com/",
        kind: "application/x-amz-json-1.1",
        body: r#"{"TimePeriod":{"Start":"2023-11-01","End":"2023-11-15"},"Metrics":["UnblendedCost"]}"#,
    },
    Question {
        account: "aws",
        algorithm: Algorithm::SigV4,
        scope: scope(
            "freetier",
            "us-east-1",
            "AWSFreeTierService.GetAccountPlanState",
            "",
        ),
        method: Method::Post,
        url: "https://freetier.us-east-1.api.aws/?Note=a+b*~%E4%BD%99&Empty=",
        kind: "application/x-amz-json-1.0",
        body: "{}",
    },
];

fn world() -> World {
    World::new(1).build(Arc::new(Standing))
}

fn signed(question: &Question, ak: &str, sk: &str) -> Signed {
    let (ak, sk) = (SecretString::from(ak), SecretString::from(sk));
    let key = KeyPair {
        ak: &ak,
        sk: &sk,
        token: None,
    };
    let url = Url::parse(question.url).unwrap();
    let headers = [("content-type".to_owned(), question.kind.to_owned())];
    let draft = Draft {
        method: question.method,
        url: &url,
        headers: &headers,
        body: question.body.as_bytes(),
    };
    sign(question.algorithm, &question.scope, &key, &draft, AT, NONCE).unwrap()
}

fn call(question: &Question, signed: Signed) -> Call {
    let host = match signed.url.port() {
        Some(port) => format!("{}:{port}", signed.url.host_str().unwrap()),
        None => signed.url.host_str().unwrap().to_owned(),
    };
    let mut headers = signed.headers;
    headers.push(("host".to_owned(), host));
    Call {
        method: question.method.as_str().to_owned(),
        path: signed.url.path().to_owned(),
        query: signed.url.query().unwrap_or("").to_owned(),
        headers,
        body: Bytes::from_static(question.body.as_bytes()),
    }
}

/// What the cloud answers to the question, signed with the secret as `secret` makes it.
fn ask(world: &World, question: &Question, secret: fn(&str) -> String) -> Answer {
    let params = world.purse(question.account).unwrap();
    let signed = signed(question, &params["ak"], &secret(&params["sk"]));
    Door::new(world.clone()).answer(&call(question, signed)).answer
}

fn refused(answer: &Answer) -> bool {
    let value = answer.value();
    let error = value.pointer("/Response/Error");
    answer.status != 200 || error.is_some()
}

#[test]
fn each_cloud_tells_its_balance_to_our_signature() {
    for question in &QUESTIONS {
        let answer = ask(&world(), question, str::to_owned);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!refused(&answer), "{:?}: {text}", question.algorithm);
        assert!(
            ["100", "10000", "12.3456"]
                .iter()
                .any(|amount| text.contains(amount)),
            "{text}"
        );
    }
}

#[test]
fn each_cloud_refuses_a_signature_with_another_secret() {
    for question in &QUESTIONS {
        let answer = ask(&world(), question, |sk| format!("{sk}x"));
        assert!(refused(&answer), "{:?}", question.algorithm);
    }
}

#[test]
fn each_cloud_refuses_what_was_changed_on_the_way() {
    for question in &QUESTIONS {
        let world = world();
        let params = world.purse(question.account).unwrap();
        let good = call(question, signed(question, &params["ak"], &params["sk"]));
        let door = Door::new(world);
        let mut other = good.clone();
        other.body = Bytes::from_static(b"Other=1");
        if question.algorithm != Algorithm::AcsRpc1 || question.method == Method::Post {
            assert!(
                refused(&door.answer(&other).answer),
                "{:?}: body",
                question.algorithm
            );
        }
        let mut other = good.clone();
        other.query.push_str("&Other=1");
        assert!(
            refused(&door.answer(&other).answer),
            "{:?}: query",
            question.algorithm
        );
        assert!(!refused(&door.answer(&good).answer), "{:?}", question.algorithm);
    }
}

#[test]
fn alibaba_refuses_a_nonce_that_came_before() {
    for question in QUESTIONS.iter().filter(|question| question.account == "aliyun") {
        let world = world();
        assert!(!refused(&ask(&world, question, str::to_owned)));
        let again = ask(&world, question, str::to_owned);
        assert_eq!(again.value()["Code"], "SignatureNonceUsed");
    }
}

#[test]
fn each_cloud_refuses_a_clock_that_is_off_and_tells_its_own() {
    for question in &QUESTIONS {
        let world = world();
        world.fault(tidegate_sim::Lie::Skewed { ms: 1_800_000 });
        let answer = ask(&world, question, str::to_owned);
        assert!(refused(&answer), "{:?}", question.algorithm);
        let date = answer.headers.iter().find(|(name, _)| name == "date").unwrap();
        assert_eq!(date.1, "Tue, 14 Nov 2023 22:43:20 GMT");
    }
}
