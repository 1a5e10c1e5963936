//! Servers: their state, the one request that stops one, and what becomes of it.

use serde_json::{Value, json};
use tidegate_egress::{Failure, FailureKind};
use tidegate_guard::{ActionKind, PowerState, Receipt, StopManner};
use tidegate_meter::{Reason, Target};
use tidegate_providers::huawei::Huawei;
use tidegate_providers::{Control, ProviderError, ProviderErrorKind, Source};

use crate::support::*;

fn server_with(change: impl Fn(&mut Value)) -> Value {
    let mut answer = fixture("server");
    change(&mut answer["servers"][0]);
    answer
}

async fn state_of(answer: Value) -> Result<(PowerState, Option<bool>), ProviderError> {
    let cloud = Cloud::new();
    cloud.answers(DETAIL, answer);
    let state = cloud.account().state(&target()).await?;
    Ok((state.power, state.protected))
}

async fn stop_answered(
    answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Result<Receipt, ProviderError>, usize) {
    let cloud = Cloud::new();
    cloud.on(ACTION, answer);
    let stop = permit(target(), ActionKind::Stop, StopManner::Soft);
    let receipt = cloud.account().act(stop).await;
    (receipt, cloud.seen(ACTION).len())
}

#[tokio::test]
async fn each_state_of_the_provider_has_one_meaning() {
    let other = |word: &str| PowerState::Other {
        word: word.to_owned(),
    };
    let cases = [
        ("ACTIVE", json!(null), PowerState::Running),
        ("ACTIVE", json!("powering-off"), PowerState::Stopping),
        ("SHUTOFF", json!(null), PowerState::Stopped),
        ("SHUTOFF", json!("powering-on"), PowerState::Starting),
        ("ACTIVE", json!("deleting"), other("ACTIVE/deleting")),
        ("SHUTOFF", json!("deleting"), other("SHUTOFF/deleting")),
        ("BUILD", json!(null), other("BUILD")),
        ("ERROR", json!(null), other("ERROR")),
        ("VERIFY_RESIZE", json!(null), other("VERIFY_RESIZE")),
        ("NEW_WORD", json!(null), other("NEW_WORD")),
    ];
    for (status, task, expected) in cases {
        let answer = server_with(|server| {
            server["status"] = json!(status);
            server["OS-EXT-STS:task_state"] = task.clone();
        });
        assert_eq!(state_of(answer).await.unwrap().0, expected, "{status} {task}");
    }
}

#[tokio::test]
async fn an_object_with_only_a_fault_means_that_the_server_is_gone() {
    let gone = json!({"count": 1, "servers": [{"id": SERVER, "fault": {"code": 404, "message": "not found"},
        "status": null, "name": null}]});
    assert_eq!(state_of(gone).await.unwrap().0, PowerState::Gone);
    let cloud = Cloud::new();
    cloud.on(DETAIL, |_| reply(404, &fixture("gone")));
    let error = cloud.account().state(&target()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Gone);
}

#[tokio::test]
async fn an_answer_that_does_not_tell_the_state_is_no_state() {
    let cases = [
        (json!({"count": 0, "servers": []}), Reason::Missing),
        (json!({"servers": null}), Reason::Shape),
        (json!({}), Reason::Shape),
        (
            server_with(|server| server["status"] = json!(null)),
            Reason::Shape,
        ),
        (server_with(|server| server["status"] = json!(4)), Reason::Shape),
        (
            server_with(|server| server["OS-EXT-STS:task_state"] = json!(1)),
            Reason::Shape,
        ),
        (
            server_with(|server| server["id"] = json!("another")),
            Reason::Shape,
        ),
        (json!({"servers": [{"id": SERVER}]}), Reason::Shape),
    ];
    for (answer, expected) in cases {
        let error = state_of(answer.clone()).await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(expected), "{answer}");
    }
}

#[tokio::test]
async fn a_lock_or_a_tag_protects_and_so_does_an_unreadable_lock() {
    let cases = [
        (json!(false), json!([]), Some(false)),
        (json!(true), json!([]), Some(true)),
        (json!(null), json!([]), None),
        (json!("no"), json!([]), None),
        (json!(false), json!(["tidegate-protect=yes"]), Some(true)),
        (json!(null), json!(["team=a", "tidegate-protect"]), Some(true)),
        (json!(false), json!(["not-tidegate-protect=1"]), Some(false)),
    ];
    for (locked, tags, expected) in cases {
        let answer = server_with(|server| {
            server["locked"] = locked.clone();
            server["tags"] = tags.clone();
        });
        assert_eq!(state_of(answer).await.unwrap().1, expected, "{locked} {tags}");
    }
}

