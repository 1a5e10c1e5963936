//! Agents over HTTP: a code makes one, each batch counts once, and whatever a hostile one sends is refused or kept aside
//! while the others go on.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tidegate_api::door::Scope;
use tidegate_api::request::{DeviceAsked, FlowsAsked, InviteAgent};
use tidegate_api::words::Time;
use tidegate_api::{Face, Request, Response};

use crate::kit::{Answer, Call, Kit};

const ENROL: &str = "/api/v1/enrol";
const INGEST: &str = "/api/v1/ingest";
const EPOCH: &str = "0190c5f0-0000-7000-8000-000000000001";

/// A code for a device.
async fn invited(kit: &Kit, device: &str) -> String {
    let asked = InviteAgent {
        device: device.parse().unwrap(),
        name: format!("the {device}"),
    };
    match kit.app.handle(Request::InviteAgent(asked), "test").await.unwrap() {
        Response::Invited(invited) => invited.code.0,
        other => panic!("{other:?}"),
    }
}

async fn show(kit: &Kit, code: &str) -> Answer {
    let body = json!({ "code": code, "agent": "0.1.0", "system": "linux x86_64" });
    kit.call(Call::new("POST", ENROL).json(&body)).await
}

/// An agent of a device; its token.
async fn agent(kit: &Kit, device: &str) -> String {
    let enrolled = show(kit, &invited(kit, device).await).await;
    assert_eq!(enrolled.status, 200);
    enrolled.json()["token"].as_str().unwrap().to_owned()
}

/// The start of the minute that is so many minutes back.
fn minute(back: i64) -> String {
    let now = tidegate_api::words::Clock::now(&tidegate_api::words::SystemTimer::new()).wall;
    Time::from_ms((now.ms() / 60_000 - back) * 60_000).to_string()
}

fn flow(up: u64) -> Value {
    json!({ "minute": minute(1), "kind": "proxy", "node": "hk", "group": "auto", "feed": "", "up": up, "down": 0 })
}

fn hand_in(device: &str, sequence: u64, flows: &[Value]) -> Value {
    json!({
        "sent_at": minute(0), "agent": "0.1.0", "backlog": 0,
        "batch": {
            "device": device, "epoch": EPOCH, "sequence": sequence, "sealed_at": minute(0), "flows": flows,
            "watched": [{ "start": minute(1), "end": minute(0) }], "restarts": 0, "kernel": "mihomo v1.19.32",
        },
    })
}

async fn send(kit: &Kit, token: &str, body: &Value) -> Answer {
    kit.call(Call::new("POST", INGEST).token(token).json(body)).await
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(plain).unwrap();
    packing.finish().unwrap()
}

fn gzip(token: &str, body: &[u8]) -> Call {
    Call::new("POST", INGEST)
        .token(token)
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(body)
}

/// Bytes that are counted, of every device.
async fn counted(kit: &Kit) -> u64 {
    let day = |ahead: i64| minute(-1440 * ahead)[..10].parse().unwrap();
    let asked = FlowsAsked {
        from: day(-1),
        through: day(1),
        device: None,
        by: Vec::new(),
        limit: 10,
    };
    match kit.app.handle(Request::Flows(asked), "test").await.unwrap() {
        Response::Flows(view) => {
            let kinds = [
                view.sum.proxy,
                view.sum.direct,
                view.sum.reject,
                view.sum.unattributed,
            ];
            let bytes = kinds.iter().map(|kind| u64::try_from(kind.total.raw()).unwrap());
            bytes.sum()
        }
        other => panic!("{other:?}"),
    }
}

async fn devices(kit: &Kit) -> Value {
    let told = kit.app.handle(Request::Devices, "test").await.unwrap();
    serde_json::to_value(told).unwrap()["data"].clone()
}

