//! Feishu and Lark custom bots. Owns the address rule, signing, the cards, the reading of answers and the platform's
//! limits. Success is only what the body says: HTTP 200 also carries refusals, and a proxy's page carries neither.
//! Tested by `tests/feishu.rs` with a scripted transport, by the signature vectors, and by the simulated sink.

mod address;
mod answer;
mod card;
pub(crate) mod refusals;
mod sign;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Failure, FailureKind, Method, Request, Response, Timer, Transport, http_date};
use tidegate_meter::{Lang, Time, Zone};

use self::answer::{Answer, Refused, Verdict};
use self::card::{Form, Signed};
pub use self::sign::sign;
use crate::catalogue::text::Text;
use crate::page::{Page, clean};
use crate::{Channel, Delivered, Delivery, DeliveryError, Pace, Refusal, catalogue, limits};

/// What a user chose for one bot, apart from its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeishuConfig {
    /// The language of its messages.
    pub lang: Lang,
    /// The zone in which times are shown.
    pub zone: Zone,
    /// The word that the bot's security settings demand in each message, if any; it is appended to the text.
    pub keyword: Option<String>,
}

/// Why a channel cannot be made. None of them holds the address or the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// No address at all, or one with a user name in it.
    #[error(
        "the webhook address is no address; copy it whole from the bot's settings, beginning with https://"
    )]
    Address,
    /// Plain http beyond this machine.
    #[error("the webhook address must begin with https://; plain http is taken only for this machine")]
    Plain,
    /// An address of the platform that is no bot's.
    #[error(
        "the webhook address is not a custom bot's of the second version: its path begins with /open-apis/bot/v2/hook/"
    )]
    Hook,
    /// A secret that is set but empty.
    #[error("the signing secret is empty; leave it out when the bot has no signature check")]
    EmptySecret,
}

/// One custom bot.
pub struct Feishu {
    config: FeishuConfig,
    /// The checked address. Its path is a credential, so it is only taken out to be sent.
    url: SecretString,
    secret: Option<SecretString>,
    transport: Arc<dyn Transport>,
    timer: Arc<dyn Timer>,
    /// Seconds from this machine's clock to the platform's, learned when a signature was refused for its time.
    clock_offset: AtomicI64,
}

impl Feishu {
    /// Checks the address and keeps it; nothing is sent. https only, plain http for this machine; any host, so that
    /// gateways and simulators work.
    pub fn new(
        config: FeishuConfig,
        url: SecretString,
        secret: Option<SecretString>,
        transport: Arc<dyn Transport>,
        timer: Arc<dyn Timer>,
    ) -> Result<Self, ChannelError> {
        address::check(&url)?;
        if secret
            .as_ref()
            .is_some_and(|secret| secret.expose_secret().trim().is_empty())
        {
            return Err(ChannelError::EmptySecret);
        }
        Ok(Self {
            config,
            url,
            secret,
            transport,
            timer,
            clock_offset: AtomicI64::new(0),
        })
    }

    /// Sends one form; a signature that the clock explains is made again, once, with the platform's time.
    async fn send(&self, page: &Page, form: Form, sends: &mut u8) -> Result<Answer, DeliveryError> {
        let (answer, response) = self.exchange(page, form, sends).await?;
        if answer.verdict != Verdict::Sign {
            return Ok(answer);
        }
        let said = self.quote(&answer.said);
        if self.secret.is_none() {
            return Err(self.never(refusals::SIGN_NONE, &[("said", &said)]));
        }
        let Some(theirs) = response.header("date").and_then(http_date) else {
            return Err(self.never(refusals::SIGN_UNCHECKED, &[("said", &said)]));
        };
        let skew = theirs.ms_since(self.platform_now()).saturating_abs();
        let skew = Duration::from_millis(u64::try_from(skew).unwrap_or(u64::MAX));
        if skew < limits::CLOCK_SKEW {
            return Err(self.never(refusals::SIGN_SECRET, &[("said", &said)]));
        }
        let offset = theirs.ms_since(self.timer.now().wall).div_euclid(1_000);
        self.clock_offset.store(offset, Ordering::Relaxed);
        let (answer, _) = self.exchange(page, form, sends).await?;
        if answer.verdict == Verdict::Sign {
            self.clock_offset.store(0, Ordering::Relaxed);
            let skew = catalogue::span(skew, self.config.lang);
            return Err(self.never(refusals::SIGN_CLOCK, &[("said", &said), ("skew", &skew)]));
        }
        Ok(answer)
    }

    async fn exchange(
        &self,
        page: &Page,
        form: Form,
        sends: &mut u8,
    ) -> Result<(Answer, Response), DeliveryError> {
        let url =
            address::check(&self.url).map_err(|error| self.failed(Refusal::Permanent, error.to_string()))?;
        let signed = self.signed();
        let body = page.fit(limits::FEISHU_BODY_BYTES, |page| {
            card::body(page, form, signed.as_ref()).to_string().into_bytes()
        });
        let request = Request {
            method: Method::Post,
            url,
            headers: vec![(
                "content-type".to_owned(),
                "application/json; charset=utf-8".to_owned(),
            )],
            body: body.into(),
        };
        *sends = sends.saturating_add(1);
        let response = self
            .transport
            .exchange(request)
            .await
            .map_err(|failure| self.unanswered(&failure))?;
        Ok((answer::read(&response, self.timer.now().wall), response))
    }

