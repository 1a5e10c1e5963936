//! The thread that guards. Owns the engine and its runtime, what a person asked for in the tray or a notice, and when
//! the tray is told anew: after every change, and while a countdown is shown every second.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tauri::AppHandle;
use tidegate_api::request::Items;
use tidegate_api::response::{LanguageChoice, TrayView};
use tidegate_api::words::{Clock as _, Lang, Severity, SystemTimer, Time, Timer as _};
use tidegate_api::{ApiError, DesktopNotices as _, ErrorCode, Face, Hosted, Notice, Request, Response};
use tidegate_server::link::{self, Client, LinkError};
use tokio::sync::mpsc as queue;
use tokio::sync::oneshot;

use super::login::Login;
use super::notices::Native;
use super::windows::Windows;
use crate::args::{self, Setting};
use crate::tray::{Deed, Span, Tray, counts_down, unknown};
use crate::window::HAS_PAGES;

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
        hidden: bool,
        asked: Receiver<Deed>,
        deeds: Sender<Deed>,
    ) -> anyhow::Result<Self> {
        let (ready, desktop) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("guard".to_owned())
            .spawn(move || carry(&setting, hidden, asked, deeds, desktop))
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

fn carry(
    setting: &Setting,
    hidden: bool,
    asked: Receiver<Deed>,
    deeds: Sender<Deed>,
    desktop: oneshot::Receiver<Desk>,
) {
    let ended = tidegate_api::runtime().map(|runtime| {
        runtime.block_on(async {
            let Ok((app, tray)) = desktop.await else {
                return;
            };
            let ended = guard(setting, hidden, forward(asked), deeds, &tray).await;
            // Before the end is asked for: the process may be gone at once.
            told(ended.as_ref().err());
            app.exit(i32::from(ended.is_err()));
        });
    });
    told(ended.map_err(anyhow::Error::from).as_ref().err());
}

/// Why nothing is guarded, for whoever started the program.
fn told(error: Option<&anyhow::Error>) {
    if let Some(error) = error {
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
    hidden: bool,
    asked: queue::UnboundedReceiver<Deed>,
    deeds: Sender<Deed>,
    tray: &Tray,
) -> anyhow::Result<()> {
    let windows = Windows::new(setting.clone());
    if somebody_guards(setting).await? {
        return look_at_the_other(setting, hidden, &windows);
    }
    // Not before: the item of a process that guards nothing would come and go.
    tray.appear();
    let notices = Arc::new(Native::new(deeds));
    let Some(hosted) = hosted(setting, Arc::clone(&notices)).await? else {
        return look_at_the_other(setting, hidden, &windows);
    };
    let hosted = Arc::new(hosted);
    let face: Arc<dyn Face> = hosted.clone();
    let serving = link::serve(Arc::clone(&face), setting.place()).await?;
    let mut watch = Watch {
        face,
        tray,
        windows: &windows,
        notices,
        fallback: setting.lang,
        lang: setting.lang,
        view: unknown(setting.lang),
    };
    if !hidden {
        watch.open(watch.first_page().await);
    }
    watch.follow(asked).await;
    serving.farewell().await;
    hosted.stop().await;
    windows.close();
    Ok(())
}

/// Whether another process answers for this home. Errors: one does, and speaks another version; a home has one guard, so
/// the only way on is to end that one.
async fn somebody_guards(setting: &Setting) -> anyhow::Result<bool> {
    match Client::connect(&setting.place(), "tray").await {
        Ok(_) => Ok(true),
        Err(LinkError::Refused(detail)) => bail!(
            "{} ({detail})",
            setting.say(
                "另一个版本的 Tidegate 正在看守；请从它的托盘退出，再重新启动",
                "another version of Tidegate guards this home; quit it from its tray, then start again"
            )
        ),
        // Frozen or ending: the lease decides.
        Err(_) => Ok(false),
    }
}

/// This process guards nothing: it opens the window of the one that does, and ends.
fn look_at_the_other(setting: &Setting, hidden: bool, windows: &Windows) -> anyhow::Result<()> {
    args::say(setting.say(
        "这台电脑上已有一个 Tidegate 在看守，现在打开它的窗口。",
        "A Tidegate already guards this home; opening its window.",
    ));
    if hidden { Ok(()) } else { windows.open("/") }
}

/// Opened, guarding, and with the desktop among its channels from the first start on; nothing when another process that
/// started at the same time guards already.
async fn hosted(setting: &Setting, notices: Arc<Native>) -> anyhow::Result<Option<Hosted>> {
    setting.home.make().with_context(|| {
        let root = setting.home.root().display().to_string();
        format!("the home folder {root} cannot be used")
    })?;
    let mut options = setting.options();
    options.desktop = Some(Arc::new(Login));
    options.notices = Some(notices);
    let hosted = Hosted::open(options).await?;
    if !takes_lease(setting, &hosted).await? {
        return Ok(None);
    }
    if hosted.is_unconfigured().await {
        add_desktop(&hosted, setting.lang).await?;
    }
    Ok(Some(hosted))
}

/// A command that writes for a moment holds the lease for that moment: it is waited for. One that answers on the link
/// keeps it: false.
async fn takes_lease(setting: &Setting, hosted: &Hosted) -> anyhow::Result<bool> {
    for _ in 0..LEASE_TRIES {
        match hosted.run().await {
            Err(error) if error.code == ErrorCode::NotHolder => {}
            ended => return Ok(ended.map(|()| true)?),
        }
        if somebody_guards(setting).await? {
            return Ok(false);
        }
        SystemTimer::new().sleep(LEASE_AGAIN).await;
    }
    hosted.run().await?;
    Ok(true)
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
    windows: &'a Windows,
    /// Tells a person what only this process knows: that a click was refused, that there is no tray.
    notices: Arc<Native>,
    fallback: Lang,
    lang: Lang,
    view: TrayView,
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
            let counting = counts_down(&self.view);
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
                    self.without_panel().await;
                }
                () = &mut ending => return,
            }
        }
    }

    /// Nobody would ever find a program that neither a tray nor a window shows. The tray is tried further.
    async fn without_panel(&self) {
        if self.tray.is_shown() {
            return;
        }
        let told = match (HAS_PAGES, self.lang) {
            (true, Lang::Zh) => "这个桌面没有托盘，改为打开窗口。",
            (true, Lang::En) => "This desktop shows no tray; the window opens instead.",
            (false, Lang::Zh) => "这个桌面没有托盘，看守照常进行；用 `tidegated guards` 查看。",
            (false, Lang::En) => {
                "This desktop shows no tray. Guarding goes on; look with `tidegated guards`."
            }
        };
        args::say(told);
        self.open(self.first_page().await);
        let title = match self.lang {
            Lang::Zh => "没有托盘",
            Lang::En => "No tray",
        };
        // A desktop without notices either has the window and the line above.
        let _ = self.notices.show(own(title, told.to_owned(), self.lang)).await;
    }

    /// Where a window opens that nobody asked a page of: at the first steps as long as nobody took them.
    async fn first_page(&self) -> &'static str {
        match self.ask(Request::Settings).await {
            Some(Response::Settings(settings)) if !settings.welcomed => "/welcome",
            _ => "/",
        }
    }

    fn open(&self, page: &str) {
        if let Err(error) = self.windows.open(page) {
            tracing::error!(error = format!("{error:#}"), "the window could not be opened");
        }
    }

    async fn answer(&mut self, deed: Deed) {
        let request = match deed {
            Deed::Open(page) => return self.open(&page),
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
        let (face, notices, lang) = (Arc::clone(&self.face), Arc::clone(&self.notices), self.lang);
        // A look at every account takes its time; the tray goes on meanwhile.
        tokio::spawn(async move {
            if let Err(error) = face.handle(request, "tray").await {
                tracing::warn!(%error, "what was asked in the tray was refused");
                let _ = notices.show(refusal(&error, lang)).await;
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
        self.view = match self.ask(Request::Tray { lang }).await {
            Some(Response::Tray(view)) => *view,
            _ => unknown(lang),
        };
        self.show();
    }

    fn show(&self) {
        let drawn = self.tray.show(&self.view, now(), self.lang);
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
    let now = now();
    let midnight = jiff::Timestamp::from_millisecond(now.ms())
        .and_then(|at| at.to_zoned(jiff::tz::TimeZone::system()).tomorrow())
        .and_then(|tomorrow| tomorrow.start_of_day());
    midnight.map_or(HOUR_SECONDS, |midnight| {
        Time::from_ms(midnight.timestamp().as_millisecond())
            .since(now)
            .as_secs()
    })
}

/// Why a click in the tray did nothing, where the person who clicked can see it.
fn refusal(error: &ApiError, lang: Lang) -> Notice {
    let title = match lang {
        Lang::Zh => "没有执行",
        Lang::En => "Not done",
    };
    own(
        title,
        format!("{}\n{}", error.detail, error.next_step(lang)),
        lang,
    )
}

/// A notice of the shell's own.
fn own(title: &str, body: String, lang: Lang) -> Notice {
    Notice {
        key: "tray".to_owned(),
        title: title.to_owned(),
        body,
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
