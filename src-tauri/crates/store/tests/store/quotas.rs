//! Quotas: budgets by version, ledgers that only grow, charges until they end, spending as told last.

use tidegate_meter::{Currency, Month, Quantity, TargetId, Time, Unit};
use tidegate_store::{
    AllocationRow, BudgetRow, ChargeEnd, ChargeRow, LedgerFilter, QuotaWrite, SpendingRow, Store, StoreError,
    Write,
};

use crate::support::*;

const CNY: Unit = Unit::Money(Currency::CNY);

fn cny(text: &str) -> Quantity {
    Quantity::parse(text, CNY).unwrap()
}

fn user(text: &str) -> TargetId {
    TargetId::new(text).unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

async fn put(store: &Store, write: QuotaWrite) -> Result<(), StoreError> {
    store.write(batch([Write::Quota(write)])).await
}

fn is_conflict(written: &Result<(), StoreError>) -> bool {
    matches!(written, Err(StoreError::Conflict { .. }))
}

fn budget(version: i64, note: &str) -> BudgetRow {
    BudgetRow {
        account: account(),
        user: user("1"),
        version,
        body: serde_json::json!({ "note": note }),
    }
}

fn entry(of: &str, seq: i64, amount: &str, total: &str) -> AllocationRow {
    AllocationRow {
        account: account(),
        user: user(of),
        seq,
        amount: cny(amount),
        total: cny(total),
        note: "why".to_owned(),
        by: "tester".to_owned(),
        at: minutes(1),
    }
}

fn charge(n: u8) -> ChargeRow {
    ChargeRow {
        id: id(n),
        account: account(),
        user: user("1"),
        project: "web".to_owned(),
        share: Quantity::parse("60", Unit::Percent).unwrap(),
        first_month: month("2026-01"),
        baseline: None,
        unit: CNY,
        since: minutes(u64::from(n)),
        by: "tester".to_owned(),
        end: None,
    }
}

fn spent(project: &str, amount: &str, at: Time) -> SpendingRow {
    SpendingRow {
        account: account(),
        project: project.to_owned(),
        month: month("2026-01"),
        amount: cny(amount),
        first_at: at,
        at,
    }
}

#[tokio::test]
async fn a_budget_is_written_only_over_the_version_before() {
    let store = ready().await;
    put(&store, QuotaWrite::Budget(budget(1, "first"))).await.unwrap();
    assert!(is_conflict(
        &put(&store, QuotaWrite::Budget(budget(1, "twice"))).await
    ));
    assert!(is_conflict(
        &put(&store, QuotaWrite::Budget(budget(3, "too far"))).await
    ));
    put(&store, QuotaWrite::Budget(budget(2, "second")))
        .await
        .unwrap();
    assert!(is_conflict(
        &put(&store, QuotaWrite::Budget(budget(2, "late"))).await
    ));
    assert_eq!(store.budgets(&account()).await.unwrap(), [budget(2, "second")]);
    let other = "other".parse().unwrap();
    assert!(store.budgets(&other).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_ledger_takes_only_the_next_entry_with_the_right_total() {
    let store = ready().await;
    put(&store, QuotaWrite::Allocate(entry("1", 1, "100", "100")))
        .await
        .unwrap();
    let wrong = [
        entry("1", 1, "5", "105"),
        entry("1", 3, "5", "105"),
        entry("1", 2, "5", "104.999999"),
        AllocationRow {
            amount: Quantity::parse("5", "USD".parse().unwrap()).unwrap(),
            ..entry("1", 2, "5", "105")
        },
        entry("2", 1, "5", "105"),
    ];
    for row in wrong {
        assert!(
            is_conflict(&put(&store, QuotaWrite::Allocate(row.clone())).await),
            "{row:?}"
        );
    }
    put(&store, QuotaWrite::Allocate(entry("1", 2, "-40.5", "59.5")))
        .await
        .unwrap();
    let page = |before, limit| {
        let filter = LedgerFilter {
            account: account(),
            user: user("1"),
            before,
            limit,
        };
        store.ledger(filter)
    };
    let both = [entry("1", 2, "-40.5", "59.5"), entry("1", 1, "100", "100")];
    assert_eq!(page(None, 10).await.unwrap(), both, "newest first");
    assert_eq!(page(Some(2), 10).await.unwrap(), both[1..]);
    assert_eq!(page(None, 1).await.unwrap(), both[..1]);
}

#[tokio::test]
async fn an_entry_that_is_refused_takes_everything_of_its_batch_with_it() {
    let store = ready().await;
    let writes = [
        Write::Quota(QuotaWrite::Allocate(entry("1", 1, "100", "100"))),
        Write::Quota(QuotaWrite::Allocate(entry("1", 2, "1", "1"))),
    ];
    assert!(is_conflict(&store.write(batch(writes)).await));
    let filter = LedgerFilter {
        account: account(),
        user: user("1"),
        before: None,
        limit: 10,
    };
    assert!(store.ledger(filter).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_granted_is_the_newest_entry_of_each_ledger() {
    let store = ready().await;
    let second = BudgetRow {
        user: user("2"),
        ..budget(1, "")
    };
    for row in [budget(1, ""), second] {
        put(&store, QuotaWrite::Budget(row)).await.unwrap();
    }
    for row in [
        entry("1", 1, "100", "100"),
        entry("1", 2, "1", "101"),
        entry("2", 1, "7", "7"),
    ] {
        put(&store, QuotaWrite::Allocate(row)).await.unwrap();
    }
    assert_eq!(
        store.granted(&account()).await.unwrap(),
        [entry("1", 2, "1", "101"), entry("2", 1, "7", "7")]
    );
}

#[tokio::test]
async fn a_charge_that_has_ended_is_not_changed_any_more() {
    let store = ready().await;
    put(&store, QuotaWrite::Charge(charge(1))).await.unwrap();
    let known = ChargeRow {
        baseline: Some(cny("3")),
        ..charge(1)
    };
    put(&store, QuotaWrite::Charge(known.clone())).await.unwrap();
    let ended = ChargeRow {
        end: Some(ChargeEnd {
            month: month("2026-02"),
            amount: cny("9.5"),
            at: minutes(90),
        }),
        ..known.clone()
    };
    put(&store, QuotaWrite::Charge(ended.clone())).await.unwrap();
    assert!(
        is_conflict(&put(&store, QuotaWrite::Charge(known)).await),
        "it is not begun again"
    );
    let later = ChargeRow {
        end: Some(ChargeEnd {
            month: month("2026-03"),
            amount: cny("0"),
            at: minutes(95),
        }),
        ..ended.clone()
    };
    assert!(
        is_conflict(&put(&store, QuotaWrite::Charge(later)).await),
        "nor ended otherwise"
    );
    put(&store, QuotaWrite::Charge(charge(2))).await.unwrap();
    assert_eq!(
        store.charges(&account()).await.unwrap(),
        [ended, charge(2)],
        "oldest first"
    );
}

#[tokio::test]
async fn what_a_project_cost_is_replaced_and_keeps_since_when_it_is_known() {
    let store = ready().await;
    for row in [
        spent("web", "10", minutes(1)),
        spent("", "1", minutes(1)),
        spent("web", "-2.5", minutes(60)),
    ] {
        put(&store, QuotaWrite::Spent(row)).await.unwrap();
    }
    let web = SpendingRow {
        first_at: minutes(1),
        ..spent("web", "-2.5", minutes(60))
    };
    assert_eq!(
        store.spending(&account()).await.unwrap(),
        [spent("", "1", minutes(1)), web],
        "a project without a name is one"
    );
}

#[tokio::test]
async fn a_month_is_known_by_when_it_was_read_last() {
    let store = ready().await;
    for (at, minute) in [("2026-02", 5), ("2026-01", 6), ("2026-02", 7)] {
        let write = QuotaWrite::MonthRead {
            account: account(),
            month: month(at),
            at: minutes(minute),
        };
        put(&store, write).await.unwrap();
    }
    assert_eq!(
        store.bill_months(&account()).await.unwrap(),
        [(month("2026-01"), minutes(6)), (month("2026-02"), minutes(7))]
    );
}
