//! The envelope, parameters, and the actions of Ark and ECS.

use serde_json::{Value, json};
use tidegate_sim::seconds;
use tidegate_sim::volcengine::operations;

use super::support::{Stage, bob, code, result, stage};

const ARK: &str = "2024-01-01";
const ECS: &str = "2020-04-01";

fn ark(stage: &Stage, action: &str, body: &Value) -> tidegate_sim::Answer {
    stage.post(("ark", ARK, action), body)
}

fn ids(rows: &Value, name: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_answer_says_what_was_asked_of_whom() {
    let stage = stage(bob());
    let body = stage.iam("ListUsers", &[]).value();
    let head = &body["ResponseMetadata"];
    assert_eq!(head["Action"], "ListUsers");
    assert_eq!(
        (&head["Version"], &head["Service"]),
        (&json!("2018-01-01"), &json!("iam"))
    );
    assert_eq!(head["Region"], "cn-beijing");
    assert!(head["RequestId"].as_str().unwrap().len() > 20);
    assert!(head.get("Error").is_none());
}

#[test]
fn a_result_may_be_missing_empty_or_null() {
    let stage = stage(bob());
    let attach = [
        ("UserName", "bob"),
        ("PolicyName", "TOSFullAccess"),
        ("PolicyType", "System"),
    ];
    let missing = stage.iam("AttachUserPolicy", &attach).value();
    assert!(missing.get("Result").is_none(), "{missing}");
    let project = |action: &str| {
        let params = [
            ("PrincipalType", "User"),
            ("PrincipalName", "bob"),
            ("PolicyType", "System"),
            ("PolicyName", "ECSFullAccess"),
            ("ProjectName.1", "team-a"),
        ];
        stage.get(("iam", "2021-08-01", action), &params).value()
    };
    assert_eq!(project("AttachPolicyInProject").get("Result"), Some(&Value::Null));
    assert_eq!(project("DetachPolicyInProject")["Result"], json!({}));
}

#[test]
fn a_json_body_must_say_the_right_types() {
    let stage = stage(bob());
    let login = |body: Value| stage.post(("iam", "2018-01-01", "CreateLoginProfile"), &body);
    let text = json!({"UserName": "bob", "Password": "FAKE-Passw0rd", "LoginAllowed": "true"});
    assert_eq!(code(&login(text)), "InvalidParameter");
    let truth = json!({"UserName": "bob", "Password": "FAKE-Passw0rd", "LoginAllowed": true});
    assert_eq!(result(&login(truth))["LoginProfile"]["LoginAllowed"], true);
    let limit = stage.split(&json!({"Limit": "300"}));
    assert_eq!(code(&limit), "InvalidParameter");
    assert_eq!(code(&login(json!([]))), "InvalidJsonStruct");
}

#[test]
fn an_endpoint_is_found_by_its_deployer_and_stopped_once() {
    let stage = stage(
        bob()
            .endpoint("team-a")
            .user("eve")
            .endpoint("team-a")
            .endpoint("team-b"),
    );
    let bob = stage.cloud.user("bob").unwrap().id;
    let filter = json!([{"Key": "sys:ark:createdBy", "Values": [format!("IAMUser/{bob}/bob")]}]);
    let mine = result(&ark(&stage, "ListEndpoints", &json!({"TagFilters": filter})));
    assert_eq!(mine["TotalCount"], 1);
    let all = result(&ark(
        &stage,
        "ListEndpoints",
        &json!({"PageSize": 2, "PageNumber": 2}),
    ));
    assert_eq!(
        (ids(&all["Items"], "Id").len(), &all["TotalCount"]),
        (1, &json!(3))
    );
    let there = result(&ark(&stage, "ListEndpoints", &json!({"ProjectName": "team-b"})));
    assert_eq!(there["TotalCount"], 1);
    let id = json!({"Id": mine["Items"][0]["Id"]});
    assert_eq!(result(&ark(&stage, "GetEndpoint", &id))["Status"], "Running");
    assert_eq!(code(&ark(&stage, "StopEndpoint", &id)), "");
    assert_eq!(result(&ark(&stage, "GetEndpoint", &id))["Status"], "Stopped");
    assert_eq!(
        code(&ark(&stage, "StopEndpoint", &id)),
        "OperationDenied.EndpointStatus"
    );
    let running = json!({"Filter": {"Statuses": ["Running"]}});
    assert_eq!(result(&ark(&stage, "ListEndpoints", &running))["TotalCount"], 2);
    assert_eq!(code(&ark(&stage, "StartEndpoint", &id)), "");
    let unknown = ark(&stage, "StopEndpoint", &json!({"Id": "ep-gone"}));
    assert_eq!(
        (unknown.status, &*code(&unknown)),
        (404, "InvalidEndpoint.NotFound")
    );
}

#[test]
fn servers_are_stopped_one_by_one_inside_one_answer() {
    let stage = stage(bob().instance("team-a").instance("team-b"));
    let ecs = |action: &str, params: &[(&str, &str)]| stage.get(("ecs", ECS, action), params);
    let all = result(&ecs("DescribeInstances", &[]));
    let ids = ids(&all["Instances"], "InstanceId");
    let params = [
        ("InstanceIds.1", &*ids[0]),
        ("InstanceIds.2", "i-gone"),
        ("StoppedMode", "StopCharging"),
        ("ClientToken", "token-1"),
    ];
    let told = result(&ecs("StopInstances", &params));
    assert_eq!(told["OperationDetails"][0]["Error"], Value::Null);
    assert_eq!(
        told["OperationDetails"][1]["Error"]["Code"],
        "InvalidInstance.NotFound"
    );
    assert_eq!(
        result(&ecs("StopInstances", &params)),
        told,
        "the same token, the same answer"
    );
    let stopped = result(&ecs("DescribeInstances", &[("Status", "STOPPED")]));
    assert_eq!(stopped["Instances"][0]["StoppedMode"], "StopCharging");
    assert_eq!(stopped["TotalCount"], 1);
    let again = result(&ecs("StopInstances", &[("InstanceIds.1", &ids[0])]));
    assert_eq!(
        again["OperationDetails"][0]["Error"]["Code"],
        "InvalidInstance.InvalidInstanceStatus"
    );
    ecs("StartInstances", &[("InstanceIds.1", &ids[0])]);
    assert_eq!(
        result(&ecs("DescribeInstances", &[("Status", "RUNNING")]))["TotalCount"],
        2
    );
    assert_eq!(
        stage
            .world
            .requests()
            .iter()
            .filter(|of| of.operation == "ecs.StopInstances")
            .count(),
        3
    );
}

#[test]
fn servers_come_in_pages_by_a_token_and_only_of_their_region() {
    let plan = (0..5).fold(bob(), |plan, _| plan.instance("team-a"));
    let stage = stage(plan);
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let params = [("MaxResults", "2"), ("NextToken", &token)];
        let page = result(&stage.get(("ecs", ECS, "DescribeInstances"), &params));
        seen.extend(ids(&page["Instances"], "InstanceId"));
        page["NextToken"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let pairs = [("Action", "DescribeInstances"), ("Version", ECS)];
    let call = super::support::sign(
        &stage.key,
        ("ecs", "cn-shanghai"),
        &pairs,
        None,
        stage.world.now(),
    );
    assert_eq!(result(&stage.served(&call).answer)["TotalCount"], 0);
}

#[test]
fn other_clouds_at_the_same_address_are_left_alone() {
    let stage = stage(bob());
    let aliyun = stage.world.purse("aliyun").unwrap();
    let mut call = stage.signed(&stage.key, ("iam", "2018-01-01", "ListUsers"), &[], None);
    call.headers.retain(|(name, _)| name == "host");
    call.query = format!(
        "Action=QueryAccountBalance&Version=2017-12-14&AccessKeyId={}&SignatureMethod=HMAC-SHA1",
        aliyun["ak"]
    );
    stage.served(&call);
    let seen = |stage: &Stage| stage.world.requests().last().unwrap().operation.clone();
    assert!(seen(&stage).starts_with("aliyun."), "{}", seen(&stage));
    let purse = stage.world.purse("volcengine").unwrap();
    let other = tidegate_sim::Credential {
        ak: purse["ak"].clone(),
        sk: purse["sk"].clone(),
        token: None,
    };
    let verb = ("billing", "2022-01-01", "QueryBalanceAcct");
    let told = stage
        .served(&stage.signed(&other, verb, &[], Some(&json!({}))))
        .answer;
    assert_eq!(result(&told)["AvailableBalance"], "100.00");
    assert_eq!(seen(&stage), "volcengine.balance");
}

#[test]
fn the_log_tells_every_call_with_its_code() {
    let stage = stage(bob());
    stage.iam("GetUser", &[("UserName", "nobody")]);
    stage.hand.advance(seconds(1));
    let requests = stage.world.requests();
    let last = requests.last().unwrap();
    assert_eq!((&*last.operation, last.status), ("iam.GetUser", 404));
    assert_eq!(last.code.as_deref(), Some("UserNotExist"));
    assert_eq!(last.account.as_deref(), Some("main"));
    assert!(operations().count() >= 44, "{}", operations().count());
}
