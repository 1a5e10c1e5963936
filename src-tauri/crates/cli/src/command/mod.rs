//! Every command: what it asks, and how its answer is told.

mod agent;
mod agents;
mod configure;
mod demo;
mod flows;
mod footing;
mod history;
mod import;
mod mail;
mod power;
mod quota;
mod records;
mod renewals;
mod report;
mod secrets;
mod sim;
mod simulate;
mod tokens;
mod watching;

use tidegate_api::{Request, Response};

pub(crate) use configure::read;

use crate::args::{Command, ImportCommand};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, run, table};

/// Runs a command to its end.
pub(crate) async fn execute(context: Context, command: Command) -> Ended {
    match command {
        Command::Run(args) => run::run(&context, args).await,
        Command::Agent(args) => agent::agent(&context, *args).await,
        Command::Demo(args) => demo::demo(&context, args).await,
        Command::Sim(args) => sim::sim(&context, args).await,
        Command::Check { accounts } => watching::check(&context, accounts).await,
        Command::Apply(args) => configure::apply(&context, args).await,
        Command::Validate { file, env: _ } => configure::validate(&context, file.as_deref()).await,
        Command::Import {
            what: ImportCommand::BalanceAlert(args),
        } => import::balance_alert(&context, args).await,
        Command::Import {
            what: ImportCommand::Flowcollect(args),
        } => import::flowcollect(&context, &args).await,
        Command::Arm { guard, seconds, yes } => watching::arm(&context, guard, seconds, yes).await,
        Command::Replay(args) => watching::replay(&context, args).await,
        Command::Stop(args) => power::stop(&context, args).await,
        Command::Start(args) => power::start(&context, args).await,
        Command::Protect { server, account, off } => power::protect(&context, &server, account, !off).await,
        other => keep(&context, other).await,
    }
}

/// Commands about records, secrets and the program's own footing.
async fn keep(context: &Context, command: Command) -> Ended {
    match command {
        Command::Audit { what } => records::audit(context, what).await,
        Command::History {
            account,
            meter,
            seconds,
        } => records::history(context, account, meter, seconds).await,
        Command::Trend(args) => history::trend(context, args).await,
        Command::Stats(args) => history::stats(context, args).await,
        Command::ExportHistory(args) => history::export_history(context, args).await,
        Command::ExportRecords(args) => history::export_records(context, args).await,
        Command::Backup { file } => footing::backup(context, &file).await,
        Command::RestoreBackup { file, yes } => footing::restore(context, &file, yes).await,
        Command::Renewals { what } => renewals::renewals(context, what).await,
        Command::Quota { what } => quota::quota(context, what).await,
        Command::Vault { what } => secrets::vault(context, what).await,
        Command::Tokens { what } => tokens::tokens(context, what).await,
        Command::Doctor { outside } => footing::doctor(context, outside).await,
        Command::Mail { what } => mail::mail(context, what).await,
        Command::Version => footing::version(context).await,
        other => traffic(context, other).await,
    }
}

/// Commands about proxy traffic.
async fn traffic(context: &Context, command: Command) -> Ended {
    match command {
        Command::Flows(args) => flows::flows(context, args).await,
        Command::Report(args) => report::report(context, args).await,
        Command::Agents { what } => agents::agents(context, what).await,
        other => plain(context, other).await,
    }
}

/// Commands that are one request and its answer.
async fn plain(context: &Context, command: Command) -> Ended {
    let lang = context.lang;
    let must_guard = matches!(command, Command::Status { guarding: true });
    let request = match command {
        Command::Status { guarding: _ } => Request::Status,
        Command::Accounts => Request::Accounts,
        Command::Meters { account } => Request::Meters { account, lang },
        Command::Targets { account } => Request::Targets { account },
        Command::Subscriptions => Request::Subscriptions,
        Command::Export => Request::Export,
        Command::Guards => Request::Guards { lang },
        Command::Disarm { guard } => Request::Disarm { guard },
        Command::Actions(list) => Request::Actions {
            open: list.open,
            limit: list.limit,
            before: None,
            lang: Some(lang),
        },
        Command::Cancel { action } => Request::Cancel { action },
        Command::Hold { action, seconds } => Request::Hold { action, seconds },
        Command::Restore { action } => Request::Restore { action },
        Command::Pause { seconds } => Request::Pause { seconds },
        Command::Resume => Request::Resume,
        Command::Channels { what } => records::channels(what),
        Command::Alerts(list) => Request::Alerts {
            open: list.open,
            limit: list.limit,
            before: None,
            lang,
        },
        Command::Ack { alert, reason } => Request::Acknowledge { alert, reason },
        Command::Snooze {
            alert,
            seconds,
            reason,
        } => Request::Snooze {
            alert,
            seconds,
            reason,
        },
        Command::Deliveries(list) => match list.retry {
            Some(delivery) => Request::RetryDelivery { delivery },
            None => Request::Deliveries {
                limit: list.limit,
                before: None,
                lang,
            },
        },
        Command::Lapses => Request::Lapses {
            limit: 100,
            before: None,
            lang: Some(lang),
        },
        other => return Err(Failure::Usage(format!("{other:?} is answered elsewhere"))),
    };
    let response = ask(context, request).await?;
    show(context, &response);
    let guards = matches!(&response, Response::Status(status) if status.running && status.holder);
    if must_guard && !guards {
        return Ok(Exit::No);
    }
    Ok(ending(&response))
}

/// Prints an answer: JSON for programs, a table for people.
pub(crate) fn show(context: &Context, response: &Response) {
    if context.json {
        out::json(&table::json(response));
    } else {
        out::line(&table::text(context, response));
    }
}

/// An action that was followed to its end and did not reach its goal is a no.
pub(crate) fn ending(response: &Response) -> Exit {
    use tidegate_api::words::IntentState as S;
    match response {
        Response::Planned(action) if matches!(action.state, S::Abandoned | S::Cancelled | S::Failed) => {
            Exit::No
        }
        _ => Exit::Done,
    }
}
