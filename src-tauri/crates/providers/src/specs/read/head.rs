//! What stands at the top of a spec, and its parameters.

use std::time::Duration;

use tidegate_meter::{AccountId, parse_span};
use url::Url;

use super::super::kinds::{Category, Confidence, Standing};
use super::super::mistake::Wrong;
use super::super::spec::{Param, ParamForm};
use super::super::{Said, limits};
use super::table::{Place, Table};

pub(super) const SLUG: (&str, &str) = (
    " 1 到 64 个 a-z、0-9、`-`、`_`、`.`，以字母或数字开头",
    "1 to 64 of a-z, 0-9, `-`, `_`, `.`, beginning with a letter or digit",
);
const KEY: (&str, &str) = (
    " 1 到 32 个 a-z、0-9、`_`，以字母开头",
    "1 to 32 of a-z, 0-9, `_`, beginning with a letter",
);
const PAGE: (&str, &str) = (" https 网址", "an https address");
const SPAN: (&str, &str) = (
    " 1s 到 1d 的时长，如 10m、6h",
    "a span from 1s to 1d, such as 10m or 6h",
);
const HOST: (&str, &str) = (
    "主机名，如 api.example.com",
    "a host name such as api.example.com",
);

pub(super) struct Head {
    pub(super) id: String,
    pub(super) name: Said,
    pub(super) category: Category,
    pub(super) confidence: Confidence,
    pub(super) standing: Standing,
    pub(super) docs_url: Url,
    pub(super) keys_at: Said,
    pub(super) note: Said,
    pub(super) interval: Duration,
    pub(super) min_interval: Duration,
}

pub(super) fn head(root: &Table<'_, '_>) -> Option<Head> {
    let id = root.need("id").and_then(|place| slug(&place));
    let name = root.need("name").and_then(|place| place.said());
    let docs_url = root.need("docs_url").and_then(|place| {
        place.parsed(PAGE, |text| {
            Url::parse(text).ok().filter(|url| url.scheme() == "https")
        })
    });
    let said = |key| root.get(key).and_then(|place| place.said()).unwrap_or_default();
    let interval = span(root, "interval").unwrap_or(limits::INTERVAL);
    let min_interval = span(root, "min_interval").unwrap_or(Duration::from_secs(1));
    let (category, confidence, standing) = (category(root), confidence(root), standing(root));
    let (keys_at, note) = (said("keys_at"), said("note"));
    Some(Head {
        id: id?,
        name: name?,
        category: category?,
        confidence,
        standing,
        docs_url: docs_url?,
        keys_at,
        note,
        interval,
        min_interval,
    })
}

fn category(root: &Table<'_, '_>) -> Option<Category> {
    root.need("category")?.word(&[
        ("ai", Category::Ai),
        ("gateway", Category::Gateway),
        ("data", Category::Data),
        ("cloud", Category::Cloud),
        ("network", Category::Network),
    ])
}

/// A spec of one's own says nothing of its sources and stands for itself.
fn confidence(root: &Table<'_, '_>) -> Confidence {
    let words = [
        ("sdk", Confidence::Sdk),
        ("docs", Confidence::Docs),
        ("code", Confidence::Code),
        ("memory", Confidence::Memory),
    ];
    let told = root.get("confidence").and_then(|place| place.word(&words));
    told.unwrap_or(Confidence::Memory)
}

fn standing(root: &Table<'_, '_>) -> Standing {
    let words = [
        ("supported", Standing::Supported),
        ("experimental", Standing::Experimental),
        ("community", Standing::Community),
    ];
    let told = root.get("standing").and_then(|place| place.word(&words));
    told.unwrap_or(Standing::Own)
}

fn span(root: &Table<'_, '_>, key: &str) -> Option<Duration> {
    root.get(key)?.parsed(SPAN, |text| {
        parse_span(text)
            .ok()
            .filter(|span| (Duration::from_secs(1)..=limits::INTERVAL_MOST).contains(span))
    })
}

pub(super) fn slug(place: &Place<'_, '_>) -> Option<String> {
    place.parsed(SLUG, |text| AccountId::new(text).ok().map(|id| id.to_string()))
}

fn key(place: &Place<'_, '_>) -> Option<String> {
    place.parsed(KEY, |text| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        (first && text.len() <= 32 && text.bytes().all(inner)).then(|| text.to_owned())
    })
}

/// The parameters, each name once.
pub(super) fn params(root: &Table<'_, '_>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for table in root.tables("param") {
        let Some(param) = param(&table) else { continue };
        if params.iter().any(|other| other.key == param.key) {
            table.wrong(Wrong::Twice);
        } else {
            params.push(param);
        }
    }
    params
}

fn param(table: &Table<'_, '_>) -> Option<Param> {
    table.only(&[
        "key", "label", "hint", "secret", "optional", "default", "form", "choices",
    ]);
    let key = table.need("key").and_then(|place| key(&place));
    let label = table.need("label").and_then(|place| place.said());
    let hint = table
        .get("hint")
        .and_then(|place| place.said())
        .unwrap_or_default();
    let secret = table.flag("secret");
    let form = form(table);
    let default = table.get("default").and_then(|place| {
        place.parsed(
            (
                "符合此参数形式的值；密钥没有默认值",
                "a value of the parameter's form; a secret has none",
            ),
            |text| (!secret && form.accepts(text)).then(|| text.to_owned()),
        )
    });
    if secret && form != ParamForm::Text {
        table.wrong(Wrong::NotAllowed(
            "不带 form 的密钥参数",
            "a secret parameter without `form` and `choices`",
        ));
    }
    Some(Param {
        key: key?,
        label: label?,
        hint,
        secret,
        required: !table.flag("optional") && default.is_none(),
        default,
        form,
    })
}

fn form(table: &Table<'_, '_>) -> ParamForm {
    if let Some(choices) = table.get("choices") {
        let choice =
            |place: &Place<'_, '_>| place.parsed(HOST, |text| is_line(text).then(|| text.to_owned()));
        return ParamForm::Choice(choices.list(limits::ENTRIES).iter().filter_map(choice).collect());
    }
    let words = [
        ("text", ParamForm::Text),
        ("path", ParamForm::Path),
        ("base", ParamForm::Base),
        ("amount", ParamForm::Amount),
        ("consent", ParamForm::Consent),
    ];
    let told = table.get("form").and_then(|place| place.word(&words));
    told.unwrap_or(ParamForm::Text)
}

/// One line without spaces.
fn is_line(text: &str) -> bool {
    (1..=limits::VALUE_CHARS).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

impl ParamForm {
    /// Whether `text` may stand in it.
    #[must_use]
    pub fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Text => is_line(text),
            Self::Path => {
                is_line(text)
                    && !text.starts_with('/')
                    && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
            }
            Self::Choice(choices) => choices.iter().any(|choice| choice == text),
            Self::Base => super::request::base(text).is_some(),
            Self::Amount => {
                tidegate_guard::parse_amount(text, "amount").is_ok_and(|amount| !amount.is_negative())
            }
            Self::Consent => text == "yes",
        }
    }
}
