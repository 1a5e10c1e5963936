//! `run`: guards until it is told to end. Owns the order of starting and ending, the event lines and the summary.

mod doors;
mod folder;
mod log;
mod story;
mod tally;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
pub(crate) use story::line as story_line;
use tidegate_api::words::Lang;
use tidegate_api::{Changes, Face, Hosted, config};
use tidegate_server::link;
use tokio::sync::broadcast::error::RecvError;

use crate::args::RunArgs;
use crate::context::{Context, all_variables};
use crate::exit::{Ended, Exit, Failure};
use crate::out;
use crate::run::tally::Tally;
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
    let telling = tokio::spawn(tell(app.changes(), context.json, context.lang));
    let ended = guard(context, args, &app).await;
    app.stop().await;
    let tally = telling.await.unwrap_or_default();
    ended?;
    let at = context.now();
    if context.json {
        out::json(&tally.summary(at));
    } else {
        out::line(&tally.sentence(context.lang));
    }
    Ok(Exit::Done)
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

/// Prints what happens until the app ends, and counts it.
async fn tell(mut changes: Changes, json: bool, lang: Lang) -> Tally {
    let mut tally = Tally::default();
    loop {
        let batch = match changes.recv().await {
            Ok(batch) => batch,
            Err(RecvError::Lagged(missed)) => {
                tally.missed = tally.missed.saturating_add(missed);
                continue;
            }
            Err(RecvError::Closed) => return tally,
        };
        for event in batch
            .get("events")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            tally.count(event);
            log::note(event);
            if json {
                out::json(event);
            } else if let Some(line) = story::line(event, lang) {
                out::line(&line);
            }
        }
    }
}

/// Returns when the user or the system asks the program to end.
pub(crate) async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut term) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