#[tokio::test]
async fn tags_in_an_unknown_form_protect() {
    let cases = [
        (json!(null), None),
        (json!({"tidegate-protect": "yes"}), None),
        (json!([{"key": "tidegate-protect", "value": "yes"}]), None),
        (json!(["team=a", 7]), None),
        (json!("tidegate-protect"), None),
        (json!([{"key": "team"}, "tidegate-protect"]), Some(true)),
    ];
    for (tags, expected) in cases {
        let answer = server_with(|server| server["tags"] = tags.clone());
        assert_eq!(state_of(answer).await.unwrap().1, expected, "{tags}");
    }
    let without = server_with(|server| {
        server.as_object_mut().unwrap().remove("tags");
    });
    assert_eq!(state_of(without).await.unwrap().1, None, "no tags at all");
    let locked = server_with(|server| {
        server["locked"] = json!(true);
        server["tags"] = json!(null);
    });
    assert_eq!(
        state_of(locked).await.unwrap().1,
        Some(true),
        "the lock is enough"
    );
}

#[tokio::test]
async fn a_stop_names_one_server_and_is_taken_on_with_a_job() {
    for (manner, word) in [(StopManner::Soft, "SOFT"), (StopManner::Forced, "HARD")] {
        let cloud = Cloud::new();
        let receipt = cloud
            .account()
            .act(permit(target(), ActionKind::Stop, manner))
            .await
            .unwrap();
        assert_eq!(receipt.job.as_deref(), Some("ff80808288d41e1b018990260955686a"));
        assert_eq!(receipt.request.as_deref(), Some("req-1"));
        let sent = &cloud.seen(ACTION)[0];
        assert_eq!(sent.path, format!("/v1/{PROJECT}/cloudservers/action"));
        assert_eq!(sent.headers["x-project-id"], PROJECT);
        assert_eq!(
            sent.body,
            json!({"os-stop": {"type": word, "servers": [{"id": SERVER}]}})
        );
    }
}

#[tokio::test]
async fn a_start_names_one_server() {
    let cloud = Cloud::new();
    let start = permit(target(), ActionKind::Start, StopManner::Soft);
    cloud.account().act(start).await.unwrap();
    assert_eq!(
        cloud.seen(ACTION)[0].body,
        json!({"os-start": {"servers": [{"id": SERVER}]}})
    );
}

#[tokio::test]
async fn a_permit_for_something_else_sends_nothing() {
    let cloud = Cloud::new();
    let warn = permit(target(), ActionKind::Warn, StopManner::Soft);
    cloud.account().act(warn).await.unwrap_err();
    let sub_account = Target {
        kind: tidegate_meter::TargetKind::SubAccount,
        ..target()
    };
    cloud
        .account()
        .act(permit(sub_account, ActionKind::Stop, StopManner::Soft))
        .await
        .unwrap_err();
    let elsewhere = Target {
        region: "cn-nowhere-9".to_owned(),
        ..target()
    };
    let error = cloud
        .account()
        .act(permit(elsewhere, ActionKind::Stop, StopManner::Soft))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Scope));
    assert!(cloud.seen(ACTION).is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_lost_and_never_sent_again() {
    let broken = |kind| move |_: &Seen| Err(Failure::new(kind, "host", "no"));
    let cases = [
        stop_answered(|_| hangs()).await,
        stop_answered(broken(FailureKind::Broken)).await,
        stop_answered(|_| raw(500, "")).await,
        stop_answered(|_| raw(504, "<html>")).await,
        stop_answered(|_| raw(200, "<html>portal</html>")).await,
        stop_answered(|_| raw(200, "")).await,
        stop_answered(|_| raw(200, "{\"job_id\":\"ff80")).await,
        stop_answered(|_| ok(&json!({"job_id": null}))).await,
        stop_answered(|_| ok(&json!({}))).await,
    ];
    for (n, (result, sent)) in cases.into_iter().enumerate() {
        assert_eq!(result.unwrap_err().kind, ProviderErrorKind::Lost, "case {n}");
        assert_eq!(sent, 1, "case {n}");
    }
    let (result, sent) = stop_answered(broken(FailureKind::Connect)).await;
    assert_eq!(
        result.unwrap_err().kind,
        ProviderErrorKind::Blind(Reason::Transient),
        "it never left"
    );
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn each_refusal_of_a_stop_has_its_class() {
    let blind = ProviderErrorKind::Blind;
    let cases = [
        (400, "Ecs.0100", ProviderErrorKind::Conflict),
        (501, "Ecs.0603", ProviderErrorKind::Conflict),
        (400, "Ecs.0605", ProviderErrorKind::Conflict),
        (404, "Ecs.0114", ProviderErrorKind::Gone),
        (404, "Ecs.0614", ProviderErrorKind::Gone),
        (403, "Ecs.0003", blind(Reason::Scope)),
        (403, "Ecs.0110", blind(Reason::Scope)),
        (403, "Pdp.0001", blind(Reason::Scope)),
        (400, "Ecs.0005", blind(Reason::Shape)),
        (202, "Common.0024", blind(Reason::Rate)),
        (429, "Common.1503", blind(Reason::Rate)),
        (401, "APIGW.0301", blind(Reason::Auth)),
    ];
    for (status, code, expected) in cases {
        let (result, sent) =
            stop_answered(move |_| reply(status, &json!({"error": {"code": code, "message": "words"}})))
                .await;
        let error = result.unwrap_err();
        assert_eq!(error.kind, expected, "{code}");
        assert!(error.detail.contains(code), "{error}");
        assert_eq!(sent, 1, "{code}: a change is sent once");
    }
    let (result, _) =
        stop_answered(|_| reply(403, &json!({"error": {"code": "Ecs.0110", "message": ""}}))).await;
    assert!(result.unwrap_err().detail.contains("in arrears"));
}

#[tokio::test]
async fn a_job_runs_ends_or_is_forgotten() {
    let cloud = Cloud::new();
    let huawei = cloud.account();
    let stop = permit(target(), ActionKind::Stop, StopManner::Soft);
    let receipt = huawei.act(stop).await.unwrap();
    assert_eq!(huawei.progress(&target(), &receipt).await.unwrap(), Some(true));
    assert_eq!(
        cloud.seen(JOB)[0].path,
        format!("/v1/{PROJECT}/jobs/ff80808288d41e1b018990260955686a")
    );
    cloud.answers(JOB, fixture("job_failed"));
    assert_eq!(huawei.progress(&target(), &receipt).await.unwrap(), Some(false));
    cloud.answers(JOB, json!({"status": "SUCCESS"}));
    assert_eq!(huawei.progress(&target(), &receipt).await.unwrap(), Some(false));
    cloud.on(JOB, |_| {
        reply(400, &json!({"code": "Common.0011", "message": "invalid job"}))
    });
    assert_eq!(
        huawei.progress(&target(), &receipt).await.unwrap(),
        None,
        "kept for a day only"
    );
    cloud.answers(JOB, json!({"status": "DANCING"}));
    let error = huawei.progress(&target(), &receipt).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape));
    let without = Receipt { job: None, ..receipt };
    assert_eq!(huawei.progress(&target(), &without).await.unwrap(), None);
}

