//! The disk fails at any call of a disable: nothing is closed without its record, and it comes to its end by itself.

use tidegate_disk::{Call, Disk, Fault, Refusal, Then};
use tidegate_guard::IntentState;
use tidegate_meter::Clock as _;
use tidegate_store::{AuditVerdict, OpenOptions, Store};

use crate::kit::{self, TestTimer, store_options};
use crate::quotas::bank::Bank;
use crate::quotas::disabling::armed_in;
use crate::quotas::house::{House, quota_config};

/// Alice used up her quota on a disk that fails at the call `nth`, until it is healed or once. How many calls there were.
async fn story(nth: Option<u32>, then: Then) -> u32 {
    let dir = kit::folder();
    let timer = TestTimer::new(kit::start());
    let (bank, disk) = (Bank::new(&timer), Disk::new().unwrap());
    let options = OpenOptions {
        vfs: Some(disk.name().to_owned()),
        ..store_options(Some(&dir.path().join("tidegate.db")), &timer, "guard")
    };
    let house = House::over(Store::open(options).unwrap(), &timer, &bank).await;
    house.engine.configure(quota_config(), "test").await.unwrap();
    house.engine.run().await.unwrap();
    house.pass(1).await;
    let house = armed_in(house).await;
    let before = disk.count(&Call::CHANGES);
    if let Some(nth) = nth {
        disk.fail(Fault {
            calls: &Call::CHANGES,
            nth,
            refusal: Refusal::Failed,
            then,
        });
    }
    house.bank.costs("web", "101");
    house.pass(3600).await;
    let calls = disk.count(&Call::CHANGES) - before;
    let begun = house.states().await;
    assert!(
        !house.bank.is_closed("1") || begun.iter().any(|state| *state != IntentState::Planned),
        "closed without a record: {begun:?}"
    );
    disk.heal();
    house.pass(2 * 3600).await;
    assert_eq!(
        house.states().await,
        [IntentState::Verified],
        "call {nth:?} of {calls}"
    );
    assert!(
        house.bank.is_closed("1") && !house.bank.is_closed("2"),
        "call {nth:?} of {calls}"
    );
    let verdict = house.store.audit_verify(None).await;
    assert!(
        matches!(verdict, Ok(AuditVerdict::Intact { .. })),
        "{verdict:?} at {:?}",
        timer.now()
    );
    let told = house.sink().count("program");
    assert!(told <= 1, "call {nth:?} of {calls}: told {told} times");
    assert!(
        nth.is_none() || then == Then::Whole || told == 1,
        "call {nth:?}: it was not told"
    );
    calls
}

#[tokio::test(start_paused = true)]
async fn a_disable_ends_well_whichever_call_of_the_disk_fails() {
    let calls = story(None, Then::Whole).await;
    assert!(calls > 50, "only {calls} calls");
    let step = usize::try_from(calls / 10).unwrap().max(1);
    for nth in (1..=calls).step_by(step) {
        story(Some(nth), Then::Whole).await;
    }
    for nth in (1..=calls).step_by(2 * step) {
        story(Some(nth), Then::Failing).await;
    }
}
