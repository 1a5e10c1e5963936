//! The panel of a proxy service: one subscription under a secret address, and every way in which panels tell of it, or fail
//! to. Owns what is used, the plan, who asked, and the lies. It tells usage only to clients that it knows, as panels do.
//!
//! Two doors: [`serve()`] over real HTTP, and [`Transport`] in process, so that a virtual clock can drive it. Tested by the
//! provider's and the engine's tests, which it judges.

mod lie;
mod serve;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use tidegate_egress::{Failure, FailureKind, Request, Response, Transport};
use tidegate_meter::Time;

pub use lie::PanelLie;
pub use serve::{Serving, serve};

use crate::Answer;

/// The secret in the address. Fake, and marked so that a test can search for it.
pub const TOKEN: &str = "FAKE-subscription-token-5d41402abc4b";
/// The path of the address.
const PATH: &str = "/api/v1/client/subscribe";

/// What a subscription holds.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Sent, as billed.
    pub up: u64,
    /// Received, as billed.
    pub down: u64,
    /// The whole; `None`: unlimited.
    pub total: Option<u64>,
    /// When it expires; `None`: never.
    pub expires_at: Option<Time>,
}

/// Who asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The path with its query.
    pub target: String,
    /// The user agent.
    pub user_agent: String,
    /// Headers that would tell where somebody comes from, or who he is: must be empty.
    pub telling: Vec<String>,
}

/// The panel; a clone is the same one.
#[derive(Clone, Default)]
pub struct Panel(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    plan: Plan,
    lie: Option<PanelLie>,
    asked: Vec<Asked>,
}

impl Panel {
    /// With this plan.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let panel = Self::default();
        panel.lock().plan = plan;
        panel
    }

    /// The address under a base such as `http://127.0.0.1:1234`: a secret.
    #[must_use]
    pub fn url(base: &str) -> String {
        format!("{base}{PATH}?token={TOKEN}")
    }

    /// Bills bytes.
    pub fn bill(&self, up: u64, down: u64) {
        let mut state = self.lock();
        state.plan.up = state.plan.up.saturating_add(up);
        state.plan.down = state.plan.down.saturating_add(down);
    }

    /// Counts anew: a reset, or a renewal.
    pub fn reset(&self) {
        let mut state = self.lock();
        (state.plan.up, state.plan.down) = (0, 0);
    }

    /// Another whole: a pack was bought, or the plan changed.
    pub fn set_total(&self, total: Option<u64>) {
        self.lock().plan.total = total;
    }

    /// Another expiry.
    pub fn set_expiry(&self, expires_at: Option<Time>) {
        self.lock().plan.expires_at = expires_at;
    }

    /// Lies from now on, or tells the truth again.
    pub fn lie(&self, lie: Option<PanelLie>) {
        self.lock().lie = lie;
    }

    /// Everybody who asked, first to last.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request, and what becomes of it.
    fn receive(&self, target: &str, headers: &[(String, String)]) -> Told {
        let header = |name: &str| headers.iter().find(|(key, _)| key == name);
        let telling = ["referer", "cookie", "authorization", "origin"];
        let mut state = self.lock();
        state.asked.push(Asked {
            target: target.to_owned(),
            user_agent: header("user-agent")
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
            telling: telling
                .iter()
                .filter(|name| header(name).is_some())
                .map(|name| (*name).to_owned())
                .collect(),
        });
        let count = state.asked.len();
        let agent = header("user-agent").map_or("", |(_, value)| value);
        state.tell(target, agent, count)
    }
}

/// How an answer leaves.
struct Told {
    answer: Answer,
    /// The body never ends.
    endless: bool,
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            endless: false,
        }
    }
}

impl State {
    fn tell(&self, target: &str, agent: &str, count: usize) -> Told {
        if let Some(PanelLie::Redirects { .. } | PanelLie::Elsewhere(_)) = &self.lie
            && let Some(answer) = self.lie.as_ref().and_then(|lie| lie.redirect(target))
        {
            return answer.into();
        }
        if !target.contains(TOKEN) {
            return Answer::html(403, "token is error").into();
        }
        match &self.lie {
            Some(lie) => lie.tell(self, count),
            None => self.truth(agent).into(),
        }
    }

    fn truth(&self, agent: &str) -> Answer {
        let known = ["clash", "mihomo", "stash", "sing-box"]
            .iter()
            .any(|name| agent.contains(name));
        let list = list(&[]);
        if known {
            list.with("subscription-userinfo", self.plan.line())
        } else {
            list
        }
    }
}

impl Plan {
    /// The header as panels write it; `expire=` where it never expires.
    fn line(&self) -> String {
        let expires = self
            .expires_at
            .map_or_else(String::new, |at| at.seconds().to_string());
        let (up, down, total) = (self.up, self.down, self.total.unwrap_or(0));
        format!("upload={up}; download={down}; total={total}; expire={expires}")
    }
}

/// A list of nodes in YAML, with pseudo nodes before them.
fn list(pseudo: &[&str]) -> Answer {
    let nodes = pseudo.iter().copied().chain(["香港 01 [1.5x]", "日本 02"]);
    let nodes: Vec<String> = nodes
        .map(|name| {
            format!("  - {{name: \"{name}\", type: ss, server: node.example, port: 443, password: FAKE}}")
        })
        .collect();
    Answer {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), "text/yaml; charset=utf-8".to_owned()),
            ("profile-update-interval".to_owned(), "24".to_owned()),
        ],
        body: Bytes::from(format!("proxies:\n{}\n", nodes.join("\n"))),
    }
}

/// In process. An endless body is one that was cut.
#[async_trait]
impl Transport for Panel {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let query = request
            .url
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        let target = format!("{}{query}", request.url.path());
        let told = self.receive(&target, &request.headers);
        if told.answer.status == 0 {
            return Err(Failure::new(FailureKind::Connect, "panel", "cannot connect"));
        }
        Ok(Response {
            status: told.answer.status,
            headers: told.answer.headers,
            body: told.answer.body,
        })
    }
}
