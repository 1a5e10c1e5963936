//! Every way in which a panel tells usage, with one thing broken, about two hundred times each: the same usage, less of it,
//! or none; never a zero, never a stop that its numbers do not say.

use std::io::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use tidegate_egress::{Failure, Request, Response, Transport};
use tidegate_meter::Outcome;
use tidegate_providers::{ProviderError, ReadReport, Source as _};

use crate::mutate::judge::{Told, Trial, Truth};
use crate::mutate::mutant::{Kind, LEAST, seeded};
use crate::mutate::stop::NearLine;
use crate::mutate::text::mutants;
use crate::support::{Hands, subscription};

/// Where the usage stands in an answer.
#[derive(Clone, Copy, Debug)]
enum Form {
    Header,
    Body,
    Base64,
    Gzip,
}

/// A panel that always answers so.
struct Canned(Response);

#[async_trait]
impl Transport for Canned {
    async fn exchange(&self, _: Request) -> Result<Response, Failure> {
        Ok(self.0.clone())
    }
}

fn answer(form: Form, told: &[u8]) -> Response {
    let named = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let list = || "proxies: []\n".into();
    let (headers, body) = match form {
        Form::Header => {
            let line = String::from_utf8_lossy(told).into_owned();
            (named("subscription-userinfo", &line), list())
        }
        Form::Body => (Vec::new(), told.to_vec().into()),
        Form::Base64 => {
            let nodes = [b"ss://FAKE@node.example:443#".as_slice(), told].concat();
            let text = base64::engine::general_purpose::STANDARD.encode(nodes);
            (Vec::new(), text.into())
        }
        Form::Gzip => {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed.write_all(told).unwrap();
            (named("content-encoding", "gzip"), packed.finish().unwrap().into())
        }
    };
    Response {
        status: 200,
        headers,
        body,
    }
}

async fn read(answer: Response) -> Result<ReadReport, ProviderError> {
    let wire: Arc<dyn Transport> = Arc::new(Canned(answer));
    let source = subscription(
        "https://panel.example/FAKE-canary",
        &[],
        wire,
        &Arc::new(Hands::default()),
    );
    source.unwrap().read().await
}

fn told(report: &Result<ReadReport, ProviderError>) -> Told {
    let report = match report {
        Ok(report) => report,
        Err(error) => return Told::nothing(format!("{error:?}")),
    };
    let mut told = Told::default();
    for look in &report.meters {
        let id = &look.info.id;
        let Outcome::Known(reading) = &look.outcome else {
            continue;
        };
        for (part, amount) in [
            ("used", reading.used()),
            ("limit", reading.limit()),
            ("remaining", reading.remaining()),
        ] {
            let Some(amount) = amount else { continue };
            told.know(format!("{id} {part} {amount}"));
            told.know_zero(format!("{id} {part}"), amount.is_zero());
        }
    }
    told
}

async fn broken(name: &str, form: Form, raw: &[u8], truths: &'static [Truth]) {
    let whole = read(answer(form, raw)).await;
    let near: Vec<(String, NearLine)> = whole
        .iter()
        .flat_map(|report| &report.meters)
        .filter_map(|look| Some((look.info.id.to_string(), NearLine::over(look.outcome.reading()?)?)))
        .collect();
    assert!(!near.is_empty(), "{name}: no guard to act");
    let mut trial = Trial::new(&format!("{name} as {form:?}"), told(&whole), truths, &[]);
    for mutant in mutants(name, raw) {
        let report = read(answer(form, &mutant.bytes)).await;
        for (id, near) in &near {
            let looks = report.iter().flat_map(|report| &report.meters);
            let look = looks.into_iter().find(|look| look.info.id.as_str() == id);
            near.judge(&mut trial, &mutant, look.map(|look| &look.outcome));
        }
        trial.judge(&mutant, &told(&report));
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../src/subscription_info/fixtures/", $name, ".txt"))
    };
}

/// Another number is told as it is, and a panel's negative use is none, as panels mean it.
const NUMBER: &[Kind] = &[Kind::Negative, Kind::Huge, Kind::Truncated];

#[tokio::test]
async fn a_broken_header_tells_the_same_usage_or_none() {
    // What comes of a header is whole, or the exchange failed: a cut one is another one.
    const TRUTHS: &[Truth] = &[
        ("upload", NUMBER),
        ("download", NUMBER),
        ("total", NUMBER),
        ("", &[Kind::Truncated]),
    ];
    broken("header", Form::Header, fixture!("header"), TRUTHS).await;
}

#[tokio::test]
async fn a_broken_first_line_tells_the_same_usage_or_none() {
    const TRUTHS: &[Truth] = &[
        ("upload", NUMBER),
        ("download", NUMBER),
        ("total", NUMBER),
        ("", &[Kind::Reordered]),
    ];
    for form in [Form::Body, Form::Gzip] {
        broken("first-line", form, fixture!("first-line"), TRUTHS).await;
    }
}

#[tokio::test]
async fn a_broken_list_of_pseudo_nodes_tells_the_same_or_none() {
    const TRUTHS: &[Truth] = &[("name", &[Kind::Huge, Kind::OtherUnit])];
    for form in [Form::Body, Form::Gzip, Form::Base64] {
        broken("pseudo", form, fixture!("pseudo"), TRUTHS).await;
    }
}

/// What is packed is broken, not what is in it: half of a list tells half, and nothing else.
#[tokio::test]
async fn a_broken_packing_tells_the_same_usage_or_less() {
    for form in [Form::Gzip, Form::Base64] {
        let packed = answer(form, fixture!("pseudo"));
        let whole = told(&read(packed.clone()).await);
        let (mut less, mut random) = (0, seeded("packing"));
        for _ in 0..LEAST {
            let mut broken = packed.clone();
            let mut body = broken.body.to_vec();
            if random.bool() {
                body.truncate(random.usize(..body.len()));
            } else {
                let at = random.usize(..body.len());
                body[at] ^= 1 << random.u8(..8);
            }
            broken.body = body.into();
            let got = told(&read(broken).await);
            assert!(got.zeros.is_subset(&whole.zeros), "{form:?}: {got:?}");
            less += usize::from(got.facts != whole.facts);
        }
        assert!(less >= 30, "{form:?}: {less}");
    }
}
