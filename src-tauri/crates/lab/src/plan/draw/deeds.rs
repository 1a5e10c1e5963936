//! What happens at the providers without anybody lying: hands, bills, renewals, keys.

use serde_json::Value;
use tidegate_sim::{gib, volcengine};

use super::lies::cloud;
use super::{curves, money, when};
use crate::plan::{CloudPlan, Deed, KernelLie, PackagePlan, PanelWord, Plan, WorldDeed};
use crate::seed::Stream;

type Kind = (u32, fn(Stream, &Plan) -> Option<WorldDeed>);

/// What a kernel tells wrong, each as often.
const KERNEL_LIES: [KernelLie; 12] = [
    KernelLie::Reset,
    KernelLie::Back,
    KernelLie::Zero,
    KernelLie::Half,
    KernelLie::OtherUnit,
    KernelLie::NoConnections,
    KernelLie::NoList,
    KernelLie::CutOff,
    KernelLie::Page,
    KernelLie::Silent,
    KernelLie::Lost,
    KernelLie::Slow,
];

/// What a panel tells wrong, each as often.
const PANEL_WORDS: [PanelWord; 15] = [
    PanelWord::Zero,
    PanelWord::Half,
    PanelWord::OtherUnit,
    PanelWord::Above,
    PanelWord::Garbage,
    PanelWord::Huge,
    PanelWord::Silent,
    PanelWord::Sometimes,
    PanelWord::Pseudo,
    PanelWord::Page,
    PanelWord::BadGateway,
    PanelWord::Refused,
    PanelWord::Empty,
    PanelWord::Gone,
    PanelWord::Elsewhere,
];

const KINDS: [Kind; 16] = [
    (18, start),
    (8, stop),
    (12, traffic),
    (10, top_up),
    (10, correct),
    (9, renew),
    (4, unsubscribe),
    (7, foreign),
    (4, rotate_key),
    (14, spend),
    (14, volcengine),
    (6, kernel),
    (16, kernel_lie),
    (14, panel_lie),
    (3, panel_reset),
    (6, latency),
];

/// Something that can happen in this plan: kinds whose subject is missing are drawn again, once.
pub(super) fn draw(stream: Stream, plan: &Plan) -> Option<Deed> {
    let kind = |name: &str| {
        let (_, kind) = stream.named(name).weighed(&KINDS, |(weight, _)| *weight)?;
        kind(stream.named(name).named("deed"), plan)
    };
    kind("first")
        .or_else(|| kind("second"))
        .or_else(|| kind("third"))
        .map(Deed::World)
}

fn server(stream: Stream, cloud: &CloudPlan) -> Option<String> {
    let names = cloud.servers.iter().map(|server| server.name.as_str());
    stream.named("server").choose(names).map(str::to_owned)
}

fn package(stream: Stream, plan: &Plan) -> Option<&PackagePlan> {
    let cloud = cloud(stream, plan)?;
    let name = stream
        .named("package")
        .choose(cloud.packages.iter().map(|of| of.name.as_str()))?;
    cloud.packages.iter().find(|package| package.name == name)
}

fn start(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let server = server(stream, cloud(stream, plan)?)?;
    Some(WorldDeed::Power { server, on: true })
}

fn stop(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let server = server(stream, cloud(stream, plan)?)?;
    Some(WorldDeed::Power { server, on: false })
}

fn traffic(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let cloud = cloud(stream, plan)?;
    let server = server(stream, cloud)?;
    let now = &cloud.servers.iter().find(|of| of.name == server)?.traffic;
    let curve = curves::another(stream.named("curve"), now, plan.span_s, plan.start);
    Some(WorldDeed::Traffic { server, curve })
}

fn top_up(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let of = package(stream, plan)?;
    let gibs = i64::try_from(stream.named("gib").spread(1, 500)).unwrap_or(1);
    Some(WorldDeed::TopUp {
        package: of.name.clone(),
        bytes: gib(gibs),
    })
}

/// Up or down by a hundredth to a tenth of the package.
fn correct(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let of = package(stream, plan)?;
    let percent = i64::try_from(stream.named("percent").between(1, 10)).unwrap_or(1);
    let bytes = (of.quota / 100).saturating_mul(percent);
    let bytes = if stream.named("down").percent(50) {
        bytes.saturating_neg()
    } else {
        bytes
    };
    Some(WorldDeed::Correct {
        package: of.name.clone(),
        bytes,
    })
}

