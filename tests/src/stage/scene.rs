//! The scene of the longer stories: one account whose package is nearly dry beside one that is full, a short stop, and
//! what must hold when the story is over. Owns the questions to the simulator and to the program; never changes either.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::{Cloud, Guard, Home};

/// The name of the server whose package is nearly dry.
pub const DRY: &str = "ecs-dry";
/// So many bytes more bring the dry package below 14 GB where it began half full.
pub const REST: i64 = 92 * 1024 * 1024 * 1024;
/// What the footer of a repeated message says.
const REPEAT: &str = "repeat: an earlier copy may have arrived";
/// Looks after which a story counts as never ending.
const LOOKS: usize = 500;

/// A cloud with the dry server, of whose 200 GiB so many are used, and a bystander. Both keys may do everything.
pub fn cloud(folder: &Path, used_gib: u32) -> anyhow::Result<Cloud> {
    let text = format!(
        r#"
seed = 11
stop_delay = "2s"
[[account]]
name = "main"
extra_keys = ["all"]
[[account.server]]
name = "{DRY}"
[[account.server.package]]
gib = 200
used_gib = {used_gib}
[[account.server]]
name = "ecs-bystander"
[[account.server.package]]
gib = 500
used_gib = 100
"#
    );
    Cloud::scenario(folder, &text)
}

/// A text of an event or row by JSON pointer; empty when it is not there.
#[must_use]
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The id of a server by its name, as the simulator knows it.
pub fn server(cloud: &Cloud, name: &str) -> anyhow::Result<String> {
    let state = cloud.ask("state")?;
    let servers = state.pointer("/accounts/0/servers").and_then(Value::as_array);
    let found = servers
        .into_iter()
        .flatten()
        .find(|server| text(server, "/name") == name);
    Ok(text(found.with_context(|| format!("the cloud has {name}"))?, "/id").to_owned())
}

/// Uses so many bytes of the dry server's package at once.
pub fn use_up(cloud: &Cloud, bytes: i64) -> anyhow::Result<()> {
    let dry = server(cloud, DRY)?;
    let state = cloud.ask("state")?;
    let packages = state.pointer("/accounts/0/packages").and_then(Value::as_array);
    let package = packages
        .into_iter()
        .flatten()
        .find(|package| text(package, "/servers/0") == dry);
    let id = text(package.context("the dry server has a package")?, "/id").to_owned();
    let body = serde_json::json!({ "bytes": bytes });
    cloud.tell(&format!("packages/{id}/correct"), &body).map(|_| ())
}

/// The rows of a list command.
pub fn rows(home: &Home, what: &str) -> anyhow::Result<Vec<Value>> {
    let answer = home.done(&[what, "--json"])?.json()?;
    let rows = answer.get(what).and_then(Value::as_array).cloned();
    rows.with_context(|| format!("{what} are a list: {answer}"))
}

/// Whether an action was verified, none is open and every message arrived.
pub fn is_over(home: &Home) -> anyhow::Result<bool> {
    let ended = ["verified", "cancelled", "abandoned"];
    let actions = rows(home, "actions")?;
    let verified = actions.iter().any(|action| text(action, "/state") == "verified");
    let all_ended = actions
        .iter()
        .all(|action| ended.contains(&text(action, "/state")));
    let deliveries = rows(home, "deliveries")?;
    let delivered = deliveries.iter().all(|row| text(row, "/state") == "delivered");
    Ok(verified && all_ended && delivered)
}

/// Waits until an action was verified, none is open and every message arrived. Looks once a reading of this guard: what an
/// earlier one left may be over already, and says nothing of this one.
pub fn until_over(home: &Home, guard: &mut Guard) -> anyhow::Result<()> {
    until_over_in(home, guard, LOOKS)
}

