//! What the projects cost: exact, whole or not at all, by the months of Beijing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tidegate_egress::FailureKind;
use tidegate_meter::Reason;
use tidegate_providers::Source;
use tidegate_providers::sub_accounts::{Bill, MonthBill, SubAccounts};
use tidegate_providers::volcengine::BillBasis;

use crate::support::*;

/// A row of the bill.
pub(crate) fn row(id: usize, project: &str, amount: &str) -> Value {
    let mut row = fixture("bill")["Result"]["List"][0].clone();
    row["SplitBillDetailId"] = json!(format!("SplitDetail{id}"));
    row["Project"] = json!(project);
    row["PayableAmount"] = json!(amount);
    row
}

/// The page of `rows` that was asked for.
pub(crate) fn page(rows: &[Value], seen: &Seen) -> Value {
    let (offset, limit) = (seen.offset(), seen.body["Limit"].as_u64().unwrap());
    let mut answer = fixture("bill");
    let here: Vec<&Value> = rows
        .iter()
        .skip(offset)
        .take(usize::try_from(limit).unwrap())
        .collect();
    let mut here = json!(here);
    for row in here.as_array_mut().unwrap() {
        row["BillPeriod"] = seen.body["BillPeriod"].clone();
    }
    answer["Result"] = json!({"Limit": limit, "Offset": offset, "Total": rows.len(), "List": here});
    answer
}

pub(crate) async fn bill_of(account: &impl Source) -> Bill {
    account.read().await.unwrap().bill.unwrap()
}

/// Projects and amounts in words, or why there are none.
pub(crate) fn told(month: &MonthBill) -> Result<BTreeMap<String, String>, Reason> {
    let spent = month.spent.as_ref().map_err(|blind| blind.reason)?;
    let line = |((project, _), money): (&(_, _), &tidegate_meter::Quantity)| {
        let project: &tidegate_providers::sub_accounts::Project = project;
        (project.0.clone(), money.to_string())
    };
    Ok(spent.iter().map(line).collect())
}

fn spent<const N: usize>(lines: [(&str, &str); N]) -> BTreeMap<String, String> {
    lines
        .map(|(project, money)| (project.to_owned(), money.to_owned()))
        .into()
}

#[tokio::test(start_paused = true)]
async fn each_project_is_summed_exactly_and_a_refund_keeps_its_sign() {
    let cloud = Cloud::new();
    let bill = bill_of(&cloud.account()).await;
    assert_eq!(bill.months.len(), 1);
    assert_eq!(bill.months[0].month.to_string(), "2026-03");
    assert_eq!(
        told(&bill.months[0]).unwrap(),
        spent([("-", "100 CNY"), ("team-a", "-0.574985 CNY")])
    );
}

#[tokio::test(start_paused = true)]
async fn the_question_is_one_pass_of_split_rows_with_their_number() {
    let cloud = Cloud::new();
    bill_of(&cloud.account()).await;
    let asked = cloud.seen("ListSplitBillDetail");
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].body,
        json!({"BillPeriod": "2026-03", "GroupPeriod": 2, "Limit": 300, "Offset": 0, "NeedRecordNum": 1, "IgnoreZero": 1})
    );
    assert_eq!((asked[0].method, asked[0].service.as_str()), ("POST", "billing"));
    assert_eq!(asked[0].version, "2022-01-01");
    assert_eq!(asked[0].host, "open.volcengineapi.com");
}

