//! Servers in the projects of a user. Only those paid by use are stopped, and stopped so that they cost less: disks, public
//! addresses and fixed bandwidth go on costing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::of_code;
use super::client::Call;
use super::hosts::Service;
use super::list::count;
use super::{Volcengine, limits};
use crate::json::{rows, text};
use crate::refusal::{error, plain_words, shape};
use crate::{ProviderError, ProviderErrorKind};

/// A server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Server {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) stopped: bool,
    /// The vendor's mark of its last change.
    pub(super) mark: Option<String>,
}

/// A server paid by use; `None` for a prepaid one, which costs the same when it is stopped.
fn server(row: &Value, region: &str) -> Result<Option<Server>, ProviderError> {
    let unclear = || shape("ecs:DescribeInstances: a server has no id, status or way of paying");
    let id = text(row, "InstanceId").ok_or_else(unclear)?;
    let status = text(row, "Status").ok_or_else(unclear)?;
    let paid = text(row, "InstanceChargeType").ok_or_else(unclear)?;
    Ok((paid == "PostPaid").then(|| Server {
        id: id.to_owned(),
        name: text(row, "InstanceName").unwrap_or(id).to_owned(),
        region: region.to_owned(),
        stopped: status == "STOPPED",
        mark: text(row, "UpdatedAt").map(str::to_owned),
    }))
}

/// What an answer says of one server: the refusal that stands inside a success, or null; `None` when it says nothing.
fn own_part<'a>(told: &'a Value, id: &str) -> Option<&'a Value> {
    let details = told.get("OperationDetails")?.as_array()?;
    let own = details
        .iter()
        .find(|detail| text(detail, "InstanceId") == Some(id))?;
    Some(own.get("Error").unwrap_or(&Value::Null))
}

/// What asks for the page after this one. It is empty after the last, and no other type.
fn following(told: &Value) -> Result<Option<&str>, ProviderError> {
    match told.get("NextToken") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(token)) => Ok(Some(token.as_str()).filter(|token| !token.is_empty())),
        Some(_) => Err(shape("ecs:DescribeInstances: the next page is told in no text")),
    }
}

impl Volcengine {
    /// The servers of projects, in every region that is looked at.
    pub(super) async fn ask_servers(&self, projects: &BTreeSet<&str>) -> Result<Vec<Server>, ProviderError> {
        let mut found = Vec::new();
        for region in self.config.regions() {
            for project in projects {
                self.add_servers(&region, project, &mut found).await?;
            }
        }
        Ok(found)
    }

    async fn add_servers(
        &self,
        region: &str,
        project: &str,
        found: &mut Vec<Server>,
    ) -> Result<(), ProviderError> {
        let mut next: Option<String> = None;
        let mut seen = 0_usize;
        for _ in 0..limits::LIST_PAGES {
            let mut call = Call::get(Service::Ecs(region.to_owned()), "DescribeInstances")
                .with("ProjectName", &project)
                .with("MaxResults", &limits::THINGS_ROWS);
            if let Some(next) = &next {
                call = call.with("NextToken", next);
            }
            let told = self.told(&self.watch, &call).await?;
            let rows = rows(&told, "Instances")?;
            seen = seen.saturating_add(rows.len());
            for row in rows {
                found.extend(server(row, region)?);
            }
            match following(&told)? {
                None if count(told.get("TotalCount")).is_some_and(|total| seen < total) => break,
                None => return Ok(()),
                Some(token) if next.as_deref() == Some(token) => break,
                Some(token) => next = Some(token.to_owned()),
            }
        }
        Err(shape(
            "ecs:DescribeInstances: the list does not end, or is not whole",
        ))
    }

    /// Starts or stops one server. The answer is good even where the server refused: that stands inside. `token` makes a
    /// repeat of the same request the same request.
    pub(super) async fn switch_server(
        &self,
        region: &str,
        id: &str,
        run: bool,
        token: &str,
    ) -> Result<(), ProviderError> {
        let service = Service::Ecs(region.to_owned());
        let call = if run {
            Call::get(service, "StartInstances")
        } else {
            Call::get(service, "StopInstances").with("StoppedMode", &"StopCharging")
        };
        let call = call.with("InstanceIds.1", &id).with("ClientToken", &token).sets();
        let answer = self.client.send(self.actor_key(), &call).await?;
        // A success that does not say what became of the server leaves that open.
        let told: Value = answer
            .result()
            .map_err(|unclear| error(ProviderErrorKind::Lost, unclear.detail))?;
        match own_part(&told, id) {
            Some(Value::Null) => Ok(()),
            Some(refusal) => Err(self.server_refused(&call.name(), refusal)),
            None => {
                let words = format!("{}: the answer is not about this server", call.name());
                Err(error(ProviderErrorKind::Lost, words))
            }
        }
    }

    fn server_refused(&self, name: &str, refusal: &Value) -> ProviderError {
        let key = self.actor_key();
        let code = text(refusal, "Code").unwrap_or_default();
        let kind = of_code(code, ProviderErrorKind::Lost).unwrap_or(ProviderErrorKind::Conflict);
        let words = plain_words(text(refusal, "Message").unwrap_or_default(), key);
        error(kind, format!("{name}: {words} ({})", key.scrub(code)))
    }
}
