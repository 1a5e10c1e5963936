//! The answer of an identity service: a token as it was told, or an error that shows none and asks no more of a refused
//! client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::Lane;
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;
use tidegate_providers::oauth::{ClientCredentials, TokenCache};
use url::Url;

use crate::channel::answer;
use crate::outside::{egress, wait};

const SECRET: &str = "FAKE-canary-client-secret";

pub(crate) fn token(bytes: &[u8]) {
    let answer = answer(bytes);
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, told) = (Arc::clone(&asked), answer.clone());
    let egress = egress("2026-11-20T14:05:10Z", move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        told.clone()
    });
    let (url, secret) = (
        Url::parse("https://login.example/token").unwrap(),
        SecretString::from(SECRET),
    );
    let ask = ClientCredentials {
        token_url: &url,
        client_id: "client",
        client_secret: &secret,
        scope: "https://management.example/.default",
    };
    let (cache, lane) = (TokenCache::default(), Lane::new(8, 8));
    let first = wait(cache.bearer(&egress, &lane, &ask));
    let before = asked.load(Ordering::Relaxed);
    let again = wait(cache.bearer(&egress, &lane, &ask));
    let more = asked.load(Ordering::Relaxed) - before;
    match first {
        Ok(token) => {
            assert!(answer.is_success() && !token.expose_secret().is_empty());
            let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(body["access_token"], token.expose_secret());
            assert_eq!(again.unwrap().expose_secret(), token.expose_secret());
        }
        Err(error) => {
            let shown = format!("{error:?} {error}");
            assert!(!shown.contains(SECRET) && error.detail.len() < 300, "{shown}");
            let refused = error.kind == ProviderErrorKind::Blind(Reason::Auth);
            assert!(!refused || more == 0, "a refused client is sent again");
        }
    }
}