#[tokio::test(start_paused = true)]
async fn the_basis_is_what_the_account_says_and_list_prices_count_free_rows_too() {
    for (basis, field, zero, sum) in [
        (BillBasis::Payable, "PayableAmount", 1, "1 CNY"),
        (BillBasis::Discounted, "DiscountBillAmount", 1, "2 CNY"),
        (BillBasis::Original, "OriginalBillAmount", 0, "3 CNY"),
    ] {
        let cloud = Cloud::new();
        cloud.on("ListSplitBillDetail", |seen| {
            let mut row = row(1, "team-a", "1");
            row["DiscountBillAmount"] = json!("2.0");
            row["OriginalBillAmount"] = json!(3);
            ok(&page(&[row], seen))
        });
        let account = cloud.account_with(|config| config.basis = basis);
        let bill = bill_of(&account).await;
        assert_eq!(
            told(&bill.months[0]).unwrap(),
            spent([("team-a", sum)]),
            "{field}"
        );
        assert_eq!(
            cloud.seen("ListSplitBillDetail")[0].body["IgnoreZero"],
            zero,
            "{field}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_project_and_an_unknown_one_are_buckets_of_their_own_and_so_are_currencies() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |seen| {
        let mut dollars = row(4, "team-a", "7");
        dollars["Currency"] = json!("USD");
        let rows = [
            row(1, "", "1"),
            row(2, "-", "2"),
            row(3, "never-listed", "3"),
            row(5, "team-a", "5"),
            dollars,
        ];
        ok(&page(&rows, seen))
    });
    let bill = bill_of(&cloud.account()).await;
    let spent = bill.months[0].spent.as_ref().unwrap();
    let lines: Vec<String> = spent
        .iter()
        .map(|((project, _), money)| format!("{:?} {money}", project.0))
        .collect();
    assert_eq!(
        lines,
        [
            r#""" 1 CNY"#,
            r#""-" 2 CNY"#,
            r#""never-listed" 3 CNY"#,
            r#""team-a" 5 CNY"#,
            r#""team-a" 7 USD"#
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn pages_are_added_up_as_they_come_and_rounded_once_and_up() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |seen| {
        let rows: Vec<Value> = (0..700).map(|id| row(id, "team-a", "0.00000015")).collect();
        ok(&page(&rows, seen))
    });
    let bill = bill_of(&cloud.account()).await;
    let offsets: Vec<usize> = cloud
        .seen("ListSplitBillDetail")
        .iter()
        .map(Seen::offset)
        .collect();
    assert_eq!(offsets, [0, 300, 600]);
    assert_eq!(
        told(&bill.months[0]).unwrap(),
        spent([("team-a", "0.000105 CNY")])
    );
    cloud.on("ListSplitBillDetail", |seen| {
        ok(&page(&[row(1, "team-a", "0.0000001")], seen))
    });
    let bill = bill_of(&cloud.account()).await;
    assert_eq!(
        told(&bill.months[0]).unwrap(),
        spent([("team-a", "0.000001 CNY")])
    );
}

#[tokio::test(start_paused = true)]
async fn an_empty_month_is_known_to_be_empty() {
    for list in [json!([]), json!(null)] {
        let cloud = Cloud::new();
        let mut answer = fixture("bill");
        answer["Result"] = json!({"Limit": 300, "Offset": 0, "Total": 0, "List": list});
        cloud.answers("ListSplitBillDetail", answer);
        let bill = bill_of(&cloud.account()).await;
        assert_eq!(told(&bill.months[0]), Ok(BTreeMap::new()));
    }
}

/// Answers the first `lies` questions with `lie`, and the rest with a whole bill of 301 rows of 1.
async fn after_lies(
    lies: usize,
    lie: impl Fn(&mut Value, &Seen) + Send + Sync + 'static,
) -> (Result<BTreeMap<String, String>, Reason>, usize) {
    let cloud = Cloud::new();
    let asked = AtomicUsize::new(0);
    cloud.on("ListSplitBillDetail", move |seen| {
        let rows: Vec<Value> = (0..301).map(|id| row(id, "team-a", "1")).collect();
        let mut answer = page(&rows, seen);
        if asked.fetch_add(1, Ordering::SeqCst) < lies {
            lie(&mut answer["Result"], seen);
        }
        ok(&answer)
    });
    let bill = bill_of(&cloud.account()).await;
    (told(&bill.months[0]), cloud.seen("ListSplitBillDetail").len())
}

#[tokio::test(start_paused = true)]
async fn a_bill_that_changes_while_it_is_read_is_read_once_more_and_then_given_up() {
    let grows = |result: &mut Value, seen: &Seen| {
        if seen.offset() > 0 {
            result["Total"] = json!(302);
        }
    };
    let (known, asked) = after_lies(2, grows).await;
    assert_eq!((known, asked), (Ok(spent([("team-a", "301 CNY")])), 4));
    let (unstable, asked) = after_lies(usize::MAX, grows).await;
    assert_eq!((unstable, asked), (Err(Reason::Transient), 4));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_comes_twice_hides_another_so_the_bill_is_not_believed() {
    let repeats = |result: &mut Value, seen: &Seen| {
        if seen.offset() > 0 {
            result["List"][0] = row(299, "team-a", "1");
        }
    };
    let (known, _) = after_lies(2, repeats).await;
    assert_eq!(known, Ok(spent([("team-a", "301 CNY")])));
    let (hidden, _) = after_lies(usize::MAX, repeats).await;
    assert_eq!(hidden, Err(Reason::Transient));
    let short = |result: &mut Value, seen: &Seen| {
        if seen.offset() > 0 {
            result["List"] = json!([]);
        }
    };
    assert_eq!(after_lies(usize::MAX, short).await.0, Err(Reason::Transient));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_sent_too_often_counts_once() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |seen| {
        let mut answer = page(&[row(1, "team-a", "5"), row(2, "team-a", "6")], seen);
        let again = answer["Result"]["List"][1].clone();
        answer["Result"]["List"].as_array_mut().unwrap().push(again);
        ok(&answer)
    });
    let bill = bill_of(&cloud.account()).await;
    assert_eq!(told(&bill.months[0]), Ok(spent([("team-a", "11 CNY")])));
}

#[tokio::test(start_paused = true)]
async fn the_month_before_is_read_until_the_sixth_of_beijing_and_each_month_is_blind_by_itself() {
    for (now, months) in [
        ("2026-03-31T15:59:59Z", vec!["2026-03"]),
        ("2026-03-31T16:00:01Z", vec!["2026-03", "2026-04"]),
        ("2026-04-06T15:59:00Z", vec!["2026-03", "2026-04"]),
        ("2026-04-06T16:00:01Z", vec!["2026-04"]),
    ] {
        let cloud = Cloud::at(now);
        cloud.on("ListSplitBillDetail", |seen| {
            ok(&page(&[row(1, "team-a", "1")], seen))
        });
        let bill = bill_of(&cloud.account()).await;
        let read: Vec<String> = bill.months.iter().map(|month| month.month.to_string()).collect();
        assert_eq!(read, months, "{now}");
        assert!(bill.months.iter().all(|month| month.spent.is_ok()), "{now}");
    }
    let cloud = Cloud::at("2026-04-02T00:00:00Z");
    cloud.on("ListSplitBillDetail", |seen| {
        if seen.body["BillPeriod"] == "2026-03" {
            return refused(500, "InternalError", "no");
        }
        ok(&page(&[row(1, "team-a", "1")], seen))
    });
    let bill = bill_of(&cloud.account()).await;
    assert_eq!(told(&bill.months[0]), Err(Reason::Transient));
    assert_eq!(told(&bill.months[1]), Ok(spent([("team-a", "1 CNY")])));
}

#[tokio::test(start_paused = true)]
async fn a_bill_too_long_or_too_large_is_told_and_not_read_in_part() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |seen| {
        let mut answer = page(&[row(1, "team-a", "1")], seen);
        answer["Result"]["Total"] = json!(1_200_001);
        ok(&answer)
    });
    assert_eq!(
        told(&bill_of(&cloud.account()).await.months[0]),
        Err(Reason::Shape)
    );
    assert_eq!(cloud.seen("ListSplitBillDetail").len(), 1);
    cloud.on("ListSplitBillDetail", |_| fails(FailureKind::TooLarge));
    assert_eq!(
        told(&bill_of(&cloud.account()).await.months[0]),
        Err(Reason::Shape)
    );
}

#[tokio::test(start_paused = true)]
async fn a_month_that_was_missed_is_asked_for_by_itself_as_long_as_it_is_told() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |seen| {
        ok(&page(&[row(1, "team-a", "1")], seen))
    });
    let account = cloud.account();
    let january = account.month("2026-01".parse().unwrap()).await.unwrap();
    assert_eq!(january.len(), 1);
    assert_eq!(cloud.seen("ListSplitBillDetail")[0].body["BillPeriod"], "2026-01");
    for month in ["2024-02", "2026-04"] {
        let error = account.month(month.parse().unwrap()).await.unwrap_err();
        assert_eq!(error.blind().reason, Reason::Missing, "{month}");
    }
    assert_eq!(cloud.seen("ListSplitBillDetail").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn users_that_cannot_be_listed_hide_no_bill() {
    let cloud = Cloud::new();
    cloud.on("ListUsers", |_| refused(403, "AccessDenied", "no"));
    let bill = bill_of(&cloud.account()).await;
    assert_eq!(bill.users.unwrap_err().reason, Reason::Scope);
    assert!(bill.months[0].spent.is_ok());
}
