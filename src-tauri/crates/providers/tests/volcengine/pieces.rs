//! Every way in which a user can spend: seen, closed and opened one by one, and only with a permit for it.

use serde_json::{Value, json};
use tidegate_guard::{ActionKind, PowerState};
use tidegate_meter::{Target, TargetKind};
use tidegate_providers::sub_accounts::{Hatch, Piece, Project, Reach, SubAccounts};
use tidegate_providers::{Control, ProviderError, ProviderErrorKind};

use crate::support::*;

fn everything() -> Reach {
    Reach {
        endpoints: true,
        instances_of: vec![Project("team-a".to_owned()), Project("team-a".to_owned())],
    }
}

fn key(id: &str) -> Piece {
    Piece::Key { id: id.to_owned() }
}

fn endpoint() -> Piece {
    Piece::Endpoint {
        id: "ep-20260301000000-abcde".to_owned(),
        name: "demo".to_owned(),
    }
}

fn instance(id: &str) -> Piece {
    Piece::Instance {
        id: id.to_owned(),
        name: id.to_owned(),
        region: "cn-beijing".to_owned(),
    }
}

/// Without the policy that denies everything.
fn undenied() -> Value {
    let mut attached = fixture("attached");
    attached["Result"]["AttachedPolicyMetadata"]
        .as_array_mut()
        .unwrap()
        .pop();
    attached
}

#[tokio::test(start_paused = true)]
async fn a_survey_tells_every_piece_in_the_order_of_closing_with_the_clouds_mark() {
    let cloud = Cloud::new();
    let survey = cloud.account().survey(&target(), &everything()).await.unwrap();
    assert!(!survey.ourselves);
    let told: Vec<(String, Hatch, Option<&str>)> = survey
        .pieces
        .iter()
        .map(|seen| {
            let piece = serde_json::to_value(&seen.piece).unwrap();
            let id = piece.get("id").map_or(String::new(), ToString::to_string);
            (
                format!("{}{id}", piece["piece"].as_str().unwrap()),
                seen.hatch,
                seen.mark.as_deref(),
            )
        })
        .collect();
    let expected = [
        ("rights", Hatch::Closed, Some("20260401T000000Z")),
        (
            r#"key"AKLTFAKE0000000000000001""#,
            Hatch::Open,
            Some("20260319T093001Z"),
        ),
        (
            r#"key"AKLTFAKE0000000000000002""#,
            Hatch::Closed,
            Some("20260319T120000Z"),
        ),
        ("login", Hatch::Open, Some("20260319T093005Z")),
        (
            r#"endpoint"ep-20260301000000-abcde""#,
            Hatch::Open,
            Some("2026-03-19T09:31:00Z"),
        ),
        (
            r#"endpoint"ep-20260301000000-fghij""#,
            Hatch::Closed,
            Some("2026-03-19T09:32:00Z"),
        ),
        (
            r#"instance"i-fake0001""#,
            Hatch::Open,
            Some("2026-03-19T17:31:00+08:00"),
        ),
        (
            r#"instance"i-fake0002""#,
            Hatch::Closed,
            Some("2026-03-19T17:31:00+08:00"),
        ),
    ];
    assert_eq!(
        told,
        expected.map(|(piece, hatch, mark)| (piece.to_owned(), hatch, mark))
    );
}

#[tokio::test(start_paused = true)]
async fn endpoints_and_servers_are_asked_for_only_where_they_were_chosen() {
    let cloud = Cloud::new();
    cloud
        .account()
        .survey(&target(), &Reach::default())
        .await
        .unwrap();
    assert!(cloud.seen("ListEndpoints").is_empty() && cloud.seen("DescribeInstances").is_empty());
    cloud.account().survey(&target(), &everything()).await.unwrap();
    let tags = &cloud.seen("ListEndpoints")[0].body["TagFilters"];
    assert_eq!(
        *tags,
        json!([{"Key": "sys:ark:createdBy", "Values": ["IAMUser/60000001/bob"]}])
    );
    let servers = cloud.seen("DescribeInstances");
    assert_eq!(
        servers.len(),
        1,
        "a project that is named twice is asked for once"
    );
    assert_eq!(servers[0].query["ProjectName"], "team-a");
    assert_eq!(
        (servers[0].service.as_str(), servers[0].region.as_str()),
        ("ecs", "cn-beijing")
    );
}

