//! `import`: shows what would be taken over and what would not, asks, and takes it over in one transaction. Owns that nothing
//! is written before the plan was shown, and that what is already there stays as it is.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::json;
use tidegate_api::config::{Plan, items_text};
use tidegate_api::import::{self, ImportNote, Imported};
use tidegate_api::request::{Item, Items};
use tidegate_api::response::{DraftView, FindingView};
use tidegate_api::{Request, Response};

use crate::args::ImportArgs;
use crate::ask::ask;
use crate::context::{Context, all_variables};
use crate::exit::{Ended, Exit, Failure};
use crate::{out, table};

mod flowcollect;

pub(super) use flowcollect::flowcollect;

/// An item that is refused may be referred to by another, which is refused in the next round.
const ROUNDS: usize = 5;

pub(super) async fn balance_alert(context: &Context, args: ImportArgs) -> Ended {
    let text = super::read(&args.file)?;
    let variables = all_variables();
    let is_set = |name: &str| variables.get(name).is_some_and(|value| !value.is_empty());
    let imported = import::balance_alert(&text, &args.currency, &is_set);
    let mut imported =
        imported.map_err(|error| Failure::Usage(format!("{}: {error}", args.file.display())))?;
    if let Some(file) = &args.out {
        tell(context, &imported.notes, &[]);
        return written(context, file, &imported);
    }
    let sure = Sure {
        dry_run: args.dry_run,
        yes: args.yes,
    };
    let taken = take_over(context, &mut imported, sure, false).await?;
    if taken.answer == Answer::Declined {
        return Ok(Exit::No);
    }
    shown(context, &taken.plan, &imported, &taken.refused)
}

/// How sure its caller is.
#[derive(Clone, Copy)]
struct Sure {
    dry_run: bool,
    yes: bool,
}

/// What was said to what was shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    /// It was only shown, or there is nothing to take over.
    Shown,
    /// No.
    Declined,
    /// Yes; the items are taken over.
    Agreed,
}

/// What became of the items.
struct Taken {
    plan: Plan,
    refused: Vec<String>,
    answer: Answer,
}

/// Shows what would change, asks, and saves the items. `more`: there is something to take over besides items.
async fn take_over(
    context: &Context,
    imported: &mut Imported,
    sure: Sure,
    more: bool,
) -> Result<Taken, Failure> {
    let (plan, refused) = draft(context, &mut imported.items).await?;
    keep_known(context, imported).await?;
    tell(context, &imported.notes, &refused);
    if !context.json {
        out::line(&table::text(context, &Response::Plan(plan.clone())));
    }
    let nothing = plan.is_empty() && imported.secrets.is_empty();
    let mut taken = Taken {
        plan,
        refused,
        answer: Answer::Shown,
    };
    if sure.dry_run || (nothing && !more) {
        return Ok(taken);
    }
    if !sure.yes && !agreed(context)? {
        taken.answer = Answer::Declined;
        return Ok(taken);
    }
    taken.answer = Answer::Agreed;
    if nothing {
        return Ok(taken);
    }
    let request = Request::Save {
        items: imported.items.clone(),
        remove: Vec::new(),
        secrets: imported.secrets.clone(),
    };
    let Response::Plan(plan) = ask(context, request).await? else {
        return Err(Failure::Outside(
            "the guard gave another answer than a plan".to_owned(),
        ));
    };
    taken.plan = plan;
    Ok(taken)
}

/// The plan of what can be taken over; items with mistakes are taken out and told.
async fn draft(context: &Context, items: &mut Items) -> Result<(Plan, Vec<String>), Failure> {
    let mut refused = Vec::new();
    for _ in 0..ROUNDS {
        let request = Request::Draft {
            items: items.clone(),
            remove: Vec::new(),
            lang: context.lang,
        };
        let Response::Draft(view) = ask(context, request).await? else {
            break;
        };
        let DraftView { findings, plan, .. } = view;
        if let Some(plan) = plan {
            return Ok((plan, refused));
        }
        refused.extend(findings.iter().map(|finding| refusal(items, finding)));
        take_out(items, &findings);
    }
    Err(Failure::Usage(refused.join("\n")))
}

/// What is wrong with which item, by its name rather than its number.
fn refusal(items: &mut Items, finding: &FindingView) -> String {
    let id = place(&finding.path).and_then(|(kind, index)| {
        let id = list(items, kind)?.get(index)?.0.get("id")?.as_str()?;
        Some(format!("{kind} {id}: "))
    });
    format!("{}{}: {}", id.unwrap_or_default(), finding.path, finding.text)
}

