//! Policies and where they are attached. The service gives a document back as the same JSON, not as the same text.
//! A second attachment is a conflict, and detaching what is not attached finds no policy: neither is documented.

use serde_json::{Map, Value, json};

use super::super::ask::Ask;
use super::super::estate::{Attachment, Estate, Policy, User};
use super::super::make::new_policy;
use super::super::policy;
use super::super::refusal::Refusal;
use super::super::route::{Action, Told};
use super::{VERSION, date, fuzzy};
use crate::limits;

pub(super) const ACTIONS: &[Action] = &[
    Action::new("iam", VERSION, "ListPolicies", list),
    Action::new("iam", VERSION, "GetPolicy", get),
    Action::new("iam", VERSION, "CreatePolicy", create),
    Action::new("iam", VERSION, "UpdatePolicy", update),
    Action::new("iam", VERSION, "DeletePolicy", delete),
    Action::new("iam", VERSION, "AttachUserPolicy", attach),
    Action::new("iam", VERSION, "DetachUserPolicy", detach),
    Action::new("iam", VERSION, "ListAttachedUserPolicies", attached),
    Action::new("iam", VERSION, "ListEntitiesForPolicy", entities),
];

pub(super) const fn kind(policy: &Policy) -> &'static str {
    if policy.system { "System" } else { "Custom" }
}

pub(super) fn trn(estate: &Estate, name: &str) -> String {
    format!("trn:iam::{}:policy/{name}", estate.account)
}

fn told(estate: &Estate, policy: &Policy) -> Value {
    let attached = estate.users.iter().flat_map(|user| &user.attached);
    json!({
        "PolicyName": policy.name, "PolicyType": kind(policy), "PolicyTrn": trn(estate, &policy.name),
        "PolicyDocument": policy.document, "Description": policy.description, "Category": "",
        "AttachmentCount": attached.filter(|of| of.policy == policy.name).count(), "IsServiceRolePolicy": 0,
        "CreateDate": date(policy.created), "UpdateDate": date(policy.updated),
    })
}

fn list(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::IAM_PAGE)?;
    let (scope, query) = (
        ask.params.text("Scope")?.unwrap_or_default(),
        ask.params.text("Query")?,
    );
    if !["", "All", "System", "Custom"].contains(&scope.as_str()) {
        return Err(Refusal::new(
            "InvalidPolicyType",
            "Scope must be All, System or Custom.",
        ));
    }
    let estate = ask.seen();
    let any = scope.is_empty() || scope == "All";
    let meant = |policy: &&Policy| {
        (any || kind(policy) == scope) && fuzzy(query.as_deref(), &[&policy.name, &policy.description])
    };
    let rows = estate
        .policies
        .iter()
        .filter(meant)
        .map(|policy| told(estate, policy));
    let (rows, total) = ask.lies.page(rows.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(
        json!({"PolicyMetadata": rows, "Limit": limit, "Offset": offset, "Total": total}),
    ))
}

/// The policy that the request names, of the type that it says.
pub(super) fn named<'a>(ask: &Ask<'_>, estate: &'a Estate) -> Result<&'a Policy, Refusal> {
    let (name, wanted) = (ask.params.need("PolicyName")?, ask.params.need("PolicyType")?);
    if wanted != "System" && wanted != "Custom" {
        return Err(Refusal::new(
            "InvalidPolicyType",
            "PolicyType must be System or Custom.",
        ));
    }
    let policy = estate.policy(&name).filter(|policy| kind(policy) == wanted);
    policy.ok_or_else(|| Refusal::no_policy(&name))
}

fn get(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let estate = ask.seen();
    Ok(Told::Result(json!({"Policy": told(estate, named(ask, estate)?)})))
}

fn document(text: &str) -> Result<String, Refusal> {
    let read = policy::read(text).filter(|_| text.chars().count() <= limits::POLICY_CHARS);
    let read = read.ok_or_else(|| Refusal::new("InvalidJsonStruct", "The policy document is invalid."))?;
    Ok(policy::reformatted(&read))
}

fn create(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (name, now) = (ask.params.need("PolicyName")?, ask.now);
    let text = document(&ask.params.need("PolicyDocument")?)?;
    let description = ask.params.text("Description")?.unwrap_or_default();
    if ask.account.estate.newest().policy(&name).is_some() {
        let message = format!("Policy '{name}' already exists.");
        return Err(Refusal::new("PolicyAlreadyExists", message));
    }
    let estate = ask.change();
    let policy = new_policy(&name, text, &description, now);
    let body = told(estate, &policy);
    estate.policies.push(policy);
    Ok(Told::Result(json!({"Policy": body})))
}

/// The account's own policy of that name, for a write.
fn own_mut<'a>(ask: &'a mut Ask<'_>, name: &str) -> Result<&'a mut Policy, Refusal> {
    let mut own = ask.change().policies.iter_mut().filter(|policy| !policy.system);
    own.find(|policy| policy.name == *name)
        .ok_or_else(|| Refusal::no_policy(name))
}

fn update(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (name, now) = (ask.params.need("PolicyName")?, ask.now);
    let text = ask
        .params
        .text("NewPolicyDocument")?
        .map(|text| document(&text))
        .transpose()?;
    let description = ask.params.text("NewDescription")?;
    let policy = own_mut(ask, &name)?;
    policy.document = text.unwrap_or_else(|| policy.document.clone());
    policy.description = description.unwrap_or_else(|| policy.description.clone());
    policy.updated = now;
    let policy = policy.clone();
    Ok(Told::Result(
        json!({"Policy": told(ask.account.estate.newest(), &policy)}),
    ))
}

