//! Every kind against the simulated sink of its platform, which was written from the platform's rules alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_channels::telegram::TelegramConfig;
use tidegate_channels::webhook::WebhookConfig;
use tidegate_channels::{Channel, Delivery, DeliveryError, Hook, Message, Refusal, Telling, Wire};
use tidegate_guard::Severity;
use tidegate_meter::{Lang, RowId};
use tidegate_sim::{Fault, Lie, SimTransport, World, minutes, seconds};

use super::support::Standing;

const BASE: &str = "https://channels.example";
const KINDS: [&str; 5] = ["dingtalk", "wecom", "telegram", "slack", "webhook"];

struct Stage {
    world: World,
    wire: Wire,
}

fn stage() -> Stage {
    let timer = Arc::new(Standing);
    let world = World::new(3).server("s").build(timer.clone());
    let transport = Arc::new(SimTransport::new(world.clone(), timer.clone()));
    let wire = Wire { transport, timer };
    Stage { world, wire }
}

/// A channel of ours at the sink of its kind.
fn hook(stage: &Stage, kind: &str, telegram_chat: &str) -> Hook {
    let places = stage.world.channels(BASE);
    let secret = |pointer: &str| {
        places
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap()
            .to_owned()
            .into()
    };
    let (telling, wire) = (Telling::new(Lang::Zh, "UTC".parse().unwrap()), stage.wire.clone());
    match kind {
        "dingtalk" => Hook::dingtalk(
            telling,
            secret("/dingtalk/url"),
            Some(secret("/dingtalk/secret")),
            wire,
        ),
        "wecom" => Hook::wecom(telling, secret("/wecom/url"), wire),
        "slack" => Hook::slack(telling, secret("/slack/url"), wire),
        "telegram" => {
            let base = places
                .pointer("/telegram/base")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let config = TelegramConfig {
                chat: telegram_chat.parse().unwrap(),
                thread: None,
                base,
            };
            Hook::telegram(telling, config, secret("/telegram/token"), wire)
        }
        _ => {
            let config = WebhookConfig {
                put: false,
                template: Default::default(),
                ok: None,
            };
            Hook::webhook(telling, config, secret("/webhook/url"), BTreeMap::new(), wire)
        }
    }
    .unwrap()
}

fn delivery(stage: &Stage, number: u8) -> Delivery {
    let now = stage.world.now();
    Delivery {
        id: RowId::new(now, [number; 10]),
        severity: Severity::Critical,
        message: Message::Test {
            channel: "值班 <b>&".to_owned(),
        },
        decided_at: now,
        repeat: false,
    }
}

async fn tell(stage: &Stage, kind: &str) -> Result<(), DeliveryError> {
    hook(stage, kind, "-1001234567890")
        .deliver(&delivery(stage, 7))
        .await
        .map(drop)
}

#[tokio::test]
async fn every_channel_of_ours_is_taken_by_its_sink() {
    let stage = stage();
    for kind in KINDS {
        tell(&stage, kind).await.unwrap();
        assert_eq!(stage.world.taken(kind).len(), 1, "{kind}");
    }
    assert!(stage.world.taken("pigeon").is_empty());
}

#[tokio::test]
async fn each_platform_limits_in_its_own_words() {
    for (kind, most, pause) in [
        ("dingtalk", 20, 60),
        ("wecom", 20, 60),
        ("telegram", 1, 1),
        ("slack", 1, 1),
    ] {
        let stage = stage();
        for _ in 0..most {
            tell(&stage, kind).await.unwrap();
        }
        let error = tell(&stage, kind).await.unwrap_err();
        let Refusal::Retry(asked) = error.refusal else {
            panic!("{kind}: {error}")
        };
        assert!(
            asked >= seconds(pause) && asked < seconds(pause + 60),
            "{kind}: {asked:?}"
        );
        stage.world.advance(minutes(11));
        assert_eq!(stage.world.taken(kind).len(), most);
    }
}

#[tokio::test]
async fn scripted_trouble_reads_as_the_platforms() {
    for (kind, code, for_good) in [
        ("dingtalk", 310_000, true),
        ("dingtalk", -1, false),
        ("wecom", 93_000, true),
        ("wecom", 45_009, false),
        ("telegram", 403, true),
        ("telegram", 502, false),
        ("slack", 410, true),
        ("webhook", 404, true),
        ("webhook", 503, false),
    ] {
        let stage = stage();
        stage.world.fault(Fault::new(Lie::Code { code }).on(kind));
        let error = tell(&stage, kind).await.unwrap_err();
        assert_eq!(
            error.refusal == Refusal::Permanent,
            for_good,
            "{kind} {code}: {error}"
        );
        stage.world.heal_all();
        tell(&stage, kind).await.unwrap();
    }
    let stage = stage();
    stage.world.fault(
        Fault::new(Lie::Throttled {
            retry_after: Some(35),
        })
        .on("telegram"),
    );
    let error = tell(&stage, "telegram").await.unwrap_err();
    assert_eq!(
        error.refusal,
        Refusal::Retry(seconds(35)),
        "the pause stands in the body"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_and_a_page_is_no_success() {
    for kind in KINDS {
        for lie in [
            Lie::Refused,
            Lie::Broken,
            Lie::Truncated,
            Lie::Status { status: 502 },
        ] {
            let stage = stage();
            stage.world.fault(Fault::new(lie).on(kind));
            let error = tell(&stage, kind).await.unwrap_err();
            assert!(matches!(error.refusal, Refusal::Retry(_)), "{kind}: {error}");
        }
        let stage = stage();
        stage.world.fault(Fault::new(Lie::Html).on(kind));
        // A receiver of one's own may answer with anything; a platform answers with its word.
        assert_eq!(tell(&stage, kind).await.is_ok(), kind == "webhook", "{kind}");
    }
}

#[tokio::test]
async fn a_group_that_moved_is_found_where_it_is() {
    let stage = stage();
    let bot = hook(&stage, "telegram", "-1234567");
    let refused = bot.deliver(&delivery(&stage, 1)).await;
    // The sink takes one message a second, and the second try comes at once.
    assert!(
        matches!(
            refused,
            Err(DeliveryError {
                refusal: Refusal::Retry(_),
                sends: 2,
                ..
            })
        ),
        "{refused:?}"
    );
    stage.world.advance(seconds(2));
    bot.deliver(&delivery(&stage, 1)).await.unwrap();
    assert_eq!(
        stage.world.taken("telegram")[0].body["chat_id"],
        json!(-1_001_234_567_890_i64)
    );
}

#[tokio::test]
async fn a_receiver_tells_a_repeat_by_its_id() {
    let stage = stage();
    let hook = hook(&stage, "webhook", "");
    for number in [1, 2, 1] {
        hook.deliver(&delivery(&stage, number)).await.unwrap();
    }
    assert_eq!(stage.world.taken("webhook").len(), 2);
}
