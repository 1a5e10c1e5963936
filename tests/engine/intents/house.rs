//! A world that starts on the record of one action, as an ended process left it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tidegate_engine::config::Config;
use tidegate_engine::intent::{IntentDetail, Person};
use tidegate_engine::{CrashHook, Engine};
use tidegate_guard::{ActionKind, IntentState, PowerState};
use tidegate_meter::{AccountId, Clock as _, Reason, RowId, Time};
use tidegate_providers::{ProviderError, ProviderErrorKind};
use tidegate_store::{Batch, IntentEventRow, IntentRow, Store, Write};

use crate::kit::{self, Cloud, FakeOutside, TestTimer, Told, World};

/// An hour before the world begins: nothing of the record was written now.
pub(crate) fn earlier() -> Time {
    Time::from_ms(kit::start().ms() - 3_600_000)
}

/// What a person wished for, in a state, before anything of it was done.
pub(crate) fn wish(state: IntentState, action: ActionKind) -> (IntentRow, IntentDetail) {
    let timer = TestTimer::new(kit::start());
    let detail = IntentDetail {
        account_name: "account hw".to_owned(),
        person: Some(Person {
            by: "me".to_owned(),
            typed_name: "server-hw".to_owned(),
        }),
        ..IntentDetail::default()
    };
    let row = IntentRow {
        id: RowId::new(earlier(), [7; 10]),
        guard: None,
        account: AccountId::new("hw").unwrap(),
        meter: None,
        action,
        target: Cloud::new("hw", &timer).target(),
        window_start: Time::from_ms(0),
        state,
        due: earlier(),
        next_at: earlier(),
        tries: 0,
        detail: serde_json::Value::Null,
        created_at: earlier(),
        updated_at: earlier(),
    };
    (row, detail)
}

/// A stop whose request left when the world began, and whose answer nobody has.
pub(crate) fn left(state: IntentState) -> (IntentRow, IntentDetail) {
    let (row, detail) = wish(state, ActionKind::Stop);
    let detail = IntentDetail {
        before: Some(PowerState::Running),
        sent_at: Some(kit::start()),
        left: true,
        ..detail
    };
    (row, detail)
}

/// Configured, with this one action in its record; not running yet.
pub(crate) async fn recorded((row, detail): (IntentRow, IntentDetail)) -> World {
    recorded_in((row, detail), None, |config| config.guards.clear()).await
}

