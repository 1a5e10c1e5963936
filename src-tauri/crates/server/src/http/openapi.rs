//! The description of all routes: OpenAPI 3.1, made from the table and from the types that the api exports. Owns what is
//! said of errors, of the token and of the answers that the server itself makes. Nothing in it is written twice.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::bindings::{self, Types};
use super::kind::{Kind, drafts, reference};
use super::route::{Absent, Asks, Field, Gives, Place, Route};
use super::routes;

/// The document.
pub(super) fn document() -> Value {
    let types = bindings::read(&tidegate_api::bindings::text()).unwrap_or_default();
    let answers = answers(&types);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes::all() {
        let verb = route.verb.method().as_str().to_ascii_lowercase();
        paths
            .entry(route.path)
            .or_default()
            .insert(verb, operation(route, &answers));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tidegate",
            "version": tidegate_api::version().version,
            "description": "What Tidegate's window can do, for other programs. Amounts are `{value, unit}` with the value as decimal text; instants are RFC 3339 in UTC; spans are whole seconds.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas(types),
            "securitySchemes": { "token": {
                "type": "http", "scheme": "bearer",
                "description": "Made by `tidegated tokens create`, or in the settings of the window.",
            } },
        },
    })
}

/// The types that requests are checked against: those that a parameter names, closed.
pub(super) fn request_types() -> Types {
    let all = bindings::read(&tidegate_api::bindings::text()).unwrap_or_default();
    let mut wanted = Types::new();
    for route in routes::all() {
        for field in route.fields {
            match field.kind {
                Kind::Type(name) | Kind::Types(name, _) | Kind::Some(name, _) => {
                    take(name, &all, &mut wanted);
                }
                Kind::Drafts(name) => {
                    wanted.insert(drafts(name), draft(all.get(name)));
                }
                _ => {}
            }
        }
    }
    wanted
}

fn take(name: &str, all: &Types, wanted: &mut Types) {
    let Some(schema) = all.get(name).filter(|_| !wanted.contains_key(name)) else {
        return;
    };
    let mut schema = schema.clone();
    close(&mut schema);
    let text = schema.to_string();
    wanted.insert(name.to_owned(), schema);
    for part in text.split(reference("").as_str()).skip(1) {
        take(part.split('"').next().unwrap_or_default(), all, wanted);
    }
}

/// A request's object has the named fields and no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// The lists of a type, with any objects in them.
fn draft(schema: Option<&Value>) -> Value {
    let lists = schema
        .and_then(|schema| schema.get("properties"))
        .and_then(Value::as_object);
    let list =
        json!({ "type": "array", "maxItems": tidegate_api::limits::ITEMS, "items": { "type": "object" } });
    let lists: Map<String, Value> = lists
        .into_iter()
        .flatten()
        .map(|(name, _)| (name.clone(), list.clone()))
        .collect();
    json!({ "type": "object", "properties": lists, "required": [], "additionalProperties": false })
}

/// The schema of each answer's data, by the answer's name.
fn answers(types: &Types) -> BTreeMap<String, Value> {
    let arms = types
        .get("Response")
        .and_then(|response| response.get("anyOf"))
        .and_then(Value::as_array);
    let arm = |arm: &Value| {
        let name = arm.pointer("/properties/response/enum/0")?.as_str()?.to_owned();
        Some((name, arm.pointer("/properties/data")?.clone()))
    };
    arms.into_iter().flatten().filter_map(arm).collect()
}

fn schemas(mut types: Types) -> Types {
    for own in ["Request", "Response", "ApiError"] {
        types.remove(own);
    }
    types.extend(request_types());
    types.insert("Error".to_owned(), error());
    types.insert("Job".to_owned(), job());
    types.extend(super::agents::schemas());
    types
}

fn error() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong; nothing else is ever answered with a status of 400 or more.",
        "properties": {
            "code": { "type": "string", "description": "The class: what a program matches on." },
            "args": { "type": "object", "description": "What it is about: `parameter`, `scope`, `findings`, …." },
            "message": { "type": "string", "description": "Cause, effect and next step, in the language of Accept-Language." },
            "retryable": { "type": "boolean", "description": "Whether the same request may succeed later." },
        },
        "required": ["code", "args", "message", "retryable"],
        "additionalProperties": false,
    })
}

fn job() -> Value {
    json!({
        "type": "object",
        "properties": {
            "job": { "type": "integer", "description": "Its number." },
            "state": { "type": "string", "enum": ["running", "done", "failed"] },
            "result": { "anyOf": [
                { "$ref": reference("MetersView") },
                { "type": "array", "items": { "$ref": reference("FootingView") } },
                { "type": "null" },
            ] },
            "error": { "anyOf": [{ "type": "object" }, { "type": "null" }] },
        },
        "required": ["job", "state", "result", "error"],
        "additionalProperties": false,
    })
}

fn operation(route: &Route, answers: &BTreeMap<String, Value>) -> Value {
    let words = parameters(route);
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "description": scope(route),
        "security": if route.open { json!([]) } else { json!([{ "token": [] }]) },
        "parameters": words,
        "responses": responses(route, answers),
    });
    if route.has_body()
        && let Some(object) = operation.as_object_mut()
    {
        object.insert("requestBody".to_owned(), body(route));
    }
    operation
}

