//! One look at every package of the account.
//!
//! Every known meter is in the report, blind or known, with one exception that is spelled out here: an id that billing
//! no longer answers (or answers with a past cycle), while the package that billing answered in its place, or one that
//! came later to the same instance, is known. It was renewed; it is told as over, since the new one measures the same
//! servers, and so is a shared one that billing calls expired or given back. Without a known successor its absence is told.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_meter::{Blind, MeterId, MeterInfo, Outcome, Reason};

use super::Huawei;
use super::account::Identity;
use super::catalogue::Catalogue;
use super::error::blind;
use crate::{MeterLook, ProviderError, ReadReport};

impl Huawei {
    pub(super) async fn look(&self) -> Result<ReadReport, ProviderError> {
        let identity = self.identity().await?;
        let catalogue = self.catalogue(&identity, false).await?;
        let ids: Vec<MeterId> = catalogue
            .meters(&self.config)
            .into_iter()
            .map(|meter| meter.id)
            .collect();
        if ids.is_empty() {
            return Err(blind(
                Reason::Missing,
                "no traffic package was found; a new one shows in Config within a day, or map it by hand",
            ));
        }
        let outcomes = self.outcomes(&identity, &ids).await?;
        let catalogue = self.kept().catalogue.clone().unwrap_or(catalogue);
        let (mut meters, over) = report(&catalogue, catalogue.meters(&self.config), &outcomes);
        if self.config.fast {
            self.add_fast(&identity, &catalogue, &mut meters).await;
        }
        Ok(ReadReport {
            over,
            ..ReadReport::new(meters, self.client.now().wall)
        })
    }

    /// The outcome of each id, and of those that answered in place of a renewed one.
    async fn outcomes(
        &self,
        identity: &Identity,
        ids: &[MeterId],
    ) -> Result<BTreeMap<MeterId, Outcome>, ProviderError> {
        let usages = self.ask_usages(identity, ids).await?;
        let known = |id: &MeterId| {
            usages
                .outcomes
                .get(id)
                .is_some_and(|outcome| outcome.reading().is_some())
        };
        let renewed: Vec<(MeterId, MeterId)> = usages
            .renewed
            .iter()
            .filter(|(old, new)| known(new) && !self.is_mapped(old))
            .cloned()
            .collect();
        if !renewed.is_empty() {
            tracing::info!(account = %self.config.account, count = renewed.len(), "a package was renewed under another id");
            self.adopt(&renewed).await;
        }
        if usages.strangers || renewed.len() < usages.renewed.len() {
            self.refresh_soon();
        }
        let mut outcomes = usages.outcomes;
        self.ask_twice(identity, &mut outcomes).await;
        Ok(outcomes)
    }

    /// A person mapped this id to servers; which servers its successor measures is that person's word again.
    fn is_mapped(&self, id: &MeterId) -> bool {
        self.config.mappings.iter().any(|mapping| mapping.meter == *id)
    }
}

/// What is told of each package, and which are over.
fn report(
    catalogue: &Catalogue,
    meters: Vec<MeterInfo>,
    outcomes: &BTreeMap<MeterId, Outcome>,
) -> (Vec<MeterLook>, BTreeSet<MeterId>) {
    let known: BTreeSet<&MeterId> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.reading().is_some())
        .map(|(id, _)| id)
        .collect();
    let looks = meters.into_iter().map(|info| MeterLook {
        outcome: outcomes.get(&info.id).cloned().unwrap_or_else(unasked),
        info,
        fast: None,
    });
    let (replaced, told): (Vec<_>, Vec<_>) =
        looks.partition(|look| is_over(&look.outcome) && catalogue.is_replaced(&look.info.id, &known));
    let mut over: BTreeSet<MeterId> = replaced.into_iter().map(|look| look.info.id).collect();
    over.extend(catalogue.ended.iter().cloned());
    // What a person mapped is asked for and told, as long as that stands in the configuration.
    told.iter().for_each(|look| {
        over.remove(&look.info.id);
    });
    (told, over)
}

/// Whether an outcome fits a package that was replaced: not answered any more, or answered with a past cycle.
const fn is_over(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Blind(Blind {
            reason: Reason::Missing | Reason::Stale,
            ..
        })
    )
}

/// A package that came into the list while the question was under way.
fn unasked() -> Outcome {
    Outcome::Blind(Blind::new(
        Reason::Missing,
        "bss: the package is new and is read at the next look",
    ))
}
