//! Users, and what stands at them.

use serde_json::{Value, json};
use tidegate_meter::{Reason, TargetKind};
use tidegate_providers::sub_accounts::{PolicyChange, PolicyKind, Project, SubAccounts};
use tidegate_providers::{Control, ProviderErrorKind, Source};

use crate::bill::bill_of;
use crate::support::*;

/// A page of `count` users, as asked for.
fn users(count: usize, seen: &Seen) -> Value {
    let ask = |key: &str| seen.query[key].parse::<usize>().unwrap();
    let (offset, limit) = (ask("Offset"), ask("Limit"));
    let mut answer = fixture("users");
    let rows: Vec<Value> = (offset..count.min(offset + limit))
        .map(|n| json!({"Id": 1000 + n, "UserName": format!("user-{n}"), "CreateDate": "20260319T093000Z"}))
        .collect();
    answer["Result"] = json!({"UserMetadata": rows, "Limit": limit, "Offset": offset, "Total": count});
    answer
}

#[tokio::test(start_paused = true)]
async fn every_user_of_every_page_is_told_with_what_is_known_of_it() {
    let cloud = Cloud::new();
    let told = bill_of(&cloud.account()).await.users.unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].id.as_str(), told[0].name.as_str()), (BOB, "bob"));
    assert_eq!(
        (told[0].title.as_str(), told[0].email.as_str()),
        ("鲍勃", "bob@team.example")
    );
    assert_eq!(told[0].created_at, Some("2026-03-19T09:30:00Z".parse().unwrap()));
    assert_eq!(told[1].title, "");
    cloud.on("ListUsers", |seen| ok(&users(250, seen)));
    let told = bill_of(&cloud.account()).await.users.unwrap();
    assert_eq!(told.len(), 250);
    assert_eq!(told[249].name, "user-249");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_changes_while_it_is_read_is_read_again_and_then_blind() {
    let cloud = Cloud::new();
    cloud.on("ListUsers", |seen| {
        let offset: usize = seen.query["Offset"].parse().unwrap();
        ok(&users(150 + usize::from(offset > 0), seen))
    });
    let users = bill_of(&cloud.account()).await.users;
    assert_eq!(users.unwrap_err().reason, Reason::Transient);
    assert_eq!(cloud.seen("ListUsers").len(), 4);
}

#[tokio::test(start_paused = true)]
async fn users_are_targets_by_the_id_that_a_rename_leaves() {
    let cloud = Cloud::new();
    let found = cloud.account().discover(true).await.unwrap();
    let targets: Vec<(&str, &str)> = found
        .targets
        .iter()
        .map(|found| (found.target.id.as_str(), found.target.name.as_str()))
        .collect();
    assert_eq!(targets, [(BOB, "bob"), ("60000002", "robot")]);
    assert!(
        found
            .targets
            .iter()
            .all(|found| found.target.kind == TargetKind::SubAccount)
    );
    let mut renamed = fixture("user");
    renamed["Result"]["User"]["UserName"] = json!("robert");
    cloud.answers("GetUser", renamed);
    cloud.account().state(&target()).await.unwrap();
    assert_eq!(cloud.seen("GetUser")[0].query["ID"], BOB);
    assert_eq!(cloud.seen("ListAccessKeys")[0].query["UserName"], "robert");
}

