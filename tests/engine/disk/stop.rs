//! The story of a stop, on a disk that fails at each of its calls.

use std::collections::BTreeMap;

use tidegate_disk::{Call, Fault, Refusal, Then};
use tidegate_store::Opened;

use crate::disk::house::{House, Prepared};

/// From the package that runs dry, or from the end of a failure, to the proof of the stop: two looks, the countdown, the
/// stop, and what a failed write puts off.
const STORY: u64 = 1500;
/// How long a failure lasts that does not end by itself: longer than the whole story.
const TROUBLE: u64 = 1200;
/// Nothing failed for so long: by then the database counts as whole again (`UNWRITABLE_OVER`), and the next look notes it.
const OVER: u64 = 600 + 300;

/// What went wrong where, by the number of the call that failed.
type Wrong = BTreeMap<u32, Vec<String>>;

/// How many calls of these kinds the story has.
async fn count(prepared: &Prepared, calls: &[Call]) -> u32 {
    let house = prepared.begin().await;
    let before = house.disk.count(calls);
    house.run_dry();
    assert!(house.until(STORY, House::is_over).await);
    assert_eq!(house.wrong(0).await, [""; 0]);
    assert_eq!(house.told_unwritable(), 0);
    house.disk.count(calls) - before
}

/// Plays the story once for every `step`-th of these calls.
async fn sweep(calls: &[Call], step: usize, play: impl AsyncFn(&Prepared, u32) -> Vec<String>) {
    let prepared = Prepared::new().await;
    let calls = count(&prepared, calls).await;
    assert!(calls > 100, "only {calls} calls");
    let mut wrong = Wrong::new();
    for nth in (1..=calls).step_by(step) {
        let said = play(&prepared, nth).await;
        if !said.is_empty() {
            wrong.insert(nth, said);
        }
    }
    assert!(wrong.is_empty(), "of {calls} calls:\n{wrong:#?}");
}

/// The call `nth` of the story fails, once.
async fn fails_once(prepared: &Prepared, nth: u32, refusal: Refusal) -> Vec<String> {
    let house = prepared.begin().await;
    house.disk.fail(Fault {
        calls: &Call::CHANGES,
        nth,
        refusal,
        then: Then::Whole,
    });
    house.run_dry();
    let in_time = house.until(STORY + OVER, House::is_over).await;
    house
        .until(OVER, |house| house.world.engine.pulse().writable)
        .await;
    let mut wrong = house.wrong(0).await;
    if !in_time {
        wrong.push("it did not come to its end".to_owned());
    }
    if house.disk.refused() != 1 {
        wrong.push(format!("{} calls failed", house.disk.refused()));
    }
    let (noticed, told) = (house.noticed(), house.told_unwritable());
    if noticed > 1 || told != noticed {
        wrong.push(format!("noticed {noticed} times, told {told} times"));
    }
    wrong
}

/// From the call `nth` of the story on everything fails, until the disk is healed.
async fn fails_for_long(prepared: &Prepared, nth: u32, refusal: Refusal) -> Vec<String> {
    let house = prepared.begin().await;
    house.disk.fail(Fault {
        calls: &Call::CHANGES,
        nth,
        refusal,
        then: Then::Failing,
    });
    house.run_dry();
    if !house.until(STORY, |house| house.disk.is_failing()).await {
        return vec!["the call was not met".to_owned()];
    }
    house.world.pass(TROUBLE).await;
    let told = house.told_unwritable();
    house.disk.heal();
    let healed = house
        .until(OVER, |house| house.world.engine.pulse().writable)
        .await;
    let in_time = house.until(STORY, House::is_over).await;
    let mut wrong = house.wrong(0).await;
    if told != 1 || house.told_unwritable() != 1 {
        wrong.push(format!("told {told} times, then {}", house.told_unwritable()));
    }
    if !healed || !in_time {
        wrong.push(format!("it did not recover: writable {healed}, over {in_time}"));
    }
    wrong
}

