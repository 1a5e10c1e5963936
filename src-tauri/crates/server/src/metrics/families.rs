//! Every family: what it is called, what it says, and where its samples come from. Labels are ids that a person
//! configured or words of a short list; never a text from outside but a meter's id.

use tidegate_api::door::{Durations, GuardMeasured, Measured, MeterMeasured};
use tidegate_api::words::{Level, Quantity};

use super::flows;

/// One family of series.
#[derive(Debug)]
pub struct Family {
    /// Its name without `tidegate_` before it, and without `_total` behind it.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// Which kind.
    pub kind: Kind,
    pub(super) samples: Samples,
}

/// Where the samples of a family come from.
type Samples = for<'a> fn(&'a Measured) -> Vec<Sample<'a>>;

/// The kind of a family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only goes up; its samples end in `_total`.
    Counter,
    /// Durations in classes.
    Histogram,
}

/// One sample.
pub(super) struct Sample<'a> {
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: Value<'a>,
}

/// A value, exact.
pub(super) enum Value<'a> {
    /// A whole number.
    Whole(i64),
    /// Times.
    Count(u64),
    /// A decimal number.
    Exact(String),
    /// Seconds that only grow.
    Seconds(String),
    /// Durations.
    Durations(&'a Durations),
}

/// Milliseconds as seconds.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

impl Family {
    const fn new(kind: Kind, name: &'static str, help: &'static str, samples: Samples) -> Self {
        Self {
            name,
            help,
            kind,
            samples,
        }
    }
}

const fn gauge(name: &'static str, help: &'static str, samples: Samples) -> Family {
    Family::new(Kind::Gauge, name, help, samples)
}

const fn counter(name: &'static str, help: &'static str, samples: Samples) -> Family {
    Family::new(Kind::Counter, name, help, samples)
}

const fn histogram(name: &'static str, help: &'static str, samples: Samples) -> Family {
    Family::new(Kind::Histogram, name, help, samples)
}

