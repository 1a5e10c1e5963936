//! What came back from the requests of one look.

use serde_json::Value;
use tidegate_meter::Reason;

use super::Spec;
use super::spec::Example;
use crate::{ProviderError, ProviderErrorKind};

/// What one request brought.
#[derive(Clone, Debug)]
pub enum Heard {
    /// Good answers: the pages in their order, and the headers of the first, names in lower case.
    Answer {
        /// At least one.
        pages: Vec<Value>,
        /// Of the first page.
        headers: Vec<(String, String)>,
    },
    /// The account has no such thing.
    Absent,
    /// No answer that can be used.
    Failed(ProviderError),
}

/// What came back from every request of a spec, in the order of its requests.
#[derive(Clone, Debug, Default)]
pub struct Bodies(pub(super) Vec<Heard>);

impl Bodies {
    /// The recorded bodies of an example. A request without one is absent; a body that is no JSON is a failed request.
    #[must_use]
    pub fn of_example(spec: &Spec, example: &Example) -> Self {
        let heard = |id: &str| match example.bodies.get(id) {
            None => Heard::Absent,
            Some(text) => Self::heard(text, example.headers.get(id).cloned().unwrap_or_default()),
        };
        Self(spec.requests.iter().map(|ask| heard(&ask.id)).collect())
    }

    /// One page as received.
    #[must_use]
    pub fn heard(text: &str, headers: Vec<(String, String)>) -> Heard {
        match serde_json::from_str(text) {
            Ok(page) => Heard::Answer {
                pages: vec![page],
                headers,
            },
            Err(_) => Heard::Failed(ProviderError {
                kind: ProviderErrorKind::Blind(Reason::Shape),
                detail: "the answer is no JSON".to_owned(),
                retry_after: None,
            }),
        }
    }

    pub(super) fn get(&self, request: usize) -> &Heard {
        self.0.get(request).unwrap_or(&Heard::Absent)
    }
}
