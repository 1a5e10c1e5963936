//! Every lie leaves a meter blind, or tells what was told; none becomes a nought or an amount of its own.

use tidegate_meter::{Outcome, Reason};
use tidegate_providers::ProviderErrorKind;
use tidegate_sim::{Fault, Lie};

use crate::support::*;

/// Rows whose amounts a lie in the body can reach.
fn amounts() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| row.spec != "groq")
}

async fn lied(row: &Row, lie: impl Into<Fault>) -> Option<String> {
    let scene = Scene::new(row);
    scene.world.fault(lie);
    told(row, &scene.read(row).await)
}

#[tokio::test(start_paused = true)]
async fn an_amount_that_is_absent_or_no_number_is_blind() {
    for row in amounts() {
        for lie in [
            Lie::AmountNull,
            Lie::AmountMissing,
            Lie::AmountGarbage,
            Lie::AmountHuge,
            Lie::Html,
            Lie::Malformed,
        ] {
            let shown = lied(row, lie.clone()).await.unwrap_or_else(|| "blind".to_owned());
            assert!(shown.starts_with("blind"), "{} {lie:?}: {shown}", row.spec);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_amount_of_the_other_json_type_is_the_same_amount() {
    for row in amounts().filter(|row| row.spec != "wxrank") {
        let shown = lied(row, Lie::AmountOtherType).await.unwrap();
        assert!(
            shown == row.value || shown.starts_with("blind"),
            "{}: {shown} instead of {}",
            row.spec,
            row.value
        );
    }
}

#[tokio::test(start_paused = true)]
async fn another_currency_is_never_told_as_the_old_one() {
    for row in ROWS.iter().filter(|row| {
        [
            "openai",
            "anthropic",
            "azure-cost",
            "azure-budget",
            "aws-ce",
            "aws-freetier",
            "aliyun-balance",
        ]
        .contains(&row.spec)
            || ["deepseek", "huawei-balance"].contains(&row.spec)
    }) {
        let code = "XTS".to_owned();
        let shown = lied(row, Lie::Currency { code }).await.unwrap_or_default();
        assert_ne!(shown, row.value, "{}", row.spec);
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_is_no_nought() {
    // A month without a cost row is a month without costs, so a list of costs may be empty.
    for spec in ["deepseek", "huawei-balance", "azure-cost", "aws-ce"] {
        let row = ROWS.iter().find(|row| row.spec == spec).unwrap();
        let shown = lied(row, Lie::Empty).await.unwrap_or_else(|| "blind".to_owned());
        assert!(shown.starts_with("blind"), "{spec}: {shown}");
    }
}

/// Refuses with HTTP 200 and a code that nobody has published: then it is known that it refuses, and not why.
fn says_it_with_200(row: &Row) -> bool {
    ["moonshot", "siliconflow", "one-api", "wxrank"].contains(&row.provider)
}

#[tokio::test(start_paused = true)]
async fn each_refusal_has_its_class() {
    for row in &ROWS {
        for (status, reasons) in [
            (401, [Reason::Auth].as_slice()),
            (403, &[Reason::Scope, Reason::Auth]),
            (500, &[Reason::Transient, Reason::Shape]),
            (503, &[Reason::Transient, Reason::Shape]),
        ] {
            let scene = Scene::new(row);
            scene.world.fault(Lie::Refuses { status });
            let read = scene.read(row).await;
            let kind = read.as_ref().err().map(|error| error.kind);
            let fits = |reason: &Reason| kind == Some(ProviderErrorKind::Blind(*reason));
            let fits = reasons.iter().any(fits) || (says_it_with_200(row) && fits(&Reason::Shape));
            assert!(fits, "{} {status}: {read:?}", row.spec);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_account_is_told_how_long_to_wait() {
    for (lie, seconds) in [
        (
            Lie::Throttled {
                retry_after: Some(90),
            },
            90,
        ),
        (Lie::ThrottledUntil { seconds: 120 }, 120),
    ] {
        let row = ROWS.iter().find(|row| row.spec == "deepseek").unwrap();
        let scene = Scene::new(row);
        scene.world.fault(lie);
        let error = scene.read(row).await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Rate));
        assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(seconds));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wire_that_fails_is_transient() {
    for row in &ROWS {
        for lie in [Lie::Refused, Lie::Hanging, Lie::Truncated, Lie::Broken] {
            let scene = Scene::new(row);
            scene.world.fault(lie.clone());
            let error = scene.read(row).await.unwrap_err();
            assert_eq!(
                error.kind,
                ProviderErrorKind::Blind(Reason::Transient),
                "{} {lie:?}: {error}",
                row.spec
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_lie_makes_a_meter_nought() {
    for row in amounts() {
        for lie in [
            Lie::AmountNull,
            Lie::AmountMissing,
            Lie::AmountGarbage,
            Lie::AmountHuge,
            Lie::Html,
            Lie::Malformed,
            Lie::Status { status: 200 },
            Lie::Status { status: 500 },
        ] {
            let scene = Scene::new(row);
            scene.world.fault(lie.clone());
            let Ok(report) = scene.read(row).await else {
                continue;
            };
            for look in report.meters {
                let Outcome::Known(reading) = look.outcome else {
                    continue;
                };
                let left = reading.remaining();
                assert!(
                    left.is_none_or(|left| !left.is_zero()),
                    "{} {lie:?}: {} is nought",
                    row.spec,
                    look.info.id
                );
            }
        }
    }
}
