//! Feishu and Lark custom bots. Owns the address rule, signing, the cards, the reading of answers and the platform's
//! limits. Success is only what the body says: HTTP 200 also carries refusals, and a proxy's page carries neither.
//! Tested by `tests/feishu.rs` with a scripted transport, by the signature vectors, and by the simulated sink.

mod answer;
mod card;
pub(crate) mod refusals;
mod sign;

use std::time::Duration;

use secrecy::SecretString;
use tidegate_egress::{Request, Response};
use tidegate_meter::Time;

use self::card::Signed;
pub use self::sign::sign;
use crate::address::{Rule, SignedAddress};
use crate::catalogue::Text;
use crate::hook::{Answer, Ask, Dialect, Hook, SignTexts, Telling, Wire};
use crate::pace::Window;
use crate::{ChannelError, json, limits};

const RULE: Rule = Rule {
    hosts: &["open.feishu.cn", "open.larksuite.com"],
    fits: |url| {
        let token = url.path().strip_prefix("/open-apis/bot/v2/hook/");
        token.is_some_and(|token| !token.is_empty())
    },
    hint: "a custom bot's of the second version has a path that begins with /open-apis/bot/v2/hook/",
};
const WINDOWS: &[Window] = &[
    (limits::FEISHU_PER_SECOND, Duration::from_secs(1)),
    (limits::FEISHU_PER_MINUTE, Duration::from_secs(60)),
];

/// One custom bot.
struct Feishu {
    address: SignedAddress,
}

impl Hook {
    /// A custom bot of Feishu or Lark. Checks the address and keeps it; nothing is sent.
    pub fn feishu(
        telling: Telling,
        url: SecretString,
        secret: Option<SecretString>,
        wire: Wire,
    ) -> Result<Self, ChannelError> {
        let bot = Feishu {
            address: SignedAddress::new(url, secret, &RULE)?,
        };
        Ok(Self::over(bot, telling, wire))
    }
}

impl Dialect for Feishu {
    fn kind(&self) -> &'static str {
        "feishu"
    }

    fn platform(&self) -> Text {
        refusals::FEISHU
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hidden(&self) -> Vec<&str> {
        self.address.hidden()
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError> {
        let signed = self.address.secret().map(|secret| {
            let timestamp = ask.at.seconds().to_string();
            let sign = sign(&timestamp, secret);
            Signed { timestamp, sign }
        });
        let body = ask.page.fit(limits::FEISHU_BODY_BYTES, |page| {
            card::body(page, ask, signed.as_ref()).to_string().into_bytes()
        });
        Ok(json::post(self.address.url()?, body))
    }

    fn read(&self, response: &Response, now: Time, seed: u64) -> Answer {
        answer::read(response, now, seed)
    }

    fn sign_texts(&self) -> Option<&'static SignTexts> {
        Some(&refusals::SIGN)
    }

    fn signs(&self) -> bool {
        self.address.secret().is_some()
    }
}
