//! Which rights a key lacks, found out before anything is saved: each service is asked once. Owns only the questions
//! whose failure a look hides on purpose, because what they tell decorates.

use serde_json::json;
use tidegate_meter::Reason;

use super::Huawei;
use super::account::{Identity, Project};
use super::client::{Call, Scope};
use super::hosts::Service;
use crate::{ProviderError, ProviderErrorKind};

impl Huawei {
    /// What is refused for want of a right, each in words. Other failures say nothing of rights and are left out.
    pub(super) async fn lacking(&self) -> Vec<String> {
        let Ok(identity) = self.identity().await else {
            return Vec::new();
        };
        let mut lacking = Vec::new();
        let mut note = |refused: Option<ProviderError>| {
            if let Some(error) = refused.filter(|error| error.kind == ProviderErrorKind::Blind(Reason::Scope))
            {
                lacking.push(error.detail);
            }
        };
        note(self.ask_instances(&identity).await.err());
        note(self.ask_packages(&identity).await.err());
        if let Some(project) = region_of(&identity) {
            note(self.ask_addresses(&project.region, &project.id).await.err());
            note(self.ask_servers(project).await.err());
            note(self.ask_metrics(project).await.err());
        }
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }

    async fn ask_servers(&self, project: &Project) -> Result<(), ProviderError> {
        let path = format!("/v1/{}/cloudservers/detail", project.id);
        let scope = Scope::Project(project.id.clone());
        let call = Call::get(Service::Ecs(project.region.clone()), scope, path).with("limit", &1);
        self.client.send(&self.watch, self.site(), &call).await?;
        Ok(())
    }

    /// Of an address that does not exist: the right is checked first, and there is nothing to answer.
    async fn ask_metrics(&self, project: &Project) -> Result<(), ProviderError> {
        let now = self.client.now().wall.ms();
        let body = json!({
            "metrics": [{
                "namespace": "SYS.VPC",
                "metric_name": "up_stream",
                "dimensions": [{"name": "publicip_id", "value": "00000000-0000-0000-0000-000000000000"}],
            }],
            "period": "300",
            "filter": "sum",
            "from": now - 3_600_000,
            "to": now,
        });
        let path = format!("/V1.0/{}/batch-query-metric-data", project.id);
        let scope = Scope::Project(project.id.clone());
        let call = Call::post(Service::Ces(project.region.clone()), scope, path, body);
        self.client.send(&self.watch, self.site(), &call).await?;
        Ok(())
    }
}

/// One region that stands for all: rights are given for the whole account as a rule.
fn region_of(identity: &Identity) -> Option<&Project> {
    let own = identity.projects.iter().find(|project| project.default);
    own.or_else(|| identity.projects.first())
}
