//! Nothing left is told twice or not believed.

use serde_json::{Value, json};
use tidegate_meter::{Outcome, Reason};
use tidegate_providers::Source;

use crate::support::*;
use crate::usages::find;

/// What the instance's package becomes when its usage is nothing and the list answers so.
async fn told_as_nothing(list: impl Fn() -> Reply + Send + Sync + 'static) -> Outcome {
    let cloud = Cloud::new();
    cloud.on(PACKAGES, move |_| list());
    cloud.on(USAGES, |_| {
        let mut row = fixture("usages")["free_resources"][0].clone();
        row["amount"] = json!(0);
        ok(&json!({"free_resources": [row]}))
    });
    let report = cloud.account().read().await.unwrap();
    find(&report.meters, PACKAGE_A).outcome.clone()
}

/// The list with an amount of the first package, used up by its status.
fn listed(amount: &Value) -> Value {
    in_status(amount, &json!(2))
}

fn in_status(amount: &Value, status: &Value) -> Value {
    let mut list = fixture("packages");
    list["free_resource_packages"][0]["status"] = status.clone();
    list["free_resource_packages"][0]["free_resources"][0]["amount"] = amount.clone();
    list
}

fn reason(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Blind(blind) => Some(blind.reason),
        Outcome::Known(_) => None,
    }
}

#[tokio::test]
async fn nothing_left_is_no_truth_while_the_list_says_otherwise() {
    let outcome = told_as_nothing(|| ok(&listed(&json!("180.25")))).await;
    assert_eq!(reason(&outcome), Some(Reason::Implausible), "{outcome:?}");
}

/// Both amounts lie alike while a batch has not landed; the status is made by another job.
#[tokio::test]
async fn nothing_left_is_no_truth_while_the_package_is_in_effect() {
    for amount in [json!("0"), Value::Null] {
        let outcome = told_as_nothing(move || ok(&in_status(&amount, &json!(1)))).await;
        assert_eq!(reason(&outcome), Some(Reason::Implausible), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_status_that_is_not_told_or_not_known_contradicts_nothing() {
    for status in [Value::Null, json!("in effect"), json!(9)] {
        let outcome = told_as_nothing(move || ok(&in_status(&json!("0"), &status))).await;
        assert!(outcome.reading().unwrap().remaining().unwrap().is_zero());
    }
}

#[tokio::test]
async fn nothing_left_by_both_answers_is_nothing_left() {
    for amount in [json!("0"), json!(0), json!("0.000")] {
        let outcome = told_as_nothing(move || ok(&listed(&amount))).await;
        assert!(outcome.reading().unwrap().remaining().unwrap().is_zero());
    }
}

#[tokio::test]
async fn a_package_that_the_list_does_not_know_or_not_tell_has_one_witness() {
    let empty = json!({"total_count": 0, "free_resource_packages": []});
    for list in [empty, listed(&Value::Null)] {
        let outcome = told_as_nothing(move || ok(&list)).await;
        assert!(outcome.reading().unwrap().remaining().unwrap().is_zero());
    }
}

#[tokio::test]
async fn nothing_left_waits_for_a_list_that_cannot_be_read_now() {
    let outcome = told_as_nothing(|| raw(500, "{}")).await;
    assert_eq!(reason(&outcome), Some(Reason::Transient), "{outcome:?}");
}

#[tokio::test]
async fn a_key_that_may_not_read_the_list_has_one_witness() {
    let denied = || refused(403, "CBC.0151", "correct permission code is bss:order:view");
    let outcome = told_as_nothing(denied).await;
    assert!(outcome.reading().is_some(), "{outcome:?}");
}
