//! A batch of an agent with one thing broken, about two hundred times: it is refused, kept aside, or counted as it says;
//! never a panic, never other bytes than were told.

use tidegate_engine::Taken;
use tidegate_meter::handover::{EnrolBody, HandIn, HandedIn};

use crate::devices::house::*;
use crate::devices::mutate::json::mutants;
use crate::devices::mutate::mutant::Kind;

#[tokio::test(start_paused = true)]
async fn a_broken_batch_is_counted_as_it_says_or_not_at_all() {
    let house = House::new().await;
    let minute = house.minute();
    let body = serde_json::to_string(&house.hand_in(1, vec![flow(minute, 700), flow(minute, 5)])).unwrap();
    let (mut refused, mut aside) = (0, 0);
    let mut sequence = 1;
    for mutant in mutants("hand-in", &body) {
        let Ok(mut told) = serde_json::from_slice::<HandIn>(&mutant.bytes) else {
            refused += 1;
            continue;
        };
        sequence += 1;
        // Each of them the next one of its device, unless its number is what was broken.
        if told.batch.sequence == 1 {
            told.batch.sequence = sequence;
        }
        let before = house.total().await;
        let taken = house.world.engine.ingest(house.token, &told).await.unwrap();
        let counted = house.total().await - before;
        let Taken::Receipt(receipt) = taken else {
            refused += 1;
            assert_eq!(counted, 0, "{}", mutant.what);
            continue;
        };
        if receipt.verdict == HandedIn::Stored {
            let said = told.batch.flows.iter().map(|flow| flow.bytes.total().unwrap());
            assert_eq!(counted, said.sum::<u64>(), "{}", mutant.what);
            let is_number = matches!(mutant.kind, Kind::Huge | Kind::Negative);
            let is_rows = matches!(mutant.kind, Kind::Dropped | Kind::Repeated);
            let is_same = counted == 705;
            assert!(
                is_same || is_number || is_rows || !mutant.before.is_empty(),
                "{}: {counted}",
                mutant.what
            );
        } else {
            aside += 1;
            assert_eq!(counted, 0, "{}", mutant.what);
        }
        assert!(told.batch.sequence < u64::MAX, "{}", mutant.what);
    }
    assert!(refused >= 100 && aside >= 1, "{refused} refused, {aside} aside");
}

#[test]
fn a_broken_wish_to_enrol_is_none_and_shows_no_code() {
    let body = r#"{"code":"FAKE-canary-code","agent":"0.1.0","system":"linux x86_64"}"#;
    let mut refused = 0;
    for mutant in mutants("enrol", body) {
        match serde_json::from_slice::<EnrolBody>(&mutant.bytes) {
            Ok(told) => assert!(!format!("{told:?}").contains("canary"), "{}", mutant.what),
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().contains("canary"), "{}: {error}", mutant.what);
            }
        }
    }
    assert!(refused >= 50, "{refused}");
}
