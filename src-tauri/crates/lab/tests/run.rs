//! Plans played to their end: the real engine against the simulated world, in virtual time.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use tidegate_guard::{Belts, RestartPolicy};
use tidegate_lab::line::Line;
use tidegate_lab::plan::{
    At, CloudPlan, Deed, GuardPlan, MachineDeed, Mode, PackagePlan, Plan, ServerPlan, SinkPlan, Storage,
    Timed, VERSION,
};
use tidegate_lab::run::{Run, RunOptions, run};
use tidegate_sim::{Curve, gib, mbit};

/// One server that runs its package dry within hours, guarded by an armed guard.
fn plan() -> Plan {
    let guard = GuardPlan {
        steps: vec!["70%".parse().unwrap(), "95%".parse().unwrap()],
        limit: Some("10 GB".parse().unwrap()),
        countdown_s: 60,
        belts: Belts::default(),
        bandwidth_mbit: None,
        is_forced: false,
        restart: RestartPolicy::SuspendUntilReset,
        starts_after_reset: false,
        is_armed: true,
    };
    let package = PackagePlan {
        name: "flat".to_owned(),
        servers: vec!["edge".to_owned()],
        quota: gib(100),
        used: gib(60),
        lag_s: 0,
        step_s: 60,
        bought: None,
        is_once: false,
        guard: Some(guard),
    };
    let server = ServerPlan {
        name: "edge".to_owned(),
        traffic: Curve::Steady(mbit(30)),
        is_off: false,
        is_locked: false,
        is_protected: false,
    };
    let cloud = CloudPlan {
        name: "main".to_owned(),
        has_act_key: false,
        interval_s: 300,
        interval_near_s: 120,
        servers: vec![server],
        packages: vec![package],
    };
    Plan {
        version: VERSION,
        seed: 7,
        mode: Mode::Safety,
        start: "2026-11-10T00:00:00Z".parse().unwrap(),
        span_s: 6 * 3600,
        zone: "Asia/Shanghai".to_owned(),
        storage: Storage::Memory,
        clouds: vec![cloud],
        purses: Vec::new(),
        mains: Vec::new(),
        devices: Vec::new(),
        subscriptions: Vec::new(),
        renewals: Vec::new(),
        sinks: vec![SinkPlan {
            kind: "feishu".to_owned(),
        }],
        events: Vec::new(),
        heal_at_s: None,
    }
}

fn requests<'a>(run: &'a Run, operation: &'a str) -> impl Iterator<Item = (Option<bool>, u16)> + 'a {
    run.lines.iter().filter_map(move |seen| match &seen.line {
        Line::Request { request, recorded } if request.operation == operation => {
            Some((*recorded, request.status))
        }
        _ => None,
    })
}

#[test]
fn an_armed_guard_stops_the_server_that_runs_its_package_dry_and_the_intent_stood_before() {
    let run = run(&plan(), RunOptions::default());
    assert!(run.breaches.is_empty(), "{:?}", run.breaches);
    let stops: Vec<_> = requests(&run, "ecs.stop").collect();
    assert_eq!(stops, [(Some(true), 200)], "{:#?}", run.figures);
    assert!(
        run.figures.cards >= 4,
        "step, planned, sent, verified: {:#?}",
        run.figures
    );
    assert_eq!(run.figures.seconds, 6 * 3600);
}

#[test]
fn two_runs_of_one_plan_give_the_same_trace_and_another_seed_gives_another() {
    let first = run(&plan(), RunOptions::default());
    let second = run(&plan(), RunOptions::default());
    for (one, other) in first.lines.iter().zip(&second.lines) {
        let text = |seen| serde_json::to_string(seen).unwrap();
        assert_eq!(text(one), text(other));
    }
    assert_eq!(first.trace, second.trace);
    let other = run(&Plan { seed: 8, ..plan() }, RunOptions::default());
    assert_ne!(first.trace, other.trace);
}

/// The same with a crash in the middle, and what else is drawn for it.
fn with(events: Vec<Timed>) -> Plan {
    Plan { events, ..plan() }
}

fn at(at_s: u64, deed: Deed) -> Timed {
    Timed {
        at_s,
        upon: None,
        deed,
    }
}

fn crash(at: At) -> Deed {
    Deed::Machine(MachineDeed::Crash { at, down_s: 5 })
}

fn killed(run: &Run) -> usize {
    let is_kill = |seen: &&tidegate_lab::line::Seen| matches!(seen.line, Line::Ended { killed: true });
    run.lines.iter().filter(is_kill).count()
}

#[test]
fn a_process_that_is_killed_again_and_again_stops_the_server_once_and_carries_on() {
    for storage in [Storage::Memory, Storage::File] {
        let kills = (1..40).map(|n| at(n * 500, crash(At::Now)));
        let run = run(
            &Plan {
                storage,
                ..with(kills.collect())
            },
            RunOptions::default(),
        );
        assert!(run.breaches.is_empty(), "{:?}", run.breaches);
        assert_eq!(killed(&run), 39, "{storage:?}");
        assert_eq!(run.figures.lives, 40, "{storage:?}");
        assert_eq!(
            requests(&run, "ecs.stop").count(),
            1,
            "{storage:?}: {:#?}",
            run.figures
        );
    }
}

#[test]
fn a_kill_comes_at_the_commit_and_at_the_request_that_the_plan_names() {
    for storage in [Storage::Memory, Storage::File] {
        let kills = vec![at(200, crash(At::Commit(7))), at(3000, crash(At::Exchange(3)))];
        let plan = Plan {
            storage,
            ..with(kills)
        };
        let first = run(&plan, RunOptions::default());
        assert_eq!(killed(&first), 2, "{:#?}", first.figures);
        assert_eq!(first.trace, run(&plan, RunOptions::default()).trace);
    }
}

#[test]
fn a_machine_that_sleeps_looks_at_nothing_and_goes_on_by_itself() {
    let sleep = Deed::Machine(MachineDeed::Sleep { for_s: 3600 });
    let run = run(&with(vec![at(600, sleep)]), RunOptions::default());
    assert!(run.breaches.is_empty(), "{:?}", run.breaches);
    let start = plan().start;
    let asked = run.lines.iter().filter_map(|seen| match &seen.line {
        Line::Request { request, .. } => Some(request.at.since(start).as_secs()),
        _ => None,
    });
    let asked: Vec<u64> = asked.collect();
    assert!(
        asked.iter().all(|second| !(610..4200).contains(second)),
        "{asked:?}"
    );
    assert!(asked.iter().any(|second| *second > 4200), "{asked:?}");
}

#[test]
fn what_nobody_could_set_up_is_told_and_not_played() {
    let mut plan = plan();
    plan.zone = "Middle/Earth".to_owned();
    let run = run(&plan, RunOptions::default());
    assert_eq!(run.figures.lives, 0);
    assert_eq!(run.breaches.len(), 1);
    assert!(
        run.breaches[0].said.contains("Middle/Earth"),
        "{:?}",
        run.breaches
    );
}
