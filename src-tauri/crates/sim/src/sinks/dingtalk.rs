//! A DingTalk custom robot that demands a signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tidegate_meter::Time;

use super::{Sink, errcode, parsed, says_json, text};
use crate::world::minutes;
use crate::{Answer, Call, limits};

/// FAKE.
pub(super) const TOKEN: &str = "FAKE0dingtalk0access0token";
/// FAKE.
pub(super) const SECRET: &str = "SECFAKE0dingtalk0signing0secret";

/// A refusal: code and message.
type Word = (i64, &'static str);

pub(super) fn take(sink: &mut Sink, call: &Call, rest: &str, now: Time) -> Answer {
    match checked(sink, call, rest, now) {
        Ok(body) => {
            sink.keep(now, body, None);
            errcode(0, "ok")
        }
        Err((code, text)) => errcode(code, text),
    }
}

fn checked(sink: &mut Sink, call: &Call, rest: &str, now: Time) -> Result<Value, Word> {
    if call.method != "POST" {
        return Err((43_002, "require POST method"));
    }
    if rest != "robot/send" || call.parameter("access_token").as_deref() != Some(TOKEN) {
        return Err((300_005, "token is not exist"));
    }
    if !says_json(call) {
        return Err((43_004, "invalid HTTP HEADER Content-Type"));
    }
    signed(call, now)?;
    if sink.punished_until.is_some_and(|until| now < until) {
        return Err((130_101, "send too fast, exceed 20 times per minute"));
    }
    if !sink.within_minute(now, limits::DINGTALK_PER_MINUTE) {
        sink.punished_until = Some(now.plus(minutes(10)));
        return Err((130_101, "send too fast, exceed 20 times per minute"));
    }
    if call.body.len() > limits::DINGTALK_BYTES {
        return Err((460_101, "message too long, exceed 20000 bytes"));
    }
    let body = parsed(call).ok_or((40_035, "invalid json"))?;
    let whole = |pointers: &[&str]| pointers.iter().all(|pointer| text(&body, pointer).is_some());
    let good = match text(&body, "/msgtype") {
        Some("text") => whole(&["/text/content"]),
        Some("markdown") => whole(&["/markdown/title", "/markdown/text"]),
        Some("actionCard") => whole(&["/actionCard/title", "/actionCard/text"]),
        _ => return Err((400_105, "unsupported msgtype")),
    };
    if good {
        Ok(body)
    } else {
        Err((40_035, "missing parameter"))
    }
}

fn signed(call: &Call, now: Time) -> Result<(), Word> {
    let refused = (310_000, "sign not match");
    let timestamp = call.parameter("timestamp").ok_or(refused)?;
    let at: i64 = timestamp.parse().map_err(|_| (310_000, "invalid timestamp"))?;
    if now.ms().abs_diff(at) > limits::window_ms() {
        return Err((310_000, "invalid timestamp"));
    }
    if call.parameter("sign").as_deref() == Some(signature(&timestamp, SECRET).as_str()) {
        Ok(())
    } else {
        Err(refused)
    }
}

/// HMAC-SHA256 of `"{timestamp}\n{secret}"` under the secret.
fn signature(timestamp: &str, secret: &str) -> String {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(format!("{timestamp}\n{secret}").as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn every_published_vector_gives_its_sign() {
        let all: Value = serde_json::from_str(include_str!("../../tests/vectors/channel-sign.json")).unwrap();
        let vectors = all["dingtalk"]["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 6);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            assert_eq!(
                super::signature(text("timestamp"), text("secret")),
                text("sign_base64"),
                "{}",
                vector["name"]
            );
        }
    }
}
