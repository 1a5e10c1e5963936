//! Message sinks beside Feishu's: DingTalk, WeCom, Telegram, Slack and a plain receiver, each with its platform's own rules
//! and words, so that a client is refused here for what would be refused there. Owns what each took; answers errors as the
//! platform does, mostly with status 200. Tested in `tests/sim/sinks.rs` and by the
//! channels' own tests.

mod dingtalk;
mod slack;
mod telegram;
mod webhook;
mod wecom;

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tidegate_meter::Time;

use crate::world::{Lie, Recent, Spot, State, seconds};
use crate::{Answer, Call, Ending, Served, limits};

/// A message that a sink took.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Taken {
    /// World time.
    pub at: Time,
    /// The whole body as sent.
    pub body: Value,
    /// What a receiver tells repeats by, where the platform has it: `idempotency-key`.
    pub id: Option<String>,
}

/// One platform.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Platform {
    DingTalk,
    WeCom,
    Telegram,
    Slack,
    Webhook,
}

const ALL: [Platform; 5] = [
    Platform::DingTalk,
    Platform::WeCom,
    Platform::Telegram,
    Platform::Slack,
    Platform::Webhook,
];

impl Platform {
    /// Its word, which is also the name of its operation for lies and the first part of its paths.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DingTalk => "dingtalk",
            Self::WeCom => "wecom",
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
        }
    }

    fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|platform| platform.name() == name)
    }

    /// What a scripted code looks like here.
    fn code(self, code: i64) -> Answer {
        match self {
            Self::DingTalk | Self::WeCom => errcode(code, "scripted"),
            Self::Telegram => telegram::refusal(code, "scripted", &json!({})),
            Self::Slack | Self::Webhook => Answer::html(u16::try_from(code).unwrap_or(500), "scripted"),
        }
    }
}

/// A refusal or success of DingTalk and WeCom.
fn errcode(code: i64, text: &str) -> Answer {
    Answer::json(200, &json!({ "errcode": code, "errmsg": text }))
}

/// What one platform has in mind of one bot.
#[derive(Default)]
struct Sink {
    taken: Vec<Taken>,
    second: Recent,
    minute: Recent,
    /// It takes nothing until then.
    punished_until: Option<Time>,
}

impl Sink {
    fn keep(&mut self, at: Time, body: Value, id: Option<String>) {
        if self.taken.len() < limits::MESSAGES {
            self.taken.push(Taken { at, body, id });
        }
    }

    fn within_minute(&mut self, now: Time, most: usize) -> bool {
        self.minute.take(now, seconds(60), most)
    }

    fn within_second(&mut self, now: Time, most: usize) -> bool {
        self.second.take(now, seconds(1), most)
    }
}

/// Every sink.
#[derive(Default)]
pub(crate) struct Sinks([Sink; 5]);

impl Sinks {
    fn of(&mut self, platform: Platform) -> &mut Sink {
        let [dingtalk, wecom, telegram, slack, webhook] = &mut self.0;
        match platform {
            Platform::DingTalk => dingtalk,
            Platform::WeCom => wecom,
            Platform::Telegram => telegram,
            Platform::Slack => slack,
            Platform::Webhook => webhook,
        }
    }

    /// Takes out what every sink took, with its name.
    pub(crate) fn take_all(&mut self) -> Vec<(&'static str, Taken)> {
        let of = |platform: Platform| {
            let taken = std::mem::take(&mut self.of(platform).taken);
            taken
                .into_iter()
                .map(move |taken| (platform.name(), taken))
                .collect::<Vec<_>>()
        };
        ALL.into_iter().flat_map(of).collect()
    }

    /// What the sink of that name took, oldest first; `None` when there is no such sink.
    pub(crate) fn taken(&mut self, name: &str) -> Option<Vec<Taken>> {
        let platform = Platform::named(name)?;
        Some(self.of(platform).taken.clone())
    }
}

