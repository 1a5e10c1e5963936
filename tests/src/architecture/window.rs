//! What the window may do (S26) and what drafts may not (S25), as functions over texts: the capabilities of the webview, the
//! list of commands, the fields of a request, and the sources of replay and what-if. Tested in `tests/architecture.rs`
//! with broken models.

use crate::{Breach, TextFile};

/// What the webview may ask Tauri itself for: to hear what changed.
const PERMISSIONS: [&str; 2] = ["core:event:allow-listen", "core:event:allow-unlisten"];
/// What the page may ask its own process for. Another name here is a decision, not a detail.
const COMMANDS: [&str; 7] = [
    "commands::ask",
    "commands::link_state",
    "commands::open_data_folder",
    "commands::save_text",
    "commands::seen",
    "commands::take_page",
    "commands::window_info",
];
/// Parts of names of fields that would say where to act.
const PLACES: [&str; 9] = [
    "url", "uri", "path", "file", "folder", "address", "host", "href", "command",
];
/// The one request that does, for the command line; the window refuses it, as its own test shows.
const COMMAND_LINE_ONLY: &str = "    Backup {";
/// Where drafts are judged.
const DRAFTS: [&str; 2] = [
    "src-tauri/crates/guard/src/replay.rs",
    "src-tauri/crates/engine/src/command/replay.rs",
];
/// Signs of a wire, an outbox or a change of what is stored.
const LOUD: [&str; 10] = [
    "Permit",
    "Outgoing",
    "outbox",
    "post(",
    ".act(",
    ".links(",
    ".deliver(",
    ".commit",
    "Batch",
    "transport",
];

/// Breaches of the webview's own bounds: a permission that is not in the list, or one in a form that cannot be read.
#[must_use]
pub fn capabilities(file: &TextFile) -> Vec<Breach> {
    let read: Option<Vec<String>> = serde_json::from_str::<serde_json::Value>(&file.text)
        .ok()
        .and_then(|value| serde_json::from_value(value.get("permissions")?.clone()).ok());
    let Some(permissions) = read else {
        return vec![Breach::new(
            "window",
            &file.path,
            "its permissions are no list of names",
        )];
    };
    let more = permissions
        .iter()
        .filter(|name| !PERMISSIONS.contains(&name.as_str()));
    more.map(|name| {
        Breach::new(
            "window",
            &file.path,
            format!("permits {name}; allowed: {PERMISSIONS:?}"),
        )
    })
    .collect()
}

/// Breaches of the list of commands: the one handler of the window names exactly those of the list.
#[must_use]
pub fn commands(file: &TextFile) -> Vec<Breach> {
    let lists: Vec<&str> = file.text.split("generate_handler![").skip(1).collect();
    let [list] = lists.as_slice() else {
        return vec![Breach::new(
            "window",
            &file.path,
            "has not exactly one list of commands",
        )];
    };
    let mut named: Vec<&str> = list
        .split(']')
        .next()
        .unwrap_or("")
        .split(',')
        .map(str::trim)
        .collect();
    named.retain(|name| !name.is_empty());
    named.sort_unstable();
    if named == COMMANDS {
        return Vec::new();
    }
    vec![Breach::new(
        "window",
        &file.path,
        format!("lists {named:?}; allowed: {COMMANDS:?}"),
    )]
}

/// Fields of requests that name a place to act on.
#[must_use]
pub fn requests(file: &TextFile) -> Vec<Breach> {
    let field = |line: &str| -> Option<String> {
        let line = line.trim_start();
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let (name, _) = line.split_once(": ")?;
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then(|| name.to_owned())
    };
    let is_place = |name: &String| name.split('_').any(|part| PLACES.contains(&part));
    let mut variant = "";
    let lines = file.lines().filter(|(_, line)| {
        if line.ends_with(" {") {
            variant = line;
        }
        variant != COMMAND_LINE_ONLY
    });
    lines
        .filter_map(|(number, line)| Some((number, field(line).filter(is_place)?)))
        .map(|(number, name)| {
            let place = format!("{}:{number}", file.path);
            Breach::new(
                "window",
                place,
                format!("the field {name} says where to act; a request names what is known"),
            )
        })
        .collect()
}

/// Signs of a wire or an outbox where drafts are judged.
pub(super) fn drafts(file: &TextFile) -> Vec<Breach> {
    if DRAFTS.contains(&file.path.as_str()) {
        super::purity::signs(file, "drafts", &LOUD)
    } else {
        Vec::new()
    }
}