#[tokio::test(start_paused = true)]
async fn a_denial_in_one_project_or_by_another_policy_closes_no_rights() {
    for (pointer, value) in [
        ("/Result/AttachedPolicyMetadata/1/PolicyType", json!("System")),
        (
            "/Result/AttachedPolicyMetadata/1/PolicyName",
            json!("SomeDenyAll"),
        ),
    ] {
        let cloud = Cloud::new();
        let mut attached = fixture("attached");
        *attached.pointer_mut(pointer).unwrap() = value;
        cloud.answers("ListAttachedUserPolicies", attached);
        let survey = cloud
            .account()
            .survey(&target(), &Reach::default())
            .await
            .unwrap();
        assert_eq!(survey.pieces[0].hatch, Hatch::Open, "{pointer}");
    }
    let cloud = Cloud::new();
    let mut attached = fixture("attached");
    attached["Result"]["AttachedPolicyMetadata"][1]["PolicyScope"] =
        json!([{"PolicyScopeType": "Project", "ProjectName": "team-a"}]);
    cloud.answers("ListAttachedUserPolicies", attached);
    let survey = cloud
        .account()
        .survey(&target(), &Reach::default())
        .await
        .unwrap();
    assert_eq!(survey.pieces[0].hatch, Hatch::Open);
}

/// Closes one piece, or opens it, and tells what was sent by the acting key.
async fn set(cloud: &std::sync::Arc<Cloud>, piece: &Piece, to: Hatch) -> Result<Vec<Seen>, ProviderError> {
    let action = if to == Hatch::Closed {
        ActionKind::Stop
    } else {
        ActionKind::Start
    };
    cloud.account_of_two().set(&permit(action), piece, to).await?;
    Ok(cloud
        .story()
        .iter()
        .flat_map(|action| cloud.seen(action))
        .filter(|seen| seen.ak == ACT.0 && seen.action != "GetCallerIdentity")
        .collect())
}

