//! One request for a subscription: from the address through at most five redirects to an answer. Each hop sends the user
//! agent and nothing else: no address of ours as referer, no cookie. From https to plain http nothing is followed.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Egress, Glance, Lane, Method, Request, Response};
use tidegate_meter::Reason;
use url::Url;

use super::params::Via;
use super::{SubscriptionError, limits};
use crate::ProviderError;
use crate::refusal;

/// The name under which the panel stands in errors: its host may tell whose it is.
const PLACE: &str = "panel";

/// How a subscription is asked for.
pub(super) struct Fetch {
    /// The address: a secret as a whole.
    pub(super) url: SecretString,
    /// As which client.
    pub(super) agent: String,
    /// By which way.
    pub(super) via: Via,
}

/// The address as it can be asked; an error shows nothing of it.
pub(super) fn usable(url: &SecretString) -> Result<SecretString, SubscriptionError> {
    let text = url.expose_secret().trim();
    if text.is_empty() {
        return Err(SubscriptionError("secret.url: is missing".to_owned()));
    }
    let mut url = address(text).ok_or_else(|| {
        let allowed = "an https address as the panel shows it, without user name and password";
        SubscriptionError(format!("secret.url: {allowed}; http only on this machine"))
    })?;
    // A note for some clients; it never leaves them.
    url.set_fragment(None);
    Ok(SecretString::from(String::from(url)))
}

fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let spoken = matches!(url.scheme(), "https" | "http") && url.host_str().is_some();
    (plain && spoken && text.len() <= limits::URL_BYTES).then_some(url)
}

impl Fetch {
    /// The answer at the end of the redirects.
    pub(super) async fn answer(&self, egress: &Egress, lane: &Lane) -> Result<Response, ProviderError> {
        let unusable = || refusal::shape("panel: the address cannot be used");
        let mut at = address(self.url.expose_secret()).ok_or_else(unusable)?;
        for _ in 0..=limits::REDIRECTS {
            let answer = self.one(egress, lane, at.clone()).await?;
            let Some(next) = next(&at, &answer)? else {
                return Ok(answer);
            };
            at = next;
        }
        Err(refusal::shape(format!(
            "panel: it redirects more than {} times",
            limits::REDIRECTS
        )))
    }

    async fn one(&self, egress: &Egress, lane: &Lane, url: Url) -> Result<Response, ProviderError> {
        let request = Request {
            method: Method::Get,
            url,
            headers: [
                ("user-agent", self.agent.as_str()),
                ("accept", "*/*"),
                ("accept-encoding", "gzip"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
            body: Bytes::new(),
        };
        let glance = Glance {
            bytes: limits::BODY_BYTES,
            via: self.via.proxy().cloned(),
        };
        let answer = egress.glance(lane, PLACE, &glance, request).await;
        answer.map_err(|failure| refusal::of_failure(PLACE, &failure, false))
    }
}

/// Where an answer leads, if it leads anywhere.
fn next(at: &Url, answer: &Response) -> Result<Option<Url>, ProviderError> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let nowhere = || refusal::shape(format!("panel: HTTP {} leads nowhere", answer.status));
    let location = answer.header("location").ok_or_else(nowhere)?;
    let mut next = at.join(location).map_err(|_| nowhere())?;
    next.set_fragment(None);
    if at.scheme() == "https" && next.scheme() != "https" {
        let detail = "panel: it redirects from https to plain http, which is not followed";
        return Err(refusal::blind(Reason::Scope, detail));
    }
    address(next.as_str()).ok_or_else(nowhere).map(Some)
}
