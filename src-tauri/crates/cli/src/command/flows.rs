//! `flows`: what passed on calendar days, and what passes now.

use tidegate_api::request::{FlowBy, FlowsAsked};
use tidegate_api::response::{ColumnKind, ColumnView, ExportPage, FlowRowView, FlowsView};
use tidegate_api::words::{Date, Quantity};
use tidegate_api::{Request, Response, export};

use super::show;
use crate::args::{FlowByArg, FlowSumsArgs, FlowsArgs, FlowsCommand};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

pub(super) async fn flows(context: &Context, args: FlowsArgs) -> Ended {
    match args.what {
        Some(FlowsCommand::Live) => {
            show(context, &ask(context, Request::Live).await?);
            Ok(Exit::Done)
        }
        None => sums(context, args.sums).await,
    }
}

async fn sums(context: &Context, args: FlowSumsArgs) -> Ended {
    let through = match args.through {
        Some(day) => day,
        None => today(context)?,
    };
    let by: Vec<FlowBy> = args.by.into_iter().map(told_apart).collect();
    let request = Request::Flows(FlowsAsked {
        from: args.from.unwrap_or(through),
        through,
        device: args.device,
        by: by.clone(),
        limit: args.limit,
    });
    let response = ask(context, request).await?;
    match &response {
        Response::Flows(view) if args.csv && !context.json => {
            out::verbatim(&export::csv(&page(view, &by), true)?);
        }
        other => show(context, other),
    }
    Ok(Exit::Done)
}

fn today(context: &Context) -> Result<Date, Failure> {
    let today = context.today();
    today
        .parse()
        .map_err(|_| Failure::Outside(format!("{today} is no day")))
}

const fn told_apart(by: FlowByArg) -> FlowBy {
    match by {
        FlowByArg::Device => FlowBy::Device,
        FlowByArg::Node => FlowBy::Node,
        FlowByArg::Group => FlowBy::Group,
        FlowByArg::Feed => FlowBy::Feed,
        FlowByArg::Kind => FlowBy::Kind,
        FlowByArg::Day => FlowBy::Day,
    }
}

/// The rows as a page of an export; what the rows beyond the limit come to is its last, with nothing that tells it apart.
fn page(view: &FlowsView, by: &[FlowBy]) -> ExportPage {
    let text = |by: &FlowBy| ColumnView {
        name: crate::table::name(by),
        kind: ColumnKind::Text,
    };
    let count = |name: &str| ColumnView {
        name: name.to_owned(),
        kind: ColumnKind::Count,
    };
    let counts = ["up", "down", "total", "estimated"];
    let rest = view.rest.map(|rest| FlowRowView {
        device: None,
        node: None,
        group: None,
        feed: None,
        kind: None,
        day: None,
        bytes: rest.bytes,
    });
    ExportPage {
        columns: by.iter().map(text).chain(counts.map(count)).collect(),
        rows: view.rows.iter().chain(&rest).map(|row| cells(row, by)).collect(),
        next: None,
    }
}

fn cells(row: &FlowRowView, by: &[FlowBy]) -> Vec<Option<String>> {
    let names = by.iter().map(|by| match by {
        FlowBy::Device => row.device.as_ref().map(ToString::to_string),
        FlowBy::Node => row.node.clone(),
        FlowBy::Group => row.group.clone(),
        FlowBy::Feed => row.feed.clone(),
        FlowBy::Kind => row.kind.map(|kind| kind.to_string()),
        FlowBy::Day => row.day.map(|day| day.to_string()),
    });
    let bytes = [row.bytes.up, row.bytes.down, row.bytes.total, row.bytes.estimated];
    names
        .chain(bytes.map(|bytes: Quantity| Some(bytes.raw().to_string())))
        .collect()
}