#[tokio::test(start_paused = true)]
async fn any_call_that_fails_once_costs_no_more_than_time() {
    sweep(&Call::CHANGES, 1, async |prepared, nth| {
        fails_once(prepared, nth, Refusal::Failed).await
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_is_full_from_any_call_on_stops_nothing_and_it_goes_on_when_there_is_room() {
    sweep(&Call::CHANGES, 6, async |prepared, nth| {
        fails_for_long(prepared, nth, Refusal::Full).await
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_is_read_only_from_any_call_on_stops_nothing_and_it_goes_on_when_it_is_not() {
    sweep(&Call::CHANGES, 7, async |prepared, nth| {
        fails_for_long(prepared, nth, Refusal::ReadOnly).await
    })
    .await;
}

/// Every `nth` of these calls fails, for longer than the story takes.
async fn fails_again_and_again(prepared: &Prepared, calls: &'static [Call], nth: u32) -> Vec<String> {
    let house = prepared.begin().await;
    house.disk.fail(Fault {
        calls,
        nth,
        refusal: Refusal::Failed,
        then: Then::Again,
    });
    house.run_dry();
    house.world.pass(TROUBLE).await;
    house.disk.heal();
    house
        .until(OVER, |house| house.world.engine.pulse().writable)
        .await;
    let in_time = house.until(STORY, House::is_over).await;
    let mut wrong = house.wrong(0).await;
    if house.disk.refused() < 2 {
        wrong.push(format!("only {} calls failed", house.disk.refused()));
    }
    if house.told_unwritable() != 1 || !in_time {
        wrong.push(format!("over {in_time}, told {} times", house.told_unwritable()));
    }
    wrong
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_fails_at_every_other_third_or_seventh_call_is_told_once_and_stops_once() {
    let prepared = Prepared::new().await;
    let kinds: [&'static [Call]; 3] = [&[Call::Sync], &[Call::Write], &Call::CHANGES];
    for calls in kinds {
        for nth in [2, 3, 5, 7] {
            let wrong = fails_again_and_again(&prepared, calls, nth).await;
            assert!(wrong.is_empty(), "{nth} of {calls:?}: {wrong:#?}");
        }
    }
}

/// The write `nth` of the story is torn and the process dies; where `seed` is one, the power goes as well, and half of what
/// was not durable is lost.
async fn dies_in_a_write(prepared: &Prepared, nth: u32, seed: Option<u64>) -> Vec<String> {
    let house = prepared.begin().await;
    dies_in(house, nth, seed).await
}

/// The same in a house that has begun.
pub(crate) async fn dies_in(house: House, nth: u32, seed: Option<u64>) -> Vec<String> {
    house
        .disk
        .tear(nth, TORN[usize::try_from(nth).unwrap() % TORN.len()]);
    house.run_dry();
    if !house.until(STORY, |house| house.disk.is_dead()).await {
        return vec!["the write was not met".to_owned()];
    }
    let reached = seed.map(|seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        move || random.bool()
    });
    let house = match house.again(reached).await {
        Ok(house) => house,
        Err(error) => return vec![format!("the next process did not begin: {error}")],
    };
    let mut wrong = Vec::new();
    if *house.world.store.opened_as() != Opened::Existing {
        wrong.push(format!("opened as {:?}", house.world.store.opened_as()));
    }
    if !house.until(STORY + OVER, House::is_over).await {
        wrong.push("it did not come to its end".to_owned());
    }
    wrong.extend(house.wrong(1).await);
    if house.told_unwritable() > 0 {
        wrong.push("a dead process said that nothing can be written".to_owned());
    }
    wrong
}

/// Bytes of a torn write that reach the file: none, into a head of a frame, into a page, half of one, all but one.
const TORN: [usize; 6] = [0, 1, 20, 700, 1024, 2047];

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_in_the_middle_of_any_write_is_followed_by_one_that_ends_its_story() {
    sweep(&[Call::Write], 3, async |prepared, nth| {
        dies_in_a_write(prepared, nth, None).await
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn power_that_goes_in_the_middle_of_any_write_loses_nothing_that_was_told() {
    sweep(&[Call::Write], 3, async |prepared, nth| {
        dies_in_a_write(prepared, nth, Some(u64::from(nth))).await
    })
    .await;
}
