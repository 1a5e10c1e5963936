//! Sub-accounts, money and what is counted of proxies: each promise about them once sound, and once broken from outside.

use tidegate_engine::Event;
use tidegate_guard::{ActionKind, Level, PowerState, Proof};
use tidegate_lab::check::Invariant;
use tidegate_lab::plan::{Deed, DevicePlan, KernelLie, MainPlan, Plan, PursePlan, UserPlan, WorldDeed};
use tidegate_meter::{
    DeviceId, Flow, FlowBytes, FlowKey, FlowKind, Quantity, RowId, Target, TargetKind, Time, Unit,
};
use tidegate_store::{DeviceRow, FlowWrite, Write};

use crate::scene::{GUARD, START, Stage, plan};

/// The scene with a sub-account that was given so much.
fn given(allocated: &str) -> Plan {
    let user = UserPlan {
        name: "ann".to_owned(),
        allocated: Some(allocated.to_owned()),
        per_day: "24".to_owned(),
        keys: 1,
        has_login: false,
        is_armed: true,
    };
    let main = MainPlan {
        name: "maple".to_owned(),
        bill_lag_s: 3600,
        interval_s: 600,
        users: vec![user],
    };
    Plan {
        mains: vec![main],
        ..plan()
    }
}

fn ann(stage: &Stage) -> Target {
    let id = stage.world.volcengine("maple").unwrap().user("ann").unwrap().id;
    Target {
        kind: TargetKind::SubAccount,
        id: id.to_string().parse().unwrap(),
        name: "ann".to_owned(),
        region: String::new(),
    }
}

fn intent() -> RowId {
    RowId::new(START, [7; 10])
}

fn decides(stage: &mut Stage) {
    let event = Event::Planned {
        at: stage.at(),
        intent: intent(),
        guard: Some(GUARD.parse().unwrap()),
        meter: None,
        account: "maple".parse().unwrap(),
        action: ActionKind::Stop,
        target: ann(stage),
        due: stage.at(),
    };
    stage.event(event);
}

#[test]
fn a_disable_of_one_that_has_not_spent_it_is_seen() {
    for (allocated, breaks) in [("11.9", false), ("12.1", true)] {
        let mut stage = Stage::of(Invariant::S3, given(allocated));
        stage.wait(43_200);
        decides(&mut stage);
        assert_eq!(!stage.end().is_empty(), breaks, "{allocated}");
    }
}

#[test]
fn a_disable_by_a_guard_that_only_watches_is_seen() {
    for armed in [true, false] {
        let mut stage = Stage::of(Invariant::S5, given("1"));
        decides(&mut stage);
        stage.arms(armed);
        let sent = Event::Sent {
            at: stage.at(),
            intent: intent(),
            target: ann(&stage),
        };
        stage.event(sent);
        assert_eq!(stage.end().is_empty(), armed);
    }
}

#[test]
fn one_that_is_called_disabled_and_can_spend_is_seen() {
    for closed in [true, false] {
        let mut stage = Stage::of(Invariant::S11, given("1"));
        decides(&mut stage);
        if closed {
            let cloud = stage.world.volcengine("maple").unwrap();
            let deed = tidegate_sim::volcengine::Deed::SetKey {
                user: "ann".to_owned(),
                key: None,
                active: false,
            };
            cloud.happen(&deed).unwrap();
        }
        let verified = Event::Verified {
            at: stage.at(),
            intent: intent(),
            target: ann(&stage),
            proof: Proof {
                target: ann(&stage),
                before: PowerState::Running,
                after: PowerState::Stopped,
                at: stage.at(),
                receipt: None,
            },
        };
        stage.event(verified);
        assert_eq!(stage.end().is_empty(), closed);
    }
}

fn wallet() -> Plan {
    let purse = PursePlan {
        name: "wallet".to_owned(),
        provider: "deepseek".to_owned(),
        left: "12.50".to_owned(),
        steps: Vec::new(),
        interval_s: 300,
    };
    Plan {
        purses: vec![purse],
        ..plan()
    }
}

#[test]
fn money_that_was_never_there_is_seen() {
    for (told, breaks) in [("12.5", false), ("7.25", false), ("7.24", true)] {
        let mut stage = Stage::of(Invariant::S16, wallet());
        stage.deed(Deed::World(WorldDeed::Money {
            purse: "wallet".to_owned(),
            left: "7.25".to_owned(),
        }));
        let yuan = Unit::Money("CNY".parse().unwrap());
        let reading = Event::Reading {
            at: stage.at(),
            account: "wallet".parse().unwrap(),
            meter: "cny".parse().unwrap(),
            name: "CNY".to_owned(),
            used: None,
            limit: None,
            remaining: Some(Quantity::parse(told, yuan).unwrap()),
            window: None,
            as_of: stage.at(),
            level: Level::Calm,
        };
        stage.event(reading);
        assert_eq!(!stage.end().is_empty(), breaks, "{told}");
    }
}

/// A kernel that is busy for the first minute of each hour.
fn watched() -> Plan {
    let device = DevicePlan {
        name: "laptop".to_owned(),
        is_agent: false,
        rate: 1000,
        busy_s: 60,
    };
    Plan {
        devices: vec![device],
        ..plan()
    }
}

fn counts(stage: &Stage, down: u64) {
    let device: DeviceId = "laptop".parse().unwrap();
    let row = DeviceRow {
        device: device.clone(),
        name: "laptop".to_owned(),
        account: None,
        token: None,
        since: START,
        seen_at: None,
        ended_at: None,
        body: serde_json::Value::Null,
    };
    let flow = Flow {
        minute: Time::from_ms(START.ms()),
        key: FlowKey {
            kind: FlowKind::Proxy,
            node: "HK 01".to_owned(),
            group: "Auto".to_owned(),
            feed: String::new(),
        },
        bytes: FlowBytes {
            down,
            ..FlowBytes::default()
        },
    };
    let day = tidegate_meter::Zone::utc().date_of(START);
    stage.write(vec![
        Write::Flow(FlowWrite::Device(row)),
        Write::Flow(FlowWrite::Flow { device, day, flow }),
    ]);
}

#[test]
fn a_byte_that_is_counted_too_often_or_never_is_seen() {
    // Half an hour after its busy minute 66 000 bytes have passed, up and down.
    for (counted, breaks) in [(66_000, false), (66_001, true), (65_999, true)] {
        let mut stage = Stage::of(Invariant::S16, watched());
        stage.wait(3000);
        counts(&stage, counted);
        assert_eq!(!stage.end().is_empty(), breaks, "{counted}");
    }
}

#[test]
fn bytes_that_a_kernel_told_wrong_are_nobodys_fault() {
    // A silent kernel excuses what is missing and nothing else; one that told half excuses what is counted again.
    for (lie, counted, breaks) in [
        (KernelLie::Silent, 1, false),
        (KernelLie::Silent, 66_001, true),
        (KernelLie::Reset, 66_001, true),
        (KernelLie::Half, 99_000, false),
    ] {
        let mut stage = Stage::of(Invariant::S16, watched());
        stage.deed(Deed::World(WorldDeed::KernelLie {
            device: "laptop".to_owned(),
            lie,
            for_s: 60,
        }));
        stage.wait(3000);
        counts(&stage, counted);
        assert_eq!(!stage.end().is_empty(), breaks, "{lie:?} {counted}");
    }
}