/// Which sink a path leads to, and the rest of the path.
pub(crate) fn at(path: &str) -> Option<(Platform, &str)> {
    let (name, rest) = path.strip_prefix('/')?.split_once('/')?;
    Some((Platform::named(name)?, rest))
}

/// Where every sink is, as a client is configured with it. `base` is the address of the server.
pub(crate) fn addresses(base: &str) -> Value {
    json!({
        "dingtalk": { "url": format!("{base}/dingtalk/robot/send?access_token={}", dingtalk::TOKEN),
            "secret": dingtalk::SECRET },
        "wecom": { "url": format!("{base}/wecom/cgi-bin/webhook/send?key={}", wecom::KEY) },
        "telegram": { "base": format!("{base}/telegram"), "token": telegram::TOKEN,
            "chat_id": telegram::CHAT.to_string(), "moved_chat_id": telegram::MOVED.to_string() },
        "slack": { "url": format!("{base}/slack/{}", slack::HOOK) },
        "webhook": { "url": format!("{base}/webhook/alerts") },
    })
}

/// Answers one message.
pub(crate) fn receive(
    state: &mut State,
    call: &Call,
    (platform, rest): (Platform, &str),
    now: Time,
) -> Served {
    exchange(
        state,
        platform.name(),
        now,
        |lie| scripted(platform, lie),
        |state| {
            let sink = state.sinks.of(platform);
            match platform {
                Platform::DingTalk => dingtalk::take(sink, call, rest, now),
                Platform::WeCom => wecom::take(sink, call, rest, now),
                Platform::Telegram => telegram::take(sink, call, rest, now),
                Platform::Slack => slack::take(sink, call, rest, now),
                Platform::Webhook => webhook::take(sink, call, now),
            }
        },
    )
}

fn scripted(platform: Platform, lie: &Lie) -> Option<Answer> {
    match (platform, lie) {
        (_, Lie::Code { code }) => Some(platform.code(*code)),
        (Platform::Telegram, Lie::Throttled { retry_after }) => {
            Some(telegram::throttled(retry_after.unwrap_or(30)))
        }
        _ => crate::huawei::instead(lie, limits::MESSAGES_PER_SECOND),
    }
}

/// One exchange with a sink, as the lies about it want it.
pub(crate) fn exchange(
    state: &mut State,
    operation: &str,
    now: Time,
    instead: impl Fn(&Lie) -> Option<Answer>,
    take: impl FnOnce(&mut State) -> Answer,
) -> Served {
    let spot = Spot {
        operation,
        ..Spot::default()
    };
    let ending = state.faults.tell(now, spot, |lie, _| match lie {
        Lie::Refused => Some(Ending::Refused),
        Lie::Hanging => Some(Ending::Hanging),
        Lie::Truncated => Some(Ending::Truncated),
        Lie::Broken => Some(Ending::Broken),
        _ => None,
    });
    let slow = state.faults.tell(now, spot, |lie, _| match lie {
        Lie::Slow { ms } => Some(Duration::from_millis(*ms)),
        _ => None,
    });
    let instead = state.faults.tell(now, spot, |lie, _| instead(lie));
    let ending = ending.unwrap_or(Ending::Whole);
    let answer = match (ending, instead) {
        (Ending::Refused, _) => Answer::html(503, ""),
        (_, Some(instead)) => instead,
        _ => take(state),
    };
    Served {
        answer: answer.with("date", crate::huawei::http_date(now)),
        ending,
        latency: state.latency.saturating_add(slow.unwrap_or_default()),
    }
}

/// A text of a body.
fn text<'v>(body: &'v Value, pointer: &str) -> Option<&'v str> {
    body.pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// The body as JSON.
fn parsed(call: &Call) -> Option<Value> {
    serde_json::from_slice(&call.body).ok()
}

/// Whether a request says that its body is JSON.
fn says_json(call: &Call) -> bool {
    call.header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json"))
}
