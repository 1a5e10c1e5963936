//! The followed configuration file: applied at the start and after each change, one second after the last one. A file
//! with mistakes keeps the last good configuration and raises an alert.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tidegate_api::{Face, Hosted, Request, Response};
use tokio::sync::mpsc;

use crate::context::Context;
use crate::exit::Failure;
use crate::{out, table};

/// Editors write in several steps: so long after the last one the file is read.
const QUIET: Duration = Duration::from_secs(1);

/// A file that is followed.
pub(super) struct Followed {
    file: PathBuf,
    prune: bool,
    text: Option<String>,
    mistake: Option<String>,
}

impl Followed {
    /// Applies the file. Without anything configured before, a mistake ends the start; else the last good configuration
    /// guards on: a typo at a restart must not leave everything unguarded.
    pub(super) async fn begin(
        context: &Context,
        app: &Hosted,
        file: PathBuf,
        prune: bool,
    ) -> Result<Self, Failure> {
        let mut followed = Self {
            file,
            prune,
            text: None,
            mistake: None,
        };
        let applied = followed.apply(context, app).await;
        if let Err(failure) = applied {
            if app.is_unconfigured().await {
                return Err(failure);
            }
            followed.mistake = Some(tell(context, &failure));
            kept(context);
        }
        Ok(followed)
    }

    /// Follows the file for ever; returns only when it cannot be watched any more.
    pub(super) async fn follow(mut self, context: &Context, app: &Hosted) {
        if let Some(mistake) = self.mistake.take() {
            app.refuse_config(&mistake).await;
        }
        let (sender, mut changes) = mpsc::channel(1);
        let watcher = watch(&self.file, sender);
        if let Err(error) = &watcher {
            tracing::warn!(%error, "the configuration file cannot be watched");
            out::to_person(&format!("{}: {error}", self.file.display()));
            return std::future::pending().await;
        }
        while changes.recv().await.is_some() {
            context.timer.sleep(QUIET).await;
            while changes.try_recv().is_ok() {
                context.timer.sleep(QUIET).await;
            }
            self.reload(context, app).await;
        }
    }

    async fn reload(&mut self, context: &Context, app: &Hosted) {
        match self.apply(context, app).await {
            Ok(()) => app.accept_config().await,
            Err(failure) => {
                let mistake = tell(context, &failure);
                kept(context);
                app.refuse_config(&mistake).await;
            }
        }
    }

    /// Reads and applies; the same text as before is left alone.
    async fn apply(&mut self, context: &Context, app: &Hosted) -> Result<(), Failure> {
        let text = crate::command::read(&self.file)?;
        if self.text.as_ref() == Some(&text) {
            return Ok(());
        }
        let request = Request::Apply {
            text: text.clone(),
            prune: self.prune,
        };
        // A refused text is remembered too: the same mistake is told once.
        self.text = Some(text);
        let response = app.handle(request, "config").await?;
        if let (Response::Plan(plan), false) = (&response, context.json)
            && !plan.is_empty()
        {
            out::line(&table::text(context, &response));
        }
        Ok(())
    }
}

/// Tells every mistake on stderr; returns the first, for the alert.
fn tell(context: &Context, failure: &Failure) -> String {
    let lines = match failure {
        Failure::Api(error) if !error.findings.is_empty() => error
            .findings
            .iter()
            .map(|finding| finding.render(context.lang))
            .collect(),
        Failure::Api(error) => vec![error.detail.clone()],
        Failure::Usage(text) | Failure::Outside(text) => vec![text.clone()],
    };
    for line in &lines {
        out::to_person(line);
    }
    lines.into_iter().next().unwrap_or_default()
}

/// The effect of a refused file, and what to do.
fn kept(context: &Context) {
    out::to_person(context.say(
        "继续按上一份正确的配置看守；改正文件后会自动生效。",
        "The last good configuration keeps guarding; the corrected file takes effect by itself.",
    ));
}

/// Watches the folder, not the file: an editor that renames a new file into place would take the watch away with the
/// old one.
fn watch(file: &Path, sender: mpsc::Sender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.try_send(());
        }
    })?;
    let absolute = std::path::absolute(file)?;
    let folder = absolute.parent().unwrap_or(&absolute);
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}