fn verdict(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["verdict"].as_str().unwrap().to_owned()
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_code_makes_one_agent_once_and_its_token_does_nothing_else() {
    let kit = Kit::new().await;
    let code = invited(&kit, "nas").await;
    assert_eq!(devices(&kit).await["invites"][0]["device"], "nas");
    let enrolled = show(&kit, &code.to_lowercase().replace('-', " ")).await.json();
    assert_eq!(
        (&enrolled["device"], &enrolled["name"]),
        (&json!("nas"), &json!("the nas"))
    );
    let token = enrolled["token"].as_str().unwrap();
    assert!(token.starts_with("tg_"));
    assert_eq!(
        refused(&show(&kit, &code).await),
        is(403, "code_refused"),
        "it was used"
    );
    let told = devices(&kit).await;
    assert_eq!(
        (&told["devices"][0]["state"], &told["invites"]),
        (&json!("new"), &json!([]))
    );
    for path in ["/api/v1/status", "/api/v1/tokens", "/api/v1/devices"] {
        let answer = kit.call(Call::get(path).token(token)).await;
        assert_eq!(refused(&answer), is(403, "forbidden"), "{path}");
    }
    assert_eq!(
        verdict(&send(&kit, token, &hand_in("nas", 1, &[flow(700)])).await),
        "stored"
    );
    let told = devices(&kit).await;
    assert_eq!(told["devices"][0]["state"], "watched");
    assert_eq!(told["devices"][0]["kernel"], "mihomo v1.19.32");
    assert!(!told.to_string().contains(token) && !told.to_string().contains(&code));
}

#[tokio::test]
async fn a_program_invites_lists_and_ends_devices_and_hands_on_no_more_than_it_has() {
    let kit = Kit::new().await;
    let (writer, _) = kit.made("writer", &[Scope::Read, Scope::Write]).await;
    let (all, _) = kit.made("all", &Scope::ALL).await;
    let path = "/api/v1/devices/nas/invite";
    let invite = |token: &str| {
        Call::new("POST", path)
            .token(token)
            .json(&json!({ "name": "NAS" }))
    };
    let less = kit.call(invite(&writer)).await;
    assert_eq!(refused(&less), is(403, "forbidden"));
    assert_eq!(less.json()["args"]["scope"], "ingest");
    let code = kit.call(invite(&all)).await.json()["code"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = show(&kit, &code).await.json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        verdict(&send(&kit, &token, &hand_in("nas", 1, &[flow(7)])).await),
        "stored"
    );
    let listed = kit.call(Call::get("/api/v1/devices").token(&writer)).await.json();
    assert_eq!(
        (&listed["devices"][0]["name"], &listed["door"]),
        (&json!("NAS"), &json!(null))
    );
    let end = |device: &str| Call::new("DELETE", &format!("/api/v1/devices/{device}")).token(&writer);
    assert_eq!(kit.call(end("nas")).await.status, 204);
    assert_eq!(kit.call(end("pc")).await.code(), "not_found");
    assert_eq!(
        refused(&send(&kit, &token, &hand_in("nas", 2, &[])).await),
        is(401, "unauthorized")
    );
}

#[tokio::test]
async fn what_became_of_batches_is_measured_until_their_device_is_ended() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let body = hand_in("nas", 1, &[flow(700)]);
    for _ in 0..3 {
        send(&kit, &token, &body).await;
    }
    send(&kit, &token, &hand_in("nas", 1, &[flow(701)])).await;
    let metrics = tidegate_server::metrics::serve(kit.app.clone(), "127.0.0.1:0".parse().unwrap());
    let metrics = metrics.await.unwrap();
    let series = |verdict: &str, count: u32| {
        format!("tidegate_device_batches_total{{device=\"nas\",verdict=\"{verdict}\"}} {count}\n")
    };
    let page = Call::get("/metrics").to(metrics.address()).await;
    let page = String::from_utf8(page.body).unwrap();
    for told in [
        series("stored", 1),
        series("repeated", 2),
        series("quarantined", 1),
    ] {
        assert!(page.contains(&told), "{told}{page}");
    }
    let ended = Request::EndDevice(DeviceAsked {
        device: "nas".parse().unwrap(),
    });
    kit.app.handle(ended, "test").await.unwrap();
    let page = Call::get("/metrics").to(metrics.address()).await;
    assert!(!String::from_utf8(page.body).unwrap().contains("device=\"nas\""));
}

