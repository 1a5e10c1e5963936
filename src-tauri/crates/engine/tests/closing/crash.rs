//! The process ends at every labelled point of a disable and of a restore, and starts again on the same file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_engine::CrashHook;
use tidegate_engine::crash::POINTS;
use tidegate_guard::{Hatch, IntentState, Piece};

use crate::house::{Ground, House, closure, consent, detail};
use crate::iam::{IDLE_KEY, KEY, key};

/// The points between two pieces.
const OURS: [&str; 5] = [
    "closure.asked.before",
    "closure.asked.committed",
    "closure.answered",
    "closure.done.before",
    "closure.done.committed",
];

/// When the process ends.
#[derive(Clone)]
struct Fuse {
    label: &'static str,
    /// At the so many-th passing, from 1.
    nth: usize,
    armed: Arc<AtomicBool>,
    passed: Arc<std::sync::atomic::AtomicUsize>,
    hit: Arc<AtomicBool>,
}

impl Fuse {
    fn new(label: &'static str, nth: usize) -> Self {
        Self {
            label,
            nth,
            armed: Arc::default(),
            passed: Arc::default(),
            hit: Arc::default(),
        }
    }

    fn hook(&self) -> CrashHook {
        let fuse = self.clone();
        Arc::new(move |label| {
            let counts = label == fuse.label && fuse.armed.load(Ordering::SeqCst);
            let nth = usize::from(counts) + fuse.passed.fetch_add(usize::from(counts), Ordering::SeqCst);
            if fuse.hit.load(Ordering::SeqCst) || (counts && nth == fuse.nth) {
                fuse.hit.store(true, Ordering::SeqCst);
                panic!("the process ends at {label}");
            }
        })
    }

    fn is_hit(&self) -> bool {
        self.hit.load(Ordering::SeqCst)
    }

    async fn burn(&self, house: &House) {
        for _ in 0..400 {
            if self.is_hit() {
                break;
            }
            house.pass(3).await;
        }
    }
}

async fn next(ground: &Ground, path: &Path) -> House {
    // The tasks of the ended process are gone before the next one opens the file.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let house = ground.house(ground.store(Some(path), "second"), None).await;
    house.engine.run().await.unwrap();
    house
}

/// Ends at the point during a disable, and follows it to its end. `None`: the point was not passed.
async fn disable(label: &'static str, nth: usize) -> Option<(Ground, House)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let (ground, fuse) = (Ground::new(), Fuse::new(label, nth));
    {
        let house = ground
            .house(ground.store(Some(&path), "first"), Some(fuse.hook()))
            .await;
        house.begin(|_| {}).await;
        house.arm().await;
        fuse.armed.store(true, Ordering::SeqCst);
        ground.iam.with(|iam| iam.spent = 1000);
        fuse.burn(&house).await;
    }
    let house = next(&ground, &path).await;
    house.pass(3600).await;
    fuse.is_hit().then_some((ground, house))
}

#[tokio::test(start_paused = true)]
async fn ended_anywhere_in_a_disable_it_is_disabled_once() {
    let mut hits = Vec::new();
    for label in POINTS {
        for nth in 1..=if OURS.contains(&label) { 3 } else { 1 } {
            let Some((ground, house)) = disable(label, nth).await else {
                continue;
            };
            hits.push((label, nth));
            let rows = house.intents().await;
            assert!(
                rows.iter().all(|row| row.state.is_end()),
                "{label}/{nth}: {rows:?}"
            );
            assert_eq!(rows.last().unwrap().state, IntentState::Verified, "{label}/{nth}");
            assert!(ground.iam.closed(), "{label}/{nth}");
            for piece in [Piece::Rights, key(KEY), Piece::Login] {
                let asked = ground.iam.with(|iam| iam.asked(&piece, Hatch::Closed));
                assert!((1..=2).contains(&asked), "{label}/{nth}: {piece:?} {asked} times");
            }
            let sets = ground.iam.with(|iam| iam.sets.len());
            assert!(
                sets <= 4,
                "{label}/{nth}: at most the one piece on the wire is repeated"
            );
            assert!(house.sink.count("action_verified") >= 1, "{label}/{nth}");
        }
    }
    for label in OURS {
        assert!(
            hits.iter().any(|hit| hit.0 == label),
            "{label} was not passed: {hits:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn ended_anywhere_in_a_restore_only_what_we_closed_is_opened_once() {
    let mut hits = Vec::new();
    for label in POINTS {
        for nth in 1..=if OURS.contains(&label) { 3 } else { 1 } {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("tidegate.db");
            let (ground, fuse) = (Ground::new(), Fuse::new(label, nth));
            {
                let house = ground
                    .house(ground.store(Some(&path), "first"), Some(fuse.hook()))
                    .await;
                house.begin(|_| {}).await;
                let row = house.disable().await;
                ground.iam.with(|iam| iam.sets.clear());
                fuse.armed.store(true, Ordering::SeqCst);
                house.engine.restore(row.id, consent()).await.unwrap();
                fuse.burn(&house).await;
            }
            let house = next(&ground, &path).await;
            house.pass(3600).await;
            if !fuse.is_hit() {
                continue;
            }
            hits.push(label);
            let rows = house.intents().await;
            assert_eq!(
                rows.iter().map(|row| row.state).collect::<Vec<_>>(),
                [IntentState::Verified; 2],
                "{label}/{nth}"
            );
            for piece in [Piece::Rights, key(KEY), Piece::Login] {
                assert_eq!(
                    ground.iam.with(|iam| iam.hatch(&piece)),
                    Some(Hatch::Open),
                    "{label}/{nth}"
                );
                let asked = ground.iam.with(|iam| iam.asked(&piece, Hatch::Open));
                assert!((1..=2).contains(&asked), "{label}/{nth}: {piece:?} {asked} times");
            }
            assert_eq!(
                ground.iam.with(|iam| iam.hatch(&key(IDLE_KEY))),
                Some(Hatch::Closed),
                "{label}"
            );
            assert!(ground.iam.with(|iam| iam.sets.len()) <= 4, "{label}/{nth}");
        }
    }
    for label in OURS {
        assert!(hits.contains(&label), "{label} was not passed: {hits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn before_the_first_request_leaves_the_snapshot_and_the_asking_are_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let (ground, fuse) = (Ground::new(), Fuse::new("closure.asked.committed", 1));
    let house = ground
        .house(ground.store(Some(&path), "first"), Some(fuse.hook()))
        .await;
    house.begin(|_| {}).await;
    house.arm().await;
    fuse.armed.store(true, Ordering::SeqCst);
    ground.iam.with(|iam| iam.spent = 1000);
    fuse.burn(&house).await;
    assert!(ground.iam.with(|iam| iam.sets.is_empty()), "nothing left yet");
    let row = house.intents().await.remove(0);
    assert_eq!(row.state, IntentState::Sent);
    assert!(detail(&row).sent_at.is_some());
    let closure = closure(&row);
    assert_eq!(closure.before.unwrap().pieces.len(), 4);
    let asked: Vec<bool> = closure.work.iter().map(|work| work.asked_at.is_some()).collect();
    assert_eq!(asked, [true, false, false, false]);
}
