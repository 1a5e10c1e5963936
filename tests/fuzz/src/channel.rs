//! Answers of channels: whatever comes, a message only counts as taken on a good status, no wait is longer than is believed,
//! and no address and no secret is quoted, however the other side echoes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_channels::telegram::TelegramConfig;
use tidegate_channels::webhook::{Expected, Template, WebhookConfig};
use tidegate_channels::{
    Channel, Delivered, Delivery, DeliveryError, Hook, Message, Refusal, Telling, Wire, limits,
};
use tidegate_egress::{Failure, Request, Response, Transport};
use tidegate_guard::Severity;
use tidegate_meter::{Lang, RowId, Time, Zone};

use crate::outside::{clock, wait};

const NOW: &str = "2026-11-20T14:05:10Z";
/// FAKE, every one of them, and what must never be told of them.
const SIGNS: &str = "FAKE-canary-secret-77b0";
const FEISHU: &str = "https://open.feishu.cn/open-apis/bot/v2/hook/FAKE-canary-url-9d1e";
const DINGTALK: &str = "https://oapi.dingtalk.com/robot/send?access_token=FAKE-canary-token-5a1c";
const WECOM: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=FAKE-canary-key-3f00";
const TELEGRAM: &str = "1234567890:FAKE-canary-bot-token-of-35-letters";
const SLACK: &str = "https://hooks.slack.com/services/TFAKE/BFAKE/FAKE-canary-hook-1b2c";
const WEBHOOK: &str = "https://hook.example.com/in/FAKE-canary-path-8c8c";
const BEARER: &str = "Bearer FAKE-canary-bearer-2e2e";

/// Answers the same to everything, and counts.
struct Same {
    answer: Response,
    asked: AtomicU8,
}

#[async_trait]
impl Transport for Same {
    async fn exchange(&self, _request: Request) -> Result<Response, Failure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.answer.clone())
    }
}

/// An answer as text: status, headers, a blank line, the body.
pub(crate) fn answer(bytes: &[u8]) -> Response {
    let at = bytes.windows(2).position(|window| window == b"\n\n");
    let (head, body) = match at {
        Some(at) => (
            bytes.get(..at).unwrap_or_default(),
            bytes.get(at + 2..).unwrap_or_default(),
        ),
        None => (&b"200"[..], bytes),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse().ok());
    let headers = lines.filter_map(|line| line.split_once(':'));
    Response {
        status: status.unwrap_or(200),
        headers: headers
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
        body: body.to_vec().into(),
    }
}

/// Each kind, and what it was given that must not be told.
fn kinds(wire: &Wire) -> Vec<(Hook, &'static [&'static str])> {
    let telling = || Telling::new(Lang::En, Zone::beijing());
    let secret = |text: &str| SecretString::from(text.to_owned());
    let signs = || Some(secret(SIGNS));
    let config = WebhookConfig {
        put: false,
        template: Template::default(),
        ok: Some(Expected {
            pointer: "/code".to_owned(),
            equals: "0".to_owned(),
        }),
    };
    let plain = WebhookConfig {
        ok: None,
        ..config.clone()
    };
    let headers = || BTreeMap::from([("authorization".to_owned(), secret(BEARER))]);
    let bot = TelegramConfig {
        chat: "-5".parse().unwrap(),
        thread: None,
        base: None,
    };
    vec![
        (
            Hook::feishu(telling(), secret(FEISHU), signs(), wire.clone()),
            &["FAKE-canary-url-9d1e", SIGNS][..],
        ),
        (
            Hook::feishu(telling(), secret(FEISHU), None, wire.clone()),
            &["FAKE-canary-url-9d1e"][..],
        ),
        (
            Hook::dingtalk(telling(), secret(DINGTALK), signs(), wire.clone()),
            &["FAKE-canary-token-5a1c", SIGNS][..],
        ),
        (
            Hook::wecom(telling(), secret(WECOM), wire.clone()),
            &["FAKE-canary-key-3f00"][..],
        ),
        (
            Hook::telegram(telling(), bot, secret(TELEGRAM), wire.clone()),
            &["FAKE-canary-bot-token-of-35-letters"][..],
        ),
        (
            Hook::slack(telling(), secret(SLACK), wire.clone()),
            &["FAKE-canary-hook-1b2c"][..],
        ),
        (
            Hook::webhook(telling(), config, secret(WEBHOOK), headers(), wire.clone()),
            &["FAKE-canary-path-8c8c", "FAKE-canary-bearer-2e2e"][..],
        ),
        (
            Hook::webhook(telling(), plain, secret(WEBHOOK), headers(), wire.clone()),
            &["FAKE-canary-path-8c8c", "FAKE-canary-bearer-2e2e"][..],
        ),
    ]
    .into_iter()
    .map(|(hook, hidden)| (hook.unwrap(), hidden))
    .collect()
}

fn is_sound(told: &Result<Delivered, DeliveryError>, answer: &Response, asked: u8) {
    let (words, sends) = match told {
        Ok(taken) => {
            assert!(answer.is_success(), "taken on HTTP {}", answer.status);
            (&taken.word, taken.sends)
        }
        Err(error) => {
            if let Refusal::Retry(pause) = error.refusal {
                // A rate limit is kept away from the full hour by two minutes at most.
                assert!(pause <= limits::RETRY_MAX + Duration::from_secs(120), "{pause:?}");
            }
            (&error.detail, error.sends)
        }
    };
    assert_eq!(sends, asked, "each request counts against the platform's limits");
    assert!(asked <= 4, "{asked} requests for one message");
    assert!(!words.contains(char::is_control), "{words:?}");
    assert!(words.chars().count() < 1_000, "{words:?}");
}

/// The same answer to every request of every kind.
pub(crate) fn channel(bytes: &[u8]) {
    let answer = answer(bytes);
    let now: Time = NOW.parse().unwrap();
    let transport = Arc::new(Same {
        answer: answer.clone(),
        asked: AtomicU8::new(0),
    });
    let wire = Wire {
        transport: Arc::clone(&transport) as Arc<dyn Transport>,
        timer: clock(NOW),
    };
    let delivery = Delivery {
        id: RowId::new(now, [7; 10]),
        severity: Severity::Critical,
        message: Message::Test {
            channel: "ops".to_owned(),
        },
        decided_at: now,
        repeat: false,
    };
    for (hook, hidden) in kinds(&wire) {
        transport.asked.store(0, Ordering::Relaxed);
        let told = wait(hook.deliver(&delivery));
        is_sound(&told, &answer, transport.asked.load(Ordering::Relaxed));
        let shown = format!("{told:?}");
        assert!(
            !hidden.iter().any(|part| shown.contains(part)),
            "{}: {shown}",
            hook.kind()
        );
    }
}