#[tokio::test]
async fn wrong_codes_are_refused_in_words_and_slowed() {
    let kit = Kit::new().await;
    let good = invited(&kit, "nas").await;
    let wrong = show(&kit, "ABCD-EFGH-JKLM-NPQR").await;
    assert_eq!(refused(&wrong), is(403, "code_refused"));
    assert!(
        wrong.json()["message"]
            .as_str()
            .unwrap()
            .contains("tidegated agents invite")
    );
    let mut statuses = Vec::new();
    for _ in 0..15 {
        statuses.push(show(&kit, "not even a code").await.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(
        show(&kit, &good).await.status,
        429,
        "whoever guesses waits, also with a good one"
    );
    let malformed = kit
        .call(Call::new("POST", ENROL).json(&json!({ "code": 7 })))
        .await;
    assert_eq!(refused(&malformed), is(400, "bad_request"));
    let other = kit.call(Call::get(ENROL)).await;
    assert_eq!(refused(&other), is(405, "method_not_allowed"));
}

#[tokio::test]
async fn a_batch_counts_once_packed_or_not() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let body = hand_in("nas", 1, &[flow(700)]);
    let text = body.to_string();
    let first = kit.call(gzip(&token, &packed(text.as_bytes()))).await;
    assert_eq!(verdict(&first), "stored");
    assert_eq!(first.json()["sequence"], 1);
    assert_eq!(verdict(&send(&kit, &token, &body).await), "repeated");
    let parts = [packed(&text.as_bytes()[..50]), packed(&text.as_bytes()[50..])].concat();
    assert_eq!(verdict(&kit.call(gzip(&token, &parts)).await), "repeated");
    assert_eq!(counted(&kit).await, 700);
}

#[tokio::test]
async fn what_is_no_batch_is_refused_and_counts_nothing() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let good = hand_in("nas", 1, &[flow(700)]);
    let changed = |place: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        body
    };
    let wrong = [
        changed("/batch/flows/0/up", json!(-1)),
        changed("/batch/flows/0/up", json!(1.5)),
        changed("/batch/flows/0/up", json!("700")),
        changed("/batch/flows/0/up", json!(null)),
        changed("/batch/flows/0/kind", json!("free")),
        changed("/batch/flows/0/minute", json!("yesterday")),
        changed("/batch/sequence", json!(-1)),
        changed("/batch/device", json!("../nas")),
        changed("/batch/epoch", json!("x")),
        changed("/batch/flows", json!({})),
        changed("/batch", json!(null)),
        json!([]),
        json!(7),
    ];
    for body in wrong {
        assert_eq!(
            refused(&send(&kit, &token, &body).await),
            is(400, "bad_request"),
            "{body}"
        );
    }
    let text = good.to_string();
    let whole = packed(text.as_bytes());
    for garbage in [
        &b"garbage"[..],
        &whole[..whole.len() / 2],
        &whole[..whole.len() - 1],
        b"\x1f\x8b",
        &[0; 64],
    ] {
        assert_eq!(
            refused(&kit.call(gzip(&token, garbage)).await),
            is(400, "bad_request")
        );
    }
    let cut = Call::new("POST", INGEST)
        .token(&token)
        .header("content-type", "application/json");
    assert_eq!(
        refused(&kit.call(cut.body(&text.as_bytes()[..text.len() - 2])).await),
        is(400, "bad_request")
    );
    let plain = Call::new("POST", INGEST).token(&token).body(text.as_bytes());
    assert_eq!(refused(&kit.call(plain).await), is(415, "unsupported_media_type"));
    let brotli = Call::new("POST", INGEST)
        .token(&token)
        .header("content-encoding", "br")
        .json(&good);
    assert_eq!(
        refused(&kit.call(brotli).await),
        is(415, "unsupported_media_type")
    );
    assert_eq!(counted(&kit).await, 0);
    assert_eq!(
        verdict(&send(&kit, &token, &good).await),
        "stored",
        "the agent goes on"
    );
}

