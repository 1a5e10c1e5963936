//! Bits that flip in a database at rest and in its log: either it makes no difference to what is decided, or it is told.
//! Never a stop, never a guard that does not start or goes silent, and a file that is kept aside is kept as it was found.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tidegate_egress::Timer as _;
use tidegate_engine::Engine;
use tidegate_guard::Mode;
use tidegate_meter::{Clock as _, Time};
use tidegate_store::{Opened, Store, StoreError};

use crate::disk::house::outside;
use crate::kit::{Cloud, FakeOutside, GB, TestTimer, World, config, folder, parts, store_options};

const DATABASE: &str = "tidegate.db";
const LOG: &str = "tidegate.db-wal";

/// The files of a database after a day of guarding, with a backup.
struct Rest {
    folder: TempDir,
    at: Time,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// As a clean end leaves them, or as a crash does, with a log that was not folded.
async fn rest(crashed: bool) -> Rest {
    let (live, kept) = (folder(), folder());
    let timer = TestTimer::new(crate::kit::start());
    let store = Store::open(store_options(Some(&live.path().join(DATABASE)), &timer, "first")).unwrap();
    let world = World::on(store, outside(&timer), Arc::default(), Arc::clone(&timer), None).await;
    world.engine.configure(config(&["hw"]), "test").await.unwrap();
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.pass(24 * 3600).await;
    let at = timer.now().wall;
    if crashed {
        copy(live.path(), kept.path());
    } else {
        world.engine.stop().await;
        drop(world);
        tokio::task::yield_now().await;
        copy(live.path(), kept.path());
    }
    Rest { folder: kept, at }
}

impl Rest {
    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }
}

/// A guard on the files with one bit flipped.
struct Flipped {
    _folder: TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
    timer: Arc<TestTimer>,
    outside: Arc<FakeOutside>,
}

impl Flipped {
    fn new(rest: &Rest, name: &str, (at, bit): (usize, u8)) -> Self {
        let folder = folder();
        copy(rest.folder.path(), folder.path());
        let mut bytes = rest.bytes(name);
        bytes[at] ^= 1 << bit;
        std::fs::write(folder.path().join(name), &bytes).unwrap();
        let timer = TestTimer::new(rest.at);
        Self {
            path: folder.path().join(DATABASE),
            _folder: folder,
            bytes,
            outside: outside(&timer),
            timer,
        }
    }

    fn cloud(&self) -> Arc<Cloud> {
        Arc::clone(self.outside.clouds.lock().unwrap().values().next().unwrap())
    }

    /// What the channel got.
    fn codes(&self) -> Vec<String> {
        let sinks = self.outside.sinks.lock().unwrap();
        sinks.values().next().map(|sink| sink.codes()).unwrap_or_default()
    }

