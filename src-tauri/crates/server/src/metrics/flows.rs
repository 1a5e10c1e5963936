//! The samples of proxy traffic. Labels are devices and short words; never a node, a host or a subscription, whose names
//! come from outside and without end.

use tidegate_api::door::{DeviceMeasured, Measured};
use tidegate_api::words::{DeviceState, FlowBytes};

use super::families::{Sample, Value, flag, sample, seconds, whole};

pub(super) fn bytes(m: &Measured) -> Vec<Sample<'_>> {
    by_kind(m, |bytes| [("up", bytes.up), ("down", bytes.down)])
}

pub(super) fn estimated(m: &Measured) -> Vec<Sample<'_>> {
    by_kind(m, |bytes| {
        [("up", bytes.estimated_up), ("down", bytes.estimated_down)]
    })
}

fn by_kind(m: &Measured, parts: fn(&FlowBytes) -> [(&'static str, u64); 2]) -> Vec<Sample<'_>> {
    let mut samples = Vec::new();
    for device in &m.devices {
        for (kind, bytes) in &device.counted {
            for (direction, count) in parts(bytes) {
                let labels = [
                    ("device", device.device.to_string()),
                    ("kind", kind.to_string()),
                    ("direction", direction.to_owned()),
                ];
                samples.push(sample(labels, Value::Count(count)));
            }
        }
    }
    samples
}

pub(super) fn rates(m: &Measured) -> Vec<Sample<'_>> {
    let mut samples = Vec::new();
    for device in &m.devices {
        let Some((up, down)) = device.rates else { continue };
        for (direction, rate) in [("up", up), ("down", down)] {
            let labels = [
                ("device", device.device.to_string()),
                ("direction", direction.to_owned()),
            ];
            samples.push(sample(
                labels,
                Value::Whole(i64::try_from(rate).unwrap_or(i64::MAX)),
            ));
        }
    }
    samples
}

pub(super) fn connections(m: &Measured) -> Vec<Sample<'_>> {
    each(m, |device| Some(Value::Whole(i64::from(device.connections?))))
}

pub(super) fn heard(m: &Measured) -> Vec<Sample<'_>> {
    each(m, |device| Some(flag(device.state == DeviceState::Watched)))
}

pub(super) fn ages(m: &Measured) -> Vec<Sample<'_>> {
    each(m, |device| {
        let ms = u64::try_from(m.at.since(device.as_of?).as_millis()).unwrap_or(u64::MAX);
        Some(Value::Exact(seconds(ms)))
    })
}

pub(super) fn backlogs(m: &Measured) -> Vec<Sample<'_>> {
    each(m, |device| {
        Some(Value::Whole(i64::try_from(device.backlog?).unwrap_or(i64::MAX)))
    })
}

pub(super) fn quarantined(m: &Measured) -> Vec<Sample<'_>> {
    each(m, |device| Some(whole(device.quarantined)))
}

pub(super) fn batches(m: &Measured) -> Vec<Sample<'_>> {
    let counts = m.counts.handed_in.iter();
    counts
        .map(|((device, verdict), count)| {
            let labels = [("device", device.to_string()), ("verdict", (*verdict).to_owned())];
            sample(labels, Value::Count(*count))
        })
        .collect()
}

/// One sample of each device that tells it.
fn each<'a>(m: &'a Measured, value: impl Fn(&DeviceMeasured) -> Option<Value<'a>>) -> Vec<Sample<'a>> {
    let told = m
        .devices
        .iter()
        .filter_map(|device| Some(sample([("device", device.device.to_string())], value(device)?)));
    told.collect()
}
