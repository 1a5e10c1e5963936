//! What the plan says, done: to the world, the machine, its disk and its process. What is done to a process that is not
//! there is left out.

use std::time::Duration;

use super::lives::{FULL, Lives};
use super::living::Process;
use super::timeline::{Item, ms};
use crate::line::Line;
use crate::plan::{At, Deed, DiskDeed, MachineDeed, UserDeed, WorldDeed};
use crate::stage::house::cloud_keys;
use crate::stage::kernel::LabKernel;
use crate::stage::panel::{LabPanel, host};
use crate::stage::world;

/// `SQLITE_IOERR_FSYNC`.
const NO_SYNC: i32 = 1034;

impl Lives<'_> {
    /// Lets one thing happen.
    pub(super) fn happens(&mut self, item: Item, process: Option<&Process>) {
        match item {
            Item::End => self.is_over = true,
            Item::Heal => self.heal(process),
            Item::DiskGood => self.disk_good(process),
            Item::Deed(deed) if self.is_healed && breaks(&deed) => {}
            Item::Wait(..) | Item::Come(_) if self.is_healed => {}
            Item::Wait(upon, deed) => self.record.moments.wait(upon, deed),
            Item::Come(mut deed) => {
                deed.lasts_at_most(self.left_s());
                self.happens(Item::Deed(deed), process);
            }
            Item::Deed(deed) => {
                self.record.deed(deed.clone());
                self.does(deed, process);
            }
        }
    }

    /// Seconds in which something may still be broken.
    fn left_s(&self) -> u64 {
        let until = self.plan.heal_at_s.unwrap_or(self.plan.span_s);
        until.saturating_sub(self.tide.elapsed_ms().div_ceil(1000))
    }

    fn does(&mut self, deed: Deed, process: Option<&Process>) {
        match deed {
            Deed::World(WorldDeed::KernelRestart { device }) => {
                self.at_kernel(&device, LabKernel::restart);
            }
            Deed::World(WorldDeed::KernelLie { device, lie, for_s }) => {
                self.at_kernel(&device, |kernel| kernel.lie(lie, for_s));
            }
            Deed::World(WorldDeed::PanelLie {
                subscription,
                word,
                for_s,
            }) => self.at_panel(&subscription, |panel| panel.lie(word, for_s)),
            Deed::World(WorldDeed::PanelReset { subscription }) => {
                self.at_panel(&subscription, LabPanel::reset);
            }
            Deed::World(deed) => {
                let done = world::happens(&self.house.world, deed);
                self.record
                    .count(if done.is_ok() { "world.done" } else { "world.idle" });
            }
            Deed::User(deed) => self.person(deed, process),
            Deed::Machine(deed) => self.machine(deed, process),
            Deed::Disk(deed) => self.disk(&deed, process),
        }
    }

    fn at_panel(&self, name: &str, deed: impl FnOnce(&LabPanel)) {
        let panel = self.house.panels.get(&host(name));
        self.record.count(if panel.is_some() {
            "world.done"
        } else {
            "world.idle"
        });
        if let Some(panel) = panel {
            deed(panel);
        }
    }

    fn at_kernel(&self, device: &str, deed: impl FnOnce(&LabKernel)) {
        let mut kernels = self.house.kernels.iter();
        let kernel = kernels.find(|(id, _)| id.as_str() == device);
        self.record.count(if kernel.is_some() {
            "world.done"
        } else {
            "world.idle"
        });
        if let Some((_, kernel)) = kernel {
            deed(kernel);
        }
    }

    fn person(&self, deed: UserDeed, process: Option<&Process>) {
        match process {
            Some(process) => {
                tokio::spawn(process.person.clone().does(deed));
            }
            None => self.record.count("user.idle"),
        }
    }

    fn machine(&mut self, deed: MachineDeed, process: Option<&Process>) {
        match deed {
            MachineDeed::Sleep { for_s } => self.machine.sleep_for(Duration::from_secs(for_s)),
            MachineDeed::JumpWall { ms } => self.machine.jump_wall(ms),
            MachineDeed::Freeze { for_s } => self.machine.freeze_for(Duration::from_secs(for_s)),
            MachineDeed::LockKeychain { for_s } => self.keychain.lock_until(self.in_s(for_s)),
            MachineDeed::Offline { for_s } => self.switches.go_offline(self.in_s(for_s)),
            MachineDeed::Crash { at, down_s } => {
                if let Some(process) = process {
                    self.down_ms = ms(down_s);
                    match at {
                        At::Now => process.kill.now(),
                        At::Commit(more) => self.switches.kill_after_commits(more),
                        At::Exchange(more) => self.switches.kill_after_exchanges(more),
                    }
                }
            }
            MachineDeed::SecondCopy { for_s } => {
                let is_begun = process.is_some() && self.second(for_s).is_ok();
                self.record
                    .count(if is_begun { "second.begun" } else { "second.idle" });
            }
        }
    }

    fn disk(&mut self, deed: &DiskDeed, process: Option<&Process>) {
        match deed {
            DiskDeed::Full { for_s } => {
                self.full_until_ms = self.full_until_ms.max(self.in_s(*for_s));
                self.timeline.add(self.full_until_ms, Item::DiskGood);
                if let Some(process) = process {
                    process.kill.faults.fail_commits(Some(FULL));
                }
            }
            DiskDeed::FailingCommit { after } => {
                if let Some(process) = process {
                    process.kill.faults.fail_commit(*after, NO_SYNC);
                }
            }
            DiskDeed::Flip { bits } => self.flips = self.flips.saturating_add(*bits),
        }
    }

    fn disk_good(&mut self, process: Option<&Process>) {
        if self.full_until_ms <= self.tide.elapsed_ms()
            && let Some(process) = process
        {
            process.kill.faults.fail_commits(None);
        }
    }

    /// Mends everything at once.
    fn heal(&mut self, process: Option<&Process>) {
        self.house.world.heal_all();
        self.house.kernels.values().for_each(|kernel| kernel.is_honest());
        self.house.panels.values().for_each(|panel| panel.is_honest());
        self.house.world.set_latency(Duration::ZERO);
        self.switches.go_offline(0);
        self.keychain.lock_until(0);
        self.full_until_ms = 0;
        self.flips = 0;
        self.disk_good(process);
        self.machine.set_right();
        self.keys_again(process);
        self.record.moments.forget();
        self.is_healed = true;
        self.record.see(Line::Healed);
    }

    /// The person stores the keys that the accounts have by now.
    fn keys_again(&self, process: Option<&Process>) {
        let Ok(items) = cloud_keys(self.plan, &self.house.world) else {
            return;
        };
        let names: Vec<String> = items.keys().cloned().collect();
        self.keychain.store(items);
        if let Some(process) = process {
            let engine = process.person.engine.clone();
            tokio::spawn(async move { engine.renew_secrets(&names).await });
        }
    }
}

/// Whether a deed would break again what was mended.
const fn breaks(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Disk(_)
            | Deed::Machine(_)
            | Deed::World(
                WorldDeed::Lie { .. }
                    | WorldDeed::KernelLie { .. }
                    | WorldDeed::PanelLie { .. }
                    | WorldDeed::RotateKey { .. }
                    | WorldDeed::Latency { .. }
            )
    )
}
