//! What a person types about a sub-account: an amount, a share, steps, a month, names and notes. Owns what is allowed in
//! each field and the one error that names the field; knows no ledger. Tested here, and over the face in
//! `tests/quotas.rs`.

use tidegate_engine::quotas::limits::STEP_MAX_RAW;
use tidegate_guard::{Step, parse_amount};
use tidegate_meter::{Month, Quantity, Unit};
use tidegate_providers::sub_accounts::{NewSubAccount, Project};

use crate::{ApiError, ErrorCode, limits};

/// A field that cannot be understood, and what is allowed there. It does not hold the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: allowed is {allowed}")]
pub(crate) struct TypedError {
    field: &'static str,
    allowed: &'static str,
}

impl From<TypedError> for ApiError {
    fn from(error: TypedError) -> Self {
        Self::new(ErrorCode::BadRequest, error.to_string())
    }
}

type Typed<T> = Result<T, TypedError>;

/// A whole percent, as [`Unit::Percent`] keeps it.
const PERCENT: i64 = 10_000;

/// An entry of a ledger: money that is not nothing, with its sign.
pub(crate) fn amount(text: &str) -> Typed<Quantity> {
    let bad = TypedError {
        field: "amount",
        allowed: "an amount of money other than 0 with its currency and at most 6 decimals, such as 100 CNY or \
                  -12.50 CNY",
    };
    let text = text.trim();
    let bare = text
        .strip_prefix('+')
        .filter(|rest| !rest.starts_with('-'))
        .unwrap_or(text);
    let amount = parse_amount(bare, "amount").map_err(|_| bad)?;
    let fits = matches!(amount.unit(), Unit::Money(_)) && !amount.is_zero();
    fits.then_some(amount).ok_or(bad)
}

/// The part of a project's cost that is charged.
pub(crate) fn share(text: &str) -> Typed<Quantity> {
    let all = 100 * PERCENT;
    percent(text, all).ok_or(TypedError {
        field: "share",
        allowed: "a share above 0% and up to 100% with at most 4 decimals, such as 100% or 33.3333%",
    })
}

/// Steps in percent, each once.
pub(crate) fn steps(texts: &[String]) -> Typed<Vec<Quantity>> {
    let bad = TypedError {
        field: "steps",
        allowed: "1 to 16 different shares above 0% and up to 1000% with at most 4 decimals, such as 50% and 99.5%; null \
                  for the steps of the guard",
    };
    let mut steps = Vec::new();
    for text in texts {
        let step = percent(text, STEP_MAX_RAW).ok_or(bad)?;
        if steps.contains(&step) {
            return Err(bad);
        }
        steps.push(step);
    }
    let fits = (1..=limits::QUOTA_STEPS).contains(&steps.len());
    steps.sort_by_key(|step| step.raw());
    fits.then_some(steps).ok_or(bad)
}

fn percent(text: &str, most: i64) -> Option<Quantity> {
    match text.parse() {
        Ok(Step::Share(share)) if (1..=most).contains(&share.raw()) => Some(share),
        _ => None,
    }
}

/// A month of a bill.
pub(crate) fn month(text: &str) -> Typed<Month> {
    text.parse().map_err(|_| TypedError {
        field: "month",
        allowed: "a month YYYY-MM, such as 2026-03",
    })
}

/// What an entry is for, or what an owner noted.
pub(crate) fn note(text: &str) -> Typed<String> {
    line(text, limits::QUOTA_NOTE_CHARS).ok_or(TypedError {
        field: "note",
        allowed: "one line of at most 500 characters",
    })
}

/// A project as the provider names it.
pub(crate) fn project(text: &str) -> Typed<Project> {
    let named = line(text, limits::PROJECT_CHARS).filter(|name| !name.is_empty());
    named.map(Project).ok_or(TypedError {
        field: "project",
        allowed: "a project's name of 1 to 128 characters, as `quota projects` lists it",
    })
}

/// A policy as the provider names it.
pub(crate) fn policy(text: &str) -> Typed<String> {
    line(text, limits::POLICY_CHARS)
        .filter(|name| !name.is_empty())
        .ok_or(TypedError {
            field: "policy",
            allowed: "a policy's name of 1 to 64 characters, as `quota policies` lists it",
        })
}

/// Policies that a new sub-account begins with.
pub(crate) fn policies(texts: &[String]) -> Typed<Vec<String>> {
    let bad = TypedError {
        field: "policies",
        allowed: "at most 10 names of policies, as `quota policies` lists them",
    };
    let names: Vec<String> = texts
        .iter()
        .map(|text| policy(text))
        .collect::<Typed<_>>()
        .map_err(|_| bad)?;
    (names.len() <= limits::POLICIES).then_some(names).ok_or(bad)
}

/// A sub-account to make, by the provider's own rules.
pub(crate) fn sub_account(asked: &crate::request::CreateSubAccount) -> Typed<NewSubAccount> {
    let wrong = |field, allowed| TypedError { field, allowed };
    let name = Some(asked.name.clone()).filter(|name| is_user_name(name));
    let title = line(&asked.title, limits::TITLE_CHARS);
    let about = line(&asked.about, limits::ABOUT_CHARS);
    Ok(NewSubAccount {
        name: name.ok_or(wrong(
            "name",
            "1 to 64 letters without accents, digits, `_`, `.`, `-` and `@`",
        ))?,
        title: title.ok_or(wrong("title", "one line of at most 128 characters"))?,
        about: about.ok_or(wrong("about", "one line of at most 255 characters"))?,
        email: email(&asked.email).ok_or(wrong("email", "an address such as bob@example.com, or nothing"))?,
        phone: phone(&asked.phone).ok_or(wrong(
            "phone",
            "up to 20 digits with an optional `+` before them, or nothing",
        ))?,
    })
}

