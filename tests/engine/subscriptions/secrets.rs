//! The address through every output: events, messages, rows, audit, views, the exported configuration. C3.14, C3.15.

use std::fmt::Write as _;

use tidegate_sim::panel::{PanelLie, TOKEN};
use tidegate_store::{AlertFilter, DeliveryFilter};

use super::house::{GIB, House, guard, id};

#[tokio::test(start_paused = true)]
async fn the_address_is_in_nothing_that_is_told_shown_or_kept() {
    let house = House::one(&[("feeds", "*")], vec![guard("airport", &["70%"])]).await;
    house.device("laptop").await;
    for lie in [
        None,
        Some(PanelLie::Page(403)),
        Some(PanelLie::Refused(404)),
        Some(PanelLie::Redirects { hops: 9 }),
        Some(PanelLie::Elsewhere(format!(
            "https://nowhere.fake-canary-host.example/{TOKEN}"
        ))),
        Some(PanelLie::Header("upload=x; download=y; total=z".to_owned())),
        Some(PanelLie::Gone),
        None,
    ] {
        house.panel().lie(lie);
        house.hours(6, ("a", "b"), 10 * GIB, GIB).await;
    }
    let mut all = String::new();
    write!(all, "{:?}", house.events.lock().unwrap()).unwrap();
    write!(all, "{:?}", house.told()).unwrap();
    write!(all, "{:?}", house.engine.config().await).unwrap();
    write!(all, "{:?}", house.engine.status().await).unwrap();
    write!(all, "{:?}", house.engine.guards().await).unwrap();
    write!(all, "{:?}", house.engine.check(&[]).await).unwrap();
    write!(all, "{:?}", house.engine.subscriptions().await).unwrap();
    write!(all, "{:?}", house.store.alerts(AlertFilter::recent(500)).await).unwrap();
    write!(
        all,
        "{:?}",
        house
            .store
            .deliveries(DeliveryFilter::Recent {
                before: None,
                limit: 500
            })
            .await
    )
    .unwrap();
    write!(all, "{:?}", house.store.accounts().await).unwrap();
    write!(all, "{:?}", house.store.meters(None).await).unwrap();
    write!(all, "{:?}", house.store.settings().await).unwrap();
    write!(all, "{:?}", house.store.leaks(&id("airport"), 50).await).unwrap();
    write!(all, "{:?}", house.store.audit(0, 500).await).unwrap();
    for secret in [TOKEN, "fake-canary-host", "token=", "/api/v1/client"] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(all.contains("AIRPORT_URL"), "the reference stays a reference");
}
