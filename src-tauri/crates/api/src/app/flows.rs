//! Proxy traffic as it is asked for. Owns what may be asked, and the translation of exact bytes; decides nothing.

use std::collections::BTreeSet;

use tidegate_engine as engine;
use tidegate_meter::{DeviceId, FlowBytes, Quantity, Span, Unit};
use tidegate_providers::proxy::{LiveConnection, LiveNode};
use tidegate_store::{self as store, FlowFilter, FlowSum};

use super::App;
use crate::request::{FlowBy, FlowLineAsked, FlowsAsked};
use crate::response::{
    BytesView, ConnectionView, CoverageView, DeviceState, FlowKindsView, FlowLineView, FlowPointView,
    FlowRestView, FlowRowView, FlowsView, LiveDeviceView, LiveNodeView, LiveView,
};
use crate::{ApiError, ErrorCode, Request, Response, limits};

impl App {
    pub(super) async fn flow(&self, request: Request) -> Result<Response, ApiError> {
        match request {
            Request::Flows(asked) => Ok(Response::Flows(Box::new(self.flows(asked).await?))),
            Request::FlowLine(asked) => Ok(Response::FlowLine(self.flow_line(asked).await?)),
            Request::Live => Ok(Response::Live(Box::new(self.live().await?))),
            _ => Err(ApiError::new(ErrorCode::BadRequest, "no request about flows")),
        }
    }

    async fn flows(&self, asked: FlowsAsked) -> Result<FlowsView, ApiError> {
        let filter = filter(&asked)?;
        let told = self.engine.flows(filter).await?;
        let (rest, rows) = told.page.rest;
        Ok(FlowsView {
            zone: self.zone.name().to_owned(),
            from: asked.from,
            through: asked.through,
            sum: kinds(&told.sum)?,
            rows: told.page.sums.into_iter().map(row).collect::<Result<_, _>>()?,
            rest: (rows > 0)
                .then(|| {
                    Ok::<_, ApiError>(FlowRestView {
                        rows,
                        bytes: bytes(rest)?,
                    })
                })
                .transpose()?,
            coverage: told.coverage.into_iter().map(coverage).collect(),
        })
    }

    async fn flow_line(&self, asked: FlowLineAsked) -> Result<FlowLineView, ApiError> {
        let span = Span {
            start: asked.start,
            end: asked.end,
        };
        if span.start >= span.end {
            return Err(wrong("end", "an instant after `start`"));
        }
        if span.end.since(span.start) > limits::FLOW_SPAN {
            return Err(wrong("end", "at most 400 days after `start`"));
        }
        let steps = limits::FLOW_STEPS_LEAST..=limits::FLOW_STEPS;
        if !steps.contains(&asked.points) {
            return Err(wrong("points", "4 to 2000"));
        }
        let points = usize::try_from(asked.points).unwrap_or(usize::MAX);
        let told = self.engine.flow_line(span, asked.device.as_ref(), points).await?;
        let view = |point: engine::LinePoint| {
            Ok(FlowPointView {
                at: point.at,
                bytes: point.bytes.as_ref().map(kinds).transpose()?,
            })
        };
        Ok(FlowLineView {
            step: told.step.as_secs(),
            points: told
                .points
                .into_iter()
                .map(view)
                .collect::<Result<_, ApiError>>()?,
        })
    }

