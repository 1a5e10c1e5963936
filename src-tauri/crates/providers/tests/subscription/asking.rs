//! How a panel is asked: as a client it knows, seldom, through few redirects, and never telling where one comes from.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use tidegate_egress::{Failure, Request, Response, Transport};
use tidegate_meter::Reason;
use tidegate_providers::{ProviderErrorKind, Source as _};
use tidegate_sim::panel::{Panel, PanelLie, serve};

use super::support::{GIB, Hands, Scene, minutes, plan, subscription, usage};

#[tokio::test]
async fn it_asks_as_a_client_that_panels_know_or_as_it_is_told() {
    let scene = Scene::new(&[]).await;
    scene.source.read().await.unwrap();
    let asked = scene.panel.asked();
    assert!(
        asked[0].user_agent.starts_with("clash.meta/v1.19"),
        "{:?}",
        asked[0].user_agent
    );

    let stranger = Scene::new(&[("user_agent", "curl/8.0")]).await;
    let error = stranger.source.read().await.unwrap_err();
    assert_eq!(
        error.kind,
        ProviderErrorKind::Blind(Reason::Missing),
        "panels tell strangers nothing"
    );
    assert_eq!(stranger.panel.asked()[0].user_agent, "curl/8.0");
}

#[tokio::test]
async fn within_a_quarter_of_an_hour_it_is_not_asked_again() {
    let scene = Scene::new(&[]).await;
    let first = scene.source.read().await.unwrap();
    scene.panel.bill(0, GIB);
    scene
        .timer
        .advance(minutes(15) - std::time::Duration::from_secs(1));
    let spared = scene.source.read().await.unwrap();
    assert_eq!((usage(&spared), scene.panel.asked().len()), (usage(&first), 1));
    scene.timer.advance(minutes(1));
    let second = scene.source.read().await.unwrap();
    assert_eq!(usage(&second).down, usage(&first).down + GIB);
    assert_eq!(scene.panel.asked().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_not_asked_again_within_a_quarter_of_an_hour_either() {
    let scene = Scene::new(&[]).await;
    scene.panel.lie(Some(PanelLie::Refused(403)));
    for _ in 0..5 {
        scene.source.read().await.unwrap_err();
        scene.timer.advance(minutes(2));
    }
    assert_eq!(scene.panel.asked().len(), 1);
}

#[tokio::test]
async fn a_restart_keeps_the_quarter_of_an_hour() {
    let first = Scene::new(&[]).await;
    let told = first.source.read().await.unwrap();
    let again = Scene::new(&[]).await;
    again.timer.advance(minutes(10));
    again.source.recall(told.clone()).await;
    assert_eq!(usage(&again.source.read().await.unwrap()), usage(&told));
    assert!(again.panel.asked().is_empty());
    again.timer.advance(minutes(6));
    again.source.read().await.unwrap();
    assert_eq!(again.panel.asked().len(), 1);
}

#[tokio::test]
async fn what_was_told_before_a_restart_makes_a_missing_header_stale() {
    let told = Scene::new(&[]).await.source.read().await.unwrap();
    let again = Scene::new(&[]).await;
    again.timer.advance(minutes(600));
    again.source.recall(told).await;
    let error = again.told(PanelLie::Silent).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Stale));
}

#[tokio::test]
async fn five_redirects_are_followed_and_six_are_not() {
    let scene = Scene::new(&[]).await;
    let report = scene.told(PanelLie::Redirects { hops: 5 }).await.unwrap();
    assert_eq!(usage(&report).total, Some(100 * GIB));
    let asked = scene.panel.asked();
    assert_eq!(asked.len(), 6);
    let agent = &asked[0].user_agent;
    assert!(
        asked.iter().all(|asked| asked.user_agent == *agent),
        "the user agent goes with each hop"
    );

    let error = scene.told(PanelLie::Redirects { hops: 6 }).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape));
    assert!(
        error.detail.contains("redirects more than 5 times"),
        "{}",
        error.detail
    );
}

#[tokio::test]
async fn another_host_is_followed_without_telling_it_where_one_comes_from() {
    let scene = Scene::new(&[]).await;
    let other = Panel::new(plan());
    let elsewhere = serve(other.clone()).await.unwrap();
    let leads = PanelLie::Elsewhere(Panel::url(&elsewhere.base));
    assert_eq!(usage(&scene.told(leads).await.unwrap()).total, Some(100 * GIB));
    let asked = other.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].telling.is_empty(), "{:?}", asked[0].telling);
}

/// A wire on which each request is answered by the next in a list.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<Response>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Script {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        self.asked.lock().unwrap().push(request.url.to_string());
        Ok(self.answers.lock().unwrap().remove(0))
    }
}

fn leads(to: &str) -> Response {
    Response {
        status: 301,
        headers: vec![("location".to_owned(), to.to_owned())],
        body: Bytes::new(),
    }
}

#[tokio::test]
async fn from_https_to_plain_http_and_to_nowhere_nothing_is_followed() {
    for (to, words) in [
        ("http://panel.example/x", "https to plain http"),
        ("ftp://panel.example/x", "https to plain http"),
        ("https://me:FAKE@panel.example/x", "leads nowhere"),
        ("https://", "leads nowhere"),
    ] {
        let script = Arc::new(Script::default());
        script.answers.lock().unwrap().push(leads(to));
        let wire: Arc<dyn Transport> = Arc::<Script>::clone(&script);
        let timer = Arc::new(Hands::default());
        let source = subscription("https://panel.example/s?token=FAKE", &[], wire, &timer).unwrap();
        let error = source.read().await.unwrap_err();
        assert!(error.detail.contains(words), "{to}: {}", error.detail);
        assert_eq!(script.asked.lock().unwrap().len(), 1, "{to}");
    }
}

#[tokio::test]
async fn it_goes_through_a_proxy_on_this_machine_where_it_is_told_to() {
    // A proxy that answers by itself what it is asked for: the address of the panel does not exist.
    let proxy = Panel::new(plan());
    let serving = serve(proxy.clone()).await.unwrap();
    let wire: Arc<dyn Transport> = Arc::new(tidegate_egress::HttpTransport::new().unwrap());
    let timer = Arc::new(Hands::default());
    let source = subscription(
        &Panel::url("http://127.0.0.1:9"),
        &[("via", &serving.base)],
        wire,
        &timer,
    )
    .unwrap();
    assert_eq!(usage(&source.read().await.unwrap()).total, Some(100 * GIB));
    assert_eq!(proxy.asked().len(), 1);
}

#[tokio::test]
async fn a_wire_that_knows_no_proxy_refuses_instead_of_going_straight() {
    let panel = Panel::new(plan());
    let wire: Arc<dyn Transport> = Arc::new(panel.clone());
    let timer = Arc::new(Hands::default());
    let url = Panel::url("http://127.0.0.1:9");
    let source = subscription(&url, &[("via", "http://127.0.0.1:7890")], wire, &timer).unwrap();
    source.read().await.unwrap_err();
    assert!(panel.asked().is_empty());
}
