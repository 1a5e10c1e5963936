//! A guard process on a disk that can fail, over a file that was prepared once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tidegate_channels::Message;
use tidegate_disk::Disk;
use tidegate_guard::IntentState;
use tidegate_meter::Clock as _;
use tidegate_meter::{AccountId, RowId, Time};
use tidegate_store::{AuditVerdict, OpenOptions, Store};

use crate::disk::witness::{Witness, is_unwritable};
use crate::kit::{Cloud, FakeOutside, GB, TestTimer, TestVault, World, config, folder, store_options};

/// A closed database: one account that was armed and looked at for ten minutes.
pub(crate) struct Prepared {
    folder: TempDir,
    at: Time,
}

pub(crate) fn outside(timer: &Arc<TestTimer>) -> Arc<FakeOutside> {
    let id = AccountId::new("hw").unwrap();
    Arc::new(FakeOutside {
        clouds: Mutex::new(BTreeMap::from([(id, Cloud::new("hw", timer))])),
        sinks: Mutex::default(),
        timer: Arc::clone(timer),
    })
}

impl Prepared {
    pub(crate) async fn new() -> Self {
        let folder = folder();
        let timer = TestTimer::new(crate::kit::start());
        let store = store_options(Some(&folder.path().join("tidegate.db")), &timer, "first");
        let store = Store::open(store).unwrap();
        let world = World::on(store, outside(&timer), Arc::default(), Arc::clone(&timer), None).await;
        world.engine.configure(config(&["hw"]), "test").await.unwrap();
        world.engine.run().await.unwrap();
        world.pass(1).await;
        world.arm("hw").await;
        world.pass(600).await;
        world.engine.stop().await;
        let at = timer.now().wall;
        Self { folder, at }
    }

    /// The same again in a folder of its own, guarded by a process that has begun.
    pub(crate) async fn begin(&self) -> House {
        let folder = folder();
        let path = folder.path().join("tidegate.db");
        std::fs::copy(self.folder.path().join("tidegate.db"), &path).unwrap();
        let timer = TestTimer::new(self.at);
        let disk = Disk::new().unwrap();
        let witness = Witness::new(&disk);
        let outside = outside(&timer);
        let house = House {
            world: start(&path, &disk, &timer, &outside, &Arc::default())
                .await
                .unwrap(),
            disk,
            witness,
            path,
            _folder: folder,
        };
        house.witness.open(&house.path, self.at);
        house.watch();
        house.world.pass(1).await;
        house
    }
}

/// A process on the disk, running.
async fn start(
    path: &Path,
    disk: &Disk,
    timer: &Arc<TestTimer>,
    outside: &Arc<FakeOutside>,
    vault: &Arc<TestVault>,
) -> Result<World, String> {
    let options = OpenOptions {
        vfs: Some(disk.name().to_owned()),
        ..store_options(Some(path), timer, "guard")
    };
    let store = Store::open(options).map_err(|error| error.to_string())?;
    let world = World::on(
        store,
        Arc::clone(outside),
        Arc::clone(vault),
        Arc::clone(timer),
        None,
    )
    .await;
    world.engine.run().await.map_err(|error| error.to_string())?;
    Ok(world)
}

/// A guard, its disk, and who looks into its file.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) disk: Disk,
    pub(crate) witness: Witness,
    pub(crate) path: PathBuf,
    /// Ends with the house.
    _folder: TempDir,
}

impl House {
    /// Lets the witness see what is told.
    fn watch(&self) {
        let eyes = self.witness.clone();
        *self.world.sink("ops").at_send.lock().unwrap() =
            Some(Arc::new(move |delivery| eyes.at_send(delivery)));
        let eyes = self.witness.clone();
        self.world
            .cloud("hw")
            .set(|state| state.at_act = Some(Arc::new(move || eyes.at_act())));
        let eyes = self.witness.clone();
        let mut changes = self.world.engine.changes();
        tokio::spawn(async move {
            while let Ok(batch) = changes.recv().await {
                batch.events.iter().for_each(|event| eyes.at_event(event));
            }
        });
    }

    /// Little is left in the package.
    pub(crate) fn run_dry(&self) {
        self.world.cloud("hw").set(|state| state.remaining = 8 * GB);
    }