fn is_user_name(name: &str) -> bool {
    (1..=limits::USER_NAME_CHARS).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte))
}

fn email(text: &str) -> Option<String> {
    let address = line(text, limits::TITLE_CHARS)?;
    let named = address
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    let spaced = address.contains(char::is_whitespace);
    (address.is_empty() || (named && !spaced)).then_some(address)
}

fn phone(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let fits = digits.len() <= limits::PHONE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    let bare_sign = digits.is_empty() && !text.is_empty();
    (fits && !bare_sign).then(|| text.to_owned())
}

/// One line of at most so many characters.
fn line(text: &str, most: usize) -> Option<String> {
    let fits = text.chars().count() <= most && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T: std::fmt::Debug>(result: Typed<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn an_amount_has_a_sign_a_currency_and_at_most_six_decimals() {
        for (text, read) in [
            ("100 CNY", "100 CNY"),
            ("+100 CNY", "100 CNY"),
            ("-12.50 CNY", "-12.5 CNY"),
            (" 0.000001 USD ", "0.000001 USD"),
            ("799.9900000 CNY", "799.99 CNY"),
        ] {
            assert_eq!(amount(text).unwrap().to_string(), read, "{text}");
        }
    }

    #[test]
    fn what_is_no_entry_of_a_ledger_is_refused_by_its_field() {
        for text in [
            "",
            "100",
            "CNY",
            "0 CNY",
            "-0.00 CNY",
            "1e3 CNY",
            "1,000 CNY",
            "0.0000001 CNY",
            "5 GB",
            "5 credits",
            "50%",
            "+-5 CNY",
            "--5 CNY",
            "9999999999999999 CNY",
            "5 cny",
            "٥ CNY",
        ] {
            let told = told(amount(text));
            assert!(
                told.starts_with("amount: allowed is ") && told.contains("-12.50 CNY"),
                "{text}: {told}"
            );
        }
    }

    #[test]
    fn a_share_is_above_nothing_and_up_to_all() {
        assert_eq!(
            share("40%").unwrap(),
            Quantity::from_raw(40 * PERCENT, Unit::Percent)
        );
        assert_eq!(share("33.3333%").unwrap().raw(), 333_333);
        assert_eq!(share("100%").unwrap().raw(), 100 * PERCENT);
        for text in ["0%", "100.0001%", "-1%", "40", "0.4", "33.33333%", "%", "1 GB"] {
            assert!(told(share(text)).starts_with("share: "), "{text}");
        }
    }

    #[test]
    fn steps_come_sorted_and_each_once() {
        let typed = |texts: &[&str]| steps(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let raw: Vec<i64> = typed(&["99.5%", "50%", "80%"])
            .unwrap()
            .into_iter()
            .map(Quantity::raw)
            .collect();
        assert_eq!(raw, [500_000, 800_000, 995_000]);
        for wrong in [
            &[][..],
            &["50%", "50.0%"],
            &["0%"],
            &["1000.0001%"],
            &["5 CNY"],
            &["2d"],
            &["fifty"],
        ] {
            assert!(told(typed(wrong)).starts_with("steps: "), "{wrong:?}");
        }
        let many: Vec<String> = (1..=17).map(|n| format!("{n}%")).collect();
        assert!(told(steps(&many)).starts_with("steps: "));
    }

    #[test]
    fn a_note_is_one_line_of_five_hundred_characters() {
        assert_eq!(note(&"额".repeat(500)).unwrap().chars().count(), 500);
        assert!(told(note(&"额".repeat(501))).starts_with("note: "));
        assert!(told(note("two\nlines")).starts_with("note: "));
        assert_eq!(month("2026-03").unwrap().to_string(), "2026-03");
        assert!(told(month("2026-13")).starts_with("month: "));
    }

    #[test]
    fn a_new_user_keeps_the_rules_of_its_provider() {
        let asked = |name: &str, email: &str, phone: &str| crate::request::CreateSubAccount {
            account: "volc".parse().unwrap(),
            name: name.to_owned(),
            title: "鲍勃".to_owned(),
            about: String::new(),
            email: email.to_owned(),
            phone: phone.to_owned(),
            project: None,
            policies: Vec::new(),
            key: false,
            lang: tidegate_meter::Lang::En,
        };
        assert!(sub_account(&asked("bob.k_1-2@team", "bob@example.com", "+8613800000000")).is_ok());
        assert!(sub_account(&asked("b", "", "")).is_ok());
        let long = "b".repeat(65);
        for (name, email, phone, field) in [
            ("", "", "", "name"),
            ("鲍勃", "", "", "name"),
            ("bob smith", "", "", "name"),
            (long.as_str(), "", "", "name"),
            ("bob", "bob", "", "email"),
            ("bob", "a b@c", "", "email"),
            ("bob", "", "+", "phone"),
            ("bob", "", "12-34", "phone"),
        ] {
            let told = told(sub_account(&asked(name, email, phone)));
            assert!(told.starts_with(field), "{name}: {told}");
        }
    }
}
