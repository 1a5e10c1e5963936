//! The account of an action is not there any more: nothing of it can be checked or followed.

use tidegate_guard::{ActionKind, IntentState as S};
use tidegate_meter::AccountId;

use crate::intents::house::{acts, recorded, row, since_start, wish};

#[tokio::test(start_paused = true)]
async fn without_its_account_an_action_ends_by_the_way_that_its_state_allows() {
    let ways: [(S, &[S], &str); 7] = [
        (S::Planned, &[S::Cancelled], "cancelled"),
        (S::Rechecked, &[S::Cancelled], "cancelled"),
        (S::Sent, &[S::Unknown, S::Abandoned], "abandoned"),
        (
            S::Accepted,
            &[S::Verifying, S::Unknown, S::Abandoned],
            "abandoned",
        ),
        (S::Verifying, &[S::Unknown, S::Abandoned], "abandoned"),
        (S::Unknown, &[S::Abandoned], "abandoned"),
        (S::Failed, &[S::Cancelled], "cancelled"),
    ];
    for (state, way, told) in ways {
        let (mut wished, detail) = wish(state, ActionKind::Stop);
        wished.account = AccountId::new("removed").unwrap();
        let world = recorded((wished, detail)).await;
        world.engine.run().await.unwrap();
        world.pass(60).await;
        let row = row(&world).await;
        assert_eq!(row.state, *way.last().unwrap(), "{state:?}: {:?}", world.story());
        assert_eq!((since_start(row.updated_at), since_start(row.next_at)), (0, 0));
        let moves = world.store.intent_events(row.id).await.unwrap();
        let gone: Vec<S> = moves.iter().skip(1).map(|event| event.to).collect();
        assert_eq!(gone, way, "{state:?}");
        assert_eq!((world.count(told), acts(&world)), (1, vec![]), "{state:?}");
    }
}
