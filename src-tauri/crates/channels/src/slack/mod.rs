//! Slack's incoming webhooks and what speaks like them: Mattermost, Rocket.Chat, Discord's `/slack` addresses. Owns the
//! address rule, the blocks with their text, and the reading of answers. Success is the word `ok`. Tested by
//! `tests/kinds/slack.rs`.

mod answer;
mod body;
pub(crate) mod refusals;

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Request, Response};
use tidegate_meter::Time;

use self::body::Flavour;
use crate::address::{Address, Rule, check};
use crate::catalogue::Text;
use crate::hook::{Answer, Ask, Dialect, Hook, Telling, Wire};
use crate::pace::Window;
use crate::{ChannelError, json, limits};

const DISCORD: [&str; 2] = ["discord.com", "discordapp.com"];
const RULE: Rule = Rule {
    hosts: &["hooks.slack.com", "discord.com", "discordapp.com"],
    fits: |url| match url.host_str() {
        Some("hooks.slack.com") => url.path().starts_with("/services/"),
        _ => url.path().starts_with("/api/webhooks/") && url.path().ends_with("/slack"),
    },
    hint: "Slack's reads https://hooks.slack.com/services/…; at Discord's write /slack after the address it shows",
};
const WINDOWS: &[Window] = &[
    (1, Duration::from_secs(1)),
    (limits::SLACK_PER_MINUTE, Duration::from_secs(60)),
];

/// One incoming webhook.
struct Slack {
    address: Address,
    flavour: Flavour,
}

impl Hook {
    /// An incoming webhook of Slack or of what speaks like it. Checks the address and keeps it; nothing is sent.
    pub fn slack(telling: Telling, url: SecretString, wire: Wire) -> Result<Self, ChannelError> {
        let host = check(url.expose_secret())?;
        let discord = host.host_str().is_some_and(|host| DISCORD.contains(&host));
        let hook = Slack {
            address: Address::new(url, &RULE)?,
            flavour: if discord { Flavour::Discord } else { Flavour::Slack },
        };
        Ok(Self::over(hook, telling, wire))
    }
}

impl Dialect for Slack {
    fn kind(&self) -> &'static str {
        "slack"
    }

    fn platform(&self) -> Text {
        refusals::SLACK
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hidden(&self) -> Vec<&str> {
        self.address.hidden()
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError> {
        let body = body::body(ask, self.flavour).to_string().into_bytes();
        Ok(json::post(self.address.url()?, body))
    }

    fn read(&self, response: &Response, now: Time, _seed: u64) -> Answer {
        answer::read(response, now)
    }
}
