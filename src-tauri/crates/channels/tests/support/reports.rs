//! Reports: a full one, a calm one, one in which nobody watched, and one whose names would do harm.

use jiff::civil::Date;
use tidegate_channels::report::{
    AuditMark, DayFacts, DeviceFacts, DeviceHeard, LapseFacts, LeakFacts, LeakVerdict, LeftFacts, LowFacts,
    MissedDays, ReportAction, ReportAlert, ReportCause, ReportFacts, ReportKind, ResetFacts, SharedBytes,
    SubscriptionFacts, TrafficFacts, UsualFacts,
};
use tidegate_channels::{MailboxRef, Message};
use tidegate_guard::{ActionKind, IntentState, Level, PowerState, Proof, Severity};
use tidegate_meter::{
    ByteBase, FlowBytes, KindBytes, MailboxId, MeterKind, Quantity, Reason, RowId, Span, Target, TargetId,
    TargetKind, Time, Unit,
};

use crate::support::{harmful as blinded, zone};

const MIB: u64 = 1 << 20;

pub fn at(text: &str) -> Time {
    format!("{text}:00+08:00").parse().unwrap()
}

pub fn on(text: &str) -> Date {
    text.parse().unwrap()
}

fn mib(count: i64) -> Quantity {
    Quantity::bytes(count << 20)
}

fn share(text: &str) -> Quantity {
    Quantity::parse(text, Unit::Percent).unwrap()
}

fn bytes(up: u64, down: u64, estimated: u64) -> FlowBytes {
    FlowBytes {
        up: up * MIB,
        down: down * MIB,
        estimated_up: 0,
        estimated_down: estimated * MIB,
    }
}

fn kinds(proxy: u64, direct: u64) -> KindBytes {
    KindBytes {
        proxy: bytes(proxy / 10, proxy - proxy / 10, proxy / 40),
        direct: bytes(direct / 8, direct - direct / 8, 0),
        reject: bytes(0, 3, 0),
        unattributed: bytes(1, 12, 13),
    }
}

fn device(name: &str, proxy: u64, watched: u64, heard: DeviceHeard) -> DeviceFacts {
    DeviceFacts {
        name: name.to_owned(),
        bytes: if watched == 0 {
            KindBytes::default()
        } else {
            kinds(proxy, proxy / 3)
        },
        watched,
        of: 86_100,
        restarts: u32::from(proxy > 5_000),
        heard,
    }
}

fn node(name: &str, down: u64) -> SharedBytes {
    SharedBytes {
        name: name.to_owned(),
        bytes: bytes(down / 12, down, 0),
    }
}

/// Thirty days with a weekly tide, and two that nobody watched.
fn days() -> Vec<DayFacts> {
    let first = on("2026-10-22");
    (0..30_u8)
        .map(|index| {
            let day = first
                .checked_add(jiff::Span::new().days(i64::from(index)))
                .unwrap();
            let watched = !(9..11).contains(&index);
            let tide = [7_u64, 5, 9, 12, 14, 6, 4][usize::from(index) % 7] * 900 + u64::from(index) * 70;
            DayFacts {
                day,
                proxy: watched.then_some(tide * MIB),
                direct: watched.then_some(tide / 4 * MIB),
            }
        })
        .collect()
}

pub fn traffic() -> TrafficFacts {
    TrafficFacts {
        sum: Some(kinds(12_595, 3_900)),
        before: Some(kinds(10_670, 4_102)),
        usual: Some(UsualFacts {
            proxy: 13_102 * MIB,
            direct: 3_900 * MIB,
            of: 7,
            weekend: false,
        }),
        devices: vec![
            device("书房台式机", 8_100, 86_100, DeviceHeard::Well),
            device("laptop", 3_900, 71_040, DeviceHeard::Well),
            device(
                "phone",
                0,
                0,
                DeviceHeard::Silent {
                    since: Some(at("2026-11-19T14:20")),
                },
            ),
        ],
        nodes: vec![
            node("🇭🇰 香港 01", 6_400),
            node("🇯🇵 东京 03 [0.5x]", 3_120),
            node("US-02", 2_010),
            node("", 13),
        ],
        nodes_rest: Some((bytes(20, 240, 0), 11)),
        groups: vec![node("节点选择", 9_800), node("Streaming", 1_900)],
        days: days(),
    }
}

