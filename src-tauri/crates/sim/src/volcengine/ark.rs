//! Ark's control plane: endpoints. An endpoint's deployer stands in its system tag; the status after a stop is not
//! documented, here it is `Stopped`, and stopping what does not run is refused.

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::ask::Ask;
use super::estate::Running;
use super::refusal::Refusal;
use super::route::{Action, Told};

const VERSION: &str = "2024-01-01";

pub(crate) const ACTIONS: &[Action] = &[
    Action::new("ark", VERSION, "ListEndpoints", list),
    Action::new("ark", VERSION, "GetEndpoint", get),
    Action::new("ark", VERSION, "StopEndpoint", stop),
    Action::new("ark", VERSION, "StartEndpoint", start),
];

/// The tag that says who deployed an endpoint.
const DEPLOYER: &str = "sys:ark:createdBy";

fn deployer(endpoint: &Running) -> String {
    format!("IAMUser/{}/{}", endpoint.owner, endpoint.owner_name)
}

const fn status(endpoint: &Running) -> &'static str {
    if endpoint.on { "Running" } else { "Stopped" }
}

/// `2026-11-20T04:00:00Z`.
fn iso(at: Time) -> String {
    at.to_jiff().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn item(endpoint: &Running) -> Value {
    json!({
        "Id": endpoint.id, "Name": endpoint.id, "Description": "", "ProjectName": endpoint.project,
        "Status": status(endpoint), "StatusReason": "", "EndpointModelType": "FoundationModel",
        "ModelReference": {"FoundationModel": {"Name": "doubao-fake", "ModelVersion": "260101"}},
        "RateLimit": {"Rpm": 30_000, "Tpm": 5_000_000}, "SupportRolling": false,
        "Tags": [{"Key": DEPLOYER, "Value": deployer(endpoint)}],
        "CreateTime": iso(endpoint.created), "UpdateTime": iso(endpoint.updated),
    })
}

fn words(value: &Value) -> Option<Vec<&str>> {
    let items = value.as_array().filter(|items| !items.is_empty())?;
    Some(items.iter().filter_map(Value::as_str).collect())
}

/// Whether an endpoint has all of the wanted tags, of each any of its values.
fn tagged(endpoint: &Running, filters: &Value) -> bool {
    let value = deployer(endpoint);
    filters.as_array().into_iter().flatten().all(|filter| {
        let values = words(&filter["Values"]);
        filter["Key"] == DEPLOYER && values.is_none_or(|values| values.contains(&value.as_str()))
    })
}

fn list(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let project = ask.params.text("ProjectName")?;
    let number = ask.params.int("PageNumber")?.unwrap_or(1);
    let size = ask.params.int("PageSize")?.unwrap_or(10);
    if number < 1 || !(1..=100).contains(&size) {
        return Err(Refusal::new(
            "InvalidParameter.Page",
            "PageNumber from 1, PageSize from 1 to 100.",
        ));
    }
    let filter = ask.params.json("Filter");
    let (ids, statuses) = (words(&filter["Ids"]), words(&filter["Statuses"]));
    let tags = ask.params.json("TagFilters");
    let meant = |of: &&Running| {
        project.as_ref().is_none_or(|project| of.project == *project)
            && ids.as_ref().is_none_or(|ids| ids.contains(&of.id.as_str()))
            && statuses
                .as_ref()
                .is_none_or(|statuses| statuses.contains(&status(of)))
            && tagged(of, tags)
    };
    let items: Vec<Value> = ask.seen().endpoints.iter().filter(meant).map(item).collect();
    let skip = usize::try_from(number.saturating_sub(1).saturating_mul(size)).unwrap_or(usize::MAX);
    let (items, total) = ask.lies.page(items, skip, usize::try_from(size).unwrap_or(0));
    Ok(Told::Result(json!({
        "Items": items, "TotalCount": total, "PageNumber": number, "PageSize": size,
    })))
}

fn missing(id: &str) -> Refusal {
    let message = format!("The endpoint {id} does not exist.");
    Refusal::new("InvalidEndpoint.NotFound", message)
}

fn get(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let id = ask.params.need("Id")?;
    let found = ask.seen().endpoints.iter().find(|of| of.id == id);
    let endpoint = found.ok_or_else(|| missing(&id))?;
    Ok(Told::Result(item(endpoint)))
}

fn stop(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    switch(ask, false)
}

fn start(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    switch(ask, true)
}

fn switch(ask: &mut Ask<'_>, on: bool) -> Result<Told, Refusal> {
    let (id, now) = (ask.params.need("Id")?, ask.now);
    let newest = ask
        .account
        .estate
        .newest()
        .endpoints
        .iter()
        .find(|of| of.id == id);
    let endpoint = newest.ok_or_else(|| missing(&id))?;
    if endpoint.on == on {
        let message = format!("The endpoint {id} is {}.", status(endpoint));
        return Err(Refusal::new("OperationDenied.EndpointStatus", message));
    }
    if let Some(endpoint) = ask.change().endpoints.iter_mut().find(|of| of.id == id) {
        (endpoint.on, endpoint.updated) = (on, now);
    }
    Ok(Told::Result(json!({})))
}
