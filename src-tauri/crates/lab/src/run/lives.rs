//! The lives of one run. Owns what outlives a process: time, world, disk, keychain, switches and what is still to happen;
//! makes a process of them, lets it live, and lets the rest go on while there is none.

use std::sync::{Arc, Mutex};

use tidegate_meter::{Clock, GuardId, Time, Zone};
use tidegate_store::{Faults, Opened, Store};

use super::timeline::{Item, Timeline, ms};
use crate::life::Life;
use crate::limits;
use crate::plan::{PackagePlan, Plan};
use crate::run::RunOptions;
use crate::run::record::{Record, Told};
use crate::stage::disk::Disk;
use crate::stage::house::{House, StageError, guard_id};
use crate::stage::kill::Kill;
use crate::stage::quotas::{self, Grants};
use crate::stage::switches::Switches;
use crate::stage::vault::Keychain;
use crate::time::{Machine, Tide, drive};

/// `SQLITE_FULL`.
pub(super) const FULL: i32 = 13;

/// See the module.
pub(super) struct Lives<'a> {
    pub(super) plan: &'a Plan,
    pub(super) zone: Zone,
    pub(super) house: House,
    pub(super) tide: Arc<Tide>,
    pub(super) machine: Arc<Machine>,
    pub(super) keychain: Arc<Keychain>,
    pub(super) switches: Arc<Switches>,
    pub(super) record: Arc<Record>,
    pub(super) disk: Disk,
    pub(super) timeline: Timeline,
    /// Lives so far.
    pub(super) lives: u32,
    /// How long the process is down after the next kill.
    pub(super) down_ms: u64,
    /// Until when the disk is full.
    pub(super) full_until_ms: u64,
    pub(super) is_configured: bool,
    pub(super) to_arm: Arc<Mutex<Vec<GuardId>>>,
    pub(super) grants: Grants,
    /// So many bits of the database are flipped before the next life.
    pub(super) flips: u32,
    /// Second copies so far.
    pub(super) copies: u64,
    pub(super) is_healed: bool,
    pub(super) is_over: bool,
}

/// How a life ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum After {
    /// In good order: the plan is played.
    Ended,
    /// Its database could not be opened.
    Unopened,
    /// It did not come to a start.
    Failed,
    /// By a kill.
    Killed,
}

impl<'a> Lives<'a> {
    /// Plays the plan to its end.
    pub(super) fn play(plan: &'a Plan, options: RunOptions) -> Told {
        let tide = Tide::new(plan.start);
        match Self::begin(plan, &tide, options) {
            Ok(mut lives) => {
                if let Err(error) = lives.all() {
                    lives.record.stuck(error.to_string());
                }
                lives.record.committed(lives.switches.take_commits());
                lives.record.finish()
            }
            Err(error) => Told::failed(plan.start, format!("the plan cannot be played: {error}")),
        }
    }

    fn begin(plan: &'a Plan, tide: &Arc<Tide>, options: RunOptions) -> Result<Self, StageError> {
        let zone = plan.zone.parse();
        let zone: Zone =
            zone.map_err(|error: tidegate_meter::ZoneError| StageError::Zone(error.to_string()))?;
        let mut house = House::build(plan, &zone, tide)?;
        let keychain = Keychain::new(Arc::clone(tide), std::mem::take(&mut house.items));
        Ok(Self {
            record: Record::new(plan, &house.world, tide, options.checks, options.keep_lines),
            to_arm: Arc::new(Mutex::new(to_arm(plan)?)),
            grants: quotas::grants(plan, &house.world)?,
            flips: 0,
            copies: 0,
            is_healed: false,
            plan,
            zone,
            house,
            machine: tide.machine(),
            tide: Arc::clone(tide),
            keychain: Arc::new(keychain),
            switches: Arc::default(),
            disk: Disk::of(plan)?,
            timeline: Timeline::of(plan),
            lives: 0,
            down_ms: 0,
            full_until_ms: 0,
            is_configured: false,
            is_over: false,
        })
    }

    fn all(&mut self) -> Result<(), StageError> {
        while !self.is_over {
            if let Some(after) = self.one()? {
                self.down(after);
            }
        }
        Ok(())
    }

