//! What is charged: projects, shares, months, corrections.

use tidegate_engine::EngineError;
use tidegate_engine::quotas::{CountFrom, QuotaRefused};
use tidegate_meter::{Currency, Month, Quantity, Reason, Unit};
use tidegate_providers::sub_accounts::Project;

use crate::kit;
use crate::quotas::bank::{cny, id, sub_account};
use crate::quotas::house::{House, percent, quota_config, refusal, vc};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_user_without_a_project_has_unknown_spending_and_not_all_of_it() {
    let house = House::new().await;
    house.bank.costs("web", "1000");
    house.look().await;
    let alice = house.user("1").await;
    assert_eq!((alice.spent, alice.left), (None, None));
    let blind = alice.blind.unwrap();
    assert_eq!(blind.reason, Reason::Missing);
    assert!(blind.detail.contains("link the projects"), "{}", blind.detail);
    assert!(house.sink().codes().is_empty(), "and nobody is alarmed by it");
}

#[tokio::test(start_paused = true)]
async fn a_first_look_that_reads_nothing_says_why_and_not_that_there_is_nobody() {
    let house = House::unseen(kit::start(), quota_config()).await;
    house.bank.set(|state| state.down = true);
    assert_eq!(house.engine.accounts_with_sub_accounts().await, [vc()]);
    let refused = house.engine.sync_quotas(&vc()).await.unwrap_err();
    assert!(matches!(refused, EngineError::Blind(_)), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_project_belongs_to_one_budget_or_is_split_by_explicit_shares() {
    let house = House::new().await;
    house.bank.costs("web", "10.000001");
    house.look().await;
    house.link("1", "web").await;
    let refused = refusal(house.try_link("2", "web", "100", CountFrom::Now).await);
    let text = refused.to_string();
    assert!(matches!(refused, QuotaRefused::Taken { .. }));
    assert!(text.contains("alice (100%)") && text.contains("shares"), "{text}");
    assert_eq!(house.user("2").await.projects.len(), 0, "and nothing was written");

    let house = House::new().await;
    house.bank.costs("web", "10.000001");
    house.look().await;
    house.try_link("1", "web", "60", CountFrom::Month).await.unwrap();
    house.try_link("2", "web", "40", CountFrom::Month).await.unwrap();
    assert_eq!(house.spent("1").await, Some(cny("6.000001")), "rounded up");
    assert_eq!(house.spent("2").await, Some(cny("4.000001")), "rounded up");
    let third = refusal(house.try_link("1", "web", "1", CountFrom::Now).await);
    assert_eq!(third, QuotaRefused::Charged("web".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn what_a_project_cost_before_it_was_linked_counts_only_where_that_was_chosen() {
    let house = House::new().await;
    house.bank.costs("web", "70");
    house.bank.costs("ai", "5");
    house.look().await;
    let web = house.try_link("1", "web", "100", CountFrom::Now).await.unwrap();
    house.try_link("1", "ai", "100", CountFrom::Month).await.unwrap();
    assert_eq!(web.baseline, Some(cny("70")), "and it is shown");
    assert_eq!(house.spent("1").await, Some(cny("5")));
    house.bank.costs("web", "71.5");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("6.5")));
}

#[tokio::test(start_paused = true)]
async fn a_link_made_while_the_bill_is_unknown_counts_from_the_first_whole_read_after_it() {
    let house = House::new().await;
    let november = house.bank.month();
    house.bank.costs("web", "70");
    house.bank.set(|state| {
        state.unread.insert(november);
    });
    house.look().await;
    let web = house.try_link("1", "web", "100", CountFrom::Now).await.unwrap();
    assert_eq!(web.baseline, None);
    assert_eq!(house.spent("1").await, None, "unknown, not nothing");
    house.bank.set(|state| state.unread.clear());
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("0")));
    house.bank.costs("web", "72");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("2")));
}

#[tokio::test(start_paused = true)]
async fn the_month_turns_in_the_billing_zone_of_the_provider() {
    // 23:30 of November in Beijing.
    let house = House::at("2026-11-30T15:30:00Z".parse().unwrap()).await;
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    let account = &house.engine.quotas(None).await.unwrap()[0];
    assert_eq!(account.month, month("2026-11"));
    house.pass_until("2026-11-30T16:00:00Z").await;
    let alice = house.user("1").await;
    assert_eq!(
        alice.blind.unwrap().reason,
        Reason::Missing,
        "December was not read yet"
    );
    house.bank.costs("web", "1");
    house.look().await;
    let account = &house.engine.quotas(None).await.unwrap()[0];
    assert_eq!(account.month, month("2026-12"), "though it is November in UTC");
    assert_eq!(house.spent("1").await, Some(cny("11")), "both months count");
}

