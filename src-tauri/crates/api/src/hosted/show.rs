//! The demonstration inside a running guard: a program of its own over a simulated cloud in this process, in a folder of
//! its own. Owns its stage and its end; nothing of it touches the real database, vault, wire or channels. It ends with
//! the process: what is left of it is swept away at the next start.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tidegate_meter::{AccountId, Clock, GuardId, Lang, Time};
use tidegate_sim::{SimTransport, World, days, gib, minutes, seconds};

use super::Hosted;
use crate::request::SecretText;
use crate::response::DemoView;
use crate::{ApiError, App, AppOptions, ErrorCode, Face, Home, Request, Response, VaultChoice, limits};

/// Its account; no real one may have this id.
pub(super) const ACCOUNT: &str = crate::config::DEMO_ACCOUNT;
/// Its guard; no real one may have this id.
pub(super) const GUARD: &str = crate::config::DEMO_GUARD;
const CHANNEL: &str = "tidegate-demo-desktop";
const CLOUD: &str = "tidegate-demo-cloud";
/// The same story every time.
const SEED: u64 = 20_261_121;
/// The whole package, and what is used of it at the beginning, in binary gigabytes.
const WHOLE: i64 = 200;
const USED: i64 = 138;
/// Minutes until it is dry, when nothing is said.
const MINUTES: u32 = 4;
/// For how long the guard is armed, in seconds: longer than anybody watches.
const ARMED_SECONDS: u64 = 86_400;

/// The running demonstration.
pub(super) struct Show {
    pub(super) app: App,
    dry_at: Time,
}

impl Hosted {
    pub(super) async fn demo(
        &self,
        on: bool,
        minutes: Option<u32>,
        lang: Lang,
        by: &str,
    ) -> Result<Response, ApiError> {
        let _one = self.turning.lock().await;
        let minutes = minutes.unwrap_or(MINUTES);
        if !limits::DEMO_MINUTES.contains(&minutes) {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "the demonstration lasts 2 to 60 minutes",
            ));
        }
        let was_on = self.show.read().await.is_some();
        if on && !was_on {
            let show = Show::begin(self, minutes, lang).await?;
            self.relay.follow(show.app.changes(), true);
            *self.show.write().await = Some(Arc::new(show));
        } else if !on {
            self.end_show().await;
        }
        if on != was_on {
            let app = self.app().await?;
            let event = if on { "demo.begun" } else { "demo.ended" };
            app.engine().note(by, event, serde_json::json!({})).await;
            let told = serde_json::json!({ "event": "demo", "on": on });
            self.relay.tell(self.timer.now().wall, told);
        }
        let show = self.show.read().await.clone();
        Ok(Response::Demo(view(show.as_deref())))
    }

    /// Ends the demonstration and removes all of it.
    pub(super) async fn end_show(&self) {
        let show = self.show.write().await.take();
        if let Some(show) = show {
            show.app.stop().await;
            self.let_go(show).await;
            sweep(&self.home).await;
        }
    }

    /// Requests in hand still hold it open.
    async fn let_go(&self, show: Arc<Show>) {
        let mut waited = Duration::ZERO;
        while Arc::strong_count(&show) > 1 && waited < limits::DRAIN_MAX {
            self.timer.sleep(limits::DRAIN_STEP).await;
            waited = waited.saturating_add(limits::DRAIN_STEP);
        }
    }
}

fn view(show: Option<&Show>) -> DemoView {
    let running = show.is_some();
    DemoView {
        on: running,
        account: running.then(|| ACCOUNT.parse::<AccountId>().ok()).flatten(),
        guard: running.then(|| GUARD.parse::<GuardId>().ok()).flatten(),
        dry_at: show.map(|show| show.dry_at),
    }
}

