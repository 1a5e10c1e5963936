//! A package told as used up is asked about at a second place: nothing left is the one number that stops servers, and
//! billing systems are known to tell it while a batch has not landed.
//!
//! The list of packages is that place. Where it says that something is left, or that the package is in effect and not
//! used up, the answers contradict each other and there is no truth: a status that lags makes blind, which is told, and
//! an amount that lies would stop a healthy server, which is not undone. A package that the list does not contain has no
//! second witness; judgement then waits for a second fetch.
//! Tested in `tests/huawei/nothing.rs`.

use std::collections::BTreeMap;

use tidegate_meter::{Blind, MeterId, Outcome, Quantity, Reading, Reason};

use super::Huawei;
use super::account::Identity;
use super::catalogue::Listed;
use crate::{ProviderError, ProviderErrorKind};

impl Huawei {
    /// Blinds each package of which nothing is left by one answer and something, or its effect, by the other. One request more, and
    /// only while a package is told as used up.
    pub(super) async fn ask_twice(&self, identity: &Identity, outcomes: &mut BTreeMap<MeterId, Outcome>) {
        if !outcomes.values().any(is_nothing) {
            return;
        }
        let listed = self.ask_packages(identity).await;
        for (id, outcome) in outcomes.iter_mut().filter(|(_, outcome)| is_nothing(outcome)) {
            if let Some(blind) = doubt(id, &listed) {
                *outcome = Outcome::Blind(blind);
            }
        }
    }
}

fn is_nothing(outcome: &Outcome) -> bool {
    let left = outcome.reading().and_then(Reading::remaining);
    left.is_some_and(Quantity::is_zero)
}

/// Why a package is not believed to be used up. A key that may not read the list has one witness and no more.
fn doubt(id: &MeterId, listed: &Result<Vec<Listed>, ProviderError>) -> Option<Blind> {
    match listed {
        Ok(listed) => {
            let witness = listed.iter().find(|row| row.id == *id && !row.ended)?;
            let words = if witness.left == Some(true) {
                "bss: the usage says that nothing is left, the list of packages does not"
            } else if witness.in_effect {
                "bss: the usage says that nothing is left, the package's status says in effect and not used up"
            } else {
                return None;
            };
            Some(Blind::new(Reason::Implausible, words))
        }
        Err(error) if error.kind == ProviderErrorKind::Blind(Reason::Scope) => None,
        Err(error) => Some(error.blind()),
    }
}