/// The same, in at most so many readings; two come each second.
pub fn until_over_in(home: &Home, guard: &mut Guard, looks: usize) -> anyhow::Result<()> {
    for _ in 0..looks {
        guard.later("reading")?;
        if is_over(home)? {
            return Ok(());
        }
    }
    bail!(
        "the story does not end: {:?} {:?}",
        rows(home, "actions")?,
        rows(home, "deliveries")?
    )
}

/// What must hold however often the guard was killed: the dry server was asked to stop once and no other was touched,
/// each message arrived, none more often than the crashes explain and each surplus one marked, and the record is whole.
/// `straight` messages came past the outbox.
pub fn assert_stopped_once(
    cloud: &Cloud,
    home: &Home,
    crashes: usize,
    straight: usize,
) -> anyhow::Result<()> {
    let dry = server(cloud, DRY)?;
    let stops = cloud.stops()?;
    ensure!(stops == [dry], "one request to stop {DRY}: {stops:?}");
    let actions = rows(home, "actions")?;
    let verified = |action: &&Value| text(action, "/state") == "verified";
    ensure!(
        actions.iter().filter(verified).count() == 1,
        "one verified: {actions:?}"
    );
    assert_told_once(cloud, home, crashes, straight)?;
    home.done(&["audit", "verify"]).map(|_| ())
}

/// Each message of the stop's story is told once.
fn assert_told_once(cloud: &Cloud, home: &Home, crashes: usize, straight: usize) -> anyhow::Result<()> {
    let deliveries = rows(home, "deliveries")?;
    let codes = deliveries.iter().map(|row| text(row, "/code"));
    let of_code = codes.fold(BTreeMap::<&str, usize>::new(), |mut counts, code| {
        *counts.entry(code).or_default() += 1;
        counts
    });
    let planned = rows(home, "actions")?.len();
    for (code, wanted) in [
        ("step_reached", 1),
        ("action_planned", planned),
        ("action_verified", 1),
    ] {
        let found = of_code.get(code).copied().unwrap_or(0);
        ensure!(found == wanted, "{code} is told {found} times, not {wanted}");
    }
    assert_arrived(cloud, home, crashes, straight)
}

/// Each message of the outbox is in the sink; surplus copies are marked and no more than the crashes.
pub fn assert_arrived(cloud: &Cloud, home: &Home, crashes: usize, straight: usize) -> anyhow::Result<()> {
    let cards = cloud.told()?;
    let deliveries = rows(home, "deliveries")?;
    let mut surplus = 0;
    for delivery in &deliveries {
        surplus += copies(&cards, delivery)?.saturating_sub(1);
    }
    ensure!(
        surplus <= crashes,
        "{surplus} repeated messages after {crashes} crashes: {cards:?}"
    );
    ensure!(
        cards.len() == deliveries.len() + surplus + straight,
        "every card is of the outbox: {cards:?} {deliveries:?}"
    );
    Ok(())
}

/// How often one message arrived; every copy but one must say that it is a repeat.
fn copies(cards: &[String], delivery: &Value) -> anyhow::Result<usize> {
    let id = text(delivery, "/id");
    let short = id
        .get(id.len().saturating_sub(8)..)
        .context("an id of a delivery")?;
    let mark = format!("#{short}");
    let mine: Vec<&String> = cards.iter().filter(|card| card.contains(&mark)).collect();
    let unmarked = mine.iter().filter(|card| !card.contains(REPEAT)).count();
    ensure!(!mine.is_empty(), "a message never arrived: {delivery}");
    ensure!(
        unmarked <= 1,
        "an unmarked repeat of {}: {mine:?}",
        text(delivery, "/code")
    );
    Ok(mine.len())
}

/// Whole seconds from now, by this machine's clock, to an instant that the program told.
#[expect(
    clippy::disallowed_methods,
    reason = "what a real program tells is compared with the machine's clock"
)]
pub fn seconds_to(instant: &str) -> anyhow::Result<i64> {
    let at: jiff::Timestamp = instant.parse()?;
    Ok(at.duration_since(jiff::Timestamp::now()).as_secs())
}
