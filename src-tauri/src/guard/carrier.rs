//! The thread that guards. Owns the engine and its runtime, what a person asked for in the tray or a notice, and when
//! the tray is told anew: after every change, and while a countdown is shown every second.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use tauri::AppHandle;
use tidegate_api::request::Items;
use tidegate_api::response::LanguageChoice;
use tidegate_api::words::Severity;
use tidegate_api::words::{Clock as _, Lang, SystemTimer, Time, Timer as _};
use tidegate_api::{ApiError, DesktopNotices as _, ErrorCode, Face, Hosted, Notice, Request, Response};
use tidegate_server::link::{self, Client};
use tokio::sync::mpsc as queue;
use tokio::sync::oneshot;

use super::login::Login;
use super::notices::Native;
use crate::args::{self, Setting};
use crate::tray::{Deed, Snapshot, Span, Tray};

/// What a *Hold* adds to a countdown: two hours.
const HOLD_SECONDS: u64 = 2 * 3600;
/// An hour's pause.
const HOUR_SECONDS: u64 = 3600;
/// The longest pause that the guard allows.
const LONG_PAUSE_SECONDS: u64 = 30 * 86_400;
/// While a countdown is shown.
const SECOND: Duration = Duration::from_secs(1);
/// Between two tries to take the lease, and how many: a command that reads a slow cloud takes some seconds.
const LEASE_AGAIN: Duration = Duration::from_millis(250);
const LEASE_TRIES: u32 = 80;
/// Actions under way that a menu can show.
const ACTIONS: u32 = 5;
/// A panel that has not taken the item by then has no tray.
const PANEL: Duration = Duration::from_secs(5);

/// Waits on its thread until the desktop is there.
pub(crate) struct Carrier {
    ready: oneshot::Sender<(AppHandle, Tray)>,
    _thread: JoinHandle<()>,
}

impl Carrier {
    /// Starts the thread.
    pub(crate) fn start(
        setting: Setting,
        asked: Receiver<Deed>,
        deeds: Sender<Deed>,
    ) -> anyhow::Result<Self> {
        let (ready, desktop) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("guard".to_owned())
            .spawn(move || carry(&setting, asked, deeds, desktop))
            .context("the guard's thread starts")?;
        Ok(Self {
            ready,
            _thread: thread,
        })
    }

    /// The desktop is there.
    pub(crate) fn go(self, app: AppHandle, tray: Tray) {
        let _ = self.ready.send((app, tray));
    }
}

type Desk = (AppHandle, Tray);

fn carry(setting: &Setting, asked: Receiver<Deed>, deeds: Sender<Deed>, desktop: oneshot::Receiver<Desk>) {
    let ended = tidegate_api::runtime()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            runtime.block_on(async {
                let Ok((app, tray)) = desktop.await else {
                    return Ok(());
                };
                let ended = guard(setting, forward(asked), deeds, &tray).await;
                app.exit(i32::from(ended.is_err()));
                ended
            })
        });
    if let Err(error) = ended {
        args::say(&format!("tidegate: {error:#}"));
    }
}

/// What is asked on other threads, as this runtime can wait for it.
fn forward(asked: Receiver<Deed>) -> queue::UnboundedReceiver<Deed> {
    let (to, from) = queue::unbounded_channel();
    std::thread::spawn(move || asked.into_iter().try_for_each(|deed| to.send(deed)));
    from
}

async fn guard(
    setting: &Setting,
    asked: queue::UnboundedReceiver<Deed>,
    deeds: Sender<Deed>,
    tray: &Tray,
) -> anyhow::Result<()> {
    if Client::connect(&setting.place(), "tray").await.is_ok() {
        if !setting.hidden {
            args::say(setting.say(
                "这个目录已有 Tidegate 在看守，不再启动第二个。",
                "A Tidegate already guards this home; no second one is started.",
            ));
        }
        return Ok(());
    }
    let notices = Arc::new(Native::new(deeds));
    let hosted = Arc::new(hosted(setting, Arc::clone(&notices)).await?);
    let face: Arc<dyn Face> = hosted.clone();
    let serving = link::serve(Arc::clone(&face), setting.place()).await?;
    let mut watch = Watch {
        face: Arc::clone(&face),
        tray,
        refusals: notices,
        fallback: setting.lang,
        lang: setting.lang,
        snapshot: Snapshot::nothing(),
    };
    watch.follow(asked).await;
    serving.end();
    hosted.stop().await;
    Ok(())
}

