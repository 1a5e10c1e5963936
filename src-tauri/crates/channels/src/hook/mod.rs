//! A channel that is one request to an address: what every such platform shares.
//!
//! Owns the order of sending (the rich form, the plain one where that is refused, a signature made again where the clock
//! explains its refusal), the counting of requests, and the taking out of secrets from every word that is quoted. What a
//! platform says and how, stands in its [`Dialect`]. Never decides whether to send. Tested through each kind in `tests/`.

pub(crate) mod answer;
mod clock;
pub(crate) mod refusals;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tidegate_egress::{Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_guard::Severity;
use tidegate_meter::{Lang, Time, Zone};

pub(crate) use self::answer::{Answer, Verdict};
pub(crate) use self::clock::SignTexts;
use self::clock::{PlatformClock, Skew};
use crate::catalogue::{self, Text};
use crate::error::ChannelError;
use crate::pace::Window;
use crate::page::{Page, clean};
use crate::{Channel, Delivered, Delivery, DeliveryError, Pace, Refusal, limits};

/// How a channel tells its messages, apart from its platform's own settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Telling {
    /// The language of its messages.
    pub lang: Lang,
    /// The zone in which times are shown.
    pub zone: Zone,
    /// The word that a bot's security settings demand in each message, if any; it is appended to the text.
    pub keyword: Option<String>,
    /// Who is called by name in a critical message: `all`, or the platform's own ids. Empty: nobody.
    pub mention: Vec<String>,
}

impl Telling {
    /// Nobody called, no word demanded.
    #[must_use]
    pub const fn new(lang: Lang, zone: Zone) -> Self {
        Self {
            lang,
            zone,
            keyword: None,
            mention: Vec::new(),
        }
    }
}

/// What carries requests, and the clock they are signed by.
#[derive(Clone)]
pub struct Wire {
    /// The way out.
    pub transport: Arc<dyn Transport>,
    /// The clock.
    pub timer: Arc<dyn Timer>,
}

/// The form in which a message is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// As a card or with marks.
    Rich,
    /// Plain text.
    Plain,
}

/// One message to be put into a platform's words.
pub(crate) struct Ask<'a> {
    /// What it says.
    pub(crate) page: &'a Page,
    /// In which form.
    pub(crate) form: Form,
    /// Its row and message.
    pub(crate) delivery: &'a Delivery,
    /// Who is called by name.
    pub(crate) mention: &'a [String],
    /// The platform's time as far as it is known.
    pub(crate) at: Time,
}

/// One platform: its requests, the meaning of its answers, its limits.
pub(crate) trait Dialect: Send + Sync {
    /// The kind: `feishu`.
    fn kind(&self) -> &'static str;
    /// The platform's name as texts use it.
    fn platform(&self) -> Text;
    /// The platform's limits.
    fn windows(&self) -> &'static [Window];
    /// What must never be quoted: the address, its parts, every secret.
    fn hidden(&self) -> Vec<&str>;
    /// The request that tells a message.
    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError>;
    /// What an answer that came at `now` means. `seed` differs from delivery to delivery.
    fn read(&self, response: &Response, now: Time, seed: u64) -> Answer;
    /// The texts for a refused signature; `None` where nothing is signed by the clock.
    fn sign_texts(&self) -> Option<&'static SignTexts> {
        None
    }
    /// Whether a signing secret is set.
    fn signs(&self) -> bool {
        false
    }
}

/// One channel that is an address.
pub struct Hook {
    dialect: Box<dyn Dialect>,
    telling: Telling,
    wire: Wire,
    clock: PlatformClock,
}

/// A message on its way, with the requests it took so far.
struct Sending<'a> {
    delivery: &'a Delivery,
    page: Page,
    sends: u8,
}

impl Hook {
    pub(crate) fn over(dialect: impl Dialect + 'static, telling: Telling, wire: Wire) -> Self {
        Self {
            dialect: Box::new(dialect),
            telling,
            wire,
            clock: PlatformClock::default(),
        }
    }

    fn now(&self) -> Time {
        self.wire.timer.now().wall
    }

    /// The rich form, or the plain one where the platform refuses that.
    async fn tell(&self, sending: &mut Sending<'_>) -> Result<Answer, DeliveryError> {
        let answer = self.send(sending, Form::Rich).await?;
        if matches!(answer.verdict, Verdict::Form(_)) {
            return self.send(sending, Form::Plain).await;
        }
        Ok(answer)
    }

    /// Sends one form; once more where the answer itself says what was wrong with the address or the clock.
    async fn send(&self, sending: &mut Sending<'_>, form: Form) -> Result<Answer, DeliveryError> {
        let (answer, response) = self.exchange(sending, form).await?;
        match answer.verdict {
            Verdict::Again => Ok(self.exchange(sending, form).await?.0),
            Verdict::Clock => self.sign_again(sending, form, &answer, &response).await,
            _ => Ok(answer),
        }
    }

