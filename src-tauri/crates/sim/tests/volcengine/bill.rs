//! The bill: its bounds, its delay, its pages while it moves, and that every way of grouping tells the same sums.

use serde_json::{Value, json};
use tidegate_meter::{Currency, Quantity, Unit};
use tidegate_sim::volcengine::{Deed, MainAccount, Spend};
use tidegate_sim::{Answer, days, hours, seconds};

use super::support::{Stage, bob, code, result, stage, stage_at};

fn yuan(text: &str) -> Quantity {
    Quantity::parse(text, Unit::Money(Currency::CNY)).unwrap()
}

fn rows(answer: &Answer) -> Vec<Value> {
    result(answer)["List"].as_array().unwrap().clone()
}

/// The sum of a field over the rows, exactly.
fn sum(rows: &[Value], field: &str) -> String {
    let each = rows.iter().map(|row| yuan(row[field].as_str().unwrap()));
    each.fold(yuan("0"), |sum, of| sum.plus(of).unwrap()).decimal()
}

fn charge(project: &str, amount: &str, day: Option<&str>) -> Deed {
    Deed::Charge {
        project: project.into(),
        amount: amount.into(),
        product: None,
        category: None,
        day: day.map(|day| day.parse().unwrap()),
        after_s: 0,
    }
}

/// Every row of a period, page by page.
fn paged(stage: &Stage, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = result(&stage.split(&json!({"Limit": limit, "Offset": all.len()})));
        let list = page["List"].as_array().unwrap().clone();
        all.extend(list.clone());
        stage.hand.advance(seconds(1));
        if list.is_empty() || all.len() >= usize::try_from(page["Total"].as_i64().unwrap()).unwrap() {
            return all;
        }
    }
}

#[test]
fn a_day_is_told_after_its_end_in_beijing_and_the_delay() {
    let stage = stage_at(bob().spend(Spend::new("team-a", "24")), "2026-11-19T16:00:00Z");
    let count = |stage: &Stage| rows(&stage.split(&json!({}))).len();
    stage.hand.advance(hours(36).saturating_sub(seconds(1)));
    assert_eq!(count(&stage), 0);
    stage.hand.advance(seconds(1));
    let told = rows(&stage.split(&json!({})));
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["ExpenseDate"], &told[0]["PayableAmount"]),
        (&json!("2026-11-20"), &json!("24.000000"))
    );
    assert_eq!(stage.cloud.billed("team-a", "2026-11").unwrap(), yuan("24"));
    assert_eq!(stage.cloud.charged("team-a", "2026-11").unwrap(), yuan("36"));
}

#[test]
fn the_periods_are_those_of_beijing() {
    let plan = bob().spend(Spend::new("team-a", "86400").since(days(3)));
    let stage = stage_at(plan, "2026-11-30T15:59:59Z");
    let period = |stage: &Stage, period: &str| stage.split(&json!({"BillPeriod": period}));
    assert_eq!(
        code(&period(&stage, "2026-12")),
        "InvalidParam",
        "it has not begun"
    );
    stage.hand.advance(seconds(1));
    assert_eq!(code(&period(&stage, "2026-12")), "");
    assert_eq!(stage.cloud.charged("team-a", "2026-12").unwrap(), yuan("0"));
    stage.hand.advance(hours(1));
    assert_eq!(stage.cloud.charged("team-a", "2026-12").unwrap(), yuan("3600"));
    assert_eq!(stage.cloud.charged("team-a", "2026-11").unwrap(), yuan("259201"));
}