fn leak(verdict: LeakVerdict, billed: i64, ours: i64) -> LeakFacts {
    LeakFacts {
        span: Span {
            start: at("2026-11-19T23:40"),
            end: at("2026-11-20T23:41"),
        },
        verdict,
        billed: mib(billed),
        ours: mib(ours),
        difference: mib(billed - ours),
        tolerance: mib(660),
        coverage: share("91.4"),
    }
}

fn subscription(name: &str, used: i64, total: i64, left: LeftFacts) -> SubscriptionFacts {
    SubscriptionFacts {
        name: name.to_owned(),
        as_of: Some(at("2026-11-20T23:41")),
        blind: None,
        used: Some(mib(used)),
        total: Some(mib(total)),
        remaining: Some(mib(total - used)),
        today: Some(mib(12_900)),
        expires_at: Some(at("2027-05-01T00:00")),
        reset: Some(ResetFacts {
            next: on("2026-12-01"),
            days: 11,
        }),
        left,
        leak: Some(leak(LeakVerdict::Agrees, 12_900, 12_400)),
    }
}

fn target() -> Target {
    Target {
        id: TargetId::new("a3f1c2d4-0000-4000-8000-00000000FAKE").unwrap(),
        name: "ecs-hk-01".to_owned(),
        kind: TargetKind::Server,
        region: "ap-southeast-1".to_owned(),
    }
}

fn action() -> ReportAction {
    ReportAction {
        intent: RowId::new(at("2026-11-20T14:02"), [3; 10]),
        at: at("2026-11-20T14:02"),
        action: ActionKind::Stop,
        target: target(),
        by_person: false,
        state: IntentState::Verified,
        proof: Some(Proof {
            target: target(),
            before: PowerState::Running,
            after: PowerState::Stopped,
            at: at("2026-11-20T14:04"),
            receipt: None,
        }),
    }
}

fn alert(from: &str, severity: Severity, over: Option<&str>, said: Message) -> ReportAlert {
    ReportAlert {
        at: at(from),
        severity,
        resolved_at: over.map(at),
        said: Some(Box::new(said)),
    }
}

fn unread_mailbox() -> Message {
    Message::MailboxUnread {
        mailbox: MailboxRef {
            id: MailboxId::new("work").unwrap(),
            name: "工作邮箱".to_owned(),
        },
        reason: Reason::Auth,
        detail: "535".to_owned(),
        since: None,
    }
}

fn low(meter: &str, level: Level, left: &str, unit: &str) -> LowFacts {
    LowFacts {
        account: "DeepSeek".to_owned(),
        meter: meter.to_owned(),
        kind: MeterKind::Balance,
        level,
        left: Some(Quantity::parse(left, Unit::Money(unit.parse().unwrap())).unwrap()),
        whole: None,
        byte_base: ByteBase::Decimal,
        as_of: Some(at("2026-11-20T23:50")),
        blind: None,
    }
}

/// A day on which all is well.
pub fn calm() -> ReportFacts {
    let mut traffic = traffic();
    traffic.devices.retain(|device| device.heard == DeviceHeard::Well);
    ReportFacts {
        id: RowId::new(at("2026-11-20T23:55"), [9; 10]),
        kind: ReportKind::Daily,
        from: on("2026-11-20"),
        through: on("2026-11-20"),
        zone: zone(),
        window: Span {
            start: at("2026-11-20T00:00"),
            end: at("2026-11-20T23:55"),
        },
        whole: false,
        made_at: at("2026-11-20T23:55"),
        cause: ReportCause::Scheduled,
        missed: None,
        version: "0.1.0".to_owned(),
        traffic: Some(traffic),
        subscriptions: vec![subscription(
            "机场甲",
            61_440,
            102_400,
            LeftFacts::UntilReset { spare: mib(21_000) },
        )],
        alerts: Vec::new(),
        alerts_more: 0,
        actions: Vec::new(),
        actions_more: 0,
        low: Vec::new(),
        calm: 12,
        lapses: Vec::new(),
        audit: Some(AuditMark {
            seq: 4_711,
            hash: "9f2c41".repeat(10) + "abcd",
        }),
    }
}

