//! Reports that a person asks for.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_preview_sends_nothing_and_a_sent_day_is_shown_as_it_was() {
    let world = running().await;
    let early = |mib| {
        flow(
            "laptop",
            "2026-11-10",
            at("2026-11-10T10:00:00Z"),
            (FlowKind::Proxy, "hk"),
            mib,
        )
    };
    write(&world.store, vec![early(1)]).await;
    world.pass(12 * HOUR).await;
    let preview = world.engine.report(ReportKind::Daily, None).await.unwrap();
    assert_eq!(preview.facts.window.end, at("2026-11-10T12:00:00Z"));
    assert_eq!(preview.facts.cause, ReportCause::Preview);
    assert!(preview.sent.is_empty() && told(&world).is_empty());
    world.pass(12 * HOUR).await;
    write(&world.store, vec![early(100)]).await;
    let shown = world
        .engine
        .report(ReportKind::Daily, Some(on("2026-11-10")))
        .await
        .unwrap();
    assert_eq!(
        shown.facts.traffic.unwrap().sum.unwrap().proxy.down,
        MIB,
        "as it was sent"
    );
    assert_eq!(shown.sent.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_report_by_hand_is_marked_repeatable_and_takes_no_place() {
    let world = running().await;
    world.pass(12 * HOUR).await;
    for _ in 0..2 {
        let sent = world
            .engine
            .send_report(ReportKind::Daily, None, "window")
            .await
            .unwrap();
        assert_eq!(sent.sent.len(), 1);
    }
    world.pass(12 * HOUR).await;
    let causes: Vec<_> = reports(&world).iter().map(|facts| facts.cause).collect();
    assert_eq!(
        causes,
        [ReportCause::ByHand, ReportCause::ByHand, ReportCause::Scheduled]
    );
    let ids: std::collections::BTreeSet<_> = reports(&world).iter().map(|facts| facts.id).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_day_ahead_or_too_long_ago_is_refused_by_its_field() {
    let world = running().await;
    for day in ["2026-11-11", "2025-01-01"] {
        let refused = world
            .engine
            .report(ReportKind::Daily, Some(on(day)))
            .await
            .unwrap_err();
        assert!(matches!(refused, EngineError::Refused(_)), "{refused}");
        assert!(refused.to_string().contains("day"), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_channel_a_report_by_hand_says_what_to_do() {
    let world = World::with(&[], |config| config.channels.clear()).await;
    world.engine.run().await.unwrap();
    let refused = world
        .engine
        .send_report(ReportKind::Daily, None, "window")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("add a channel"), "{refused}");
}
