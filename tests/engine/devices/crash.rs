//! The process ends around the transaction of a batch. The agent hands in again until it is answered; together they count
//! once.

use tidegate_meter::handover::HandedIn;

use crate::devices::house::*;
use crate::kit::{Fuse, TestTimer, quick_folder, start};

/// Ends at a point; what the agent is answered when it tries again after the next start, and what is counted then.
async fn ended_at(point: &'static str, future: bool) -> (HandedIn, u64, usize) {
    let folder = quick_folder();
    let path = folder.path().join("tidegate.db");
    let timer = TestTimer::new(start());
    let minute = start().minus(MINUTE);
    let at = if future { start().plus(10 * MINUTE) } else { minute };
    let batch = hand_in(start(), 1, vec![flow(minute, 700), flow(at.plus(MINUTE), 11)]);
    let token = {
        let fuse = Fuse::at((point, 1));
        let world = on_file(&path, &timer, "first", Some(fuse.hook())).await;
        let token = enrolled(&world.engine, &world, 1).await;
        fuse.burn(async {
            world.engine.ingest(token, &batch).await.unwrap();
            panic!("it was answered before it ended");
        })
        .await;
        assert!(fuse.is_hit(), "{point}");
        token
    };
    wait(&timer, MINUTE).await;
    let world = on_file(&path, &timer, "second", None).await;
    let answered = verdict(&world.engine, token, &batch).await;
    assert_eq!(
        verdict(&world.engine, token, &batch).await,
        match answered {
            HandedIn::Quarantined => HandedIn::Quarantined,
            _ => HandedIn::Repeated,
        }
    );
    let kept = world.store.quarantined(&nas()).await.unwrap();
    (answered, total(&world.store).await, kept)
}

#[tokio::test(start_paused = true)]
async fn ended_before_the_transaction_nothing_of_a_batch_is_there_and_it_counts_when_it_comes_again() {
    assert_eq!(ended_at("ingest.before", false).await, (HandedIn::Stored, 711, 0));
    assert_eq!(
        ended_at("ingest.before", true).await,
        (HandedIn::Quarantined, 0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn ended_after_it_a_batch_is_there_though_nobody_was_answered_and_counts_no_second_time() {
    assert_eq!(
        ended_at("ingest.committed", false).await,
        (HandedIn::Repeated, 711, 0)
    );
    assert_eq!(
        ended_at("ingest.committed", true).await,
        (HandedIn::Quarantined, 0, 1)
    );
}
