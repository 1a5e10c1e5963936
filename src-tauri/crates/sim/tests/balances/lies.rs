//! Lies on demand: in the body, in place of it, and on the wire.

use std::time::Duration;

use tidegate_sim::{Ending, Fault, Lie};

use crate::support::*;

const DEEPSEEK: &str = "/user/balance";
const STEPFUN: &str = "/v1/accounts";

#[test]
fn an_amount_is_told_wrong_in_each_way_and_keeps_its_type() {
    let world = world();
    let told = |lie: Lie| {
        let id = world.fault(lie);
        let text = body(&world, "deepseek", DEEPSEEK)["balance_infos"][0]["total_balance"].to_string();
        let number = body(&world, "stepfun", STEPFUN)["balance"].to_string();
        world.heal(id);
        (text, number)
    };
    let pair = |text: &str, number: &str| (text.to_owned(), number.to_owned());
    assert_eq!(told(Lie::AmountZero), pair("\"0\"", "0"));
    assert_eq!(told(Lie::AmountNull), pair("null", "null"));
    assert_eq!(told(Lie::AmountMissing), pair("null", "null"));
    assert_eq!(told(Lie::AmountNegative), pair("\"-1\"", "-1"));
    assert_eq!(told(Lie::AmountGarbage), pair("\"N/A\"", "\"N/A\""));
    assert_eq!(told(Lie::AmountOtherType), pair("100.00", "\"100\""));
    let huge = "99999999999999999999999999999999999999.99";
    assert_eq!(told(Lie::AmountHuge), pair(&format!("\"{huge}\""), huge));
}

#[test]
fn a_missing_amount_is_not_there_and_a_null_one_is() {
    let world = world();
    let id = world.fault(Lie::AmountMissing);
    assert!(body(&world, "stepfun", STEPFUN).get("balance").is_none());
    world.heal(id);
    world.fault(Lie::AmountNull);
    assert!(body(&world, "stepfun", STEPFUN).get("balance").is_some());
}

#[test]
fn a_list_is_told_empty_and_a_currency_as_another() {
    let world = world();
    let id = world.fault(Lie::Empty);
    assert_eq!(
        body(&world, "deepseek", DEEPSEEK)["balance_infos"].to_string(),
        "[]"
    );
    world.heal(id);
    let code = "XTS".to_owned();
    world.fault(Lie::Currency { code });
    assert_eq!(
        body(&world, "deepseek", DEEPSEEK)["balance_infos"][0]["currency"],
        "XTS"
    );
}

#[test]
fn a_throttled_client_is_told_to_wait_in_seconds_or_until_a_date() {
    let world = world();
    let wait = |lie: Lie| {
        let id = world.fault(lie);
        let told = answer(&world, "deepseek", DEEPSEEK);
        world.heal(id);
        assert_eq!(told.status, 429);
        let header = told.headers.iter().find(|(name, _)| name == "retry-after");
        header.map(|(_, value)| value.clone())
    };
    assert_eq!(wait(Lie::Throttled { retry_after: None }), None);
    assert_eq!(
        wait(Lie::Throttled { retry_after: Some(7) }).as_deref(),
        Some("7")
    );
    assert_eq!(
        wait(Lie::ThrottledUntil { seconds: 60 }).as_deref(),
        Some("Tue, 20 Jan 2026 08:01:00 GMT")
    );
}

#[test]
fn a_page_for_people_and_json_that_breaks_off_are_no_json() {
    let world = world();
    for lie in [Lie::Html, Lie::Malformed] {
        let id = world.fault(lie);
        let told = answer(&world, "deepseek", DEEPSEEK);
        assert_eq!(told.status, 200);
        assert!(serde_json::from_slice::<serde_json::Value>(&told.body).is_err());
        world.heal(id);
    }
}

#[test]
fn the_wire_fails_in_each_way() {
    let world = world();
    for (lie, ending) in [
        (Lie::Refused, Ending::Refused),
        (Lie::Hanging, Ending::Hanging),
        (Lie::Truncated, Ending::Truncated),
        (Lie::Broken, Ending::Broken),
    ] {
        let id = world.fault(lie);
        let told = served(&world, &keyed(&world, "deepseek", DEEPSEEK));
        assert_eq!(told.ending, ending);
        world.heal(id);
    }
    world.fault(Lie::Slow { ms: 1500 });
    let told = served(&world, &keyed(&world, "deepseek", DEEPSEEK));
    assert_eq!(told.latency, Duration::from_millis(1500));
}

#[test]
fn a_lie_is_told_to_one_account_at_one_operation_so_many_times() {
    let world = world();
    world.fault(
        Fault::new(Lie::Status { status: 500 })
            .account("deepseek")
            .on("deepseek.balance")
            .times(2),
    );
    let status = |provider: &str, target: &str| answer(&world, provider, target).status;
    assert_eq!(status("stepfun", STEPFUN), 200);
    assert_eq!(status("deepseek", DEEPSEEK), 500);
    assert_eq!(status("deepseek", DEEPSEEK), 500);
    assert_eq!(status("deepseek", DEEPSEEK), 200);
}

#[test]
fn a_key_that_was_replaced_is_unknown() {
    let world = world();
    let key = world.purse("deepseek").unwrap()["key"].clone();
    world.fault(Fault::new(Lie::KeyRotated).about(&key));
    assert_eq!(answer(&world, "deepseek", DEEPSEEK).status, 401);
    assert_eq!(answer(&world, "stepfun", STEPFUN).status, 200);
}