    /// What became of it: a word for what was found, or what is wrong.
    async fn guard(&self) -> Result<&'static str, String> {
        let store = match Store::open(store_options(Some(&self.path), &self.timer, "next")) {
            Err(StoreError::Newer { .. }) => return self.refused(),
            store => store.map_err(|error| format!("not opened: {error}"))?,
        };
        let recovered = self.found(store.opened_as())?;
        let parts = parts(store.clone(), &self.outside, &Arc::default(), &self.timer);
        let engine = Engine::open(parts)
            .await
            .map_err(|error| format!("not begun: {error:?}"))?;
        engine
            .run()
            .await
            .map_err(|error| format!("not running: {error:?}"))?;
        self.cloud().set(|state| state.remaining = 150 * GB);
        self.timer.sleep(Duration::from_secs(900)).await;
        self.goes_on(&engine, recovered).await?;
        Ok(if recovered { "recovered" } else { "whole" })
    }

    /// The file says that it is of a newer version: a person must look, and it was not touched.
    fn refused(&self) -> Result<&'static str, String> {
        let same = std::fs::read(&self.path).unwrap() == self.bytes;
        same.then_some("newer")
            .ok_or_else(|| "refused and touched".to_owned())
    }

    /// Whether the file was kept aside; then it must be as it was.
    fn found(&self, opened: &Opened) -> Result<bool, String> {
        let Opened::Recovered { kept, backup } = opened else {
            return Ok(false);
        };
        let mut log = kept.as_os_str().to_owned();
        log.push("-wal");
        let kept = [kept.clone(), log.into()]
            .iter()
            .any(|path| std::fs::read(path).is_ok_and(|bytes| bytes == self.bytes));
        match (kept, backup) {
            (true, Some(_)) => Ok(true),
            (kept, backup) => Err(format!("kept {kept}, backup {backup:?}")),
        }
    }

    /// Nothing is stopped, the step is told, and after a recovery nothing is armed and it was told why.
    async fn goes_on(&self, engine: &Engine, recovered: bool) -> Result<(), String> {
        let codes = self.codes();
        let conditions = engine.status().await.conditions;
        let has = |name: &str| conditions.iter().any(|(condition, _)| condition == name);
        let armed = engine
            .config()
            .await
            .guards
            .iter()
            .any(|guard| guard.mode != Mode::Watch);
        if self.cloud().stops_sent() > 0 {
            return Err("a healthy server was stopped".to_owned());
        }
        if has("loop_broken")
            || conditions
                .iter()
                .any(|(name, _)| name.starts_with("action_broken"))
        {
            return Err(format!("a defect: {conditions:?}"));
        }
        let told_of = |code: &str| codes.iter().any(|told| told == code);
        let left_out = told_of("program") && !armed;
        if !told_of("step_reached") && !left_out {
            return Err(format!("silent: {codes:?}, {conditions:?}"));
        }
        if recovered && (armed || !has("database_unreadable")) {
            return Err(format!("recovered, armed {armed}: {conditions:?}"));
        }
        Ok(())
    }
}

/// Flips seeded bits in parts of a file; how often each became what.
async fn flips(
    rest: &Rest,
    name: &str,
    parts: &[(Range<usize>, u32)],
    seed: u64,
) -> BTreeMap<&'static str, u32> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut became, mut wrong) = (BTreeMap::new(), Vec::new());
    for (part, times) in parts {
        for _ in 0..*times {
            let place = (random.usize(part.clone()), random.u8(0..8));
            match Flipped::new(rest, name, place).guard().await {
                Ok(word) => *became.entry(word).or_default() += 1,
                Err(said) => wrong.push(format!("{place:?} of {name}: {said}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{became:?}\n{wrong:#?}");
    became
}

/// Where the rows stand that a part of the file holds: the pages of these words.
fn around(bytes: &[u8], word: &str) -> Range<usize> {
    let found = bytes
        .windows(word.len())
        .position(|window| window == word.as_bytes());
    let at = found.unwrap();
    at.saturating_sub(40)..at + 400
}

#[tokio::test(start_paused = true)]
async fn a_bit_that_flips_in_a_closed_database_stops_nothing_and_silences_nobody() {
    let rest = rest(false).await;
    let bytes = rest.bytes(DATABASE);
    let parts = [
        (0..100, 40),
        (100..bytes.len(), 120),
        (around(&bytes, "\"countdown\""), 30),
        (around(&bytes, "\"samples\""), 30),
        (around(&bytes, "\"interval_near\""), 20),
    ];
    let became = flips(&rest, DATABASE, &parts, 7).await;
    assert!(became["recovered"] > 20 && became["whole"] > 100, "{became:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bit_that_flips_in_the_log_of_a_crash_stops_nothing_and_silences_nobody() {
    let rest = rest(true).await;
    let log = rest.bytes(LOG);
    let used = log.iter().rposition(|byte| *byte != 0).unwrap();
    let became = flips(&rest, LOG, &[(0..32, 10), (32..used, 60)], 8).await;
    assert!(
        became["whole"] > 60,
        "a log is read up to its first bad frame: {became:?}"
    );
}
