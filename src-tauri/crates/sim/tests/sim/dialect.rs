//! The gateway and the services: who gets in, what is paged, refused and throttled. Every answer's fields are judged by
//! the official SDK elsewhere; here it is the behaviour.

use crate::common::{Client, build};
use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_sim::{
    Answer, Builder, Call, Door, Fault, Lie, Rights, Site, Throttle, World, days, gib, hours, mbit, minutes,
    seconds,
};

fn many(count: usize) -> Builder {
    (0..count).fold(World::new(7), |world, index| {
        world
            .server(&format!("s{index:02}"))
            .package(gib(100))
            .burn(mbit(8))
    })
}

fn code(answer: &Answer) -> (u16, String) {
    let value = answer.value();
    let code = [&value["error_code"], &value["code"], &value["error"]["code"]]
        .into_iter()
        .find(|code| !code.is_null())
        .cloned()
        .unwrap_or_default();
    (
        answer.status,
        code.as_str().map_or_else(|| code.to_string(), str::to_owned),
    )
}

fn refused(answer: &Answer, status: u16, name: &str) {
    assert_eq!(code(answer), (status, name.to_owned()), "{}", answer.value());
}

fn knock(world: &World, call: &Call) -> Answer {
    Door::new(world.clone()).answer(call).answer
}

const PROJECTS: &str = "/v3/auth/projects";

