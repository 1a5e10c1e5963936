//! How the guard stands, for whoever watches the watcher: `/health`, `/live`, `/ready`. They ask nothing, log nothing and
//! need no token: they tell only whether the program does its work.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;
use tidegate_api::door::{Door, Pulse};

/// 200 while everything is as it should be, else 503 with every reason.
pub(super) async fn health(door: &dyn Door) -> Response {
    let pulse = door.pulse().await;
    let reasons = reasons(&pulse);
    answer(
        reasons.is_empty(),
        if reasons.is_empty() {
            "healthy"
        } else {
            "unhealthy"
        },
        &reasons,
    )
}

/// 200 while requests are answered by the guard; a refused configuration file leaves the last good one at work.
pub(super) async fn ready(door: &dyn Door) -> Response {
    let pulse = door.pulse().await;
    let mut reasons = reasons(&pulse);
    reasons.retain(|reason| *reason != CONFIG);
    answer(
        reasons.is_empty(),
        if reasons.is_empty() { "ready" } else { "not_ready" },
        &reasons,
    )
}

/// 200 as long as the process answers.
pub(super) fn live() -> Response {
    answer(true, "alive", &[])
}

const CONFIG: &str = "config_refused";

fn reasons(pulse: &Pulse) -> Vec<&'static str> {
    if !pulse.open {
        return vec!["store_closed"];
    }
    let found = [
        (!pulse.running, "not_running"),
        (!pulse.holder, "not_holder"),
        (!pulse.writable, "store_unwritable"),
        (pulse.config_refused, CONFIG),
    ];
    found
        .into_iter()
        .filter_map(|(so, reason)| so.then_some(reason))
        .collect()
}

fn answer(well: bool, status: &str, reasons: &[&str]) -> Response {
    let code = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "status": status, "reasons": reasons }).to_string();
    (code, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_named() {
        let well = Pulse {
            open: true,
            running: true,
            holder: true,
            writable: true,
            config_refused: false,
        };
        assert!(reasons(&well).is_empty());
        let ill = Pulse {
            open: true,
            config_refused: true,
            ..Pulse::default()
        };
        assert_eq!(
            reasons(&ill),
            ["not_running", "not_holder", "store_unwritable", "config_refused"]
        );
        assert_eq!(reasons(&Pulse::default()), ["store_closed"]);
    }
}
