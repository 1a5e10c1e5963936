//! What is known of an account's packages and servers between two looks at the provider's lists.
//!
//! Owns the merge of the two lists (Config: which package belongs to which server; billing: shared packages), the
//! memory of what vanished from them, and the view of it all as meters and targets under the configuration. Never
//! holds an amount. Tested in `tests/huawei/discovery.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tidegate_meter::{ByteBase, MeterId, MeterInfo, MeterKind, Target, TargetId, TargetKind, Time};

use super::{HuaweiConfig, limits};
use crate::FoundTarget;

/// A traffic package.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Package {
    /// The instance it belongs to; `None` for a shared package.
    pub(super) instance: Option<String>,
    /// A name for people.
    pub(super) name: String,
    /// Its region; empty where none is told.
    pub(super) region: String,
    /// In the newest list.
    pub(super) listed: bool,
    /// When it was first in a list: of two packages of one instance, the later one is the renewed one.
    pub(super) first_seen: Time,
    /// When it was last in a list.
    pub(super) last_seen: Time,
    /// The id that billing answered in its place.
    pub(super) replaced_by: Option<MeterId>,
}

/// A server of a Flexus L instance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Server {
    pub(super) instance: String,
    pub(super) name: String,
    pub(super) region: String,
    /// The project that Config names; used only if the key may enter it.
    pub(super) project: Option<String>,
    pub(super) listed: bool,
    pub(super) last_seen: Time,
    /// Ids of its public addresses.
    pub(super) eips: BTreeSet<String>,
    pub(super) addresses: BTreeSet<String>,
    pub(super) bandwidth_mbit: Option<u32>,
}

/// An instance as Config lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) project: Option<String>,
    pub(super) deleted: bool,
    pub(super) servers: Vec<TargetId>,
    pub(super) packages: Vec<MeterId>,
    pub(super) eips: BTreeSet<String>,
    pub(super) addresses: BTreeSet<String>,
}

/// A package as billing lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Listed {
    pub(super) id: MeterId,
    pub(super) name: String,
    pub(super) region: String,
    /// Whether the list says that something is left of it; `None` when it does not say.
    pub(super) left: Option<bool>,
    /// Expired or unsubscribed.
    pub(super) ended: bool,
    /// In effect by its status, which is another one once the package is used up.
    pub(super) in_effect: bool,
}

/// Everything remembered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Catalogue {
    /// When Config last answered.
    pub(super) instances_at: Option<Time>,
    /// When billing last listed packages.
    pub(super) shared_at: Option<Time>,
    pub(super) packages: BTreeMap<MeterId, Package>,
    pub(super) servers: BTreeMap<TargetId, Server>,
    /// The shared packages that billing's newest list calls expired or given back.
    #[serde(default)]
    pub(super) ended: BTreeSet<MeterId>,
}

impl Catalogue {
    /// Both lists are younger than an hour.
    pub(super) fn is_fresh(&self, now: Time) -> bool {
        let fresh =
            |at: Option<Time>| at.is_some_and(|at| at <= now && now.since(at) < limits::CATALOGUE_AGE);
        fresh(self.instances_at) && fresh(self.shared_at)
    }

    /// Takes over what Config lists. What is no longer listed stays remembered; what is listed as deleted goes.
    pub(super) fn merge_instances(&mut self, instances: &[Instance], now: Time) {
        for package in self.packages.values_mut().filter(|p| p.instance.is_some()) {
            package.listed = false;
        }
        for server in self.servers.values_mut() {
            server.listed = false;
        }
        for instance in instances {
            if instance.deleted {
                self.packages
                    .retain(|_, p| p.instance.as_ref() != Some(&instance.id));
                self.servers.retain(|_, s| s.instance != instance.id);
                continue;
            }
            self.merge_packages(instance, now);
            self.merge_servers(instance, now);
        }
        self.instances_at = Some(now);
        self.forget(now);
    }

