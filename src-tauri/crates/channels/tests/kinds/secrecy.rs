//! No kind shows its address, token, secret or header: not in an error, whatever the other side echoes, nor in `Debug`.

use std::sync::Arc;

use serde_json::json;
use tidegate_egress::{Failure, FailureKind, Response};

use super::support::{SECRET, Script, answer, feishu, tell};
use super::{dingtalk, slack, telegram, webhook, wecom};
use tidegate_channels::Hook;
use tidegate_meter::Lang;

/// Everything that must never be seen, in one line, as a hostile gateway would send it back.
fn echo() -> String {
    [
        super::support::URL,
        SECRET,
        dingtalk::URL,
        wecom::URL,
        telegram::TOKEN,
        slack::URL,
        webhook::URL,
        webhook::BEARER,
    ]
    .join(" ")
}

fn kinds(script: &Arc<Script>) -> Vec<Hook> {
    vec![
        feishu(script, Lang::En, None, Some(SECRET)),
        dingtalk::robot(script, Some(SECRET)),
        wecom::robot(script),
        telegram::bot(script, "-5"),
        slack::hook(script, slack::URL),
        webhook::hook(script, webhook::config()),
    ]
}

fn answers() -> Vec<Result<Response, Failure>> {
    let echo = echo();
    let body = json!({
        "code": 19001, "msg": echo, "errcode": 300_005, "errmsg": echo, "ok": false, "error_code": 401,
        "description": echo, "message": echo, "error": echo,
    });
    let mut all: Vec<_> = [200, 302, 400, 401, 404, 429, 500, 503]
        .into_iter()
        .flat_map(|status| [answer(status, &[], &body.to_string()), answer(status, &[], &echo)])
        .collect();
    let parts: Vec<&str> = echo.split(['/', ' ', '?', '=', '&', ':']).collect();
    all.push(answer(404, &[], &parts.join(" ")));
    for kind in [
        FailureKind::Connect,
        FailureKind::Tls,
        FailureKind::Timeout,
        FailureKind::Refused,
    ] {
        all.push(Err(Failure::new(kind, "host", echo.clone())));
    }
    all
}

#[tokio::test]
async fn nothing_shows_what_a_channel_was_given() {
    for answer in answers() {
        for index in 0..6 {
            let script = Script::new([answer.clone(), answer.clone(), answer.clone()]);
            let hook = kinds(&script).remove(index);
            let shown = format!("{:?} {hook:?}", tell(&hook).await);
            // Each kind must hide what is its own; what belongs to others is only an echo.
            let own: &[&str] = match index {
                0 => &["canary-url-9d1e", "canary-secret-77b0"],
                1 => &["FAKEcanarytoken5c1d", "canary-secret-77b0"],
                2 => &["canary-key-2b7e"],
                3 => &["canary-bot-token-4f6a"],
                4 => &["canaryFAKEslackhook"],
                _ => &["canary-path-81aa", "FAKEcanaryquery", "canary-bearer-09fe"],
            };
            for secret in own {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
    }
}

/// Marks of direction are dropped from what is shown, and signs that no line may hold become spaces: neither may put a
/// secret together that did not stand there whole.
#[tokio::test]
async fn a_secret_that_is_echoed_in_pieces_is_not_put_together_again() {
    for (mark, secret) in [("\u{200e}", SECRET), ("\u{2066}", "FAKE-canary-url-9d1e")] {
        let (front, back) = secret.split_at(6);
        let body = json!({ "code": 19_002, "msg": format!("no {front}{mark}{back}") });
        let script = Script::new([answer(200, &[], &body.to_string())]);
        let hook = feishu(&script, Lang::En, None, Some(SECRET));
        let shown = format!("{:?}", tell(&hook).await);
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
