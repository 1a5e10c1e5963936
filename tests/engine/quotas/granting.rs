//! The ledger: entries, floors, who may write, how much of it there can be.

use tidegate_engine::EngineError;
use tidegate_engine::quotas::{QuotaRefused, WithoutQuota};
use tidegate_meter::{Quantity, Unit};
use tidegate_store::{AllocationRow, Batch, LedgerFilter, QuotaWrite, Store, Write};

use crate::kit::{self, TestTimer};
use crate::quotas::bank::{Bank, CNY, cny, id};
use crate::quotas::house::{House, percent, quota_config, refusal, vc};

async fn ledger(house: &House, before: Option<i64>, limit: usize) -> Vec<AllocationRow> {
    let filter = LedgerFilter {
        account: vc(),
        user: id("1"),
        before,
        limit,
    };
    house.engine.ledger(filter).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_entry_tells_its_total_its_note_who_and_when() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    house.allocate("1", "100").await;
    house.pass(60).await;
    let last = house.allocate("1", "-12.5").await;
    let entries = ledger(&house, None, 10).await;
    assert_eq!(entries[0], last, "newest first");
    assert_eq!(
        (last.seq, last.total, last.note.as_str(), last.by.as_str()),
        (2, cny("87.5"), "for the test", "test")
    );
    assert!(entries[0].at > entries[1].at);
    let alice = house.user("1").await;
    assert_eq!(
        (alice.granted, alice.left, alice.share, alice.entries),
        (Some(cny("87.5")), Some(cny("77.5")), Some(percent("11.4285")), 2)
    );
    assert_eq!(house.audit("quota.allocated").await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_deduction_below_nothing_is_refused_with_nothing_written() {
    let house = House::new().await;
    house.link("1", "web").await;
    house.look().await;
    house.allocate("1", "100").await;
    let refused = refusal(house.try_allocate("1", "-100.000001", true, None).await);
    assert_eq!(refused, QuotaRefused::Underflow { granted: cny("100") });
    assert_eq!(ledger(&house, None, 10).await.len(), 1);
    assert_eq!(house.audit("quota.allocated").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deduction_below_what_is_spent_needs_a_confirmation() {
    let house = House::new().await;
    house.bank.costs("web", "40");
    house.look().await;
    house.link("1", "web").await;
    house.allocate("1", "100").await;
    let refused = refusal(house.try_allocate("1", "-61", false, None).await);
    assert_eq!(refused, QuotaRefused::BelowSpent { spent: cny("40") });
    house.try_allocate("1", "-61", true, None).await.unwrap();
    assert_eq!(house.user("1").await.left, Some(cny("-1")));
}

#[tokio::test(start_paused = true)]
async fn a_person_who_saw_an_older_ledger_is_refused() {
    let house = House::new().await;
    house.try_allocate("1", "100", false, Some(0)).await.unwrap();
    let refused = refusal(house.try_allocate("1", "100", false, Some(0)).await);
    assert_eq!(refused, QuotaRefused::Moved { last: 1 });
    house.try_allocate("1", "5", false, Some(1)).await.unwrap();
    assert_eq!(house.user("1").await.granted, Some(cny("105")));
}

#[tokio::test(start_paused = true)]
async fn an_amount_that_is_no_money_of_the_ledger_is_refused() {
    let house = House::new().await;
    house.allocate("1", "1").await;
    let asked = |amount| tidegate_engine::quotas::Allocation {
        account: vc(),
        user: id("1"),
        amount,
        note: String::new(),
        below_spent: false,
        after: None,
    };
    for amount in [
        Quantity::parse("1", "USD".parse().unwrap()).unwrap(),
        Quantity::parse("1", Unit::Credits).unwrap(),
        cny("0"),
    ] {
        let refused = refusal(house.engine.allocate(asked(amount), "test").await);
        assert!(refused.to_string().starts_with("amount: "), "{refused}");
    }
    let long = tidegate_engine::quotas::Allocation {
        note: "x".repeat(501),
        ..asked(cny("1"))
    };
    assert!(matches!(
        refusal(house.engine.allocate(long, "test").await),
        QuotaRefused::Range { field: "note", .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn allocations_at_the_same_moment_are_all_there() {
    let house = House::new().await;
    let entries = (0..20).map(|_| house.allocate("1", "1"));
    futures_util::future::join_all(entries).await;
    let totals: Vec<_> = ledger(&house, None, 100)
        .await
        .iter()
        .map(|row| row.total)
        .collect();
    let expected: Vec<_> = (1..=20).rev().map(|total| cny(&total.to_string())).collect();
    assert_eq!(totals, expected);
}

#[tokio::test(start_paused = true)]
async fn of_two_copies_only_the_holder_writes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let timer = TestTimer::new(kit::start());
    let bank = Bank::new(&timer);
    let open = |holder| Store::open(kit::store_options(Some(&path), &timer, holder)).unwrap();
    let one = House::over(open("first"), &timer, &bank).await;
    one.engine.configure(quota_config(), "test").await.unwrap();
    one.engine.run().await.unwrap();
    one.pass(1).await;
    one.allocate("1", "10").await;
    let two = House::over(open("second"), &timer, &bank).await;
    let refused = two.try_allocate("1", "5", false, None).await;
    assert!(
        matches!(refused, Err(EngineError::NotHolder { .. })),
        "{refused:?}"
    );
    assert_eq!(ledger(&two, None, 10).await.len(), 1, "the other one reads");
    one.allocate("1", "20").await;
    one.engine.stop().await;
    let row = two.allocate("1", "5").await;
    assert_eq!(
        (row.seq, row.total),
        (3, cny("35")),
        "and goes on from what is stored"
    );
}

#[tokio::test(start_paused = true)]
async fn no_quota_is_watched_or_blocked_as_chosen_and_never_silent_for_ever() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.bank.costs("ai", "10");
    house.look().await;
    house.link("1", "web").await;
    house.link("2", "ai").await;
    house
        .rule("2", |rules| rules.without_quota = WithoutQuota::Block)
        .await;
    house.bank.costs("web", "11");
    house.bank.costs("ai", "11");
    house.look().await;
    let (alice, bob) = (house.user("1").await, house.user("2").await);
    assert_eq!(
        (alice.spent, alice.left, alice.granted),
        (Some(cny("11")), None, None)
    );
    assert_eq!(
        (bob.spent, bob.left, bob.granted),
        (Some(cny("11")), Some(cny("-11")), None)
    );
    house.pass(10).await;
    assert_eq!(house.steps(), ["bob limit"], "nobody judges what is only watched");
    // Watched again: what was said of it is over.
    house
        .rule("2", |rules| rules.without_quota = WithoutQuota::Watch)
        .await;
    assert_eq!(house.user("2").await.level, tidegate_guard::Level::Calm);
    house.look().await;
    assert_eq!(house.steps(), ["bob limit"]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_user_or_account_is_refused_by_its_name() {
    let house = House::new().await;
    let answer = house.try_allocate("77", "1", false, None).await;
    assert!(matches!(answer, Err(EngineError::NoTarget(user)) if user == id("77")));
    let nowhere = "nowhere".parse().unwrap();
    let answer = house.engine.bill(&nowhere, None).await;
    assert!(matches!(answer, Err(EngineError::NoAccount(_))));
}

#[tokio::test(start_paused = true)]
async fn a_ledger_of_a_hundred_thousand_entries_is_opened_page_by_page() {
    let house = House::new().await;
    house.look().await;
    let mut total = cny("0");
    for thousand in 0..100_i64 {
        let mut batch = Batch::default();
        for seq in 1..=1000_i64 {
            total = total.plus(cny("0.01")).unwrap();
            batch.push(Write::Quota(QuotaWrite::Allocate(AllocationRow {
                account: vc(),
                user: id("1"),
                seq: thousand * 1000 + seq,
                amount: cny("0.01"),
                total,
                note: String::new(),
                by: "test".to_owned(),
                at: house.timer_now(),
            })));
        }
        house.store.write(batch).await.unwrap();
    }
    house.engine.stop().await;
    let house = House::over(house.store.clone(), &house.timer, &house.bank).await;
    assert_eq!(house.user("1").await.granted, Some(cny("1000")));
    let first = ledger(&house, None, 100).await;
    assert_eq!((first.len(), first[0].seq, first[99].seq), (100, 100_000, 99_901));
    let next = ledger(&house, Some(99_901), 100).await;
    assert_eq!((next[0].seq, next[99].seq), (99_900, 99_801));
    let last = ledger(&house, Some(2), 100).await;
    assert_eq!(last.len(), 1, "and the oldest is the last");
}

#[tokio::test(start_paused = true)]
async fn rules_out_of_range_are_refused_by_their_field() {
    let house = House::new().await;
    for (steps, note) in [
        (Some(vec![percent("0")]), String::new()),
        (Some(vec![Quantity::zero(CNY)]), String::new()),
        (Some(vec![percent("1000.0001")]), String::new()),
        (None, "x".repeat(501)),
    ] {
        let mut rules = house.user("1").await.rules;
        rules.steps = steps;
        rules.note = note;
        let refused = refusal(house.engine.set_rules(&vc(), &id("1"), rules, "test").await);
        assert!(matches!(refused, QuotaRefused::Range { .. }), "{refused}");
    }
    house
        .rule("1", |rules| {
            rules.steps = Some(vec![percent("99.5"), percent("50"), percent("50")]);
        })
        .await;
    assert_eq!(house.user("1").await.steps, [percent("50"), percent("99.5")]);
}