    async fn live(&self) -> Result<LiveView, ApiError> {
        let told = self.engine.live().await?;
        Ok(LiveView {
            at: told.at,
            devices: told.devices.into_iter().map(live_device).collect(),
            connections: told
                .connections
                .into_iter()
                .map(|(device, open)| connection(device, open))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// What the store is asked. Errors: which field, and what is allowed.
fn filter(asked: &FlowsAsked) -> Result<FlowFilter, ApiError> {
    if asked.from > asked.through {
        return Err(wrong("through", "a day not before `from`"));
    }
    let days = asked.through.duration_since(asked.from).as_hours() / 24 + 1;
    if days > limits::FLOW_DAYS {
        return Err(wrong("through", "at most 400 days from `from`, both in it"));
    }
    if !(1..=limits::FLOW_ROWS).contains(&asked.limit) {
        return Err(wrong("limit", "1 to 1000"));
    }
    let by: BTreeSet<store::FlowBy> = asked.by.iter().copied().map(told_apart).collect();
    Ok(FlowFilter {
        from: asked.from,
        through: asked.through,
        device: asked.device.clone(),
        by: by.into_iter().collect(),
        limit: usize::try_from(asked.limit).unwrap_or(1),
    })
}

fn wrong(field: &str, allowed: &str) -> ApiError {
    ApiError::new(
        ErrorCode::BadRequest,
        format!("{field} is out of range; allowed is {allowed}"),
    )
}

const fn told_apart(by: FlowBy) -> store::FlowBy {
    match by {
        FlowBy::Device => store::FlowBy::Device,
        FlowBy::Node => store::FlowBy::Node,
        FlowBy::Group => store::FlowBy::Group,
        FlowBy::Feed => store::FlowBy::Feed,
        FlowBy::Kind => store::FlowBy::Kind,
        FlowBy::Day => store::FlowBy::Day,
    }
}

/// Bytes as exact amounts. An error for more than an amount can hold: eight exbibytes.
pub(super) fn bytes(bytes: FlowBytes) -> Result<BytesView, ApiError> {
    let too_many = || ApiError::new(ErrorCode::Store, "a sum of bytes is more than an amount can hold");
    let amount = |bytes: Option<u64>| {
        let raw = bytes
            .and_then(|bytes| i64::try_from(bytes).ok())
            .ok_or_else(too_many)?;
        Ok::<_, ApiError>(Quantity::from_raw(raw, Unit::Bytes))
    };
    Ok(BytesView {
        up: amount(Some(bytes.up))?,
        down: amount(Some(bytes.down))?,
        total: amount(bytes.total())?,
        estimated: amount(bytes.estimated())?,
    })
}

/// Bytes by what became of them.
pub(super) fn kinds(of: &tidegate_meter::KindBytes) -> Result<FlowKindsView, ApiError> {
    Ok(FlowKindsView {
        proxy: bytes(of.proxy)?,
        direct: bytes(of.direct)?,
        reject: bytes(of.reject)?,
        unattributed: bytes(of.unattributed)?,
    })
}

fn row(sum: FlowSum) -> Result<FlowRowView, ApiError> {
    Ok(FlowRowView {
        device: sum.device,
        node: sum.node,
        group: sum.group,
        feed: sum.feed,
        kind: sum.kind,
        day: sum.day,
        bytes: bytes(sum.bytes)?,
    })
}

/// How much of a span a device was watched, in whole seconds.
pub(super) fn coverage(of: engine::Coverage) -> CoverageView {
    CoverageView {
        device: of.device,
        name: of.name,
        watched: of.watched.as_secs(),
        of: of.of.as_secs(),
    }
}

pub(super) const fn state(of: engine::DeviceState) -> DeviceState {
    match of {
        engine::DeviceState::Watched => DeviceState::Watched,
        engine::DeviceState::Lost => DeviceState::Lost,
        engine::DeviceState::Silent => DeviceState::Silent,
        engine::DeviceState::Ended => DeviceState::Ended,
        engine::DeviceState::New => DeviceState::New,
    }
}

fn live_device(of: engine::LiveDevice) -> LiveDeviceView {
    LiveDeviceView {
        device: of.device,
        name: of.name,
        state: state(of.state),
        as_of: of.as_of,
        up_rate: of.rates.map(|(up, _)| up),
        down_rate: of.rates.map(|(_, down)| down),
        connections: of.connections,
        nodes: of.nodes.into_iter().map(live_node).collect(),
    }
}

fn live_node(of: LiveNode) -> LiveNodeView {
    LiveNodeView {
        node: of.node,
        kind: of.kind,
        connections: of.connections,
        up_rate: of.up_rate,
        down_rate: of.down_rate,
    }
}

fn connection(device: DeviceId, open: LiveConnection) -> Result<ConnectionView, ApiError> {
    let so_far = FlowBytes {
        up: open.up,
        down: open.down,
        ..FlowBytes::default()
    };
    Ok(ConnectionView {
        device,
        node: open.node,
        group: open.group,
        kind: open.kind,
        host: open.host,
        process: open.process,
        bytes: bytes(so_far)?,
        since: open.since,
    })
}