/// Opened, guarding, and with the desktop among its channels from the first start on.
async fn hosted(setting: &Setting, notices: Arc<Native>) -> anyhow::Result<Hosted> {
    setting.home.make().with_context(|| {
        let root = setting.home.root().display().to_string();
        format!("the home folder {root} cannot be used")
    })?;
    let mut options = setting.options();
    options.desktop = Some(Arc::new(Login));
    options.notices = Some(notices);
    let hosted = Hosted::open(options).await?;
    take_lease(&hosted).await?;
    if hosted.is_unconfigured().await {
        add_desktop(&hosted, setting.lang).await?;
    }
    Ok(hosted)
}

/// A command that writes for a moment holds the lease for that moment: it is waited for.
async fn take_lease(hosted: &Hosted) -> Result<(), ApiError> {
    for _ in 0..LEASE_TRIES {
        match hosted.run().await {
            Err(error) if error.code == ErrorCode::NotHolder => SystemTimer::new().sleep(LEASE_AGAIN).await,
            ended => return ended,
        }
    }
    hosted.run().await
}

async fn add_desktop(hosted: &Hosted, lang: Lang) -> Result<(), ApiError> {
    let language = match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let items =
        serde_json::json!({ "channel": [{ "id": "desktop", "kind": "desktop", "language": language }] });
    let items: Items = serde_json::from_value(items)
        .map_err(|error| ApiError::new(ErrorCode::BadRequest, error.to_string()))?;
    let request = Request::Save {
        items,
        remove: Vec::new(),
        secrets: Default::default(),
    };
    hosted.handle(request, "tray").await.map(drop)
}

/// Keeps the tray true, and does what is asked in it.
struct Watch<'a> {
    face: Arc<dyn Face>,
    tray: &'a Tray,
    /// Who tells a person that a click was refused.
    refusals: Arc<Native>,
    fallback: Lang,
    lang: Lang,
    snapshot: Snapshot,
}

