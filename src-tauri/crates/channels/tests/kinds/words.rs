//! What each kind sends, in both languages: one snapshot of a warning for each.

use std::sync::Arc;

use ::secrecy::SecretString;
use serde_json::Value;
use tidegate_channels::{Channel as _, Hook, Telling};
use tidegate_meter::Lang;

use super::support::{Script, answer, delivery, telling, wire};
use super::{dingtalk, samples, slack, telegram, webhook, wecom};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

fn url(text: &str) -> SecretString {
    SecretString::from(text)
}

type Make = fn(Telling, &Arc<Script>) -> Hook;

/// Every kind with a body that it takes for success.
const KINDS: [(&str, &str, Make); 5] = [
    ("dingtalk", r#"{"errcode":0,"errmsg":"ok"}"#, |telling, script| {
        Hook::dingtalk(telling, url(dingtalk::URL), None, wire(script)).unwrap()
    }),
    ("wecom", r#"{"errcode":0,"errmsg":"ok"}"#, |telling, script| {
        Hook::wecom(telling, url(wecom::URL), wire(script)).unwrap()
    }),
    ("telegram", r#"{"ok":true}"#, |telling, script| {
        Hook::telegram(
            telling,
            telegram::config("-5"),
            url(telegram::TOKEN),
            wire(script),
        )
        .unwrap()
    }),
    ("slack", "ok", |telling, script| {
        Hook::slack(telling, url(slack::URL), wire(script)).unwrap()
    }),
    ("webhook", "", |telling, script| {
        Hook::webhook(
            telling,
            webhook::config(),
            url(webhook::URL),
            Default::default(),
            wire(script),
        )
        .unwrap()
    }),
];

async fn bodies(make: Make, ok: &str, name: &str) -> Vec<Value> {
    let (_, severity, message) = samples::all()
        .into_iter()
        .find(|(sample, ..)| *sample == name)
        .unwrap();
    let mut bodies = Vec::new();
    for lang in LANGS {
        let script = Script::new([answer(200, &[], ok)]);
        make(telling(lang), &script)
            .deliver(&delivery(severity, message.clone()))
            .await
            .unwrap();
        bodies.extend(script.bodies());
    }
    bodies
}

#[tokio::test]
async fn a_warning_reads_well_in_every_dialect() {
    for (kind, ok, make) in KINDS {
        let bodies = bodies(make, ok, "step_reached_share").await;
        insta::assert_snapshot!(kind, serde_json::to_string_pretty(&bodies).unwrap());
    }
}

#[tokio::test]
async fn every_message_is_taken_by_every_dialect() {
    for (kind, ok, make) in KINDS {
        for (name, ..) in samples::all() {
            for body in bodies(make, ok, name).await {
                let told = body.to_string();
                assert!(
                    told.contains("#07070707") || kind == "webhook",
                    "{kind} {name}: {told}"
                );
            }
        }
    }
}
