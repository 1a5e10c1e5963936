//! The wire in process: failures have the classes that a real client gives them, and waiting costs virtual time only.

use std::sync::Arc;

use tidegate_egress::{Failure, FailureKind, Method, Request, Response, Transport};
use tidegate_meter::Clock;
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{Builder, Fault, Lie, SimTransport, World, gib, mbit, seconds};

use crate::common::{Client, START, at};

struct Wire {
    timer: VirtualTimer,
    world: World,
    transport: SimTransport,
    client: Client,
}

fn wire(builder: Builder) -> Wire {
    let timer = VirtualTimer::new(at(START));
    let world = builder.build(timer.outside());
    Wire {
        transport: SimTransport::new(world.clone(), Arc::new(timer.clone())),
        client: Client::of(&world),
        timer,
        world,
    }
}

fn one() -> Builder {
    World::new(1).server("s").package(gib(200)).burn(mbit(8))
}

fn request(client: &Client, base: &str, target: &str) -> Request {
    let mut client = client.clone();
    client.host = base
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .to_owned();
    let call = client.signed("GET", target, "", client.world.now());
    let mut headers = call.headers;
    headers.retain(|(name, _)| name != "host");
    Request {
        method: Method::Get,
        url: format!("{base}{target}").parse().unwrap(),
        headers,
        body: call.body,
    }
}

impl Wire {
    async fn get(&self) -> Result<Response, Failure> {
        let request = request(&self.client, "https://iam.myhuaweicloud.com", "/v3/auth/projects");
        self.transport.exchange(request).await
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_takes_its_latency_in_virtual_time() {
    let wire = wire(one().latency(std::time::Duration::from_millis(200)));
    let before = wire.timer.now();
    assert_eq!(wire.get().await.unwrap().status, 200);
    assert_eq!(wire.timer.now().mono.since(before.mono).as_millis(), 200);
}

#[tokio::test(start_paused = true)]
async fn each_break_of_the_wire_has_its_class() {
    let kind = async |lie: Lie| {
        let wire = wire(one());
        wire.world.fault(lie);
        let failure = wire.get().await.unwrap_err();
        let arrived = wire.world.requests().len();
        (
            failure.kind,
            failure.may_have_arrived,
            arrived,
            wire.timer.now().mono.0,
        )
    };
    assert_eq!(kind(Lie::Refused).await, (FailureKind::Connect, false, 0, 0));
    assert_eq!(kind(Lie::Broken).await, (FailureKind::Broken, true, 1, 0));
    assert_eq!(kind(Lie::Truncated).await, (FailureKind::Broken, true, 1, 0));
    assert_eq!(kind(Lie::Hanging).await, (FailureKind::Timeout, true, 1, 15_000));
    assert_eq!(
        kind(Lie::Slow { ms: 20_000 }).await,
        (FailureKind::Timeout, true, 1, 15_000)
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_region_does_not_resolve() {
    let wire = wire(one());
    let ask = |base: &str| {
        wire.transport
            .exchange(request(&wire.client, base, "/v3/auth/projects"))
    };
    let failure = ask("https://ecs.mars-north-1.myhuaweicloud.com")
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.may_have_arrived),
        (FailureKind::Connect, false)
    );
    assert!(ask("https://ecs.cn-north-4.myhuaweicloud.com").await.is_ok());
    assert!(
        ask("http://127.0.0.1:18080").await.is_ok(),
        "any other host stands for all services"
    );
}

#[tokio::test(start_paused = true)]
async fn fifty_in_flight_wait_together() {
    let wire = Arc::new(wire(World::many(50).latency(seconds(1))));
    let before = wire.timer.now();
    let tasks: Vec<_> = wire
        .world
        .accounts()
        .into_iter()
        .map(|name| {
            let wire = Arc::clone(&wire);
            tokio::spawn(async move {
                let client = Client::with(&wire.world, &name, 0);
                let request = request(&client, "https://iam.myhuaweicloud.com", "/v3/auth/projects");
                wire.transport.exchange(request).await.unwrap().status
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 200);
    }
    assert_eq!(wire.timer.now().mono.since(before.mono), seconds(1));
}

#[tokio::test(start_paused = true)]
async fn a_fault_may_wait_for_its_time() {
    let wire = wire(one());
    wire.world.fault(Fault::new(Lie::Refused).after(seconds(60)));
    assert!(wire.get().await.is_ok());
    wire.world.advance(seconds(60));
    assert!(wire.get().await.is_err());
}
