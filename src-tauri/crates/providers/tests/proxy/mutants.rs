//! Every recorded answer of a kernel with one thing broken, about two hundred times each: the same counts, nodes and
//! meters, fewer, or a refusal; never a zero, never a stop.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_meter::{FlowKind, Outcome};
use tidegate_providers::proxy::{Frame, KernelClient, KernelConfig, KernelEvent, KernelSource};
use tidegate_providers::{ReadReport, Source as _};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_sim::time::VirtualTimer;

use crate::mutate::json;
use crate::mutate::judge::{Told, Trial, Truth};
use crate::mutate::mutant::Kind;
use crate::mutate::stop::NearLine;
use crate::support::{InMemory, Watched, config, now, recorded, start};

/// Another name is another truth, as far as anybody can see.
const WORD: &[Kind] = &[Kind::OtherType, Kind::Huge, Kind::Truncated];

/// What is counted of a snapshot.
fn frame(body: &[u8]) -> Told {
    let frame = match Frame::read(body, now()) {
        Ok(frame) => frame,
        Err(error) => return Told::nothing(format!("{error:?}")),
    };
    let mut told = Told::default();
    told.know(format!("totals {} {}", frame.up_total, frame.down_total));
    told.know_zero("up", frame.up_total == 0);
    told.know_zero("down", frame.down_total == 0);
    let Some(connections) = frame.connections else {
        return told;
    };
    let counted = connections.iter().filter(|one| !one.is_inner);
    let each: BTreeMap<&str, (u64, u64, &[_])> = counted
        .map(|one| (one.id.as_ref(), (one.up, one.down, one.chain.as_slice())))
        .collect();
    told.know(format!("{each:?}"));
    told.know_zero("connections", each.is_empty());
    told
}

#[test]
fn a_broken_snapshot_counts_the_same_or_nothing() {
    const TRUTHS: &[Truth] = &[
        ("…/connections/*", &[Kind::Dropped, Kind::Repeated]),
        ("…/connections/*/id", WORD),
        ("…/connections/*/upload", &[Kind::Huge]),
        ("…/connections/*/download", &[Kind::Huge]),
        ("…/connections/*/chains", &[Kind::Dropped, Kind::Reordered]),
        (
            "…/connections/*/chains/*",
            &[
                Kind::Dropped,
                Kind::Repeated,
                Kind::OtherType,
                Kind::Huge,
                Kind::Truncated,
            ],
        ),
        ("/uploadTotal", &[Kind::Huge]),
        ("/downloadTotal", &[Kind::Huge]),
        ("…/metadata/type", ANY),
        ("/connections", &[Kind::OtherType]),
        ("…/rule", ANY),
        ("…/metadata", ANY),
    ];
    for name in [
        "mihomo-connections",
        "mihomo-connections-nested",
        "mihomo-connections-global",
        "mihomo-connections-idle",
        "sing-box-connections",
        "sing-box-connections-idle",
    ] {
        let recorded = recorded(name);
        let mut trial = Trial::new(name, frame(recorded.as_bytes()), TRUTHS, NOTHING);
        for mutant in json::mutants(name, &recorded) {
            trial.judge(&mutant, &frame(&mutant.bytes));
        }
        let _ = trial.end();
    }
}

/// Whether a connection is the kernel's own is told by its rule and its type together.
const ANY: &[Kind] = &[
    Kind::Dropped,
    Kind::Null,
    Kind::OtherType,
    Kind::Repeated,
    Kind::Huge,
    Kind::Truncated,
];

/// A list that is told empty has no connection.
const NOTHING: &[Truth] = &[
    ("/connections/*", &[Kind::Dropped]),
    ("/connections", &[Kind::OtherType]),
];

/// A kernel that answers so; the version, the nodes and the subscriptions as recorded where nothing else is said.
fn reach(version: &[u8], proxies: &[u8], providers: &[u8]) -> InMemory {
    let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    InMemory::recorded(&[
        ("/version", 200, &text(version)),
        ("/proxies", 200, &text(proxies)),
        ("/providers/proxies", 200, &text(providers)),
        ("/connections", 200, &recorded("mihomo-connections-idle")),
    ])
}

