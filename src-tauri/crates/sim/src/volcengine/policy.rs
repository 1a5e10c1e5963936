//! What policy documents say: statements with an effect, actions and resources. A Deny beats every Allow. Owns the
//! system policies that the simulated cloud knows.

use serde_json::{Value, json};

/// What the documents of an identity say together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Something allows it and nothing denies it.
    Allowed,
    /// Something denies it.
    Denied,
    /// Nothing speaks of it.
    Lacking,
}

/// Name and allowed actions. The names are those of the earlier tool and the documentation; there are many more.
pub(crate) const SYSTEM: [(&str, &[&str]); 9] = [
    ("AdministratorAccess", &["*"]),
    ("IAMFullAccess", &["iam:*"]),
    ("IAMReadOnlyAccess", &["iam:Get*", "iam:List*"]),
    ("ArkFullAccess", &["ark:*"]),
    ("TOSFullAccess", &["tos:*"]),
    ("ECSFullAccess", &["ecs:*", "vpc:*"]),
    (
        "BillingCenterBillReadOnlyAccess",
        &["billing:List*", "billing:Query*"],
    ),
    (
        "BillingCenterReadOnlyAccess",
        &["billing:List*", "billing:Query*", "billing:Get*"],
    ),
    ("STSAssumeRoleAccess", &["sts:AssumeRole"]),
];

/// The document of a system policy.
pub(crate) fn allowing(actions: &[&str]) -> String {
    reformatted(&json!({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]}))
}

/// As the service gives a document back: the same JSON, not the same text.
pub(crate) fn reformatted(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// Reads a document; `None` when it is not one.
pub(crate) fn read(text: &str) -> Option<Value> {
    let document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get("Statement")?.as_array()?;
    let whole = |statement: &Value| {
        let effect = statement.get("Effect").and_then(Value::as_str);
        matches!(effect, Some("Allow" | "Deny")) && !words(statement, "Action").is_empty()
    };
    (!statements.is_empty() && statements.iter().all(whole)).then_some(document)
}

/// What these documents say of an action (`service:Action`) on a resource (a TRN, or `*` for anything).
pub(crate) fn verdict<'a>(documents: impl Iterator<Item = &'a str>, action: &str, resource: &str) -> Verdict {
    let mut verdict = Verdict::Lacking;
    for document in documents.filter_map(read) {
        let statements = document.get("Statement").and_then(Value::as_array);
        for statement in statements.into_iter().flatten() {
            let actions = words(statement, "Action");
            let resources = words(statement, "Resource");
            let meant = actions.iter().any(|pattern| matches(pattern, action))
                && resources.iter().any(|pattern| matches(pattern, resource));
            match statement.get("Effect").and_then(Value::as_str) {
                Some("Deny") if meant => return Verdict::Denied,
                Some("Allow") if meant => verdict = Verdict::Allowed,
                _ => {}
            }
        }
    }
    verdict
}

/// A member that is one text or a list of them.
fn words(statement: &Value, name: &str) -> Vec<String> {
    match statement.get(name) {
        Some(Value::String(word)) => vec![word.clone()],
        Some(Value::Array(words)) => words
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// A pattern in which `*` stands for any text, without regard to capitals.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            let Some((_, after)) = rest.split_once(middle) else {
                return false;
            };
            rest = after;
        }
    }
    match last {
        None => rest.is_empty(),
        Some(end) => rest.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, matches, read, verdict};

    const ALLOW: &str = r#"{"Statement":[{"Effect":"Allow","Action":["ark:*"],"Resource":["*"]}]}"#;
    const DENY: &str = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "iam:ListUsers", true),
            ("iam:List*", "iam:ListUsers", true),
            ("iam:*Users", "iam:ListUsers", true),
            ("iam:L*s*rs", "iam:ListUsers", true),
            ("iam:ListUsers", "iam:ListUsers", true),
            ("iam:listusers", "iam:ListUsers", true),
            ("iam:List", "iam:ListUsers", false),
            ("iam:List*x", "iam:ListUsers", false),
            ("ark:*", "iam:ListUsers", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_deny_beats_an_allow_in_any_order() {
        let say = |documents: &[&str]| verdict(documents.iter().copied(), "ark:Use", "*");
        assert_eq!(say(&[]), Verdict::Lacking);
        assert_eq!(say(&[ALLOW]), Verdict::Allowed);
        assert_eq!(say(&[ALLOW, DENY]), Verdict::Denied);
        assert_eq!(say(&[DENY, ALLOW]), Verdict::Denied);
        assert_eq!(verdict([ALLOW].into_iter(), "ecs:Use", "*"), Verdict::Lacking);
    }

    #[test]
    fn what_is_no_document_is_not_read() {
        assert!(read(ALLOW).is_some());
        for text in [
            "",
            "{}",
            r#"{"Statement":[]}"#,
            r#"{"Statement":[{"Effect":"Maybe","Action":"*"}]}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
