//! What headers say of time: dates, waits, the other side's clock. A date prints so that it is read again as the same, a
//! wait is never longer than is believed, a clock is learned once, and every signer dates by it in its own form.

use std::time::Duration;

use secrecy::SecretString;
use tidegate_egress::{CallPolicy, Lane, Method, Request, Response, Verdict, http_date, limits, retry_after};
use tidegate_meter::Time;
use tidegate_providers::sign::{Algorithm, Draft, KeyPair, Scope, Skew, sign};
use url::Url;

use crate::outside::{egress, wait};

const NOW: &str = "2026-11-20T14:05:10Z";
const SECRET: &str = "FAKE-canary-secret-key";

fn dated(name: &str, value: &str) -> Response {
    Response {
        status: 429,
        headers: vec![(name.to_owned(), value.to_owned())],
        body: Vec::<u8>::new().into(),
    }
}

/// What is asked for is believed up to a bound, and the whole call ends within it.
fn waits(text: &str, now: Time) {
    let asking = dated("retry-after", text);
    let told = retry_after(&asking, now);
    let digits = text.trim();
    if !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        assert_eq!(
            told,
            Some(Duration::from_secs(digits.parse().unwrap())),
            "{text:?}"
        );
    } else if let Some(at) = http_date(text) {
        assert_eq!(told, Some(at.since(now)), "{text:?}");
    }
    let tries = u32::try_from(limits::TRIES).unwrap();
    let egress = egress(NOW, move |_| asking.clone());
    let policy = CallPolicy::reading(|_| Verdict::Rate);
    let make = || Request {
        method: Method::Get,
        url: Url::parse("https://cloud.example/").unwrap(),
        headers: Vec::new(),
        body: Vec::<u8>::new().into(),
    };
    let answer = wait(egress.call(&Lane::new(8, 8), "place", &policy, make));
    assert_eq!(answer.unwrap().status, 429);
    let took = egress.timer().now().wall.since(now);
    assert!(
        took <= (limits::RETRY_AFTER_MOST + limits::BACKOFF_MOST) * tries,
        "{took:?} for {text:?}"
    );
}

/// Whatever the clock is set to, a signature is the same twice, can be sent, and shows no secret.
fn signs(at: Time, body: &[u8]) {
    let (ak, sk) = (SecretString::from("FAKEAK"), SecretString::from(SECRET));
    let key = KeyPair {
        ak: &ak,
        sk: &sk,
        token: None,
    };
    let scope = Scope {
        service: "ecs",
        region: "cn-north-4",
        action: "ListThings",
        version: "2020-01-01",
    };
    let url = Url::parse("https://cloud.example/v1/things?name=a%20b&zone=+").unwrap();
    for algorithm in Algorithm::ALL {
        let draft = Draft {
            method: Method::Post,
            url: &url,
            headers: &[],
            body: if algorithm == Algorithm::AcsRpc1 {
                b""
            } else {
                body
            },
        };
        let make = || sign(algorithm, &scope, &key, &draft, at, [7; 16]).unwrap();
        let signed = make();
        assert_eq!(signed, make());
        assert_eq!(signed.url.host_str(), url.host_str());
        let sendable = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        for (name, value) in &signed.headers {
            assert!(sendable(name) && sendable(value), "{name}: {value:?}");
            assert!(!value.contains(SECRET));
            if ["x-sdk-date", "x-amz-date", "x-date"].contains(&name.as_str()) {
                let basic = value.len() == 16 && value.ends_with('Z');
                assert!(basic, "{name}: {value} of {at}");
            }
        }
        assert!(!signed.url.as_str().contains(SECRET));
    }
}

/// A header's value, as a date, as a wait and as the other side's clock.
pub(crate) fn dates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let now: Time = NOW.parse().unwrap();
    waits(text, now);
    let read = http_date(text);
    let skew = Skew::default();
    let learned = skew.learn(&dated("date", text), now);
    assert_eq!(learned, read.map(|at| at.ms_since(now)), "{text:?}");
    assert_eq!(skew.apply(now), read.unwrap_or(now), "{text:?}");
    if let Some(at) = read {
        let printed = at.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert_eq!(http_date(&printed), Some(at), "{text:?} → {printed:?}");
        assert_eq!(
            skew.learn(&dated("date", text), now),
            None,
            "a clock is learned once"
        );
        assert_eq!(skew.apply(now), now);
        signs(at, bytes);
    }
}
