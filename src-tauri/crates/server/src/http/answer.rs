//! One call answered: scope, parameters, the api's word, and how it is written: data alone, with its tag, or nothing
//! when the caller has it already. Decides nothing.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tidegate_api::door::{Admitted, Scope};
use tidegate_api::{ApiError, ErrorCode, Face};
use tokio::time::timeout;

use super::call::{self, Given};
use super::error::{DoorError, Wrong};
use super::gate::{self, Peer, Shown};
use super::jobs::State;
use super::route::{Asks, Gives, Route};
use super::tag::Tagged;
use super::{Shared, changes, ingest, limits, openapi};

/// Answers a call that came through the gate.
pub(super) async fn route(shared: Arc<Shared>, route: &'static Route, request: Request) -> Response {
    let lang = gate::lang_of(request.headers());
    match answered(shared, route, request).await {
        Ok(response) => response,
        Err(wrong) => wrong.answer(lang),
    }
}

async fn answered(shared: Arc<Shared>, route: &'static Route, request: Request) -> Result<Response, Wrong> {
    let (mut parts, body) = request.into_parts();
    let admitted = admitted(&parts, route)?;
    if let (Asks::Ingest, Some(agent)) = (route.asks, &admitted) {
        return ingest::ingest(&shared, agent, &parts.headers, body).await;
    }
    let params = parts
        .extract::<RawPathParams>()
        .await
        .map_err(|_| DoorError::NoRoute)?;
    let given = Given {
        path: params
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        query: query(parts.uri.query().unwrap_or_default()),
        body: if route.has_body() {
            object(&parts.headers, body).await?
        } else {
            Map::new()
        },
    };
    let fields = call::fields(route, &shared.types, given)?;
    let Some(admitted) = admitted else {
        return ingest::enrol(&shared, parts.extensions.get::<Peer>().map(|peer| peer.0), fields).await;
    };
    let caller = Caller {
        admitted,
        shown: parts.extensions.get::<Shown>().cloned(),
        headers: parts.headers,
        is_get: matches!(parts.method, Method::GET | Method::HEAD),
    };
    match route.asks {
        Asks::Request(name) => asked(&shared, route, name, fields, &caller).await,
        Asks::Job(name) => begun(&shared, name, fields, &caller),
        Asks::JobState => job(&shared, &fields),
        Asks::Changes => changes::stream(&shared, &caller.headers, caller.shown),
        Asks::Document => Ok(written(
            &caller,
            "application/json",
            openapi::document().to_string().into(),
        )),
        Asks::Enrol | Asks::Ingest => Err(DoorError::Defect.into()),
    }
}

/// Who calls; `None` on a route that nobody needs a token for. Errors: nobody is known, or may not.
fn admitted(parts: &Parts, route: &Route) -> Result<Option<Admitted>, DoorError> {
    if route.open {
        return Ok(None);
    }
    let admitted = parts.extensions.get::<Admitted>().cloned();
    let admitted = admitted.ok_or(DoorError::Unauthorized)?;
    gate::may(&admitted, route)?;
    Ok(Some(admitted))
}

/// Whoever calls.
struct Caller {
    admitted: Admitted,
    shown: Option<Shown>,
    headers: HeaderMap,
    is_get: bool,
}

impl Caller {
    /// As the audit names it.
    fn actor(&self) -> String {
        format!("api:{}", self.admitted.name)
    }
}