    fn merge_packages(&mut self, instance: &Instance, now: Time) {
        for id in &instance.packages {
            let name = match instance.packages.as_slice() {
                [_] => format!("{} · 流量包", instance.name),
                _ => format!("{} · 流量包 {}", instance.name, tail(id.as_str())),
            };
            let known = self.packages.get(id);
            let package = Package {
                instance: Some(instance.id.clone()),
                name,
                region: instance.region.clone(),
                listed: true,
                first_seen: known.map_or(now, |known| known.first_seen),
                last_seen: now,
                replaced_by: known.and_then(|known| known.replaced_by.clone()),
            };
            self.packages.insert(id.clone(), package);
        }
    }

    fn merge_servers(&mut self, instance: &Instance, now: Time) {
        for id in &instance.servers {
            let known = self.servers.remove(id);
            let mut server = Server {
                instance: instance.id.clone(),
                name: instance.name.clone(),
                region: instance.region.clone(),
                project: instance.project.clone(),
                listed: true,
                last_seen: now,
                eips: BTreeSet::new(),
                addresses: BTreeSet::new(),
                bandwidth_mbit: known.and_then(|known| known.bandwidth_mbit),
            };
            // With several servers in one instance, only the address list can tell whose address is whose.
            if instance.servers.len() == 1 {
                server.eips.clone_from(&instance.eips);
                server.addresses.clone_from(&instance.addresses);
            }
            self.servers.insert(id.clone(), server);
        }
    }

    /// Takes over what billing lists. A package of an instance stays as Config told it; a shared one that billing calls
    /// expired or unsubscribed goes.
    pub(super) fn merge_shared(&mut self, listed: &[Listed], now: Time) {
        for package in self.packages.values_mut().filter(|p| p.instance.is_none()) {
            package.listed = false;
        }
        self.ended.clear();
        for row in listed {
            match self.packages.get_mut(&row.id) {
                Some(package) if package.instance.is_some() => {}
                _ if row.ended => {
                    self.packages.remove(&row.id);
                    self.ended.insert(row.id.clone());
                }
                known => {
                    let first_seen = known.map_or(now, |known| known.first_seen);
                    self.packages.insert(row.id.clone(), shared(row, first_seen, now));
                }
            }
        }
        self.shared_at = Some(now);
        self.forget(now);
    }

    /// Remembers the servers that manual mappings name, so that their addresses can be found. They belong to no instance.
    pub(super) fn merge_mapped(&mut self, config: &HuaweiConfig, now: Time) {
        for mapping in &config.mappings {
            let server = self
                .servers
                .entry(mapping.server.clone())
                .or_insert_with(|| Server {
                    instance: String::new(),
                    name: mapping.name.clone().unwrap_or_else(|| mapping.server.to_string()),
                    region: mapping.region.clone(),
                    project: None,
                    listed: false,
                    last_seen: now,
                    eips: BTreeSet::new(),
                    addresses: BTreeSet::new(),
                    bandwidth_mbit: None,
                });
            server.last_seen = now;
        }
    }

    /// Billing answers a question for `old` with `new`: the package was renewed, and `new` measures the same servers.
    pub(super) fn adopt(&mut self, old: &MeterId, new: &MeterId, now: Time) {
        let Some(package) = self.packages.get_mut(old) else {
            return;
        };
        package.listed = false;
        package.replaced_by = Some(new.clone());
        let renewed = Package {
            listed: true,
            first_seen: now,
            last_seen: now,
            replaced_by: None,
            ..package.clone()
        };
        self.packages.insert(new.clone(), renewed);
    }

    fn forget(&mut self, now: Time) {
        let remembered = |listed: bool, seen: Time| listed || now.since(seen) < limits::REMEMBER;
        self.packages.retain(|_, p| remembered(p.listed, p.last_seen));
        self.servers.retain(|_, s| remembered(s.listed, s.last_seen));
    }

    /// Whether a package among `known` replaces `id`: billing answered with it, or it is of the same instance and came
    /// later, or stands in the list that no longer names `id`.
    pub(super) fn is_replaced(&self, id: &MeterId, known: &BTreeSet<&MeterId>) -> bool {
        let Some(old) = self.packages.get(id) else {
            return false;
        };
        let told = old.replaced_by.as_ref().is_some_and(|new| known.contains(new));
        let later = |(other, package): (&MeterId, &Package)| {
            let is_newer = package.first_seen > old.first_seen || (package.listed && !old.listed);
            package.instance == old.instance && is_newer && known.contains(other)
        };
        told || (old.instance.is_some() && self.packages.iter().any(later))
    }

