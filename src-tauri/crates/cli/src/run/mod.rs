//! `run`: guards until it is told to end. Owns the order of starting and ending, the event lines and the summary.

mod doors;
mod folder;
mod log;
mod story;
mod tally;
mod tape;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
pub(crate) use story::line as story_line;
pub(crate) use tidegate_agent::command::told_to_end;
use tidegate_api::words::Lang;
use tidegate_api::{Changes, Face, Hosted, config};
use tidegate_server::link;
use tokio::sync::broadcast::error::RecvError;

use crate::args::RunArgs;
use crate::context::{Context, all_variables};
use crate::exit::{Ended, Exit, Failure};
use crate::out;
use crate::run::tally::Tally;
use crate::run::tape::Tape;
use crate::run::watch::Source;

/// Opens, applies the file, takes the lease, serves the link; then waits for the signal and ends in reverse.
pub(crate) async fn run(context: &Context, args: RunArgs) -> Ended {
    let options = context.options()?;
    context.home.make().map_err(|error| {
        anyhow::anyhow!(
            "the home folder {} cannot be used: {error}",
            context.home.root().display()
        )
    })?;
    let _log = log::begin(&context.home)?;
    let app = Arc::new(Hosted::open(options).await?);
    let tape = Tape::begin(std::io::stdout());
    let telling = tokio::spawn(tell(app.changes(), tape, context.json, context.lang));
    let ended = guard(context, args, &app).await;
    app.stop().await;
    if let Ok((tally, tape)) = telling.await {
        if ended.is_ok() {
            let at = context.now();
            tape.put(match context.json {
                true => tally.summary(at).to_string(),
                false => tally.sentence(context.lang),
            });
        }
        tape.end();
    }
    ended
}

async fn guard(context: &Context, args: RunArgs, app: &Arc<Hosted>) -> Ended {
    let followed = match source(context, args.config) {
        Some(source) => Some(watch::Followed::begin(context, app, source, args.prune).await?),
        None if args.prune => {
            let text = context.say(
                "--prune 需要 --config 或环境变量中的配置。",
                "--prune needs --config, or a configuration in the environment.",
            );
            return Err(Failure::Usage(text.to_owned()));
        }
        None => None,
    };
    app.run().await?;
    let face: Arc<dyn Face> = app.clone();
    let serving = link::serve(face, context.place()).await?;
    let doors = doors::Doors::open(context, app, &args.doors).await?;
    if !context.json {
        out::line(context.say("开始看守。按 Ctrl-C 结束。", "Guarding. End with Ctrl-C."));
    }
    match followed {
        Some(followed) => tokio::select! {
            () = followed.follow(context, app) => {}
            () = told_to_end() => {}
        },
        None => told_to_end().await,
    }
    doors.close().await;
    serving.end();
    Ok(Exit::Done)
}

/// A file before the variables of the environment; `None` when neither is there: what is configured guards.
fn source(context: &Context, file: Option<PathBuf>) -> Option<Source> {
    let variables = config::of_environment(all_variables());
    match (file, variables.is_empty()) {
        (Some(file), is_empty) => {
            if !is_empty {
                out::to_person(context.say(
                    "已指定 --config：环境变量 TIDEGATE_ACCOUNT_… 等不会当作配置。",
                    "With --config the variables TIDEGATE_ACCOUNT_… and the like are no configuration.",
                ));
            }
            Some(Source::File(file))
        }
        (None, false) => Some(Source::Environment {
            variables,
            specs: context.home.specs_dir(),
        }),
        (None, true) => None,
    }
}

/// Has what happens printed until the app ends, and counts it.
async fn tell(mut changes: Changes, tape: Tape, json: bool, lang: Lang) -> (Tally, Tape) {
    let mut tally = Tally::default();
    loop {
        let batch = match changes.recv().await {
            Ok(batch) => batch,
            Err(RecvError::Lagged(missed)) => {
                tally.missed = tally.missed.saturating_add(missed);
                continue;
            }
            Err(RecvError::Closed) => return (tally, tape),
        };
        for event in batch
            .get("events")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            tally.count(event);
            log::note(event);
            let line = match json {
                true => Some(event.to_string()),
                false => story::line(event, lang),
            };
            if line.is_some_and(|line| !tape.put(line)) {
                tally.missed = tally.missed.saturating_add(1);
            }
        }
    }
}