fn query(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// The body as an object; an absent one is an empty object.
async fn object(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Wrong> {
    let bytes = whole(headers, body, limits::BODY_BYTES).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    if !is_json(headers) {
        return Err(DoorError::Media.into());
    }
    serde_json::from_slice(&bytes).map_err(|_| DoorError::Json.into())
}

/// Whether a body is JSON by its type.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let media = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media = media
        .and_then(|media| media.split(';').next())
        .unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}

/// All of a body, at most so many bytes.
pub(super) async fn whole(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Wrong> {
    let told = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if told
        .and_then(|told| told.parse::<usize>().ok())
        .is_some_and(|told| told > most)
    {
        return Err(DoorError::TooLarge.into());
    }
    match timeout(limits::BODY_PATIENCE, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(DoorError::TooLarge.into()),
        Err(_) => Err(DoorError::Timeout.into()),
    }
}

async fn asked(
    shared: &Shared,
    route: &Route,
    name: &str,
    fields: Map<String, Value>,
    caller: &Caller,
) -> Result<Response, Wrong> {
    scopes_handed_on(name, &fields, caller)?;
    if route.kept && caller.is_get {
        let kept = kept(shared, name, fields, caller);
        let answer = timeout(limits::ANSWER_PATIENCE, kept).await;
        return Ok(tagged(
            caller,
            "application/json",
            answer.map_err(|_| DoorError::Timeout)??,
        ));
    }
    let response = handled(shared, call::request(name, fields)?, caller).await?;
    match route.gives {
        Gives::Done => Ok(StatusCode::NO_CONTENT.into_response()),
        Gives::Text(media) => match response {
            tidegate_api::Response::Text(text) => Ok(written(caller, media, text.into())),
            _ => Err(DoorError::Defect.into()),
        },
        Gives::Begun(_) => {
            let mut begun = written(caller, "application/json", bytes(&response)?);
            *begun.status_mut() = StatusCode::ACCEPTED;
            Ok(begun)
        }
        Gives::Data(_) | Gives::Own => Ok(written(caller, "application/json", bytes(&response)?)),
    }
}

async fn handled(
    shared: &Shared,
    request: tidegate_api::Request,
    caller: &Caller,
) -> Result<tidegate_api::Response, Wrong> {
    let (door, actor) = (Arc::clone(&shared.door), caller.actor());
    let work = async move { door.handle(request, &actor).await };
    let answer = if caller.is_get {
        timeout(limits::ANSWER_PATIENCE, work).await
    } else {
        // Whoever goes away breaks a question off, never a command.
        let answers = Arc::clone(&shared.kept);
        let work = tokio::spawn(async move {
            let answer = work.await;
            answers.command_ended();
            answer
        });
        timeout(limits::ANSWER_PATIENCE, async {
            work.await
                .unwrap_or_else(|_| Err(ApiError::new(ErrorCode::Link, "the command was broken off")))
        })
        .await
    };
    Ok(answer.map_err(|_| DoorError::Timeout)??)
}

/// The same from what is kept, while that is as good as new.
async fn kept(
    shared: &Shared,
    name: &str,
    fields: Map<String, Value>,
    caller: &Caller,
) -> Result<Tagged, Wrong> {
    let question = format!("{name} {}", Value::Object(fields.clone()));
    let request = call::request(name, fields)?;
    let make = async || {
        let response = shared.door.handle(request, &caller.actor()).await?;
        bytes(&response)
    };
    shared.kept.answer(shared, question, make).await
}

/// A token hands on no more than it has; the code of an invitation becomes a token.
fn scopes_handed_on(name: &str, fields: &Map<String, Value>, caller: &Caller) -> Result<(), Wrong> {
    if name == "invite_agent" {
        return Ok(gate::may_as(&caller.admitted, Scope::Ingest)?);
    }
    if name != "create_token" {
        return Ok(());
    }
    let scopes = fields.get("scopes").and_then(Value::as_array);
    for scope in scopes.into_iter().flatten().filter_map(Value::as_str) {
        if let Some(scope) = Scope::of(scope) {
            gate::may_as(&caller.admitted, scope)?;
        }
    }
    Ok(())
}

fn begun(
    shared: &Shared,
    name: &str,
    fields: Map<String, Value>,
    caller: &Caller,
) -> Result<Response, Wrong> {
    let request = call::request(name, fields)?;
    let face: Arc<dyn Face> = Arc::clone(&shared.door) as Arc<dyn Face>;
    let id = shared
        .jobs
        .begin(face, request, &caller.admitted, caller.actor())?;
    let mut response = job_answer(id, &State::Running)?;
    *response.status_mut() = StatusCode::ACCEPTED;
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/jobs/{id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

fn job(shared: &Shared, fields: &Map<String, Value>) -> Result<Response, Wrong> {
    let id = fields
        .get("job")
        .and_then(Value::as_u64)
        .and_then(|id| u32::try_from(id).ok());
    let state = id.and_then(|id| Some((id, shared.jobs.state(id)?)));
    let (id, state) = state.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "there is no such job"))?;
    job_answer(id, &state)
}

fn job_answer(id: u32, state: &State) -> Result<Response, Wrong> {
    let (word, result, error) = match state {
        State::Running => ("running", None, None),
        State::Done(result) => ("done", Some(&**result), None),
        State::Failed(error) => ("failed", None, Some(error)),
    };
    let told = serde_json::to_vec(&JobTold {
        job: id,
        state: word,
        result,
        error: error.map(
            |error| json!({ "code": error.code, "message": error.detail, "retryable": error.retryable }),
        ),
    });
    let told = told.map_err(|_| DoorError::Defect)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], told).into_response())
}

#[derive(serde::Serialize)]
struct JobTold<'a> {
    job: u32,
    state: &'a str,
    result: Option<&'a RawValue>,
    error: Option<Value>,
}

/// The data of an answer as JSON, without the name of its kind. Errors: `link` when it cannot be written.
pub(super) fn data(response: &tidegate_api::Response) -> Result<String, ApiError> {
    let unwritten = || ApiError::new(ErrorCode::Link, "the answer cannot be written as JSON");
    let mut text = serde_json::to_string(response).map_err(|_| unwritten())?;
    // The name comes first, and no name holds this mark: what follows it, up to the closing brace, is the data. Reading
    // a long answer again to find it would take as long as writing it.
    let Some(start) = text.find(DATA) else {
        return Ok("null".to_owned());
    };
    text.pop();
    text.drain(..start.saturating_add(DATA.len()));
    Ok(text)
}

/// What stands between the name of an answer and its data.
const DATA: &str = ",\"data\":";

fn bytes(response: &tidegate_api::Response) -> Result<Bytes, Wrong> {
    Ok(data(response)?.into())
}

/// 200 with its tag, or 304 when a reading caller has just this.
fn written(caller: &Caller, media: &'static str, body: Bytes) -> Response {
    tagged(caller, media, Tagged::new(body))
}

fn tagged(caller: &Caller, media: &'static str, answer: Tagged) -> Response {
    let mut response = if caller.is_get && answer.is_known(&caller.headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, media)], answer.body).into_response()
    };
    if caller.is_get
        && let Ok(tag) = HeaderValue::from_str(&answer.tag)
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