fn scope(route: &Route) -> String {
    match route.open {
        true => "Needs no token.".to_owned(),
        false => format!("Scope of the token: `{}`.", route.scope.word()),
    }
}

/// A name that no other operation has.
fn operation_id(route: &Route) -> String {
    let path: String = route
        .path
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let verb = route.verb.method().as_str().to_ascii_lowercase();
    format!("{verb}{path}")
        .replace("__", "_")
        .trim_end_matches('_')
        .to_owned()
}

fn parameters(route: &Route) -> Vec<Value> {
    let of = |place: Place, word: &'static str| {
        route.fields_in(place).map(move |field| {
            let mut told = json!({
                "name": field.name,
                "in": word,
                "required": field.when_absent == Absent::Refused,
                "description": field.about,
                "schema": schema(field),
            });
            if let (Kind::Words(_), Some(object)) = (field.kind, told.as_object_mut()) {
                object.insert("style".to_owned(), json!("form"));
                object.insert("explode".to_owned(), json!(false));
            }
            told
        })
    };
    let mut words: Vec<Value> = of(Place::Path, "path").chain(of(Place::Query, "query")).collect();
    if route.asks == Asks::Changes {
        words.push(json!({
            "name": "Last-Event-ID", "in": "header", "required": false,
            "description": "The id of the last event that was heard: what came since is told first.",
            "schema": { "type": "string", "maxLength": 64, "pattern": "^[0-9-]*$" },
        }));
    }
    words
}

fn schema(field: &Field) -> Value {
    let mut schema = field.kind.schema();
    let default = match field.when_absent {
        Absent::Refused | Absent::Left => None,
        Absent::Number(number) => Some(Value::from(number)),
        Absent::Text(text) => Some(Value::from(text)),
        Absent::No => Some(Value::Bool(false)),
        Absent::Empty => Some(json!([])),
        Absent::Nothing => Some(json!({})),
    };
    if let (Some(default), Some(object)) = (default, schema.as_object_mut()) {
        object.insert("default".to_owned(), default);
    }
    schema
}

fn body(route: &Route) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in route.fields_in(Place::Body) {
        let mut schema = schema(field);
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".to_owned(), Value::from(field.about));
        }
        properties.insert(field.name.to_owned(), schema);
        if field.when_absent == Absent::Refused {
            required.push(field.name);
        }
    }
    json!({
        "required": !required.is_empty(),
        "content": { "application/json": { "schema": {
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        } } },
    })
}

fn responses(route: &Route, answers: &BTreeMap<String, Value>) -> Value {
    let mut responses = Map::new();
    let (status, answer) = good(route, answers);
    responses.insert(status.to_owned(), answer);
    if route.verb == super::route::Verb::Get && route.asks != Asks::Changes && route.asks != Asks::JobState {
        responses.insert(
            "304".to_owned(),
            json!({ "description": "The caller has just this (If-None-Match)." }),
        );
    }
    for (status, about) in ERRORS {
        responses.insert(
            (*status).to_owned(),
            json!({
                "description": about,
                "content": { "application/json": { "schema": { "$ref": reference("Error") } } },
            }),
        );
    }
    Value::Object(responses)
}

/// What any route may answer instead.
const ERRORS: &[(&str, &str)] = &[
    ("400", "A parameter is not what belongs there; nothing was done."),
    ("401", "No token, or none that stands."),
    (
        "403",
        "The token lacks the scope, or is not that of this device; the code is not good.",
    ),
    ("404", "Nothing of that id."),
    ("405", "Not by this method; Allow lists those it takes."),
    (
        "409",
        "It is well-formed, but refused: a configuration with mistakes (`args.findings` lists all), a belt, what is configured. Nothing was changed.",
    ),
    ("413", "The body is too long."),
    ("414", "The address is too long."),
    ("415", "The body is not application/json."),
    ("421", "The host that was asked for is not this machine."),
    ("429", "Asked too often; Retry-After says when again."),
    ("431", "The headers are too long."),
    ("500", "A defect of the program."),
    ("502", "The provider, channel or keychain failed."),
    (
        "503",
        "The guard does not run, another copy holds the database, or it fails.",
    ),
    ("504", "Not answered in time."),
];

