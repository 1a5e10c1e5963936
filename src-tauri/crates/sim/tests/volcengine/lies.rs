//! Every lie that can be told about one call.

use serde_json::{Value, json};
use tidegate_sim::volcengine::Spend;
use tidegate_sim::{Ending, Fault, Lie, Served, days, seconds};

use super::support::{Stage, bob, code, result, stage};

const OFF: [(&str, &str); 2] = [("UserName", "bob"), ("Status", "inactive")];

/// Switches the first key off; what came of it on the wire.
fn switch_off(stage: &Stage) -> Served {
    let key = stage.cloud.user("bob").unwrap().keys[0].ak.clone();
    let mut params = OFF.to_vec();
    params.push(("AccessKeyId", &key));
    stage.served(&stage.signed(
        &stage.key,
        ("iam", "2018-01-01", "UpdateAccessKey"),
        &params,
        None,
    ))
}

fn is_off(stage: &Stage) -> bool {
    !stage.cloud.user("bob").unwrap().keys[0].active
}

fn lying(lie: Lie) -> Stage {
    let stage = stage(bob());
    stage
        .world
        .fault(Fault::new(lie).on("iam.UpdateAccessKey").times(1));
    stage
}

#[test]
fn an_action_is_refused_so_often_and_with_this_code() {
    let stage = stage(bob());
    let lie = |code: &str, status| Lie::ErrorCode {
        code: code.into(),
        status,
    };
    stage.world.fault(
        Fault::new(lie("ServiceFailure", None))
            .on("iam.UpdateAccessKey")
            .times(2),
    );
    for _ in 0..2 {
        let answer = switch_off(&stage).answer;
        assert_eq!((answer.status, &*code(&answer)), (500, "ServiceFailure"));
        assert!(!is_off(&stage));
    }
    assert_eq!(code(&switch_off(&stage).answer), "");
    stage
        .world
        .fault(Fault::new(lie("AccessDenied", Some(200))).on("iam.ListUsers"));
    let answer = stage.iam("ListUsers", &[]);
    assert_eq!(
        (answer.status, &*code(&answer)),
        (200, "AccessDenied"),
        "an error inside a 200"
    );
}

#[test]
fn a_lie_may_be_about_one_sub_account_only() {
    let stage = stage(bob().user("eve"));
    stage
        .world
        .fault(Fault::new(Lie::Status { status: 502 }).about("eve"));
    let keys = |name| stage.iam("ListAccessKeys", &[("UserName", name)]).status;
    assert_eq!((keys("bob"), keys("eve")), (200, 502));
}

#[test]
fn success_is_told_and_nothing_done() {
    let stage = lying(Lie::Ignored);
    assert_eq!(code(&switch_off(&stage).answer), "");
    assert!(!is_off(&stage));
    switch_off(&stage);
    assert!(is_off(&stage), "the second time it is done");
}

#[test]
fn an_answer_is_lost_after_or_before_it_was_done() {
    for (lie, ending, done) in [
        (Lie::Broken, Ending::Broken, true),
        (Lie::Hanging, Ending::Hanging, true),
        (Lie::Truncated, Ending::Truncated, true),
        (Lie::Unheard, Ending::Broken, false),
        (Lie::Refused, Ending::Refused, false),
    ] {
        let stage = lying(lie.clone());
        assert_eq!(switch_off(&stage).ending, ending, "{lie:?}");
        assert_eq!(is_off(&stage), done, "{lie:?}");
    }
}

#[test]
fn an_answer_is_late() {
    let stage = lying(Lie::Slow { ms: 9000 });
    assert_eq!(switch_off(&stage).latency, seconds(9));
    assert!(is_off(&stage));
}