fn delete(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let name = ask.params.need("PolicyName")?;
    let mut attached = ask
        .account
        .estate
        .newest()
        .users
        .iter()
        .flat_map(|user| &user.attached);
    if attached.any(|of| of.policy == name) {
        let message = format!("Policy '{name}' is attached.");
        return Err(Refusal::new("PolicyAttachConflict", message));
    }
    own_mut(ask, &name)?;
    ask.account
        .estate
        .latest_mut()
        .policies
        .retain(|policy| policy.name != name);
    Ok(Told::Nothing)
}

fn attach(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let policy = named(ask, ask.account.estate.newest())?.name.clone();
    let now = ask.now;
    grant(ask.user_mut()?, &policy, None, now)?;
    Ok(Told::Nothing)
}

/// Attaches, unless it already holds there or everywhere.
pub(super) fn grant(
    user: &mut User,
    policy: &str,
    project: Option<&str>,
    at: tidegate_meter::Time,
) -> Result<(), Refusal> {
    let holds =
        |of: &Attachment| of.policy == policy && (of.project.is_none() || of.project.as_deref() == project);
    if user.attached.iter().any(holds) {
        let message = format!("Policy '{policy}' is already attached.");
        return Err(Refusal::new("PolicyAttachConflict", message));
    }
    let (policy, project) = (policy.to_owned(), project.map(str::to_owned));
    user.attached.push(Attachment { policy, project, at });
    Ok(())
}

/// Detaches what holds exactly there.
pub(super) fn revoke(user: &mut User, policy: &str, project: Option<&str>) -> Result<(), Refusal> {
    let there = |of: &Attachment| of.policy == policy && of.project.as_deref() == project;
    if !user.attached.iter().any(there) {
        return Err(Refusal::no_policy(policy));
    }
    user.attached.retain(|of| !there(of));
    Ok(())
}

fn detach(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    // Its type must be said, and a policy that was deleted meanwhile is no longer attached anywhere.
    let policy = named(ask, ask.account.estate.newest())?.name.clone();
    revoke(ask.user_mut()?, &policy, None)?;
    Ok(Told::Nothing)
}

/// Where a policy holds for a sub-account.
fn scopes(estate: &Estate, user: &User, policy: &str) -> Vec<Value> {
    let those = user.attached.iter().filter(|of| of.policy == policy);
    let scope = |of: &Attachment| {
        let project = of.project.as_deref();
        let display = project
            .and_then(|name| estate.project(name))
            .map_or("", |project| &project.display_name);
        json!({
            "PolicyScopeType": if project.is_some() { "Project" } else { "Global" },
            "ProjectName": project.unwrap_or(""), "ProjectDisplayName": display, "AttachDate": date(of.at),
        })
    };
    those.map(scope).collect()
}

fn attached(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (estate, user) = (ask.seen(), ask.user()?);
    let mut rows: Vec<Value> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for of in &user.attached {
        if told.contains(&of.policy.as_str()) {
            continue;
        }
        told.push(&of.policy);
        let policy = estate.policy(&of.policy);
        rows.push(json!({
            "PolicyName": of.policy, "PolicyType": policy.map_or("Custom", kind), "PolicyTrn": trn(estate, &of.policy),
            "Description": policy.map_or("", |policy| &policy.description), "AttachDate": date(of.at),
            "PolicyScope": scopes(estate, user, &of.policy),
        }));
    }
    let (rows, _) = ask.lies.page(rows, 0, usize::MAX);
    Ok(Told::Result(json!({"AttachedPolicyMetadata": rows})))
}

fn entities(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::IAM_PAGE)?;
    let estate = ask.seen();
    let policy = named(ask, estate)?;
    let filter = ask.params.text("EntityFilter")?.unwrap_or_default();
    let users = estate
        .users
        .iter()
        .filter(|user| user.attached.iter().any(|of| of.policy == policy.name));
    let users = users.filter(|_| filter.is_empty() || filter == "User").map(|user| {
        json!({
            "Id": user.id, "UserName": user.name, "DisplayName": user.display_name, "Description": user.description,
            "AttachDate": user.attached.iter().find(|of| of.policy == policy.name).map(|of| date(of.at)),
            "PolicyScope": scopes(estate, user, &policy.name),
        })
    });
    let groups = estate
        .groups
        .iter()
        .filter(|group| group.policies.contains(&policy.name));
    let groups = groups.filter(|_| filter.is_empty() || filter == "UserGroup").map(|group| {
        json!({"Id": group.id, "UserGroupName": group.name, "DisplayName": group.name, "Description": ""})
    });
    let groups: Vec<Value> = groups.collect();
    let (users, total) = ask.lies.page(users.collect::<Vec<_>>(), offset, limit);
    let total = total.saturating_add(i64::try_from(groups.len()).unwrap_or(0));
    let mut result = Map::new();
    for (name, value) in [
        ("PolicyUsers", json!(users)),
        ("PolicyUserGroups", json!(groups)),
        ("PolicyRoles", json!([])),
        ("Limit", json!(limit)),
        ("Offset", json!(offset)),
        ("Total", json!(total)),
    ] {
        result.insert(name.to_owned(), value);
    }
    Ok(Told::Result(Value::Object(result)))
}