fn take_out(items: &mut Items, findings: &[FindingView]) {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (kind, index) in findings.iter().filter_map(|finding| place(&finding.path)) {
        places.entry(kind).or_default().push(index);
    }
    for (kind, indices) in places {
        if let Some(list) = list(items, kind) {
            let mut index = 0;
            list.retain(|_| {
                let stays = !indices.contains(&index);
                index += 1;
                stays
            });
        }
    }
}

/// `account[2].secret` as kind and number.
fn place(path: &str) -> Option<(&str, usize)> {
    let (kind, rest) = path.split_once('[')?;
    let (index, _) = rest.split_once(']')?;
    Some((kind, index.parse().ok()?))
}

fn list<'a>(items: &'a mut Items, kind: &str) -> Option<&'a mut Vec<Item>> {
    Some(match kind {
        "account" => &mut items.account,
        "channel" => &mut items.channel,
        "guard" => &mut items.guard,
        "renewal" => &mut items.renewal,
        "mailbox" => &mut items.mailbox,
        _ => return None,
    })
}

/// A key that is in the vault already stays: a second import changes nothing. One that nothing refers to any more goes.
async fn keep_known(context: &Context, imported: &mut Imported) -> Result<(), Failure> {
    if imported.secrets.is_empty() {
        return Ok(());
    }
    let Response::VaultItems(vault) = ask(context, Request::VaultList).await? else {
        return Ok(());
    };
    let text = items_text(&imported.items);
    let wanted = |item: &String| text.contains(&format!("\"vault:{item}\""));
    imported
        .secrets
        .retain(|item, _| wanted(item) && !vault.items.contains(item));
    Ok(())
}

fn agreed(context: &Context) -> Result<bool, Failure> {
    if !out::can_ask() {
        let text = context.say(
            "没有改动。用 --yes 确认，或用 --dry-run 只看。",
            "Nothing was changed. Confirm with --yes, or only look with --dry-run.",
        );
        return Err(Failure::Usage(text.to_owned()));
    }
    Ok(out::confirm(context.say("导入以上内容？", "Take this over?")))
}

fn tell(context: &Context, notes: &[ImportNote], refused: &[String]) {
    if context.json {
        return;
    }
    for note in notes {
        let sign = if note.left_out { "✗" } else { "·" };
        out::line(&format!("{sign} {}: {}", note.place, note.text(context.lang)));
    }
    for line in refused {
        out::line(&format!("✗ {line}"));
    }
}

fn shown(context: &Context, plan: &Plan, imported: &Imported, refused: &[String]) -> Ended {
    if context.json {
        out::json(&json!({
            "plan": plan,
            "notes": notes(context, &imported.notes),
            "refused": refused,
            "secrets": imported.secrets.keys().collect::<Vec<_>>(),
        }));
    }
    Ok(Exit::Done)
}

fn notes(context: &Context, notes: &[ImportNote]) -> Vec<serde_json::Value> {
    let note = |note: &ImportNote| json!({ "place": note.place, "left_out": note.left_out, "text": note.text(context.lang) });
    notes.iter().map(note).collect()
}

/// A configuration file, complete or not there at all.
fn written(context: &Context, file: &Path, imported: &Imported) -> Ended {
    let outside = |error: std::io::Error| Failure::Outside(format!("{}: {error}", file.display()));
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut new =
        tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new("."))).map_err(outside)?;
    new.write_all(items_text(&imported.items).as_bytes())
        .map_err(outside)?;
    new.as_file().sync_all().map_err(outside)?;
    new.persist_noclobber(file)
        .map_err(|error| outside(error.error))?;
    let secrets = imported.secrets.iter();
    let missing: Vec<String> = secrets
        .flat_map(|(item, fields)| {
            fields
                .keys()
                .map(move |field| format!("tidegated vault set {item} {field}"))
        })
        .collect();
    if context.json {
        let notes = notes(context, &imported.notes);
        out::json(&json!({ "file": file, "notes": notes, "vault": missing }));
    } else {
        missing.iter().for_each(|line| out::line(line));
        out::line(&format!(
            "{} {}",
            context.say("已写入", "written:"),
            file.display()
        ));
    }
    Ok(Exit::Done)
}
