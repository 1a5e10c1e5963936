//! The stage: a world, its door on a loopback port, and a program of our own over it. What the world holds and how it is
//! guarded is the story's: `traffic`, `quota`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_egress::Timer;
use tidegate_engine::SystemTimer;
use tidegate_meter::{Clock, GuardId, Lang, Time};
use tidegate_sim::story::StoryTimer;
use tidegate_sim::{Credential, SimError, World, listen};
use tokio::sync::broadcast::error::RecvError;

use super::{Check, DemoOptions, cards, not_ready, patient};
use crate::request::SecretText;
use crate::{ApiError, App, AppOptions, Changes, Face, Request, Response, VaultChoice};

pub(super) const ACCOUNT: &str = "demo";
pub(super) const CHANNEL: &str = "ops";

/// What a story watches, and by which guard.
pub(super) struct Watched {
    pub(super) provider: &'static str,
    pub(super) guard: &'static str,
    pub(super) steps: [&'static str; 3],
    pub(super) limit: &'static str,
}

pub(super) struct Stage {
    pub(super) app: App,
    pub(super) world: World,
    pub(super) timer: Arc<dyn Timer>,
    base: String,
    pub(super) lang: Lang,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Stage {
    /// A world of the story's making, under the story's time.
    pub(super) async fn build(
        options: &DemoOptions,
        world: impl FnOnce(Arc<dyn Clock>) -> Result<World, SimError>,
    ) -> Result<Self, ApiError> {
        let start = SystemTimer::new().now().wall;
        let story = StoryTimer::start(start, options.speed);
        let clock: Arc<dyn Clock> = story.clone();
        let world = world(clock).map_err(|error| not_ready(&error.to_string()))?;
        let listening = listen("127.0.0.1:0", world.clone())
            .await
            .map_err(|error| not_ready(&error.to_string()))?;
        let base = format!("http://{}", listening.addr);
        let serving = tokio::spawn(async move {
            if let Err(error) = listening.run().await {
                tracing::warn!(%error, "the simulated cloud ended");
            }
        });
        let mut parts = AppOptions::new(&options.home);
        // The file is real and sealed; its passphrase guards nothing but made-up keys.
        parts.vault = VaultChoice::File {
            passphrase: SecretString::from("FAKE-demo-passphrase"),
        };
        parts.timer = story.clone();
        parts.transport = Some(Arc::new(patient::Patient::new(story.clone())?));
        let app = App::open(parts).await?;
        let stage = Self {
            app,
            world,
            timer: story,
            base,
            lang: options.lang,
            serving,
        };
        stage.put_hook().await?;
        Ok(stage)
    }

    pub(super) fn now(&self) -> Time {
        self.timer.now().wall
    }

    /// The key of the account, into the vault.
    pub(super) async fn put_key(&self, key: &Credential) -> Result<(), ApiError> {
        self.put("demo-cloud", vec![("ak", key.ak.clone()), ("sk", key.sk.clone())])
            .await
    }

    async fn put_hook(&self) -> Result<(), ApiError> {
        let (path, secret) = self.world.feishu_hook();
        let url = format!("{}{path}", self.base);
        let mut hook = vec![("url", url)];
        hook.extend(secret.map(|secret| ("secret", secret)));
        self.put("demo-feishu", hook).await
    }

    async fn put(&self, item: &str, fields: Vec<(&str, String)>) -> Result<(), ApiError> {
        let secret =
            |(field, value): (&str, String)| (field.to_owned(), SecretText(SecretString::from(value)));
        let fields: BTreeMap<String, SecretText> = fields.into_iter().map(secret).collect();
        self.app
            .handle(
                Request::VaultSet {
                    item: item.to_owned(),
                    fields,
                },
                "demo",
            )
            .await?;
        Ok(())
    }

    /// The configuration as a newcomer would write it.
    pub(super) fn config(&self, watched: &Watched) -> String {
        let (base, language) = (&self.base, language(self.lang));
        let secret = match self.world.feishu_hook().1 {
            Some(_) => "secret = \"vault:demo-feishu\"\n",
            None => "",
        };
        let Watched {
            provider,
            guard,
            steps: [first, second, third],
            limit,
        } = watched;
        format!(
            r#"[[account]]
id = "{ACCOUNT}"
provider = "{provider}"
name = "演示账户"
interval = "60s"
interval_near = "30s"
endpoint = "{base}"
[account.secret]
ak = "vault:demo-cloud"
sk = "vault:demo-cloud"

[[channel]]
id = "{CHANNEL}"
kind = "feishu"
url = "vault:demo-feishu"
{secret}language = "{language}"

[[guard]]
id = "{guard}"
account = "{ACCOUNT}"
meter = "*"
steps = ["{first}", "{second}", "{third}"]
limit = "{limit}"
action = "stop"
countdown = "60s"
channels = ["{CHANNEL}"]
"#
        )
    }

    /// What stands on the stage, for whoever watches.
    pub(super) fn scenery(&self, watched: &[&str], config: &str) -> Value {
        json!({
            "event": "scenery",
            "at": self.now(),
            "cloud": self.base,
            "home": self.app.home().root().display().to_string(),
            "servers": watched,
            "config": config,
        })
    }

    /// Applies the configuration, tries the channel, and starts the guard.
    pub(super) async fn begin(&self, config: String) -> Result<(), ApiError> {
        let apply = Request::Apply {
            text: config,
            prune: false,
        };
        self.app.handle(apply, "demo").await?;
        let channel = CHANNEL.parse().map_err(|_| not_ready("the channel's id"))?;
        self.app.handle(Request::TestChannel { channel }, "demo").await?;
        self.app.run().await
    }

    /// Lets the story's guard act for a day, and tells on what.
    pub(super) async fn arm(&self, guard: &str, tell: &mut impl FnMut(&Value)) -> Result<(), ApiError> {
        let guard: GuardId = guard.parse().map_err(|_| not_ready("the guard's id"))?;
        let arm = Request::Arm {
            guard,
            seconds: 86_400,
        };
        if let Response::Armed(armed) = self.app.handle(arm, "demo").await? {
            tell(&json!({
                "event": "armed", "at": self.now(), "guard": armed.guard, "until": armed.until,
                "targets": armed.targets,
            }));
        }
        Ok(())
    }

    /// Ends the guard and tells what the group got.
    pub(super) async fn end(&self, tell: &mut impl FnMut(&Value)) {
        self.app.stop().await;
        for card in cards::received(&self.world.feishu()) {
            tell(&card);
        }
    }

    /// Tells the checks, and gives them back.
    pub(super) fn checked(&self, checks: Vec<Check>, tell: &mut impl FnMut(&Value)) -> Vec<Check> {
        for check in &checks {
            tell(&json!({
                "event": "check", "at": self.now(), "check": check.check, "ok": check.ok, "found": check.found,
            }));
        }
        checks
    }

    /// Tells every event until the awaited one has come, or the span is over.
    pub(super) async fn hear(
        &self,
        changes: &mut Changes,
        tell: &mut impl FnMut(&Value),
        span: Duration,
        awaited: impl Fn(&Value) -> bool,
    ) -> Result<(), ApiError> {
        let over = self.timer.sleep(span);
        tokio::pin!(over);
        loop {
            let batch = tokio::select! {
                batch = changes.recv() => batch,
                () = &mut over => return Ok(()),
            };
            let batch = match batch {
                Ok(batch) => batch,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Err(not_ready("the events ended")),
            };
            let mut come = false;
            for event in batch
                .get("events")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                tell(event);
                come |= awaited(event);
            }
            if come {
                return Ok(());
            }
        }
    }
}

const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}