    /// A signature that the clock explains is made again, once, with the platform's time.
    async fn sign_again(
        &self,
        sending: &mut Sending<'_>,
        form: Form,
        answer: &Answer,
        response: &Response,
    ) -> Result<Answer, DeliveryError> {
        let said = self.quote(&answer.said);
        let Some(texts) = self.dialect.sign_texts() else {
            return Err(self.never(refusals::OTHER, &[("code", &answer.code), ("said", &said)]));
        };
        if !self.dialect.signs() {
            return Err(self.never(texts.none, &[("said", &said)]));
        }
        let skew = match self.clock.compare(response, self.now()) {
            Skew::Unknown => return Err(self.never(texts.unchecked, &[("said", &said)])),
            Skew::Right => return Err(self.never(texts.secret, &[("said", &said)])),
            Skew::Learned(skew) => skew,
        };
        let (answer, _) = self.exchange(sending, form).await?;
        if matches!(answer.verdict, Verdict::Clock) {
            self.clock.forget();
            let skew = catalogue::span(skew, self.telling.lang);
            return Err(self.never(texts.clock, &[("said", &said), ("skew", &skew)]));
        }
        Ok(answer)
    }

    async fn exchange(
        &self,
        sending: &mut Sending<'_>,
        form: Form,
    ) -> Result<(Answer, Response), DeliveryError> {
        let called = sending.delivery.severity == Severity::Critical;
        let ask = Ask {
            page: &sending.page,
            form,
            delivery: sending.delivery,
            mention: if called { &self.telling.mention } else { &[] },
            at: self.clock.platform(self.now()),
        };
        let request = self
            .dialect
            .request(&ask)
            .map_err(|error| failed(Refusal::Permanent, error.to_string()))?;
        sending.sends = sending.sends.saturating_add(1);
        let response = self
            .wire
            .transport
            .exchange(request)
            .await
            .map_err(|failure| self.unanswered(&failure))?;
        let answer = self.dialect.read(&response, self.now(), seed(sending.delivery));
        Ok((answer, response))
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
        DeliveryError {
            may_have_arrived: failure.may_have_arrived,
            ..failed(
                Refusal::Retry(pause),
                self.say(refusals::NO_ANSWER, &[("text", &text)]),
            )
        }
    }

    /// The error that a refusing answer makes.
    fn refused(&self, answer: &Answer) -> DeliveryError {
        let said = self.quote(&answer.said);
        let status = answer.status.to_string();
        let values = [
            ("code", answer.code.as_str()),
            ("said", said.as_str()),
            ("status", status.as_str()),
        ];
        match answer.verdict {
            Verdict::Later {
                why,
                pause,
                may_have_arrived,
            } => DeliveryError {
                may_have_arrived,
                ..failed(Refusal::Retry(pause), self.say(why, &values))
            },
            Verdict::Never(why) | Verdict::Form(why) => self.never(why, &values),
            Verdict::Taken | Verdict::Clock | Verdict::Again => self.never(refusals::OTHER, &values),
        }
    }

    fn never(&self, text: Text, values: &[(&str, &str)]) -> DeliveryError {
        failed(Refusal::Permanent, self.say(text, values))
    }

    /// A text with its values and the platform's name.
    fn say(&self, text: Text, values: &[(&str, &str)]) -> String {
        let platform = self.dialect.platform().of(self.telling.lang);
        let all: Vec<(&str, &str)> = values.iter().copied().chain([("platform", platform)]).collect();
        text.say(self.telling.lang, &all)
    }

    /// The platform's word, short, in one line, and without our secrets: a gateway may echo the address.
    fn quote(&self, said: &str) -> String {
        let text = quote(said, &self.dialect.hidden());
        if text.is_empty() {
            refusals::NO_WORD.of(self.telling.lang).to_owned()
        } else {
            text
        }
    }
}

/// A word from outside, short, in one line, and without what must not be shown. The longest part goes first, so that
/// nothing of it is left when a shorter one stands in it. Looked for before and after the word is cleaned: what cleaning
/// drops may have stood within a part.
pub(crate) fn quote(said: &str, hidden: &[&str]) -> String {
    let mut hidden: Vec<&str> = hidden.iter().copied().filter(|part| !part.is_empty()).collect();
    hidden.sort_unstable_by_key(|part| std::cmp::Reverse(part.len()));
    let without = |text: &str| {
        hidden
            .iter()
            .fold(text.to_owned(), |text, part| text.replace(part, "…"))
    };
    let whole = clean(&without(said), said.len().max(1));
    clean(without(&whole).trim(), limits::QUOTE_CHARS)
}

/// An error of a class with its words, as if nothing had left.
pub(crate) const fn failed(refusal: Refusal, detail: String) -> DeliveryError {
    DeliveryError {
        refusal,
        detail,
        may_have_arrived: false,
        sends: 0,
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

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook")
            .field("kind", &self.dialect.kind())
            .field("telling", &self.telling)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for Hook {
    fn kind(&self) -> &'static str {
        self.dialect.kind()
    }

    fn earliest(&self, pace: &Pace, now: Time) -> Time {
        pace.earliest(self.dialect.windows(), now)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError> {
        let Telling {
            lang, zone, keyword, ..
        } = &self.telling;
        let mut sending = Sending {
            delivery,
            page: Page::of(delivery, keyword.as_deref(), *lang, zone, self.now()),
            sends: 0,
        };
        let told = self.tell(&mut sending).await;
        let sends = sending.sends;
        let answer = told.map_err(|error| DeliveryError { sends, ..error })?;
        if !matches!(answer.verdict, Verdict::Taken) {
            return Err(DeliveryError {
                sends,
                ..self.refused(&answer)
            });
        }
        let word = format!("{} {}", answer.code, self.quote(&answer.said));
        Ok(Delivered {
            at: self.now(),
            word: word.trim().to_owned(),
            sends,
        })
    }
}
