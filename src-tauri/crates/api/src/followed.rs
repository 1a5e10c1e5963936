//! How the followed configuration stands: which file, whether its newest text was taken, why not. Owns the memory of it, one
//! for the program however often its database is reopened; never reads a file. Tested by the command line's tests.

use std::sync::{Arc, Mutex, PoisonError};

use tidegate_meter::{Lang, Time};

use crate::ApiError;
use crate::response::{ConfigFileState, ConfigFileView};

/// Why a text was refused: the first mistake of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigRefusal {
    /// Its line, where it has one.
    pub line: Option<usize>,
    /// Its field: `guard[0].limit`; empty for the whole text.
    pub field: String,
    /// One line for a person: place, cause, what is allowed. Never a value of the text.
    pub text: String,
}

impl ConfigRefusal {
    /// The first mistake that the api found, or its refusal as a whole.
    #[must_use]
    pub fn of(error: &ApiError, lang: Lang) -> Self {
        error.findings.first().map_or_else(
            || Self::whole(error.detail.clone()),
            |finding| Self {
                line: (finding.line > 0).then_some(finding.line),
                field: finding.path.clone(),
                text: finding.render(lang),
            },
        )
    }

    /// The whole text: it could not be read.
    #[must_use]
    pub const fn whole(text: String) -> Self {
        Self {
            line: None,
            field: String::new(),
            text,
        }
    }
}

/// Shared by everyone who tells how the program stands.
#[derive(Clone, Debug, Default)]
pub struct Followed(Arc<Mutex<Option<ConfigFileView>>>);

impl Followed {
    /// What is told of it; `None` while no file is followed.
    #[must_use]
    pub fn view(&self) -> Option<ConfigFileView> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its newest text was taken.
    pub(crate) fn good(&self, name: &str, at: Time) {
        self.change(name, at, |view| {
            view.state = ConfigFileState::Good;
            view.applied = view.applied.saturating_add(1);
            (view.error, view.line, view.field) = (None, None, None);
        });
    }

    /// Its newest text was refused.
    pub(crate) fn refused(&self, name: &str, at: Time, why: &ConfigRefusal) {
        self.change(name, at, |view| {
            view.state = ConfigFileState::Refused;
            view.refused = view.refused.saturating_add(1);
            view.error = Some(why.text.clone());
            view.line = why.line;
            view.field = Some(why.field.clone()).filter(|field| !field.is_empty());
        });
    }

    fn change(&self, name: &str, at: Time, change: impl FnOnce(&mut ConfigFileView)) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let view = held.get_or_insert_with(|| ConfigFileView {
            name: name.to_owned(),
            state: ConfigFileState::Good,
            error: None,
            line: None,
            field: None,
            read_at: at,
            applied: 0,
            refused: 0,
        });
        view.read_at = at;
        change(view);
    }
}
