//! The faults of the outside, seen from outside: the real program against the simulated cloud that lies. None may stop
//! a healthy server, lose an alert, tell a step twice, or print a secret.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tidegate_tests::stage::{Cloud, Home, config};

type Done = anyhow::Result<()>;

fn stage() -> anyhow::Result<(Cloud, Home)> {
    let cloud = Cloud::start()?;
    let home = Home::for_cloud(&cloud)?;
    Ok((cloud, home))
}

/// Configured with a line that the nearly dry package has crossed already, and armed.
fn armed() -> anyhow::Result<(Cloud, Home)> {
    let (cloud, home) = stage()?;
    let applied = home.apply(&config(&cloud, "14 GB")?)?;
    ensure!(applied.code == 0, "{applied:?}");
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    Ok((cloud, home))
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn meters(report: &Value) -> anyhow::Result<&Vec<Value>> {
    report
        .pointer("/meters")
        .and_then(Value::as_array)
        .context("the report has meters")
}

/// Neither output nor file may hold the cloud's secret key or the channel's.
fn assert_no_secret(cloud: &Cloud, home: &Home, printed: &str) -> Done {
    let secrets = [
        cloud.text("/huawei/sk")?,
        cloud.text("/feishu/secret")?,
        cloud.text("/feishu/url")?,
    ];
    for secret in secrets {
        ensure!(!printed.contains(secret), "a secret was printed");
        for (path, bytes) in tidegate_tests::stage::files(home.path())? {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            ensure!(!found, "a secret stands in {}", path.display());
        }
    }
    Ok(())
}

#[test]
fn a_server_below_its_line_is_stopped_once_and_the_others_are_left_alone() -> Done {
    let (cloud, home) = armed()?;
    let mut guard = home.guard()?;
    let planned = guard.event("planned", |_| true)?;
    let target = text(&planned, "/target/id").to_owned();
    let verified = guard.event("verified", |event| text(event, "/target/id") == target)?;
    ensure!(text(&verified, "/proof/before/power") == "running", "{verified}");
    ensure!(text(&verified, "/proof/after/power") == "stopped", "{verified}");
    guard.event("delivered", |event| text(event, "/code") == "action_verified")?;
    let (code, printed) = guard.end()?;
    ensure!(code == 0, "it ends well: {code}");
    ensure!(
        cloud.stops()? == [target.clone()],
        "one stop of {target}: {:?}",
        cloud.stops()?
    );
    let summary = printed.lines().last().unwrap_or_default();
    ensure!(
        summary.contains(r#""event":"summary""#),
        "the last line is the summary: {summary}"
    );
    assert_no_secret(&cloud, &home, &printed)
}

#[test]
fn a_watching_guard_tells_and_stops_nothing() -> Done {
    let (cloud, home) = stage()?;
    ensure!(home.apply(&config(&cloud, "14 GB")?)?.code == 0, "it applies");
    let mut guard = home.guard()?;
    guard.event("step", |event| text(event, "/key") == "limit")?;
    guard.event("delivered", |event| text(event, "/code") == "step_reached")?;
    for _ in 0..6 {
        guard.later("reading")?;
    }
    ensure!(guard.count("planned") == 0, "nothing is planned");
    drop(guard);
    ensure!(cloud.stops()?.is_empty(), "nothing is stopped");
    Ok(())
}

/// Every lie about a package, at the list or the usages: the meter is blind for a reason, or its true value; an armed
/// guard never stops anything because of it.
#[test]
fn no_lie_about_a_package_stops_a_healthy_server() -> Done {
    let (cloud, home) = stage()?;
    // A line far below what any package has left: every server is healthy.
    ensure!(home.apply(&config(&cloud, "1 GB")?)?.code == 0, "it applies");
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    let mut guard = home.guard()?;
    guard.event("reading", |_| true)?;
    let mut printed = String::new();
    for (lie, on) in LIES {
        let mut fault = lie_of(lie);
        if let Some(object) = fault.as_object_mut() {
            object.insert("on".to_owned(), json!(on));
        }
        cloud.lie(&fault)?;
        let report = home.run(&["check", "--json"])?;
        printed.push_str(&report.out);
        printed.push_str(&report.err);
        for meter in meters(&report.json()?)? {
            let blind = text(meter, "/outcome") == "blind";
            ensure!(!blind || !text(meter, "/reason").is_empty(), "{lie}: {meter}");
            let zero = text(meter, "/remaining/value") == "0";
            ensure!(!zero || lie == "used_up", "{lie}: absence became zero: {meter}");
        }
        cloud.heal()?;
    }
    guard.later("reading")?;
    let (_, run) = guard.end()?;
    ensure!(
        !run.contains(r#""event":"planned""#),
        "nothing was planned: {run}"
    );
    ensure!(cloud.stops()?.is_empty(), "nothing is stopped");
    assert_no_secret(&cloud, &home, &(printed + &run))
}

const LIES: [(&str, &str); 17] = [
    ("amount_null", "bss.usages"),
    ("amount_missing", "bss.usages"),
    ("amount_zero", "bss.usages"),
    ("amount_garbage", "bss.usages"),
    ("amount_negative", "bss.usages"),
    ("amount_other_type", "bss.usages"),
    ("unit", "bss.usages"),
    ("missing", "bss.usages"),
    ("empty", "bss.usages"),
    ("html", "bss.usages"),
    ("malformed", "bss.usages"),
    ("status", "bss.usages"),
    ("throttled", "bss.usages"),
    ("truncated", "bss.usages"),
    ("broken", "bss.usages"),
    ("empty", "rms.resources"),
    ("html", "rms.resources"),
];

fn lie_of(lie: &str) -> Value {
    match lie {
        "unit" => json!({ "lie": lie, "measure_id": 17 }),
        "status" => json!({ "lie": lie, "status": 503 }),
        _ => json!({ "lie": lie }),
    }
}

/// Each fault of the whole account with the reason a person is told.
#[test]
fn each_fault_of_the_account_is_blind_for_its_own_reason() -> Done {
    for (fault, reason, names) in [
        (json!({ "lie": "key_rotated" }), "auth", ""),
        (json!({ "lie": "skewed", "ms": 3_600_000 }), "auth", "clock"),
        (
            json!({ "lie": "right_removed", "right": "bss:order:view" }),
            "scope",
            "bss:order:view",
        ),
        (json!({ "lie": "html", "on": "bss" }), "shape", ""),
        (
            json!({ "lie": "status", "status": 500, "on": "bss" }),
            "transient",
            "",
        ),
        (json!({ "lie": "throttled", "on": "bss" }), "rate", ""),
        (
            json!({ "lie": "throttled", "retry_after": 120, "on": "bss" }),
            "rate",
            "",
        ),
    ] {
        let (cloud, home) = stage()?;
        ensure!(home.apply(&config(&cloud, "14 GB")?)?.code == 0, "it applies");
        cloud.lie(&fault)?;
        let answer = home.run(&["check", "--json"])?;
        ensure!(answer.code == 1, "{fault}: blind is the answer no: {answer:?}");
        let report = answer.json()?;
        let all = report.to_string();
        ensure!(all.contains(&format!(r#""reason":"{reason}""#)), "{fault}: {all}");
        ensure!(all.contains(names), "{fault} names {names:?}: {all}");
        assert_no_secret(&cloud, &home, &(answer.out + &answer.err))?;
    }
    Ok(())
}

#[test]
fn a_refused_key_is_left_alone_for_five_minutes() -> Done {
    let (cloud, mut home) = stage()?;
    home.set("HW_SK", "FAKE-wrong-key-of-nobody");
    ensure!(home.apply(&config(&cloud, "14 GB")?)?.code == 0, "it applies");
    let mut guard = home.guard()?;
    guard.event("unread", |event| text(event, "/blind/reason") == "auth")?;
    // The alert about the account goes out while the key rests.
    guard.event("delivered", |_| true)?;
    let asked = cloud.ask("requests")?;
    let rows = asked
        .pointer("/requests")
        .and_then(Value::as_array)
        .context("a log")?;
    let refused = rows
        .iter()
        .filter(|row| !text(row, "/operation").is_empty())
        .filter(|row| row.pointer("/status") == Some(&json!(401)));
    let refused = refused.count();
    ensure!(
        (1..=2).contains(&refused),
        "one refusal, not {refused}: a tight retry locks the key"
    );
    let (_, printed) = guard.end()?;
    assert_no_secret(&cloud, &home, &printed)
}

#[test]
fn an_unknown_region_is_named_with_what_the_key_may_enter() -> Done {
    let (cloud, home) = stage()?;
    let text = config(&cloud, "14 GB")?.replace(
        "interval = \"1s\"",
        "interval = \"1s\"\nregions = [\"cn-nowhere-9\"]",
    );
    ensure!(home.apply(&text)?.code == 0, "the name has the form of a region");
    let answer = home.run(&["check", "--json"])?;
    ensure!(answer.code == 1, "{answer:?}");
    ensure!(
        answer.out.contains("cn-nowhere-9") && answer.out.contains("cn-north-4"),
        "{answer:?}"
    );
    Ok(())
}

#[test]
fn an_account_of_the_other_site_is_found_by_itself() -> Done {
    for code in ["CBC.0150", "CBC.0156"] {
        let (cloud, home) = stage()?;
        ensure!(home.apply(&config(&cloud, "14 GB")?)?.code == 0, "it applies");
        // One base address serves both sites, so the refusal is told once: the second site is then tried.
        cloud.lie(&json!({ "lie": "other_site", "code": code, "times": 1 }))?;
        let answer = home.run(&["check", "--json"])?;
        ensure!(answer.code == 0, "{code}: {answer:?}");
    }
    Ok(())
}

#[test]
fn a_stop_that_is_accepted_and_ignored_is_never_called_done() -> Done {
    let (cloud, home) = armed()?;
    cloud.lie_at("stop_ignored", "ecs.stop")?;
    let mut guard = home.guard()?;
    guard.event("accepted", |_| true)?;
    guard.event("verifying", |event| text(event, "/power/power") == "running")?;
    ensure!(guard.count("verified") == 0, "running is not stopped");
    ensure!(
        !cloud.cards()?.iter().any(|card| card.contains("Confirmed")),
        "no card claims it"
    );
    Ok(())
}

#[test]
fn a_refused_stop_is_told_with_the_missing_right() -> Done {
    let (cloud, home) = armed()?;
    cloud.lie(&json!({ "lie": "right_removed", "right": "ecs:cloudServers:stop" }))?;
    let mut guard = home.guard()?;
    let failed = guard.event("failed", |_| true)?;
    ensure!(
        text(&failed, "/detail").contains("ecs:cloudServers:stop"),
        "{failed}"
    );
    guard.event("delivered", |event| text(event, "/code") == "action_failed")?;
    ensure!(guard.count("verified") == 0, "nothing is verified");
    Ok(())
}

#[test]
fn a_server_that_stopped_meanwhile_is_verified_without_a_request() -> Done {
    let (cloud, home) = stage()?;
    let text_of = config(&cloud, "14 GB")?.replace("countdown = \"2s\"", "countdown = \"4s\"");
    ensure!(home.apply(&text_of)?.code == 0, "it applies");
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    let mut guard = home.guard()?;
    let planned = guard.event("planned", |_| true)?;
    cloud.tell(
        &format!("servers/{}/stop", text(&planned, "/target/id")),
        &json!({}),
    )?;
    // Either judgement sees it first and calls the action off, or the check before sending finds the goal reached.
    let ended = guard.event_of(&["verified", "cancelled"])?;
    ensure!(cloud.stops()?.is_empty(), "no request was needed: {ended}");
    Ok(())
}

#[test]
fn a_server_that_is_gone_ends_its_action_and_is_told() -> Done {
    let (cloud, home) = armed()?;
    cloud.lie_at("server_gone", "ecs")?;
    let mut guard = home.guard()?;
    guard.event("step", |event| text(event, "/key") == "limit")?;
    for _ in 0..6 {
        guard.later("reading")?;
    }
    ensure!(
        guard.count("verified") == 0,
        "a server that is not there was not stopped by us"
    );
    ensure!(cloud.stops()?.is_empty(), "nothing is asked of it");
    Ok(())
}

#[test]
fn a_lost_job_record_does_not_hide_that_the_server_stopped() -> Done {
    let (cloud, home) = armed()?;
    cloud.lie_at("job_gone", "ecs.job")?;
    let mut guard = home.guard()?;
    guard.event("verified", |_| true)?;
    ensure!(cloud.stops()?.len() == 1, "one stop");
    Ok(())
}

#[test]
fn an_answer_that_never_comes_is_resolved_by_reading_the_state() -> Done {
    let (cloud, home) = armed()?;
    cloud.lie(&json!({ "lie": "broken", "on": "ecs.stop", "times": 1 }))?;
    let mut guard = home.guard()?;
    guard.event("unknown", |_| true)?;
    guard.event("verified", |_| true)?;
    ensure!(
        cloud.stops()?.len() == 1,
        "never sent again blindly: {:?}",
        cloud.stops()?
    );
    Ok(())
}

#[test]
fn messages_refused_by_code_or_unreachable_arrive_later() -> Done {
    let (cloud, home) = armed()?;
    cloud.lie(&json!({ "lie": "code", "code": 9499, "on": "feishu", "times": 1 }))?;
    cloud.lie(&json!({ "lie": "refused", "on": "feishu", "for_s": 6 }))?;
    let mut guard = home.guard()?;
    guard.event("undelivered", |_| true)?;
    guard.event("verified", |_| true)?;
    guard.event("delivered", |event| text(event, "/code") == "action_verified")?;
    let cards = cloud.cards()?;
    let verified = cards.iter().filter(|card| card.contains("Confirmed")).count();
    ensure!(verified == 1, "told once: {verified} of {}", cards.len());
    Ok(())
}

#[test]
fn a_healed_blindness_is_told_once_each_way() -> Done {
    let (cloud, home) = stage()?;
    ensure!(home.apply(&config(&cloud, "1 GB")?)?.code == 0, "it applies");
    let mut guard = home.guard()?;
    guard.event("reading", |_| true)?;
    cloud.lie_at("html", "bss.usages")?;
    guard.event("blind", |_| true)?;
    cloud.heal()?;
    for blind in guard.all("blind") {
        guard.event("blind_resolved", |event| {
            text(event, "/meter") == text(&blind, "/meter")
        })?;
    }
    let told = guard.all("blind").len();
    ensure!(
        told == guard.all("blind_resolved").len(),
        "each end pairs its beginning"
    );
    Ok(())
}

#[test]
fn a_watch_key_is_never_used_to_act() -> Done {
    let (cloud, mut home) = stage()?;
    let keys = cloud
        .first()
        .pointer("/huawei/details/0/keys")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let watch = keys
        .iter()
        .find(|key| key.pointer("/acts") == Some(&json!(false)))
        .context("a key that only watches")?;
    let act = keys
        .iter()
        .find(|key| key.pointer("/acts") == Some(&json!(true)))
        .context("a key that acts")?;
    for (name, key, field) in [
        ("HW_AK", watch, "/ak"),
        ("HW_SK", watch, "/sk"),
        ("ACT_AK", act, "/ak"),
        ("ACT_SK", act, "/sk"),
    ] {
        home.set(name, text(key, field));
    }
    let with_act = config(&cloud, "14 GB")?.replace(
        "[[channel]]",
        "[account.act.secret]\nak = \"env:ACT_AK\"\nsk = \"env:ACT_SK\"\n\n[[channel]]",
    );
    let applied = home.apply(&with_act)?;
    ensure!(applied.code == 0, "{applied:?}");
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    let mut guard = home.guard()?;
    guard.event("verified", |_| true)?;
    let log = cloud.ask("requests")?;
    for row in log
        .pointer("/requests")
        .and_then(Value::as_array)
        .context("a log")?
    {
        let acted = matches!(text(row, "/operation"), "ecs.stop" | "ecs.start");
        let key = if acted {
            text(act, "/ak")
        } else {
            text(watch, "/ak")
        };
        ensure!(text(row, "/key") == key, "{row}");
    }
    Ok(())
}

#[test]
fn commands_beside_a_running_guard_go_over_the_link() -> Done {
    let (cloud, home) = stage()?;
    ensure!(home.apply(&config(&cloud, "14 GB")?)?.code == 0, "it applies");
    let mut guard = home.guard()?;
    guard.event("reading", |_| true)?;
    let armed = home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    ensure!(!armed.out.is_empty(), "it lists the frozen targets");
    let planned = guard.event("planned", |_| true)?;
    let cancelled = home.done(&["cancel", text(&planned, "/intent")])?;
    ensure!(cancelled.code == 0, "{cancelled:?}");
    guard.event("cancelled", |event| text(event, "/by") == "person")?;
    for _ in 0..5 {
        guard.later("reading")?;
    }
    ensure!(guard.count("planned") == 1, "a cancelled guard is held");
    ensure!(cloud.stops()?.is_empty(), "nothing is stopped");
    Ok(())
}
