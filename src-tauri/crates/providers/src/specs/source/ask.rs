//! One request of a look, with all its pages.

use bytes::Bytes;
use serde_json::Value;
use tidegate_egress::{CallPolicy, Request, Response, Verdict};
use tidegate_meter::{Reason, Time};
use url::Url;

use super::super::bodies::Heard;
use super::super::spec::{Address, Ask, Origin, Paging};
use super::super::template::{Fill, in_query};
use super::SpecSource;
use super::auth::Proof;
use crate::ProviderError;

/// What the retry layer makes of an answer.
fn verdict(response: &Response) -> Verdict {
    match response.status {
        429 => Verdict::Rate,
        408 | 500.. => Verdict::Transient,
        _ => Verdict::Final,
    }
}

/// Good pages, or that there is no such thing.
enum Page {
    Good(Value, Vec<(String, String)>),
    Absent,
}

impl SpecSource {
    /// Everything that one request brings.
    pub(super) async fn hear(&self, index: usize) -> Heard {
        match self.pages(index).await {
            Ok(heard) => heard,
            Err(error) => Heard::Failed(error),
        }
    }

    async fn pages(&self, index: usize) -> Result<Heard, ProviderError> {
        let Some(ask) = self.spec.requests.get(index) else {
            return Ok(Heard::Absent);
        };
        let most = ask.paging.as_ref().map_or(1, |paging| paging.max);
        let mut pages = Vec::new();
        let mut first_headers = None;
        let mut next: Option<String> = None;
        for _ in 0..most {
            let (body, headers) = match self.page(index, ask, next.as_deref()).await? {
                Page::Good(body, headers) => (body, headers),
                Page::Absent => return Ok(Heard::Absent),
            };
            next = match &ask.paging {
                None => None,
                Some(paging) => {
                    following(paging, &body).map_err(|words| self.trouble(ask, Reason::Shape, words))?
                }
            };
            first_headers.get_or_insert(headers);
            pages.push(body);
            if next.is_none() {
                let headers = first_headers.unwrap_or_default();
                return Ok(Heard::Answer { pages, headers });
            }
        }
        // A part of the pages would be taken for the whole.
        Err(self.trouble(ask, Reason::Shape, &format!("more than {most} pages")))
    }

    async fn page(&self, index: usize, ask: &Ask, next: Option<&str>) -> Result<Page, ProviderError> {
        let response = self.call(ask, next).await?;
        if ask.absent.contains(&response.status) {
            return Ok(Page::Absent);
        }
        match self.accepted(index, ask, &response) {
            Ok(body) => Ok(Page::Good(body, response.headers)),
            Err(error) => {
                self.drop_refused_token(ask, error.blind().reason).await;
                Err(error)
            }
        }
    }

    async fn call(&self, ask: &Ask, next: Option<&str>) -> Result<Response, ProviderError> {
        let response = self.call_once(ask, next).await?;
        if !self.complains_of_clock(&response) {
            return Ok(response);
        }
        let now = self.egress.timer().now().wall;
        match self.skew.learn(&response, now) {
            Some(ahead_ms) => {
                tracing::warn!(account = %self.account, ahead_ms, "this computer's clock differs from the provider's; signing by the provider's");
                self.call_once(ask, next).await
            }
            None => Ok(response),
        }
    }

    async fn call_once(&self, ask: &Ask, next: Option<&str>) -> Result<Response, ProviderError> {
        let proof = self.proof(ask).await?;
        // Made once beforehand: what cannot be signed is told instead of being sent unsigned.
        let sample = self.request(ask, next, &proof)?;
        let policy = if self.spec.costs_money() {
            CallPolicy::changing(verdict)
        } else {
            CallPolicy::reading(verdict)
        };
        let make = || self.request(ask, next, &proof).unwrap_or_else(|_| sample.clone());
        let answer = self.egress.call(&self.lane, &ask.id, &policy, make).await;
        answer.map_err(|failure| self.of_failure(ask, &failure))
    }

    fn request(&self, ask: &Ask, next: Option<&str>, proof: &Proof) -> Result<Request, ProviderError> {
        let now = self.egress.timer().now().wall;
        let fill = self.fill(now);
        let mut url = self
            .url(&ask.address, now)
            .ok_or_else(|| self.trouble(ask, Reason::Shape, "the address cannot be used"))?;
        let mut query: Vec<(String, String)> = ask
            .query
            .iter()
            .map(|(name, value)| (name.clone(), value.plain(fill)))
            .collect();
        if let (Some(paging), Some(next)) = (&ask.paging, next) {
            query.push((paging.param.clone(), next.to_owned()));
        }
        set_query(&mut url, &query);
        let mut headers: Vec<(String, String)> = ask
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.plain(fill)))
            .collect();
        let mut body = Bytes::new();
        if let Some(template) = &ask.body {
            body = template.filled(fill).to_string().into();
            if !headers.iter().any(|(name, _)| name == "content-type") {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
            }
        }
        let draft = Request {
            method: ask.method,
            url,
            headers,
            body,
        };
        self.proved(ask, draft, proof, now)
    }

    pub(super) const fn fill(&self, now: Time) -> Fill<'_> {
        Fill {
            params: &self.params,
            now,
        }
    }

    /// The address, with the account's endpoint in place of scheme and host where there is one.
    pub(super) fn url(&self, address: &Address, now: Time) -> Option<Url> {
        let base = match &address.origin {
            Origin::Fixed(url) => url.clone(),
            Origin::Choice(key) => Url::parse(&format!("https://{}", self.params.get(key)?)).ok()?,
            Origin::Base(key) => Url::parse(self.params.get(key)?).ok()?,
        };
        let path = format!(
            "{}{}",
            base.path().trim_end_matches('/'),
            address.path.in_path(self.fill(now))
        );
        let mut url = self.endpoint.clone().unwrap_or(base);
        url.set_path(&path);
        Some(url)
    }
}

/// The query, encoded strictly, so that every signature reads it as the server does.
pub(super) fn set_query(url: &mut Url, query: &[(String, String)]) {
    if query.is_empty() {
        return;
    }
    let pairs: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", in_query(name), in_query(value)))
        .collect();
    let joined = pairs.join("&");
    let whole = match url.query() {
        Some(before) => format!("{before}&{joined}"),
        None => joined,
    };
    url.set_query(Some(&whole));
}

/// What asks for the page after this one; `None` after the last. An answer that has more and does not say where is no
/// whole: what is on the other pages is not known.
fn following(paging: &Paging, body: &Value) -> Result<Option<String>, &'static str> {
    let more = paging.more.as_ref().and_then(|more| more.find(body)?.as_bool());
    if more == Some(false) {
        return Ok(None);
    }
    match paging.next.find(body) {
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        _ if more == Some(true) => Err("there are more pages, and the answer does not say where"),
        _ => Ok(None),
    }
}