impl Watch<'_> {
    /// Until a person or the system asks the program to end.
    async fn follow(&mut self, mut asked: queue::UnboundedReceiver<Deed>) {
        let mut changes = self.face.changes();
        let ending = told_to_end();
        let timer = SystemTimer::new();
        let panel = timer.sleep(PANEL);
        tokio::pin!(ending, panel);
        let mut waiting_for_panel = true;
        self.renew().await;
        loop {
            let counting = self.snapshot.underway.iter().any(|action| action.waits);
            tokio::select! {
                deed = asked.recv() => match deed {
                    None | Some(Deed::Quit) => return,
                    Some(deed) => self.answer(deed).await,
                },
                batch = changes.recv() => match batch {
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                    // What was missed stands in the answers that are asked for now.
                    Ok(_) | Err(_) => {
                        while changes.try_recv().is_ok() {}
                        self.renew().await;
                    }
                },
                () = timer.sleep(SECOND), if counting => self.show(),
                () = &mut panel, if waiting_for_panel => {
                    waiting_for_panel = false;
                    self.without_panel();
                }
                () = &mut ending => return,
            }
        }
    }

    /// A person who sees no icon must not think that nothing runs.
    fn without_panel(&self) {
        if !self.tray.is_shown() {
            args::say(match self.lang {
                Lang::Zh => "这个桌面没有托盘，看守照常进行；用 `tidegated guards` 查看。",
                Lang::En => "This desktop shows no tray. Guarding goes on; look with `tidegated guards`.",
            });
        }
    }

    async fn answer(&mut self, deed: Deed) {
        let request = match deed {
            // The loop has ended by then.
            Deed::Quit => return,
            Deed::Refresh => Request::Check {
                accounts: Vec::new(),
                lang: self.lang,
            },
            Deed::Hold(action) => Request::Hold {
                action,
                seconds: HOLD_SECONDS,
            },
            Deed::StopNow(action) => Request::StopNow { action },
            Deed::Pause(span) => Request::Pause {
                seconds: seconds(span),
            },
            Deed::Resume => Request::Resume,
        };
        let (face, refusals, lang) = (Arc::clone(&self.face), Arc::clone(&self.refusals), self.lang);
        // A look at every account takes its time; the tray goes on meanwhile.
        tokio::spawn(async move {
            if let Err(error) = face.handle(request, "tray").await {
                tracing::warn!(%error, "what was asked in the tray was refused");
                let _ = refusals.show(refusal(&error, lang)).await;
            }
        });
    }

    async fn ask(&self, request: Request) -> Option<Response> {
        self.face.handle(request, "tray").await.ok()
    }

    /// Asks the guard what there is to show.
    async fn renew(&mut self) {
        if let Some(Response::Settings(settings)) = self.ask(Request::Settings).await {
            self.lang = language(settings.language, self.fallback);
        }
        let lang = self.lang;
        let status = self.ask(Request::Status).await;
        let meters = self.ask(Request::Meters { account: None, lang }).await;
        let actions = self
            .ask(Request::Actions {
                open: true,
                limit: ACTIONS,
            })
            .await;
        let targets = self.ask(Request::Targets { account: None }).await;
        self.snapshot = match (status, meters, actions, targets) {
            (
                Some(Response::Status(status)),
                Some(Response::Meters(meters)),
                Some(Response::Actions(actions)),
                Some(Response::Targets(targets)),
            ) => Snapshot::new(&status, &meters, &actions, &targets, lang),
            _ => Snapshot::nothing(),
        };
        self.show();
    }

    fn show(&self) {
        let drawn = self.tray.show(&self.snapshot, now(), self.lang);
        tracing::trace!(drawn, "the tray was told");
    }
}

fn now() -> Time {
    SystemTimer::new().now().wall
}

/// The chosen language, or the system's.
const fn language(chosen: LanguageChoice, system: Lang) -> Lang {
    match chosen {
        LanguageChoice::System => system,
        LanguageChoice::Zh => Lang::Zh,
        LanguageChoice::En => Lang::En,
    }
}

fn seconds(span: Span) -> u64 {
    match span {
        Span::Hour => HOUR_SECONDS,
        Span::Tomorrow => until_tomorrow(),
        Span::Resumed => LONG_PAUSE_SECONDS,
    }
}

/// Until the next midnight of this machine's calendar, which is not always 24 hours after the last.
fn until_tomorrow() -> u64 {
    let now = jiff::Timestamp::from_millisecond(now().ms())
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::system());
    let midnight = now.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    let span = midnight.map(|midnight| midnight.timestamp().as_second() - now.timestamp().as_second());
    span.ok()
        .and_then(|span| u64::try_from(span).ok())
        .unwrap_or(HOUR_SECONDS)
}

/// Why a click in the tray did nothing, where the person who clicked can see it.
fn refusal(error: &ApiError, lang: Lang) -> Notice {
    let title = match lang {
        Lang::Zh => "没有执行",
        Lang::En => "Not done",
    };
    Notice {
        key: "tray".to_owned(),
        title: title.to_owned(),
        body: format!("{}\n{}", error.detail, error.next_step(lang)),
        severity: Severity::Warning,
        actions: Vec::new(),
        lang,
        simulated: false,
    }
}

/// Returns when the system asks the program to end: at logout, at shutdown, by a signal.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut term) = signal(SignalKind::terminate()) else {
            return std::future::pending().await;
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