#[tokio::test]
async fn what_is_too_large_packed_or_unpacked_is_refused_before_it_takes_any_room() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let large = Call::new("POST", INGEST)
        .token(&token)
        .header("content-type", "application/json")
        .body(&vec![b' '; 1024 * 1024 + 1]);
    assert_eq!(refused(&kit.call(large).await), is(413, "too_large"));
    let bomb = packed(&vec![b' '; 512 * 1024 * 1024]);
    assert!(
        bomb.len() < 1024 * 1024,
        "{} bytes that unpack to 512 MiB",
        bomb.len()
    );
    assert_eq!(
        refused(&kit.call(gzip(&token, &bomb)).await),
        is(413, "too_large")
    );
    assert_eq!(
        verdict(&send(&kit, &token, &hand_in("nas", 1, &[flow(1)])).await),
        "stored"
    );
}

#[tokio::test]
async fn what_cannot_be_true_is_acknowledged_kept_aside_and_shown() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let lie = |place: &str, value: Value| {
        let mut flow = flow(1);
        flow[place] = value;
        flow
    };
    let lies = [
        lie("up", json!(u64::MAX)),
        lie("up", json!((1_u64 << 40) + 1)),
        lie("minute", json!(minute(-60))),
        lie("minute", json!("2019-01-01T00:00:00Z")),
        lie("node", json!("\u{1b}[2J")),
        lie("estimated_up", json!(2)),
    ];
    for (sequence, lie) in (1..).zip(&lies) {
        let body = hand_in("nas", sequence, &[flow(5), lie.clone()]);
        assert_eq!(verdict(&send(&kit, &token, &body).await), "quarantined", "{lie}");
        assert_eq!(
            verdict(&send(&kit, &token, &body).await),
            "quarantined",
            "its answer was lost"
        );
    }
    assert_eq!(counted(&kit).await, 0);
    let told = devices(&kit).await;
    assert_eq!(told["devices"][0]["quarantined"], lies.len());
    let said = told["devices"][0]["said"]["en"].as_str().unwrap();
    assert!(said.contains("could not be true: 6"), "{said}");
    assert_eq!(
        verdict(&send(&kit, &token, &hand_in("nas", 100, &[flow(5)])).await),
        "stored"
    );
    assert_eq!(counted(&kit).await, 5);
}

#[tokio::test]
async fn only_an_agents_own_token_hands_in_and_only_for_its_device() {
    let kit = Kit::new().await;
    let (nas, pc) = (agent(&kit, "nas").await, agent(&kit, "pc").await);
    assert_eq!(
        refused(&send(&kit, &nas, &hand_in("pc", 1, &[flow(1)])).await),
        is(403, "other_device")
    );
    let by_hand = kit.token(&[Scope::Ingest]).await;
    let refusal = send(&kit, &by_hand, &hand_in("nas", 1, &[flow(1)])).await;
    assert_eq!(refused(&refusal), is(403, "not_an_agent"));
    assert!(
        refusal.json()["message"]
            .as_str()
            .unwrap()
            .contains("agents invite")
    );
    let reader = kit
        .made("reader", &[Scope::Read, Scope::Write, Scope::Act])
        .await
        .0;
    assert_eq!(
        refused(&send(&kit, &reader, &hand_in("nas", 1, &[flow(1)])).await),
        is(403, "forbidden")
    );
    let ended = Request::EndDevice(DeviceAsked {
        device: "nas".parse().unwrap(),
    });
    kit.app.handle(ended, "test").await.unwrap();
    assert_eq!(
        refused(&send(&kit, &nas, &hand_in("nas", 1, &[flow(1)])).await),
        is(401, "unauthorized")
    );
    let before = pc;
    let pc = agent(&kit, "pc").await;
    assert_eq!(
        refused(&send(&kit, &before, &hand_in("pc", 1, &[flow(1)])).await),
        is(401, "unauthorized")
    );
    assert_eq!(
        verdict(&send(&kit, &pc, &hand_in("pc", 1, &[flow(9)])).await),
        "stored"
    );
    assert_eq!(counted(&kit).await, 9);
}