/// What is known of the nodes: their kinds and the subscriptions that they come from.
async fn nodes(reach: InMemory) -> Told {
    let timer = VirtualTimer::new(start());
    let unasked = SimKernel::new(Dialect::Mihomo, Arc::new(timer.clone()));
    let config = KernelConfig {
        logs: false,
        ..config()
    };
    let mut watched = Watched::over(unasked, reach, timer, config);
    let mut told = Told::default();
    loop {
        match watched.next().await {
            KernelEvent::Answers { .. } => {}
            KernelEvent::Nodes(nodes) => {
                for (name, kind) in nodes.kinds.iter().filter(|(_, kind)| **kind != FlowKind::Proxy) {
                    told.know(format!("{name} is {kind:?}"));
                }
                for (name, feed) in &nodes.feeds {
                    told.know(format!("{name} of {feed}"));
                }
                return told;
            }
            other => {
                told.said = format!("{other:?}");
                return told;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_list_of_nodes_makes_no_node_free_of_charge() {
    for (kernel, truths) in [("mihomo", NODES), ("sing-box", NODES)] {
        let version = recorded(&format!("{kernel}-version"));
        let name = format!("{kernel}-proxies");
        let body = recorded(&name);
        let providers = r#"{"providers":{}}"#;
        let told = |body: Vec<u8>| nodes(reach(version.as_bytes(), &body, providers.as_bytes()));
        let whole = told(body.clone().into_bytes()).await;
        let mut trial = Trial::new(&name, whole, truths, &[]);
        for mutant in json::mutants(&name, &body) {
            trial.judge(&mutant, &told(mutant.bytes.clone()).await);
        }
        let _ = trial.end();
    }
}

const NODES: &[Truth] = &[("…/provider-name", WORD)];

fn source(reach: InMemory) -> KernelSource {
    let timer = VirtualTimer::new(start());
    let client = KernelClient::over(config(), Arc::new(timer), Arc::new(reach));
    KernelSource::new("home".parse().unwrap(), Arc::new(client))
}

fn meters(report: &ReadReport) -> Told {
    let mut told = Told::default();
    for look in &report.meters {
        let id = &look.info.id;
        if let Outcome::Known(reading) = &look.outcome {
            for (part, amount) in [
                ("used", reading.used()),
                ("limit", reading.limit()),
                ("remaining", reading.remaining()),
            ] {
                let Some(amount) = amount else { continue };
                told.know(format!("{id} {part} {amount}"));
                told.know_zero(format!("{id} {part}"), amount.is_zero());
            }
        }
    }
    told
}

#[tokio::test(start_paused = true)]
async fn what_a_kernel_tells_of_its_subscriptions_is_known_or_blind() {
    // A panel's negative use is none, and an end far away is one.
    const TRUTHS: &[Truth] = &[
        ("…/Upload", &[Kind::Negative]),
        ("…/Download", &[Kind::Negative]),
        ("…/Expire", &[Kind::Huge]),
    ];
    let (version, proxies) = (recorded("mihomo-version"), recorded("mihomo-proxies"));
    let name = "mihomo-providers";
    let body = recorded(name);
    let told = |body: &[u8]| source(reach(version.as_bytes(), proxies.as_bytes(), body));
    let whole = told(body.as_bytes()).read().await.unwrap();
    let near: Vec<(String, NearLine)> = whole
        .meters
        .iter()
        .filter_map(|look| Some((look.info.id.to_string(), NearLine::over(look.outcome.reading()?)?)))
        .collect();
    assert_eq!(near.len(), 1);
    let mut trial = Trial::new(name, meters(&whole), TRUTHS, &[]);
    for mutant in json::mutants(name, &body) {
        match told(&mutant.bytes).read().await {
            Ok(report) => {
                for (id, near) in &near {
                    let look = report.meters.iter().find(|look| look.info.id.as_str() == id);
                    near.judge(&mut trial, &mutant, look.map(|look| &look.outcome));
                }
                trial.judge(&mutant, &meters(&report));
            }
            Err(error) => trial.judge(&mutant, &Told::nothing(format!("{error:?}"))),
        }
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}

async fn owner(body: &[u8]) -> Told {
    match source(reach(body, b"{}", b"{}")).check().await {
        Ok(check) => {
            let mut told = Told::default();
            told.know(check.owner);
            told
        }
        Err(error) => Told::nothing(format!("{error:?}")),
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_kernel_is_taken_for_one() {
    for name in ["mihomo-version", "sing-box-version"] {
        let body = recorded(name);
        let mut trial = Trial::new(
            name,
            owner(body.as_bytes()).await,
            &[("/version", WORD), ("/meta", ANY)],
            &[],
        );
        for mutant in json::mutants(name, &body) {
            trial.judge(&mutant, &owner(&mutant.bytes).await);
        }
        let _ = trial.end();
    }
    for mutant in json::mutants("mihomo-unauthorized", &recorded("mihomo-unauthorized")) {
        let told = owner(&mutant.bytes).await;
        assert!(told.facts.is_empty(), "{}: {told:?}", mutant.what);
    }
}
