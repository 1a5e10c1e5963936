//! The followed configuration: applied at the start, after each change of its file, and when the system asks for it. A text
//! with mistakes keeps the last good configuration and raises an alert. Tested in `tests/reload.rs`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use tidegate_api::words::Timer;
use tidegate_api::{ConfigRefusal, Face, Hosted, Request, Response, config};
use tokio::sync::mpsc;

use super::folder::Folder;
use crate::context::Context;
use crate::exit::Failure;
use crate::{out, table};

/// Editors write in several steps: so long after the last one the file is read.
const QUIET: Duration = Duration::from_secs(1);
/// A file that never rests is read all the same after this span.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the configuration comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// A file.
    File(PathBuf),
    /// The variables of the environment, which do not change while a process lives, and the folder of the user's own
    /// descriptions of providers.
    Environment {
        variables: BTreeMap<String, String>,
        specs: PathBuf,
    },
}

impl Source {
    /// Its name for people: a path may tell more than they need to know.
    fn name(&self) -> String {
        match self {
            Self::File(file) => file.file_name().map_or_else(
                || file.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            ),
            Self::Environment { .. } => "environment".to_owned(),
        }
    }

    fn text(&self) -> Result<String, Failure> {
        match self {
            Self::File(file) => crate::command::read(file),
            Self::Environment { variables, specs } => {
                config::environment_beside(variables, specs).map_err(|findings| Failure::Api(findings.into()))
            }
        }
    }
}

/// A configuration that is followed.
pub(super) struct Followed {
    source: Source,
    prune: bool,
    text: Option<String>,
    refusal: Option<ConfigRefusal>,
    news: News,
}

/// What says that it is to be read again.
struct News {
    folder: Option<Folder>,
    changes: mpsc::Receiver<()>,
    asked: Asked,
}

impl News {
    /// Before the first reading: what changes while the program starts is not missed, and a hangup does not end it.
    fn begin(source: &Source) -> Self {
        let (sender, changes) = mpsc::channel(1);
        Self {
            folder: watched(source, sender),
            changes,
            asked: Asked::begin(),
        }
    }
}

impl Followed {
    /// Applies it. Without anything configured before, a mistake ends the start; else the last good configuration
    /// guards on: a typo at a restart must not leave everything unguarded.
    pub(super) async fn begin(
        context: &Context,
        app: &Hosted,
        source: Source,
        prune: bool,
    ) -> Result<Self, Failure> {
        let mut followed = Self {
            news: News::begin(&source),
            source,
            prune,
            text: None,
            refusal: None,
        };
        if let Err(failure) = followed.apply(context, app, true).await {
            if app.is_unconfigured().await {
                return Err(failure);
            }
            followed.refused(context, &failure);
        }
        Ok(followed)
    }

    /// Follows it for ever. A file that cannot be watched is still read when the system asks for it.
    pub(super) async fn follow(mut self, context: &Context, app: &Hosted) {
        self.tell(app).await;
        loop {
            let forced = tokio::select! {
                Some(()) = self.news.changes.recv() => false,
                () = self.news.asked.again() => true,
            };
            if !forced {
                rest(&*context.timer, &mut self.news.changes).await;
            }
            self.reload(context, app, forced).await;
            if let Some(folder) = &mut self.news.folder {
                folder.follow_links();
            }
        }
    }

    async fn reload(&mut self, context: &Context, app: &Hosted, forced: bool) {
        match self.apply(context, app, forced).await {
            Ok(Applied::Same) => {}
            Ok(Applied::New) => {
                self.refusal = None;
                self.tell(app).await;
            }
            Err(failure) => {
                self.refused(context, &failure);
                self.tell(app).await;
            }
        }
    }

    /// Tells everyone who asks how it stands, and every channel when it was refused.
    async fn tell(&self, app: &Hosted) {
        let name = self.source.name();
        match &self.refusal {
            Some(why) => app.refuse_config(&name, why).await,
            None => app.accept_config(&name).await,
        }
    }

