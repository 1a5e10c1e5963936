//! The meaning of an answer, and what all platforms share of reading one. Only a platform's own code can refuse for
//! good; a page without one is a proxy's or a login page, and is tried again.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::{Response, retry_after};
use tidegate_meter::Time;

use super::refusals;
use crate::catalogue::Text;
use crate::limits;

/// The meaning of one answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The class.
    pub(crate) verdict: Verdict,
    /// The platform's code, empty where it gave none.
    pub(crate) code: String,
    /// The platform's word as it came; quoted only without our secrets.
    pub(crate) said: String,
    /// The HTTP status.
    pub(crate) status: u16,
}

/// The class of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict {
    /// The platform took it.
    Taken,
    /// Again, not before the pause.
    Later {
        /// Why.
        why: Text,
        /// At least this long.
        pause: Duration,
        /// This copy may have been taken all the same.
        may_have_arrived: bool,
    },
    /// Never like this.
    Never(Text),
    /// Not in this form; the text tells it where the plain one is refused as well.
    Form(Text),
    /// The signature: the clock has to be looked at first.
    Clock,
    /// The answer told what to change, and it was changed: at once again.
    Again,
}

impl Verdict {
    /// Again after at least `least`, or after what the header asks.
    pub(crate) fn later(response: &Response, now: Time, why: Text, least: Duration) -> Self {
        let asked = retry_after(response, now).unwrap_or_default();
        Self::Later {
            why,
            pause: asked.max(least).min(limits::RETRY_MAX),
            may_have_arrived: false,
        }
    }

    /// The same, where this copy may have been taken if `arrived`.
    pub(crate) const fn arrived(self, arrived: bool) -> Self {
        match self {
            Self::Later { why, pause, .. } => Self::Later {
                why,
                pause,
                may_have_arrived: arrived,
            },
            other => other,
        }
    }

    /// Comes back a little apart from others that were refused at the same moment.
    pub(crate) fn spread(self, seed: u64) -> Self {
        match self {
            Self::Later {
                why,
                pause,
                may_have_arrived,
            } => Self::Later {
                why,
                pause: pause
                    .saturating_add(Duration::from_secs(seed % limits::RETRY_SPREAD_SECONDS))
                    .min(limits::RETRY_MAX),
                may_have_arrived,
            },
            other => other,
        }
    }

    /// What an answer without a code of the platform means.
    pub(crate) fn by_status(response: &Response, now: Time) -> Self {
        let status = response.status;
        match status {
            429 => Self::later(response, now, refusals::BUSY, limits::RETRY_RATE),
            _ if may_retry(status) => {
                Self::later(response, now, refusals::BUSY, limits::RETRY_TRANSIENT).arrived(status >= 500)
            }
            _ => Self::later(response, now, refusals::UNREADABLE, limits::RETRY_TRANSIENT)
                .arrived(response.is_success()),
        }
    }
}

/// Whether a status says that the same request may pass a moment later.
pub(crate) const fn may_retry(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// The body as JSON, if it is some.
pub(crate) fn body(response: &Response) -> Option<Value> {
    serde_json::from_slice(&response.body).ok()
}

/// A text of the body that is not empty.
pub(crate) fn word(body: Option<&Value>, key: &str) -> Option<String> {
    let word = body?.get(key)?.as_str().filter(|word| !word.is_empty())?;
    Some(word.to_owned())
}

/// A whole number of the body.
pub(crate) fn number(body: Option<&Value>, key: &str) -> Option<i64> {
    body?.get(key)?.as_i64()
}
