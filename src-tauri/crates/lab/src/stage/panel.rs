//! Panels of proxy services in process: what each billed is an exact function of true time. Owns their addresses, when
//! they bill, and which lie they tell until when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_egress::{Failure, Request, Response, Transport as _};
use tidegate_engine::config::{AccountConfig, GuardConfig, MeterChoice};
use tidegate_guard::ActionKind;
use tidegate_meter::MeterId;
use tidegate_providers::subscription_info::TRAFFIC;
use tidegate_sim::panel::{Panel, PanelLie, Plan as Subscribed};
use tidegate_sim::seconds;

use super::house::{House, StageError, account, account_id, guard, guard_id, named, vault_refs};
use super::vault::item;
use crate::plan::{PanelWord, Plan, SubscriptionPlan};
use crate::time::Tide;

/// The panels of the house, by their hosts.
pub(crate) type Panels = BTreeMap<String, Arc<LabPanel>>;

/// Where the panel of a subscription stands.
pub(crate) fn host(name: &str) -> String {
    format!("{name}.panel.example")
}

/// A panel; it outlives every process.
pub(crate) struct LabPanel {
    tide: Arc<Tide>,
    panel: Panel,
    rate: u64,
    total: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// True seconds that are billed.
    billed_s: u64,
    /// Bytes that are billed since it counted anew.
    used: u64,
    /// The lie, and true milliseconds until when it is told.
    lie: Option<(PanelWord, u64)>,
}

impl LabPanel {
    fn new(plan: &SubscriptionPlan, tide: &Arc<Tide>) -> Arc<Self> {
        let panel = Panel::new(Subscribed {
            up: 0,
            down: plan.used,
            total: Some(plan.total),
            expires_at: None,
        });
        Arc::new(Self {
            tide: Arc::clone(tide),
            panel,
            rate: plan.rate,
            total: plan.total,
            state: Mutex::new(State {
                used: plan.used,
                ..State::default()
            }),
        })
    }

    /// It tells something else than it billed, for so many seconds.
    pub(crate) fn lie(&self, word: PanelWord, for_s: u64) {
        let until = self.tide.elapsed_ms().saturating_add(for_s.saturating_mul(1000));
        self.lock().lie = Some((word, until));
    }

    /// It tells what it billed from now on.
    pub(crate) fn is_honest(&self) {
        self.lock().lie = None;
    }

    /// It counts anew.
    pub(crate) fn reset(&self) {
        self.bills();
        self.lock().used = 0;
        self.panel.reset();
    }

    /// Bills what passed since it did so last.
    fn bills(&self) {
        let now = self.tide.elapsed_ms() / 1000;
        let mut state = self.lock();
        let bytes = now.saturating_sub(state.billed_s).saturating_mul(self.rate);
        state.billed_s = now;
        state.used = state.used.saturating_add(bytes);
        self.panel.bill(0, bytes);
    }

    /// One request.
    pub(crate) async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        self.bills();
        let lie = {
            let state = self.lock();
            let now = self.tide.elapsed_ms();
            let word = state.lie.filter(|(_, until)| now < *until);
            word.map(|(word, _)| told(word, (state.used, self.total)))
        };
        self.panel.lie(lie);
        self.panel.exchange(request).await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lie in the simulator's words.
fn told(word: PanelWord, (used, total): (u64, u64)) -> PanelLie {
    let header = |used: u64| PanelLie::Header(format!("upload=0; download={used}; total={total}; expire="));
    match word {
        PanelWord::Zero => header(0),
        PanelWord::Half => header(used / 2),
        PanelWord::OtherUnit => header(used / 1000),
        PanelWord::Above => header(u64::MAX / 2),
        PanelWord::Garbage => PanelLie::Header("upload=none; download=; total=much".to_owned()),
        PanelWord::Huge => {
            PanelLie::Header("upload=99999999999999999999; download=1; total=99999999999999999999".to_owned())
        }
        PanelWord::Silent => PanelLie::Silent,
        PanelWord::Sometimes => PanelLie::Sometimes,
        PanelWord::Pseudo => PanelLie::Pseudo(vec!["剩余流量：1.5 GB".to_owned()]),
        PanelWord::Page => PanelLie::Page(200),
        PanelWord::BadGateway => PanelLie::Page(502),
        PanelWord::Refused => PanelLie::Refused(403),
        PanelWord::Empty => PanelLie::Empty,
        PanelWord::Gone => PanelLie::Gone,
        PanelWord::Elsewhere => PanelLie::Elsewhere("http://elsewhere.example/".to_owned()),
    }
}

impl House {
    pub(super) fn subscription(
        &mut self,
        plan: &SubscriptionPlan,
        tide: &Arc<Tide>,
    ) -> Result<(), StageError> {
        let id = account_id(&plan.name)?;
        let host = host(&plan.name);
        let url = Panel::url(&format!("https://{host}"));
        self.items.insert(plan.name.clone(), item(&[("url", &url)]));
        self.panels.insert(host, LabPanel::new(plan, tide));
        self.config.accounts.push(AccountConfig {
            interval: seconds(plan.interval_s),
            interval_near: seconds(plan.interval_s),
            endpoint: None,
            secret: vault_refs(&plan.name, &["url"]),
            ..account(id.clone(), "subscription")
        });
        let meter = MeterId::new(TRAFFIC).map_err(|error| named(TRAFFIC, error))?;
        let name = guard_id(&Plan::guard_id(&plan.name, TRAFFIC))?;
        self.config.guards.push(GuardConfig {
            steps: plan.steps.clone(),
            action: ActionKind::Warn,
            ..guard(name, id, MeterChoice::One(meter))
        });
        Ok(())
    }
}
