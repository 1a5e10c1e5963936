//! Flexus L instances as Config lists them: the only place that says which package belongs to which server.

use std::collections::BTreeSet;

use serde_json::Value;
use tidegate_meter::{MeterId, TargetId};

use super::account::Identity;
use super::catalogue::Instance;
use super::client::{Call, Scope};
use super::error::shape;
use super::hosts::Service;
use super::{Huawei, limits};
use crate::ProviderError;
use crate::json::{rows, text};

impl Huawei {
    /// All pages of the list.
    pub(super) async fn ask_instances(&self, identity: &Identity) -> Result<Vec<Instance>, ProviderError> {
        let mut found = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..limits::PAGES {
            let page = self.instance_page(identity, marker.as_deref()).await?;
            found.extend(rows(&page, "resources")?.iter().filter_map(instance));
            let next = page.get("page_info").and_then(|info| text(info, "next_marker"));
            match next {
                None => return Ok(found),
                Some(next) if marker.as_deref() == Some(next) => break,
                Some(next) => marker = Some(next.to_owned()),
            }
        }
        Err(shape("config: the list of instances does not end"))
    }

    async fn instance_page(&self, identity: &Identity, marker: Option<&str>) -> Result<Value, ProviderError> {
        let path = format!("/v1/resource-manager/domains/{}/all-resources", identity.owner);
        let scope = Scope::Account(identity.owner.clone());
        let mut call = Call::get(Service::Config, scope, path)
            .with("limit", &limits::CONFIG_PAGE)
            .with("type", &"hcss.l-instance");
        if let Some(marker) = marker {
            call = call.with("marker", &marker);
        }
        Ok(self.client.send(&self.watch, self.site(), &call).await?.body)
    }
}

/// One row. `properties` is free-form: what is not understood is left out.
fn instance(row: &Value) -> Option<Instance> {
    let id = text(row, "id")?;
    let parts = row
        .pointer("/properties/resources")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let ids = |is: fn(&str) -> bool| {
        parts
            .iter()
            .filter(move |part| text(part, "logical_resource_type").is_some_and(is))
            .filter_map(|part| text(part, "physical_resource_id"))
    };
    Some(Instance {
        id: id.to_owned(),
        name: text(row, "name").unwrap_or(id).to_owned(),
        region: text(row, "region_id").unwrap_or_default().to_owned(),
        project: text(row, "project_id").map(str::to_owned),
        deleted: text(row, "state") == Some("Deleted"),
        servers: ids(is_server).filter_map(|id| TargetId::new(id).ok()).collect(),
        packages: ids(is_package).filter_map(|id| MeterId::new(id).ok()).collect(),
        eips: ids(is_address).map(str::to_owned).collect(),
        addresses: addresses(parts),
    })
}

fn is_package(kind: &str) -> bool {
    kind.starts_with("huaweicloudinternal_cbc_freeresource")
}

fn is_server(kind: &str) -> bool {
    kind.contains("ecs_instance")
}

fn is_address(kind: &str) -> bool {
    kind == "huaweicloudinternal_eip"
}

fn addresses(parts: &[Value]) -> BTreeSet<String> {
    parts
        .iter()
        .filter(|part| text(part, "logical_resource_type").is_some_and(is_address))
        .filter_map(|part| part.get("resource_attributes")?.as_array())
        .flatten()
        .filter(|attribute| text(attribute, "key") == Some("public_ip_address"))
        .filter_map(|attribute| text(attribute, "value"))
        .map(str::to_owned)
        .collect()
}
