//! Sub-accounts, keys, logins, policies and projects.

use serde_json::Value;
use tidegate_sim::volcengine::{Deed, MainAccount, Path};
use tidegate_sim::{Answer, seconds};

use super::support::{Stage, bob, code, result, stage};

const PROJECTS: &str = "2021-08-01";
const DENY: &str = r#"{"Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"]}]}"#;
const USER: (&str, &str) = ("UserName", "bob");

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, code(answer))
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn names(rows: &Value, name: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn sub_accounts_come_in_pages_with_their_total() {
    let plan = (0..25).fold(MainAccount::new("main"), |plan, number| {
        plan.user(&format!("user-{number:02}"))
    });
    let stage = stage(plan);
    let page = |offset: &str| result(&stage.iam("ListUsers", &[("Limit", "10"), ("Offset", offset)]));
    let all: Vec<String> = ["0", "10", "20"]
        .iter()
        .flat_map(|at| names(&page(at)["UserMetadata"], "UserName"))
        .collect();
    assert_eq!(all.len(), 26, "the client's own user is one of them");
    assert_eq!(page("0")["Total"], 26);
    assert!(page("30")["UserMetadata"].as_array().unwrap().is_empty());
    assert_eq!(result(&stage.iam("ListUsers", &[]))["Limit"], 10);
    let found = result(&stage.iam("ListUsers", &[("Query", "user-07")]));
    assert_eq!(names(&found["UserMetadata"], "UserName"), ["user-07"]);
    assert_eq!(
        refused(&stage.iam("ListUsers", &[("Limit", "101")])),
        is(400, "InvalidLimit")
    );
    assert_eq!(
        refused(&stage.iam("ListUsers", &[("Offset", "-1")])),
        is(400, "InvalidOffset")
    );
}

#[test]
fn a_sub_account_is_made_renamed_and_deleted_under_one_id() {
    let stage = stage(MainAccount::new("main"));
    let params = [USER, ("DisplayName", "鲍勃"), ("MobilePhone", "+8613800001234")];
    let made = result(&stage.iam("CreateUser", &params));
    assert_eq!(made["User"]["DisplayName"], "鲍勃");
    let id = made["User"]["Id"].as_i64().unwrap();
    assert_eq!(
        refused(&stage.iam("CreateUser", &params)),
        is(409, "UserAlreadyExists")
    );
    assert_eq!(
        refused(&stage.iam("CreateUser", &[("UserName", "b b")])),
        is(400, "InvalidUserName")
    );
    assert_eq!(
        refused(&stage.iam("CreateUser", &[])),
        is(400, "ParameterNotFound")
    );
    stage.iam("UpdateUser", &[USER, ("NewUserName", "robert")]);
    let found = result(&stage.iam("GetUser", &[("ID", &id.to_string())]));
    assert_eq!(found["User"]["UserName"], "robert");
    assert_eq!(found["User"]["DisplayName"], "鲍勃", "what is left out stays");
    assert_eq!(refused(&stage.iam("GetUser", &[USER])), is(404, "UserNotExist"));
    assert_eq!(code(&stage.iam("DeleteUser", &[("UserName", "robert")])), "");
    assert_eq!(
        refused(&stage.iam("DeleteUser", &[("UserName", "robert")])),
        is(404, "UserNotExist")
    );
}

#[test]
fn two_keys_are_the_most_and_only_an_inactive_one_is_deleted() {
    let stage = stage(bob());
    let made = result(&stage.iam("CreateAccessKey", &[USER]));
    assert!(
        made["AccessKey"]["SecretAccessKey"]
            .as_str()
            .unwrap()
            .starts_with("FAKE")
    );
    assert_eq!(
        refused(&stage.iam("CreateAccessKey", &[USER])),
        is(409, "AccessKeyLimitExceeded")
    );
    let ak = made["AccessKey"]["AccessKeyId"].as_str().unwrap();
    let listed = result(&stage.iam("ListAccessKeys", &[USER]));
    assert!(
        listed["AccessKeyMetadata"][1].get("SecretAccessKey").is_none(),
        "a secret is told once"
    );
    let key = [USER, ("AccessKeyId", ak)];
    assert_eq!(
        refused(&stage.iam("DeleteAccessKey", &key)),
        is(400, "InvalidAccessKeyStatus")
    );
    let set = |status| {
        stage.iam(
            "UpdateAccessKey",
            &[USER, ("AccessKeyId", ak), ("Status", status)],
        )
    };
    assert_eq!(refused(&set("Inactive")), is(400, "InvalidStatus"));
    assert_eq!(code(&set("inactive")), "");
    assert_eq!(code(&stage.iam("DeleteAccessKey", &key)), "");
    assert_eq!(refused(&set("active")), is(404, "AccessKeyNotExist"));
}

#[test]
fn a_key_knows_when_it_was_used_last() {
    let stage = stage(bob());
    let key = stage.cloud.keys_of("bob").unwrap()[0].clone();
    let used = || result(&stage.iam("GetAccessKeyLastUsed", &[USER, ("AccessKeyId", &key.ak)]));
    assert_eq!(used()["AccessKeyLastUsed"]["RequestTime"], "");
    let call = stage.signed(&key, ("sts", "2018-01-01", "GetCallerIdentity"), &[], None);
    stage.served(&call);
    assert_eq!(used()["AccessKeyLastUsed"]["RequestTime"], "20261120T040000Z");
    assert_eq!(used()["AccessKeyLastUsed"]["Service"], "sts");
}

#[test]
fn without_a_login_a_stub_of_1970_is_told_and_nothing_can_be_changed() {
    let stage = stage(bob());
    let stub = result(&stage.iam("GetLoginProfile", &[USER]));
    assert_eq!(stub["LoginProfile"]["LoginAllowed"], false);
    assert!(
        stub["LoginProfile"]["CreateDate"]
            .as_str()
            .unwrap()
            .starts_with("19700101")
    );
    assert_eq!(
        refused(&stage.iam("UpdateLoginProfile", &[USER])),
        is(404, "LoginProfileNotExist")
    );
    assert_eq!(
        refused(&stage.iam("DeleteLoginProfile", &[USER])),
        is(404, "RecordNotFound")
    );
    assert_eq!(
        refused(&stage.iam("CreateLoginProfile", &[USER])),
        is(400, "ParameterNotFound")
    );
}

#[test]
fn an_update_of_a_login_that_leaves_a_switch_out_resets_it() {
    let stage = stage(bob().login());
    let before = result(&stage.iam("GetLoginProfile", &[USER]));
    assert_eq!(before["LoginProfile"]["SafeAuthFlag"], true);
    stage.iam("UpdateLoginProfile", &[USER, ("LoginAllowed", "false")]);
    let after = result(&stage.iam("GetLoginProfile", &[USER]));
    assert_eq!(after["LoginProfile"]["SafeAuthFlag"], false);
    assert_eq!(
        after["LoginProfile"]["CreateDate"],
        before["LoginProfile"]["CreateDate"]
    );
    assert_eq!(stage.cloud.user("bob").unwrap().login, Some(false));
    assert_eq!(code(&stage.iam("DeleteLoginProfile", &[USER])), "");
    assert_eq!(stage.cloud.user("bob").unwrap().login, None);
}

#[test]
fn a_policy_comes_back_as_the_same_json_and_not_as_the_same_text() {
    let stage = stage(bob());
    let name = ("PolicyName", "DenyAll");
    result(&stage.iam("CreatePolicy", &[name, ("PolicyDocument", DENY)]));
    let told = result(&stage.iam("GetPolicy", &[name, ("PolicyType", "Custom")]));
    let text = told["Policy"]["PolicyDocument"].as_str().unwrap();
    assert_ne!(text, DENY);
    let same = |text| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(same(text), same(DENY));
    let again = stage.iam("CreatePolicy", &[name, ("PolicyDocument", DENY)]);
    assert_eq!(refused(&again), is(409, "PolicyAlreadyExists"));
    let wrong = stage.iam("CreatePolicy", &[("PolicyName", "x"), ("PolicyDocument", "{")]);
    assert_eq!(refused(&wrong), is(400, "InvalidJsonStruct"));
    let system = stage.iam("GetPolicy", &[name, ("PolicyType", "System")]);
    assert_eq!(refused(&system), is(404, "PolicyNotExist"));
    let changed = stage.iam("UpdatePolicy", &[name, ("NewDescription", "seen")]);
    assert_eq!(result(&changed)["Policy"]["Description"], "seen");
    assert_eq!(code(&stage.iam("DeletePolicy", &[name])), "");
}

#[test]
fn policies_are_listed_by_scope() {
    let stage = stage(bob());
    stage.iam(
        "CreatePolicy",
        &[("PolicyName", "DenyAll"), ("PolicyDocument", DENY)],
    );
    let scope = |scope| {
        let told = result(&stage.iam("ListPolicies", &[("Scope", scope), ("Limit", "100")]));
        names(&told["PolicyMetadata"], "PolicyName")
    };
    assert_eq!(scope("Custom"), ["DenyAll"]);
    assert!(scope("System").contains(&"ArkFullAccess".to_owned()));
    assert_eq!(scope("All").len(), scope("System").len() + 1);
}

#[test]
fn an_attachment_is_told_with_its_scopes_and_made_once() {
    let stage = stage(bob());
    let policy = [USER, ("PolicyName", "TOSFullAccess"), ("PolicyType", "System")];
    let here = |project: &str, action: &str| {
        let params = [
            ("PrincipalType", "User"),
            ("PrincipalName", "bob"),
            ("PolicyType", "System"),
            ("PolicyName", "TOSFullAccess"),
            ("ProjectName.1", project),
        ];
        stage.get(("iam", PROJECTS, action), &params)
    };
    assert_eq!(code(&here("team-a", "AttachPolicyInProject")), "");
    assert_eq!(code(&here("team-b", "AttachPolicyInProject")), "");
    assert_eq!(
        refused(&here("gone", "AttachPolicyInProject")),
        is(404, "ProjectNotExist")
    );
    let told = result(&stage.iam("ListAttachedUserPolicies", &[USER]));
    assert_eq!(
        names(&told["AttachedPolicyMetadata"], "PolicyName"),
        ["ArkFullAccess", "TOSFullAccess"]
    );
    let scopes = &told["AttachedPolicyMetadata"][1]["PolicyScope"];
    assert_eq!(names(scopes, "ProjectName"), ["team-a", "team-b"]);
    assert_eq!(
        told["AttachedPolicyMetadata"][0]["PolicyScope"][0]["PolicyScopeType"],
        "Global"
    );
    assert_eq!(code(&stage.iam("AttachUserPolicy", &policy)), "");
    assert_eq!(
        refused(&stage.iam("AttachUserPolicy", &policy)),
        is(409, "PolicyAttachConflict")
    );
    assert_eq!(
        refused(&here("team-a", "AttachPolicyInProject")),
        is(409, "PolicyAttachConflict")
    );
    assert_eq!(code(&here("team-a", "DetachPolicyInProject")), "");
    assert_eq!(code(&stage.iam("DetachUserPolicy", &policy)), "");
    assert_eq!(
        refused(&stage.iam("DetachUserPolicy", &policy)),
        is(404, "PolicyNotExist")
    );
    let users = [("ProjectName", "team-b"), ("IdentityType", "User")];
    let told = result(&stage.get(("iam", PROJECTS, "ListProjectIdentities"), &users));
    assert_eq!(names(&told["ProjectUsers"], "UserName"), ["bob"]);
    let those = [("PolicyName", "TOSFullAccess"), ("PolicyType", "System")];
    let told = result(&stage.iam("ListEntitiesForPolicy", &those));
    assert_eq!(names(&told["PolicyUsers"], "UserName"), ["bob"]);
}

#[test]
fn projects_are_listed_made_and_tell_what_runs_in_them() {
    let stage = stage(bob().endpoint("team-a").instance("team-a"));
    let list = |params: &[(&str, &str)]| stage.get(("iam", PROJECTS, "ListProjects"), params);
    let all = result(&list(&[("Limit", "1000")]));
    assert_eq!(
        names(&all["Projects"], "ProjectName"),
        ["default", "team-a", "team-b"]
    );
    assert_eq!(refused(&list(&[("Limit", "1001")])), is(400, "InvalidLimit"));
    let make = || {
        stage.get(
            ("iam", PROJECTS, "CreateProject"),
            &[("ProjectName", "new"), ("DisplayName", "新")],
        )
    };
    assert_eq!(result(&make())["DisplayName"], "新");
    assert_eq!(refused(&make()), is(409, "ProjectAlreadyExists"));
    let one = result(&stage.get(("iam", PROJECTS, "GetProject"), &[("ProjectName", "new")]));
    assert_eq!(one["Path"], "/new/");
    let there = result(&stage.get(
        ("iam", PROJECTS, "ListProjectResources"),
        &[("ProjectName", "team-a")],
    ));
    assert_eq!(names(&there["ProjectResources"], "ServiceName"), ["ark", "ecs"]);
}

#[test]
fn groups_api_keys_and_quotas_are_told() {
    let stage = stage(bob().group("devs").api_key());
    let told = result(&stage.iam("ListGroupsForUser", &[USER]));
    assert_eq!(names(&told["UserGroups"], "UserGroupName"), ["devs"]);
    let listed = result(&stage.iam("ListApiKeys", &[USER]));
    let id = listed["ApiKeys"][0]["Id"].as_str().unwrap();
    assert_eq!(
        code(&stage.iam("UpdateApiKey", &[USER, ("Id", id), ("Status", "inactive")])),
        ""
    );
    assert_eq!(
        result(&stage.iam("ListApiKeys", &[USER]))["ApiKeys"][0]["Status"],
        "inactive"
    );
    let summary = result(&stage.iam("GetAccountSummary", &[]));
    assert_eq!(summary["SummaryMap"]["AccessKeysPerUserQuota"], 2);
    assert_eq!(summary["SummaryMap"]["UsersUsage"], 2);
}

#[test]
fn what_somebody_else_does_happens_after_the_named_call() {
    let stage = stage(bob());
    stage
        .cloud
        .meanwhile("iam.ListAccessKeys", 2, Deed::CreateKey { user: "bob".into() });
    let count = |stage: &Stage| {
        result(&stage.iam("ListAccessKeys", &[USER]))["AccessKeyMetadata"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!([count(&stage), count(&stage), count(&stage)], [1, 1, 2]);
}

#[test]
fn every_deed_to_a_sub_account_is_done() {
    let user = || "bob".to_owned();
    let stage = stage(bob().login().api_key().endpoint("team-a").settling(seconds(1)));
    let endpoint = stage.cloud.details().unwrap()["endpoints"][0].clone();
    let deeds = [
        Deed::CreateKey { user: user() },
        Deed::SetKey {
            user: user(),
            key: None,
            active: false,
        },
        Deed::SetLogin {
            user: user(),
            allowed: false,
        },
        Deed::Console {
            user: user(),
            open: true,
        },
        Deed::WritePolicy {
            policy: "Other".into(),
            document: DENY.into(),
        },
        Deed::Attach {
            user: user(),
            policy: "Other".into(),
            project: None,
        },
        Deed::Detach {
            user: user(),
            policy: "ArkFullAccess".into(),
        },
        Deed::Switch {
            id: endpoint.as_str().unwrap().into(),
            on: false,
        },
    ];
    for deed in deeds {
        stage.cloud.happen(&deed).unwrap();
    }
    let bob = stage.cloud.user("bob").unwrap();
    assert_eq!(
        bob.keys.iter().map(|key| key.active).collect::<Vec<_>>(),
        [false, false]
    );
    assert_eq!(
        (bob.login, bob.policies),
        (Some(false), vec![("Other".to_owned(), None)])
    );
    let paths = stage.cloud.paths("bob").unwrap();
    assert_eq!(paths.len(), 1, "only the API key is left: {paths:?}");
}

#[test]
fn every_deed_that_makes_or_ends_something_is_done() {
    let stage = stage(bob().login().api_key());
    let paths = stage.cloud.paths("bob").unwrap();
    let Some(Path::ApiKey(id)) = paths.last() else {
        panic!("it has an API key: {paths:?}");
    };
    let deeds = [
        Deed::SetApiKey {
            id: id.clone(),
            active: false,
        },
        Deed::CreateProject {
            project: "late".into(),
        },
        Deed::CreateUser { user: "eve".into() },
        Deed::DeletePolicy {
            policy: "ArkFullAccess".into(),
        },
        Deed::DeleteLogin { user: "bob".into() },
        Deed::RenameUser {
            user: "bob".into(),
            to: "robert".into(),
        },
    ];
    for deed in deeds {
        stage.cloud.happen(&deed).unwrap();
    }
    let robert = stage.cloud.user("robert").unwrap();
    assert_eq!((robert.policies, robert.login), (vec![], None));
    assert_eq!(stage.cloud.paths("robert").unwrap(), []);
    stage
        .cloud
        .happen(&Deed::DeleteUser {
            user: "robert".into(),
        })
        .unwrap();
    assert_eq!(stage.cloud.users().unwrap(), ["tidegate-bot", "eve"]);
    assert!(
        stage
            .cloud
            .happen(&Deed::CreateKey { user: "bob".into() })
            .is_err()
    );
}