/// What happens the first time a labelled point is passed.
pub(crate) type Once = (&'static str, fn(&Engine, &TestTimer));

/// The same with something that happens at a labelled point, and other guards.
pub(crate) async fn recorded_in(
    (row, detail): (IntentRow, IntentDetail),
    once: Option<Once>,
    change: impl FnOnce(&mut Config),
) -> World {
    let world = empty(once, change).await;
    put(&world, row, &detail).await;
    world
}

/// Configured, with nothing in its record; not running yet.
pub(crate) async fn empty(once: Option<Once>, change: impl FnOnce(&mut Config)) -> World {
    let timer = TestTimer::new(kit::start());
    let engine: Arc<OnceLock<Engine>> = Arc::default();
    let hook = once.map(|once| hook(once, &engine, &timer));
    let clouds = [(AccountId::new("hw").unwrap(), Cloud::new("hw", &timer))];
    let outside = Arc::new(FakeOutside {
        clouds: Mutex::new(clouds.into_iter().collect()),
        sinks: Mutex::default(),
        timer: Arc::clone(&timer),
    });
    let store = Store::open(kit::store_options(None, &timer, "one")).unwrap();
    let world = World::on(store, outside, Arc::default(), timer, hook).await;
    assert!(engine.set(world.engine.clone()).is_ok());
    let mut config = kit::config(&["hw"]);
    change(&mut config);
    world.engine.configure(config, "test").await.unwrap();
    world
}

fn hook((point, act): Once, engine: &Arc<OnceLock<Engine>>, timer: &Arc<TestTimer>) -> CrashHook {
    let (engine, timer, passed) = (Arc::clone(engine), Arc::clone(timer), AtomicBool::new(false));
    Arc::new(move |label| {
        if label == point && !passed.swap(true, Ordering::SeqCst) {
            act(engine.get().unwrap(), &timer);
        }
    })
}

/// Writes an action into the record.
pub(crate) async fn put(world: &World, row: IntentRow, detail: &IntentDetail) {
    let row = IntentRow {
        detail: serde_json::to_value(detail).unwrap(),
        ..row
    };
    let event = IntentEventRow {
        intent: row.id,
        from: None,
        to: row.state,
        at: row.created_at,
        facts: serde_json::Value::Null,
    };
    let mut batch = Batch::default();
    batch.push(Write::Intent(row, event));
    world.store.write(batch).await.unwrap();
}

/// Running on this record, with the provider as `change` makes it.
pub(crate) async fn resumed(
    record: (IntentRow, IntentDetail),
    change: impl FnOnce(&mut kit::CloudState),
) -> World {
    let world = recorded(record).await;
    world.cloud("hw").set(change);
    world.engine.run().await.unwrap();
    world
}

pub(crate) fn says(power: PowerState) -> Told {
    Ok((power, Some(false)))
}

/// No answer, and when to ask again.
pub(crate) fn silent(rest: Option<Duration>) -> Told {
    Err(ProviderError {
        retry_after: rest,
        ..kit::error(ProviderErrorKind::Blind(Reason::Transient), "no answer")
    })
}

pub(crate) async fn row(world: &World) -> IntentRow {
    world.intents().await.pop().unwrap()
}

pub(crate) fn detail(row: &IntentRow) -> IntentDetail {
    serde_json::from_value(row.detail.clone()).unwrap()
}

/// Until an event of this name was told so many times; a test that waits for longer than three hours fails.
pub(crate) async fn until(world: &World, name: &str, count: usize) {
    for _ in 0..10_800 {
        if world.count(name) >= count {
            return;
        }
        world.pass(1).await;
    }
    panic!("no {name} in three hours: {:?}", world.story());
}

/// When events of this name were told, in whole seconds since the world began.
pub(crate) fn times(world: &World, name: &str) -> Vec<u64> {
    seconds(world.events().iter().filter(|event| event["event"] == name))
}

/// When looks at the state were told.
pub(crate) fn looks(world: &World) -> Vec<u64> {
    let events = world.events();
    let looked = |event: &&serde_json::Value| event["event"] == "verifying" && !event["power"].is_null();
    seconds(events.iter().filter(looked))
}

fn seconds<'a>(events: impl Iterator<Item = &'a serde_json::Value>) -> Vec<u64> {
    events
        .map(|event| {
            let at: Time = event["at"].as_str().unwrap().parse().unwrap();
            since_start(at)
        })
        .collect()
}

/// In whole seconds since the world began, to the nearest one.
pub(crate) fn since_start(at: Time) -> u64 {
    u64::try_from((at.ms_since(kit::start()) + 500).div_euclid(1000)).unwrap()
}

/// The messages with this code, as data, groups opened.
pub(crate) fn messages(world: &World, code: &str) -> Vec<serde_json::Value> {
    let all = world.sink("ops").messages();
    let values = all.iter().map(|message| serde_json::to_value(message).unwrap());
    values
        .flat_map(|value| match value["messages"].as_array() {
            Some(group) => group.clone(),
            None => vec![value],
        })
        .filter(|value| value["code"] == code)
        .collect()
}

/// The one message with this code.
pub(crate) fn message(world: &World, code: &str) -> serde_json::Value {
    let mut told = messages(world, code);
    assert_eq!(told.len(), 1, "{code}: {:?}", world.story());
    told.remove(0)
}

pub(crate) fn acts(world: &World) -> Vec<ActionKind> {
    world
        .cloud("hw")
        .get(|state| state.acts.iter().map(|act| act.1).collect())
}

pub(crate) fn now(world: &World) -> u64 {
    since_start(world.timer.now().wall)
}
