//! Recorded bodies and what comes out of them.

use std::collections::BTreeMap;

use tidegate_meter::Time;

use super::super::mistake::Wrong;
use super::super::spec::Example;
use super::expr::Frame;
use super::table::{Place, Table};

const AT: (&str, &str) = (
    "时刻，如 2025-11-20T08:00:00Z",
    "an instant such as 2025-11-20T08:00:00Z",
);
const BODY: (&str, &str) = ("JSON 文本", "a JSON text");

pub(super) fn examples(root: &Table<'_, '_>, frame: &Frame) -> Vec<Example> {
    root.tables("example")
        .iter()
        .filter_map(|table| example(table, frame))
        .collect()
}

fn example(table: &Table<'_, '_>, frame: &Frame) -> Option<Example> {
    table.only(&["params", "at", "bodies", "headers", "expect"]);
    let at: Option<Time> = table
        .need("at")
        .and_then(|place| place.parsed(AT, |text| text.parse().ok()));
    let params = texts(table.get("params"));
    let expect = texts(table.need("expect"));
    let bodies = known(table.need("bodies"), frame);
    for place in bodies.values() {
        place.parsed(BODY, |text| serde_json::from_str::<serde_json::Value>(text).ok());
    }
    let headers = known(table.get("headers"), frame)
        .into_iter()
        .map(|(id, place)| (id, texts(Some(place)).into_iter().collect()))
        .collect();
    Some(Example {
        params,
        at: at?,
        bodies: bodies
            .into_iter()
            .filter_map(|(id, place)| Some((id, place.text()?.to_owned())))
            .collect(),
        headers,
        expect,
    })
}

fn texts(place: Option<Place<'_, '_>>) -> BTreeMap<String, String> {
    let table = place.and_then(|place| place.table());
    let entries = table.map(|table| table.entries()).unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|(key, place)| Some((key, place.text()?.to_owned())))
        .collect()
}

/// Entries by request; a name that no request has is a mistake.
fn known<'a, 't>(place: Option<Place<'a, 't>>, frame: &Frame) -> BTreeMap<String, Place<'a, 't>> {
    let table = place.and_then(|place| place.table());
    let entries = table.map(|table| table.entries()).unwrap_or_default();
    let is_known = |(id, place): &(String, Place<'_, '_>)| {
        let found = frame.requests().contains(id);
        if !found {
            place.wrong(Wrong::Undefined(frame.requests().to_vec()));
        }
        found
    };
    entries.into_iter().filter(is_known).collect()
}