/// A day with everything that can need a person.
pub fn full() -> ReportFacts {
    let base = calm();
    let elsewhere = SubscriptionFacts {
        today: None,
        expires_at: Some(at("2026-11-24T00:00")),
        reset: None,
        leak: Some(leak(LeakVerdict::UsedElsewhere, 9_100, 6_200)),
        ..subscription("Airport B", 20_480, 51_200, LeftFacts::NoEstimate)
    };
    let short = SubscriptionFacts {
        blind: Some(Reason::Auth),
        leak: None,
        ..subscription(
            "机场甲",
            96_256,
            102_400,
            LeftFacts::RunsOut { least: 3, most: 5 },
        )
    };
    ReportFacts {
        cause: ReportCause::Late,
        whole: true,
        window: Span {
            end: at("2026-11-21T00:00"),
            ..base.window
        },
        made_at: at("2026-11-21T08:12"),
        missed: Some(MissedDays {
            from: on("2026-11-17"),
            through: on("2026-11-19"),
            sum: Some(kinds(30_100, 9_000)),
        }),
        traffic: Some(traffic()),
        subscriptions: vec![short, elsewhere],
        alerts: vec![
            alert("2026-11-20T16:30", Severity::Warning, None, unread_mailbox()),
            alert(
                "2026-11-20T09:12",
                Severity::Warning,
                Some("2026-11-20T10:40"),
                Message::Program {
                    condition: "channel_unreachable:ops".to_owned(),
                    detail: "no answer".to_owned(),
                },
            ),
        ],
        alerts_more: 3,
        actions: vec![
            action(),
            ReportAction {
                state: IntentState::Abandoned,
                proof: None,
                by_person: true,
                ..action()
            },
        ],
        low: vec![
            low("余额", Level::Critical, "4.20", "CNY"),
            LowFacts {
                blind: Some(Reason::Transient),
                left: None,
                ..low("DeepSeek · 赠送", Level::Blind, "0", "CNY")
            },
        ],
        lapses: vec![LapseFacts {
            start: at("2026-11-20T02:00"),
            end: at("2026-11-20T06:40"),
            cause: "asleep".to_owned(),
        }],
        ..base
    }
}

/// A week in which nobody watched.
pub fn unwatched() -> ReportFacts {
    let base = calm();
    let ghost = DeviceFacts {
        bytes: KindBytes::default(),
        watched: 0,
        restarts: 0,
        ..device("nas", 0, 0, DeviceHeard::Silent { since: None })
    };
    ReportFacts {
        kind: ReportKind::Weekly,
        from: on("2026-11-14"),
        cause: ReportCause::ByHand,
        traffic: Some(TrafficFacts {
            sum: None,
            before: None,
            usual: None,
            devices: vec![ghost],
            nodes: Vec::new(),
            nodes_rest: None,
            groups: Vec::new(),
            days: Vec::new(),
        }),
        subscriptions: Vec::new(),
        calm: 0,
        audit: None,
        ..base
    }
}

/// Names that would do harm in a page, a mark or a line.
pub fn harmful() -> ReportFacts {
    const NAME: &str = "<script>alert(1)</script>\"'&\u{202e}\n👩‍👩‍👧 [x](http://x)";
    let mut facts = full();
    if let Some(traffic) = &mut facts.traffic {
        for device in &mut traffic.devices {
            NAME.clone_into(&mut device.name);
        }
        for shared in traffic.nodes.iter_mut().chain(&mut traffic.groups) {
            NAME.clone_into(&mut shared.name);
        }
    }
    for subscription in &mut facts.subscriptions {
        NAME.clone_into(&mut subscription.name);
    }
    for action in &mut facts.actions {
        NAME.clone_into(&mut action.target.name);
    }
    for low in &mut facts.low {
        NAME.clone_into(&mut low.account);
        NAME.clone_into(&mut low.meter);
    }
    for alert in &mut facts.alerts {
        alert.said = Some(Box::new(blinded(NAME)));
    }
    facts
}

fn message(facts: ReportFacts) -> Message {
    Message::Report {
        report: Box::new(facts),
    }
}

/// Each with a name and how loud it is.
pub fn all() -> Vec<(&'static str, Severity, Message)> {
    vec![
        ("report_calm", Severity::Info, message(calm())),
        ("report_full", Severity::Info, message(full())),
        ("report_unwatched", Severity::Info, message(unwatched())),
    ]
}