#[test]
fn a_call_that_was_changed_after_signing_is_refused() {
    let world = build(many(1));
    let client = Client::of(&world);
    let good = client.signed(
        "POST",
        "/v2/payments/free-resources/usages/details/query",
        r#"{"free_resource_ids":["x"]}"#,
        world.now(),
    );
    assert_eq!(knock(&world, &good).status, 200);
    let mut body = good.clone();
    body.body = Bytes::from_static(br#"{"free_resource_ids":["y"]}"#);
    let mut path = good.clone();
    path.path = "/v3/payments/free-resources/query".to_owned();
    let mut host = good.clone();
    host.headers
        .iter_mut()
        .find(|(name, _)| name == "host")
        .unwrap()
        .1 = "elsewhere".to_owned();
    let mut unsigned = good.clone();
    unsigned.headers.retain(|(name, _)| name != "authorization");
    for call in [body, path, host, unsigned] {
        refused(&knock(&world, &call), 401, "APIGW.0301");
    }
}

#[test]
fn a_clock_more_than_fifteen_minutes_off_is_refused() {
    let world = build(many(1));
    let client = Client::of(&world);
    let send = |at| knock(&world, &client.signed("GET", PROJECTS, "", at));
    assert_eq!(send(world.now().plus(minutes(15))).status, 200);
    assert_eq!(send(world.now().minus(minutes(15))).status, 200);
    refused(
        &send(world.now().plus(minutes(15) + seconds(1))),
        401,
        "APIGW.0301",
    );
    refused(
        &send(world.now().minus(minutes(15) + seconds(1))),
        401,
        "APIGW.0301",
    );
}

#[test]
fn the_sixth_failure_in_a_row_locks_the_key_for_five_minutes() {
    let world = build(many(1));
    let client = Client::of(&world);
    let mut forger = client.clone();
    forger.key.sk = "FAKEother".to_owned();
    for _ in 0..5 {
        refused(&forger.send("GET", PROJECTS, ""), 401, "APIGW.0301");
    }
    assert_eq!(
        client.send("GET", PROJECTS, "").status,
        200,
        "five are forgiven, and forgotten"
    );
    for _ in 0..6 {
        refused(&forger.send("GET", PROJECTS, ""), 401, "APIGW.0301");
    }
    let locked = client.send("GET", PROJECTS, "");
    assert!(
        locked.value()["error_msg"]
            .as_str()
            .unwrap()
            .contains("reach the limit"),
        "{}",
        locked.value()
    );
    world.advance(minutes(5));
    assert_eq!(client.send("GET", PROJECTS, "").status, 200);
}

#[test]
fn a_temporary_key_needs_its_token_and_ends() {
    let world = build(
        World::new(7)
            .account("main")
            .temporary_key(Rights::all(), hours(1))
            .server("s"),
    );
    let client = Client::with(&world, "main", 1);
    assert_eq!(client.send("GET", PROJECTS, "").status, 200);
    let mut bare = client.clone();
    bare.key.token = None;
    refused(&bare.send("GET", PROJECTS, ""), 401, "APIGW.0301");
    let mut wrong = client.clone();
    wrong.key.token = Some("FAKE.other".to_owned());
    refused(&wrong.send("GET", PROJECTS, ""), 401, "APIGW.0301");
    world.advance(hours(1));
    let ended = client.send("GET", PROJECTS, "");
    assert!(ended.value()["error_msg"].as_str().unwrap().contains("expired"));
}

#[test]
fn a_key_that_only_watches_may_read_everything_and_stop_nothing() {
    let world = build(many(1).rights(Rights::watch()));
    let client = Client::of(&world);
    assert_eq!(client.packages().len(), 1);
    assert_eq!(client.server("s00")["server"]["status"], "ACTIVE");
    let answer = client.stop("s00");
    refused(&answer, 403, "Pdp.0001");
    assert!(
        answer.value().to_string().contains("ecs:cloudServers:stop"),
        "the refusal names the right"
    );
    assert!(world.runs("s00").unwrap());
}

#[test]
fn a_missing_right_is_named_by_every_service() {
    let world = build(many(1).rights(Rights::of(&[])));
    let client = Client::of(&world);
    let (project, domain) = (&client.project, &client.domain);
    let cases = [
        (
            "POST",
            "/v3/payments/free-resources/query".to_owned(),
            "CBC.0151",
            "bss:order:view",
        ),
        (
            "GET",
            format!("/v1/resource-manager/domains/{domain}/all-resources"),
            "APIGW.0302",
            "rms:resources:list",
        ),
        (
            "GET",
            format!("/v1/{project}/cloudservers/detail"),
            "Pdp.0001",
            "ecs:cloudServers:list",
        ),
        (
            "GET",
            format!("/V1.0/{project}/metrics"),
            "APIGW.0302",
            "ces:metrics:list",
        ),
        (
            "GET",
            format!("/v3/{project}/eip/publicips"),
            "APIGW.0302",
            "vpc:publicIps:list",
        ),
        ("GET", "/v3/projects".to_owned(), "403", "iam:projects:list"),
    ];
    for (method, path, name, right) in cases {
        let answer = client.send(method, &path, if method == "POST" { "{}" } else { "" });
        refused(&answer, 403, name);
        assert!(answer.value().to_string().contains(right), "{path}");
    }
    assert_eq!(
        client.send("GET", PROJECTS, "").status,
        200,
        "listing one's own projects needs no right"
    );
}

#[test]
fn the_site_belongs_to_the_account_and_only_bss_cares() {
    let world = build(many(1));
    let mut client = Client::of(&world);
    client.host = "bss-intl.myhuaweicloud.com".to_owned();
    refused(
        &client.send("POST", "/v3/payments/free-resources/query", "{}"),
        403,
        "CBC.0156",
    );
    client.host = "bss.myhuaweicloud.com".to_owned();
    assert_eq!(client.packages().len(), 1);
    let world = build(many(1).site(Site::International));
    let mut client = Client::of(&world);
    client.host = "bss.myhuaweicloud.com".to_owned();
    refused(
        &client.send("POST", "/v3/payments/free-resources/query", "{}"),
        403,
        "CBC.0150",
    );
    client.host = "bss-intl.myhuaweicloud.com".to_owned();
    assert_eq!(client.packages().len(), 1);
}

#[test]
fn a_project_of_another_region_or_account_is_refused() {
    let world = build(
        World::new(7)
            .account("a")
            .region("ap-southeast-1")
            .region("cn-north-4")
            .server("s")
            .account("b")
            .server("t"),
    );
    let mut client = Client::with(&world, "a", 0);
    let other = Client::with(&world, "b", 0);
    let list = |project: &str| format!("/v1/{project}/cloudservers/detail");
    refused(&client.send("GET", &list(&other.project), ""), 400, "Ecs.0023");
    client.host = "ecs.cn-north-4.myhuaweicloud.com".to_owned();
    refused(&client.send("GET", &list(&client.project), ""), 400, "Ecs.0023");
    client.host = "ecs.ap-southeast-1.myhuaweicloud.com".to_owned();
    assert_eq!(
        client.get(&list(&client.project))["count"],
        0,
        "the server is in the other region"
    );
    let path = format!("/v1/resource-manager/domains/{}/all-resources", other.domain);
    assert_eq!(client.send("GET", &path, "").status, 403);
}

#[test]
fn what_no_service_knows_is_no_api() {
    let world = build(many(1));
    let client = Client::of(&world);
    refused(&client.send("GET", "/v9/nothing", ""), 404, "APIGW.0101");
    refused(&client.send("GET", "/_sim/state", ""), 404, "APIGW.0101");
    assert_eq!(
        world
            .requests()
            .iter()
            .filter(|request| request.operation == "-")
            .count(),
        2
    );
}

#[test]
fn the_eleventh_call_in_a_second_is_throttled_and_the_next_second_is_free() {
    let world = build(many(1));
    let client = Client::of(&world);
    let list = || client.send("POST", "/v3/payments/free-resources/query", "{}");
    for _ in 0..10 {
        assert_eq!(list().status, 200);
    }
    refused(&list(), 429, "APIGW.0308");
    assert_eq!(client.usages(&["x"]).len(), 0, "each API counts for itself");
    world.advance(seconds(1));
    assert_eq!(list().status, 200);
    let world = build(many(1).throttle(Throttle {
        per_second: 1,
        by_service: true,
    }));
    let client = Client::of(&world);
    assert_eq!(client.packages().len(), 1);
    refused(
        &client.send("POST", "/v3/payments/free-resources/query", "{}"),
        429,
        "CBC.0250",
    );
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn packages_are_paged_by_record_and_ten_by_default() {
    let world = build(many(23));
    let client = Client::of(&world);
    let page = |body: Value| client.post("/v3/payments/free-resources/query", &body);
    let first = page(json!({}));
    assert_eq!(first["free_resource_packages"].as_array().unwrap().len(), 10);
    assert_eq!(first["total_count"], 23);
    assert_eq!(
        page(json!({"offset": 20}))["free_resource_packages"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(page(json!({"offset": 23}))["free_resource_packages"], json!([]));
    for body in [
        json!({"limit": 0}),
        json!({"limit": 1001}),
        json!({"limit": "10"}),
        json!({"offset": -1}),
    ] {
        let answer = client.send("POST", "/v3/payments/free-resources/query", &body.to_string());
        refused(&answer, 400, "CBC.0100");
    }
    refused(
        &client.send("POST", "/v3/payments/free-resources/query", ""),
        400,
        "CBC.0100",
    );
}

#[test]
fn servers_are_paged_by_page_number_from_one_and_by_marker() {
    let world = build(many(30));
    let client = Client::of(&world);
    let list = |query: &str| client.get(&format!("/v1/{}/cloudservers/detail{query}", client.project));
    let all = world.servers("main").unwrap();
    let page = |query: &str| ids(list(query)["servers"].as_array().unwrap());
    assert_eq!(page(""), all[..25], "25 by default");
    assert_eq!(page("?limit=25&offset=2"), all[25..]);
    assert_eq!(page("?limit=25&offset=0"), all[..25], "0 is 1");
    assert_eq!(page(&format!("?limit=10&marker={}", all[9])), all[10..20]);
    assert_eq!(list("")["count"], 30);
    let unknown = list(&format!("?server_id={}%2Cgone", all[3]));
    assert_eq!(unknown["servers"][0]["id"], all[3].as_str());
    assert_eq!(
        (&unknown["servers"][1]["id"], &unknown["servers"][1]["status"]),
        (&json!("gone"), &Value::Null)
    );
}

#[test]
fn instances_are_paged_by_an_opaque_marker() {
    let world = build(many(5));
    let client = Client::of(&world);
    let base = format!(
        "/v1/resource-manager/domains/{}/all-resources?type=hcss.l-instance",
        client.domain
    );
    let (mut seen, mut marker, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let value = client.get(&format!("{base}&limit=2{marker}"));
        seen.extend(ids(value["resources"].as_array().unwrap()));
        pages += 1;
        match value["page_info"]["next_marker"].as_str() {
            Some(next) => marker = format!("&marker={next}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), pages), (5, 3));
    refused(
        &client.send("GET", &format!("{base}&limit=201"), ""),
        400,
        "RMS.00010025",
    );
    refused(
        &client.send("GET", &format!("{base}&marker=wrong"), ""),
        400,
        "RMS.00010034",
    );
}

#[test]
fn a_stop_is_accepted_long_before_it_is_true() {
    let world = build(many(1).stop_delay(seconds(30)));
    let client = Client::of(&world);
    let accepted = client.stop("s00");
    assert_eq!(accepted.status, 200);
    let now = &client.server("s00")["server"];
    assert_eq!(
        (&now["status"], &now["OS-EXT-STS:task_state"]),
        (&json!("ACTIVE"), &json!("powering-off"))
    );
    assert_eq!(client.job(&accepted)["status"], "INIT");
    world.advance(seconds(29));
    assert_eq!(client.job(&accepted)["status"], "RUNNING");
    assert_eq!(client.server("s00")["server"]["status"], "ACTIVE");
    refused(&client.stop("s00"), 400, "Ecs.0100");
    world.advance(seconds(1));
    let job = client.job(&accepted);
    assert_eq!(
        (&job["status"], &job["entities"]["sub_jobs"][0]["status"]),
        (&json!("SUCCESS"), &json!("SUCCESS"))
    );
    let now = &client.server("s00")["server"];
    assert_eq!(
        (&now["status"], &now["OS-EXT-STS:task_state"]),
        (&json!("SHUTOFF"), &Value::Null)
    );
    refused(&client.stop("s00"), 400, "Ecs.0100");
    world.advance(days(1));
    refused(
        &client.send(
            "GET",
            &format!(
                "/v1/{}/jobs/{}",
                client.project,
                accepted.value()["job_id"].as_str().unwrap()
            ),
            "",
        ),
        400,
        "Common.0011",
    );
    assert_eq!(client.action("os-start", "s00").status, 200);
    world.advance(seconds(30));
    assert_eq!(client.server("s00")["server"]["status"], "ACTIVE");
}

#[test]
fn every_stop_is_counted_by_server_refused_or_not() {
    let world = build(many(2).locked());
    let client = Client::of(&world);
    client.stop("s00");
    refused(&client.stop("s01"), 400, "Ecs.0605");
    refused(&client.stop("nobody"), 404, "Ecs.0114");
    let mut forger = client.clone();
    forger.key.sk = "FAKEother".to_owned();
    forger.stop("s00");
    assert_eq!(
        world.stops(),
        [
            world.server_id("s00").unwrap(),
            world.server_id("s01").unwrap(),
            "nobody".to_owned()
        ],
        "a forged one never reached the service"
    );
}

#[test]
fn usages_take_a_hundred_ids_and_leave_unknown_ones_out() {
    let world = build(many(2));
    let client = Client::of(&world);
    let known = world.package_id("s01").unwrap();
    assert_eq!(client.usages(&["nobody", &known]).len(), 1);
    let ask = |count: usize| {
        let body = json!({"free_resource_ids": vec!["x"; count]});
        client.send(
            "POST",
            "/v2/payments/free-resources/usages/details/query",
            &body.to_string(),
        )
    };
    assert_eq!(ask(100).status, 200);
    refused(&ask(101), 400, "CBC.0100");
    refused(&ask(0), 400, "CBC.0100");
}

#[test]
fn amounts_are_text_in_the_list_and_numbers_in_the_usages() {
    let world = build(World::new(7).server("s").package(gib(200)).used(gib(150)));
    let client = Client::of(&world);
    let resource = &client.packages()[0]["free_resources"][0];
    assert_eq!(
        (&resource["amount"], &resource["original_amount"]),
        (&json!("50"), &json!("200"))
    );
    let usage = client.usage("s").unwrap();
    assert_eq!(
        (&usage["amount"], &usage["original_amount"], &usage["measure_id"]),
        (&json!(50), &json!(200), &json!(10))
    );
    let world = build(World::new(7).server("s").package(gib(2)).used(gib(1)).measure(11));
    assert_eq!(Client::of(&world).usage("s").unwrap()["amount"], 1024);
    let world = build(World::new(7).server("s").package(gib(2)).used(gib(1)).measure(13));
    assert_eq!(Client::of(&world).usage("s").unwrap()["amount"], 1_073_741_824);
}

#[test]
fn the_fast_signal_is_the_bytes_of_each_period() {
    let world = build(many(1));
    let client = Client::of(&world);
    world.advance(minutes(10));
    let path = format!("/V1.0/{}/batch-query-metric-data", client.project);
    let listed = client.get(&format!(
        "/V1.0/{}/metrics?metric_name=up_stream&namespace=SYS.VPC",
        client.project
    ));
    let dimensions = listed["metrics"][0]["dimensions"].clone();
    let to = world.now().ms();
    let ask = |dimensions: &Value, period: &str| {
        let metric = json!({"namespace": "SYS.VPC", "metric_name": "up_stream", "dimensions": dimensions});
        let body =
            json!({"metrics": [metric], "period": period, "filter": "sum", "from": to - 600_000, "to": to});
        client.send("POST", &path, &body.to_string())
    };
    let points = ask(&dimensions, "300").value()["metrics"][0]["datapoints"].clone();
    assert_eq!(
        points
            .as_array()
            .unwrap()
            .iter()
            .map(|point| point["sum"].as_i64().unwrap())
            .sum::<i64>(),
        600_000_000
    );
    let wrong = ask(&json!([{"name": "publicip_id", "value": "nobody"}]), "300").value();
    assert_eq!(
        (&wrong["metrics"][0]["datapoints"], &wrong["metrics"][0]["unit"]),
        (&json!([]), &json!("unknown"))
    );
    assert_eq!(ask(&dimensions, "17").status, 400);
    world.stop_by_hand("s00").unwrap();
    world.advance(minutes(15));
    let later = world.now().ms();
    let metric = json!({"namespace": "SYS.VPC", "metric_name": "up_stream", "dimensions": dimensions});
    let body =
        json!({"metrics": [metric], "period": "300", "filter": "sum", "from": later - 300_000, "to": later});
    let silent = client.post(&path, &body);
    assert_eq!(
        silent["metrics"][0]["datapoints"],
        json!([]),
        "a server that stands sends no points"
    );
}

#[test]
fn the_records_say_what_each_hour_took() {
    let world = build(World::new(7).server("s").package(gib(200)).burn(mbit(8)));
    let client = Client::of(&world);
    world.advance(hours(2));
    let path = "/v2/bills/customer-bills/free-resources-usage-records?deduct_time_begin=2026-01-15&deduct_time_end=2026-01-15";
    let value = client.get(path);
    assert_eq!(value["total_count"], 2);
    assert_eq!(value["free_resource_records"][0]["used_amount"], "3.352761");
    refused(
        &client.send("GET", "/v2/bills/customer-bills/free-resources-usage-records", ""),
        400,
        "CBC.0100",
    );
}

#[test]
fn a_lie_is_told_only_where_when_and_as_often_as_it_was_scripted() {
    let world = build(many(2));
    let client = Client::of(&world);
    let broken = || client.send("GET", PROJECTS, "").status;
    world.fault(
        Fault::new(Lie::Status { status: 503 })
            .on("iam")
            .after(seconds(10))
            .lasting(seconds(10)),
    );
    assert_eq!(broken(), 200);
    world.advance(seconds(10));
    assert_eq!(broken(), 503);
    assert_eq!(client.packages().len(), 2, "only where it was scripted");
    world.advance(seconds(10));
    assert_eq!(broken(), 200);
    let id = world.fault(
        Fault::new(Lie::Status { status: 500 })
            .on("iam.auth_projects")
            .times(2),
    );
    assert_eq!([broken(), broken(), broken()], [500, 500, 200]);
    world.heal(id);
    world.fault(Fault::new(Lie::Status { status: 500 }).account("nobody"));
    assert_eq!(broken(), 200);
    world.heal_all();
    assert_eq!(world.faults(), []);
}
