//! WeCom group robots. Owns the address rule, the Markdown within the platform's bytes, and the reading of answers. A
//! message that calls somebody by name is a text, since only a text can call everybody. Tested by `tests/kinds/wecom.rs`.

mod answer;
mod body;
pub(crate) mod refusals;

use std::time::Duration;

use secrecy::SecretString;
use tidegate_egress::{Request, Response};
use tidegate_meter::Time;

use crate::address::{Address, Rule};
use crate::catalogue::Text;
use crate::hook::{Answer, Ask, Dialect, Hook, Telling, Wire};
use crate::pace::Window;
use crate::{ChannelError, json, limits};

const RULE: Rule = Rule {
    hosts: &["qyapi.weixin.qq.com"],
    fits: |url| {
        let key = url.query_pairs().find(|(key, _)| key == "key");
        url.path() == "/cgi-bin/webhook/send" && key.is_some_and(|(_, key)| !key.is_empty())
    },
    hint: "a group robot's reads https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
};
const WINDOWS: &[Window] = &[(limits::WECOM_PER_MINUTE, Duration::from_secs(60))];

/// One group robot.
struct WeCom {
    address: Address,
}

impl Hook {
    /// A group robot of WeCom. Checks the address and keeps it; nothing is sent.
    pub fn wecom(telling: Telling, url: SecretString, wire: Wire) -> Result<Self, ChannelError> {
        let bot = WeCom {
            address: Address::new(url, &RULE)?,
        };
        Ok(Self::over(bot, telling, wire))
    }
}

impl Dialect for WeCom {
    fn kind(&self) -> &'static str {
        "wecom"
    }

    fn platform(&self) -> Text {
        refusals::WECOM
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hidden(&self) -> Vec<&str> {
        self.address.hidden()
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError> {
        let body = body::body(ask).to_string().into_bytes();
        Ok(json::post(self.address.url()?, body))
    }

    fn read(&self, response: &Response, now: Time, seed: u64) -> Answer {
        answer::read(response, now, seed)
    }
}
