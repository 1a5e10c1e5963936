//! IAM and STS: projects, domain, caller.

use serde_json::{Value, json};

use super::ask::Ask;
use crate::world::{Lie, State};

/// `GET /v3/auth/projects` and `GET /v3/projects?name=`.
pub(crate) fn projects(state: &mut State, ask: &Ask<'_>) -> Value {
    let empty = state.faults.is(ask.now, ask.here(), &Lie::Empty);
    let Ok(account) = ask.of(state) else {
        return json!({"projects": []});
    };
    let domain = &account.domain_id;
    let wanted = ask.parameter("name");
    let mut names: Vec<(&str, &str)> = account
        .projects
        .iter()
        .map(|project| (project.id.as_str(), project.name.as_str()))
        .collect();
    // Every account also has projects that are no region.
    names.push(("0000000000000000000000000000f05a", "MOS"));
    let projects: Vec<Value> = names
        .iter()
        .filter(|(_, name)| !empty && wanted.is_none_or(|wanted| wanted == *name))
        .map(|(id, name)| {
            json!({
                "id": id, "name": name, "domain_id": domain, "parent_id": domain, "is_domain": false,
                "enabled": true, "description": "",
                "links": {"self": format!("https://iam.myhuaweicloud.com/v3/projects/{id}")},
            })
        })
        .collect();
    json!({"projects": projects, "links": {"self": "https://iam.myhuaweicloud.com/v3/auth/projects"}})
}

/// `GET /v3/auth/domains`.
pub(crate) fn domains(state: &mut State, ask: &Ask<'_>) -> Value {
    let empty = state.faults.is(ask.now, ask.here(), &Lie::Empty);
    let domains: Vec<Value> = ask
        .of(state)
        .iter()
        .filter(|_| !empty)
        .map(|account| {
            let id = &account.domain_id;
            json!({
                "id": id, "name": account.name, "enabled": true, "description": "",
                "links": {"self": format!("https://iam.myhuaweicloud.com/v3/domains/{id}")},
            })
        })
        .collect();
    json!({"domains": domains, "links": {"self": "https://iam.myhuaweicloud.com/v3/auth/domains"}})
}

/// `GET /v5/caller-identity`.
pub(crate) fn caller(state: &State, ask: &Ask<'_>) -> Value {
    let Ok(account) = ask.of(state) else {
        return Value::Null;
    };
    let user = account
        .keys
        .get(ask.entered.key)
        .map_or("", |key| key.user_id.as_str());
    json!({
        "account_id": account.domain_id,
        "principal_urn": format!("iam::{}:user:traffic-watch", account.domain_id),
        "principal_id": user,
    })
}
