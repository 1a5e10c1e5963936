//! Which action a request means, and the envelope around every answer.

use serde_json::{Map, Value, json};

use super::ask::{Ask, Params};
use super::gate;
use super::refusal::{self, Refusal};
use super::{ark, bill, ecs, iam};
use crate::Call;
use crate::balances::volcengine_claim;

/// The services behind the gateway.
pub(crate) const SERVICES: [&str; 5] = ["iam", "sts", "billing", "ark", "ecs"];

/// What a service answers.
pub(crate) enum Told {
    /// A result: an object, an empty one, or null.
    Result(Value),
    /// No member of that name at all.
    Nothing,
}

/// One thing that may be asked.
pub(crate) struct Action {
    pub(crate) service: &'static str,
    pub(crate) version: &'static str,
    pub(crate) name: &'static str,
    /// It shares the bill's calls per second.
    pub(crate) billed: bool,
    pub(crate) answer: fn(&mut Ask<'_>) -> Result<Told, Refusal>,
}

impl Action {
    pub(crate) const fn new(
        service: &'static str,
        version: &'static str,
        name: &'static str,
        answer: fn(&mut Ask<'_>) -> Result<Told, Refusal>,
    ) -> Self {
        Self {
            service,
            version,
            name,
            billed: false,
            answer,
        }
    }

    /// One of the bill's calls.
    pub(crate) const fn billed(mut self) -> Self {
        self.billed = true;
        self
    }
}

fn all() -> impl Iterator<Item = &'static Action> {
    let iam = iam::ACTIONS.iter().flat_map(|actions| actions.iter());
    iam.chain(bill::ACTIONS).chain(ark::ACTIONS).chain(ecs::ACTIONS)
}

/// Whether any action has this version.
pub(crate) fn is_version(version: &str) -> bool {
    all().any(|action| action.version == version)
}

/// The names of all actions, as the log and the faults call them: `iam.ListUsers`.
pub fn operations() -> impl Iterator<Item = String> {
    all().map(|action| format!("{}.{}", action.service, action.name))
}

/// What a request says of itself, unproven.
pub(crate) struct Head {
    pub(crate) request_id: String,
    pub(crate) action: String,
    pub(crate) version: String,
    /// From its signature's scope, as the region.
    pub(crate) service: String,
    pub(crate) region: String,
}

impl Head {
    pub(crate) fn of(call: &Call, request_id: &str) -> Self {
        let claim = volcengine_claim(call);
        let scope = |index| {
            claim
                .as_ref()
                .and_then(|claim| claim.scope(index))
                .unwrap_or("")
                .to_owned()
        };
        Self {
            request_id: format!("20260101000000{request_id}"),
            action: call.parameter("Action").unwrap_or_default(),
            version: call.parameter("Version").unwrap_or_default(),
            service: scope(2),
            region: scope(1),
        }
    }

    /// `iam.ListUsers`; `-` for nothing known.
    pub(crate) fn operation(&self) -> String {
        match find(self) {
            Some(action) => format!("{}.{}", action.service, action.name),
            None => "-".to_owned(),
        }
    }

    /// The body of an answer.
    pub(crate) fn envelope(&self, outcome: &Result<Told, Refusal>) -> Value {
        let mut metadata = json!({
            "RequestId": self.request_id, "Action": self.action, "Version": self.version,
            "Service": self.service, "Region": self.region,
        });
        let mut body = Map::new();
        match outcome {
            Ok(Told::Nothing) => {}
            Ok(Told::Result(result)) => {
                body.insert("Result".to_owned(), result.clone());
            }
            Err(refusal) => {
                let mut error = json!({"Code": refusal.code, "Message": refusal.message});
                if let (Some(number), Some(error)) = (refusal::number(&refusal.code), error.as_object_mut()) {
                    error.insert("CodeN".to_owned(), json!(number));
                }
                if let Some(metadata) = metadata.as_object_mut() {
                    metadata.insert("Error".to_owned(), error);
                }
            }
        }
        body.insert("ResponseMetadata".to_owned(), metadata);
        Value::Object(body)
    }
}

/// The action of a request.
pub(crate) fn find(head: &Head) -> Option<&'static Action> {
    all().find(|action| {
        action.name == head.action && action.version == head.version && action.service == head.service
    })
}

/// The servers that a request stops or starts, for the log.
pub(crate) fn instances(head: &Head, call: &Call) -> Vec<String> {
    let acts = head.service == "ecs" && (head.action == "StopInstances" || head.action == "StartInstances");
    if !acts || gate::named(call).is_none() {
        return Vec::new();
    }
    Params::of(call).list("InstanceIds").unwrap_or_default()
}
