//! Ways of spending, and what closes each.

use tidegate_sim::volcengine::{By, Deed, MainAccount, Path, Spend};
use tidegate_sim::{days, hours, seconds};

use super::support::{Stage, bob, code, result, stage, stage_at};

const DENY: &str = r#"{"Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"]}]}"#;

fn everything() -> MainAccount {
    bob()
        .keys(2, 1)
        .console_open()
        .role(hours(6))
        .api_key()
        .endpoint("team-a")
        .instance("team-b")
}

fn deny(stage: &Stage) {
    result_of(
        stage,
        "CreatePolicy",
        &[("PolicyName", "DenyAll"), ("PolicyDocument", DENY)],
    );
    attach(stage);
}

fn attach(stage: &Stage) {
    let params = [
        ("UserName", "bob"),
        ("PolicyName", "DenyAll"),
        ("PolicyType", "Custom"),
    ];
    result_of(stage, "AttachUserPolicy", &params);
}

fn result_of(stage: &Stage, action: &str, params: &[(&str, &str)]) {
    let answer = stage.iam(action, params);
    assert_eq!(code(&answer), "", "{action}");
}

#[test]
fn every_way_that_is_open_is_told() {
    let stage = stage(everything());
    let paths = stage.cloud.paths("bob").unwrap();
    let count = |kind: fn(&Path) -> bool| paths.iter().filter(|path| kind(path)).count();
    assert_eq!(count(|path| matches!(path, Path::Key(_))), 2, "{paths:?}");
    assert_eq!(
        count(|path| matches!(path, Path::Endpoint(_) | Path::Instance(_))),
        2
    );
    assert!(paths.contains(&Path::Console) && paths.contains(&Path::ConsoleSession));
    assert!(paths.contains(&Path::Role));
    assert_eq!(paths.len(), 8);
}

#[test]
fn a_deny_of_everything_closes_keys_and_console_and_nothing_that_runs() {
    let stage = stage(everything());
    deny(&stage);
    let paths = stage.cloud.paths("bob").unwrap();
    assert!(
        paths
            .iter()
            .all(|path| !matches!(path, Path::Key(_) | Path::Console | Path::ConsoleSession))
    );
    assert_eq!(paths.len(), 4, "{paths:?}");
}

#[test]
fn inactive_keys_and_a_login_that_is_off_leave_the_session_open() {
    let stage = stage(everything());
    for key in stage.cloud.user("bob").unwrap().keys {
        let params = [
            ("UserName", "bob"),
            ("AccessKeyId", &*key.ak),
            ("Status", "inactive"),
        ];
        result_of(&stage, "UpdateAccessKey", &params);
    }
    result_of(
        &stage,
        "UpdateLoginProfile",
        &[("UserName", "bob"), ("LoginAllowed", "false")],
    );
    let paths = stage.cloud.paths("bob").unwrap();
    assert!(paths.contains(&Path::ConsoleSession) && !paths.contains(&Path::Console));
    assert!(!paths.iter().any(|path| matches!(path, Path::Key(_))));
}

#[test]
fn a_key_made_a_moment_later_spends_unless_denied() {
    let stage = stage(bob());
    stage.keys_off();
    assert!(!stage.cloud.can_spend("bob").unwrap());
    stage
        .cloud
        .happen(&Deed::CreateKey { user: "bob".into() })
        .unwrap();
    assert!(stage.cloud.can_spend("bob").unwrap());
    deny(&stage);
    assert!(!stage.cloud.can_spend("bob").unwrap());
}

#[test]
fn a_role_assumed_before_ends_only_by_itself() {
    let stage = stage(bob().role(hours(6)));
    deny(&stage);
    stage.keys_off();
    assert_eq!(stage.cloud.paths("bob").unwrap(), [Path::Role]);
    stage.hand.advance(hours(6));
    assert_eq!(stage.cloud.paths("bob").unwrap(), []);
}

#[test]
fn rights_of_a_group_spend_and_are_denied_with_the_rest() {
    let stage = stage(MainAccount::new("main").user("bob").policies(&[]).group("devs"));
    assert!(stage.cloud.can_spend("bob").unwrap());
    deny(&stage);
    assert!(!stage.cloud.can_spend("bob").unwrap());
}

#[test]
fn a_sub_account_without_rights_cannot_spend() {
    let stage = stage(MainAccount::new("main").user("bob").policies(&[]));
    assert!(!stage.cloud.can_spend("bob").unwrap());
}

