//! Rules as data. Owns their shape, the built-in ones (`rules.toml`), a person's own, and which of them may stand. A rule
//! says what a mail is about; none can ask for an action: no type here can name one.

use serde::{Deserialize, Serialize};
use tidegate_guard::Severity;
use tidegate_meter::{Currency, MailKind};

use super::limits;
use super::words::Folded;

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailRule {
    /// Its name; a rule of a person takes the place of a built-in one of the same name.
    pub id: String,
    /// Senders it holds for; empty: every known one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_domains: Vec<String>,
    /// One of these in the subject.
    #[serde(default)]
    pub subject_any: Vec<String>,
    /// Two of these in the text; empty: those of the subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body_any: Vec<String>,
    /// None of these anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<String>,
    /// What it finds.
    pub kind: MailKind,
    /// How loud that is.
    pub severity: Severity,
    /// What ¥ or $ means there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_hint: Option<String>,
}

/// A sender that is known for such mails.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSender {
    /// The domain, its subdomains included.
    pub domain: String,
    /// The service's name.
    pub service: String,
    /// What ¥ or $ means there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A mail host that signs its checks under another name.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checker {
    pub(super) host: String,
    pub(super) authserv: String,
}

/// The built-in data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleBook {
    /// Known senders.
    #[serde(rename = "sender")]
    pub senders: Vec<MailSender>,
    #[serde(rename = "checker")]
    pub(super) checkers: Vec<Checker>,
    /// Rules, the worse news first.
    #[serde(rename = "rule")]
    pub rules: Vec<MailRule>,
}

/// What a person sets for one mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OwnRules {
    /// Rules of their own; they come before the built-in ones.
    pub rules: Vec<MailRule>,
    /// Words that make a mail of a known sender a notice, beside the built-in rules.
    pub extra: Vec<String>,
    /// Words that do so in place of the built-in rules; empty: those stay.
    pub replace: Vec<String>,
}

/// A rule that cannot stand, by the field of it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: {allowed}")]
pub struct RuleError {
    /// The field, such as `rules[0].subject_any`.
    pub field: String,
    /// What is allowed there.
    pub allowed: String,
}

impl RuleBook {
    /// What is built in.
    pub fn built_in() -> Result<Self, RuleError> {
        toml::from_str(include_str!("rules.toml")).map_err(|fault| RuleError {
            field: "rules.toml".to_owned(),
            allowed: fault.message().to_owned(),
        })
    }

    /// The built-in rules as changed by a person's own.
    pub fn with(mut self, own: &OwnRules) -> Result<Self, RuleError> {
        own.check()?;
        if !own.replace.is_empty() {
            self.rules.clear();
        }
        self.rules
            .retain(|rule| own.rules.iter().all(|other| other.id != rule.id));
        let words: Vec<String> = own.replace.iter().chain(&own.extra).cloned().collect();
        let notice = (!words.is_empty()).then(|| notice(words));
        self.rules = own
            .rules
            .iter()
            .cloned()
            .chain(self.rules)
            .chain(notice)
            .collect();
        Ok(self)
    }
}

/// The rule made of words alone.
fn notice(words: Vec<String>) -> MailRule {
    MailRule {
        id: "own_words".to_owned(),
        from_domains: Vec::new(),
        subject_any: words,
        body_any: Vec::new(),
        none_of: Vec::new(),
        kind: MailKind::Notice,
        severity: Severity::Warning,
        currency_hint: None,
    }
}

impl OwnRules {
    /// Whether all of it may stand; the first field that may not is named.
    pub fn check(&self) -> Result<(), RuleError> {
        if self.rules.len() > limits::RULES {
            return Err(refused("rules", format!("at most {} rules", limits::RULES)));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            check_rule(rule, &format!("rules[{at}]"))?;
        }
        check_words(&self.extra, "extra")?;
        check_words(&self.replace, "replace")
    }
}

fn check_rule(rule: &MailRule, at: &str) -> Result<(), RuleError> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if rule.id.is_empty() || rule.id.len() > limits::WORD_CHARS || !rule.id.bytes().all(letter) {
        return Err(refused(
            &format!("{at}.id"),
            "1 to 64 letters, digits, - or _".to_owned(),
        ));
    }
    for domain in &rule.from_domains {
        if !is_domain(domain) {
            return Err(refused(
                &format!("{at}.from_domains"),
                "domains such as example.com".to_owned(),
            ));
        }
    }
    check_words(&rule.subject_any, &format!("{at}.subject_any"))?;
    check_words(&rule.body_any, &format!("{at}.body_any"))?;
    check_words(&rule.none_of, &format!("{at}.none_of"))?;
    if rule.subject_any.is_empty() && rule.body_any.is_empty() {
        return Err(refused(
            &format!("{at}.subject_any"),
            "at least one word here or in body_any".to_owned(),
        ));
    }
    match &rule.currency_hint {
        Some(code) if code.parse::<Currency>().is_err() => Err(refused(
            &format!("{at}.currency_hint"),
            "three capital letters such as CNY".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn check_words(words: &[String], field: &str) -> Result<(), RuleError> {
    let fits =
        |word: &String| word.chars().count() <= limits::WORD_CHARS && !Folded::new(word).as_str().is_empty();
    if words.len() <= limits::WORDS && words.iter().all(fits) {
        return Ok(());
    }
    let allowed = format!(
        "at most {} words of 1 to {} characters",
        limits::WORDS,
        limits::WORD_CHARS
    );
    Err(refused(field, allowed))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label)
}

fn refused(field: &str, allowed: String) -> RuleError {
    RuleError {
        field: field.to_owned(),
        allowed,
    }
}

/// Whether a domain is another or lies below it.
pub(super) fn belongs(domain: &str, to: &str) -> bool {
    let Some(front) = domain.len().checked_sub(to.len()) else {
        return false;
    };
    let (above, tail) = domain.split_at_checked(front).unwrap_or(("", ""));
    tail.eq_ignore_ascii_case(to) && (above.is_empty() || above.ends_with('.'))
}
