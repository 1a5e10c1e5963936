//! A project of Balance Alert as an account with its guard: the threshold becomes the headroom step of the same meter.

use serde_json::{Map, Value, json};
use tidegate_guard::Step;

use super::key::Keys;
use super::part::{self, Ids};
use super::{Draft, Fields, item, texts};
use crate::limits;

/// Where the balance of an earlier provider is found here.
struct Balance {
    /// The earlier name.
    earlier: &'static str,
    /// Our provider.
    provider: &'static str,
    /// The meter that the earlier threshold was about.
    meter: &'static str,
    /// What its balance counts.
    unit: &'static str,
    /// The key is `AK:SK`.
    pair: bool,
}

const BALANCES: &[Balance] = &[
    single("openrouter", "balance", "USD"),
    single("uniapi", "balance", "USD"),
    single("tikhub", "balance", "USD"),
    single("wxrank", "left", "credits"),
    single("deepseek", "balance.CNY", "CNY"),
    pair("volc", "volc-balance"),
    pair("aliyun", "aliyun-balance"),
];
/// Named in the earlier system's manual; they tell spending, but no balance.
const SPENDING_ONLY: [&str; 3] = ["openai", "anthropic", "azure"];

const fn single(name: &'static str, meter: &'static str, unit: &'static str) -> Balance {
    Balance {
        earlier: name,
        provider: name,
        meter,
        unit,
        pair: false,
    }
}

const fn pair(earlier: &'static str, provider: &'static str) -> Balance {
    Balance {
        earlier,
        provider,
        meter: "balance",
        unit: "CNY",
        pair: true,
    }
}

/// What holds for every project.
pub(super) struct Projects<'a> {
    pub(super) interval: Option<String>,
    pub(super) is_set: &'a dyn Fn(&str) -> bool,
}

impl Projects<'_> {
    pub(super) fn take(&self, draft: &mut Draft, ids: &mut Ids, place: &str, value: &Value) {
        let Some(project) = value.as_object() else {
            return draft.leave_out(place, texts::NO_OBJECT, &[]);
        };
        let Some(name) = part::text(project, "name") else {
            return draft.leave_out(place, texts::NO_NAME, &[]);
        };
        let provider = part::text(project, "provider")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let Some(balance) = BALANCES.iter().find(|balance| balance.earlier == provider) else {
            let text = match provider.as_str() {
                "groq" => texts::KEY_ONLY,
                spending if SPENDING_ONLY.contains(&spending) => texts::SPENDING,
                _ => texts::PROVIDER,
            };
            let shown: String = provider.chars().take(limits::KEY_CHARS_SHOWN).collect();
            return draft.leave_out(place, text, &[("provider", &shown)]);
        };
        let Some(key) = part::text(project, "api_key") else {
            return draft.leave_out(place, texts::NO_KEY, &[]);
        };
        let Some(id) = ids.take(name) else {
            return draft.leave_out(place, texts::TWICE, &[]);
        };
        let keys = Keys {
            place,
            vault: &id,
            is_set: self.is_set,
        };
        let secret = if balance.pair {
            keys.pair(draft, key)
        } else {
            Some(Fields::from_iter([(
                "key".to_owned(),
                keys.one(draft, "key", key),
            )]))
        };
        let Some(secret) = secret else { return };
        let account = self.account(project, (&id, name), balance, secret);
        draft.items.account.push(item(account));
        guard(draft, project, place, &id, balance);
    }

    fn account(
        &self,
        project: &Map<String, Value>,
        (id, name): (&str, &str),
        balance: &Balance,
        secret: Fields,
    ) -> Fields {
        let name = match part::text(project, "owner_project") {
            Some(owner) => format!("{name} · {owner}"),
            None => name.to_owned(),
        };
        let name: String = name.chars().take(limits::NAME_CHARS).collect();
        let mut account = Fields::new();
        account.insert("id".to_owned(), id.into());
        account.insert("provider".to_owned(), balance.provider.into());
        account.insert("name".to_owned(), name.into());
        if !part::flag(project, "enabled", true) {
            account.insert("enabled".to_owned(), false.into());
        }
        if let Some(interval) = &self.interval {
            account.insert("interval".to_owned(), interval.as_str().into());
        }
        account.insert("secret".to_owned(), Value::Object(secret));
        account
    }
}

/// Strictly below, as it was; never in another unit than the balance counts.
fn guard(draft: &mut Draft, project: &Map<String, Value>, place: &str, account: &str, balance: &Balance) {
    let Some(threshold) = project.get("threshold").filter(|value| !value.is_null()) else {
        return draft.tell(place, texts::NO_THRESHOLD, &[]);
    };
    let step = part::amount(threshold).map(|amount| format!("{amount} {}", balance.unit));
    let Some(step) = step.filter(|step| step.parse::<Step>().is_ok()) else {
        return draft.tell(place, texts::THRESHOLD, &[]);
    };
    draft.tell(place, texts::UNIT, &[("unit", balance.unit)]);
    draft.items.guard.push(super::Item(json!({
        "id": format!("{account}-threshold"),
        "account": account,
        "meter": balance.meter,
        "steps": [step],
    })));
}
