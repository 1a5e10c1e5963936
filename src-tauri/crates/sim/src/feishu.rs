//! The message sink: a Feishu custom bot with the platform's own rules. It answers 200 with an error code in the body,
//! as the real one does, and keeps every message that it took. Tested in `tests/feishu.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;
use tidegate_meter::Time;

use crate::world::{Lie, Recent, State, seconds};
use crate::{Answer, Call, Served, limits, sinks};

/// Colours that a card's header may have.
const TEMPLATES: &[&str] = &[
    "blue",
    "wathet",
    "turquoise",
    "green",
    "yellow",
    "orange",
    "red",
    "carmine",
    "violet",
    "purple",
    "indigo",
    "grey",
    "default",
];

/// A message that the sink took.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Message {
    /// World time.
    pub at: Time,
    /// `text`, `post` or `interactive`.
    pub msg_type: String,
    /// The whole body as sent, without timestamp and sign.
    pub body: Value,
    /// Every text in it, joined by line breaks: what a person reads.
    pub text: String,
}

/// A bot with what it took.
pub(crate) struct Sink {
    token: String,
    pub(crate) secret: Option<String>,
    pub(crate) keyword: Option<String>,
    messages: Vec<Message>,
    second: Recent,
    minute: Recent,
}

/// A refusal: code and message.
type Word = (i64, &'static str);

impl Sink {
    pub(crate) fn new(token: &str, secret: Option<String>) -> Self {
        Self {
            token: token.to_owned(),
            secret,
            keyword: None,
            messages: Vec::new(),
            second: Recent::default(),
            minute: Recent::default(),
        }
    }

    pub(crate) fn path(&self) -> String {
        format!("/feishu/hook/{}", self.token)
    }

    pub(crate) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Takes out what it took.
    pub(crate) fn take_messages(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.messages)
    }

    fn take(&mut self, token: &str, bytes: &[u8], now: Time) -> Result<(), Word> {
        if token != self.token {
            return Err((19001, "param invalid: incoming webhook access token invalid"));
        }
        let paced = self.second.take(now, seconds(1), limits::MESSAGES_PER_SECOND)
            && self.minute.take(now, seconds(60), limits::MESSAGES_PER_MINUTE);
        if !paced {
            return Err((11232, "frequency limited psm[lark.oapi.app_platform_runtime]"));
        }
        if bytes.len() > limits::MESSAGE_BYTES {
            return Err((9499, "Bad Request"));
        }
        let mut body: Value = serde_json::from_slice(bytes).map_err(|_| (9499, "Bad Request"))?;
        self.signed(&body, now)?;
        let msg_type = checked(&body)?.to_owned();
        if let Some(members) = body.as_object_mut() {
            members.remove("timestamp");
            members.remove("sign");
        }
        let text = texts(&body).join("\n");
        if self
            .keyword
            .as_ref()
            .is_some_and(|keyword| !text.contains(keyword.as_str()))
        {
            return Err((19024, "Key Words Not Found"));
        }
        if self.messages.len() < limits::MESSAGES {
            self.messages.push(Message {
                at: now,
                msg_type,
                body,
                text,
            });
        }
        Ok(())
    }

    fn signed(&self, body: &Value, now: Time) -> Result<(), Word> {
        let Some(secret) = &self.secret else { return Ok(()) };
        let refused = (
            19021,
            "sign match fail or timestamp is not within one hour from current time",
        );
        let timestamp = body.get("timestamp").and_then(Value::as_str).ok_or(refused)?;
        let sign = body.get("sign").and_then(Value::as_str).ok_or(refused)?;
        let at: i64 = timestamp.parse().map_err(|_| refused)?;
        let off = now.seconds().abs_diff(at);
        if off > limits::MESSAGE_WINDOW.as_secs() || sign != signature(timestamp, secret) {
            return Err(refused);
        }
        Ok(())
    }
}

/// HMAC-SHA256 of nothing under `"{timestamp}\n{secret}"`.
fn signature(timestamp: &str, secret: &str) -> String {
    let key = format!("{timestamp}\n{secret}");
    Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map(|mac| STANDARD.encode(mac.finalize().into_bytes()))
        .unwrap_or_default()
}

/// The type of a well-formed message.
fn checked(body: &Value) -> Result<&str, Word> {
    let params = (19002, "params error, msg_type need");
    let msg_type = body.get("msg_type").and_then(Value::as_str).ok_or(params)?;
    let good = match msg_type {
        "text" => text_at(body, "/content/text").is_some_and(|text| !text.is_empty()),
        "post" => body.pointer("/content/post").is_some_and(Value::is_object),
        "interactive" => return card(&body["card"]).map(|()| msg_type),
        _ => false,
    };
    if good { Ok(msg_type) } else { Err(params) }
}

fn card(card: &Value) -> Result<(), Word> {
    let broken = (
        200_621,
        "parse card json err, please check whether the card json is correct",
    );
    let members = card.as_object().ok_or(broken)?;
    let second = members.get("schema").and_then(Value::as_str) == Some("2.0");
    let known = ["schema", "config", "card_link", "header", "body"];
    if second && !members.keys().all(|key| known.contains(&key.as_str())) {
        return Err(broken);
    }
    let place = if second { "/body/elements" } else { "/elements" };
    let elements = card
        .pointer(place)
        .and_then(Value::as_array)
        .filter(|elements| !elements.is_empty())
        .ok_or(broken)?;
    if !elements.iter().all(|element| element["tag"].is_string()) {
        return Err(broken);
    }
    if elements
        .iter()
        .filter(|element| element["tag"] == "table")
        .count()
        > 5
    {
        return Err((11310, "card contains too many tables"));
    }
    header(&card["header"]).then_some(()).ok_or(broken)
}

fn text_at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn header(header: &Value) -> bool {
    let template = header["template"].as_str();
    header.is_null()
        || (text_at(header, "/title/content").is_some()
            && template.is_none_or(|template| TEMPLATES.contains(&template)))
}

pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "content" || key == "text" || key == "title" => {
                    vec![text.clone()]
                }
                Value::Object(_) | Value::Array(_) => texts(value),
                _ => Vec::new(),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The bot's token in the path of a hook, whichever of the two forms.
pub(crate) fn token_of(path: &str) -> Option<&str> {
    path.strip_prefix("/feishu/hook/")
        .or_else(|| path.strip_prefix("/open-apis/bot/v2/hook/"))
}

/// Answers one message.
pub(crate) fn receive(state: &mut State, call: &Call, token: &str, now: Time) -> Served {
    let instead = |lie: &Lie| match lie {
        Lie::Code { code } => Some(word(*code, "scripted")),
        lie => crate::huawei::instead(lie, limits::MESSAGES_PER_SECOND),
    };
    sinks::exchange(state, "feishu", now, instead, |state| {
        match state.sink.take(token, &call.body, now) {
            Ok(()) => taken(),
            Err((code, text)) => word(code, text),
        }
    })
}

fn taken() -> Answer {
    let body = json!({
        "code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success", "Extra": null,
    });
    Answer::json(200, &body)
}

fn word(code: i64, text: &str) -> Answer {
    Answer::json(200, &json!({"code": code, "msg": text, "data": {}}))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn every_published_vector_gives_its_sign() {
        let all: Value = serde_json::from_str(include_str!("../tests/vectors/channel-sign.json")).unwrap();
        let vectors = all["feishu"]["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 6);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            assert_eq!(
                super::signature(text("timestamp"), text("secret")),
                text("sign"),
                "{}",
                vector["name"]
            );
        }
    }
}
