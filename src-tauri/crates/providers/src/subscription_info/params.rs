//! What a person may say of a subscription beside its address. Owns the fields, what each takes, and their typed forms.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_guard::leak::Tolerance;
use tidegate_guard::{Multiplier, Step, parse_amount};
use tidegate_meter::Unit;
use url::{Host, Url};

use super::limits;
use crate::params::{ParamField, ParamMistake};

/// Every field.
pub const FIELDS: [ParamField; 7] = [
    ParamField {
        key: "feeds",
        zh: "内核里该订阅的名称，以逗号分隔；* 表示所有代理节点都属于它",
        en: "what kernels call this subscription, separated by commas; * when every proxy node is of it",
        accepts: |text| feeds(text).is_some(),
    },
    ParamField {
        key: "reset_day",
        zh: "1 到 31（每月这一天重置），或 never（不重置）",
        en: "1 to 31, the day of the month on which it is counted anew, or never",
        accepts: |text| reset_day(text).is_some(),
    },
    ParamField {
        key: "multipliers",
        zh: "节点=倍率，以分号分隔，如 香港 01=1.5; 日本=0.5；倍率大于 0、不超过 100，最多三位小数",
        en: "node=multiplier, separated by semicolons, such as HK 01=1.5; JP=0.5; above 0, at most 100, three decimals",
        accepts: |text| multipliers(text).is_some(),
    },
    ParamField {
        key: "user_agent",
        zh: "不超过 200 个可见 ASCII 字符与空格",
        en: "at most 200 visible ASCII characters and spaces",
        accepts: |text| user_agent(text).is_some(),
    },
    ParamField {
        key: "via",
        zh: "direct，或本机 HTTP 代理的地址，如 http://127.0.0.1:7890",
        en: "direct, or an HTTP proxy on this machine such as http://127.0.0.1:7890",
        accepts: |text| via(text).is_some(),
    },
    ParamField {
        key: "leak_bytes",
        zh: "容许的差值，如 100 MiB",
        en: "how many bytes may differ, such as 100 MiB",
        accepts: |text| leak_bytes(text).is_some(),
    },
    ParamField {
        key: "leak_share",
        zh: "容许的比例，如 20%，大于 0%、不超过 100%",
        en: "what share may differ, such as 20%; above 0%, at most 100%",
        accepts: |text| leak_share(text).is_some(),
    },
];

/// Which nodes are a subscription's, by the name that kernels give it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Feeds {
    /// Not said.
    #[default]
    Unsaid,
    /// Those of these names.
    Named(BTreeSet<String>),
    /// Every proxy node.
    Every,
}

/// When it is counted anew, as its owner says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ResetDay {
    /// Not said.
    #[default]
    Unsaid,
    /// Never.
    Never,
    /// On this day of each month.
    Day(u8),
}

/// By which way the panel is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Via {
    /// Straight.
    #[default]
    Direct,
    /// Through an HTTP proxy on this machine.
    Proxy(Url),
}

impl Via {
    /// The proxy.
    #[must_use]
    pub const fn proxy(&self) -> Option<&Url> {
        match self {
            Self::Direct => None,
            Self::Proxy(url) => Some(url),
        }
    }
}

/// Every field in its typed form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubscriptionParams {
    /// Which nodes are its own.
    pub feeds: Feeds,
    /// When it is counted anew.
    pub reset_day: ResetDay,
    /// By how much nodes are billed, whatever their names say.
    pub multipliers: BTreeMap<String, Multiplier>,
    /// As which client the panel is asked.
    pub user_agent: String,
    /// By which way.
    pub via: Via,
    /// How much the panel and our own count may differ.
    pub tolerance: Tolerance,
}

impl Default for SubscriptionParams {
    fn default() -> Self {
        Self {
            feeds: Feeds::default(),
            reset_day: ResetDay::default(),
            multipliers: BTreeMap::new(),
            user_agent: default_agent(),
            via: Via::default(),
            tolerance: Tolerance::default(),
        }
    }
}