#[tokio::test(start_paused = true)]
async fn a_late_bill_of_a_closed_month_is_charged_and_stands_in_the_audit() {
    let house = House::at("2026-11-30T12:00:00Z".parse().unwrap()).await;
    let november = house.bank.month();
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    house.pass_until("2026-12-02T00:00:00Z").await;
    assert_eq!(house.spent("1").await, Some(cny("10")));
    house.bank.cost_in(november, "web", "14.5");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("14.5")));
    // A correction downwards gives back what was never owed.
    house.bank.cost_in(november, "web", "9");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("9")));
    let restated = house.audit("spending.restated").await;
    let facts: Vec<_> = restated
        .iter()
        .map(|row| {
            (
                &row.facts["month"],
                &row.facts["before"]["value"],
                &row.facts["after"]["value"],
            )
        })
        .map(|facts| serde_json::json!([facts.0, facts.1, facts.2]))
        .collect();
    assert_eq!(
        facts,
        [
            serde_json::json!(["2026-11", "10", "14.5"]),
            serde_json::json!(["2026-11", "14.5", "9"])
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_number_that_goes_down_in_the_running_month_stands_in_the_audit_and_growth_does_not() {
    let house = House::new().await;
    for amount in ["10", "20", "19"] {
        house.bank.costs("web", amount);
        house.look().await;
    }
    assert_eq!(house.audit("spending.restated").await.len(), 1);
    house.bank.set(|state| state.costs.clear());
    house.look().await;
    let restated = house.audit("spending.restated").await;
    assert_eq!(restated.len(), 2, "a row that is gone is a refund of all of it");
    assert_eq!(restated[1].facts["after"]["value"], "0");
}

#[tokio::test(start_paused = true)]
async fn months_that_ended_while_nobody_watched_are_asked_for_and_are_unknown_until_then() {
    let house = House::new().await;
    let november = house.bank.month();
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    house.engine.stop().await;
    house.bank.cost_in(november, "web", "30");
    house.bank.cost_in(november.next(), "web", "100");
    house.bank.set(|state| {
        state.unread.extend([november, november.next()]);
    });
    house.pass_until("2027-01-20T00:00:00Z").await;
    house.bank.costs("web", "1");
    house.engine.run().await.unwrap();
    house.pass(5).await;
    let december = november.next();
    let alice = house.user("1").await;
    // What was read of November in its middle is not what it came to.
    assert!(
        alice
            .blind
            .as_ref()
            .is_some_and(|blind| blind.detail.contains("2026-11")),
        "{:?}",
        alice.blind
    );
    house.bank.set(|state| state.unread.clear());
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("131")), "30 of November, 100, 1");
    house.look().await;
    let asked = house.bank.get(|state| state.asked.clone());
    assert_eq!(
        asked,
        [november, december, november, december],
        "and not again once they are final"
    );
}

