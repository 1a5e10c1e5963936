//! What an answer's headers say about time: how long to wait, and what the other side's clock shows.

use std::time::Duration;

use tidegate_meter::Time;

use crate::Response;

/// The wait that the answer asks for: `Retry-After` in whole seconds or as a date, measured from `now`.
/// `None` when the header is absent or says neither.
#[must_use]
pub fn retry_after(response: &Response, now: Time) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(Duration::from_secs(u64::from(seconds))),
        Err(_) => http_date(text).map(|at| at.since(now)),
    }
}

/// Parses a date as HTTP headers write it (`Wed, 21 Oct 2026 07:28:00 GMT`).
#[must_use]
pub fn http_date(text: &str) -> Option<Time> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()?;
    Some(Time::from_jiff(at))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn asking(value: &str) -> Response {
        Response {
            status: 429,
            headers: vec![("retry-after".to_owned(), value.to_owned())],
            body: Bytes::new(),
        }
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        let now: Time = "2026-10-21T07:28:00Z".parse().unwrap();
        let told = |value: &str| retry_after(&asking(value), now);
        assert_eq!(told("17"), Some(Duration::from_secs(17)));
        assert_eq!(
            told("Wed, 21 Oct 2026 07:28:09 GMT"),
            Some(Duration::from_secs(9))
        );
        assert_eq!(
            told("Wed, 21 Oct 2026 07:00:00 GMT"),
            Some(Duration::ZERO),
            "a past date asks for no wait"
        );
        assert_eq!(told("soon"), None);
        assert_eq!(told("-3"), None);
    }
}