impl SubscriptionParams {
    /// From texts by key; what is not said is as usual. An error names the first field that cannot be taken.
    pub fn read(given: &BTreeMap<String, String>) -> Result<Self, ParamMistake> {
        for key in given.keys() {
            if !FIELDS.iter().any(|field| field.key == key) {
                let known = FIELDS.map(|field| field.key).join(", ");
                return Err(ParamMistake {
                    key: key.clone(),
                    allowed: format!("unknown; there are: {known}"),
                });
            }
        }
        let usual = Self::default();
        Ok(Self {
            feeds: taken(given, "feeds", feeds)?.unwrap_or(usual.feeds),
            reset_day: taken(given, "reset_day", reset_day)?.unwrap_or(usual.reset_day),
            multipliers: taken(given, "multipliers", multipliers)?.unwrap_or(usual.multipliers),
            user_agent: taken(given, "user_agent", user_agent)?.unwrap_or(usual.user_agent),
            via: taken(given, "via", via)?.unwrap_or(usual.via),
            tolerance: Tolerance {
                bytes: taken(given, "leak_bytes", leak_bytes)?.unwrap_or(usual.tolerance.bytes),
                share: taken(given, "leak_share", leak_share)?.unwrap_or(usual.tolerance.share),
            },
        })
    }
}

/// Panels answer clients that they know: one that they do, and who we are.
fn default_agent() -> String {
    concat!("clash.meta/v1.19.32 tidegate/", env!("CARGO_PKG_VERSION")).to_owned()
}

fn taken<T>(
    given: &BTreeMap<String, String>,
    key: &str,
    read: fn(&str) -> Option<T>,
) -> Result<Option<T>, ParamMistake> {
    let Some(text) = given.get(key) else {
        return Ok(None);
    };
    let field = FIELDS.iter().find(|field| field.key == key);
    read(text).map(Some).ok_or_else(|| ParamMistake {
        key: key.to_owned(),
        allowed: field.map_or_else(String::new, |field| field.en.to_owned()),
    })
}

fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let fits =
        (1..=limits::NAME_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn feeds(text: &str) -> Option<Feeds> {
    if text.trim() == "*" {
        return Some(Feeds::Every);
    }
    let names: Option<BTreeSet<String>> = text.split([',', '，']).map(name).collect();
    names
        .filter(|names| names.len() <= limits::NAMED)
        .map(Feeds::Named)
}

fn reset_day(text: &str) -> Option<ResetDay> {
    match text.trim() {
        "never" => Some(ResetDay::Never),
        day => day
            .parse()
            .ok()
            .filter(|day| (1..=31).contains(day))
            .map(ResetDay::Day),
    }
}

fn multipliers(text: &str) -> Option<BTreeMap<String, Multiplier>> {
    let entries: Vec<&str> = text
        .split([';', '；', '\n'])
        .filter(|entry| !entry.trim().is_empty())
        .collect();
    if entries.len() > limits::NAMED {
        return None;
    }
    let read = |entry: &&str| {
        let (node, factor) = entry.rsplit_once('=')?;
        Some((name(node)?, factor.parse().ok()?))
    };
    entries.iter().map(read).collect()
}

fn user_agent(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=limits::AGENT_CHARS).contains(&text.len());
    let visible = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    (fits && visible).then(|| text.to_owned())
}

fn via(text: &str) -> Option<Via> {
    if text.trim() == "direct" {
        return Some(Via::Direct);
    }
    let url = Url::parse(text.trim()).ok()?;
    let here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    let bare =
        url.username().is_empty() && url.password().is_none() && url.path() == "/" && url.query().is_none();
    (url.scheme() == "http" && here && bare).then_some(Via::Proxy(url))
}

fn leak_bytes(text: &str) -> Option<u64> {
    let amount = parse_amount(text, "leak_bytes").ok()?;
    let bytes = u64::try_from(amount.raw()).ok()?;
    (amount.unit() == Unit::Bytes && bytes > 0).then_some(bytes)
}

fn leak_share(text: &str) -> Option<tidegate_meter::Quantity> {
    let Ok(Step::Share(share)) = text.parse() else {
        return None;
    };
    let hundred = 100 * 10_i64.pow(Unit::Percent.scale());
    (share.raw() > 0 && share.raw() <= hundred).then_some(share)
}
