//! Stories, in both languages, as a person reads them.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use tidegate_engine::Event;
use tidegate_guard::{ActionKind, Limit, Step};
use tidegate_lab::check::{Breach, Invariant};
use tidegate_lab::line::{Line, Seen};
use tidegate_lab::plan::{
    At, CloudPlan, Deed, GuardPlan, MachineDeed, Mode, PackagePlan, Plan, ServerPlan, Shape, Storage, Timed,
    WorldDeed,
};
use tidegate_lab::story::tell;
use tidegate_meter::{
    AccountId, GuardId, Lang, MeterId, Quantity, RowId, Target, TargetId, TargetKind, Time, Unit,
};
use tidegate_sim::{Curve, Fault, Lie, LoggedRequest, gib, mbit};

const START: &str = "2026-11-30T04:00:00Z";

fn at(hours: i64, minutes: i64) -> Time {
    let start: Time = START.parse().unwrap();
    Time::from_ms(start.ms() + (hours * 60 + minutes) * 60_000)
}

fn server(name: &str, traffic: Curve) -> ServerPlan {
    ServerPlan {
        name: name.to_owned(),
        traffic,
        is_off: false,
        is_locked: false,
        is_protected: false,
    }
}

fn package(name: &str, server: &str) -> PackagePlan {
    PackagePlan {
        name: name.to_owned(),
        servers: vec![server.to_owned()],
        quota: gib(200),
        used: gib(188),
        lag_s: 3600,
        step_s: 600,
        bought: None,
        is_once: false,
        guard: Some(GuardPlan {
            steps: vec![Step::Share(Quantity::from_raw(950_000, Unit::Percent))],
            limit: Some(Limit::Headroom(Quantity::bytes(gib(5)))),
            countdown_s: 300,
            belts: tidegate_guard::Belts::default(),
            bandwidth_mbit: Some(30),
            is_forced: false,
            restart: tidegate_guard::RestartPolicy::StopAgain,
            starts_after_reset: false,
            is_armed: true,
        }),
    }
}

fn cloud(name: &str, numbers: [&str; 2]) -> CloudPlan {
    let [server_name, package_name] = numbers;
    CloudPlan {
        name: name.to_owned(),
        has_act_key: true,
        interval_s: 300,
        interval_near_s: 120,
        servers: vec![server(server_name, Curve::Steady(mbit(30)))],
        packages: vec![package(package_name, server_name)],
    }
}

fn zero() -> Deed {
    let fault = Fault::new(Lie::AmountZero).account("alder").about("p11");
    let fault = fault.lasting(tidegate_sim::minutes(40)).times(3);
    Deed::World(WorldDeed::Lie { fault })
}

fn crash() -> Deed {
    Deed::Machine(MachineDeed::Crash {
        at: At::Commit(3),
        down_s: 5,
    })
}

/// Two accounts, of which a story of the first one's guard tells only the first.
fn plan() -> Plan {
    Plan {
        start: START.parse().unwrap(),
        zone: "Asia/Shanghai".to_owned(),
        mode: Mode::Safety,
        storage: Storage::Memory,
        heal_at_s: None,
        clouds: vec![cloud("alder", ["s11", "p11"]), cloud("birch", ["s21", "p21"])],
        purses: Vec::new(),
        mains: Vec::new(),
        devices: Vec::new(),
        subscriptions: Vec::new(),
        renewals: Vec::new(),
        events: vec![Timed {
            at_s: 7200,
            upon: None,
            deed: zero(),
        }],
        ..Plan::draw(17, &Shape::standard().mode(Some(Mode::Safety)))
    }
}

fn seen(at: Time, line: Line) -> Seen {
    Seen { at, mono_ms: 0, line }
}

fn reading(when: Time, account: &str, name: &str, left: i64) -> Seen {
    let event = Event::Reading {
        at: when,
        account: AccountId::new(account).unwrap(),
        meter: MeterId::new(name).unwrap(),
        name: name.to_owned(),
        used: None,
        limit: None,
        remaining: Some(Quantity::bytes(left)),
        window: None,
        as_of: when,
        level: tidegate_guard::Level::default(),
    };
    seen(when, Line::Event { event })
}

fn target() -> Target {
    Target {
        kind: TargetKind::Server,
        id: TargetId::new("id-of-s11").unwrap(),
        name: "s11".to_owned(),
        region: "cn-north-4".to_owned(),
    }
}

fn stop(when: Time) -> Seen {
    let request = LoggedRequest {
        at: when,
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: String::new(),
        operation: "ecs.stop".to_owned(),
        account: Some("alder".to_owned()),
        key: None,
        servers: vec!["s11".to_owned()],
        unseen: false,
        status: 200,
        code: None,
        forced: false,
    };
    seen(
        when,
        Line::Request {
            request,
            recorded: Some(true),
        },
    )
}

