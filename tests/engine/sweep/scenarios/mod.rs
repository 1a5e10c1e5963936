//! The stories. Each begins wherever the process before it ended, and says what is left to be done as a person would who
//! looks first: so it is told again from its beginning after every end.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use crate::kit::Passing;
use crate::sweep::house::{Ground, House};

mod accounts;
mod persons;
mod servers;
mod telling;

/// One story.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// When it begins.
    pub(crate) start: &'static str,
    /// How the outside stands at first.
    pub(crate) ground: fn(&Ground),
    pub(crate) story: for<'a, 'b> fn(&'a House<'b>) -> LocalBoxFuture<'a, ()>,
    /// An end before the one that is swept: then the points are those of picking up after it.
    pub(crate) after: Option<Passing>,
}

impl Scenario {
    const fn of(
        name: &'static str,
        ground: fn(&Ground),
        story: for<'a, 'b> fn(&'a House<'b>) -> LocalBoxFuture<'a, ()>,
    ) -> Self {
        Self {
            name,
            start: "2026-11-10T00:00:00Z",
            ground,
            story,
            after: None,
        }
    }

    const fn at(self, start: &'static str) -> Self {
        Self { start, ..self }
    }

    const fn after(self, passing: Passing) -> Self {
        Self {
            after: Some(passing),
            ..self
        }
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Scenario> {
    [servers::all(), persons::all(), accounts::all(), telling::all()].concat()
}

pub(crate) fn named(name: &str) -> Scenario {
    all().into_iter().find(|scenario| scenario.name == name).unwrap()
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}