#[test]
fn every_grouping_tells_the_same_sums() {
    let plan = bob()
        .spend(
            Spend::new("team-a", "10.000007")
                .since(days(40))
                .parts(7)
                .discount(30),
        )
        .spend(Spend::new("team-b", "0.333333").since(days(12)))
        .spend(Spend::new("team-b", "5").since(days(12)).by_coupon());
    let stage = stage(plan);
    stage
        .cloud
        .happen(&charge("team-a", "-1.25", Some("2026-11-03")))
        .unwrap();
    let by = |group: i64| rows(&stage.split(&json!({"GroupPeriod": group})));
    let (period, day, detail) = (by(0), by(1), by(2));
    assert!(period.len() < day.len() && day.len() < detail.len());
    for field in [
        "OriginalBillAmount",
        "DiscountBillAmount",
        "PayableAmount",
        "CouponDeductionAmount",
    ] {
        let sums = [sum(&period, field), sum(&day, field), sum(&detail, field)];
        assert_eq!(sums[0], sums[2], "{field}");
        assert_eq!(sums[1], sums[2], "{field}");
    }
    let payable = stage
        .cloud
        .billed("team-a", "2026-11")
        .unwrap()
        .plus(stage.cloud.billed("team-b", "2026-11").unwrap());
    assert_eq!(sum(&detail, "PayableAmount"), payable.unwrap().decimal());
}

#[test]
fn the_bounds_of_the_bill_are_kept() {
    let stage = stage(bob());
    for more in [
        json!({"Limit": 0}),
        json!({"Limit": 301}),
        json!({"Limit": null}),
        json!({"Offset": -1}),
        json!({"GroupPeriod": 3}),
        json!({"BillPeriod": "2026-13"}),
        json!({"BillPeriod": "2026-11-01"}),
        json!({"BillPeriod": ""}),
        json!({"BillPeriod": "2024-10"}),
        json!({"ExpenseDate": "2026-10-31"}),
        json!({"ExpenseDate": "2026-11-01", "GroupPeriod": 0}),
    ] {
        let answer = stage.split(&more);
        assert_eq!((answer.status, &*code(&answer)), (400, "InvalidParam"), "{more}");
        stage.hand.advance(seconds(1));
    }
    assert_eq!(code(&stage.split(&json!({"BillPeriod": "2024-11"}))), "");
    let early = stage_at(bob(), "2023-01-20T00:00:00Z");
    assert_eq!(
        code(&early.split(&json!({"BillPeriod": "2021-12"}))),
        "InvalidParam"
    );
    assert_eq!(code(&early.split(&json!({"BillPeriod": "2022-01"}))), "");
}

#[test]
fn the_bills_actions_share_five_calls_a_second_and_the_balance_has_none() {
    let stage = stage(bob());
    let bill = |action| {
        let body = json!({"BillPeriod": "2026-11", "Limit": 1});
        stage.post(("billing", "2022-01-01", action), &body)
    };
    let actions = ["ListSplitBillDetail", "ListBillDetail", "ListBillOverviewByProd"];
    for action in actions.iter().cycle().take(5) {
        assert_eq!(code(&bill(action)), "");
    }
    let sixth = bill("ListBillDetail");
    assert_eq!((sixth.status, &*code(&sixth)), (429, "FlowLimitExceeded"));
    assert_eq!(
        code(&stage.post(("billing", "2022-01-01", "QueryBalanceAcct"), &json!({}))),
        ""
    );
    stage.hand.advance(seconds(1));
    assert_eq!(code(&bill("ListSplitBillDetail")), "");
}

#[test]
fn filters_totals_and_zero_rows() {
    let plan = bob()
        .spend(Spend::new("team-a", "1").since(days(5)))
        .spend(Spend::new("team-b", "2").product("ecs").since(days(5)))
        .spend(Spend::new("default", "0.000004").since(days(5)).discount(100))
        .spend(Spend::new("-", "3").since(days(5)));
    let stage = stage(plan);
    let count = |more: Value| {
        stage.hand.advance(seconds(1));
        rows(&stage.split(&more)).len()
    };
    assert_eq!(count(json!({"Project": ["team-a", "-"]})), 10);
    assert_eq!(count(json!({"Product": ["ecs"]})), 5);
    assert_eq!(count(json!({"IgnoreZero": 1})), 15);
    assert_eq!(count(json!({})), 20);
    assert_eq!(count(json!({"ExpenseDate": "2026-11-18"})), 4);
    assert_eq!(result(&stage.split(&json!({"NeedRecordNum": 0})))["Total"], 0);
    assert_eq!(result(&stage.split(&json!({"Limit": 1})))["Total"], 20);
}

