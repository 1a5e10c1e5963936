//! A receiver of one's own: it takes any JSON, and tells repeats by their id.

use serde_json::json;
use tidegate_meter::Time;

use super::{Sink, parsed};
use crate::{Answer, Call};

pub(super) fn take(sink: &mut Sink, call: &Call, now: Time) -> Answer {
    if !["POST", "PUT"].contains(&call.method.as_str()) {
        return Answer::json(405, &json!({ "message": "POST or PUT" }));
    }
    let Some(body) = parsed(call) else {
        return Answer::json(400, &json!({ "message": "no JSON" }));
    };
    let id = call.header("idempotency-key").map(str::to_owned);
    let known = id.is_some() && sink.taken.iter().any(|taken| taken.id == id);
    if !known {
        sink.keep(now, body, id);
    }
    Answer::json(200, &json!({ "ok": true, "known": known }))
}
