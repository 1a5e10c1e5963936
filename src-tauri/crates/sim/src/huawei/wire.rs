//! What the network and the servers in between do to an answer.

use std::time::Duration;

use tidegate_meter::Time;

use super::entry::{Entered, throttled};
use super::refusal::Refusal;
use crate::world::{Lie, Spot, State};
use crate::{Answer, Call, Ending, Served};

/// A page as a proxy in between sends it.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

/// How one exchange goes on the wire.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) ending: Ending,
    pub(crate) instead: Option<Answer>,
    latency: Duration,
}

impl Wire {
    /// The lies of the wire that hold for this request.
    pub(crate) fn of(
        state: &mut State,
        call: &Call,
        claimed: Option<Entered>,
        operation: &str,
        now: Time,
    ) -> Self {
        let account = claimed.and_then(|entered| state.accounts.get(entered.account));
        let key = claimed.and_then(|entered| account.and_then(|account| account.keys.get(entered.key)));
        let name = account.map(|account| account.name.clone());
        let ak = key.map(|key| key.credential.ak.clone());
        let host = call.header("host").unwrap_or("");
        let spot = Spot {
            operation,
            account: name.as_deref(),
            subject: ak.as_deref().map(|ak| (ak, host)),
        };
        let per_second = state.throttle.per_second;
        let faults = &mut state.faults;
        let journey = faults.journey(now, spot);
        let instead = faults.tell(now, spot, |lie, _| instead(lie, per_second));
        Self {
            ending: journey.ending,
            instead,
            latency: state.latency.saturating_add(journey.slow),
        }
    }

    pub(crate) fn served(&self, answer: Answer) -> Served {
        Served {
            answer,
            ending: self.ending,
            latency: self.latency,
        }
    }
}

/// The answer that a lie gives in place of the service's.
pub(crate) fn instead(lie: &Lie, per_second: usize) -> Option<Answer> {
    Some(match lie {
        Lie::Html => Answer::html(200, PAGE),
        Lie::Malformed => Answer::html(200, "{\"free_resources\": [{\"amount\": 12")
            .with("x-note", "breaks off inside a whole body"),
        Lie::Status { status } => Answer::json(*status, &serde_json::json!({})),
        Lie::Throttled { retry_after } => Refusal {
            retry_after: *retry_after,
            ..throttled(per_second)
        }
        .answer("00000000000000000000000000000000"),
        _ => return None,
    })
}

/// `Fri, 20 Nov 2026 23:00:00 GMT`.
pub(crate) fn http_date(at: Time) -> String {
    at.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
