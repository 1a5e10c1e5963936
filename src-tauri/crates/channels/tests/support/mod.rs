//! A scripted other side, a standing clock, and one of every message.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use tidegate_channels::{Channel as _, Delivered, Delivery, DeliveryError, Feishu, FeishuConfig, Message};
use tidegate_egress::{Failure, Request, Response, Timer, Transport};
use tidegate_guard::Severity;
use tidegate_meter::{Clock, Lang, Mono, Now, RowId, Time, Zone};

/// FAKE: the path of a bot that does not exist.
pub const URL: &str = "https://open.feishu.cn/open-apis/bot/v2/hook/FAKE-canary-url-9d1e";
/// FAKE.
pub const SECRET: &str = "FAKE-canary-secret-77b0";

/// 2026-11-20 22:05:10 in Shanghai.
pub fn now() -> Time {
    "2026-11-20T14:05:10Z".parse().unwrap()
}

pub fn zone() -> Zone {
    "Asia/Shanghai".parse().unwrap()
}

/// A clock that stands still.
pub struct Standing;

impl Clock for Standing {
    fn now(&self) -> Now {
        Now {
            wall: now(),
            mono: Mono(0),
        }
    }
}

#[async_trait]
impl Timer for Standing {
    async fn sleep(&self, _span: Duration) {}
}

/// Answers as written, in order, and keeps what it was sent.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Result<Response, Failure>>>,
    pub sent: Mutex<Vec<Request>>,
}

impl Script {
    pub fn new(answers: impl IntoIterator<Item = Result<Response, Failure>>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            sent: Mutex::default(),
        })
    }

    pub fn bodies(&self) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        sent.iter()
            .map(|request| serde_json::from_slice(&request.body).unwrap())
            .collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        self.sent.lock().unwrap().push(request);
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .expect("the script has an answer left")
    }
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Response, Failure> {
    Ok(Response {
        status,
        headers: headers
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        body: body.to_owned().into(),
    })
}

pub fn ok() -> Result<Response, Failure> {
    answer(
        200,
        &[],
        r#"{"code":0,"msg":"success","data":{},"StatusCode":0,"StatusMessage":"success"}"#,
    )
}

pub fn code(code: i64, said: &str) -> Result<Response, Failure> {
    answer(
        200,
        &[],
        &serde_json::json!({ "code": code, "msg": said }).to_string(),
    )
}

pub fn delivery(severity: Severity, message: Message) -> Delivery {
    Delivery {
        id: RowId::new(now(), [7; 10]),
        severity,
        message,
        decided_at: now().minus(Duration::from_secs(10)),
        repeat: false,
    }
}

pub fn feishu(script: &Arc<Script>, lang: Lang, keyword: Option<&str>, secret: Option<&str>) -> Feishu {
    let config = FeishuConfig {
        lang,
        zone: zone(),
        keyword: keyword.map(str::to_owned),
    };
    let secret = secret.map(SecretString::from);
    Feishu::new(
        config,
        SecretString::from(URL),
        secret,
        script.clone(),
        Arc::new(Standing),
    )
    .unwrap()
}

/// Delivers a test message through the script.
pub async fn deliver(script: &Arc<Script>, secret: Option<&str>) -> Result<Delivered, DeliveryError> {
    let message = Message::Test {
        channel: "ops".to_owned(),
    };
    feishu(script, Lang::En, None, secret)
        .deliver(&delivery(Severity::Info, message))
        .await
}
