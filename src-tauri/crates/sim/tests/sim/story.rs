//! A story's time waits for whoever tells it.

use std::time::Duration;

use tidegate_egress::Timer as _;
use tidegate_meter::{Clock as _, Time};
use tidegate_sim::story::StoryTimer;

const START: Time = Time::from_ms(1_767_225_600_000);
const MINUTE: Duration = Duration::from_secs(60);

/// Real milliseconds, as the paused runtime counts them, that `work` takes.
#[expect(
    clippy::disallowed_methods,
    reason = "the runtime's paused time is what the test measures"
)]
async fn real_ms(work: impl Future<Output = ()>) -> u128 {
    let begun = tokio::time::Instant::now();
    work.await;
    begun.elapsed().as_millis()
}

#[tokio::test(start_paused = true)]
async fn a_minute_of_a_fast_story_is_short_and_both_clocks_tell_it() {
    let story = StoryTimer::start(START, 100);
    let real = real_ms(story.sleep(MINUTE)).await;
    assert!((600..=606).contains(&real), "{real}");
    let now = story.now();
    assert!(now.wall >= START.plus(MINUTE));
    assert_eq!(now.wall.since(START).as_millis(), u128::from(now.mono.0));
}

#[tokio::test(start_paused = true)]
async fn while_the_outside_is_asked_time_is_real() {
    let story = StoryTimer::start(START, 100);
    let at_work = story.at_work();
    let real = real_ms(story.sleep(Duration::from_secs(2))).await;
    assert!((2000..=2006).contains(&real), "{real}");
    drop(at_work);
    let real = real_ms(story.sleep(Duration::from_secs(2))).await;
    assert!(real <= 26, "{real}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_stands_still_loses_time_instead_of_making_it_up() {
    let story = StoryTimer::start(START, 100);
    story.sleep(MINUTE).await;
    let before = story.now().wall;
    tokio::time::advance(Duration::from_secs(10)).await;
    story.sleep(Duration::from_millis(1)).await;
    assert!(story.now().wall.since(before) < Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_less_goes_on_first() {
    let story = StoryTimer::start(START, 1000);
    let (short, long) = (story.sleep(MINUTE), story.sleep(2 * MINUTE));
    tokio::select! {
        biased;
        () = long => panic!("the longer wait ended first"),
        () = short => {}
    }
}
