//! Safety of the wire: secrets stay inside (S22), each key keeps to its role (S23), limits of others hold (S27). Shown to
//! fail in `tests/planted.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_meter::Time;
use tidegate_sim::{Lie, LoggedRequest};

use super::cast::{changes, is_start, is_stop, whom};
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, WorldDeed};

/// Shorter texts stand in ordinary words by chance.
const SECRET_CHARS: usize = 12;
/// Audit rows read at once.
const AUDIT_ROWS: usize = 500;

/// S22: no secret of the world - plain, in base64 or percent-encoded - stands in a message that a platform took, in an event
/// that carries text, or in anything that the database keeps of messages, configuration, settings and audit. What a provider
/// logged of the requests to itself is not ours.
pub(super) fn s22_secrets_stay_inside() -> Box<dyn Check> {
    Box::new(Secrets::default())
}

#[derive(Default)]
struct Secrets {
    needles: Vec<(String, String)>,
}

/// A secret with the forms in which it could leave.
fn forms(secret: &str) -> [String; 3] {
    let encoded: String = secret.bytes().flat_map(escaped).collect();
    [secret.to_owned(), base64(secret.as_bytes()), encoded]
}

fn escaped(byte: u8) -> Vec<char> {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return vec![char::from(byte)];
    }
    format!("%{byte:02X}").chars().collect()
}

/// Standard base64, as far as the bytes alone decide it: a longer text that begins with them has the same letters.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = [0_u8; 3];
        for (place, byte) in word.iter_mut().zip(chunk) {
            *place = *byte;
        }
        let [a, b, c] = word.map(u32::from);
        let bits = (a << 16) | (b << 8) | c;
        let whole = if chunk.len() == 3 { 4 } else { chunk.len() };
        for shift in [18_u32, 12, 6, 0].into_iter().take(whole) {
            let index = usize::try_from((bits >> shift) & 63).unwrap_or(0);
            text.extend(LETTERS.get(index).copied().map(char::from));
        }
    }
    text
}

impl Secrets {
    fn learn(&mut self, view: &View<'_>) {
        let mut secrets: Vec<String> = Vec::new();
        for account in view.world.accounts() {
            for key in view.world.credentials(&account).unwrap_or_default() {
                secrets.push(key.sk);
                secrets.extend(key.token);
            }
        }
        let (path, secret) = view.world.feishu_hook();
        secrets.extend(path.rsplit('/').next().map(str::to_owned));
        secrets.extend(secret);
        for purse in &view.plan.purses {
            let known = view.world.purse(&purse.name).unwrap_or_default();
            let is_secret = |name: &&str| {
                ["key", "token", "secret", "password"]
                    .iter()
                    .any(|word| name.contains(word))
            };
            secrets.extend(
                known
                    .into_iter()
                    .filter(|(name, _)| is_secret(name))
                    .map(|(_, value)| value),
            );
        }
        secrets.retain(|secret| secret.chars().count() >= SECRET_CHARS);
        for secret in secrets {
            let name: String = secret.chars().take(4).collect();
            if !self.needles.iter().any(|(_, known)| *known == secret) {
                self.needles
                    .extend(forms(&secret).map(|form| (name.clone(), form)));
            }
        }
    }

    fn search(&self, about: &str, text: &str) -> Vec<Finding> {
        let hit = self
            .needles
            .iter()
            .find(|(_, needle)| text.contains(needle.as_str()));
        hit.map_or_else(Vec::new, |(name, _)| {
            Finding::one(about, format!("the secret that begins with {name} stands in it"))
        })
    }
}

/// The text of an event in which a provider's or a platform's words could stand.
fn words(event: &Event) -> Option<String> {
    Some(match event {
        Event::Failed { detail, .. }
        | Event::Unknown { detail, .. }
        | Event::Abandoned { detail, .. }
        | Event::Undelivered { detail, .. } => detail.clone(),
        Event::Unread { blind, .. } | Event::Blind { blind, .. } => blind.detail.clone(),
        Event::Looked {
            blind: Some(blind), ..
        } => blind.detail.clone(),
        Event::Noted { what, .. } => what.clone(),
        _ => return None,
    })
}