#[test]
fn money_stops_when_its_way_is_closed_and_goes_on_by_the_others() {
    let plan = bob()
        .endpoint("team-b")
        .spend(Spend::new("team-a", "24"))
        .spend(Spend::new("team-b", "12").by(By::Endpoint));
    let stage = stage(plan);
    stage.hand.advance(hours(2));
    deny(&stage);
    stage.hand.advance(hours(2));
    let charged = |project| stage.cloud.charged(project, "2026-11").unwrap().decimal();
    assert_eq!(charged("team-a"), "2");
    assert_eq!(charged("team-b"), "2");
    let endpoint = stage.cloud.details().unwrap()["endpoints"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let body = serde_json::json!({"Id": endpoint});
    assert_eq!(
        code(&stage.post(("ark", "2024-01-01", "StopEndpoint"), &body)),
        ""
    );
    stage.hand.advance(days(1));
    assert_eq!(charged("team-b"), "2");
}

#[test]
fn a_way_that_was_never_open_costs_nothing_however_late_writes_show() {
    let plan = bob()
        .keys(0, 1)
        .settling(hours(1))
        .spend(Spend::new("team-a", "24"));
    let stage = stage(plan);
    stage.hand.advance(hours(3));
    assert!(stage.cloud.charged("team-a", "2026-11").unwrap().is_zero());
    let steady = Deed::Spend {
        user: Some("bob".into()),
        spend: Spend::new("team-b", "24").by(By::Console),
    };
    stage.cloud.happen(&steady).unwrap();
    stage.hand.advance(hours(3));
    assert!(stage.cloud.charged("team-b", "2026-11").unwrap().is_zero());
}

#[test]
fn a_write_takes_hold_when_it_shows() {
    let stage = stage(bob().settling(seconds(30)).spend(Spend::new("team-a", "86.4")));
    let key = stage.cloud.user("bob").unwrap().keys[0].ak.clone();
    let params = [
        ("UserName", "bob"),
        ("AccessKeyId", &*key),
        ("Status", "inactive"),
    ];
    result_of(&stage, "UpdateAccessKey", &params);
    let shown = |stage: &Stage| {
        result(&stage.iam("ListAccessKeys", &[("UserName", "bob")]))["AccessKeyMetadata"][0]["Status"].clone()
    };
    stage.hand.advance(seconds(29));
    assert_eq!(shown(&stage), "active");
    assert!(!stage.cloud.paths_now("bob").unwrap().is_empty());
    assert!(stage.cloud.paths("bob").unwrap().is_empty());
    stage.hand.advance(seconds(1));
    assert_eq!(shown(&stage), "inactive");
    assert!(stage.cloud.paths_now("bob").unwrap().is_empty());
    stage.hand.advance(hours(1));
    assert_eq!(
        stage.cloud.charged("team-a", "2026-11").unwrap().decimal(),
        "0.03"
    );
}

/// What somebody does to bob's key, and how long it then stays so.
type Turn = (bool, u64);

proptest::proptest! {
    #[test]
    fn what_is_charged_is_the_time_that_the_way_was_open(turns in proptest::collection::vec((proptest::bool::ANY, 1_u64..200_000), 1..12)) {
        // A day costs 86 400 yuan: one a second.
        let stage = stage_at(bob().spend(Spend::new("team-a", "86400")), "2026-11-01T00:00:00Z");
        let mut open = 0;
        for (active, lasting) in &turns as &[Turn] {
            let deed = Deed::SetKey { user: "bob".into(), key: None, active: *active };
            stage.cloud.happen(&deed).unwrap();
            stage.hand.advance(seconds(*lasting));
            open += if *active { *lasting } else { 0 };
            let billed = stage.cloud.billed("team-a", "2026-11").unwrap().raw();
            proptest::prop_assert!(billed <= stage.cloud.charged("team-a", "2026-11").unwrap().raw());
        }
        proptest::prop_assert_eq!(stage.cloud.charged("team-a", "2026-11").unwrap().decimal(), open.to_string());
        stage.cloud.happen(&Deed::SetKey { user: "bob".into(), key: None, active: false }).unwrap();
        stage.hand.advance(days(2));
        proptest::prop_assert_eq!(stage.cloud.billed("team-a", "2026-11").unwrap().decimal(), open.to_string());
    }
}