    fn signed(&self) -> Option<Signed> {
        let secret = self.secret.as_ref()?;
        let timestamp = self.platform_now().seconds().to_string();
        let sign = sign(&timestamp, secret);
        Some(Signed { timestamp, sign })
    }

    /// The platform's time as far as it is known.
    fn platform_now(&self) -> Time {
        let offset = self.clock_offset.load(Ordering::Relaxed).saturating_mul(1_000);
        Time::from_ms(self.timer.now().wall.ms().saturating_add(offset))
    }

    fn unanswered(&self, failure: &Failure) -> DeliveryError {
        let text = self.quote(&failure.text);
        if failure.kind == FailureKind::Refused {
            return self.never(refusals::NOT_SENT, &[("text", &text)]);
        }
        let pause = failure
            .retry_after
            .unwrap_or(limits::RETRY_TRANSIENT)
            .min(limits::RETRY_MAX);
        let detail = refusals::NO_ANSWER.say(self.config.lang, &[("text", &text)]);
        DeliveryError {
            may_have_arrived: failure.may_have_arrived,
            ..self.failed(Refusal::Retry(pause), detail)
        }
    }

    /// The error that a refusing answer makes.
    fn refused(&self, answer: &Answer, delivery: &Delivery) -> DeliveryError {
        let code = answer.code.map_or_else(String::new, |code| code.to_string());
        let said = self.quote(&answer.said);
        let status = answer.status.to_string();
        let values = [
            ("code", code.as_str()),
            ("said", said.as_str()),
            ("status", status.as_str()),
        ];
        let (text, refusal, may_have_arrived) = match answer.verdict {
            Verdict::Later(why, pause, arrived) => {
                let pause = match why {
                    Refused::Rate => answer::off_the_hour(pause, seed(delivery), self.timer.now().wall),
                    _ => pause,
                };
                (why.text(), Refusal::Retry(pause), arrived)
            }
            Verdict::Never(why) => (why.text(), Refusal::Permanent, false),
            Verdict::Taken | Verdict::Sign | Verdict::Card => (refusals::CARD, Refusal::Permanent, false),
        };
        DeliveryError {
            may_have_arrived,
            ..self.failed(refusal, text.say(self.config.lang, &values))
        }
    }

    fn never(&self, text: Text, values: &[(&str, &str)]) -> DeliveryError {
        self.failed(Refusal::Permanent, text.say(self.config.lang, values))
    }

    fn failed(&self, refusal: Refusal, detail: String) -> DeliveryError {
        DeliveryError {
            refusal,
            detail,
            may_have_arrived: false,
            sends: 0,
        }
    }

    /// The card, or the text where the platform takes no card.
    async fn tell(&self, page: &Page, sends: &mut u8) -> Result<Answer, DeliveryError> {
        let answer = self.send(page, Form::Card, sends).await?;
        if answer.verdict == Verdict::Card {
            return self.send(page, Form::Text, sends).await;
        }
        Ok(answer)
    }

    /// The platform's word, short, in one line, and without our secrets: a gateway may echo the address.
    fn quote(&self, said: &str) -> String {
        let mut text = said.to_owned();
        for hidden in self.hidden() {
            text = text.replace(hidden, "…");
        }
        let text = clean(text.trim(), limits::QUOTE_CHARS);
        if text.is_empty() {
            refusals::NO_WORD.of(self.config.lang).to_owned()
        } else {
            text
        }
    }

    fn hidden(&self) -> Vec<&str> {
        let url = self.url.expose_secret().trim();
        let secret = self.secret.as_ref().map(ExposeSecret::expose_secret);
        let path = url.splitn(4, '/').nth(3);
        let token = url.rsplit('/').next();
        [Some(url), path, token, secret]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect()
    }
}

fn seed(delivery: &Delivery) -> u64 {
    delivery
        .id
        .bytes()
        .iter()
        .rev()
        .take(4)
        .fold(0, |sum, byte| sum * 256 + u64::from(*byte))
}

impl fmt::Debug for Feishu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feishu")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for Feishu {
    fn kind(&self) -> &'static str {
        "feishu"
    }

    fn earliest(&self, pace: &Pace, now: Time) -> Time {
        let windows = [
            (limits::FEISHU_PER_SECOND, Duration::from_secs(1)),
            (limits::FEISHU_PER_MINUTE, Duration::from_secs(60)),
        ];
        pace.earliest(&windows, now)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError> {
        let config = &self.config;
        let now = self.timer.now().wall;
        let page = Page::of(
            delivery,
            config.keyword.as_deref(),
            config.lang,
            &config.zone,
            now,
        );
        let mut sends = 0;
        let told = self.tell(&page, &mut sends).await;
        let answer = told.map_err(|error| DeliveryError { sends, ..error })?;
        if answer.verdict != Verdict::Taken {
            return Err(DeliveryError {
                sends,
                ..self.refused(&answer, delivery)
            });
        }
        Ok(Delivered {
            at: self.timer.now().wall,
            word: format!("{} {}", answer.code.unwrap_or(0), self.quote(&answer.said)),
            sends,
        })
    }
}
