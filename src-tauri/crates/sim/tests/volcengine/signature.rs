//! Who is let in: keys, scopes, time and signatures, each refused by its own code.

use serde_json::{Value, json};
use tidegate_sim::volcengine::{Deed, MainAccount};
use tidegate_sim::{Call, Credential, Fault, Lie, seconds};

use super::support::{Stage, bob, code, result, sign, stage};

fn pairs<'a>() -> Vec<(&'a str, &'a str)> {
    vec![("Action", "ListUsers"), ("Version", "2018-01-01")]
}

/// The status and the code of a refusal, and its number.
fn refused(stage: &Stage, call: &Call) -> (u16, String, Value) {
    let answer = stage.served(call).answer;
    let number = answer
        .value()
        .pointer("/ResponseMetadata/Error/CodeN")
        .cloned()
        .unwrap_or_default();
    (answer.status, code(&answer), number)
}

fn call(stage: &Stage) -> Call {
    sign(
        &stage.key,
        ("iam", "cn-beijing"),
        &pairs(),
        None,
        stage.world.now(),
    )
}

fn without(mut call: Call, header: &str) -> Call {
    call.headers.retain(|(name, _)| name != header);
    call
}

#[test]
fn each_missing_or_wrong_part_has_its_own_code() {
    let stage = stage(bob());
    let good = call(&stage);
    let with = |pairs: &[(&str, &str)], scope| sign(&stage.key, scope, pairs, None, stage.world.now());
    let mut tampered = good.clone();
    tampered.query = tampered.query.replace("ListUsers", "GetUser");
    let mut malformed = without(good.clone(), "authorization");
    malformed
        .headers
        .push(("authorization".into(), "Bearer FAKE".into()));
    let mut half = without(good.clone(), "authorization");
    let header = format!(
        "HMAC-SHA256 Credential={}/20261120/cn-beijing/iam/request",
        stage.key.ak
    );
    half.headers.push(("authorization".into(), header));
    for (call, expected) in [
        (tampered, (401, "SignatureDoesNotMatch", 100_010)),
        (
            without(good.clone(), "authorization"),
            (401, "MissingAuthenticationToken", 100_003),
        ),
        (malformed, (400, "InvalidAuthorization", 100_024)),
        (half, (401, "MissingSignature", 100_005)),
        (without(good, "x-date"), (400, "MissingRequestInfo", 100_004)),
        (
            with(&pairs(), ("cdn", "cn-north-1")),
            (404, "ServiceNotFound", 100_007),
        ),
        (
            with(&pairs(), ("ark", "cn-shanghai")),
            (404, "ServiceNotFound", 100_007),
        ),
        (
            with(&pairs(), ("billing", "cn-north-1")),
            (404, "InvalidActionOrVersion", 100_008),
        ),
        (
            with(
                &[("Action", "ListUsers"), ("Version", "2021-08-01")],
                ("iam", "cn-beijing"),
            ),
            (404, "InvalidActionOrVersion", 100_008),
        ),
        (
            with(&[("Action", "ListUsers")], ("iam", "cn-beijing")),
            (400, "MissingParameter", 100_002),
        ),
    ] {
        let seen = refused(&stage, &call);
        assert_eq!(
            seen,
            (expected.0, expected.1.to_owned(), json!(expected.2)),
            "{}",
            call.query
        );
    }
}

#[test]
fn a_request_is_good_for_900_seconds_either_way() {
    let stage = stage(bob());
    let now = stage.world.now();
    let sent = |at| sign(&stage.key, ("iam", "cn-beijing"), &pairs(), None, at);
    for at in [now.minus(seconds(900)), now.plus(seconds(900))] {
        assert_eq!(code(&stage.served(&sent(at)).answer), "");
    }
    for at in [now.minus(seconds(901)), now.plus(seconds(901))] {
        assert_eq!(code(&stage.served(&sent(at)).answer), "InvalidTimestamp");
    }
}