    /// Every meter of the configured regions, manual ones included.
    pub(super) fn meters(&self, config: &HuaweiConfig) -> Vec<MeterInfo> {
        let mut meters: BTreeMap<&MeterId, MeterInfo> = self
            .packages
            .iter()
            .filter(|(_, package)| watched(config, &package.region))
            .map(|(id, package)| (id, info(config, id, &package.name, self.targets_of(package))))
            .collect();
        for mapping in &config.mappings {
            let name = mapping.name.as_deref().unwrap_or(mapping.server.as_str());
            let targets = config
                .mappings
                .iter()
                .filter(|other| other.meter == mapping.meter)
                .map(|other| target(&other.server, other.name.as_deref(), &other.region))
                .collect();
            meters
                .entry(&mapping.meter)
                .or_insert_with(|| info(config, &mapping.meter, &format!("{name} · 流量包"), Vec::new()))
                .targets = targets;
        }
        meters.into_values().collect()
    }

    fn targets_of(&self, package: &Package) -> Vec<Target> {
        self.servers
            .iter()
            .filter(|(_, server)| package.instance.as_ref() == Some(&server.instance))
            .map(|(id, server)| target(id, Some(&server.name), &server.region))
            .collect()
    }

    /// Every server of the configured regions that is listed or named by a manual mapping.
    pub(super) fn targets(&self, config: &HuaweiConfig) -> Vec<FoundTarget> {
        let meters = self.meters(config);
        let mut targets: BTreeMap<TargetId, Target> = self
            .servers
            .iter()
            .filter(|(_, server)| server.listed && watched(config, &server.region))
            .map(|(id, server)| (id.clone(), target(id, Some(&server.name), &server.region)))
            .collect();
        for named in meters.iter().flat_map(|meter| &meter.targets) {
            targets.entry(named.id.clone()).or_insert_with(|| named.clone());
        }
        targets
            .into_values()
            .map(|target| self.found(target, &meters))
            .collect()
    }

    fn found(&self, target: Target, meters: &[MeterInfo]) -> FoundTarget {
        let server = self.servers.get(&target.id);
        let measures = |meter: &&MeterInfo| meter.targets.iter().any(|other| other.id == target.id);
        FoundTarget {
            meters: meters
                .iter()
                .filter(measures)
                .map(|meter| meter.id.clone())
                .collect(),
            addresses: server.map_or_else(Vec::new, |server| server.addresses.iter().cloned().collect()),
            bandwidth_mbit: server.and_then(|server| server.bandwidth_mbit),
            target,
        }
    }
}

fn watched(config: &HuaweiConfig, region: &str) -> bool {
    region.is_empty() || config.regions.is_empty() || config.regions.iter().any(|wanted| wanted == region)
}

fn shared(row: &Listed, first_seen: Time, now: Time) -> Package {
    Package {
        instance: None,
        name: row.name.clone(),
        region: row.region.clone(),
        listed: true,
        first_seen,
        last_seen: now,
        replaced_by: None,
    }
}

fn info(config: &HuaweiConfig, id: &MeterId, name: &str, targets: Vec<Target>) -> MeterInfo {
    MeterInfo {
        account: config.account.clone(),
        id: id.clone(),
        kind: MeterKind::Traffic,
        name: name.to_owned(),
        byte_base: ByteBase::Binary,
        targets,
    }
}

fn target(id: &TargetId, name: Option<&str>, region: &str) -> Target {
    Target {
        kind: TargetKind::Server,
        id: id.clone(),
        name: name.unwrap_or(id.as_str()).to_owned(),
        region: region.to_owned(),
    }
}

/// The last four characters of an id, to tell two packages of one instance apart.
fn tail(id: &str) -> String {
    let skip = id.chars().count().saturating_sub(4);
    id.chars().skip(skip).collect()
}
