//! The stage: a world, its door on a loopback port, and a program of our own over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_egress::Timer;
use tidegate_engine::SystemTimer;
use tidegate_meter::{Clock, Lang, Time};
use tidegate_sim::story::StoryTimer;
use tidegate_sim::{World, days, gib, listen, mbit, minutes, seconds};

use super::{DemoOptions, not_ready, patient};
use crate::request::SecretText;
use crate::{ApiError, App, AppOptions, Face, Request, VaultChoice};

pub(super) const ACCOUNT: &str = "demo";
pub(super) const CHANNEL: &str = "ops";
pub(super) const GUARD: &str = "demo-traffic";
/// The server whose package runs dry.
pub(super) const DRY: &str = "web-01";
/// The one beside it, armed as well, with plenty left.
pub(super) const HEALTHY: &str = "db-01";
/// The same story every time.
const SEED: u64 = 20_261_120;

pub(super) struct Stage {
    pub(super) app: App,
    pub(super) world: World,
    pub(super) timer: Arc<dyn Timer>,
    base: String,
    lang: Lang,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Stage {
    pub(super) async fn build(options: &DemoOptions) -> Result<Self, ApiError> {
        let start = SystemTimer::new().now().wall;
        let story = StoryTimer::start(start, options.speed);
        let clock: Arc<dyn Clock> = story.clone();
        let world = world(options.speed).build(clock);
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
        stage.put_secrets().await?;
        Ok(stage)
    }

    pub(super) fn now(&self) -> Time {
        self.timer.now().wall
    }

    async fn put_secrets(&self) -> Result<(), ApiError> {
        let keys = self
            .world
            .credentials(ACCOUNT)
            .map_err(|error| not_ready(&error.to_string()))?;
        let key = keys.first().ok_or_else(|| not_ready("no key"))?;
        let (path, secret) = self.world.feishu_hook();
        let url = format!("{}{path}", self.base);
        let mut hook = vec![("url", url)];
        hook.extend(secret.map(|secret| ("secret", secret)));
        self.put("demo-cloud", vec![("ak", key.ak.clone()), ("sk", key.sk.clone())])
            .await?;
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
    pub(super) fn config(&self) -> String {
        let (base, language) = (&self.base, language(self.lang));
        let secret = match self.world.feishu_hook().1 {
            Some(_) => "secret = \"vault:demo-feishu\"\n",
            None => "",
        };
        format!(
            r#"[[account]]
id = "{ACCOUNT}"
provider = "huawei"
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
id = "{GUARD}"
account = "{ACCOUNT}"
meter = "*"
steps = ["70%", "85%", "95%"]
limit = "5 GB"
action = "stop"
countdown = "60s"
channels = ["{CHANNEL}"]
"#
        )
    }

    /// What stands on the stage, for whoever watches.
    pub(super) fn scenery(&self) -> Value {
        json!({
            "event": "scenery",
            "at": self.now(),
            "cloud": self.base,
            "home": self.app.home().root().display().to_string(),
            "servers": [DRY, HEALTHY],
            "config": self.config(),
        })
    }
}

const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

/// The download of the dry server: 1.5 GB a minute, dry in about forty minutes. The faster the time, the slower the
/// download, so that two seconds of real time lie between the last step and the limit and each of them is told.
const fn download_mbit(speed: u32) -> u64 {
    let between = 45_800 / 2 / (speed as u64);
    if between < 200 { between } else { 200 }
}

/// 200 GiB with two thirds used beside 1 TiB with plenty left.
fn world(speed: u32) -> tidegate_sim::Builder {
    World::new(SEED)
        .account(ACCOUNT)
        .server(DRY)
        .package(gib(200))
        .used(gib(138))
        .bought_ago(days(10))
        .step(seconds(10))
        .burn(mbit(download_mbit(speed)))
        .server(HEALTHY)
        .package(gib(1024))
        .used(gib(80))
        .bought_ago(days(10))
        .step(minutes(1))
        .burn(mbit(2))
        .stop_delay(seconds(20))
}