    /// One life, from its start to its end; `None` when the run itself came to a stand.
    fn one(&mut self) -> Result<Option<After>, StageError> {
        self.lives = self.lives.saturating_add(1);
        let kill = self.next_kill();
        self.record.let_go();
        let holder = format!("life-{}", self.lives);
        self.disk.flip(std::mem::take(&mut self.flips), self.plan.seed)?;
        let Ok(store) = self.disk.open(self.wall(), &holder, &kill.faults) else {
            self.record.count("start.unopened");
            return Ok(Some(After::Unopened));
        };
        self.record.count(&format!("opened.{}", opened(&store)));
        if matches!(store.opened_as(), Opened::Recovered { backup: None, .. }) {
            self.is_configured = false;
        }
        self.record.stand_on(store.clone());
        let done = {
            let record = Arc::clone(&self.record);
            let (tide, life) = (Arc::clone(&self.tide), kill.life.clone());
            drive(
                &tide,
                &life,
                move || record.told(),
                self.live(store.clone(), &kill),
            )?
        };
        if let Some(why) = self.tide.take_standstill() {
            self.record.stuck(why.to_string());
            self.is_over = true;
            return Ok(None);
        }
        let after = match done {
            Some(Ok(())) => After::Ended,
            Some(Err(error)) if self.lives == 1 && !self.is_configured => {
                self.record.stuck(format!("the house cannot be set up: {error}"));
                self.is_over = true;
                return Ok(None);
            }
            Some(Err(_)) => After::Failed,
            None => After::Killed,
        };
        self.switches.spare();
        self.record.end_life(after == After::Killed);
        self.disk.leave(store);
        Ok(Some(after))
    }

    /// What kills the next life, at once or by its commits; its disk is as full as it was.
    fn next_kill(&self) -> Kill {
        let kill = Kill {
            life: Life::default(),
            faults: Faults::default(),
            record: Arc::clone(&self.record),
            is_first: true,
        };
        if self.full_until_ms > self.tide.elapsed_ms() {
            kill.faults.fail_commits(Some(FULL));
        }
        let (switches, counted) = (Arc::clone(&self.switches), kill.clone());
        kill.faults.on_commit(move || {
            if switches.committed() {
                counted.now();
            }
        });
        kill
    }

    /// There is no process: everything else goes on until one is started again.
    fn down(&mut self, after: After) {
        let span = match after {
            After::Ended => return,
            After::Unopened => limits::OPEN_AGAIN_MS,
            After::Failed => limits::START_AGAIN_MS,
            After::Killed => std::mem::take(&mut self.down_ms),
        };
        self.moments_come();
        let until = self.tide.elapsed_ms().saturating_add(span);
        while let Some(at) = self.timeline.next_at().filter(|at| *at <= until && !self.is_over) {
            self.tide.pass_to(at);
            if let Some(item) = self.timeline.take() {
                self.happens(item, None);
            }
        }
        self.tide.pass_to(until);
    }

    /// What waited for a moment that came is due.
    pub(super) fn moments_come(&mut self) {
        for (at_ms, deed) in self.record.moments.take() {
            self.timeline.add(at_ms, Item::Come(deed));
        }
    }

    /// What the machine's wall clock says.
    pub(super) fn wall(&self) -> Time {
        self.machine.now().wall
    }

    /// True milliseconds after the start, so many seconds from now.
    pub(super) fn in_s(&self, seconds: u64) -> u64 {
        self.tide.elapsed_ms().saturating_add(ms(seconds))
    }
}

/// How a database was found, in a word.
fn opened(store: &Store) -> &'static str {
    match store.opened_as() {
        Opened::Fresh => "fresh",
        Opened::Existing => "existing",
        Opened::Recovered { backup: None, .. } => "recovered",
        Opened::Recovered { .. } => "backup",
    }
}

/// The guards that the plan arms at the beginning.
fn to_arm(plan: &Plan) -> Result<Vec<GuardId>, StageError> {
    let clouds = plan.clouds.iter().flat_map(|cloud| {
        let armed = |package: &&PackagePlan| package.guard.as_ref().is_some_and(|guard| guard.is_armed);
        let packages = cloud.packages.iter().filter(armed);
        packages.map(|package| Plan::guard_id(&cloud.name, &package.name))
    });
    let mains = plan.mains.iter().flat_map(|main| {
        let users = main.users.iter();
        let armed = users.filter(|user| user.is_armed && user.allocated.is_some());
        armed.map(|user| Plan::guard_id(&main.name, &user.name))
    });
    clouds.chain(mains).map(|name| guard_id(&name)).collect()
}
