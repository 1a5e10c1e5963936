//! The address is a secret as a whole: C3.14, C3.15. It is searched for in every error, every report, and every `Debug`.

use std::fmt::Write as _;
use std::sync::Arc;

use tidegate_egress::{HttpTransport, Transport};
use tidegate_providers::Source as _;
use tidegate_sim::panel::{Panel, PanelLie, TOKEN};

use super::support::{Hands, Scene, subscription};

#[tokio::test]
async fn the_address_is_in_nothing_that_leaves_a_look() {
    let scene = Scene::new(&[]).await;
    let mut all = String::new();
    for lie in [
        PanelLie::Page(200),
        PanelLie::Page(403),
        PanelLie::Refused(403),
        PanelLie::Refused(429),
        PanelLie::Empty,
        PanelLie::Silent,
        PanelLie::Header("upload=x; download=1".to_owned()),
        PanelLie::Redirects { hops: 9 },
        PanelLie::Elsewhere(format!("http://127.0.0.1:9/{TOKEN}")),
        PanelLie::Prefixed,
    ] {
        let told = scene.told(lie).await;
        write!(all, "{told:?}").unwrap();
        if let Err(error) = told {
            write!(all, "{error} {:?}", error.blind()).unwrap();
        }
    }
    write!(
        all,
        "{:?} {:?}",
        scene.source.check().await,
        scene.source.discover(true).await
    )
    .unwrap();
    let host = scene.serving.base.trim_start_matches("http://").to_owned();
    for secret in [TOKEN, "token", "subscribe", host.as_str()] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_refused_by_name_however_short_it_is() {
    let wire: Arc<dyn Transport> = Arc::new(HttpTransport::new().unwrap());
    let timer = Arc::new(Hands::default());
    for url in [
        "",
        "x",
        "机",
        "FAKE-canary",
        "ftp://FAKE-canary",
        "https://",
        "https://me:FAKE-canary@panel.example/",
    ] {
        let error = subscription(url, &[], Arc::clone(&wire), &timer)
            .err()
            .unwrap()
            .to_string();
        assert!(error.starts_with("secret.url: "), "{error}");
        assert!(
            !error.contains("canary") && !error.contains("panel.example"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_note_behind_the_address_never_leaves() {
    let scene = Scene::new(&[]).await;
    let wire: Arc<dyn Transport> = Arc::new(HttpTransport::new().unwrap());
    let url = format!("{}#flowUserAgent=x", Panel::url(&scene.serving.base));
    subscription(&url, &[], wire, &scene.timer)
        .unwrap()
        .read()
        .await
        .unwrap();
    assert!(!scene.panel.asked()[0].target.contains("flowUserAgent"));
}