#[tokio::test(start_paused = true)]
async fn the_detail_of_a_user_tells_keys_sign_in_policies_and_groups() {
    let cloud = Cloud::new();
    let detail = cloud.account().detail(&bob()).await.unwrap();
    let keys: Vec<(&str, bool)> = detail
        .keys
        .iter()
        .map(|key| (key.id.as_str(), key.active))
        .collect();
    assert_eq!(keys, [(KEY, true), ("AKLTFAKE0000000000000002", false)]);
    assert_eq!(detail.login, Some(true));
    assert_eq!(detail.groups, ["devs"]);
    assert_eq!(detail.policies[0].projects, [Project("team-a".to_owned())]);
    assert!(!detail.policies[0].everywhere && detail.policies[1].everywhere);
    cloud.answers("GetLoginProfile", fixture("login_stub"));
    assert_eq!(cloud.account().detail(&bob()).await.unwrap().login, None);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_is_not_found_is_none_unless_the_user_is_gone_too() {
    let cloud = Cloud::new();
    cloud.on("GetLoginProfile", |_| refused(404, "RecordNotFound", "no"));
    assert_eq!(cloud.account().detail(&bob()).await.unwrap().login, None);
    cloud.on("GetUser", |seen| match seen.query.get("ID") {
        Some(_) => ok(&fixture("user")),
        None => refused(404, "UserNotExist", "no"),
    });
    let error = cloud.account().detail(&bob()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Gone);
}

#[tokio::test(start_paused = true)]
async fn projects_are_told_with_their_names() {
    let cloud = Cloud::new();
    let projects = cloud.account().projects().await.unwrap();
    let told: Vec<(&str, &str, bool)> = projects
        .iter()
        .map(|project| (project.name.0.as_str(), project.title.as_str(), project.active))
        .collect();
    assert_eq!(told, [("default", "默认项目", true), ("team-a", "A 组", true)]);
    assert_eq!(cloud.seen("ListProjects")[0].version, "2021-08-01");
}

#[tokio::test(start_paused = true)]
async fn only_policies_that_make_no_administrator_are_offered() {
    let cloud = Cloud::new();
    let names = |policies: Vec<tidegate_providers::sub_accounts::Policy>| {
        policies.into_iter().map(|policy| policy.name).collect::<Vec<_>>()
    };
    assert_eq!(
        names(cloud.account().policies().await.unwrap()),
        ["ArkFullAccess", "TOSFullAccess"]
    );
    let listed = cloud.account_with(|config| config.policies = vec!["team-models".to_owned()]);
    assert_eq!(names(listed.policies().await.unwrap()), ["team-models"]);
}

fn change(name: &str, kind: PolicyKind, project: Option<&str>) -> PolicyChange {
    PolicyChange {
        name: name.to_owned(),
        kind,
        project: project.map(|name| Project(name.to_owned())),
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_attached_everywhere_or_in_one_project() {
    let cloud = Cloud::new();
    let account = cloud.account();
    let everywhere = change("TOSFullAccess", PolicyKind::System, None);
    account.attach(&bob(), &everywhere).await.unwrap();
    let sent = &cloud.seen("AttachUserPolicy")[0].query;
    assert_eq!(
        (sent["UserName"].as_str(), sent["PolicyName"].as_str()),
        ("bob", "TOSFullAccess")
    );
    assert_eq!(sent["PolicyType"], "System");
    let here = change("ArkFullAccess", PolicyKind::System, Some("team-a"));
    account.detach(&bob(), &here).await.unwrap();
    let sent = &cloud.seen("DetachPolicyInProject")[0];
    assert_eq!(sent.version, "2021-08-01");
    assert_eq!(sent.query["ProjectName.1"], "team-a");
    assert_eq!(
        (
            sent.query["PrincipalType"].as_str(),
            sent.query["PrincipalName"].as_str()
        ),
        ("User", "bob")
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_attached_already_counts_as_done_only_when_the_users_list_says_so() {
    let cloud = Cloud::new();
    cloud.on("AttachUserPolicy", |_| {
        refused(409, "PolicyAttachConflict", "attached")
    });
    cloud.on("AttachPolicyInProject", |_| {
        refused(409, "PolicyAttachConflict", "attached")
    });
    cloud.on("DetachUserPolicy", |_| {
        refused(404, "PolicyNotExist", "not attached")
    });
    let account = cloud.account();
    let ark = |project| change("ArkFullAccess", PolicyKind::System, project);
    account.attach(&bob(), &ark(Some("team-a"))).await.unwrap();
    let error = account.attach(&bob(), &ark(Some("team-b"))).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict);
    let error = account.attach(&bob(), &ark(None)).await.unwrap_err();
    assert_eq!(
        error.kind,
        ProviderErrorKind::Conflict,
        "in a project is not everywhere"
    );
    account.detach(&bob(), &ark(None)).await.unwrap();
    let mut attached = fixture("attached");
    attached["Result"]["AttachedPolicyMetadata"][0]["PolicyScope"][0]["PolicyScopeType"] = json!("Global");
    cloud.answers("ListAttachedUserPolicies", attached);
    account.attach(&bob(), &ark(Some("team-b"))).await.unwrap();
    let error = account.detach(&bob(), &ark(None)).await.unwrap_err();
    assert_eq!(
        error.kind,
        ProviderErrorKind::Gone,
        "the cloud says no and the list says yes"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_offered_is_never_sent() {
    let cloud = Cloud::new();
    let account = cloud.account();
    for name in ["AdministratorAccess", "IAMFullAccess", "STSAssumeRoleAccess"] {
        account
            .attach(&bob(), &change(name, PolicyKind::System, None))
            .await
            .unwrap_err();
    }
    let denial = change("TidegateDenyAll", PolicyKind::Custom, None);
    account.attach(&bob(), &denial).await.unwrap_err();
    let error = account.detach(&bob(), &denial).await.unwrap_err();
    assert!(error.detail.contains("disable or restore"), "{}", error.detail);
    assert!(cloud.story().is_empty(), "{:?}", cloud.story());
}

#[tokio::test(start_paused = true)]
async fn the_user_that_we_act_as_is_changed_by_nobody() {
    let cloud = Cloud::new();
    let mut caller = fixture("caller");
    caller["Result"]["IdentityId"] = json!(BOB);
    cloud.answers("GetCallerIdentity", caller);
    let account = cloud.account();
    account.create_key(&bob()).await.unwrap_err();
    account
        .attach(&bob(), &change("TOSFullAccess", PolicyKind::System, None))
        .await
        .unwrap_err();
    assert!(cloud.seen("CreateAccessKey").is_empty() && cloud.seen("AttachUserPolicy").is_empty());
}