    /// Lets time pass until something is so; false when it is not so in time.
    pub(crate) async fn until(&self, seconds: u64, is_so: impl Fn(&Self) -> bool) -> bool {
        for _ in 0..seconds / 5 {
            if is_so(self) {
                return true;
            }
            self.world.pass(5).await;
        }
        is_so(self)
    }

    /// The server was stopped, and its proof was told.
    pub(crate) fn is_over(&self) -> bool {
        self.world.sink("ops").count("action_verified") > 0
    }

    /// How often it was told that nothing can be written.
    pub(crate) fn told_unwritable(&self) -> usize {
        let told = |messages: &[Message]| messages.iter().filter(|message| is_unwritable(message)).count();
        self.world
            .sink("ops")
            .messages()
            .iter()
            .map(|message| match message {
                Message::Group { messages } => told(messages),
                one => told(std::slice::from_ref(one)),
            })
            .sum()
    }

    /// How often the guard itself noticed it.
    pub(crate) fn noticed(&self) -> usize {
        let events = self.world.events();
        let unwritable = |event: &&serde_json::Value| event["condition"] == "store_unwritable";
        events.iter().filter(unwritable).count()
    }

    /// How often each message arrived again, though not marked as a repeat, or more often than the process died.
    fn repeats(&self, deaths: usize) -> usize {
        let sink = self.world.sink("ops");
        let mut arrived: BTreeMap<RowId, Vec<bool>> = BTreeMap::new();
        for (_, id, repeat) in sink.got.lock().unwrap().iter() {
            arrived.entry(*id).or_default().push(*repeat);
        }
        let wrong = |repeats: &Vec<bool>| {
            let again = repeats.get(1..).unwrap_or_default();
            again.iter().filter(|marked| !**marked).count() + again.len().saturating_sub(deaths)
        };
        arrived.values().map(wrong).sum()
    }

    /// How many messages of a kind arrived; one that came twice is one.
    fn told(&self, code: &str) -> usize {
        let sink = self.world.sink("ops");
        let got = sink.got.lock().unwrap();
        let is = |message: &Message| serde_json::to_value(message).unwrap()["code"] == code;
        let ids: BTreeSet<RowId> = got
            .iter()
            .filter(|(message, ..)| is(message))
            .map(|got| got.1)
            .collect();
        ids.len()
    }

    /// What is wrong at the end of a story in which the package ran dry, so many processes died, and the disk is whole
    /// again.
    pub(crate) async fn wrong(&self, deaths: usize) -> Vec<String> {
        let mut wrong = self.witness.breaches();
        let mut expect = |is_so: bool, said: String| {
            if !is_so {
                wrong.push(said);
            }
        };
        let intents = self.world.intents().await;
        let states: Vec<IntentState> = intents.iter().map(|row| row.state).collect();
        expect(
            states == [IntentState::Verified],
            format!("the intents: {states:?}"),
        );
        let stops = self.world.cloud("hw").stops_sent();
        expect(stops == 1, format!("{stops} stops"));
        for code in ["step_reached", "action_planned", "action_verified"] {
            let count = self.told(code);
            expect(count == 1, format!("{code} was told {count} times"));
        }
        let repeats = self.repeats(deaths);
        expect(repeats == 0, format!("{repeats} messages came again"));
        let verdict = self.world.store.audit_verify(None).await;
        expect(
            matches!(verdict, Ok(AuditVerdict::Intact { .. })),
            format!("the audit: {verdict:?}"),
        );
        expect(
            self.world.engine.pulse().writable,
            "still called unwritable".to_owned(),
        );
        wrong
    }

    /// The process died, and the power with it where `reached` says what of the writes that were not durable is on the
    /// disk all the same. Another process begins on what is left.
    pub(crate) async fn again(self, reached: Option<impl FnMut() -> bool>) -> Result<Self, String> {
        let Self {
            world,
            disk,
            witness,
            path,
            _folder,
        } = self;
        witness.close();
        let (timer, outside, vault) = (
            Arc::clone(&world.timer),
            Arc::clone(&world.outside),
            Arc::clone(&world.vault),
        );
        drop(world);
        // The tasks of the ended process are gone before the next one opens the file.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        if let Some(reached) = reached {
            disk.lose_power(reached).unwrap();
        }
        disk.heal();
        let world = start(&path, &disk, &timer, &outside, &vault).await?;
        witness.open(&path, timer.now().wall);
        let house = Self {
            world,
            disk,
            witness,
            path,
            _folder,
        };
        house.watch();
        Ok(house)
    }
}