#[test]
fn rows_that_come_between_two_pages_move_the_others() {
    let stage = stage(bob().spend(Spend::new("team-a", "1").since(days(10))));
    let quiet: Vec<Value> = paged(&stage, 3)
        .iter()
        .map(|row| row["SplitBillDetailId"].clone())
        .collect();
    assert_eq!(quiet.len(), 10);
    stage.cloud.meanwhile(
        "billing.ListSplitBillDetail",
        2,
        charge("team-b", "7", Some("2026-11-02")),
    );
    let moved = paged(&stage, 3);
    let mut ids: Vec<String> = moved
        .iter()
        .map(|row| row["SplitBillDetailId"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(
        (moved.len(), ids.len()),
        (11, 10),
        "one row twice, the new one not at all"
    );
    assert_eq!(paged(&stage, 300).len(), 11);
}

#[test]
fn a_month_is_corrected_after_its_end() {
    let plan = bob().spend(Spend::new("team-a", "3").since(days(30)).late(days(4)));
    let stage = stage_at(plan, "2026-12-02T04:00:00Z");
    let november = |stage: &Stage| stage.cloud.billed("team-a", "2026-11").unwrap().decimal();
    let early = november(&stage);
    stage.hand.advance(days(4));
    let late = november(&stage);
    assert_ne!(early, late, "rows of a closed month come late");
    let refund = Deed::Charge {
        project: "team-a".into(),
        amount: "-2.5".into(),
        product: None,
        category: None,
        day: Some("2026-11-30".parse().unwrap()),
        after_s: 3600,
    };
    stage.cloud.happen(&refund).unwrap();
    assert_eq!(november(&stage), late);
    stage.hand.advance(hours(1));
    assert_eq!(
        november(&stage),
        yuan(&late).minus(yuan("2.5")).unwrap().decimal()
    );
    let rows = rows(&stage.split(&json!({"BillPeriod": "2026-11"})));
    let refund = rows
        .iter()
        .find(|row| row["BillCategory"] == "refund-terminate")
        .unwrap();
    assert_eq!(refund["PayableAmount"], "-2.500000");
}

#[test]
fn the_plain_bill_does_not_know_the_project_of_models() {
    let plan = bob()
        .spend(Spend::new("team-a", "1").since(days(3)))
        .spend(Spend::new("team-a", "1").product("ecs").since(days(3)));
    let stage = stage(plan);
    let body = json!({"BillPeriod": "2026-11", "Limit": 300, "GroupPeriod": 1});
    let told = rows(&stage.post(("billing", "2022-01-01", "ListBillDetail"), &body));
    let project =
        |product: &str| told.iter().find(|row| row["Product"] == product).unwrap()["Project"].clone();
    assert_eq!(project("ark_bd"), "-");
    assert_eq!(project("ecs"), "team-a");
    assert!(told[0]["RoundAmount"].is_number());
    let told = rows(&stage.post(("billing", "2022-01-01", "ListBillOverviewByProd"), &body));
    assert_eq!(
        told.iter()
            .map(|row| row["Product"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["ark_bd", "ecs"]
    );
    assert!(told[0].get("Project").is_none());
}

#[test]
fn what_nobody_owns_is_billed_and_the_balance_is_what_was_set() {
    let stage = stage(
        MainAccount::new("main")
            .balance("12.5")
            .spend(Spend::new("-", "24").since(days(2))),
    );
    assert_eq!(rows(&stage.split(&json!({})))[0]["Project"], "-");
    let balance =
        |stage: &Stage| result(&stage.post(("billing", "2022-01-01", "QueryBalanceAcct"), &json!({})));
    assert_eq!(balance(&stage)["AvailableBalance"], "12.50");
    assert_eq!(balance(&stage)["AccountID"], stage.cloud.id().unwrap());
    stage.cloud.happen(&Deed::Balance { cash: "-3".into() }).unwrap();
    assert_eq!(balance(&stage)["CashBalance"], "-3.00");
}
