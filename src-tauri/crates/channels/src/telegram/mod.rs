//! Telegram bots. Owns the token and the chat, the HTML of messages, and the reading of answers. The token stands in the
//! path of each request and is never shown. A group that became a supergroup has a new id: the platform tells it, and it
//! is used until the next start. Tested by `tests/kinds/telegram.rs`.

mod answer;
mod body;
mod chat;
pub(crate) mod refusals;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Request, Response};
use tidegate_meter::Time;
use url::Url;

pub use self::chat::Chat;
use crate::catalogue::Text;
use crate::hook::{Answer, Ask, Dialect, Hook, Telling, Verdict, Wire};
use crate::pace::Window;
use crate::{ChannelError, address, json, limits};

/// The platform's own address; a self-hosted API server or a reverse proxy has another.
pub const BASE: &str = "https://api.telegram.org";
const CHAT: Window = (1, Duration::from_secs(1));
const GROUP: Window = (limits::TELEGRAM_PER_MINUTE, Duration::from_secs(60));

/// Where a bot writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TelegramConfig {
    /// The chat, group or channel.
    pub chat: Chat,
    /// The topic of a group with topics.
    pub thread: Option<i64>,
    /// Another address of the API; `None` is [`BASE`].
    pub base: Option<String>,
}

/// One bot in one chat.
struct Telegram {
    config: TelegramConfig,
    token: SecretString,
    /// The id a group got when it became a supergroup; zero as long as none was told.
    moved_to: AtomicI64,
}

impl Hook {
    /// A bot of Telegram. Checks token and address and keeps them; nothing is sent.
    pub fn telegram(
        telling: Telling,
        config: TelegramConfig,
        token: SecretString,
        wire: Wire,
    ) -> Result<Self, ChannelError> {
        if !is_token(token.expose_secret().trim()) {
            return Err(ChannelError::Token);
        }
        let bot = Telegram {
            config,
            token,
            moved_to: AtomicI64::new(0),
        };
        bot.url()?;
        Ok(Self::over(bot, telling, wire))
    }
}

/// `123456789:AA…`: a bot's number, and letters that need no escape in a path.
fn is_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(bot, key)| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        !bot.is_empty()
            && bot.bytes().all(|byte| byte.is_ascii_digit())
            && !key.is_empty()
            && key.bytes().all(letter)
    })
}

impl Telegram {
    fn url(&self) -> Result<Url, ChannelError> {
        let base = self.config.base.as_deref().unwrap_or(BASE).trim();
        let token = self.token.expose_secret().trim();
        address::check(&format!("{}/bot{token}/sendMessage", base.trim_end_matches('/')))
    }

    fn chat(&self) -> Chat {
        match self.moved_to.load(Ordering::Relaxed) {
            0 => self.config.chat.clone(),
            id => Chat::Id(id),
        }
    }
}

impl Dialect for Telegram {
    fn kind(&self) -> &'static str {
        "telegram"
    }

    fn platform(&self) -> Text {
        refusals::TELEGRAM
    }

    fn windows(&self) -> &'static [Window] {
        if self.config.chat.is_person() {
            const { &[CHAT] }
        } else {
            const { &[CHAT, GROUP] }
        }
    }

    fn hidden(&self) -> Vec<&str> {
        let token = self.token.expose_secret().trim();
        let key = token.split_once(':').map(|(_, key)| key);
        [token].into_iter().chain(key).collect()
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError> {
        let body = body::body(ask, &self.chat(), self.config.thread);
        Ok(json::post(self.url()?, body.to_string().into_bytes()))
    }

    fn read(&self, response: &Response, now: Time, _seed: u64) -> Answer {
        let (answer, moved_to) = answer::read(response, now);
        // Told the id in use, it cannot be what was wrong: a second telling is a refusal.
        if let Some(id) = moved_to.filter(|id| self.chat() != Chat::Id(*id)) {
            self.moved_to.store(id, Ordering::Relaxed);
            return Answer {
                verdict: Verdict::Again,
                ..answer
            };
        }
        answer
    }
}
