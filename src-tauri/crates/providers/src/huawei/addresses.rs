//! Public addresses and their bandwidth: a decoration for recognition, for the fast signal and for the overshoot
//! contract. Its failure is logged and blinds nothing: an earlier system lost its warnings because such a query failed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidegate_meter::TargetId;

use super::account::Identity;
use super::catalogue::{Catalogue, Server};
use super::client::{Call, Scope};
use super::hosts::Service;
use super::{Huawei, limits};
use crate::ProviderError;
use crate::json::{int, rows, text};

/// Bandwidths in Mbit/s by their id, of one server: a shared one counts once.
type Bandwidths = BTreeMap<String, u32>;

impl Huawei {
    /// Adds what the address lists of the servers' projects tell.
    pub(super) async fn add_addresses(&self, identity: &Identity, catalogue: &mut Catalogue) {
        let places: BTreeSet<(String, String)> = catalogue
            .servers
            .values()
            .filter_map(|server| {
                let project = identity.project(&server.region, server.project.as_deref()).ok()?;
                Some((server.region.clone(), project.to_owned()))
            })
            .collect();
        for (region, project) in places {
            match self.ask_addresses(&region, &project).await {
                Ok(rows) => place_addresses(&rows, catalogue),
                Err(error) => {
                    tracing::debug!(account = %self.config.account, region, %error, "no addresses from this region");
                }
            }
        }
    }

    pub(super) async fn ask_addresses(
        &self,
        region: &str,
        project: &str,
    ) -> Result<Vec<Value>, ProviderError> {
        let mut found: Vec<Value> = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..limits::PAGES {
            let scope = Scope::Project(project.to_owned());
            let path = format!("/v3/{project}/eip/publicips");
            let mut call = Call::get(Service::Eip(region.to_owned()), scope, path);
            call = call.with("limit", &limits::ADDRESS_PAGE);
            if let Some(marker) = &marker {
                call = call.with("marker", marker);
            }
            let page = self.client.send(&self.watch, self.site(), &call).await?.body;
            let rows = rows(&page, "publicips")?;
            found.extend_from_slice(rows);
            let next = page.get("page_info").and_then(|info| text(info, "next_marker"));
            match next {
                Some(next) if rows.len() >= limits::ADDRESS_PAGE && marker.as_deref() != Some(next) => {
                    marker = Some(next.to_owned());
                }
                _ => break,
            }
        }
        Ok(found)
    }
}

fn place_addresses(rows: &[Value], catalogue: &mut Catalogue) {
    for (id, server) in &mut catalogue.servers {
        let mut bandwidths = Bandwidths::new();
        for row in rows {
            place(row, id, server, &mut bandwidths);
        }
        let sum = bandwidths
            .values()
            .fold(0_u32, |sum, size| sum.saturating_add(*size));
        if sum > 0 {
            server.bandwidth_mbit = Some(sum);
        }
    }
}

/// An address belongs to a server when it is bound to it, or when Config named it for the server's instance. One that
/// is paid by bandwidth takes nothing from a package; Config's own word on the instance's address comes first, since
/// nobody has seen which mode the list shows for it.
fn place(row: &Value, id: &TargetId, server: &mut Server, bandwidths: &mut Bandwidths) {
    let Some(eip) = text(row, "id") else {
        return;
    };
    let bound = row.get("vnic").and_then(|vnic| text(vnic, "device_id")) == Some(id.as_str());
    let named = server.eips.contains(eip);
    if !bound && !named {
        return;
    }
    if let Some(address) = text(row, "public_ip_address") {
        server.addresses.insert(address.to_owned());
    }
    let Some(bandwidth) = row.get("bandwidth") else {
        return;
    };
    if named || text(bandwidth, "charge_mode") != Some("bandwidth") {
        server.eips.insert(eip.to_owned());
    }
    let size = int(bandwidth, "size").and_then(|size| u32::try_from(size).ok());
    if let (Some(id), Some(size)) = (text(bandwidth, "id"), size) {
        bandwidths.insert(id.to_owned(), size);
    }
}
