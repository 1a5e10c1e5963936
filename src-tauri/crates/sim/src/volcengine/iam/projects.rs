//! Projects, what is granted in them, and what runs in them.

use serde_json::{Value, json};

use super::super::ask::Ask;
use super::super::estate::{Estate, Project, Running, User};
use super::super::make::new_project;
use super::super::refusal::Refusal;
use super::super::route::{Action, Told};
use super::policies::{grant, kind, named, revoke, trn};
use super::{date, fuzzy, with};
use crate::limits;

const VERSION: &str = "2021-08-01";

pub(super) const ACTIONS: &[Action] = &[
    Action::new("iam", VERSION, "ListProjects", list),
    Action::new("iam", VERSION, "GetProject", get),
    Action::new("iam", VERSION, "CreateProject", create),
    Action::new("iam", VERSION, "AttachPolicyInProject", attach),
    Action::new("iam", VERSION, "DetachPolicyInProject", detach),
    Action::new("iam", VERSION, "ListProjectIdentities", identities),
    Action::new("iam", VERSION, "ListProjectResources", resources),
];

fn told(estate: &Estate, project: &Project) -> Value {
    json!({
        "AccountID": estate.account, "ProjectName": project.name, "ParentProjectName": "",
        "Path": format!("/{}/", project.name), "DisplayName": project.display_name,
        "Description": project.description, "CreateDate": date(project.created),
        "UpdateDate": date(project.created), "Status": "active",
    })
}

fn list(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::PROJECT_PAGE)?;
    let query = ask.params.text("Query")?;
    if !(0..=1).contains(&ask.params.int("WithParentProject")?.unwrap_or(0)) {
        return Err(Refusal::new(
            "InvalidParameter",
            "WithParentProject must be 0 or 1.",
        ));
    }
    let estate = ask.seen();
    let rows = estate
        .projects
        .iter()
        .filter(|project| fuzzy(query.as_deref(), &[&project.name]));
    let rows = rows.map(|project| with(told(estate, project), "HasPermission", json!(true)));
    let (rows, total) = ask.lies.page(rows.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(
        json!({"Projects": rows, "Limit": limit, "Offset": offset, "Total": total}),
    ))
}

fn existing<'a>(ask: &Ask<'_>, estate: &'a Estate) -> Result<&'a Project, Refusal> {
    let name = ask.params.need("ProjectName")?;
    estate.project(&name).ok_or_else(|| Refusal::no_project(&name))
}

fn get(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let estate = ask.seen();
    Ok(Told::Result(told(estate, existing(ask, estate)?)))
}

fn create(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (name, now) = (ask.params.need("ProjectName")?, ask.now);
    let display = ask.params.text("DisplayName")?.unwrap_or_default();
    let description = ask.params.text("Description")?.unwrap_or_default();
    if ask.account.estate.newest().project(&name).is_some() {
        let message = format!("Project '{name}' already exists.");
        return Err(Refusal::new("ProjectAlreadyExists", message));
    }
    let estate = ask.change();
    let project = new_project(&name, &display, &description, now);
    let body = told(estate, &project);
    estate.projects.push(project);
    Ok(Told::Result(body))
}

/// The policy, the sub-account and the projects of an attachment, all of which exist.
fn parties(ask: &Ask<'_>) -> Result<(String, String, Vec<String>), Refusal> {
    let estate = ask.account.estate.newest();
    if ask.params.need("PrincipalType")? != "User" {
        return Err(Refusal::new(
            "InvalidParameter",
            "Only users are principals here.",
        ));
    }
    let user = ask.params.need("PrincipalName")?;
    estate.user(&user).ok_or_else(|| Refusal::no_user(&user))?;
    let policy = named(ask, estate)?.name.clone();
    let projects = ask.params.list("ProjectName")?;
    if projects.is_empty() || projects.len() > limits::PROJECTS_OF_CALL {
        return Err(Refusal::new(
            "InvalidParameter",
            "ProjectName: from 1 to 10 of them.",
        ));
    }
    for project in &projects {
        estate
            .project(project)
            .ok_or_else(|| Refusal::no_project(project))?;
    }
    Ok((user, policy, projects))
}

fn attach(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let ((user, policy, projects), now) = (parties(ask)?, ask.now);
    change(ask, &user, &projects, &|user, project| {
        grant(user, &policy, Some(project), now)
    })?;
    Ok(Told::Result(Value::Null))
}

fn detach(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (user, policy, projects) = parties(ask)?;
    change(ask, &user, &projects, &|user, project| {
        revoke(user, &policy, Some(project))
    })?;
    Ok(Told::Result(json!({})))
}

/// All of the projects, or none of them.
fn change(
    ask: &mut Ask<'_>,
    name: &str,
    projects: &[String],
    step: &dyn Fn(&mut User, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let user = ask.account.estate.newest().user(name);
    let mut changed = user.cloned().ok_or_else(|| Refusal::no_user(name))?;
    projects
        .iter()
        .try_for_each(|project| step(&mut changed, project))?;
    if let Some(user) = ask.change().user_mut(name) {
        *user = changed;
    }
    Ok(())
}

fn identities(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::IAM_PAGE)?;
    let kind_wanted = ask.params.need("IdentityType")?;
    let estate = ask.seen();
    let project = existing(ask, estate)?;
    let here = |of: &&super::super::estate::Attachment| of.project.as_deref() == Some(project.name.as_str());
    let users = estate
        .users
        .iter()
        .filter(|user| user.attached.iter().any(|of| here(&of)));
    let users = users.filter(|_| kind_wanted == "User").map(|user| {
        let policies = user.attached.iter().filter(here).map(|of| {
            let policy = estate.policy(&of.policy);
            json!({
                "PolicyName": of.policy, "PolicyType": policy.map_or("Custom", kind), "Description": "",
                "PolicyTrn": trn(estate, &of.policy), "AttachDate": date(of.at), "IsServiceRolePolicy": 0,
            })
        });
        json!({
            "UserName": user.name, "DisplayName": user.display_name, "Description": user.description,
            "UpdateDate": date(user.updated), "Policy": policies.collect::<Vec<_>>(),
        })
    });
    let (users, total) = ask.lies.page(users.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(json!({
        "ProjectUsers": users, "ProjectRoles": [], "ProjectUserGroups": [], "Limit": limit, "Offset": offset,
        "Total": total,
    })))
}

fn resources(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::IAM_PAGE)?;
    let service = ask
        .params
        .text("ServiceName")?
        .filter(|service| !service.is_empty());
    let estate = ask.seen();
    let project = existing(ask, estate)?;
    let resource = |service: &str, kind: &str, of: &Running| {
        json!({
            "ResourceTrn": format!("trn:{service}:cn-beijing:{}:{kind}/{}", estate.account, of.id),
            "ResourceID": of.id, "ResourceType": kind, "ResourceRegion": "cn-beijing", "ServiceName": service,
            "ProjectName": of.project, "AccountID": estate.account, "CreateDate": date(of.created),
            "UpdateDate": date(of.updated),
        })
    };
    let endpoints = estate.endpoints.iter().map(|of| resource("ark", "endpoint", of));
    let instances = estate.instances.iter().map(|of| resource("ecs", "instance", of));
    let rows = endpoints.chain(instances).filter(|row| {
        row["ProjectName"] == project.name
            && service
                .as_ref()
                .is_none_or(|service| row["ServiceName"] == **service)
    });
    let (rows, total) = ask.lies.page(rows.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(
        json!({"ProjectResources": rows, "Limit": limit, "Offset": offset, "Total": total}),
    ))
}