    /// Reads and applies. The same text as before is left alone: its mistake, if it has one, was told.
    async fn apply(&mut self, context: &Context, app: &Hosted, forced: bool) -> Result<Applied, Failure> {
        // A text that could not be read is none: the same one read afterwards is a new one.
        let before = self.text.take();
        let text = self.source.text()?;
        self.text = Some(text.clone());
        if !forced && before.as_ref() == Some(&text) {
            return Ok(Applied::Same);
        }
        if self.prune && text.trim().is_empty() {
            return Err(Failure::Outside(
                context
                    .say(
                        "文件是空的：按 --prune 会删掉全部配置，因此不采用。",
                        "The file is empty: with --prune everything configured would go, so it is not taken on.",
                    )
                    .to_owned(),
            ));
        }
        let request = Request::Apply {
            text,
            prune: self.prune,
        };
        let response = app.handle(request, "config").await?;
        if let (Response::Plan(plan), false) = (&response, context.json)
            && !plan.is_empty()
        {
            out::line(&table::text(context, &response));
        }
        Ok(Applied::New)
    }

    /// Every mistake on stderr, what it means, and the first of them for the alert.
    fn refused(&mut self, context: &Context, failure: &Failure) {
        let lines = match failure {
            Failure::Api(error) if !error.findings.is_empty() => {
                let mistakes = error.findings.iter();
                mistakes.map(|finding| finding.render(context.lang)).collect()
            }
            Failure::Api(error) => vec![error.detail.clone()],
            Failure::Usage(text) | Failure::Outside(text) => vec![text.clone()],
        };
        lines.iter().for_each(|line| out::to_person(line));
        out::to_person(context.say(
            "继续按上一份正确的配置看守；改正后会自动生效。",
            "The last good configuration keeps guarding; the corrected one takes effect by itself.",
        ));
        self.refusal = Some(match failure {
            Failure::Api(error) => ConfigRefusal::of(error, context.lang),
            Failure::Usage(text) | Failure::Outside(text) => ConfigRefusal::whole(text.clone()),
        });
    }
}

fn watched(source: &Source, sender: mpsc::Sender<()>) -> Option<Folder> {
    let Source::File(file) = source else {
        return None;
    };
    Folder::watch(file, sender)
        .inspect_err(|error| {
            tracing::warn!(%error, "the configuration file cannot be watched");
            out::to_person(&format!("{}: {error}", file.display()));
        })
        .ok()
}

/// What became of a text.
enum Applied {
    /// It is the one before.
    Same,
    /// It guards.
    New,
}

/// Waits until nothing changed for a second. One write is several changes in the same moment; they begin one wait.
async fn rest(timer: &dyn Timer, changes: &mut mpsc::Receiver<()>) {
    let begun = timer.now().mono;
    while timer.now().mono.since(begun) < PATIENCE {
        tokio::select! {
            () = timer.sleep(QUIET) => return,
            Some(()) = changes.recv() => {}
        }
    }
}

/// The system's word to read the configuration again: SIGHUP where there is one.
struct Asked {
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Asked {
    fn begin() -> Self {
        Self {
            #[cfg(unix)]
            hangup: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn again(&mut self) {
        #[cfg(unix)]
        if let Some(hangup) = &mut self.hangup
            && hangup.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use tidegate_api::words::{Clock as _, Time};
    use tidegate_sim::time::VirtualTimer;

    use super::*;

    /// How long the wait takes when the file changes after each of these spans, in milliseconds.
    async fn waited(changes: Vec<u64>) -> u128 {
        let timer = VirtualTimer::new(Time::from_ms(0));
        let (sender, mut receiver) = mpsc::channel(1);
        let writer = timer.clone();
        let writing = tokio::spawn(async move {
            for after in changes {
                writer.sleep(Duration::from_millis(after)).await;
                let _ = sender.try_send(());
            }
            std::future::pending::<()>().await;
        });
        let begun = timer.now().mono;
        rest(&timer, &mut receiver).await;
        writing.abort();
        timer.now().mono.since(begun).as_millis()
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_is_read_a_second_after_its_last_change() {
        assert_eq!(waited(Vec::new()).await, 1000);
        let one_write = waited(vec![1, 1, 1]).await;
        assert_eq!(one_write, 1003, "one write is several changes");
        assert_eq!(waited(vec![400, 400]).await, 1800);
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_never_rests_is_read_all_the_same() {
        let waited = waited(vec![600; 100]).await;
        assert!((10_000..12_000).contains(&waited), "{waited} ms");
    }
}
