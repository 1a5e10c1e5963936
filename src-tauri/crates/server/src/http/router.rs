//! The router, made from the table. Owns the order of what a call passes: bounds, token, route; and on the way back
//! compression and the headers that every answer has.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get};
use http::{HeaderValue, Method, StatusCode, header};
use tidegate_api::words::Lang;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use super::error::{DoorError, Wrong};
use super::route::{Route, Verb};
use super::{Shared, answer, gate, health, limits, routes, tag};

/// Every route behind its gate.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let worth = SizeAbove::new(limits::GZIP_FROM).and(NotForContentType::const_new("text/event-stream"));
    Router::new()
        .nest("/api/v1", api(&shared))
        .route("/health", get(health_route))
        .route("/ready", get(ready_route))
        .route("/live", get(|| async { health::live() }))
        .fallback(no_route)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(Arc::clone(&shared), gate::bounds))
        .layer(CatchPanicLayer::custom(defect))
        .layer(CompressionLayer::new().compress_when(worth))
        .layer(map_response(retagged))
        .with_state(shared)
}

fn api(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let gate = from_fn_with_state(Arc::clone(shared), gate::token);
    let behind = table(|route| !route.open).fallback(no_route).layer(gate);
    behind.merge(table(|route| route.open))
}

/// The routes that are wanted, each with its methods.
fn table(wanted: impl Fn(&Route) -> bool) -> Router<Arc<Shared>> {
    let mut paths: BTreeMap<&'static str, Vec<&'static Route>> = BTreeMap::new();
    for route in routes::all().filter(|route| wanted(route)) {
        paths.entry(route.path).or_default().push(route);
    }
    let mut router = Router::new();
    for (path, routes) in paths {
        router = router.route(path, methods(&routes));
    }
    router
}

fn methods(routes: &[&'static Route]) -> MethodRouter<Arc<Shared>> {
    let mut methods = MethodRouter::new();
    for route in routes {
        let route: &'static Route = route;
        let handler =
            move |State(shared): State<Arc<Shared>>, request: Request| answer::route(shared, route, request);
        methods = methods.on(filter(route.verb), handler);
    }
    let allow = allow(routes);
    methods.fallback(move |request: Request| {
        let allow = Arc::clone(&allow);
        async move { other(&request, allow) }
    })
}

const fn filter(verb: Verb) -> MethodFilter {
    match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Put => MethodFilter::PUT,
        Verb::Delete => MethodFilter::DELETE,
    }
}

/// The methods of a path, for the header `Allow`.
fn allow(routes: &[&Route]) -> Arc<str> {
    let mut words = vec!["OPTIONS"];
    for route in routes {
        if route.verb == Verb::Get {
            words.push("HEAD");
        }
    }
    let methods: Vec<Method> = routes.iter().map(|route| route.verb.method()).collect();
    words.extend(methods.iter().map(Method::as_str));
    words.sort_unstable();
    words.join(", ").into()
}

/// Another method than those of the path. OPTIONS is answered with what there is; there is no word on other origins, so
/// that no page of another site can read an answer.
fn other(request: &Request, allow: Arc<str>) -> Response {
    if request.method() == Method::OPTIONS {
        let mut response = StatusCode::NO_CONTENT.into_response();
        if let Ok(allow) = HeaderValue::from_str(&allow) {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        return response;
    }
    Wrong::from(DoorError::Method(allow)).answer(gate::lang_of(request.headers()))
}

async fn other_method(request: Request) -> Response {
    other(&request, "GET, HEAD, OPTIONS".into())
}

async fn no_route(request: Request) -> Response {
    Wrong::from(DoorError::NoRoute).answer(gate::lang_of(request.headers()))
}

async fn health_route(State(shared): State<Arc<Shared>>) -> Response {
    health::health(&*shared.door).await
}

async fn ready_route(State(shared): State<Arc<Shared>>) -> Response {
    health::ready(&*shared.door).await
}

async fn retagged(response: Response) -> Response {
    tag::retag(response)
}

/// A defect of ours ends one call, not the guard. Its words may hold anything, so they are not told.
fn defect(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a call of another program ended by a defect");
    Wrong::from(DoorError::Defect).answer(Lang::En)
}
