//! A program over a simulated cloud in this process: what the tests of the face share.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "helpers of tests: a failed assumption is a failed test, and each test file uses a part of them"
)]

pub mod shelf;
pub mod story;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_api::request::{Item, Items, SecretFields, SecretText};
use tidegate_api::words::{Lang, SecretString, SystemTimer, Timer as _};
use tidegate_api::{
    ApiError, App, AppOptions, DesktopNotices, Face, Notice, NoticeError, Request, Response, Shown,
    VaultChoice,
};
use tidegate_meter::Clock;
use tidegate_sim::time::ScaledTimer;
use tidegate_sim::{Builder, Credential, SimTransport, World};

/// Simulated minutes pass in a second.
pub const SPEED: u32 = 60;

pub struct Stage {
    pub options: AppOptions,
    pub world: World,
    pub timer: Arc<ScaledTimer>,
    pub screen: Arc<Screen>,
}

/// A desktop that keeps what it is shown.
#[derive(Default)]
pub struct Screen(pub Mutex<Vec<Notice>>);

#[async_trait]
impl DesktopNotices for Screen {
    async fn show(&self, notice: Notice) -> Result<Shown, NoticeError> {
        self.0.lock().unwrap().push(notice);
        Ok(Shown {
            word: "shown".to_owned(),
        })
    }
}

impl Stage {
    pub fn new(home: &Path) -> Self {
        Self::over(home, World::example(1))
    }

    pub fn over(home: &Path, world: Builder) -> Self {
        Self::at(home, world, SPEED)
    }

    /// At another speed than usual: where a hand must come in time, also on a busy machine.
    pub fn at(home: &Path, world: Builder, speed: u32) -> Self {
        let timer = Arc::new(ScaledTimer::new("2026-01-15T08:00:00Z".parse().unwrap(), speed));
        let clock: Arc<dyn Clock> = timer.clone();
        let world = world.build(clock);
        let mut options = AppOptions::new(home);
        options.vault = VaultChoice::Memory;
        options.timer = timer.clone();
        options.transport = Some(Arc::new(SimTransport::new(world.clone(), timer.clone())));
        let screen = Arc::new(Screen::default());
        options.notices = Some(screen.clone());
        Self {
            options,
            world,
            timer,
            screen,
        }
    }

    pub async fn app(&self) -> App {
        App::open(self.options.clone()).await.unwrap()
    }

    /// The first key of the first account.
    pub fn key(&self) -> Credential {
        let account = self.world.accounts().first().unwrap().clone();
        self.world.credentials(&account).unwrap().first().unwrap().clone()
    }

    /// The fields of that key.
    pub fn secrets(&self) -> SecretFields {
        let key = self.key();
        secrets(&[("ak", &key.ak), ("sk", &key.sk)])
    }
}

pub fn secrets(fields: &[(&str, &str)]) -> SecretFields {
    fields
        .iter()
        .map(|(field, text)| {
            (
                (*field).to_owned(),
                SecretText(SecretString::from((*text).to_owned())),
            )
        })
        .collect()
}

pub fn account(id: &str) -> Value {
    json!({ "id": id, "provider": "huawei", "secret": { "ak": format!("vault:{id}"), "sk": format!("vault:{id}") } })
}

pub fn guard(id: &str, account: &str) -> Value {
    json!({ "id": id, "account": account, "steps": ["70%", "95%"], "limit": "10 GB", "action": "stop" })
}

pub fn items(account: Vec<Value>, channel: Vec<Value>, guard: Vec<Value>) -> Items {
    let list = |values: Vec<Value>| values.into_iter().map(Item).collect();
    Items {
        account: list(account),
        channel: list(channel),
        guard: list(guard),
        ..Items::default()
    }
}

/// Saves one account with its key, and a guard on it.
pub async fn save_account(face: &dyn Face, stage: &Stage) {
    let request = Request::Save {
        items: items(vec![account("hw")], Vec::new(), vec![guard("hw-traffic", "hw")]),
        remove: Vec::new(),
        secrets: [("hw".to_owned(), stage.secrets())].into(),
    };
    face.handle(request, "test").await.unwrap();
}

pub async fn ask(face: &dyn Face, request: Request) -> Response {
    face.handle(request, "test").await.unwrap()
}

/// Waits until a question has the wanted answer.
pub async fn until(face: &dyn Face, request: Request, mut wanted: impl FnMut(&Response) -> bool) -> Response {
    let timer = SystemTimer::new();
    for _ in 0..2000 {
        let answer = ask(face, request.clone()).await;
        if wanted(&answer) {
            return answer;
        }
        timer.sleep(Duration::from_millis(10)).await;
    }
    panic!("{request:?} never had the wanted answer")
}

pub const fn meters() -> Request {
    Request::Meters {
        account: None,
        lang: Lang::En,
    }
}

pub const fn guards() -> Request {
    Request::Guards { lang: Lang::En }
}

/// Which fields an error complains of, in order.
pub fn paths(error: &ApiError) -> Vec<&str> {
    let findings = error.findings.iter();
    let mut paths: Vec<&str> = findings.map(|finding| finding.path.as_str()).collect();
    paths.sort_unstable();
    paths
}