fn good(route: &Route, answers: &BTreeMap<String, Value>) -> (&'static str, Value) {
    let json = |about: &str, schema: Value| json!({ "description": about, "content": { "application/json": { "schema": schema } } });
    let data = |name: &str| answers.get(name).cloned().unwrap_or(Value::Bool(false));
    match (route.asks, route.gives) {
        (Asks::Job(_), _) => (
            "202",
            json!({
                "description": "It has begun; Location tells where its result will be.",
                "headers": { "Location": { "required": true, "schema": { "type": "string" } } },
                "content": { "application/json": { "schema": { "$ref": reference("Job") } } },
            }),
        ),
        (Asks::JobState, _) => ("200", json("The job.", json!({ "$ref": reference("Job") }))),
        (Asks::Document, _) => ("200", json("This document.", json!({ "type": "object" }))),
        (Asks::Changes, _) => (
            "200",
            json!({
                "description": "Events `changes` with a ChangeBatch each, and `reset`: look at everything anew.",
                "content": { "text/event-stream": { "schema": { "type": "string" } } },
            }),
        ),
        (Asks::Enrol, _) => (
            "200",
            json(
                "Its device and its token.",
                json!({ "$ref": reference("Enrolled") }),
            ),
        ),
        (Asks::Ingest, _) => (
            "200",
            json("What became of it.", json!({ "$ref": reference("Receipt") })),
        ),
        (_, Gives::Data(name)) => ("200", json("As asked.", data(name))),
        (_, Gives::Begun(name)) => ("202", json("It has begun, and goes on.", data(name))),
        (_, Gives::Text(media)) => (
            "200",
            json!({ "description": "The text.", "content": { media: { "schema": { "type": "string" } } } }),
        ),
        (_, Gives::Done | Gives::Own) => ("204", json!({ "description": "It is done, and durable." })),
    }
}

#[cfg(test)]
mod tests {
    use tidegate_api::door::Scope;

    use super::*;

    /// The single requests, also those that stand in a type of their own.
    fn arms(schema: &Value, types: &Types) -> Vec<Value> {
        if let Some(name) = schema["$ref"].as_str() {
            return arms(&types[name.rsplit('/').next().unwrap()], types);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = json!({ "properties": {}, "required": [] });
            for part in parts.iter().flat_map(|part| arms(part, types)) {
                let properties = part["properties"].as_object().unwrap().clone();
                whole["properties"].as_object_mut().unwrap().extend(properties);
                let required = part["required"].as_array().unwrap().clone();
                whole["required"].as_array_mut().unwrap().extend(required);
            }
            return vec![whole];
        }
        match schema["anyOf"].as_array() {
            Some(inner) => inner.iter().flat_map(|arm| arms(arm, types)).collect(),
            None => vec![schema.clone()],
        }
    }

    #[test]
    fn every_answer_has_a_schema_and_every_reference_stands() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
        let answers = answers(&bindings::read(&tidegate_api::bindings::text()).unwrap());
        for route in routes::all() {
            if let Gives::Data(name) | Gives::Begun(name) = route.gives {
                assert!(answers.contains_key(name), "{}: {name}", route.path);
            }
        }
    }

    #[test]
    fn every_request_of_the_api_has_a_route_or_a_reason() {
        let types = bindings::read(&tidegate_api::bindings::text()).unwrap();
        let arms = arms(&types["Request"], &types);
        let routed: Vec<&str> = routes::all()
            .filter_map(|route| match route.asks {
                Asks::Request(name) | Asks::Job(name) => Some(name),
                _ => None,
            })
            .chain(routes::WITHOUT.iter().map(|(name, _)| *name))
            .collect();
        for arm in arms {
            let name = arm["properties"]["request"]["enum"][0]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(
                routed.contains(&name.as_str()),
                "{name}: add a route to src/http/routes, or a reason to WITHOUT"
            );
        }
    }

    #[test]
    fn the_fields_of_a_route_are_those_of_its_request() {
        let types = bindings::read(&tidegate_api::bindings::text()).unwrap();
        let arms = arms(&types["Request"], &types);
        for route in routes::all() {
            let (Asks::Request(name) | Asks::Job(name)) = route.asks else {
                continue;
            };
            let arm = arms
                .iter()
                .find(|arm| arm["properties"]["request"]["enum"][0] == name);
            let arm = arm.unwrap_or_else(|| panic!("{}: there is no request {name}", route.path));
            let properties = arm["properties"].as_object().unwrap();
            for field in route.fields {
                assert!(properties.contains_key(field.name), "{name}: {}", field.name);
            }
            for needed in arm["required"].as_array().unwrap() {
                let needed = needed.as_str().unwrap();
                let given = needed == "request"
                    || route.fields.iter().any(|field| field.name == needed)
                    || route.fixed.iter().any(|(name, _)| *name == needed)
                    || properties[needed].to_string().contains("\"null\"");
                assert!(given, "{name}: {needed} is not given by {}", route.path);
            }
        }
    }

    #[test]
    fn two_operations_never_share_a_name() {
        let mut names: Vec<String> = routes::all().map(operation_id).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn what_reads_changes_nothing_by_its_scope_and_what_acts_needs_act() {
        for route in routes::all() {
            let acts = matches!(
                route.asks,
                Asks::Request(
                    "arm"
                        | "disarm"
                        | "hold"
                        | "cancel"
                        | "stop_now"
                        | "stop"
                        | "start"
                        | "restore"
                        | "protect"
                        | "pause"
                        | "resume"
                        | "restore_backup"
                        | "create_sub_account"
                        | "create_sub_account_key"
                        | "change_policy"
                )
            );
            assert_eq!(acts, route.scope == Scope::Act, "{}", route.path);
            if route.verb == super::super::route::Verb::Get {
                assert_eq!(route.scope, Scope::Read, "{}", route.path);
            }
        }
    }
}
