//! Every recorded answer with one thing broken, about two hundred times each: what is known is the same or less, never a
//! zero, never a stop, never a stop that looks done.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_guard::{ActionKind, PowerState, StopManner};
use tidegate_meter::{Clock as _, Outcome};
use tidegate_providers::{Control, ProviderError, ReadReport, Source};

use crate::mutate::json::mutants;
use crate::mutate::judge::{Told, Trial, Truth};
use crate::mutate::mutant::Kind;
use crate::mutate::stop::NearLine;
use crate::support::*;
use crate::usages::find;

/// Another id or another word is another truth, as far as anybody can see.
const WORD: &[Kind] = &[Kind::OtherType, Kind::Huge, Kind::Truncated];

fn told_of(report: &ReadReport) -> Told {
    let mut told = Told::default();
    for look in &report.meters {
        let id = &look.info.id;
        for target in &look.info.targets {
            told.know(format!("{id} measures {}", target.id));
            // Nobody can act in no region.
            if !target.region.is_empty() {
                told.know(format!("{} is in {}", target.id, target.region));
            }
        }
        match &look.outcome {
            Outcome::Known(reading) => {
                let left = reading.remaining().unwrap();
                told.know(format!(
                    "{id}: {left} left of {} in {:?}",
                    reading.limit().unwrap(),
                    reading.window()
                ));
                told.know_zero(id.as_str(), left.is_zero());
            }
            Outcome::Blind(blind) => told.said.push_str(&blind.detail),
        }
    }
    told
}

/// An answer of bytes.
fn answer(status: u16, body: &[u8]) -> Reply {
    raw(status, "").map(|mut response| {
        response.body = body.to_vec().into();
        response
    })
}

fn error_told(error: &ProviderError) -> Told {
    Told::nothing(format!("{error:?}"))
}

/// A cloud whose billing knows the three packages and no other, and answers `path` so.
fn cloud_with(path: &'static str, body: &[u8]) -> Arc<Cloud> {
    let cloud = Cloud::new();
    let ids = [PACKAGE_A, PACKAGE_B, PACKAGE_SHARED].map(str::to_owned);
    cloud.answers(USAGES, usages_of(&ids));
    let body = body.to_vec();
    cloud.on(path, move |_| answer(200, &body));
    cloud
}

async fn read_with(path: &'static str, body: &[u8]) -> Result<ReadReport, ProviderError> {
    cloud_with(path, body).account().read().await
}

