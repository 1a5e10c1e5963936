//! A scripted other side, a standing clock, and one of every message.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use tidegate_channels::{
    Channel as _, Delivered, Delivery, DeliveryError, Hook, Message, Refusal, Telling, Wire,
};
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

/// How a channel of a test tells.
pub fn telling(lang: Lang) -> Telling {
    Telling::new(lang, zone())
}

pub fn wire(script: &Arc<Script>) -> Wire {
    Wire {
        transport: script.clone(),
        timer: Arc::new(Standing),
    }
}

pub fn feishu(script: &Arc<Script>, lang: Lang, keyword: Option<&str>, secret: Option<&str>) -> Hook {
    let telling = Telling {
        keyword: keyword.map(str::to_owned),
        ..telling(lang)
    };
    let secret = secret.map(SecretString::from);
    Hook::feishu(telling, SecretString::from(URL), secret, wire(script)).unwrap()
}

/// Delivers a test message through the script.
pub async fn deliver(script: &Arc<Script>, secret: Option<&str>) -> Result<Delivered, DeliveryError> {
    tell(&feishu(script, Lang::En, None, secret)).await
}

/// A message that a person asked for.
pub fn test_message() -> Message {
    Message::Test {
        channel: "ops".to_owned(),
    }
}

/// Delivers a test message.
pub async fn tell(hook: &Hook) -> Result<Delivered, DeliveryError> {
    hook.deliver(&delivery(Severity::Info, test_message())).await
}

/// The pause of an error that is to be tried again.
pub fn pause(error: &DeliveryError) -> Duration {
    match error.refusal {
        Refusal::Retry(pause) => pause,
        Refusal::Permanent => panic!("not a retry: {error}"),
    }
}

/// A message about an account and a meter with names that would do harm in every dialect.
pub fn harmful(name: &str) -> Message {
    Message::Blind {
        meter: tidegate_channels::MeterRef {
            behind_hours: None,
            account: tidegate_meter::AccountId::new("a").unwrap(),
            account_name: name.to_owned(),
            meter: tidegate_meter::MeterId::new("m").unwrap(),
            meter_name: name.to_owned(),
            guard: tidegate_meter::GuardId::new("g").unwrap(),
            byte_base: tidegate_meter::ByteBase::Binary,
        },
        blind: tidegate_meter::Blind::new(tidegate_meter::Reason::Auth, name),
        since: None,
    }
}

/// A message of more lines than any platform takes.
pub fn endless(count: usize) -> Message {
    Message::Group {
        messages: (0..count)
            .map(|index| harmful(&format!("第{index}个账户的名字很长很长很长很长很长")))
            .collect(),
    }
}
