//! A clock that is off. Owns the one correction that an account gets: the difference to the server's `Date`, taken
//! once, when the server refuses a signature for its time. Never corrects the clock of anything else, and never
//! twice in a row: a complaint about a corrected time is a refusal, or a server with a strange clock could lead us
//! anywhere. It also ends the correction, since by then our own clock may have been set right.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_egress::{Response, http_date};
use tidegate_meter::Time;

/// The codes by which the clouds say that a signature's time is off.
const COMPLAINTS: [&str; 6] = [
    "SignatureExpire",
    "RequestTimeTooSkewed",
    "RequestExpired",
    "InvalidTimestamp",
    "InvalidTimeStamp.Expired",
    "IllegalTimestamp",
];

/// Whether a cloud's error code says that the request's time is off. Prefixes such as `AuthFailure.` do not matter.
#[must_use]
pub fn is_clock_complaint(code: &str) -> bool {
    let last = code.rsplit(['.', '#']).next().unwrap_or(code);
    COMPLAINTS.contains(&code) || COMPLAINTS.contains(&last)
}

/// How far the server's clock is ahead of ours, for one account; nothing until it was learned.
#[derive(Default, Debug)]
pub struct Skew {
    ahead_ms: Mutex<Option<i64>>,
}

impl Skew {
    /// The instant to sign with when our clock says `now`.
    #[must_use]
    pub fn apply(&self, now: Time) -> Time {
        let ahead = self.learned().unwrap_or(0);
        Time::from_ms(now.ms().saturating_add(ahead))
    }

    /// Takes the server's `Date` as the truth, once. Returns the milliseconds it is ahead of `now` when they were
    /// taken, and the request may be signed and sent once more; `None` when there is no date, or one was taken before:
    /// that one is dropped, and the next request is signed by our own clock again.
    pub fn learn(&self, response: &Response, now: Time) -> Option<i64> {
        let mut learned = self.lock();
        if learned.take().is_some() {
            return None;
        }
        let server = http_date(response.header("date")?)?;
        *learned = Some(server.ms_since(now));
        *learned
    }

    /// The milliseconds that were learned, to be told to the user.
    #[must_use]
    pub fn learned(&self) -> Option<i64> {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Option<i64>> {
        self.ahead_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
