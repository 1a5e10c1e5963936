//! The families as text: OpenMetrics for who asks for it, else the older form of Prometheus, which names a counter with
//! its `_total` everywhere.

use std::fmt::{Error, Write as _};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use tidegate_api::door::{BOUNDS_MS, Durations, Measured};

use super::families::{FAMILIES, Family, Kind, Sample, Value, seconds};

/// Which text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// OpenMetrics 1.0.
    Open,
    /// Prometheus 0.0.4.
    Plain,
}

impl Form {
    pub(super) fn of(accept: Option<&str>) -> Self {
        if accept.is_some_and(|accept| accept.contains("application/openmetrics-text")) {
            Self::Open
        } else {
            Self::Plain
        }
    }

    pub(super) const fn media(self) -> &'static str {
        match self {
            Self::Open => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Plain => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// Everything as text.
pub(super) fn text(measured: Measured, form: Form) -> Result<String, Error> {
    let mut registry = Registry::with_prefix("tidegate");
    registry.register_collector(Box::new(Scrape(measured)));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(match form {
        Form::Open => text,
        Form::Plain => plain(&text),
    })
}

/// The older form: no end mark, and the family of a counter has the name of its samples.
fn plain(open: &str) -> String {
    let mut text = String::with_capacity(open.len());
    let mut counters: Vec<String> = Vec::new();
    for family in FAMILIES.iter().filter(|family| family.kind == Kind::Counter) {
        counters.push(format!("tidegate_{}", family.name));
    }
    for line in open.lines().filter(|line| *line != "# EOF") {
        let mut words = line.splitn(4, ' ');
        let head = (words.next(), words.next(), words.next());
        match head {
            (Some("#"), Some(what @ ("HELP" | "TYPE")), Some(name))
                if counters.iter().any(|known| known == name) =>
            {
                let rest = words.next().unwrap_or_default();
                // Writing to a text cannot fail.
                let _ = writeln!(text, "# {what} {name}_total {rest}");
            }
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

#[derive(Debug)]
struct Scrape(Measured);

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        for family in FAMILIES {
            let samples = (family.samples)(&self.0);
            if !samples.is_empty() {
                write(family, &samples, &mut encoder)?;
            }
        }
        Ok(())
    }
}

fn write(family: &Family, samples: &[Sample<'_>], encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
    let kind = match family.kind {
        Kind::Gauge => MetricType::Gauge,
        Kind::Counter => MetricType::Counter,
        Kind::Histogram => MetricType::Histogram,
    };
    let mut metric = encoder.encode_descriptor(family.name, family.help, None, kind)?;
    for sample in samples {
        if sample.labels.is_empty() {
            value(&mut metric, &sample.value)?;
        } else {
            value(&mut metric.encode_family(&sample.labels)?, &sample.value)?;
        }
    }
    Ok(())
}

fn value(metric: &mut MetricEncoder<'_>, value: &Value<'_>) -> Result<(), Error> {
    match value {
        Value::Whole(number) => metric.encode_gauge(number),
        Value::Count(number) => metric.encode_counter::<NoLabelSet, u64, f64>(number, None),
        // The nearest number that a float holds; its text is the shortest that names it, so that an amount of up to
        // fifteen digits comes out as it went in.
        Value::Exact(text) => metric.encode_gauge(&text.parse::<f64>().map_err(|_| Error)?),
        Value::Seconds(text) => {
            metric.encode_counter::<NoLabelSet, f64, f64>(&text.parse::<f64>().map_err(|_| Error)?, None)
        }
        Value::Durations(durations) => histogram(metric, durations),
    }
}

fn histogram(metric: &mut MetricEncoder<'_>, durations: &Durations) -> Result<(), Error> {
    let number = |ms: u64| seconds(ms).parse::<f64>().map_err(|_| Error);
    let mut classes = Vec::with_capacity(durations.classes.len());
    for (at, count) in durations.classes.iter().enumerate() {
        let bound = BOUNDS_MS.get(at).map_or(Ok(f64::MAX), |ms| number(*ms))?;
        classes.push((bound, *count));
    }
    metric.encode_histogram::<NoLabelSet>(number(durations.sum_ms)?, durations.count(), &classes, None)
}
