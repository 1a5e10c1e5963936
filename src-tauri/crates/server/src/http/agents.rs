//! The bodies of agents as the description has them. Their types stand in `meter`, which knows no document; a test of the
//! whole walks both.

use serde_json::{Value, json};

use super::bindings::Types;
use super::kind::Kind;

/// A count of bytes, as far as JSON numbers are exact everywhere.
fn count(about: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_i64, "description": about })
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "maxLength": 512, "description": about })
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

/// What agents send and are answered, by name.
pub(super) fn schemas() -> Types {
    [
        ("FlowBatch", batch()),
        ("Flow", flow()),
        ("Span", span()),
        ("Enrolled", enrolled()),
        ("Receipt", receipt()),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

fn batch() -> Value {
    let list = |name: &str| json!({ "type": "array", "items": { "$ref": super::kind::reference(name) } });
    let properties = json!({
        "device": Kind::Slug.schema(),
        "epoch": Kind::Row.schema(),
        "sequence": count("From 1 within the epoch, without a gap."),
        "sealed_at": Kind::Instant.schema(),
        "flows": list("Flow"),
        "watched": list("Span"),
        "restarts": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
        "kernel": text("The kernel as it calls itself."),
    });
    let required = ["device", "epoch", "sequence", "sealed_at", "flows", "watched"];
    object(&properties, &required)
}

fn flow() -> Value {
    let properties = json!({
        "minute": Kind::Instant.schema(),
        "kind": Kind::OneOf(&["proxy", "direct", "reject", "unattributed"]).schema(),
        "node": text("The node that was dialled."),
        "group": text("What the rule named."),
        "feed": text("The kernel's name of the subscription; empty: none."),
        "up": count("Bytes sent."),
        "down": count("Bytes received."),
        "estimated_up": count("Of `up`: spread by estimate."),
        "estimated_down": count("Of `down`: spread by estimate."),
    });
    object(
        &properties,
        &["minute", "kind", "node", "group", "feed", "up", "down"],
    )
}

fn span() -> Value {
    let properties = json!({ "start": Kind::Instant.schema(), "end": Kind::Instant.schema() });
    object(&properties, &["start", "end"])
}

fn enrolled() -> Value {
    let properties = json!({
        "token": { "type": "string", "description": "Shown here and never again." },
        "device": Kind::Slug.schema(),
        "name": { "type": "string" },
    });
    object(&properties, &["token", "device", "name"])
}

fn receipt() -> Value {
    let properties = json!({
        "sequence": { "type": "integer", "minimum": 0 },
        "verdict": Kind::OneOf(&["stored", "repeated", "quarantined"]).schema(),
        "received_at": Kind::Instant.schema(),
    });
    object(&properties, &["sequence", "verdict", "received_at"])
}
