//! Files of earlier systems: refused, or items whose ids are ours and apart, without a secret in an item or a word.

use std::collections::BTreeSet;

use secrecy::ExposeSecret;
use tidegate_api::import::flowcollect::{FileKind, settings};
use tidegate_api::import::{Imported, balance_alert};
use tidegate_api::request::Item;
use tidegate_meter::{AccountId, Lang};

/// FAKE: what begins a key of the seeds.
const CANARY: &str = "FAKE-CANARY";

fn ids_are_ours(kind: &str, items: &[Item]) {
    let mut known = BTreeSet::new();
    for item in items {
        let id = item.0.get("id").and_then(serde_json::Value::as_str).unwrap();
        assert!(id.parse::<AccountId>().is_ok(), "{kind}: {id:?} is no id");
        assert!(known.insert(id), "{kind}: {id} twice");
    }
}

fn is_sound(imported: &Imported, text: &str) {
    let items = &imported.items;
    ids_are_ours("account", &items.account);
    ids_are_ours("channel", &items.channel);
    ids_are_ours("renewal", &items.renewal);
    ids_are_ours("mailbox", &items.mailbox);
    ids_are_ours("guard", &items.guard);
    let secrets = imported.secrets.values().flat_map(|fields| fields.values());
    let is_kept = |secret: &str| secret.contains(CANARY) && text.matches(CANARY).count() == 1;
    if secrets
        .into_iter()
        .any(|secret| is_kept(secret.0.expose_secret()))
    {
        let shown = serde_json::to_string(items).unwrap();
        assert!(!shown.contains(CANARY), "a key stands in an item: {shown}");
        for note in &imported.notes {
            let words = [Lang::En, Lang::Zh].map(|lang| note.text(lang)).concat() + &note.place;
            assert!(!words.contains(CANARY), "a key stands in a word: {words}");
        }
    }
}

pub(crate) fn import(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(imported) = balance_alert(text, "CNY", &|name| name.len() % 2 == 0) {
        is_sound(&imported, text);
    }
    for kind in [FileKind::Ini, FileKind::Yaml] {
        if let Ok(imported) = settings(kind, text) {
            is_sound(&imported, text);
        }
    }
}
