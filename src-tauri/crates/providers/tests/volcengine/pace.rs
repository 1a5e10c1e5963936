//! The pace of the bill: never more than five in a second, and hardly slower.

use std::time::Duration;

use serde_json::Value;
use tidegate_providers::Source;

use crate::bill::{bill_of, page, row};
use crate::support::*;

/// Pages of a bill that is large for an account: 200 users with 5 projects each have about as many rows.
const PAGES: usize = 60;

async fn read_large(latency: Duration) -> Vec<Seen> {
    let cloud = Cloud::new();
    cloud.takes(latency);
    cloud.on("ListSplitBillDetail", |seen| {
        let offset = seen.offset();
        let mut answer = page(&[], seen);
        let rows: Vec<Value> = (offset..offset + 300)
            .map(|id| row(id, "team-a", "0.01"))
            .collect();
        answer["Result"]["List"] = rows.into();
        answer["Result"]["Total"] = (PAGES * 300).into();
        ok(&answer)
    });
    let bill = bill_of(&cloud.account()).await;
    assert!(bill.months[0].spent.is_ok(), "{:?}", bill.months[0].spent);
    cloud.seen("ListSplitBillDetail")
}

/// The most requests that arrived within a span.
fn most_within(seen: &[Seen], span: Duration) -> usize {
    let span = u64::try_from(span.as_millis()).unwrap();
    let within = |from: &Seen| {
        seen.iter()
            .filter(|other| other.at >= from.at && other.at < from.at + span)
            .count()
    };
    seen.iter().map(within).max().unwrap()
}

#[tokio::test(start_paused = true)]
async fn no_second_holds_more_than_five_and_the_whole_takes_hardly_longer_than_it_must() {
    for latency in [
        Duration::ZERO,
        Duration::from_millis(300),
        Duration::from_millis(1500),
    ] {
        let seen = read_large(latency).await;
        assert_eq!(seen.len(), PAGES, "{latency:?}");
        assert!(most_within(&seen, Duration::from_secs(1)) <= 5, "{latency:?}");
        let took = seen.last().unwrap().at - seen[0].at;
        let must = u64::try_from(PAGES).unwrap() * 1000 / 5;
        assert!(took <= must * 11 / 10, "{latency:?}: {took} ms for {must} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn however_slow_the_answers_are_only_a_few_pages_are_under_way() {
    let slow = Duration::from_secs(10);
    let seen = read_large(slow).await;
    assert_eq!(
        most_within(&seen, slow),
        8,
        "so memory stays the same for any bill"
    );
}

#[tokio::test(start_paused = true)]
async fn two_looks_at_once_share_one_pace() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |seen| {
        ok(&page(&[row(1, "team-a", "1")], seen))
    });
    let account = cloud.account();
    let (one, two, three) = tokio::join!(account.read(), account.read(), account.read());
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let seen = cloud.seen("ListSplitBillDetail");
    assert!(
        seen.windows(2).all(|pair| pair[1].at - pair[0].at >= 200),
        "{seen:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_throttled_page_is_asked_again_and_the_bill_is_whole() {
    let cloud = Cloud::new();
    cloud.on_each(
        "ListSplitBillDetail",
        vec![raw(429, &fixture("flow_limit").to_string()), ok(&fixture("bill"))],
    );
    let bill = bill_of(&cloud.account()).await;
    assert!(bill.months[0].spent.is_ok());
    assert_eq!(cloud.seen("ListSplitBillDetail").len(), 2);
}
