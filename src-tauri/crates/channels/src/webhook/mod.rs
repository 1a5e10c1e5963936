//! The generic webhook: any receiver of JSON, by a template. Owns the template, the headers and the success rule. Carries
//! the delivery's id as `idempotency-key`, so that a receiver can tell a repeat. Tested by `tests/kinds/webhook.rs`.

mod answer;
mod headers;
mod places;
pub(crate) mod refusals;
mod template;

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tidegate_egress::{Method, Request, Response};
use tidegate_meter::Time;

pub use self::headers::check as check_header;
pub use self::places::PLACES;
pub use self::template::{Template, TemplateError};
use crate::address::{Address, Rule};
use crate::catalogue::Text;
use crate::hook::{Answer, Ask, Dialect, Hook, Telling, Wire};
use crate::pace::Window;
use crate::{ChannelError, json};

const RULE: Rule = Rule {
    hosts: &[],
    fits: |_| true,
    hint: "",
};

/// How a message is sent to a receiver of one's own.
#[derive(Clone, PartialEq, Debug)]
pub struct WebhookConfig {
    /// PUT instead of POST.
    pub put: bool,
    /// The body.
    pub template: Template,
    /// What the body of a 2xx must hold as well.
    pub ok: Option<Expected>,
}

/// A value that a body must hold to mean success.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// Where: a JSON pointer such as `/data/code`.
    pub pointer: String,
    /// What: the value as text, `0` for the number and for the text.
    pub equals: String,
}

/// One receiver.
struct Webhook {
    config: WebhookConfig,
    address: Address,
    headers: BTreeMap<String, SecretString>,
}

impl Hook {
    /// A receiver of one's own. Checks address and headers and keeps them; nothing is sent.
    pub fn webhook(
        telling: Telling,
        config: WebhookConfig,
        url: SecretString,
        headers: BTreeMap<String, SecretString>,
        wire: Wire,
    ) -> Result<Self, ChannelError> {
        for (name, value) in &headers {
            headers::check(name)?;
            headers::check_value(name, value)?;
        }
        let hook = Webhook {
            config,
            address: Address::new(url, &RULE)?,
            headers,
        };
        Ok(Self::over(hook, telling, wire))
    }
}

impl Dialect for Webhook {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    fn platform(&self) -> Text {
        refusals::WEBHOOK
    }

    fn windows(&self) -> &'static [Window] {
        &[]
    }

    fn hidden(&self) -> Vec<&str> {
        let values = self.headers.values().map(|value| value.expose_secret().trim());
        // A receiver that echoes `Bearer KEY` may echo the key alone.
        let keys = values.clone().filter_map(|value| Some(value.rsplit_once(' ')?.1));
        self.address
            .hidden()
            .into_iter()
            .chain(values)
            .chain(keys)
            .collect()
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request, ChannelError> {
        let body = self.config.template.fill(|place| places::value(place, ask));
        let mut request = json::post(self.address.url()?, body.to_string().into_bytes());
        if self.config.put {
            request.method = Method::Put;
        }
        let id = ask.delivery.id.to_string();
        request.headers.push(("idempotency-key".to_owned(), id));
        for (name, value) in &self.headers {
            let value = value.expose_secret().trim().to_owned();
            request.headers.push((name.to_ascii_lowercase(), value));
        }
        Ok(request)
    }

    fn read(&self, response: &Response, now: Time, _seed: u64) -> Answer {
        answer::read(response, now, self.config.ok.as_ref())
    }
}

/// A value of a body as text: what stands between the quotes of a string, else the JSON itself.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