#[test]
fn bodies_that_are_no_answer() {
    let body = |lie: Lie| {
        let stage = lying(lie);
        let answer = switch_off(&stage).answer;
        (String::from_utf8(answer.body.to_vec()).unwrap(), is_off(&stage))
    };
    let (html, done) = body(Lie::Html);
    assert!(html.starts_with("<html>") && !done);
    let (half, done) = body(Lie::Malformed);
    assert!(serde_json::from_str::<Value>(&half).is_err() && done);
    assert_eq!(body(Lie::NoMetadata), ("{}".to_owned(), true));
    assert_eq!(body(Lie::Status { status: 503 }), ("{}".to_owned(), false));
}

#[test]
fn refusals_of_the_gateway_by_status_and_too_many_calls() {
    for (status, expected) in [
        (401, "InvalidAccessKey"),
        (403, "AccessDenied"),
        (429, "FlowLimitExceeded"),
        (500, "InternalError"),
    ] {
        let answer = switch_off(&lying(Lie::Refuses { status })).answer;
        assert_eq!((answer.status, &*code(&answer)), (status, expected));
    }
    let answer = switch_off(&lying(Lie::Throttled { retry_after: Some(7) })).answer;
    assert!(
        answer
            .headers
            .contains(&("retry-after".to_owned(), "7".to_owned()))
    );
    assert_eq!(
        code(&switch_off(&lying(Lie::KeyRotated)).answer),
        "InvalidAccessKey"
    );
    assert_eq!(
        code(&switch_off(&lying(Lie::TokenExpired)).answer),
        "InvalidSecretToken"
    );
}

#[test]
fn private_fields_are_masked() {
    let stage = stage(bob());
    let mail = |params: &[(&str, &str)]| {
        result(&stage.iam("GetUser", &[&[("UserName", "bob")], params].concat()))["User"]["Email"].clone()
    };
    assert_eq!(mail(&[]), "bob@example.com");
    assert_eq!(mail(&[("PiiRedaction", "1")]), "b************om");
    stage.world.fault(Fault::new(Lie::Masked).on("iam"));
    assert_eq!(mail(&[]), "b************om");
}

#[test]
fn pages_that_lie() {
    let page = |lie: Option<Lie>, offset: i64| {
        let stage = stage(bob().spend(Spend::new("team-a", "1").since(days(10))));
        if let Some(lie) = lie {
            stage.world.fault(Fault::new(lie).on("billing"));
        }
        let told = result(&stage.split(&json!({"Limit": 3, "Offset": offset})));
        let rows = told["List"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["ExpenseDate"].to_string());
        (rows.collect::<Vec<_>>(), told["Total"].as_i64().unwrap())
    };
    let (first, total) = page(None, 0);
    assert_eq!((first.len(), total), (3, 10));
    assert_eq!(page(Some(Lie::Empty), 0), (vec![], 10));
    assert_eq!(page(Some(Lie::TotalWrong { by: -4 }), 0), (first.clone(), 6));
    assert_eq!(page(Some(Lie::RepeatRow), 3).0[0], first[2]);
    assert_eq!(page(Some(Lie::SkipRow), 3).0[0], page(None, 4).0[0]);
}

#[test]
fn amounts_that_lie() {
    let payable = |lie: Lie| {
        let stage = stage(bob().spend(Spend::new("team-a", "1.5").since(days(3))));
        stage.world.fault(lie);
        result(&stage.split(&json!({})))["List"][0]
            .get("PayableAmount")
            .cloned()
    };
    assert_eq!(payable(Lie::AmountNull), Some(Value::Null));
    assert_eq!(payable(Lie::AmountMissing), None);
    assert_eq!(payable(Lie::AmountZero), Some(json!("0")));
    assert_eq!(payable(Lie::AmountGarbage), Some(json!("N/A")));
    assert_eq!(payable(Lie::AmountNegative), Some(json!("-1")));
    assert_eq!(payable(Lie::AmountOtherType).unwrap().to_string(), "0.750000");
    let stage = stage(bob().spend(Spend::new("team-a", "1.5").since(days(3))));
    stage.world.fault(Lie::Currency { code: "USD".into() });
    assert_eq!(result(&stage.split(&json!({})))["List"][0]["Currency"], "USD");
}