/// Reads every mutant of a list, and shows what it tells to a guard close to its line.
async fn lists(path: &'static str, name: &str, truths: &'static [Truth]) {
    let recorded = fixture(name).to_string();
    let whole = read_with(path, recorded.as_bytes()).await.unwrap();
    let near: Vec<(String, NearLine)> = whole
        .meters
        .iter()
        .filter_map(|look| Some((look.info.id.to_string(), NearLine::over(look.outcome.reading()?)?)))
        .collect();
    assert!(!near.is_empty(), "{name}: no guard to act");
    let mut trial = Trial::new(name, told_of(&whole), truths, &[]);
    for mutant in mutants(name, &recorded) {
        let told = match read_with(path, &mutant.bytes).await {
            Ok(report) => {
                for (id, near) in &near {
                    let look = report.meters.iter().find(|look| look.info.id.as_str() == id);
                    let outcome = look.map(|look| look.outcome.clone());
                    near.judge(&mut trial, &mutant, outcome.as_ref());
                }
                told_of(&report)
            }
            Err(error) => error_told(&error),
        };
        trial.judge(&mutant, &told);
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

#[tokio::test]
async fn what_is_left_is_known_or_blind() {
    lists(
        USAGES,
        "usages",
        &[
            ("/free_resources/*/measure_id", &[Kind::OtherUnit]),
            (
                "/free_resources/*/quota_reuse_cycle",
                &[Kind::Dropped, Kind::Null, Kind::Repeated],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_list_of_packages_makes_no_other_number() {
    lists(PACKAGES, "packages", &[]).await;
}

#[tokio::test]
async fn a_list_of_instances_makes_no_other_number() {
    lists(
        INSTANCES,
        "instances",
        &[
            ("/resources/*/properties/resources/*/physical_resource_id", WORD),
            ("/resources/*/region_id", WORD),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_list_of_projects_makes_no_other_number() {
    lists(PROJECTS, "projects", &[]).await;
}

/// What discovery found, and what is left.
async fn found_with(path: &'static str, body: &[u8]) -> Told {
    let huawei = cloud_with(path, body).account();
    let found = huawei.discover(true).await.unwrap();
    let mut told = told_of(&huawei.read().await.unwrap());
    assert!(
        told.facts.len() > 3,
        "addresses are a decoration: without them the rest is known: {told:?}"
    );
    for found in &found.targets {
        let id = &found.target.id;
        for address in &found.addresses {
            told.know(format!("{id} is at {address}"));
        }
        if let Some(bandwidth) = found.bandwidth_mbit {
            told.know(format!("{id} sends {bandwidth} Mbit/s"));
            told.know_zero(format!("bandwidth of {id}"), bandwidth == 0);
        }
    }
    told
}

#[tokio::test]
async fn a_bandwidth_is_as_told_or_none() {
    let recorded = fixture("addresses").to_string();
    let whole = found_with(ADDRESSES, recorded.as_bytes()).await;
    let truths: &[Truth] = &[
        ("/publicips/*/public_ip_address", WORD),
        ("/publicips/*", &[Kind::Repeated]),
    ];
    let mut trial = Trial::new("addresses", whole, truths, &[]);
    for mutant in mutants("addresses", &recorded) {
        trial.judge(&mutant, &found_with(ADDRESSES, &mutant.bytes).await);
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

/// The recorded points, as of the two periods after the start.
fn points() -> String {
    let start = Cloud::new().timer.now().wall.ms();
    fixture("points")
        .to_string()
        .replace("1768465800000", &start.to_string())
        .replace("1768466100000", &(start + 300_000).to_string())
}

/// What the fast signal says of the bytes since a change at the start. A complete signal up to an earlier period is part
/// of the one up to a later: it tells less. An incomplete one tells nothing that could lower an estimate.
async fn signal_with(body: &[u8]) -> Told {
    const PREFIXES: [(i64, i64); 2] = [(300, 73_400_320), (600, 73_400_320 + 71_303_168)];
    let cloud = cloud_with(POINTS, body);
    let start = cloud.now();
    let huawei = cloud.account_with(|config| config.fast = true);
    huawei.read().await.unwrap();
    cloud.advance(Duration::from_secs(600));
    let mut usages = usages_of(&[PACKAGE_A.to_owned()]);
    usages["free_resources"][0]["amount"] = json!(180);
    cloud.answers(USAGES, usages);
    huawei.read().await.unwrap();
    cloud.advance(Duration::from_secs(720));
    let report = huawei.read().await.unwrap();
    let look = find(&report.meters, PACKAGE_A);
    let mut told = Told::default();
    told.know(format!("{:?}", look.outcome.reading().unwrap().remaining()));
    let Some(fast) = look.fast.filter(|fast| fast.complete) else {
        return told;
    };
    let seconds = i64::try_from(fast.until.since(start).as_secs()).unwrap();
    for (until, bytes) in PREFIXES.into_iter().filter(|(until, _)| *until < seconds) {
        told.know(format!("{bytes} bytes up to {until}"));
    }
    told.know(format!("{} bytes up to {seconds}", fast.bytes));
    told.know_zero("bytes", fast.bytes == 0);
    told
}

#[tokio::test]
async fn monitoring_tells_the_same_bytes_or_is_incomplete() {
    let recorded = points();
    let whole = signal_with(recorded.as_bytes()).await;
    assert_eq!(whole.facts.len(), 3, "{whole:?}");
    let mut trial = Trial::new(
        "points",
        whole,
        &[("/metrics/*/datapoints/*/sum", &[Kind::Huge])],
        &[],
    );
    for mutant in mutants("points", &recorded) {
        trial.judge(&mutant, &signal_with(&mutant.bytes).await);
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

/// What is known of a server; one that may be protected is not known to be free.
async fn state_with(status: u16, body: &[u8]) -> Told {
    let cloud = Cloud::new();
    let body = body.to_vec();
    cloud.on(DETAIL, move |_| answer(status, &body));
    let mut told = Told::default();
    match cloud.account().state(&target()).await {
        Err(error) => return error_told(&error),
        Ok(state) => {
            if !matches!(state.power, PowerState::Other { .. }) {
                told.know(format!("{:?}", state.power));
            }
            if state.protected == Some(false) {
                told.know("may be touched".to_owned());
            }
        }
    }
    told
}

#[tokio::test]
async fn a_server_is_never_told_stopped_or_free_by_a_broken_answer() {
    let recorded = fixture("server").to_string();
    let whole = state_with(200, recorded.as_bytes()).await;
    assert_eq!(whole.facts.len(), 2, "{whole:?}");
    let mut trial = Trial::new("server", whole, &[], &[]);
    for mutant in mutants("server", &recorded) {
        trial.judge(&mutant, &state_with(200, &mutant.bytes).await);
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

#[tokio::test]
async fn a_server_that_is_gone_is_never_one_that_runs() {
    for mutant in mutants("gone", &fixture("gone").to_string()) {
        for status in [404, 400] {
            let told = state_with(status, &mutant.bytes).await;
            assert!(told.facts.is_empty(), "{}: {told:?}", mutant.what);
        }
    }
}

/// What is known of the job of a stop.
async fn job_with(body: &[u8]) -> Told {
    let cloud = Cloud::new();
    let huawei = cloud.account();
    let stop = permit(target(), ActionKind::Stop, StopManner::Soft);
    let receipt = huawei.act(stop).await.unwrap();
    let body = body.to_vec();
    cloud.on(JOB, move |_| answer(200, &body));
    let mut told = Told::default();
    match huawei.progress(&target(), &receipt).await {
        Ok(Some(runs)) => told.know(format!("runs: {runs}")),
        Ok(None) => {}
        Err(error) => return error_told(&error),
    }
    told
}

#[tokio::test]
async fn a_job_that_runs_is_never_told_as_ended_nor_the_other_way_round() {
    for name in ["job_running", "job_failed"] {
        let recorded = fixture(name).to_string();
        let mut trial = Trial::new(name, job_with(recorded.as_bytes()).await, &[], &[]);
        for mutant in mutants(name, &recorded) {
            trial.judge(&mutant, &job_with(&mutant.bytes).await);
        }
        assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
    }
}

/// What became of the request to stop.
async fn stop_with(body: &[u8]) -> Told {
    let cloud = Cloud::new();
    let body = body.to_vec();
    cloud.on(ACTION, move |_| answer(200, &body));
    let stop = permit(target(), ActionKind::Stop, StopManner::Soft);
    let mut told = Told::default();
    match cloud.account().act(stop).await {
        Ok(receipt) => told.know(format!("taken as {:?}", receipt.job)),
        Err(error) => told.said = format!("{error:?}"),
    }
    assert_eq!(
        cloud.seen(ACTION).len(),
        1,
        "a stop is asked for once, whatever is answered"
    );
    told
}

#[tokio::test]
async fn a_stop_whose_answer_is_broken_is_lost_and_never_sent_again() {
    let recorded = fixture("accepted").to_string();
    let whole = stop_with(recorded.as_bytes()).await;
    let mut trial = Trial::new("accepted", whole, &[("/job_id", WORD)], &[]);
    for mutant in mutants("accepted", &recorded) {
        trial.judge(&mutant, &stop_with(&mutant.bytes).await);
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

#[test]
fn a_mutant_is_the_same_every_time_and_of_every_kind_that_applies() {
    let recorded: Value = fixture("usages");
    let once = mutants("usages", &recorded.to_string());
    let again = mutants("usages", &recorded.to_string());
    assert!(
        once.iter()
            .map(|one| &one.bytes)
            .eq(again.iter().map(|one| &one.bytes))
    );
    let kinds: std::collections::BTreeSet<Kind> = once.iter().map(|one| one.kind).collect();
    let expected = [
        Kind::Dropped,
        Kind::Null,
        Kind::OtherType,
        Kind::Negative,
        Kind::Huge,
        Kind::Truncated,
        Kind::Repeated,
        Kind::Reordered,
        Kind::OtherUnit,
    ];
    assert_eq!(kinds, expected.into());
}
