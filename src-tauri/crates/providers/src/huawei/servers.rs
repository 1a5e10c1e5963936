//! Servers: their state, stop and start, and the job of either.
//!
//! A request that changes anything takes a [`Permit`], names exactly the one server in it, is sent once and with the
//! credential that acts; states are read with the credential that watches. The provider's list of packages may lag by
//! a day, so a server's state is always read from the server service itself.

use serde_json::{Value, json};
use tidegate_guard::{ActionKind, Permit, PowerState, Receipt, StopManner};
use tidegate_meter::{Reason, Target, TargetKind};

use super::Huawei;
use super::client::{Call, Scope};
use super::error::{blind, error, shape};
use super::hosts::Service;
use crate::json::{rows, text};
use crate::sign::encode;
use crate::{ProviderError, ProviderErrorKind, TargetState};

/// A server with this tag is never touched, whatever its value.
const PROTECT_TAG: &str = "tidegate-protect";
/// Longest word of the provider that a state repeats.
const WORD_CHARS: usize = 40;

impl Huawei {
    pub(super) async fn server_state(&self, target: &Target) -> Result<TargetState, ProviderError> {
        let project = self.project_of(target).await?;
        let path = format!("/v1/{project}/cloudservers/detail");
        let call = Call::get(Service::Ecs(target.region.clone()), Scope::Project(project), path)
            .with("server_id", &target.id);
        let answer = self.client.send(&self.watch, self.site(), &call).await?;
        let (power, protected) = read_server(&answer.body, target.id.as_str())?;
        Ok(TargetState {
            power,
            // `launched_at` is when the server was made, not when it last started: the provider does not tell that.
            started_at: None,
            protected,
            at: self.client.now().wall,
        })
    }

    pub(super) async fn send_action(&self, permit: &Permit) -> Result<Receipt, ProviderError> {
        let target = permit.target();
        let servers = json!([{"id": target.id}]);
        let body = match (target.kind, permit.action(), permit.manner()) {
            (TargetKind::Server, ActionKind::Stop, StopManner::Soft) => {
                json!({"os-stop": {"type": "SOFT", "servers": servers}})
            }
            (TargetKind::Server, ActionKind::Stop, StopManner::Forced) => {
                json!({"os-stop": {"type": "HARD", "servers": servers}})
            }
            (TargetKind::Server, ActionKind::Start, _) => json!({"os-start": {"servers": servers}}),
            _ => return Err(shape("this is no action for a server")),
        };
        let project = self.project_of(target).await?;
        let path = format!("/v1/{project}/cloudservers/action");
        let service = Service::Ecs(target.region.clone());
        let call = Call::post(service, Scope::Project(project), path, body).changing();
        let key = self.act.as_ref().unwrap_or(&self.watch);
        let answer = self.client.send(key, self.site(), &call).await?;
        let job = text(&answer.body, "job_id").ok_or_else(|| {
            error(
                ProviderErrorKind::Lost,
                "ecs: the request was answered without a job; the state will tell",
            )
        })?;
        Ok(Receipt {
            job: Some(job.to_owned()),
            request: answer.request,
            at: self.client.now().wall,
        })
    }

    pub(super) async fn job_runs(
        &self,
        target: &Target,
        receipt: &Receipt,
    ) -> Result<Option<bool>, ProviderError> {
        let Some(job) = &receipt.job else {
            return Ok(None);
        };
        let project = self.project_of(target).await?;
        let path = format!("/v1/{project}/jobs/{}", encode(job));
        let call = Call::get(Service::Ecs(target.region.clone()), Scope::Project(project), path);
        match self.client.send(&self.watch, self.site(), &call).await {
            Ok(answer) => read_job(&answer.body),
            // Finished jobs are kept for one day; afterwards the id is invalid, or nowhere.
            Err(trouble) if is_unknown_job(&trouble.code, trouble.error.kind) => Ok(None),
            Err(trouble) => Err(trouble.error),
        }
    }

    /// The project of a target, from this account's own list: the one Config named for the server if the key may enter
    /// it, else the region's own.
    async fn project_of(&self, target: &Target) -> Result<String, ProviderError> {
        let identity = self.identity().await?;
        let catalogue = self.kept().catalogue.clone();
        let told = catalogue
            .as_ref()
            .and_then(|catalogue| catalogue.servers.get(&target.id))
            .and_then(|server| server.project.as_deref());
        identity.project(&target.region, told).map(str::to_owned)
    }
}

/// Power and protection from the list of one server. An id that does not exist comes back as an object in which only
/// `id` and `fault` are set; an empty list says nothing.
fn read_server(answer: &Value, id: &str) -> Result<(PowerState, Option<bool>), ProviderError> {
    let servers = rows(answer, "servers")?;
    if servers.is_empty() {
        return Err(blind(
            Reason::Missing,
            "ecs: the answer does not contain this server",
        ));
    }
    let server = servers
        .iter()
        .find(|server| text(server, "id") == Some(id))
        .ok_or_else(|| shape("ecs: the answer is about another server"))?;
    let present = |key: &str| server.get(key).is_some_and(|value| !value.is_null());
    match text(server, "status") {
        Some(status) => Ok((power(status, server)?, protection(server))),
        None if present("fault") && !present("name") && !present("OS-EXT-STS:vm_state") => {
            Ok((PowerState::Gone, Some(false)))
        }
        None => Err(shape("ecs: the server has no status")),
    }
}

/// While a stop runs, the server still says `ACTIVE`; only the task tells. A task that cannot be read is not idle.
fn power(status: &str, server: &Value) -> Result<PowerState, ProviderError> {
    let task = match server.get("OS-EXT-STS:task_state") {
        None | Some(Value::Null) => "",
        Some(Value::String(task)) => task.as_str(),
        Some(_) => return Err(shape("ecs: the server's task has another type")),
    };
    Ok(match (status, task) {
        ("ACTIVE", "") => PowerState::Running,
        ("ACTIVE", "powering-off") => PowerState::Stopping,
        ("SHUTOFF", "") => PowerState::Stopped,
        ("SHUTOFF", "powering-on") => PowerState::Starting,
        (status, "") => PowerState::Other { word: word(status) },
        (status, task) => PowerState::Other {
            word: word(&format!("{status}/{task}")),
        },
    })
}

fn word(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(WORD_CHARS)
        .collect()
}

/// Locked at the provider, or tagged by its owner; `None` when the lock or a tag cannot be read, which protects. Every
/// recorded answer has `tags`, an array of texts; a list in any other form could hide the one that protects.
fn protection(server: &Value) -> Option<bool> {
    let locked = server.get("locked").and_then(Value::as_bool);
    match (locked, tagged(server)) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

/// Whether the owner's tag is among those of the server; `None` when one of them cannot be read and none is it.
fn tagged(server: &Value) -> Option<bool> {
    let tags = server.get("tags")?.as_array()?;
    let names = || tags.iter().filter_map(Value::as_str);
    if names().any(|tag| tag.split('=').next() == Some(PROTECT_TAG)) {
        return Some(true);
    }
    (names().count() == tags.len()).then_some(false)
}

fn read_job(answer: &Value) -> Result<Option<bool>, ProviderError> {
    match text(answer, "status") {
        Some("INIT" | "RUNNING" | "PENDING_PAYMENT") => Ok(Some(true)),
        Some("SUCCESS" | "FAIL") => Ok(Some(false)),
        Some(_) | None => Err(shape("ecs: the job has no known status")),
    }
}

fn is_unknown_job(code: &str, kind: ProviderErrorKind) -> bool {
    code == "Common.0011" || kind == ProviderErrorKind::Gone
}