fn renew(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let package = package(stream, plan)?.name.clone();
    let overlap_s = stream.named("overlap").spread(1, 86_400);
    Some(WorldDeed::Renew { package, overlap_s })
}

fn unsubscribe(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let package = package(stream, plan)?.name.clone();
    Some(WorldDeed::Unsubscribe { package })
}

fn foreign(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let cloud = cloud(stream, plan)?.name.clone();
    let server = format!("foreign-{}", stream.named("name").between(1, 999_999));
    Some(WorldDeed::Foreign { cloud, server })
}

fn rotate_key(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let cloud = cloud(stream, plan)?.name.clone();
    Some(WorldDeed::RotateKey { cloud })
}

fn spend(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let purse = stream.choose(plan.purses.iter().map(|purse| purse.name.as_str()))?;
    Some(WorldDeed::Money {
        purse: purse.to_owned(),
        left: money::money(stream.named("left").between(0, 20_000)),
    })
}

fn kernel(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let device = stream.choose(plan.devices.iter().map(|device| device.name.as_str()))?;
    Some(WorldDeed::KernelRestart {
        device: device.to_owned(),
    })
}

fn kernel_lie(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let watched = plan.devices.iter().filter(|device| !device.is_agent);
    let device = stream.choose(watched.map(|device| device.name.as_str()))?;
    Some(WorldDeed::KernelLie {
        device: device.to_owned(),
        lie: *stream.named("lie").pick(&KERNEL_LIES)?,
        for_s: when::lasting(stream.named("lasting")),
    })
}

fn subscription(stream: Stream, plan: &Plan) -> Option<String> {
    let names = plan.subscriptions.iter().map(|of| of.name.as_str());
    stream.choose(names).map(str::to_owned)
}

fn panel_lie(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    Some(WorldDeed::PanelLie {
        subscription: subscription(stream, plan)?,
        word: *stream.named("word").pick(&PANEL_WORDS)?,
        for_s: when::lasting(stream.named("lasting")).max(3600),
    })
}

fn panel_reset(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let subscription = subscription(stream, plan)?;
    Some(WorldDeed::PanelReset { subscription })
}

fn latency(stream: Stream, _: &Plan) -> Option<WorldDeed> {
    let ms = stream.spread(20, 4_000);
    Some(WorldDeed::Latency { ms })
}

fn volcengine(stream: Stream, plan: &Plan) -> Option<WorldDeed> {
    let main = stream.choose(plan.mains.iter().map(|main| main.name.as_str()))?;
    let users = &plan.mains.iter().find(|of| of.name == main)?.users;
    let user = stream
        .named("user")
        .choose(users.iter().map(|user| user.name.as_str()))?;
    let deed = hands(stream.named("hands"), user.to_owned());
    // Deeds are told as the simulator writes them; none has a form that is no JSON.
    let deed = serde_json::to_value(deed).unwrap_or(Value::Null);
    Some(WorldDeed::Volcengine {
        main: main.to_owned(),
        deed,
    })
}

/// What other hands do at a main account.
fn hands(stream: Stream, user: String) -> volcengine::Deed {
    use volcengine::Deed;
    let yes = stream.named("yes").percent(50);
    match stream.named("which").below(8) {
        0 => Deed::CreateKey { user },
        1 => Deed::SetKey {
            user,
            key: None,
            active: yes,
        },
        2 => Deed::SetLogin { user, allowed: yes },
        3 => Deed::Console { user, open: yes },
        4 => Deed::Attach {
            user,
            policy: "ArkFullAccess".to_owned(),
            project: None,
        },
        5 => Deed::Detach {
            user,
            policy: "ArkFullAccess".to_owned(),
        },
        6 => Deed::Balance {
            cash: money::money(stream.named("cash").between(0, 1_000_000)),
        },
        _ => late_row(stream, yes, &user),
    }
}

/// A row of the bill that comes late, or is given back.
fn late_row(stream: Stream, is_refund: bool, user: &str) -> volcengine::Deed {
    let project = match stream.named("project").below(3) {
        0 => "default".to_owned(),
        1 => "-".to_owned(),
        _ => format!("{user}-work"),
    };
    let amount = money::money(stream.named("amount").between(1, 5_000));
    volcengine::Deed::Charge {
        project,
        amount: if is_refund { format!("-{amount}") } else { amount },
        product: None,
        category: None,
        day: None,
        after_s: when::lasting(stream.named("after")),
    }
}
