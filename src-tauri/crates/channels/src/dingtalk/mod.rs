//! DingTalk custom robots. Owns the address rule, signing, the Markdown and the reading of answers. The platform answers
//! HTTP 200 whatever happened; success is only `errcode` 0. Tested by `tests/kinds/dingtalk.rs` and by the signature vectors.

mod answer;
mod body;
pub(crate) mod refusals;
mod sign;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::SecretString;
use tidegate_egress::{Request, Response};
use tidegate_meter::Time;

pub use self::sign::sign;
use crate::address::{Rule, SignedAddress};
use crate::catalogue::Text;
use crate::hook::{Answer, Ask, Dialect, Hook, SignTexts, Telling, Verdict, Wire};
use crate::pace::Window;
use crate::{ChannelError, json, limits};

const RULE: Rule = Rule {
    hosts: &["oapi.dingtalk.com"],
    fits: |url| {
        let token = url.query_pairs().find(|(key, _)| key == "access_token");
        url.path() == "/robot/send" && token.is_some_and(|(_, token)| !token.is_empty())
    },
    hint: "a custom robot's reads https://oapi.dingtalk.com/robot/send?access_token=…",
};
const WINDOWS: &[Window] = &[(limits::DINGTALK_PER_MINUTE, Duration::from_secs(60))];

/// One custom robot.
struct DingTalk {
    address: SignedAddress,
    /// It was warned for its rate, and nothing was taken since: the next warning is the block of ten minutes.
    warned: AtomicBool,
}

impl Hook {
    /// A custom robot of DingTalk. Checks the address and keeps it; nothing is sent.
    pub fn dingtalk(
        telling: Telling,
        url: SecretString,
        secret: Option<SecretString>,
        wire: Wire,
    ) -> Result<Self, ChannelError> {
        let bot = DingTalk {
            address: SignedAddress::new(url, secret, &RULE)?,
            warned: AtomicBool::new(false),
        };
        Ok(Self::over(bot, telling, wire))
    }
}

impl Dialect for DingTalk {
    fn kind(&self) -> &'static str {
        "dingtalk"
    }

    fn platform(&self) -> Text {
        refusals::DINGTALK
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hidden(&self) -> Vec<&str> {
        self.address.hidden()
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError> {
        let mut url = self.address.url()?;
        if let Some(secret) = self.address.secret() {
            let timestamp = ask.at.ms().to_string();
            // The pairs are written form-encoded, which turns + / = of the signature into %2B %2F %3D as demanded.
            url.query_pairs_mut()
                .append_pair("timestamp", &timestamp)
                .append_pair("sign", &sign(&timestamp, secret));
        }
        let body = ask.page.fit(limits::DINGTALK_BODY_BYTES, |page| {
            body::body(page, ask).to_string().into_bytes()
        });
        Ok(json::post(url, body))
    }

    fn read(&self, response: &Response, now: Time, seed: u64) -> Answer {
        let warned = self.warned.load(Ordering::Relaxed);
        let (answer, throttled) = answer::read(response, now, seed, warned);
        if throttled || matches!(answer.verdict, Verdict::Taken) {
            self.warned.store(throttled, Ordering::Relaxed);
        }
        answer
    }

    fn sign_texts(&self) -> Option<&'static SignTexts> {
        Some(&refusals::SIGN)
    }

    fn signs(&self) -> bool {
        self.address.secret().is_some()
    }
}
