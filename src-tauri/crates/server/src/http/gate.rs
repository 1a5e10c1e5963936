//! Who comes in: the bounds of an address and its headers, the host that was asked for, the token. Owns that nobody
//! without a token learns more than that a token is needed. Never logs a token or an address's query.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Uri, header};
use tidegate_api::door::{Admitted, Scope};
use tidegate_api::words::Lang;

use super::Shared;
use super::error::{DoorError, Wrong};
use super::limits;
use super::route::Route;

/// The other side of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// The token that came with a call, as it was shown; for streams that look again whether it still stands.
#[derive(Clone)]
pub(super) struct Shown(pub(super) Arc<str>);

/// Every call: bounds and host.
pub(super) async fn bounds(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match within_bounds(&shared, &request) {
        Ok(()) => next.run(request).await,
        Err(error) => Wrong::from(error).answer(lang_of(request.headers())),
    }
}

fn within_bounds(shared: &Shared, request: &Request) -> Result<(), DoorError> {
    if request.uri().to_string().len() > limits::URI_BYTES {
        return Err(DoorError::UriTooLong);
    }
    let headers = request.headers();
    let bytes = headers
        .iter()
        .map(|(name, value)| name.as_str().len().saturating_add(value.len()))
        .fold(0_usize, usize::saturating_add);
    if headers.len() > limits::HEADERS || bytes > limits::HEADER_BYTES {
        return Err(DoorError::HeadersTooLarge);
    }
    if shared.is_loopback && !is_asked_for_here(headers, request.uri()) {
        return Err(DoorError::Host);
    }
    Ok(())
}

/// Whether the host that was asked for is this machine.
pub(crate) fn is_asked_for_here(headers: &HeaderMap, uri: &Uri) -> bool {
    host_of(headers, uri).is_some_and(is_this_machine)
}

fn host_of<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    uri.host()
        .or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()))
}

/// A page elsewhere can point a name of its own at this machine; then the host it asks for is that name.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Calls of the api: the token.
pub(super) async fn token(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let lang = lang_of(request.headers());
    let (mut parts, body) = request.into_parts();
    match admit(&shared, &parts).await {
        Ok((admitted, shown)) => {
            parts.extensions.insert(admitted);
            parts.extensions.insert(shown);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(wrong) => wrong.answer(lang),
    }
}

async fn admit(shared: &Shared, parts: &Parts) -> Result<(Admitted, Shown), Wrong> {
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
    let shown = bearer(&parts.headers);
    let admitted = match shown {
        Some(token) => shared.door.admit(token).await?,
        None => None,
    };
    let (Some(admitted), Some(shown)) = (admitted, shown) else {
        if let Some(address) = peer {
            shared.paces.stranger(address)?;
        }
        return Err(DoorError::Unauthorized.into());
    };
    shared.paces.token(admitted.id)?;
    if parts.uri.query().is_some_and(has_token) {
        return Err(DoorError::TokenInQuery.into());
    }
    Ok((admitted, Shown(Arc::from(shown))))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Addresses are logged by whatever they pass.
fn has_token(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        matches!(&*name, "token" | "access_token" | "api_key")
            || value.starts_with(tidegate_api::door::TOKEN_PREFIX)
    })
}

/// Errors: the token lacks the scope of the route.
pub(super) fn may(admitted: &Admitted, route: &Route) -> Result<(), DoorError> {
    may_as(admitted, route.scope)
}

/// Errors: the token lacks that scope.
pub(super) fn may_as(admitted: &Admitted, scope: Scope) -> Result<(), DoorError> {
    if admitted.scopes.contains(&scope) {
        Ok(())
    } else {
        Err(DoorError::Forbidden(scope.word()))
    }
}

/// The language of messages: Chinese when it is the first that the caller reads.
pub(super) fn lang_of(headers: &HeaderMap) -> Lang {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    if wanted.is_some_and(|wanted| wanted.trim_start().to_ascii_lowercase().starts_with("zh")) {
        Lang::Zh
    } else {
        Lang::En
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for host in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8787",
            "[::1]:8787",
            "127.9.9.9",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:80",
            "10.0.0.1",
            "[2001:db8::1]",
            "127.0.0.1.nip.io",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn a_token_in_the_address_is_seen() {
        assert!(has_token("token=x") && has_token("lang=en&access_token=") && has_token("x=tg_FAKE"));
        assert!(!has_token("lang=en&account=token"));
    }

    #[test]
    fn two_authorizations_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::AUTHORIZATION, "bearer tg_FAKE".parse().unwrap());
        assert_eq!(bearer(&headers), Some("tg_FAKE"));
        headers.append(header::AUTHORIZATION, "Bearer tg_FAKE2".parse().unwrap());
        assert_eq!(bearer(&headers), None);
    }
}