#[tokio::test(start_paused = true)]
async fn rights_are_closed_by_a_policy_that_is_made_once() {
    let cloud = Cloud::new();
    let account = cloud.account();
    account
        .set(&permit(ActionKind::Stop), &Piece::Rights, Hatch::Closed)
        .await
        .unwrap();
    account
        .set(&permit(ActionKind::Stop), &Piece::Rights, Hatch::Closed)
        .await
        .unwrap();
    let made = cloud.seen("CreatePolicy");
    assert_eq!(made.len(), 1);
    let document: Value = serde_json::from_str(&made[0].query["PolicyDocument"]).unwrap();
    assert_eq!(
        document,
        json!({"Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}]})
    );
    let attached = &cloud.seen("AttachUserPolicy")[0].query;
    assert_eq!(attached["PolicyName"], made[0].query["PolicyName"]);
    assert_eq!(attached["PolicyType"], "Custom");
    assert_eq!(attached["UserName"], "bob");
    let sent = set(&cloud, &Piece::Rights, Hatch::Open).await.unwrap();
    assert_eq!(sent.last().unwrap().action, "DetachUserPolicy");
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_that_name_that_denies_less_is_not_used() {
    let cloud = Cloud::new();
    cloud.on("CreatePolicy", |_| refused(409, "PolicyAlreadyExists", "there"));
    set(&cloud, &Piece::Rights, Hatch::Closed).await.unwrap();
    assert_eq!(cloud.seen("AttachUserPolicy").len(), 1);
    let cloud = Cloud::new();
    cloud.on("CreatePolicy", |_| refused(409, "PolicyAlreadyExists", "there"));
    let mut other = fixture("deny_all");
    other["Result"]["Policy"]["PolicyDocument"] = json!(r#"{"Statement":[]}"#);
    cloud.answers("GetPolicy", other);
    let error = set(&cloud, &Piece::Rights, Hatch::Closed).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict);
    assert!(error.detail.contains("rename or delete"), "{}", error.detail);
    assert!(cloud.seen("AttachUserPolicy").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_key_is_switched_off_and_on() {
    for (to, word) in [(Hatch::Closed, "inactive"), (Hatch::Open, "active")] {
        let cloud = Cloud::new();
        let sent = set(&cloud, &key(KEY), to).await.unwrap();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            sent[0].query,
            [("AccessKeyId", KEY), ("Status", word), ("UserName", "bob")]
                .map(owned)
                .into()
        );
    }
    let cloud = Cloud::new();
    cloud.answers("UpdateAccessKey", fixture("key_gone"));
    let error = set(&cloud, &key(KEY), Hatch::Closed).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Gone);
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_is_switched_with_everything_else_as_it_was() {
    let cloud = Cloud::new();
    let sent = set(&cloud, &Piece::Login, Hatch::Closed).await.unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].method, "POST");
    assert_eq!(
        sent[0].body,
        json!({
            "UserName": "bob", "LoginAllowed": false, "PasswordResetRequired": false, "SafeAuthFlag": true,
            "SafeAuthType": "phone", "SafeAuthExemptRequired": 0, "SafeAuthExemptUnit": 0, "SafeAuthExemptDuration": 15
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_site_that_reads_no_body_gets_the_same_in_the_query() {
    let cloud = Cloud::new();
    cloud.on("UpdateLoginProfile", |seen| {
        if seen.method == "POST" {
            return refused(
                400,
                "ParameterNotFound",
                "Parameter 'UserName' is required, but not found.",
            );
        }
        ok(&fixture("login"))
    });
    let sent = set(&cloud, &Piece::Login, Hatch::Open).await.unwrap();
    let asked = &cloud.seen("UpdateLoginProfile")[1];
    assert_eq!(asked.query["LoginAllowed"], "true");
    assert_eq!(asked.query["SafeAuthType"], "phone");
    assert!(!sent.is_empty());
    let refusing = Cloud::new();
    refusing.on("UpdateLoginProfile", |_| refused(403, "AccessDenied", "no"));
    set(&refusing, &Piece::Login, Hatch::Open).await.unwrap_err();
    assert_eq!(
        refusing.seen("UpdateLoginProfile").len(),
        1,
        "only a missing parameter is sent the other way"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_is_not_there_is_not_switched() {
    let cloud = Cloud::new();
    cloud.answers("GetLoginProfile", fixture("login_stub"));
    let error = set(&cloud, &Piece::Login, Hatch::Closed).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Gone);
    assert!(cloud.seen("UpdateLoginProfile").is_empty());
    let survey = cloud
        .account()
        .survey(&target(), &Reach::default())
        .await
        .unwrap();
    assert_eq!(survey.pieces.last().unwrap().hatch, Hatch::Absent);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_stopped_and_started_and_one_that_is_so_already_is_done() {
    let cloud = Cloud::new();
    let sent = set(&cloud, &endpoint(), Hatch::Closed).await.unwrap();
    assert_eq!(
        (sent[0].action.as_str(), sent[0].service.as_str()),
        ("StopEndpoint", "ark")
    );
    assert_eq!(sent[0].body, json!({"Id": "ep-20260301000000-abcde"}));
    cloud.on("StopEndpoint", |_| {
        refused(409, "OperationDenied.EndpointStatus", "not running")
    });
    let error = set(&cloud, &endpoint(), Hatch::Closed).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict, "it says that it runs");
    let mut stopped = fixture("endpoint");
    stopped["Result"]["Status"] = json!("Stopped");
    cloud.answers("GetEndpoint", stopped);
    set(&cloud, &endpoint(), Hatch::Closed).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_is_stopped_so_that_it_costs_less_and_its_own_refusal_inside_a_success_counts() {
    let cloud = Cloud::new();
    let sent = set(&cloud, &instance("i-fake0001"), Hatch::Closed).await.unwrap();
    assert_eq!(sent[0].query["InstanceIds.1"], "i-fake0001");
    assert_eq!(sent[0].query["StoppedMode"], "StopCharging");
    let token = sent[0].query["ClientToken"].clone();
    assert!((1..=64).contains(&token.len()));
    let again = set(&cloud, &instance("i-fake0001"), Hatch::Closed).await.unwrap();
    assert_eq!(
        again.last().unwrap().query["ClientToken"],
        token,
        "a repeat is the same request"
    );
    let error = set(&cloud, &instance("i-fake0002"), Hatch::Closed)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Gone);
    let error = set(&cloud, &instance("i-fake0009"), Hatch::Closed)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Lost, "the answer is about others");
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_is_what_is_permitted() {
    let cloud = Cloud::new();
    let account = cloud.account();
    for (action, to) in [
        (ActionKind::Stop, Hatch::Open),
        (ActionKind::Start, Hatch::Closed),
        (ActionKind::Warn, Hatch::Closed),
        (ActionKind::Stop, Hatch::Absent),
    ] {
        account.set(&permit(action), &key(KEY), to).await.unwrap_err();
    }
    let act = account.act(permit(ActionKind::Stop)).await;
    assert!(act.unwrap_err().detail.contains("piece by piece"));
    assert!(cloud.story().is_empty(), "{:?}", cloud.story());
}

#[tokio::test(start_paused = true)]
async fn ourselves_and_the_protected_are_never_closed() {
    let ours = Cloud::new();
    let mut caller = fixture("caller");
    caller["Result"]["IdentityId"] = json!(60_000_001);
    ours.answers("GetCallerIdentity", caller);
    let tagged = |tags: Value| {
        let cloud = Cloud::new();
        let mut user = fixture("user");
        user["Result"]["User"]["Tags"] = tags;
        cloud.answers("GetUser", user);
        cloud
    };
    let tag = tagged(json!([{"Key": "tidegate-protect", "Value": ""}]));
    let unreadable = tagged(json!("tidegate-protect"));
    for (cloud, protected) in [(ours, Some(true)), (tag, Some(true)), (unreadable, None)] {
        let account = cloud.account();
        assert_eq!(account.state(&target()).await.unwrap().protected, protected);
        for piece in [Piece::Rights, key(KEY), Piece::Login] {
            let refused = account
                .set(&permit(ActionKind::Stop), &piece, Hatch::Closed)
                .await;
            assert_eq!(refused.unwrap_err().kind, ProviderErrorKind::Conflict);
        }
        assert!(cloud.seen("UpdateAccessKey").is_empty() && cloud.seen("AttachUserPolicy").is_empty());
    }
    for name in ["bob", BOB] {
        let cloud = Cloud::new();
        let account = cloud.account_with(|config| config.protect = vec![name.parse().unwrap()]);
        assert_eq!(
            account.state(&target()).await.unwrap().protected,
            Some(true),
            "{name}"
        );
        let refused = account
            .set(&permit(ActionKind::Stop), &key(KEY), Hatch::Closed)
            .await;
        assert_eq!(refused.unwrap_err().kind, ProviderErrorKind::Conflict);
    }
}

#[tokio::test(start_paused = true)]
async fn the_acting_user_counts_as_ourselves_too() {
    let cloud = Cloud::new();
    cloud.on("GetCallerIdentity", |seen| {
        let mut caller = fixture("caller");
        if seen.ak == ACT.0 {
            caller["Result"]["IdentityId"] = json!(BOB);
        }
        ok(&caller)
    });
    assert!(
        cloud
            .account_of_two()
            .survey(&target(), &Reach::default())
            .await
            .unwrap()
            .ourselves
    );
    assert!(
        !cloud
            .account()
            .survey(&target(), &Reach::default())
            .await
            .unwrap()
            .ourselves
    );
}

#[tokio::test(start_paused = true)]
async fn a_user_is_closed_only_when_every_door_is() {
    let cloud = Cloud::new();
    let account = cloud.account();
    let partly = PowerState::Other {
        word: "partly disabled".to_owned(),
    };
    assert_eq!(
        account.state(&target()).await.unwrap().power,
        partly,
        "a key and the sign-in still work"
    );
    let mut keys = fixture("keys");
    keys["Result"]["AccessKeyMetadata"][0]["Status"] = json!("inactive");
    cloud.answers("ListAccessKeys", keys);
    assert_eq!(
        account.state(&target()).await.unwrap().power,
        partly,
        "the sign-in still works"
    );
    cloud.answers("GetLoginProfile", fixture("login_stub"));
    assert_eq!(account.state(&target()).await.unwrap().power, PowerState::Stopped);
    cloud.answers("ListAttachedUserPolicies", undenied());
    assert_eq!(account.state(&target()).await.unwrap().power, PowerState::Running);
    cloud.on("GetUser", |_| refused(404, "UserNotExist", "no"));
    assert_eq!(account.state(&target()).await.unwrap().power, PowerState::Gone);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_no_user_is_refused() {
    let cloud = Cloud::new();
    let server = Target {
        kind: TargetKind::Server,
        ..target()
    };
    cloud.account().state(&server).await.unwrap_err();
    cloud
        .account()
        .survey(&server, &Reach::default())
        .await
        .unwrap_err();
    assert!(cloud.story().is_empty());
}
