//! From a TOML text to a typed spec, or every mistake in it. Owns the format; what must hold across parts is checked in
//! `whole`.

mod example;
mod expr;
mod head;
mod metric;
mod request;
mod table;
mod whole;

use toml::de::DeTable;

use super::mistake::{Mistake, Mistakes, Wrong};
use super::{Spec, limits};
use expr::Frame;
use table::{Ledger, Table};

const KEYS: &[&str] = &[
    "id",
    "name",
    "category",
    "confidence",
    "standing",
    "docs_url",
    "keys_at",
    "note",
    "interval",
    "min_interval",
    "param",
    "auth",
    "request",
    "ok",
    "fail",
    "auth_fail",
    "fail_code",
    "codes",
    "metric",
    "example",
];

impl Spec {
    /// Reads and checks a spec; the error holds everything that is wrong, each with line and field.
    pub fn parse(text: &str) -> Result<Self, Mistakes> {
        let ledger = Ledger::new(text);
        if text.len() > limits::SPEC_BYTES {
            ledger.record(0, "", Wrong::TooLong(limits::SPEC_BYTES));
            return Err(Mistakes(ledger.into_mistakes()));
        }
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let offset = error.span().map_or(0, |span| span.start);
            ledger.record(offset, "", Wrong::Syntax(error.message().to_owned()));
        }
        // What was recovered lacks what the broken line held: its mistakes would be false ones.
        let spec = errors
            .is_empty()
            .then(|| spec(&Table::root(&ledger, document.get_ref())))
            .flatten();
        let mistakes = ledger.into_mistakes();
        match spec {
            Some(spec) if mistakes.is_empty() => Ok(spec),
            _ => Err(Mistakes(never_empty(mistakes))),
        }
    }
}

/// A spec that could not be built without a mistake on record would be a defect of the reader; it is told all the same.
fn never_empty(mut mistakes: Vec<Mistake>) -> Vec<Mistake> {
    if mistakes.is_empty() {
        mistakes.push(Mistake {
            line: 1,
            path: String::new(),
            wrong: Wrong::Missing,
        });
    }
    mistakes
}

fn spec(root: &Table<'_, '_>) -> Option<Spec> {
    root.only(KEYS);
    let head = head::head(root);
    let params = head::params(root);
    let auth = request::auth(root, &params);
    let requests = request::requests(root, &params);
    let frame = Frame::new(requests.iter().map(|ask| ask.id.clone()).collect(), &params);
    let rules = |key| {
        root.tables(key)
            .iter()
            .filter_map(|table| request::rule(table, &frame))
            .collect()
    };
    let (ok, fail, auth_fail) = (rules("ok"), rules("fail"), rules("auth_fail"));
    let fail_code = root.get("fail_code").and_then(|place| expr::pointer(&place));
    let codes = request::codes(root);
    let metrics = metric::metrics(root, &frame);
    let examples = example::examples(root, &frame);
    // Everything was read by now: one mistake must not hide another.
    let head = head?;
    let spec = Spec {
        id: head.id,
        name: head.name,
        category: head.category,
        confidence: head.confidence,
        standing: head.standing,
        docs_url: head.docs_url,
        keys_at: head.keys_at,
        note: head.note,
        interval: head.interval.max(head.min_interval),
        min_interval: head.min_interval,
        params,
        auth: auth?,
        requests,
        ok,
        fail,
        auth_fail,
        fail_code,
        codes,
        metrics,
        examples,
    };
    whole::check(root, &spec);
    Some(spec)
}
