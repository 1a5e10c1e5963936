//! The answer that is kept for a moment: as good as a new one, and never told after something changed.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tidegate_api::door::{Admitted, Door, Measured, Pulse, Scope, Taken};
use tidegate_api::words::{Clock, EnrolBody, Enrolled, HandIn, Mono, Now, Time, Timer};
use tidegate_api::{ApiError, App, AppOptions, Changes, Face, Request, Response, VaultChoice};
use tidegate_server::http::{HttpOptions, Serving, serve};
use tokio::sync::Semaphore;

use crate::kit::{Answer, Call};

/// A clock that moves by hand.
#[derive(Default)]
struct Hand(AtomicU64);

impl Clock for Hand {
    fn now(&self) -> Now {
        let ms = self.0.load(Ordering::SeqCst);
        Now {
            wall: Time::from_ms(i64::try_from(ms).unwrap()),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for Hand {
    async fn sleep(&self, _span: Duration) {
        std::future::pending::<()>().await;
    }
}

/// The program, with a count of how often it was asked for the meters, and a word of ours on what was told.
struct Counting {
    app: App,
    asked: AtomicUsize,
    told: Mutex<Option<u64>>,
    /// One place for each answer that may be made.
    may: Semaphore,
}

#[async_trait]
impl Face for Counting {
    async fn handle(&self, request: Request, actor: &str) -> Result<Response, ApiError> {
        if matches!(request, Request::Meters { .. }) {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.may.acquire().await.unwrap().forget();
        }
        self.app.handle(request, actor).await
    }

    fn changes(&self) -> Changes {
        self.app.changes()
    }
}

#[async_trait]
impl Door for Counting {
    async fn admit(&self, token: &str) -> Result<Option<Admitted>, ApiError> {
        self.app.admit(token).await
    }

    async fn has_tokens(&self) -> Result<bool, ApiError> {
        self.app.has_tokens().await
    }

    async fn measured(&self) -> Result<Measured, ApiError> {
        self.app.measured().await
    }

    async fn pulse(&self) -> Pulse {
        self.app.pulse().await
    }

    fn told(&self) -> Option<u64> {
        *self.told.lock().unwrap()
    }

    async fn enrol(&self, body: &EnrolBody) -> Result<Option<Enrolled>, ApiError> {
        self.app.enrol(body).await
    }

    async fn ingest(&self, agent: &Admitted, hand_in: &HandIn) -> Result<Taken, ApiError> {
        self.app.ingest(agent, hand_in).await
    }

    fn listens(&self, at: SocketAddr) {
        self.app.listens(at);
    }
}

struct Scene {
    _home: TempDir,
    door: Arc<Counting>,
    hand: Arc<Hand>,
    token: String,
    serving: Serving,
}

impl Scene {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut options = AppOptions::new(home.path());
        options.vault = VaultChoice::Memory;
        let app = App::open(options).await.unwrap();
        app.run().await.unwrap();
        let made = Request::CreateToken {
            name: "test".to_owned(),
            scopes: Scope::ALL.to_vec(),
            seconds: None,
        };
        let Response::MadeToken(made) = app.handle(made, "test").await.unwrap() else {
            panic!("no token");
        };
        let door = Arc::new(Counting {
            app,
            asked: AtomicUsize::new(0),
            told: Mutex::new(Some(7)),
            may: Semaphore::new(100),
        });
        let hand = Arc::new(Hand::default());
        let options = HttpOptions::new("127.0.0.1:0".parse().unwrap(), hand.clone());
        let serving = serve(door.clone(), options).await.unwrap();
        Self {
            _home: home,
            door,
            hand,
            token: made.secret.0,
            serving,
        }
    }

    fn address(&self) -> SocketAddr {
        self.serving.address()
    }

    async fn get(&self, path: &str) -> Answer {
        let answer = Call::get(path).token(&self.token).to(self.address()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// How often the program was asked, after one more question.
    async fn asked(&self, path: &str) -> usize {
        self.get(path).await;
        self.door.asked.load(Ordering::SeqCst)
    }
}

const METERS: &str = "/api/v1/meters";

#[tokio::test]
async fn the_same_question_within_a_second_is_answered_once() {
    let scene = Scene::new().await;
    let (first, second) = (scene.get(METERS).await, scene.get(METERS).await);
    assert_eq!(
        (first.header("etag"), &first.body),
        (second.header("etag"), &second.body)
    );
    assert!(first.header("etag").is_some());
    assert_eq!(
        scene.asked("/api/v1/meters?lang=zh-CN").await,
        2,
        "another question"
    );
    scene.hand.0.store(999, Ordering::SeqCst);
    assert_eq!(scene.asked(METERS).await, 2);
    scene.hand.0.store(1000, Ordering::SeqCst);
    assert_eq!(scene.asked(METERS).await, 3, "it is a second old");
    scene.serving.end().await;
}

#[tokio::test]
async fn whatever_is_told_ends_a_kept_answer() {
    let scene = Scene::new().await;
    assert_eq!(scene.asked(METERS).await, 1);
    *scene.door.told.lock().unwrap() = Some(8);
    assert_eq!(scene.asked(METERS).await, 2);
    *scene.door.told.lock().unwrap() = None;
    assert_eq!(scene.asked(METERS).await, 3, "nobody can say");
    assert_eq!(scene.asked(METERS).await, 4, "and so nothing is kept");
    scene.serving.end().await;
}

#[tokio::test]
async fn a_command_ends_it_whatever_it_told() {
    let scene = Scene::new().await;
    assert_eq!(scene.asked(METERS).await, 1);
    let pause = Call::new("POST", "/api/v1/pause").json(&serde_json::json!({ "seconds": 60 }));
    let answer = pause.token(&scene.token).to(scene.address()).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(scene.asked(METERS).await, 2);
    scene.serving.end().await;
}

#[tokio::test]
async fn what_changes_while_an_answer_is_made_ends_it_at_once() {
    let scene = Scene::new().await;
    scene.door.may.forget_permits(100);
    let (answer, ()) = tokio::join!(scene.get(METERS), async {
        while scene.door.asked.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        *scene.door.told.lock().unwrap() = Some(8);
        scene.door.may.add_permits(100);
    });
    assert_eq!(answer.status, 200);
    assert_eq!(scene.asked(METERS).await, 2);
    scene.serving.end().await;
}

#[tokio::test]
async fn who_asks_the_same_at_once_waits_for_one_answer() {
    let scene = Scene::new().await;
    scene.door.may.forget_permits(100);
    let asking = (0..8).map(|_| scene.get(METERS));
    let all = futures_util::future::join_all(asking);
    let ((), answers) = tokio::join!(
        async {
            while scene.door.asked.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            scene.door.may.add_permits(100);
        },
        all
    );
    assert_eq!(answers.len(), 8);
    assert_eq!(scene.door.asked.load(Ordering::SeqCst), 1);
    scene.serving.end().await;
}
