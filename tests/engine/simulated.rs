//! The engine with the real adapters, Huawei Cloud and Feishu, against the simulated cloud in process.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::kit;
use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::{Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_engine::Engine;
use tidegate_engine::config::{AccountConfig, Config, GuardConfig};
use tidegate_guard::IntentState;
use tidegate_meter::{Clock, GuardId};
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{SimTransport, World};
use tidegate_store::{IntentFilter, OpenOptions, Store};

const GB: i64 = 1 << 30;

fn config() -> Config {
    Config {
        accounts: vec![AccountConfig {
            provider: "huawei".to_owned(),
            endpoint: Some("http://127.0.0.1:18080".to_owned()),
            secret: kit::env(&[("ak", "HW_AK"), ("sk", "HW_SK")]),
            ..kit::account("hw-main")
        }],
        channels: vec![kit::sink()],
        guards: vec![GuardConfig {
            steps: vec!["70%".parse().unwrap(), "95%".parse().unwrap()],
            ..kit::guard("hw-main-traffic", "hw-main")
        }],
        ..Config::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_simulated_package_runs_dry_its_server_stops_and_feishu_is_told_the_truth() {
    let timer = VirtualTimer::new("2026-11-10T00:00:00Z".parse().unwrap());
    let world = World::new(7)
        .account("main")
        .server("edge")
        .burn(30_000_000)
        .package(100 * GB)
        .used(60 * GB)
        .lag(Duration::ZERO)
        .step(Duration::from_secs(60))
        .feishu(Some("FAKE-sign-secret"), None)
        .build(timer.outside());
    let key = world.credentials("main").unwrap().remove(0);
    let (hook, sign) = world.feishu_hook();
    let environment = move |name: &str| {
        let text = match name {
            "HW_AK" => key.ak.clone(),
            "HW_SK" => key.sk.clone(),
            "FEISHU_URL" => format!("http://127.0.0.1:18080{hook}"),
            "FEISHU_SECRET" => sign.clone()?,
            _ => return None,
        };
        Some(SecretString::from(text))
    };
    let clock: Arc<dyn Timer> = Arc::new(timer.clone());
    let store = Store::open(OpenOptions::memory(timer.now().wall, "test")).unwrap();
    let wire = Arc::new(SimTransport::new(world.clone(), Arc::clone(&clock)));
    let parts = kit::parts_over(wire, Arc::clone(&clock), store.clone(), Arc::new(environment), 7);
    let engine = Engine::open(parts).await.unwrap();
    engine.configure(config(), "test").await.unwrap();
    engine.run().await.unwrap();
    clock.sleep(Duration::from_secs(30)).await;
    let guard = GuardId::new("hw-main-traffic").unwrap();
    let armed = engine
        .arm(&guard, Duration::from_secs(30 * 86_400), "test")
        .await
        .unwrap();
    assert_eq!(armed.targets.len(), 1);
    clock.sleep(Duration::from_secs(6 * 3600)).await;
    let recent = IntentFilter::Recent {
        before: None,
        limit: 10,
    };
    let intents = store.intents(recent).await.unwrap();
    let states: Vec<IntentState> = intents.iter().map(|row| row.state).collect();
    assert_eq!(states, [IntentState::Verified], "{:?}", engine.guards().await);
    assert_eq!(world.stops().len(), 1);
    assert!(!world.runs("edge").unwrap());
    assert!(world.feishu().len() >= 4, "step, planned, sent, verified");
    engine.stop().await;
}

/// Never answers, and keeps when it was asked.
struct Dead(Arc<dyn Timer>, Mutex<Vec<u64>>);

#[async_trait]
impl Transport for Dead {
    async fn exchange(&self, _request: Request) -> Result<Response, Failure> {
        self.1.lock().unwrap().push(self.0.now().mono.0);
        Err(Failure::new(
            FailureKind::Connect,
            "nowhere",
            "no wire in this test",
        ))
    }
}

/// When a run with this seed asks a cloud that never answers.
async fn asked(seed: u64) -> Vec<u64> {
    let timer = VirtualTimer::new("2026-11-10T00:00:00Z".parse().unwrap());
    let clock: Arc<dyn Timer> = Arc::new(timer.clone());
    let wire = Arc::new(Dead(Arc::clone(&clock), Mutex::default()));
    let store = Store::open(OpenOptions::memory(timer.now().wall, "test")).unwrap();
    let secrets = Arc::new(|_: &str| Some(SecretString::from("FAKE-secret")));
    let parts = kit::parts_over(
        Arc::clone(&wire) as Arc<dyn Transport>,
        clock,
        store,
        secrets,
        seed,
    );
    let engine = Engine::open(parts).await.unwrap();
    engine.configure(config(), "test").await.unwrap();
    engine.check(&[]).await.unwrap();
    wire.1.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn the_waits_between_tries_follow_the_seed() {
    let first = asked(7).await;
    assert!(first.len() > 1, "it was tried again: {first:?}");
    assert_eq!(first, asked(7).await);
    assert_ne!(first, asked(8).await);
}
