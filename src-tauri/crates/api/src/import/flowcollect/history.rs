//! The earlier database as what we count: flows by minute, samples of subscriptions. Owns that a second import counts
//! nothing twice: each device's reports are one epoch, and the number of a batch is that of its last report.
//! What was negative, without a time, or more than a minute can carry is left out and counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tidegate_meter::{
    DeviceId, Flow, FlowBatch, FlowBytes, FlowKey, FlowKind, Quantity, RowId, Span, Time, Unit,
};

use super::super::part::{Ids, slug};
use super::super::{Draft, Imported};
use super::ReadError;
use super::database::{Database, EarlierFlow};
use super::server::{subscription, subscription_name};
use crate::limits;
use crate::request::{EarlierSample, SecretText};

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// The earlier database, read in pieces.
pub struct EarlierHistory {
    file: PathBuf,
    /// Every device that reported.
    pub devices: Vec<EarlierDevice>,
    /// Every subscription that was looked at.
    pub subscriptions: Vec<EarlierSamples>,
}

/// A device of the earlier database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarlierDevice {
    /// Its id here.
    pub device: DeviceId,
    /// What it was called.
    pub name: String,
    /// The epoch of its reports: the same in every import of the same history.
    pub epoch: RowId,
}

/// What a subscription told over time.
#[derive(Clone, Debug)]
pub struct EarlierSamples {
    /// What an account of it is called when nothing else is said.
    pub name: String,
    /// SHA-256 of its address: tells which account it belongs to, and not what it is.
    pub mark: [u8; 32],
    /// In order.
    pub samples: Vec<EarlierSample>,
    /// Snapshots that cannot be true.
    pub left_out: usize,
    url: SecretString,
}

/// Reports of one device as one batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarlierBatch {
    /// As it is counted.
    pub batch: FlowBatch,
    /// Reports that it does not hold, because they cannot be true.
    pub left_out: usize,
}

impl EarlierHistory {
    /// Reads who is in it.
    pub fn open(file: &Path) -> Result<Self, ReadError> {
        let database = Database::open(file)?;
        let devices = database.devices()?;
        Ok(Self {
            file: file.to_owned(),
            devices: devices.iter().filter_map(device).collect(),
            subscriptions: subscriptions(&database)?,
        })
    }

    /// Accounts for the subscriptions in it whose address is not known otherwise.
    #[must_use]
    pub fn settings(&self, is_known: &dyn Fn(&[u8; 32]) -> bool) -> Imported {
        let mut draft = Draft::default();
        let mut ids = Ids::default();
        for one in self.subscriptions.iter().filter(|one| !is_known(&one.mark)) {
            subscription(
                &mut draft,
                &mut ids,
                "sub_snapshots",
                None,
                one.url.expose_secret(),
            );
        }
        draft.done()
    }

    /// The reports of a device after a number; `None` when there are no more.
    pub fn after(
        &self,
        device: &EarlierDevice,
        after: u64,
        now: Time,
    ) -> Result<Option<EarlierBatch>, ReadError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let database = Database::open(&self.file)?;
        let reports = database.flows_after(&device.name, after, limits::EARLIER_REPORTS)?;
        let Some(last) = reports.last() else {
            return Ok(None);
        };
        let sequence = u64::try_from(last.id).unwrap_or(0);
        let mut summed = Summed::default();
        reports.iter().for_each(|report| summed.add(report, now));
        Ok(Some(EarlierBatch {
            left_out: summed.left_out,
            batch: FlowBatch {
                device: device.device.clone(),
                epoch: device.epoch,
                sequence,
                sealed_at: now,
                watched: summed.watched(),
                flows: summed.flows(),
                restarts: 0,
                kernel: String::new(),
            },
        }))
    }
}

