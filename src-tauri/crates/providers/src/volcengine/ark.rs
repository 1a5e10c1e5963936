//! Inference endpoints: what a user deployed goes on serving whoever has an API key, so it can be stopped with the user.

use serde_json::{Value, json};
use tidegate_meter::TargetId;

use super::client::Call;
use super::hosts::Service;
use super::list::count;
use super::{Volcengine, limits};
use crate::json::{rows, text};
use crate::refusal::{error, shape};
use crate::{ProviderError, ProviderErrorKind};

/// The tag by which the cloud itself notes who made an endpoint.
const MADE_BY: &str = "sys:ark:createdBy";

/// An endpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) name: String,
    /// It serves, or nobody can tell that it does not.
    pub(super) serves: bool,
    /// The vendor's mark of its last change.
    pub(super) mark: Option<String>,
}

/// Words of the vendor for an endpoint that does not serve. What it says of one that was stopped is written down nowhere,
/// so a word that is not among these says nothing of the kind: better told as open than believed to be closed.
const SILENT: [&str; 4] = ["Stopped", "Closed", "Failed", "Deleted"];

fn endpoint(row: &Value) -> Result<Endpoint, ProviderError> {
    let unclear = || shape("ark:ListEndpoints: an endpoint has no id or no status");
    let id = text(row, "Id").ok_or_else(unclear)?;
    Ok(Endpoint {
        id: id.to_owned(),
        name: text(row, "Name").unwrap_or(id).to_owned(),
        serves: !SILENT.contains(&text(row, "Status").ok_or_else(unclear)?),
        mark: text(row, "UpdateTime").map(str::to_owned),
    })
}

impl Volcengine {
    /// The endpoints that a user deployed.
    pub(super) async fn ask_endpoints(
        &self,
        id: &TargetId,
        user: &str,
    ) -> Result<Vec<Endpoint>, ProviderError> {
        let maker = format!("IAMUser/{id}/{user}");
        let mut found: Vec<Endpoint> = Vec::new();
        for page in 1..=limits::LIST_PAGES {
            let body = json!({
                "PageNumber": page,
                "PageSize": limits::THINGS_ROWS,
                "TagFilters": [{"Key": MADE_BY, "Values": [maker]}],
            });
            let told = self
                .told(&self.watch, &Call::post(Service::Ark, "ListEndpoints", body))
                .await?;
            let total = count(told.get("TotalCount"))
                .ok_or_else(|| shape("ark:ListEndpoints: the answer has no total"))?;
            let rows = rows(&told, "Items")?;
            for row in rows {
                let next = endpoint(row)?;
                if found.iter().any(|known| known.id == next.id) {
                    return Err(shape("ark:ListEndpoints: an endpoint is listed twice"));
                }
                found.push(next);
            }
            if found.len() >= total {
                return Ok(found);
            }
            if rows.is_empty() {
                break;
            }
        }
        Err(shape("ark:ListEndpoints: the list does not end"))
    }

    /// Starts or stops an endpoint. One that is so already refuses, and is then looked at.
    pub(super) async fn switch_endpoint(&self, id: &str, run: bool) -> Result<(), ProviderError> {
        let body = json!({"Id": id});
        let call = if run {
            Call::post(Service::Ark, "StartEndpoint", body)
        } else {
            Call::post(Service::Ark, "StopEndpoint", body)
        };
        let refusal = match self.client.send(self.actor_key(), &call.sets()).await {
            Ok(_) => return Ok(()),
            Err(trouble) => trouble.error,
        };
        if refusal.kind == ProviderErrorKind::Conflict && self.ask_endpoint(id).await?.serves == run {
            return Ok(());
        }
        Err(refusal)
    }

    async fn ask_endpoint(&self, id: &str) -> Result<Endpoint, ProviderError> {
        let call = Call::post(Service::Ark, "GetEndpoint", json!({"Id": id}));
        let found = endpoint(&self.told(&self.watch, &call).await?)?;
        if found.id == id {
            return Ok(found);
        }
        let words = "ark:GetEndpoint: the answer is about another endpoint";
        Err(error(ProviderErrorKind::Conflict, words))
    }
}