impl Check for Secrets {
    fn invariant(&self) -> Invariant {
        Invariant::S22
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        if self.needles.is_empty()
            || matches!(
                seen.line,
                Line::Deed {
                    deed: Deed::World(WorldDeed::RotateKey { .. })
                }
            )
        {
            self.learn(view);
        }
        match &seen.line {
            Line::Card { platform, text, .. } => self.search(platform, text),
            Line::Event { event } => {
                words(event).map_or_else(Vec::new, |text| self.search("an event", &text))
            }
            _ => Vec::new(),
        }
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        self.learn(view);
        let mut found = Vec::new();
        for row in stored::deliveries(view.store) {
            let text = format!("{} {}", row.message, row.error.unwrap_or_default());
            found.extend(self.search("the outbox", &text));
        }
        for row in stored::now(view.store.accounts()).unwrap_or_default() {
            found.extend(self.search("the configuration", &row.config.to_string()));
        }
        for row in stored::now(view.store.channels()).unwrap_or_default() {
            found.extend(self.search("the configuration", &row.config.to_string()));
        }
        for (key, value) in stored::now(view.store.settings()).unwrap_or_default() {
            found.extend(self.search("the settings", &format!("{key} {value}")));
        }
        let mut after = 0;
        while let Some(rows) =
            stored::now(view.store.audit(after, AUDIT_ROWS)).filter(|rows| !rows.is_empty())
        {
            for row in &rows {
                found.extend(self.search("the audit", &row.facts.to_string()));
            }
            after = rows.last().map_or(i64::MAX, |row| row.seq);
        }
        found
    }
}

/// S23: where an account has two keys, the one that watches asks for no change and the one that acts asks for nothing else.
pub(super) fn s23_each_key_in_its_role() -> Box<dyn Check> {
    Box::new(Roles::default())
}

#[derive(Default)]
struct Roles {
    /// By access key: whether it acts.
    acts: BTreeMap<String, bool>,
}

impl Roles {
    fn learn(&mut self, view: &View<'_>) {
        for cloud in view.plan.clouds.iter().filter(|cloud| cloud.has_act_key) {
            let keys = view.world.credentials(&cloud.name).unwrap_or_default();
            for (index, key) in keys.into_iter().enumerate() {
                self.acts.insert(key.ak, index > 0);
            }
        }
    }
}

impl Check for Roles {
    fn invariant(&self) -> Invariant {
        Invariant::S23
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        let Line::Request { request, .. } = &seen.line else {
            return Vec::new();
        };
        if self.acts.is_empty() {
            self.learn(view);
        }
        let acts = request.key.as_ref().and_then(|key| self.acts.get(key));
        match acts {
            Some(true) if !is_stop(request) && !is_start(request) => Finding::one(
                whom(request),
                format!("{} by the key that only acts", request.operation),
            ),
            Some(false) if changes(request) => Finding::one(
                whom(request),
                format!("{} by the key that only watches", request.operation),
            ),
            _ => Vec::new(),
        }
    }
}

/// S27: no provider or platform has to refuse us for asking too often, across every restart: it answers 429 or its own word
/// for it only where the plan lets it lie so; and Huawei's BSS sees at most ten calls of one account to one of its APIs in
/// any second. Exempt: a second copy, which paces itself.
pub(super) fn s27_limits_hold() -> Box<dyn Check> {
    Box::new(Limits::default())
}

/// Calls of one account to one API of BSS in a second, by its own documentation.
const BSS_PER_SECOND: usize = 10;
const SECOND: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Limits {
    bss: BTreeMap<(String, String), VecDeque<Time>>,
}

fn is_throttled(request: &LoggedRequest) -> bool {
    const WORDS: [&str; 5] = [
        "APIGW.0308",
        "CBC.0250",
        "Common.1503",
        "11232",
        "FlowLimitExceeded",
    ];
    let word = request.code.as_deref();
    request.status == 429 || word.is_some_and(|code| WORDS.contains(&code))
}

fn may_throttle(lie: &Lie) -> bool {
    matches!(
        lie,
        Lie::Throttled { .. }
            | Lie::ThrottledUntil { .. }
            | Lie::StopRefused { .. }
            | Lie::ErrorCode { .. }
            | Lie::Code { .. }
            | Lie::Refuses { .. }
            | Lie::Status { .. }
    )
}

impl Limits {
    fn counts(&mut self, request: &LoggedRequest, at: Time) -> usize {
        let whose = request.account.clone().unwrap_or_default();
        let calls = self.bss.entry((whose, request.operation.clone())).or_default();
        while calls.front().is_some_and(|first| at.since(*first) >= SECOND) {
            calls.pop_front();
        }
        calls.push_back(at);
        calls.len()
    }
}

impl Check for Limits {
    fn invariant(&self) -> Invariant {
        Invariant::S27
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        let Line::Request { request, .. } = &seen.line else {
            return Vec::new();
        };
        if is_throttled(request)
            && !view
                .world
                .faults()
                .iter()
                .any(|(_, fault)| may_throttle(&fault.lie))
        {
            let said = format!("{} was refused for asking too often", request.operation);
            return Finding::one(whom(request), said);
        }
        if request.operation.starts_with("bss.") && self.counts(request, request.at) > BSS_PER_SECOND {
            let said = format!(
                "more than {BSS_PER_SECOND} calls of {} in a second",
                request.operation
            );
            return Finding::one(whom(request), said);
        }
        Vec::new()
    }
}
