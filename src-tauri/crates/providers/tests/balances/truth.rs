//! What is told is what is true.

use tidegate_meter::Reason;
use tidegate_providers::{ProviderErrorKind, Source};
use tidegate_sim::Lie;

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn each_provider_is_read_as_it_is() {
    for row in &ROWS {
        let read = Scene::new(row).read(row).await;
        assert_eq!(
            told(row, &read).as_deref(),
            Some(row.value),
            "{}: {read:?}",
            row.spec
        );
    }
}

#[tokio::test(start_paused = true)]
async fn each_provider_refuses_a_wrong_key_and_the_account_is_blind_for_it() {
    // WxRank refuses with HTTP 200 and a code that nobody has published.
    for row in ROWS.iter().filter(|row| row.spec != "wxrank") {
        let scene = Scene::new(row);
        let account = scene.account(row, |key, value| match key {
            "ak" | "client_id" => value,
            _ => format!("{value}x"),
        });
        let error = account.read().await.unwrap_err();
        assert_eq!(
            error.kind,
            ProviderErrorKind::Blind(Reason::Auth),
            "{}: {error}",
            row.spec
        );
        assert!(!error.detail.contains("FAKE"), "{}: {error}", row.spec);
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_is_corrected_once_by_the_server_that_complains() {
    for spec in ["tencent-balance", "aliyun-balance", "volc-balance"] {
        let row = ROWS.iter().find(|row| row.spec == spec).unwrap();
        let scene = Scene::new(row);
        scene.world.fault(Lie::Skewed { ms: 1_800_000 });
        let account = scene.account(row, |_, value| value);
        assert_eq!(
            told(row, &account.read().await).as_deref(),
            Some(row.value),
            "{spec}"
        );
        assert_eq!(
            scene.world.requests().len(),
            2,
            "{spec}: one complaint, one answer"
        );
        scene.timer.sleep(std::time::Duration::from_secs(3600)).await;
        account.read().await.unwrap();
        assert_eq!(scene.world.requests().len(), 3, "{spec}: it is remembered");
    }
}

#[tokio::test(start_paused = true)]
async fn spending_that_comes_in_pages_is_read_whole() {
    for spec in ["openai", "anthropic"] {
        let row = ROWS.iter().find(|row| row.spec == spec).unwrap();
        let scene = Scene::new(row);
        scene
            .timer
            .sleep(std::time::Duration::from_secs(11 * 86_400))
            .await;
        assert_eq!(
            told(row, &scene.read(row).await).as_deref(),
            Some(row.value),
            "{spec}"
        );
    }
}
