//! Whether an answer that came with a good status is good: by its rules and codes.

use serde_json::Value;
use tidegate_meter::Reason;

use super::super::expr::Literal;
use super::super::number;
use super::super::spec::{Codes, Rule, Spec, Test};

/// Whether `value` is that literal. A number is compared as a number, and only with a number.
pub(super) fn says(value: &Value, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Bool(flag), Literal::Flag(wanted)) => flag == wanted,
        (Value::String(text), Literal::Text(wanted)) => text == wanted,
        (Value::Number(_), Literal::Number(wanted)) => number::of_value(value, false) == Some(*wanted),
        _ => false,
    }
}

fn holds(rule: &Rule, body: &Value) -> bool {
    let value = rule.ptr.find(body).filter(|value| !value.is_null());
    match &rule.test {
        Test::Exists(wanted) => value.is_some() == *wanted,
        Test::In(literals) => value.is_some_and(|value| literals.iter().any(|literal| says(value, literal))),
    }
}

impl Spec {
    /// The provider's own code in a body: a word or a number, with nothing in it that a code has not.
    pub(crate) fn code(&self, body: &Value) -> Option<String> {
        let text = match self.fail_code.as_ref()?.find(body)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let clean = |c: char| c.is_ascii_alphanumeric() || "._-:#".contains(c);
        let fits = !text.is_empty() && text.len() <= super::limits::CODE_CHARS && text.chars().all(clean);
        fits.then_some(text)
    }
}

impl Codes {
    /// What a code means, by the longest beginning that fits.
    pub(crate) fn reason(&self, code: &str) -> Option<Reason> {
        // AWS puts a namespace before its codes.
        let code = code.rsplit('#').next().unwrap_or(code);
        let fitting = self
            .0
            .iter()
            .filter(|(start, _)| code.starts_with(start.as_str()));
        fitting
            .max_by_key(|(start, _)| start.len())
            .map(|(_, reason)| *reason)
    }
}

/// What a body of the request `index` says about itself: `None` when it is good.
pub(in super::super) fn verdict(spec: &Spec, index: usize, body: &Value) -> Option<Reason> {
    let concerns = |rule: &&Rule| rule.request.is_none_or(|request| request == index);
    let broken = |rules: &[Rule], wanted: bool| {
        let mut concerned = rules.iter().filter(concerns);
        concerned.any(|rule| holds(rule, body) == wanted)
    };
    if broken(&spec.auth_fail, true) {
        return Some(Reason::Auth);
    }
    if broken(&spec.fail, true) || broken(&spec.ok, false) {
        let by_code = spec.code(body).and_then(|code| spec.codes.reason(&code));
        return Some(by_code.unwrap_or(Reason::Shape));
    }
    None
}