fn lines() -> Vec<Seen> {
    let mut lines = vec![seen(at(0, 0), Line::Began { life: 1 })];
    for look in 0..24 {
        lines.push(reading(
            at(0, 5 * look),
            "alder",
            "p11",
            gib(12) - look * 400_000_000,
        ));
        lines.push(reading(at(0, 5 * look), "birch", "p21", gib(9)));
    }
    lines.push(seen(at(2, 0), Line::Deed { deed: zero() }));
    lines.push(reading(at(2, 5), "alder", "p11", 0));
    lines.push(seen(at(2, 6), Line::Deed { deed: crash() }));
    lines.push(seen(at(2, 7), Line::Ended { killed: true }));
    lines.push(seen(at(2, 8), Line::Began { life: 2 }));
    lines.push(reading(at(2, 9), "alder", "p11", 0));
    let planned = Event::Planned {
        at: at(2, 9),
        intent: RowId::new(at(2, 9), [7; 10]),
        guard: Some(GuardId::new("alder-p11").unwrap()),
        meter: None,
        account: AccountId::new("alder").unwrap(),
        action: ActionKind::Stop,
        target: target(),
        due: at(2, 14),
    };
    lines.push(seen(at(2, 9), Line::Event { event: planned }));
    let card = |text: &str, is_repeat| Line::Card {
        platform: "feishu".to_owned(),
        text: text.to_owned(),
        is_repeat,
    };
    lines.push(seen(at(2, 10), card("\n p11 will be stopped\nmore", false)));
    lines.push(seen(at(2, 10), card("p21 is well", false)));
    lines.push(stop(at(2, 14)));
    lines.push(seen(at(2, 15), card("p11 will be stopped", true)));
    lines
}

fn breach() -> Breach {
    Breach {
        invariant: Invariant::S4,
        at: at(2, 14),
        said: "s11 was stopped on two readings of 0 bytes, and 2.7 GiB were left".to_owned(),
        about: "alder-p11".to_owned(),
    }
}

#[test]
fn a_stop_without_truth_is_told_in_both_languages() {
    let both = [Lang::Zh, Lang::En].map(|lang| tell(&plan(), &lines(), &[breach()], lang));
    insta::assert_snapshot!(both.join("\n\n"));
}

#[test]
fn only_what_touches_the_subject_is_told() {
    let story = tell(&plan(), &lines(), &[breach()], Lang::En);
    assert!(!story.contains("birch") && !story.contains("p21"), "{story}");
    assert!(!story.contains("a repeat"), "what came after the breach: {story}");
}

#[test]
fn a_run_that_kept_everything_tells_of_everybody() {
    let story = tell(&plan(), &lines(), &[], Lang::En);
    assert!(
        story.contains("birch") && story.contains("24 looks at p21"),
        "{story}"
    );
    assert!(story.ends_with("Every promise was kept."), "{story}");
}

#[test]
fn a_long_story_keeps_its_beginning_and_its_end() {
    let mut lines = lines();
    let more = (0..300).map(|minute| {
        let deed = Deed::World(WorldDeed::Latency { ms: minute + 1 });
        seen(at(3, i64::try_from(minute).unwrap()), Line::Deed { deed })
    });
    lines.extend(more);
    let story = tell(&plan(), &lines, &[], Lang::Zh);
    assert!((10..=30).contains(&story.lines().count()), "{story}");
    assert!(
        story.contains("守护开始") && story.contains("300 毫秒") && story.contains("略去"),
        "{story}"
    );
}

#[test]
fn the_same_again_is_one_line() {
    let again = (0..5).map(|minute| {
        seen(
            at(0, minute),
            Line::Deed {
                deed: Deed::World(WorldDeed::Latency { ms: 5 }),
            },
        )
    });
    let story = tell(&plan(), &again.collect::<Vec<_>>(), &[], Lang::En);
    assert!(
        story.contains("every answer takes 5 ms from now on ×5"),
        "{story}"
    );
}

#[test]
fn every_drawn_deed_and_member_has_words() {
    for seed in 0..60 {
        let plan = Plan::draw(seed, &Shape::large());
        let lines: Vec<Seen> = plan
            .events
            .iter()
            .map(|timed| {
                seen(
                    plan.start,
                    Line::Deed {
                        deed: timed.deed.clone(),
                    },
                )
            })
            .collect();
        for line in lines {
            let [zh, en] = [Lang::Zh, Lang::En].map(|lang| {
                let story = tell(&plan, std::slice::from_ref(&line), &[], lang);
                let told = story.lines().rev().nth(1).unwrap().to_owned();
                let (_, words) = told.split_once("  ").expect("a moment and words");
                words.to_owned()
            });
            assert!(
                zh.chars().count() > 3 && en.chars().count() > 8 && zh != en,
                "{zh} {en}"
            );
        }
    }
}