/// Every family.
pub const FAMILIES: &[Family] = &[
    gauge("build_info", "The program that answers", |_| {
        vec![sample(
            [("version", tidegate_api::version().version)],
            Value::Whole(1),
        )]
    }),
    gauge(
        "up",
        "1 while the loops run and this process holds the lease",
        |m| vec![one(flag(m.pulse.running && m.pulse.holder))],
    ),
    gauge(
        "store_writable",
        "1 while the database takes what is written",
        |m| vec![one(flag(m.pulse.writable))],
    ),
    gauge("subjects", "What is watched, by kind", subjects),
    gauge(
        "balance",
        "What is left of a meter: the newest truth, whatever its age",
        |m| amounts(m, |meter| meter.reading.as_ref()?.remaining()),
    ),
    gauge(
        "used",
        "What is used of a meter: the newest truth, whatever its age",
        |m| amounts(m, |meter| meter.reading.as_ref()?.used()),
    ),
    gauge("limit", "The whole of a meter", |m| {
        amounts(m, |meter| meter.reading.as_ref()?.limit())
    }),
    gauge("ratio", "What is used of the whole, from 0 to 1", ratios),
    gauge(
        "threshold",
        "What is left when a step of a guard fires, or its line is crossed",
        thresholds,
    ),
    gauge(
        "level",
        "How a guard stands on a meter: 0 calm, 1 warning, 2 critical, 3 blind",
        levels,
    ),
    gauge("blind", "1 while there is no truth of a meter", |m| {
        m.meters
            .iter()
            .map(|meter| sample(of(meter), flag(meter.blind)))
            .collect()
    }),
    gauge("age_seconds", "How old the newest truth of a meter is", ages),
    gauge(
        "account_blind",
        "1 while nothing of an account can be read",
        |m| {
            m.accounts
                .iter()
                .map(|account| {
                    sample(
                        [
                            ("account", account.account.to_string()),
                            ("provider", account.provider.clone()),
                        ],
                        flag(account.blind),
                    )
                })
                .collect()
        },
    ),
    gauge(
        "last_check_timestamp_seconds",
        "When an account was looked at last",
        |m| {
            let looked = |account: &tidegate_api::door::AccountMeasured| {
                let ms = u64::try_from(account.looked_at?.ms()).ok()?;
                Some(sample(
                    [("account", account.account.to_string())],
                    Value::Exact(seconds(ms)),
                ))
            };
            m.accounts.iter().filter_map(looked).collect()
        },
    ),
    counter(
        "checks",
        "Looks at an account by result: ok, or blind when nothing could be read",
        |m| {
            let result = |known: bool| if known { "ok" } else { "blind" };
            m.counts
                .checks
                .iter()
                .map(|((account, known), count)| {
                    sample(
                        [
                            ("account", account.to_string()),
                            ("result", result(*known).to_owned()),
                        ],
                        Value::Count(*count),
                    )
                })
                .collect()
        },
    ),
    histogram(
        "check_duration_seconds",
        "How long looks at an account took",
        |m| {
            m.counts
                .check_durations
                .iter()
                .map(|(account, took)| sample([("account", account.to_string())], Value::Durations(took)))
                .collect()
        },
    ),
    counter(
        "provider_calls",
        "Calls to a provider on behalf of an account, by status",
        |m| {
            m.counts
                .calls
                .iter()
                .map(|((account, status), count)| {
                    sample(
                        [("account", account.to_string()), ("status", (*status).to_owned())],
                        Value::Count(*count),
                    )
                })
                .collect()
        },
    ),
    histogram(
        "provider_latency_seconds",
        "How long a provider took to answer a call",
        |m| {
            m.counts
                .call_durations
                .iter()
                .map(|(account, took)| sample([("account", account.to_string())], Value::Durations(took)))
                .collect()
        },
    ),
    gauge(
        "breaker_open",
        "1 while an account rests after refusals or repeated failures, and is not asked",
        |m| {
            m.accounts
                .iter()
                .map(|account| sample([("account", account.account.to_string())], flag(account.resting)))
                .collect()
        },
    ),
    counter(
        "deliveries",
        "Messages by channel and result: delivered, or failed as often as it was tried",
        |m| {
            let result = |taken: bool| if taken { "delivered" } else { "failed" };
            m.counts
                .deliveries
                .iter()
                .map(|((channel, taken), count)| {
                    sample(
                        [
                            ("channel", channel.to_string()),
                            ("result", result(*taken).to_owned()),
                        ],
                        Value::Count(*count),
                    )
                })
                .collect()
        },
    ),
    gauge("deliveries_waiting", "Messages that wait for a channel", |m| {
        m.waiting
            .iter()
            .map(|(channel, count)| sample([("channel", channel.to_string())], whole(*count)))
            .collect()
    }),
    counter(
        "alerts",
        "Alerts raised, by severity of guards; blind, program and renewal stand apart",
        |m| {
            m.counts
                .alerts
                .iter()
                .map(|(severity, count)| sample([("severity", (*severity).to_owned())], Value::Count(*count)))
                .collect()
        },
    ),
    gauge("actions_open", "Actions that have not ended, by state", |m| {
        m.open
            .iter()
            .map(|(state, count)| sample([("state", (*state).to_owned())], whole(*count)))
            .collect()
    }),
    counter("actions", "Actions by each state that they came to", |m| {
        m.counts
            .actions
            .iter()
            .map(|(state, count)| sample([("state", (*state).to_owned())], Value::Count(*count)))
            .collect()
    }),
    gauge("guards_armed", "Guards that may act", |m| {
        vec![one(whole(m.guard_count.1))]
    }),
    gauge(
        "paused",
        "1 while automatic actions are paused by a person",
        |m| vec![one(flag(m.paused))],
    ),
    gauge(
        "conditions",
        "Conditions of the program itself that need a person",
        |m| vec![one(whole(m.conditions))],
    ),
    counter("lapses", "Spans in which nothing was guarding, by cause", |m| {
        m.counts
            .lapses
            .iter()
            .map(|(cause, (count, _))| sample([("cause", cause.clone())], Value::Count(*count)))
            .collect()
    }),
    counter("lapse_seconds", "How long nothing was guarding, by cause", |m| {
        m.counts
            .lapses
            .iter()
            .map(|(cause, (_, ms))| sample([("cause", cause.clone())], Value::Seconds(seconds(*ms))))
            .collect()
    }),
    gauge("task_lag_seconds", "How far a task runs behind its time", |m| {
        m.lags
            .iter()
            .map(|(task, lag)| {
                let ms = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
                sample([("task", (*task).to_owned())], Value::Exact(seconds(ms)))
            })
            .collect()
    }),
    counter(
        "config_reloads",
        "Texts of the followed configuration by result: applied, or refused with mistakes",
        |m| {
            let texts = m
                .config
                .map(|config| [("applied", config.applied), ("refused", config.refused)]);
            texts
                .into_iter()
                .flatten()
                .map(|(result, count)| sample([("result", result.to_owned())], Value::Count(count)))
                .collect()
        },
    ),
    gauge(
        "config_good",
        "1 while the followed configuration has no mistakes",
        |m| m.config.iter().map(|config| one(flag(config.good))).collect(),
    ),
    gauge(
        "renewal_days",
        "Days to the next date of a renewal; negative when it is overdue",
        |m| {
            m.renewals
                .iter()
                .map(|(renewal, days)| sample([("renewal", renewal.to_string())], Value::Whole(*days)))
                .collect()
        },
    ),
    counter(
        "flow_bytes",
        "Proxy traffic of a device that became durable, by what became of it and direction: up, down",
        flows::bytes,
    ),
    counter(
        "flow_estimated_bytes",
        "The part of the same that was spread by estimate",
        flows::estimated,
    ),
    gauge(
        "flow_rate_bytes",
        "Bytes a second of a device now, by direction; absent while that is not known",
        flows::rates,
    ),
    gauge(
        "flow_connections",
        "Open connections of a device, where they are told",
        flows::connections,
    ),
    gauge(
        "device_heard",
        "1 while the kernel of a device is watched, or its agent is heard of",
        flows::heard,
    ),
    gauge(
        "device_age_seconds",
        "How long ago a device told something last",
        flows::ages,
    ),
    gauge(
        "device_backlog",
        "Batches that the agent of a device still keeps",
        flows::backlogs,
    ),
    gauge(
        "device_quarantined",
        "Batches of a device that were not believed and are kept aside",
        flows::quarantined,
    ),
    counter(
        "device_batches",
        "Batches that the agent of a device handed in, by what became of them: stored, repeated, quarantined",
        flows::batches,
    ),
];

