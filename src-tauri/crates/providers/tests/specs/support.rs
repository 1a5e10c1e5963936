//! A wire that answers from bodies, and a clock that only moves when somebody waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::{Egress, Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_meter::{Clock, Mono, Now, Time};
use tidegate_providers::specs::{ParamForm, Spec, SpecConfig, SpecSource};

/// The canary: no output may hold it.
pub(crate) const CANARY: &str = "FAKE-canary-0123456789";

pub(crate) struct VirtualTimer {
    ms: AtomicU64,
}

impl VirtualTimer {
    pub(crate) fn advance(&self, span: Duration) {
        let ms = u64::try_from(span.as_millis()).unwrap();
        self.ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for VirtualTimer {
    fn now(&self) -> Now {
        let ms = self.ms.load(Ordering::SeqCst);
        let start: Time = "2025-11-20T08:00:00Z".parse().unwrap();
        Now {
            wall: start.plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for VirtualTimer {
    async fn sleep(&self, span: Duration) {
        self.advance(span);
    }
}

pub(crate) type Reply = Result<Response, FailureKind>;
type Handler = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// Answers by a function, and keeps what it was asked.
pub(crate) struct Wire {
    handler: Mutex<Handler>,
    seen: Mutex<Vec<Request>>,
}

impl Wire {
    pub(crate) fn answer(&self, handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        *self.handler.lock().unwrap() = Box::new(handler);
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen()
            .iter()
            .map(|request| request.url.path().to_owned())
            .collect()
    }
}

#[async_trait]
impl Transport for Wire {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        self.seen.lock().unwrap().push(request.clone());
        let reply = (self.handler.lock().unwrap())(&request);
        reply.map_err(|kind| Failure::new(kind, "host.example", "cannot connect"))
    }
}

pub(crate) fn reply(status: u16, body: &str) -> Reply {
    Ok(Response {
        status,
        headers: Vec::new(),
        body: body.to_owned().into(),
    })
}

pub(crate) struct Stage {
    pub(crate) wire: Arc<Wire>,
    pub(crate) timer: Arc<VirtualTimer>,
    pub(crate) egress: Arc<Egress>,
}

impl Stage {
    pub(crate) fn new(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let wire = Arc::new(Wire {
            handler: Mutex::new(Box::new(handler)),
            seen: Mutex::default(),
        });
        let timer = Arc::new(VirtualTimer {
            ms: AtomicU64::new(0),
        });
        let egress = Arc::new(Egress::new(
            Arc::clone(&wire) as Arc<dyn Transport>,
            Arc::clone(&timer) as Arc<dyn Timer>,
        ));
        Self { wire, timer, egress }
    }

    /// An account whose every secret is the canary.
    pub(crate) fn account(&self, spec: &Spec, params: &[(&str, &str)]) -> SpecSource {
        self.account_with(spec, params, CANARY, None)
    }

    pub(crate) fn account_with(
        &self,
        spec: &Spec,
        params: &[(&str, &str)],
        secret: &str,
        endpoint: Option<&str>,
    ) -> SpecSource {
        let secrets = spec
            .secret_params()
            .map(|param| (param.key.clone(), SecretString::from(secret.to_owned())));
        let config = SpecConfig {
            account: "one".parse().unwrap(),
            spec: Arc::new(spec.clone()),
            params: params
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            secrets: secrets.collect(),
            endpoint: endpoint.map(|text| text.parse().unwrap()),
        };
        SpecSource::new(config, Arc::clone(&self.egress)).unwrap()
    }
}

/// Something for every parameter that must be given.
pub(crate) fn any_params(spec: &Spec) -> BTreeMap<String, String> {
    let value = |form: &ParamForm| match form {
        ParamForm::Choice(choices) => choices[0].clone(),
        ParamForm::Base => "https://gateway.example.com".to_owned(),
        ParamForm::Path => "subscriptions/0000".to_owned(),
        ParamForm::Amount => "50 USD".to_owned(),
        ParamForm::Consent => "yes".to_owned(),
        ParamForm::Text => "given".to_owned(),
    };
    spec.plain_params()
        .map(|param| (param.key.clone(), value(&param.form)))
        .collect()
}

pub(crate) fn built_in(id: &str) -> Spec {
    let (_, text) = tidegate_providers::specs::BUILT_IN
        .iter()
        .find(|(name, _)| *name == id)
        .unwrap();
    Spec::parse(text).unwrap()
}
