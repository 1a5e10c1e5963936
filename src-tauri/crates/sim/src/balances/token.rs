//! The directory that gives tokens for Azure, as RFC 6749 and Microsoft's documentation have it.

use serde_json::json;
use tidegate_meter::Time;

use super::Purses;
use super::dialect::json_answer;
use crate::call::decode;
use crate::{Answer, Call, limits};

/// As the log and the faults call it.
pub(super) const OPERATION: &str = "azure.token";
/// What a token for the management interface is asked for.
const SCOPE: &str = "https://management.azure.com/.default";

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(super) fn takes(call: &Call, path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    call.method == "POST" && matches!(segments.as_slice(), [_, "oauth2", "v2.0", "token"])
}

fn field(call: &Call, name: &str) -> Option<String> {
    let body = String::from_utf8_lossy(&call.body);
    let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| decode(&value.replace('+', " ")))
}

/// The client that a request for a token names.
pub(super) fn client(call: &Call) -> Option<String> {
    field(call, "client_id")
}

fn refused(status: u16, error: &str, code: u32, words: &str) -> Answer {
    let description = format!("AADSTS{code}: {words} Trace ID: fake Correlation ID: fake");
    let body = json!({"error": error, "error_description": description, "error_codes": [code],
        "trace_id": "fake", "correlation_id": "fake"});
    json_answer(status, &body)
}

/// Gives a token, or says why not.
pub(super) fn give(purses: &mut Purses, call: &Call, path: &str, now: Time) -> Answer {
    let asked = |name: &str| field(call, name).unwrap_or_default();
    if asked("grant_type") != "client_credentials" {
        return refused(
            400,
            "unsupported_grant_type",
            70003,
            "The grant is not supported.",
        );
    }
    let client = asked("client_id");
    let position = purses.position(&super::spending::AZURE, &client);
    let Some(purse) = position.and_then(|position| purses.get_mut(position)) else {
        return refused(
            400,
            "unauthorized_client",
            700_016,
            "Application was not found in the directory.",
        );
    };
    if path.trim_start_matches('/').split('/').next() != Some(purse.param("tenant")) {
        return refused(400, "invalid_request", 90002, "Tenant not found.");
    }
    if asked("client_secret") != purse.param("client_secret") {
        return refused(
            401,
            "invalid_client",
            7_000_215,
            "Invalid client secret provided.",
        );
    }
    if asked("scope") != SCOPE {
        return refused(400, "invalid_scope", 70011, "The provided scope is not valid.");
    }
    let token = format!("FAKE-token-{}-{}", purse.name, purse.tokens.len());
    purse.tokens.push((token.clone(), now.plus(limits::TOKEN_LIFE)));
    let seconds = limits::TOKEN_LIFE.as_secs();
    let body = json!({"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token});
    json_answer(200, &body)
}