#[tokio::test(start_paused = true)]
async fn switching_a_project_off_keeps_what_it_was_charged_and_on_again_counts_from_then() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    assert_eq!(house.toggle("1", Some("web"), false).await.unwrap(), 1);
    house.bank.costs("web", "25");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("10")), "history does not change");
    assert_eq!(
        house.toggle("1", Some("web"), false).await.unwrap(),
        0,
        "it is off already"
    );
    assert_eq!(house.toggle("1", None, true).await.unwrap(), 1);
    house.bank.costs("web", "26");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("11")));
    let project = &house.user("1").await.projects[0];
    assert!(project.on);
    assert_eq!(
        (project.in_all, project.baseline),
        (Some(cny("11")), Some(cny("25")))
    );
    assert_eq!(house.audit("quota.toggled").await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn unlinking_keeps_what_was_charged_and_frees_the_project() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    let web = Project("web".to_owned());
    house
        .engine
        .unlink_project(&vc(), &id("1"), &web, "test")
        .await
        .unwrap();
    house.try_link("2", "web", "100", CountFrom::Now).await.unwrap();
    house.bank.costs("web", "13");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("10")));
    assert_eq!(
        house.spent("2").await,
        Some(cny("3")),
        "handed over without a gap or a double"
    );
    assert!(
        house.user("1").await.projects.is_empty(),
        "and it is shown no more"
    );
    let again = house.engine.unlink_project(&vc(), &id("1"), &web, "test").await;
    assert_eq!(refusal(again), QuotaRefused::NotCharged("web".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_charge_does_not_end_while_nobody_knows_what_was_spent() {
    let house = House::new().await;
    let november = house.bank.month();
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    house.bank.set(|state| {
        state.unread.insert(november);
    });
    house.look().await;
    let refused = refusal(house.toggle("1", Some("web"), false).await);
    assert_eq!(refused, QuotaRefused::Unread { month: november });
    assert!(house.user("1").await.projects[0].on, "and nothing was written");
}

#[tokio::test(start_paused = true)]
async fn totals_are_sums_of_their_parts_and_stand_nowhere_else() {
    let house = House::new().await;
    for (project, amount) in [("web", "10"), ("ai", "4"), ("", "1"), ("-", "0.5")] {
        house.bank.costs(project, amount);
    }
    house.look().await;
    house.try_link("1", "web", "60", CountFrom::Month).await.unwrap();
    house.link("2", "ai").await;
    let bill = house.engine.bill(&vc(), None).await.unwrap();
    assert!(bill.running);
    assert_eq!(bill.totals, [cny("15.5")]);
    let rows: Vec<_> = bill
        .rows
        .iter()
        .map(|row| (row.name.as_str(), row.amounts.clone()))
        .collect();
    assert_eq!(
        rows,
        [
            ("alice", vec![cny("6")]),
            ("bob", vec![cny("4")]),
            ("", vec![cny("5.5")])
        ],
        "what nobody is charged for is the last row"
    );
    let nobody: Vec<_> = bill.rows[2]
        .projects
        .iter()
        .map(|part| part.project.0.as_str())
        .collect();
    assert_eq!(
        nobody,
        ["", "-", "web"],
        "rows without a project are projects of their own"
    );
    assert_eq!(
        house.engine.quotas(None).await.unwrap()[0].unattributed,
        [cny("5.5")]
    );
}

#[tokio::test(start_paused = true)]
async fn cost_in_another_currency_makes_that_user_blind_and_no_other() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.bank.costs("ai", "2");
    house.look().await;
    house.link("1", "web").await;
    house.link("2", "ai").await;
    let usd = Quantity::parse("1", Unit::Money(Currency::USD)).unwrap();
    let key = (house.bank.month(), Project("web".to_owned()), Currency::USD);
    house.bank.set(|state| {
        state.costs.insert(key, usd);
    });
    house.look().await;
    assert_eq!(house.user("1").await.blind.unwrap().reason, Reason::Shape);
    assert_eq!(house.spent("2").await, Some(cny("2")));
}

#[tokio::test(start_paused = true)]
async fn a_rename_keeps_the_user_and_one_that_is_gone_is_kept_with_what_it_cost() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    house.allocate("1", "100").await;
    house
        .bank
        .set(|state| state.users[0] = sub_account("1", "alice.w"));
    house.look().await;
    let alice = house.user("1").await;
    assert_eq!(
        (alice.user.name.as_str(), alice.granted),
        ("alice.w", Some(cny("100")))
    );
    house.bank.set(|state| drop(state.users.remove(0)));
    house.bank.costs("web", "12");
    house.look().await;
    let alice = house.user("1").await;
    assert!(alice.missing_since.is_some());
    assert_eq!(
        house.spent("1").await,
        Some(cny("12")),
        "its late costs go on to appear"
    );
    house
        .bank
        .set(|state| state.users.push(sub_account("1", "alice.w")));
    house.look().await;
    assert_eq!(house.user("1").await.missing_since, None);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_users_that_cannot_be_read_says_nothing_about_them() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.look().await;
    house.link("1", "web").await;
    house.bank.set(|state| state.users_fail = true);
    house.bank.costs("web", "11");
    house.look().await;
    assert_eq!(house.user("1").await.missing_since, None);
    assert_eq!(house.spent("1").await, Some(cny("11")));
}

#[tokio::test(start_paused = true)]
async fn the_book_is_there_again_after_a_restart() {
    let house = House::new().await;
    house.bank.costs("web", "10");
    house.look().await;
    house.try_link("1", "web", "50", CountFrom::Month).await.unwrap();
    house.allocate("1", "100").await;
    house
        .rule("1", |rules| rules.steps = Some(vec![percent("99.5")]))
        .await;
    let before = house.user("1").await;
    house.engine.stop().await;
    let again = House::over(house.store.clone(), &house.timer, &house.bank).await;
    let after = again.user("1").await;
    assert_eq!(
        (after.granted, after.spent, after.rules, after.projects),
        (before.granted, Some(cny("5")), before.rules, before.projects)
    );
}
