//! What a draft of a guard would have done: the same replay as for a stored guard, on one meter, in words. Dropping the
//! request ends the work.

use std::collections::BTreeMap;

use tidegate_channels::catalogue;
use tidegate_engine::config::GuardConfig;
use tidegate_engine::view::WhatIf;
use tidegate_guard::{Replay, ReplayVerdict};
use tidegate_meter::{AccountId, Lang};

use super::App;

use crate::request::{Item, Items, WhatIfAsked};
use crate::response::{ActedView, WarnedView, WhatIfView};
use crate::{ApiError, ErrorCode, config, limits, texts as t};

impl App {
    pub(super) async fn what_if(&self, asked: WhatIfAsked) -> Result<WhatIfView, ApiError> {
        let draft = self.drafted(&asked.account, asked.guard).await?;
        let told = self
            .engine
            .what_if(&asked.account, &asked.meter, &draft, asked.days);
        Ok(view(&draft, told.await?, asked.lang))
    }

    /// The draft as the format reads it, over what is configured: its account is the asked one.
    async fn drafted(&self, account: &AccountId, mut guard: Item) -> Result<GuardConfig, ApiError> {
        if let Some(fields) = guard.0.as_object_mut() {
            fields.insert("account".to_owned(), account.as_str().into());
            fields.entry("id").or_insert_with(|| "draft".into());
        }
        let items = Items {
            guard: vec![guard],
            ..Items::default()
        };
        let read = config::parse_items_with(&items, &self.engine.config().await, &self.specs)?;
        read.guards
            .into_iter()
            .next()
            .ok_or_else(|| ApiError::new(ErrorCode::BadRequest, "there is no guard in the draft"))
    }
}

fn view(draft: &GuardConfig, told: WhatIf, lang: Lang) -> WhatIfView {
    let replay = told.replay;
    let missed = missed(&replay);
    let texts: BTreeMap<String, String> = draft
        .steps
        .iter()
        .map(|step| (step.key(), step.to_string()))
        .collect();
    let warned = replay.warnings.iter().take(limits::WHAT_IF_ROWS).map(|warning| {
        // A step that was re-armed is told as `share:70#2`.
        let key = warning.key.split('#').next().unwrap_or_default();
        WarnedView {
            at: warning.at,
            step: texts.get(key).cloned().unwrap_or_else(|| key.to_owned()),
            remaining: warning.headroom,
            lead: warning.lead.map(|lead| lead.as_secs()),
        }
    });
    let acted = replay
        .actions
        .iter()
        .take(limits::WHAT_IF_ROWS)
        .map(|action| ActedView {
            at: action.at,
            remaining: action.headroom,
            lead: action.lead.map(|lead| lead.as_secs()),
            verdict: action.verdict,
        });
    WhatIfView {
        readings: replay.readings,
        from: told.span.map(|(from, _)| from),
        to: told.span.map(|(_, to)| to),
        warned: warned.collect(),
        acted: acted.collect(),
        false_stops: replay.false_stops,
        missed,
        verdict: verdict(&replay, missed, lang),
        contract: catalogue::contract(&told.contract, told.info.byte_base, lang),
        cut: replay.warnings.len().max(replay.actions.len()) > limits::WHAT_IF_ROWS,
    }
}

/// Windows that were used up, less those that an action would have saved.
fn missed(replay: &Replay) -> u64 {
    let saved = |verdict| verdict == ReplayVerdict::Saved;
    let saved = replay.actions.iter().filter(|action| saved(action.verdict));
    let used_up = u64::try_from(replay.exhausted.len()).unwrap_or(u64::MAX);
    used_up.saturating_sub(u64::try_from(saved.count()).unwrap_or(u64::MAX))
}

fn verdict(replay: &Replay, missed: u64, lang: Lang) -> String {
    if replay.readings == 0 {
        return t::VERDICT_NONE.of(lang).to_owned();
    }
    let (warned, acted) = (replay.warnings.len(), replay.actions.len());
    let needless = usize::try_from(replay.false_stops).unwrap_or(usize::MAX);
    let times = |n| t::TIMES.count(t::TIMES_ONE, lang, n);
    let text = match (warned, acted, needless) {
        (0, 0, _) => t::VERDICT_QUIET,
        (_, 0, _) => t::VERDICT_WARNED,
        (_, _, 0) => t::VERDICT_ACTED,
        _ => t::VERDICT_FALSE,
    };
    let (warned, acted, needless) = (times(warned), times(acted), times(needless));
    let values = [("warned", &*warned), ("acted", &*acted), ("false", &*needless)];
    let mut said = text.say(lang, &values);
    if missed > 0 {
        said.push_str(t::SPACE.of(lang));
        let missed = usize::try_from(missed).unwrap_or(usize::MAX);
        said.push_str(&t::VERDICT_MISSED.count(t::VERDICT_MISSED_ONE, lang, missed));
    }
    said
}