#[tokio::test]
async fn the_watching_key_never_acts_and_the_acting_key_never_reads() {
    let cloud = Cloud::new();
    let huawei = Huawei::new(config(), credential(WATCH), Some(credential(ACT)), cloud.egress());
    huawei.check().await.unwrap();
    huawei.read().await.unwrap();
    huawei.state(&target()).await.unwrap();
    let stop = permit(target(), ActionKind::Stop, StopManner::Soft);
    let receipt = huawei.act(stop).await.unwrap();
    huawei.progress(&target(), &receipt).await.unwrap();
    for seen in cloud.seen("/") {
        let expected = if seen.asks(ACTION) { ACT.0 } else { WATCH.0 };
        assert_eq!(seen.ak, expected, "{}", seen.path);
    }
}

#[tokio::test]
async fn a_refused_acting_key_does_not_blind_the_watching_one() {
    let cloud = Cloud::new();
    cloud.on(ACTION, |_| refused(401, "APIGW.0301", "ak not exist"));
    let huawei = Huawei::new(config(), credential(WATCH), Some(credential(ACT)), cloud.egress());
    let stop = || permit(target(), ActionKind::Stop, StopManner::Soft);
    assert_eq!(huawei.act(stop()).await.unwrap_err().blind().reason, Reason::Auth);
    huawei.read().await.unwrap();
    huawei.act(stop()).await.unwrap_err();
    assert_eq!(cloud.seen(ACTION).len(), 1, "the acting key rests");
}

#[tokio::test]
async fn without_a_separate_key_the_watching_one_acts() {
    let cloud = Cloud::new();
    let huawei = cloud.account();
    assert!(huawei.rights().await.can_act);
    huawei
        .act(permit(target(), ActionKind::Stop, StopManner::Soft))
        .await
        .unwrap();
    assert_eq!(cloud.seen(ACTION)[0].ak, WATCH.0);
}

#[tokio::test]
async fn failing_reads_of_servers_do_not_hold_back_a_stop() {
    let cloud = Cloud::new();
    cloud.on(DETAIL, |_| raw(503, ""));
    let huawei = cloud.account();
    for _ in 0..4 {
        huawei.state(&target()).await.unwrap_err();
    }
    huawei
        .act(permit(target(), ActionKind::Stop, StopManner::Soft))
        .await
        .unwrap();
}