impl Show {
    async fn begin(host: &Hosted, minutes: u32, lang: Lang) -> Result<Self, ApiError> {
        sweep(&host.home).await;
        let options = &host.options;
        let timer = Arc::clone(&options.timer);
        let begun = timer.now().wall;
        let clock: Arc<dyn Clock> = timer.clone();
        let world = world(minutes).build(clock);
        let mut own = AppOptions::new(host.home.demo_dir());
        own.vault = VaultChoice::Memory;
        own.timer = Arc::clone(&timer);
        own.transport = Some(Arc::new(SimTransport::new(world.clone(), timer)));
        own.entropy = Arc::clone(&options.entropy);
        own.zone = options.zone.clone();
        own.notices = options.notices.clone();
        own.simulated = true;
        let app = App::open(own).await?;
        let show = Self {
            app,
            dry_at: begun.plus(Duration::from_secs(u64::from(minutes) * 60)),
        };
        show.set_up(&world, minutes, lang, options.notices.is_some())
            .await?;
        Ok(show)
    }

    async fn set_up(&self, world: &World, minutes: u32, lang: Lang, desktop: bool) -> Result<(), ApiError> {
        let keys = world
            .credentials(ACCOUNT)
            .map_err(|error| ApiError::new(ErrorCode::Outside, error.to_string()))?;
        let key = keys
            .first()
            .ok_or_else(|| ApiError::new(ErrorCode::Outside, "the simulated account has no key"))?;
        let secret = |text: &str| SecretText(SecretString::from(text.to_owned()));
        let fields = BTreeMap::from([
            ("ak".to_owned(), secret(&key.ak)),
            ("sk".to_owned(), secret(&key.sk)),
        ]);
        let requests = [
            Request::VaultSet {
                item: CLOUD.to_owned(),
                fields,
            },
            Request::Apply {
                text: config(minutes, lang, desktop),
                prune: false,
            },
        ];
        for request in requests {
            self.app.handle(request, "demo").await?;
        }
        self.app.run().await?;
        let guard = GUARD
            .parse()
            .map_err(|_| ApiError::new(ErrorCode::Outside, "the demonstration's guard has no id"))?;
        let arm = Request::Arm {
            guard,
            seconds: ARMED_SECONDS,
        };
        self.app.handle(arm, "demo").await?;
        Ok(())
    }
}

/// Removes what a demonstration leaves behind.
pub(super) async fn sweep(home: &Home) {
    let folder = home.demo_dir();
    match tokio::fs::remove_dir_all(&folder).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the demonstration's folder could not be removed");
        }
        _ => {}
    }
}

/// What flows in a second, so that the package is dry after so many minutes.
fn bits_per_second(minutes: u32) -> u64 {
    let bits = u64::try_from(gib(WHOLE - USED).saturating_mul(8)).unwrap_or(u64::MAX);
    bits / (u64::from(minutes.max(1)) * 60)
}

/// One package that runs dry, and one beside it with plenty left.
fn world(minutes_to_dry: u32) -> tidegate_sim::Builder {
    World::new(SEED)
        .account(ACCOUNT)
        .server("demo-web-01")
        .package(gib(WHOLE))
        .used(gib(USED))
        .bought_ago(days(10))
        .step(seconds(2))
        .burn(bits_per_second(minutes_to_dry))
        .server("demo-db-01")
        .package(gib(1024))
        .used(gib(80))
        .bought_ago(days(10))
        .step(minutes(1))
        .burn(2_000_000)
        .stop_delay(seconds(8))
}

/// The line lies one minute of the flow above nothing: time for two readings, the countdown and the shutdown.
fn config(minutes: u32, lang: Lang, desktop: bool) -> String {
    let line = (u64::try_from(WHOLE - USED).unwrap_or(1) / u64::from(minutes.max(1))).max(2);
    let (name, language) = match lang {
        Lang::Zh => ("演示账户（模拟）", "zh-CN"),
        Lang::En => ("Demo account (simulated)", "en"),
    };
    let channel = if desktop {
        format!("[[channel]]\nid = \"{CHANNEL}\"\nkind = \"desktop\"\nlanguage = \"{language}\"\n")
    } else {
        String::new()
    };
    format!(
        r#"[[account]]
id = "{ACCOUNT}"
provider = "huawei"
name = "{name}"
interval = "3s"
interval_near = "2s"
[account.secret]
ak = "vault:{CLOUD}"
sk = "vault:{CLOUD}"

{channel}
[[guard]]
id = "{GUARD}"
account = "{ACCOUNT}"
meter = "*"
steps = ["70%", "80%", "90%"]
limit = "{line} GiB"
action = "stop"
countdown = "30s"
"#
    )
}
