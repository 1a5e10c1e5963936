//! A field that a person fills in when an account is set up: its key, and what it takes, told in both languages. Owns the
//! shape alone; which fields there are is each provider's.

use tidegate_meter::Lang;

/// One field.
#[derive(Clone, Copy)]
pub struct ParamField {
    /// Its key.
    pub key: &'static str,
    /// What it takes, in Chinese.
    pub zh: &'static str,
    /// What it takes, in English.
    pub en: &'static str,
    /// Whether it takes a text.
    pub(crate) accepts: fn(&str) -> bool,
}

impl ParamField {
    /// Whether it takes a text.
    #[must_use]
    pub fn accepts(&self, text: &str) -> bool {
        (self.accepts)(text)
    }

    /// What it takes.
    #[must_use]
    pub const fn allowed(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// A field that cannot be taken. Its value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("params.{key}: {allowed}")]
pub struct ParamMistake {
    /// Which.
    pub key: String,
    /// What is allowed.
    pub allowed: String,
}

impl ParamMistake {
    /// `field` cannot be taken.
    pub(crate) fn of(field: &ParamField) -> Self {
        Self {
            key: field.key.to_owned(),
            allowed: field.en.to_owned(),
        }
    }
}
