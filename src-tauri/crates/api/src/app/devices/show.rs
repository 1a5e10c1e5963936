//! Devices as they are shown: how each is heard of, what it told, today's flows, and one sentence that says what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_channels::catalogue;
use tidegate_engine::{Coverage, DeviceTold};
use tidegate_meter::{DeviceId, KindBytes, Lang, RowId, Time, Zone};
use tidegate_store::{DeviceRow, FlowBy, FlowFilter, InviteRow};

use super::super::App;
use super::super::flows::{coverage, kinds, state};
use crate::response::{CoverageView, DeviceState, DeviceView, DevicesView, InviteView, SaidView};
use crate::{ApiError, ErrorCode, limits, texts as t};

/// What is looked up once for all devices.
struct Book {
    now: Time,
    zone: Zone,
    states: BTreeMap<DeviceId, DeviceState>,
    today: BTreeMap<DeviceId, KindBytes>,
    coverage: BTreeMap<DeviceId, Coverage>,
    standing: BTreeSet<RowId>,
}

impl App {
    /// Every device, and the invitations that wait.
    pub(super) async fn devices(&self) -> Result<DevicesView, ApiError> {
        let book = self.book().await?;
        let mut devices = Vec::new();
        for row in self.store.devices().await? {
            let quarantined = self.store.quarantined(&row.device).await?;
            devices.push(book.device(&row, quarantined)?);
        }
        let invites = self.store.invites().await?;
        let waiting = |row: &InviteRow| row.used_at.is_none() && row.expires_at > book.now;
        Ok(DevicesView {
            devices,
            invites: invites.into_iter().filter(waiting).map(invite).collect(),
            door: self.listening.beyond(),
        })
    }

    async fn book(&self) -> Result<Book, ApiError> {
        let now = self.now();
        let day = now.to_jiff().to_zoned(self.zone.jiff().clone()).date();
        let filter = FlowFilter {
            from: day,
            through: day,
            device: None,
            by: vec![FlowBy::Device, FlowBy::Kind],
            limit: usize::try_from(limits::FLOW_ROWS).unwrap_or(usize::MAX),
        };
        let told = self.engine.flows(filter).await?;
        let mut today: BTreeMap<DeviceId, KindBytes> = BTreeMap::new();
        for sum in told.page.sums {
            let (Some(device), Some(kind)) = (sum.device, sum.kind) else {
                continue;
            };
            let so_far = today.remove(&device).unwrap_or_default();
            let more = so_far.plus(kind, sum.bytes).ok_or_else(too_many)?;
            today.insert(device, more);
        }
        let live = self.engine.live().await?;
        let coverage = told.coverage.into_iter().map(|of| (of.device.clone(), of));
        Ok(Book {
            now,
            zone: self.zone.clone(),
            states: live
                .devices
                .into_iter()
                .map(|of| (of.device, state(of.state)))
                .collect(),
            today,
            coverage: coverage.collect(),
            standing: self.standing_tokens().await?,
        })
    }
}

fn too_many() -> ApiError {
    ApiError::new(ErrorCode::Store, "a sum of bytes is more than an amount can hold")
}

fn invite(row: InviteRow) -> InviteView {
    InviteView {
        device: row.device,
        name: row.name,
        expires_at: row.expires_at,
    }
}

impl Book {
    fn device(&self, row: &DeviceRow, quarantined: usize) -> Result<DeviceView, ApiError> {
        let told = DeviceTold::of(row);
        let state = self.state(row);
        Ok(DeviceView {
            device: row.device.clone(),
            name: row.name.clone(),
            account: row.account.clone(),
            state,
            said: SaidView {
                zh: self.said(row, &told, (state, quarantined), Lang::Zh),
                en: self.said(row, &told, (state, quarantined), Lang::En),
            },
            since: row.since,
            seen_at: row.seen_at,
            kernel: told.kernel,
            agent: told.agent,
            clock_ahead_ms: told.clock_ahead_ms,
            backlog: told.backlog,
            quarantined,
            today: kinds(&self.today.get(&row.device).copied().unwrap_or_default())?,
            coverage: self.coverage(row),
        })
    }

    fn state(&self, row: &DeviceRow) -> DeviceState {
        if row.ended_at.is_some() {
            return DeviceState::Ended;
        }
        self.states.get(&row.device).copied().unwrap_or(DeviceState::Lost)
    }

    /// Of a device that could not have been watched today: nothing of nothing.
    fn coverage(&self, row: &DeviceRow) -> CoverageView {
        match self.coverage.get(&row.device) {
            Some(known) => coverage(known.clone()),
            None => CoverageView {
                device: row.device.clone(),
                name: row.name.clone(),
                watched: 0,
                of: 0,
            },
        }
    }

    /// What is most in the way first.
    fn said(
        &self,
        row: &DeviceRow,
        told: &DeviceTold,
        (state, quarantined): (DeviceState, usize),
        lang: Lang,
    ) -> String {
        let account = row.account.as_ref().map(ToString::to_string).unwrap_or_default();
        let account = [("account", account.as_str())];
        let is_revoked = row.token.is_some_and(|token| !self.standing.contains(&token));
        match state {
            DeviceState::Ended => t::DEVICE_ENDED.of(lang).to_owned(),
            _ if is_revoked => t::DEVICE_REVOKED.of(lang).to_owned(),
            DeviceState::New if row.account.is_some() => t::DEVICE_NEW_KERNEL.say(lang, &account),
            DeviceState::New => t::DEVICE_NEW_AGENT.of(lang).to_owned(),
            DeviceState::Silent => {
                let seen = row.seen_at.unwrap_or(row.since);
                let since = catalogue::at(seen, lang, &self.zone, self.now);
                t::DEVICE_SILENT.say(lang, &[("since", &since)])
            }
            DeviceState::Lost => t::DEVICE_LOST.say(lang, &account),
            DeviceState::Watched => watched(told, quarantined, lang),
        }
    }
}

/// Of a device that is heard of.
fn watched(told: &DeviceTold, quarantined: usize, lang: Lang) -> String {
    let counted = |n: String, text: t::Text| text.say(lang, &[("n", &n)]);
    if quarantined > 0 {
        return counted(quarantined.to_string(), t::DEVICE_QUARANTINED);
    }
    if let Some(ahead) = told.clock_ahead_ms {
        let span = catalogue::span(Duration::from_millis(ahead.unsigned_abs()), lang);
        let text = if ahead > 0 {
            t::DEVICE_CLOCK_AHEAD
        } else {
            t::DEVICE_CLOCK_BEHIND
        };
        return text.say(lang, &[("span", &span)]);
    }
    if told.missing > 0 {
        return counted(told.missing.to_string(), t::DEVICE_MISSING);
    }
    match told.backlog {
        Some(kept) if kept > 0 => counted(kept.to_string(), t::DEVICE_BACKLOG),
        _ => t::DEVICE_WATCHED.of(lang).to_owned(),
    }
}