pub(super) fn sample<'a, const N: usize>(
    labels: [(&'static str, String); N],
    value: Value<'a>,
) -> Sample<'a> {
    Sample {
        labels: labels.into(),
        value,
    }
}

const fn one(value: Value<'_>) -> Sample<'_> {
    Sample {
        labels: Vec::new(),
        value,
    }
}

pub(super) fn flag<'a>(so: bool) -> Value<'a> {
    Value::Whole(i64::from(so))
}

pub(super) fn whole<'a>(count: usize) -> Value<'a> {
    Value::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

fn subjects(m: &Measured) -> Vec<Sample<'_>> {
    let counts = [
        ("account", m.accounts.len()),
        ("meter", m.meters.len()),
        ("guard", m.guard_count.0),
        ("channel", m.waiting.len()),
        ("renewal", m.renewals.len()),
        ("device", m.devices.len()),
    ];
    counts
        .into_iter()
        .map(|(kind, count)| sample([("kind", kind.to_owned())], whole(count)))
        .collect()
}

fn of(meter: &MeterMeasured) -> [(&'static str, String); 2] {
    [
        ("account", meter.info.account.to_string()),
        ("meter", meter.info.id.to_string()),
    ]
}

fn amounts(m: &Measured, amount: impl Fn(&MeterMeasured) -> Option<Quantity>) -> Vec<Sample<'_>> {
    let sampled = |meter| {
        let amount = amount(meter)?;
        let [account, id] = of(meter);
        let unit = ("unit", amount.unit().to_string());
        Some(sample([account, id, unit], Value::Exact(amount.decimal())))
    };
    m.meters.iter().filter_map(sampled).collect()
}

fn ratios(m: &Measured) -> Vec<Sample<'_>> {
    let ratio = |meter: &MeterMeasured| {
        let reading = meter.reading.as_ref()?;
        let percent = reading.used()?.share_of(reading.limit()?)?;
        Some(sample(of(meter), Value::Exact(hundredth(&percent.decimal()))))
    };
    m.meters.iter().filter_map(ratio).collect()
}

/// A percentage as a share of one: the same digits with the point two places further left.
fn hundredth(percent: &str) -> String {
    format!("{percent}e-2")
}

fn thresholds(m: &Measured) -> Vec<Sample<'_>> {
    let of_guard = |on: &GuardMeasured| {
        let labels = labels(on);
        on.thresholds
            .iter()
            .map(move |(step, at)| {
                let [account, meter, guard] = labels.clone();
                let (step, unit) = (("step", step.clone()), ("unit", at.unit().to_string()));
                sample([account, meter, guard, step, unit], Value::Exact(at.decimal()))
            })
            .collect::<Vec<_>>()
    };
    m.guards.iter().flat_map(of_guard).collect()
}

fn labels(on: &GuardMeasured) -> [(&'static str, String); 3] {
    [
        ("account", on.account.to_string()),
        ("meter", on.meter.to_string()),
        ("guard", on.guard.to_string()),
    ]
}

fn levels(m: &Measured) -> Vec<Sample<'_>> {
    let number = |level: Level| match level {
        Level::Calm => 0,
        Level::Warning => 1,
        Level::Critical => 2,
        Level::Blind => 3,
    };
    m.guards
        .iter()
        .map(|on| sample(labels(on), Value::Whole(number(on.level))))
        .collect()
}

fn ages(m: &Measured) -> Vec<Sample<'_>> {
    let age = |meter: &MeterMeasured| {
        let as_of = meter.reading.as_ref()?.as_of().at();
        let ms = u64::try_from(m.at.since(as_of).as_millis()).unwrap_or(u64::MAX);
        Some(sample(of(meter), Value::Exact(seconds(ms))))
    };
    m.meters.iter().filter_map(age).collect()
}
