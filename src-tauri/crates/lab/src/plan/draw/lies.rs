//! Lies: what a provider, a network or a platform tells wrong, where, how often and how long. Owns the catalogue with its
//! weights; a lie is only drawn for a place that can tell it.

use tidegate_sim::{Fault, Lie};

use super::when;
use crate::plan::{CloudPlan, Deed, Plan, WorldDeed};
use crate::seed::Stream;

/// Where a lie is told. The text is the operation or the service; empty: any of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// About one package.
    Package,
    /// About one server, at this operation.
    Server(&'static str),
    /// To one account with servers, at this operation.
    Cloud(&'static str),
    /// To one account with money.
    Purse,
    /// To one main account, at this operation.
    Main(&'static str),
    /// By one message platform.
    Sink,
    /// To everybody.
    World,
}

/// One way to lie: its weight, where, and what.
type Kind = (u32, Place, fn(Stream) -> Lie);

#[rustfmt::skip]
const CATALOGUE: &[Kind] = &[
    // The amount of a package: what the guard lives on.
    (6, Place::Package, |_| Lie::AmountNull), (6, Place::Package, |_| Lie::AmountMissing), (12, Place::Package, |_| Lie::AmountZero),
    (6, Place::Package, |_| Lie::AmountGarbage), (6, Place::Package, |_| Lie::AmountNegative), (6, Place::Package, |_| Lie::AmountOtherType),
    (10, Place::Package, |_| Lie::UsedUp), (12, Place::Package, |_| Lie::Frozen), (6, Place::Package, |_| Lie::Missing),
    (6, Place::Package, |stream| Lie::Unit { measure_id: one_of(stream, [10, 11, 13, 17, 99]) }),
    // The amounts of balances and of a bill.
    (3, Place::Purse, |_| Lie::AmountNull), (3, Place::Purse, |_| Lie::AmountMissing), (3, Place::Purse, |_| Lie::AmountZero),
    (3, Place::Purse, |_| Lie::AmountGarbage), (3, Place::Purse, |_| Lie::AmountNegative), (3, Place::Purse, |_| Lie::AmountOtherType),
    (5, Place::Purse, |_| Lie::AmountHuge), (4, Place::Purse, |stream| Lie::Currency { code: code(stream, ["USD", "EUR", "???"]) }),
    (5, Place::Purse, |stream| Lie::Refuses { status: one_of(stream, [401, 402, 403, 404, 500, 503]) }),
    (5, Place::Purse, |stream| Lie::ThrottledUntil { seconds: stream.spread(1, 3600) }),
    (2, Place::Purse, |_| Lie::Empty), (2, Place::Purse, |_| Lie::Html), (2, Place::Purse, |_| Lie::Malformed), (2, Place::Purse, |_| Lie::Truncated),
    (2, Place::Purse, |_| Lie::Hanging), (2, Place::Purse, |_| Lie::KeyRotated), (2, Place::Purse, |stream| Lie::Status { status: one_of(stream, [200, 500, 502, 503]) }),
    (2, Place::Purse, |stream| Lie::Slow { ms: stream.spread(200, 90_000) }),
    (3, Place::Main("billing"), |_| Lie::AmountNull), (3, Place::Main("billing"), |_| Lie::AmountZero),
    (3, Place::Main("billing"), |_| Lie::AmountMissing), (3, Place::Main("billing"), |_| Lie::AmountGarbage), (3, Place::Main("billing"), |_| Lie::AmountHuge),
    (3, Place::Main("billing"), |_| Lie::AmountNegative), (2, Place::Main("billing"), |_| Lie::AmountOtherType),
    (3, Place::Main("billing"), |stream| Lie::Currency { code: code(stream, ["USD", "CNH", ""]) }),
    (6, Place::Main(""), |stream| Lie::TotalWrong { by: one_of(stream, [-1, 1, 7, -100]) }),
    // Lists.
    (5, Place::Cloud("bss"), |_| Lie::Empty), (4, Place::Cloud("bss"), |_| Lie::RepeatRow), (4, Place::Cloud("bss"), |_| Lie::SkipRow),
    (3, Place::Cloud("ecs.list"), |_| Lie::Empty), (3, Place::Cloud("eip"), |_| Lie::Empty), (3, Place::Cloud("ces"), |_| Lie::Empty),
    (4, Place::Main(""), |_| Lie::Empty), (3, Place::Main(""), |_| Lie::RepeatRow), (3, Place::Main(""), |_| Lie::SkipRow),
    (3, Place::Server("ecs.list"), |_| Lie::Missing), (3, Place::Server("eip"), |_| Lie::Missing),
    // What a gateway answers instead.
    (3, Place::Main(""), |_| Lie::Html), (3, Place::Main(""), |_| Lie::Malformed), (3, Place::Main(""), |_| Lie::Truncated), (3, Place::Main(""), |_| Lie::Hanging),
    (4, Place::Main(""), |stream| Lie::Status { status: one_of(stream, [200, 500, 502, 503, 504]) }),
    (3, Place::Main(""), |stream| Lie::Slow { ms: stream.spread(200, 90_000) }), (3, Place::Main(""), |stream| Lie::Skewed { ms: one_of(stream, [-3_600_000, 1_000_000]) }),
    (2, Place::Main(""), |_| Lie::KeyRotated), (4, Place::Main("iam"), |_| Lie::Hanging), (4, Place::Main("iam"), |stream| Lie::Status { status: one_of(stream, [500, 502, 504]) }),
    (5, Place::Cloud("ecs.stop"), |stream| Lie::Status { status: one_of(stream, [200, 500, 502, 503, 504]) }), (4, Place::Cloud("ecs.stop"), |_| Lie::Truncated),
    (3, Place::Cloud("ecs.stop"), |stream| Lie::Throttled { retry_after: seconds_or_none(stream) }), (3, Place::Cloud("ecs.stop"), |_| Lie::Html),
    (3, Place::Cloud("ecs.start"), |_| Lie::Hanging), (3, Place::Cloud("ecs.start"), |stream| Lie::Status { status: one_of(stream, [500, 502, 504]) }),
    (3, Place::Cloud("ecs.job"), |stream| Lie::Status { status: one_of(stream, [500, 502, 404]) }),
    (4, Place::Cloud(""), |_| Lie::Html), (4, Place::Cloud(""), |_| Lie::Malformed),
    (5, Place::Cloud(""), |stream| Lie::Status { status: one_of(stream, [200, 500, 502, 503, 504]) }),
    (6, Place::Cloud(""), |stream| Lie::Throttled { retry_after: seconds_or_none(stream) }),
    (4, Place::Main(""), |stream| Lie::Throttled { retry_after: seconds_or_none(stream) }),
    (5, Place::Main(""), |stream| Lie::ErrorCode { code: code(stream, ["FlowLimitExceeded", "AccessDenied", "InternalError", "PolicyAttachConflict"]), status: None }),
    (4, Place::Main(""), |_| Lie::NoMetadata), (4, Place::Main("iam"), |_| Lie::Masked),
    // The wire.
    (4, Place::World, |_| Lie::Refused), (3, Place::World, |_| Lie::Broken), (3, Place::World, |stream| Lie::Slow { ms: stream.spread(200, 90_000) }),
    (4, Place::Cloud(""), |_| Lie::Hanging), (4, Place::Cloud(""), |_| Lie::Truncated), (4, Place::Cloud(""), |_| Lie::Broken),
    (4, Place::Cloud("ecs.stop"), |_| Lie::Broken), (4, Place::Cloud("ecs.stop"), |_| Lie::Hanging), (3, Place::Cloud("ecs.start"), |_| Lie::Broken),
    (6, Place::Main("iam"), |_| Lie::Unheard), (6, Place::Main("iam"), |_| Lie::Ignored), (3, Place::Main("iam"), |_| Lie::Broken),
    // Stops.
    (8, Place::Server("ecs.stop"), |stream| Lie::StopRefused { code: code(stream, ["Ecs.0100", "Ecs.0603", "Ecs.0605", "Ecs.0319"]) }),
    (9, Place::Server("ecs.stop"), |_| Lie::StopIgnored), (7, Place::Server("ecs.stop"), |_| Lie::StopFails),
    (6, Place::Server("ecs.stop"), |_| Lie::StopStuck), (6, Place::Server("ecs.stop"), |stream| Lie::StopSlow { seconds: stream.spread(30, 3600) }),
    (8, Place::Server("ecs.stop"), |stream| Lie::Restarts { seconds: stream.spread(30, 7200) }),
    (7, Place::Server(""), |_| Lie::Flapping), (5, Place::Server(""), |_| Lie::ServerGone), (6, Place::Cloud("ecs.job"), |_| Lie::JobGone),
    // Rights, keys, clocks.
    (5, Place::Cloud(""), |stream| Lie::RightRemoved { right: code(stream, ["ecs:cloudServers:stop", "ecs:cloudServers:start", "ecs:cloudServers:get", "bss:order:view", "vpc:publicIps:list"]) }),
    (4, Place::Cloud(""), |_| Lie::KeyRotated), (3, Place::Cloud(""), |_| Lie::TokenExpired), (5, Place::Cloud("ecs"), |_| Lie::Arrears),
    (5, Place::Cloud(""), |stream| Lie::Skewed { ms: one_of(stream, [-3_600_000, -1_000_000, -60_000, 60_000, 1_000_000]) }),
    (3, Place::Cloud("bss"), |stream| Lie::OtherSite { code: code(stream, ["CBC.0150", "CBC.0156"]) }),
    // Message platforms.
    (8, Place::Sink, |stream| Lie::Code { code: one_of(stream, [11_232, 19_001, 19_021, 9_499]) }),
    (4, Place::Sink, |stream| Lie::Slow { ms: stream.spread(200, 90_000) }), (3, Place::Sink, |_| Lie::Truncated),
    (4, Place::Sink, |_| Lie::Refused), (4, Place::Sink, |_| Lie::Hanging), (4, Place::Sink, |_| Lie::Broken),
];

/// A lie that somebody of the plan can be told. Held short or long, or told a few times only.
pub(super) fn draw(stream: Stream, plan: &Plan) -> Option<Deed> {
    let told = |kind: &Kind| if is_there(kind.1, plan) { kind.0 } else { 0 };
    let (_, place, lie) = stream.named("kind").weighed(CATALOGUE, told)?;
    let mut fault = aimed(stream.named("aim"), plan, *place, lie(stream.named("lie")))?;
    if stream.named("is-counted").percent(25) {
        fault.times = Some(stream.named("times").count((1, 4)));
    }
    fault.for_s = Some(when::lasting(stream.named("lasting")));
    Some(Deed::World(WorldDeed::Lie { fault }))
}

fn is_there(place: Place, plan: &Plan) -> bool {
    match place {
        Place::Package => plan.clouds.iter().any(|cloud| !cloud.packages.is_empty()),
        Place::Server(_) => plan.clouds.iter().any(|cloud| !cloud.servers.is_empty()),
        Place::Cloud(_) => !plan.clouds.is_empty(),
        Place::Purse => !plan.purses.is_empty(),
        Place::Main(_) => !plan.mains.is_empty(),
        Place::Sink => !plan.sinks.is_empty(),
        Place::World => true,
    }
}

fn aimed(stream: Stream, plan: &Plan, place: Place, lie: Lie) -> Option<Fault> {
    let fault = Fault::new(lie);
    let named = |fault: Fault, on: &str| if on.is_empty() { fault } else { fault.on(on) };
    match place {
        Place::World => Some(fault),
        Place::Sink => Some(fault.on(stream.choose(plan.sinks.iter().map(|sink| sink.kind.as_str()))?)),
        Place::Purse => {
            Some(fault.account(stream.choose(plan.purses.iter().map(|purse| purse.name.as_str()))?))
        }
        Place::Main(on) => {
            let main = stream.choose(plan.mains.iter().map(|main| main.name.as_str()))?;
            Some(named(fault.account(main), on))
        }
        Place::Cloud(on) => Some(named(fault.account(&cloud(stream, plan)?.name), on)),
        Place::Server(on) => {
            let cloud = cloud(stream, plan)?;
            let name = stream
                .named("server")
                .choose(cloud.servers.iter().map(|of| of.name.as_str()))?;
            Some(named(fault.account(&cloud.name).about(name), on))
        }
        Place::Package => {
            let cloud = cloud(stream, plan)?;
            let name = stream
                .named("package")
                .choose(cloud.packages.iter().map(|of| of.name.as_str()))?;
            Some(fault.account(&cloud.name).about(name))
        }
    }
}

/// One of the accounts with servers.
pub(super) fn cloud(stream: Stream, plan: &Plan) -> Option<&CloudPlan> {
    let name = stream
        .named("cloud")
        .choose(plan.clouds.iter().map(|cloud| cloud.name.as_str()))?;
    plan.clouds.iter().find(|cloud| cloud.name == name)
}

fn one_of<T: Copy + Default, const N: usize>(stream: Stream, of: [T; N]) -> T {
    stream.pick(&of).copied().unwrap_or_default()
}

fn code<const N: usize>(stream: Stream, of: [&str; N]) -> String {
    one_of(stream, of).to_owned()
}

fn seconds_or_none(stream: Stream) -> Option<u64> {
    stream
        .named("told")
        .percent(60)
        .then(|| stream.named("seconds").spread(1, 1800))
}
