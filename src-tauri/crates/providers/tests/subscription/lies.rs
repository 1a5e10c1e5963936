//! What is no usage: pages, refusals, nothing, bodies without end. Each is blind with its words, and none is zero.

use std::time::Duration;

use tidegate_meter::Reason;
use tidegate_providers::{ProviderErrorKind, Source as _};
use tidegate_sim::panel::PanelLie;

use super::support::{GIB, Scene, usage};

#[tokio::test]
async fn each_lie_is_blind_for_its_reason_and_says_what_to_do() {
    let scene = Scene::new(&[]).await;
    scene.source.read().await.unwrap();
    for (lie, reason, words) in [
        (
            PanelLie::Page(200),
            Reason::Shape,
            "HTML page instead of a subscription",
        ),
        (PanelLie::Page(403), Reason::Scope, "an HTML page blocks programs"),
        (PanelLie::Page(503), Reason::Scope, "an HTML page blocks programs"),
        (PanelLie::Refused(403), Reason::Scope, "the address is refused"),
        (PanelLie::Refused(404), Reason::Scope, "the address is refused"),
        (
            PanelLie::Refused(500),
            Reason::Transient,
            "a fault inside the panel",
        ),
        (PanelLie::Refused(429), Reason::Rate, "asked too often"),
        (PanelLie::Empty, Reason::Scope, "an empty answer"),
        (PanelLie::Silent, Reason::Stale, "told no usage this time"),
    ] {
        let error = scene.told(lie.clone()).await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(reason), "{lie:?}");
        assert!(error.detail.contains(words), "{lie:?}: {}", error.detail);
    }
}

#[tokio::test]
async fn how_long_to_wait_is_taken_from_the_panel() {
    let scene = Scene::new(&[]).await;
    let error = scene.told(PanelLie::Refused(429)).await.unwrap_err();
    assert_eq!(error.retry_after, Some(Duration::from_secs(900)));
}

#[tokio::test]
async fn a_header_that_comes_only_sometimes_is_stale_in_between() {
    let scene = Scene::new(&[]).await;
    scene.panel.lie(Some(PanelLie::Sometimes));
    assert_eq!(usage(&scene.source.read().await.unwrap()).total, Some(100 * GIB));
    let between = scene.later().await.unwrap_err();
    assert_eq!(between.kind, ProviderErrorKind::Blind(Reason::Stale));
    assert_eq!(usage(&scene.later().await.unwrap()).total, Some(100 * GIB));
}

#[tokio::test]
async fn a_body_without_end_is_left_after_its_beginning() {
    let scene = Scene::new(&[]).await;
    for lie in [PanelLie::Endless, PanelLie::Long(10 << 20)] {
        let report = scene.told(lie.clone()).await.unwrap();
        assert_eq!(usage(&report).total, Some(100 * GIB), "{lie:?}");
    }
}

#[tokio::test]
async fn a_reset_a_pack_and_a_renewal_are_told_as_they_are() {
    let scene = Scene::new(&[]).await;
    scene.source.read().await.unwrap();
    scene.panel.reset();
    scene.panel.bill(0, 5);
    scene.panel.set_total(Some(200 * GIB));
    let told = usage(&scene.later().await.unwrap());
    assert_eq!((told.up, told.down, told.total), (0, 5, Some(200 * GIB)));
}
