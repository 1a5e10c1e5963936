//! What a mail is. Owns the verdict: a rule fires only for a known sender with a word in the subject or two in the text;
//! anything less is "possible" and told once a day. A verdict is words and amounts for a person: nothing in it can
//! become an action, and no link of a mail is followed. Tested in `tests/mailbox`.

use jiff::civil::Date;
use tidegate_guard::Severity;
use tidegate_meter::{Currency, MailKind};

use super::extract::{Amount, Due, Extract};
use super::mail::Mail;
use super::rule::{MailRule, MailSender, RuleBook, RuleError, belongs};
use super::words::{Folded, count};
use super::{authentication, limits};

/// How sure a verdict is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Certainty {
    /// The sender and the words fit: it is told at once.
    Sure,
    /// Only some of it fits: it waits for the day's digest.
    Possible,
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The rule that took it.
    pub rule: String,
    /// What it is about.
    pub kind: MailKind,
    /// How loud that is.
    pub severity: Severity,
    /// How sure it is.
    pub certainty: Certainty,
    /// The sender's address.
    pub sender: String,
    /// The user's own mail host vouches for the sender's domain.
    pub verified: bool,
    /// The subject.
    pub subject: String,
    /// The service, where the sender or the subject names it.
    pub service: Option<String>,
    /// The amount beside a word such as "balance".
    pub amount: Option<Amount>,
    /// The date beside a word such as "due".
    pub due: Option<Due>,
}

/// A rule with its words folded.
struct Ready {
    rule: MailRule,
    hint: Option<Currency>,
    subject: Vec<String>,
    body: Vec<String>,
    none_of: Vec<String>,
}

/// The rules of one mailbox, ready to judge.
pub struct Judge {
    senders: Vec<MailSender>,
    rules: Vec<Ready>,
    servers: Vec<String>,
    extract: Extract,
}

impl Judge {
    /// From rules, for mails of `host`; `authserv` is the name under which that host signs its checks, where the person
    /// knows it.
    pub fn new(book: RuleBook, host: &str, authserv: Option<&str>) -> Result<Self, RuleError> {
        let known = book
            .checkers
            .iter()
            .find(|checker| checker.host.eq_ignore_ascii_case(host));
        let servers = [Some(host), known.map(|known| known.authserv.as_str()), authserv];
        Ok(Self {
            servers: servers.into_iter().flatten().map(str::to_owned).collect(),
            senders: book.senders,
            rules: book.rules.into_iter().map(Ready::new).collect(),
            extract: Extract::new().map_err(|_| RuleError {
                field: "patterns".to_owned(),
                allowed: "patterns that can be built".to_owned(),
            })?,
        })
    }

    /// Whether a mail is worth fetching, by its header fields: the sender is known, or the subject holds a word.
    #[must_use]
    pub fn is_candidate(&self, mail: &Mail) -> bool {
        let (domain, subject) = (domain_of(&mail.from), Folded::new(&mail.subject));
        let asked = |ready: &Ready| ready.names(domain) || ready.subject.iter().any(|word| subject.has(word));
        self.sender(domain).is_some() || self.rules.iter().any(asked)
    }

    /// What a mail is; `None` when no rule takes it. `received` is the day it came in, for "in 3 days".
    #[must_use]
    pub fn judge(&self, mail: &Mail, received: Date) -> Option<Verdict> {
        let (subject, text) = (Folded::new(&mail.subject), Folded::new(&mail.text));
        let domain = domain_of(&mail.from);
        let known = self.sender(domain);
        let takes = |ready: &'_ Ready| ready.takes(domain, known.is_some(), &subject, &text);
        let taken = self.rules.iter().filter_map(|ready| Some((ready, takes(ready)?)));
        let (ready, certainty) = taken.min_by_key(|(_, certainty)| *certainty == Certainty::Possible)?;
        let hint = ready
            .hint
            .or_else(|| known.and_then(|sender| sender.currency.as_ref()?.parse().ok()));
        let whole = Folded::new(&format!("{} 。 {}", mail.subject, mail.text));
        Some(Verdict {
            rule: ready.rule.id.clone(),
            kind: ready.rule.kind,
            severity: ready.rule.severity,
            certainty,
            sender: mail.from.clone(),
            verified: authentication::is_verified(mail.authentication.as_deref(), &self.servers, domain),
            subject: mail.subject.clone(),
            service: known
                .map(|sender| sender.service.clone())
                .or_else(|| bracketed(&mail.subject)),
            amount: self.extract.amount(&whole, hint),
            due: self.extract.due(&whole, received),
        })
    }

    fn sender(&self, domain: &str) -> Option<&MailSender> {
        self.senders.iter().find(|sender| belongs(domain, &sender.domain))
    }
}

impl Ready {
    fn new(rule: MailRule) -> Self {
        let folded = |words: &[String]| -> Vec<String> {
            words
                .iter()
                .map(|word| Folded::new(word).as_str().to_owned())
                .collect()
        };
        let body = if rule.body_any.is_empty() {
            &rule.subject_any
        } else {
            &rule.body_any
        };
        Self {
            hint: rule.currency_hint.as_ref().and_then(|code| code.parse().ok()),
            subject: folded(&rule.subject_any),
            body: folded(body),
            none_of: folded(&rule.none_of),
            rule,
        }
    }

    /// The rule names this sender itself.
    fn names(&self, domain: &str) -> bool {
        self.rule.from_domains.iter().any(|known| belongs(domain, known))
    }

    fn takes(&self, domain: &str, known: bool, subject: &Folded, text: &Folded) -> Option<Certainty> {
        if self
            .none_of
            .iter()
            .any(|word| subject.has(word) || text.has(word))
        {
            return None;
        }
        let sender_fits = if self.rule.from_domains.is_empty() {
            known
        } else {
            self.names(domain)
        };
        let in_subject = self.subject.iter().any(|word| subject.has(word));
        let in_text = count(text, &self.body);
        match (sender_fits, in_subject, in_text) {
            (true, true, _) => Some(Certainty::Sure),
            (true, false, words) if words >= limits::BODY_WORDS => Some(Certainty::Sure),
            (false, true, _) | (true, false, 1..) => Some(Certainty::Possible),
            _ => None,
        }
    }
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The first 【…】 of a subject.
fn bracketed(subject: &str) -> Option<String> {
    let (name, _) = subject.split_once('【')?.1.split_once('】')?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