#[test]
fn an_unknown_a_deleted_and_an_inactive_key_are_one_refusal() {
    let stage = stage(bob());
    let bobs = stage.cloud.keys_of("bob").unwrap()[0].clone();
    let ask = |key: &Credential| {
        let call = stage.signed(key, ("sts", "2018-01-01", "GetCallerIdentity"), &[], None);
        stage.served(&call).answer
    };
    assert_eq!(result(&ask(&bobs))["IdentityType"], "User");
    stage.keys_off();
    assert_eq!(code(&ask(&bobs)), "InvalidAccessKey");
    stage
        .cloud
        .happen(&Deed::DeleteKey {
            user: "bob".into(),
            key: None,
        })
        .unwrap();
    assert_eq!(code(&ask(&bobs)), "InvalidAccessKey");
    let stranger = Credential {
        ak: "AKLTFAKEstranger".into(),
        ..bobs
    };
    assert_eq!(code(&ask(&stranger)), "InvalidAccessKey");
}

#[test]
fn a_host_with_a_usual_port_and_one_with_another_are_both_taken() {
    let stage = stage(bob());
    let mut good = call(&stage);
    for (name, value) in &mut good.headers {
        if name == "host" {
            value.push_str(":443");
        }
    }
    assert_eq!(code(&stage.served(&good).answer), "");
}

#[test]
fn a_token_that_nobody_gave_and_a_clock_that_is_off_are_refused() {
    let stage = stage(bob());
    let mut call = call(&stage);
    call.headers.push(("x-security-token".into(), "STSFAKE".into()));
    assert_eq!(code(&stage.served(&call).answer), "InvalidSecretToken");
    stage
        .world
        .fault(Fault::new(Lie::Skewed { ms: 1_000_000 }).on("iam"));
    assert_eq!(code(&stage.iam("ListUsers", &[])), "InvalidTimestamp");
}

#[test]
fn the_main_accounts_key_and_the_users_say_who_they_are() {
    let verb = ("sts", "2018-01-01", "GetCallerIdentity");
    let user = stage(bob());
    let told = result(&user.get(verb, &[]));
    assert_eq!(told["IdentityType"], "User");
    assert_eq!(told["Trn"], "trn:iam::2100000001:user/tidegate-bot");
    let id = user.cloud.user("tidegate-bot").unwrap().id;
    assert_eq!(told["IdentityId"], id.to_string());
    let root = stage(bob().root());
    let told = result(&root.get(verb, &[]));
    assert_eq!(told["IdentityType"], "Account");
    assert_eq!(told["AccountId"], root.cloud.id().unwrap());
}

#[test]
fn a_right_that_is_lacking_denied_or_removed_is_refused() {
    let document = r#"{"Statement":[
        {"Effect":"Allow","Action":["iam:List*","iam:GetUser"],"Resource":["*"]},
        {"Effect":"Deny","Action":"iam:GetUser","Resource":"trn:iam::2100000001:user/tidegate-bot"}]}"#;
    let stage = stage(bob().rights(document));
    assert_eq!(code(&stage.iam("ListUsers", &[])), "");
    assert_eq!(code(&stage.iam("GetUser", &[("UserName", "bob")])), "");
    let own = stage.iam("GetUser", &[("UserName", "tidegate-bot")]);
    assert_eq!((own.status, &*code(&own)), (403, "AccessDenied"));
    assert_eq!(
        code(&stage.iam("CreateUser", &[("UserName", "x")])),
        "AccessDenied"
    );
    stage.world.fault(Fault::new(Lie::RightRemoved {
        right: "iam:ListUsers".into(),
    }));
    assert_eq!(code(&stage.iam("ListUsers", &[])), "AccessDenied");
    assert_eq!(code(&stage.iam("ListPolicies", &[])), "");
}

#[test]
fn a_sub_account_without_any_policy_lacks_one() {
    let stage = stage(MainAccount::new("main").user("bob").policies(&[]));
    let key = stage.cloud.keys_of("bob").unwrap()[0].clone();
    let call = stage.signed(&key, ("iam", "2018-01-01", "ListUsers"), &[], None);
    let (status, code, number) = refused(&stage, &call);
    assert_eq!((status, &*code, number), (403, "LackPolicy", json!(100_012)));
}
