//! `import flowcollect`: settings like those of any earlier system, then the history of its database, batch by batch. Owns
//! that a second import, and one that was broken off, counts nothing twice.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use tidegate_api::import::Imported;
use tidegate_api::import::flowcollect::{
    EarlierBatch, EarlierDevice, EarlierHistory, EarlierSamples, FileKind, mark_of, settings,
};
use tidegate_api::limits::EARLIER_SAMPLES;
use tidegate_api::request::{ImportFlows, ImportSamples};
use tidegate_api::words::AccountId;
use tidegate_api::{Request, Response};

use super::{Answer, Sure, Taken, shown, take_over};
use crate::args::FlowcollectArgs;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

/// What was taken over of the history.
#[derive(Default)]
struct Tally {
    flows: usize,
    samples: usize,
    left_out: usize,
}

pub(in crate::command) async fn flowcollect(context: &Context, args: &FlowcollectArgs) -> Ended {
    let (mut imported, histories) = read(&args.files)?;
    let accounts = accounts_of(&imported);
    histories.iter().for_each(|history| name_all(context, history));
    let sure = Sure {
        dry_run: args.dry_run,
        yes: args.yes,
    };
    let taken = take_over(context, &mut imported, sure, !histories.is_empty()).await?;
    match taken.answer {
        Answer::Declined => return Ok(Exit::No),
        Answer::Shown => return shown(context, &taken.plan, &imported, &taken.refused),
        Answer::Agreed => {}
    }
    let mut tally = Tally::default();
    for history in &histories {
        for device in &history.devices {
            device_over(context, history, device, &mut tally).await?;
        }
        for subscription in &history.subscriptions {
            samples_over(context, subscription, &accounts, &mut tally).await?;
        }
    }
    told(context, &taken, &imported, &tally)
}

/// Every file as what it is; a database also tells subscriptions that no settings name.
fn read(files: &[PathBuf]) -> Result<(Imported, Vec<EarlierHistory>), Failure> {
    let (mut imported, mut histories) = (Imported::default(), Vec::new());
    for file in files {
        let broken = |error: &dyn std::fmt::Display| Failure::Usage(format!("{}: {error}", file.display()));
        let head = head(file).map_err(|error| broken(&error))?;
        let kind = FileKind::of(&file.to_string_lossy(), &head);
        if kind == FileKind::Database {
            histories.push(EarlierHistory::open(file).map_err(|error| broken(&error))?);
        } else {
            let text = super::super::read(file)?;
            imported.add(settings(kind, &text).map_err(|error| broken(&error))?);
        }
    }
    let known = accounts_of(&imported);
    for history in &histories {
        imported.add(history.settings(&|mark| known.contains_key(mark)));
    }
    Ok((imported, histories))
}

fn head(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    std::fs::File::open(file)?.take(16).read_to_end(&mut head)?;
    Ok(head)
}

/// Which account each address of a subscription became.
fn accounts_of(imported: &Imported) -> BTreeMap<[u8; 32], AccountId> {
    let accounts = imported.items.account.iter().filter_map(|item| {
        let id = item.0.get("id")?.as_str()?;
        let url = imported.secrets.get(&format!("subscription-{id}"))?.get("url")?;
        Some((mark_of(url), id.parse().ok()?))
    });
    accounts.collect()
}

fn name_all(context: &Context, history: &EarlierHistory) {
    if context.json {
        return;
    }
    for device in &history.devices {
        let text = context.say("设备的历史流量：", "traffic history of the device");
        out::line(&format!("+ {text} {} ({})", device.name, device.device));
    }
    for known in &history.subscriptions {
        let text = context.say("订阅的历史用量：", "usage history of the subscription");
        out::line(&format!("+ {text} {} ({})", known.name, known.samples.len()));
    }
}

async fn device_over(
    context: &Context,
    history: &EarlierHistory,
    device: &EarlierDevice,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let mut after = flows_through(context, device, None).await?;
    while let Some(next) = next_of(context, history, device, after)? {
        let (sequence, count) = (next.batch.sequence, next.batch.flows.len());
        let through = flows_through(context, device, Some(next.batch)).await?;
        if through < sequence {
            return Err(Failure::Outside(format!(
                "{}: the guard did not take its reports {sequence}",
                device.name
            )));
        }
        tally.flows += count;
        tally.left_out += next.left_out;
        after = sequence;
    }
    Ok(())
}

fn next_of(
    context: &Context,
    history: &EarlierHistory,
    device: &EarlierDevice,
    after: u64,
) -> Result<Option<EarlierBatch>, Failure> {
    let next = history.after(device, after, context.now());
    next.map_err(|error| Failure::Outside(format!("{}: {error}", device.name)))
}

/// Hands in a batch, or only asks how far the device was taken over.
async fn flows_through(
    context: &Context,
    device: &EarlierDevice,
    batch: Option<tidegate_api::words::FlowBatch>,
) -> Result<u64, Failure> {
    let request = Request::ImportFlows(ImportFlows {
        device: device.device.clone(),
        name: device.name.clone(),
        epoch: device.epoch,
        batch,
    });
    match ask(context, request).await? {
        Response::Imported(through) => Ok(through),
        _ => Err(Failure::Outside(
            "the guard gave another answer than a number".to_owned(),
        )),
    }
}

async fn samples_over(
    context: &Context,
    subscription: &EarlierSamples,
    accounts: &BTreeMap<[u8; 32], AccountId>,
    tally: &mut Tally,
) -> Result<(), Failure> {
    tally.left_out += subscription.left_out;
    let Some(account) = accounts.get(&subscription.mark) else {
        tally.left_out += subscription.samples.len();
        return Ok(());
    };
    for samples in subscription.samples.chunks(EARLIER_SAMPLES) {
        let request = Request::ImportSamples(ImportSamples {
            account: account.clone(),
            samples: samples.to_vec(),
        });
        ask(context, request).await?;
        tally.samples += samples.len();
    }
    Ok(())
}

fn told(context: &Context, taken: &Taken, imported: &Imported, tally: &Tally) -> Ended {
    if !context.json {
        let text = context.say(
            "已导入的流量行、订阅样本、未导入的记录：",
            "flows, samples of subscriptions, records left out:",
        );
        out::line(&format!(
            "{text} {} / {} / {}",
            tally.flows, tally.samples, tally.left_out
        ));
        return Ok(Exit::Done);
    }
    out::json(&json!({
        "plan": taken.plan,
        "notes": super::notes(context, &imported.notes),
        "refused": taken.refused,
        "secrets": imported.secrets.keys().collect::<Vec<_>>(),
        "flows": tally.flows,
        "samples": tally.samples,
        "left_out": tally.left_out,
    }));
    Ok(Exit::Done)
}