#[tokio::test]
async fn a_token_that_is_revoked_as_any_other_ends_the_agent_and_the_device_says_so() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let Response::Tokens(tokens) = kit.app.handle(Request::Tokens, "test").await.unwrap() else {
        panic!("no tokens");
    };
    let listed = tokens.iter().find(|row| row.name == "agent nas").unwrap();
    assert_eq!(listed.scopes, [Scope::Ingest]);
    kit.app
        .handle(Request::RevokeToken { token: listed.id }, "test")
        .await
        .unwrap();
    assert_eq!(
        refused(&send(&kit, &token, &hand_in("nas", 1, &[flow(1)])).await),
        is(401, "unauthorized")
    );
    let said = devices(&kit).await["devices"][0]["said"]["en"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(said.contains("revoked"), "{said}");
}

#[tokio::test]
async fn copies_of_one_batch_at_the_same_time_count_once() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let body = hand_in("nas", 1, &[flow(700)]);
    let answers = futures_util::future::join_all((0..20).map(|_| send(&kit, &token, &body))).await;
    let verdicts: Vec<String> = answers.iter().map(verdict).collect();
    assert_eq!(
        verdicts.iter().filter(|verdict| *verdict == "stored").count(),
        1,
        "{verdicts:?}"
    );
    assert!(!verdicts.contains(&"quarantined".to_owned()), "{verdicts:?}");
    assert_eq!(counted(&kit).await, 700);
}

#[tokio::test]
async fn two_agents_with_one_identity_are_found_out_and_neither_counts_twice() {
    let kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    let mut verdicts = Vec::new();
    for sequence in 1..=3 {
        for bytes in [100, 1000] {
            let body = hand_in("nas", sequence, &[flow(bytes)]);
            verdicts.push(verdict(&send(&kit, &token, &body).await));
        }
    }
    assert_eq!(
        verdicts,
        [
            "stored",
            "quarantined",
            "stored",
            "quarantined",
            "stored",
            "quarantined"
        ]
    );
    assert_eq!(counted(&kit).await, 300);
    assert_eq!(devices(&kit).await["devices"][0]["quarantined"], 3);
    let Response::Status(status) = kit.app.handle(Request::Status, "test").await.unwrap() else {
        panic!("no status");
    };
    let conditions = format!("{:?}", status.conditions);
    assert!(
        conditions.contains("two agents with one identity"),
        "{conditions}"
    );
}

#[tokio::test]
async fn a_guard_that_ends_and_begins_again_in_the_midst_of_it_counts_nothing_twice_and_loses_nothing() {
    let mut kit = Kit::new().await;
    let token = agent(&kit, "nas").await;
    for sequence in 1..=30 {
        let body = hand_in("nas", sequence, &[flow(100)]);
        if sequence % 10 == 5 {
            // The answer is never read: the connection ends with the program.
            let address = kit.serving.address();
            let call = Call::new("POST", INGEST).token(&token).json(&body);
            call.only_sent(address).await;
            kit = kit.again().await;
        }
        let answered = verdict(&send(&kit, &token, &body).await);
        assert!(
            ["stored", "repeated"].contains(&answered.as_str()),
            "{sequence}: {answered}"
        );
    }
    assert_eq!(counted(&kit).await, 3000);
}