fn device(first: &EarlierFlow) -> Option<EarlierDevice> {
    let mut hash = Sha256::new();
    hash.update(b"flowcollect\0");
    hash.update(first.device.as_bytes());
    hash.update(first.id.to_be_bytes());
    hash.update(first.at.map_or(0, Time::ms).to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let (id, _) = digest.split_first_chunk::<16>()?;
    Some(EarlierDevice {
        device: slug(&first.device).parse().ok()?,
        name: first.device.clone(),
        epoch: RowId::from_bytes(*id),
    })
}

/// Reports by minute and way.
#[derive(Default)]
struct Summed {
    flows: BTreeMap<(i64, FlowKey), FlowBytes>,
    left_out: usize,
}

impl Summed {
    fn add(&mut self, report: &EarlierFlow, now: Time) {
        if self.try_add(report, now).is_none() {
            self.left_out += 1;
        }
    }

    fn try_add(&mut self, report: &EarlierFlow, now: Time) -> Option<()> {
        let at = report.at.filter(|at| *at <= now && at.ms() > 0)?;
        let count = |bytes: i64| {
            u64::try_from(bytes)
                .ok()
                .filter(|bytes| *bytes <= limits::EARLIER_BYTES)
        };
        let bytes = FlowBytes {
            up: count(report.up)?,
            down: count(report.down)?,
            ..FlowBytes::default()
        };
        let sum = self
            .flows
            .entry((at.ms().div_euclid(MINUTE), key(report)))
            .or_default();
        *sum = sum.plus(bytes)?;
        Some(())
    }

    fn flows(self) -> Vec<Flow> {
        let flow = |((minute, key), bytes): ((i64, FlowKey), FlowBytes)| Flow {
            minute: Time::from_ms(minute * MINUTE),
            key,
            bytes,
        };
        let flows = self.flows.into_iter().filter(|(_, bytes)| !bytes.is_zero());
        flows.map(flow).collect()
    }

    /// It told only minutes in which something passed: those were watched, of others nobody knows.
    fn watched(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for (minute, _) in self.flows.keys() {
            let (start, end) = (
                Time::from_ms(minute * MINUTE),
                Time::from_ms((minute + 1) * MINUTE),
            );
            match spans.last_mut() {
                Some(last) if last.end >= start => last.end = end,
                _ => spans.push(Span { start, end }),
            }
        }
        spans
    }
}

/// What it called a node was the policy group; the node itself it never knew.
fn key(report: &EarlierFlow) -> FlowKey {
    let refused = ["reject", "reject-drop"].contains(&report.node.to_ascii_lowercase().as_str());
    FlowKey {
        kind: match (refused, report.is_proxy) {
            (true, _) => FlowKind::Reject,
            (false, true) => FlowKind::Proxy,
            (false, false) => FlowKind::Direct,
        },
        node: String::new(),
        group: report.node.chars().take(limits::EARLIER_NAME_CHARS).collect(),
        feed: String::new(),
    }
}

/// What tells an address from another without telling it.
fn mark(url: &str) -> [u8; 32] {
    Sha256::digest(url.as_bytes()).into()
}

/// The same of a secret that was read from settings.
#[must_use]
pub fn mark_of(url: &SecretText) -> [u8; 32] {
    mark(url.0.expose_secret())
}

fn subscriptions(database: &Database) -> Result<Vec<EarlierSamples>, ReadError> {
    let mut found: Vec<EarlierSamples> = Vec::new();
    for snapshot in database.samples()? {
        let url = snapshot.url.expose_secret();
        let mark = mark(url);
        let index = match found.iter().position(|known| known.mark == mark) {
            Some(index) => index,
            None => {
                found.push(EarlierSamples {
                    name: subscription_name(url).unwrap_or_else(|| "subscription".to_owned()),
                    mark,
                    samples: Vec::new(),
                    left_out: 0,
                    url: snapshot.url.clone(),
                });
                found.len() - 1
            }
        };
        let Some(known) = found.get_mut(index) else {
            continue;
        };
        match sample(snapshot.at, (snapshot.used, snapshot.total, snapshot.expire)) {
            Some(sample) => known.samples.push(sample),
            None => known.left_out += 1,
        }
    }
    Ok(found)
}

/// A whole of 0 was how it wrote that none was told, and so was an expiry of 0.
fn sample(at: Option<Time>, (used, total, expire): (i64, i64, i64)) -> Option<EarlierSample> {
    let bytes = |count: i64| Quantity::from_raw(count, Unit::Bytes);
    Some(EarlierSample {
        at: at?,
        used: (used >= 0).then(|| bytes(used))?,
        total: (total > 0).then(|| bytes(total)),
        expires_at: (expire > 0)
            .then(|| expire.checked_mul(1000).map(Time::from_ms))
            .flatten(),
    })
}
