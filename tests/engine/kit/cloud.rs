//! The cloud of the engine's tests: one package and its server, with every way to misbehave.

use super::*;

/// What the cloud does with a stop.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// Takes it on; stopped after this long.
    Works(Duration),
    /// Takes it on; nothing happens.
    Nothing,
    /// Refuses it.
    Refuses(ProviderErrorKind, String),
    /// Loses the answer; whether it was taken on.
    Loses(bool),
}

/// One answer about a server: its power and its tag of protection, or a refusal.
pub type Told = Result<(PowerState, Option<bool>), ProviderError>;

/// A package and its server.
pub struct CloudState {
    pub remaining: i64,
    pub limit: i64,
    pub window: Option<Window>,
    pub power: PowerState,
    pub stops_at: Option<Time>,
    pub stop: VecDeque<Stop>,
    pub stop_always: Stop,
    pub fail: Option<(Reason, String)>,
    pub state_fails: bool,
    pub hang: bool,
    pub latency: Duration,
    pub can_act: bool,
    pub protected: Option<bool>,
    pub reads: u32,
    pub acts: Vec<(TargetId, ActionKind, StopManner)>,
    pub states: u32,
    pub job: Option<bool>,
    pub extra: Vec<(String, i64, String)>,
    /// Meters that the provider calls over.
    pub over: BTreeSet<MeterId>,
    pub no_targets: bool,
    pub missing: bool,
    /// How old the list of servers is; `None`: discovery fails.
    pub list_age: Option<Duration>,
    /// How long a request that changes something is on the wire.
    pub act_latency: Duration,
    /// A defect of ours: reading, or acting, panics.
    pub panics: bool,
    pub act_panics: bool,
    /// Every second read of the state sees the opposite power.
    pub flaps: bool,
    /// What a refused look says of when to come back.
    pub fail_after: Option<Duration>,
    /// What the next reads of the server's state say, each instead of the truth.
    pub told: VecDeque<Told>,
    /// What every read of the server's state says instead of the truth, once `told` is used up.
    pub told_always: Option<Told>,
    /// What a refused request says of when to come back.
    pub refused_after: Option<Duration>,
    /// Looks on as a request that changes something leaves; whether it gets out at all.
    pub at_act: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

/// The account's cloud.
pub struct Cloud {
    pub account: AccountId,
    pub timer: Arc<TestTimer>,
    pub state: Mutex<CloudState>,
}

impl Cloud {
    pub fn new(account: &str, timer: &Arc<TestTimer>) -> Arc<Self> {
        let window = Window::told(
            WindowKind::Cycle,
            "2026-11-01T00:00:00Z".parse().unwrap(),
            Some("2026-12-01T00:00:00Z".parse().unwrap()),
        );
        Arc::new(Self {
            account: AccountId::new(account).unwrap(),
            timer: Arc::clone(timer),
            state: Mutex::new(CloudState {
                remaining: 500 * GB,
                limit: 1000 * GB,
                window: Some(window),
                power: PowerState::Running,
                stops_at: None,
                stop: VecDeque::new(),
                stop_always: Stop::Works(Duration::from_secs(20)),
                fail: None,
                state_fails: false,
                hang: false,
                latency: Duration::ZERO,
                can_act: true,
                protected: Some(false),
                reads: 0,
                acts: Vec::new(),
                states: 0,
                job: None,
                extra: Vec::new(),
                over: BTreeSet::new(),
                no_targets: false,
                missing: false,
                list_age: None,
                act_latency: Duration::ZERO,
                panics: false,
                act_panics: false,
                flaps: false,
                fail_after: None,
                told: VecDeque::new(),
                told_always: None,
                refused_after: None,
                at_act: None,
            }),
        })
    }

    pub fn set(&self, change: impl FnOnce(&mut CloudState)) {
        change(&mut self.state.lock().unwrap());
    }

    pub fn get<T>(&self, read: impl FnOnce(&CloudState) -> T) -> T {
        read(&self.state.lock().unwrap())
    }

    pub fn stops_sent(&self) -> usize {
        self.get(|state| state.acts.iter().filter(|act| act.1 == ActionKind::Stop).count())
    }

    pub fn target(&self) -> Target {
        Target {
            kind: TargetKind::Server,
            id: TargetId::new(format!("srv-{}", self.account)).unwrap(),
            name: format!("server-{}", self.account),
            region: "cn-north-4".to_owned(),
        }
    }

    fn settle(&self, state: &mut CloudState) {
        let now = self.timer.now().wall;
        if state.stops_at.is_some_and(|at| at <= now) {
            state.power = PowerState::Stopped;
            state.stops_at = None;
        }
    }

    fn look(&self, state: &CloudState, meter: &str, remaining: i64, target: Option<Target>) -> MeterLook {
        let now = self.timer.now().wall;
        let reading = Reading::new(
            None,
            Some(Quantity::bytes(state.limit)),
            Some(Quantity::bytes(remaining)),
            state.window,
            AsOf::Fetch(now),
            now,
        )
        .unwrap();
        MeterLook {
            info: MeterInfo {
                account: self.account.clone(),
                id: MeterId::new(meter).unwrap(),
                kind: MeterKind::Traffic,
                name: format!("package {meter}"),
                byte_base: ByteBase::Decimal,
                targets: target.into_iter().collect(),
            },
            outcome: Outcome::Known(reading),
            fast: None,
        }
    }
}

pub fn error(kind: ProviderErrorKind, detail: &str) -> ProviderError {
    ProviderError {
        kind,
        detail: detail.to_owned(),
        retry_after: None,
    }
}

#[async_trait]
impl Source for Cloud {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        Ok(AccountCheck {
            owner: "owner".to_owned(),
            regions: Vec::new(),
            site: None,
        })
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        if let Some(age) = self.get(|state| state.list_age) {
            return Ok(Discovery {
                meters: Vec::new(),
                targets: vec![FoundTarget {
                    target: self.target(),
                    meters: Vec::new(),
                    addresses: vec!["192.0.2.1".to_owned()],
                    bandwidth_mbit: None,
                }],
                age,
                at: self.timer.now().wall,
            });
        }
        Err(error(ProviderErrorKind::Blind(Reason::Transient), "no discovery"))
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        let (hang, latency) = self.get(|state| (state.hang, state.latency));
        assert!(!self.get(|state| state.panics), "a defect of the adapter");
        if hang {
            std::future::pending::<()>().await;
        }
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let mut state = self.state.lock().unwrap();
        state.reads += 1;
        if let Some((reason, detail)) = state.fail.clone() {
            return Err(ProviderError {
                retry_after: state.fail_after,
                ..error(ProviderErrorKind::Blind(reason), &detail)
            });
        }
        let target = (!state.no_targets).then(|| self.target());
        let mut meters = Vec::new();
        if !state.missing {
            meters.push(self.look(&state, "pkg", state.remaining, target));
        }
        for (meter, remaining, server) in &state.extra {
            let target = Target {
                id: TargetId::new(server.clone()).unwrap(),
                name: server.clone(),
                ..self.target()
            };
            meters.push(self.look(&state, meter, *remaining, Some(target)));
        }
        Ok(ReadReport {
            over: state.over.clone(),
            ..ReadReport::new(meters, self.timer.now().wall)
        })
    }
}

#[async_trait]
impl Control for Cloud {
    async fn state(&self, target: &Target) -> Result<TargetState, ProviderError> {
        let mut state = self.state.lock().unwrap();
        state.states += 1;
        self.settle(&mut state);
        let told = state.told.pop_front().or_else(|| state.told_always.clone());
        if let Some(told) = told {
            return told.map(|(power, protected)| TargetState {
                power,
                started_at: None,
                protected,
                at: self.timer.now().wall,
            });
        }
        if state.state_fails {
            return Err(error(ProviderErrorKind::Blind(Reason::Transient), "no answer"));
        }
        if state.power == PowerState::Gone {
            return Err(error(ProviderErrorKind::Gone, "no such server"));
        }
        let power = if target.id == self.target().id {
            state.power.clone()
        } else {
            PowerState::Running
        };
        let power = match power {
            PowerState::Running if state.flaps && state.states.is_multiple_of(2) => PowerState::Stopped,
            PowerState::Stopped if state.flaps && state.states.is_multiple_of(2) => PowerState::Running,
            power => power,
        };
        Ok(TargetState {
            power,
            started_at: None,
            protected: state.protected,
            at: self.timer.now().wall,
        })
    }

    async fn act(&self, permit: Permit) -> Result<Receipt, ProviderError> {
        assert!(!self.get(|state| state.act_panics), "a defect of the adapter");
        let (wire, look) = self.get(|state| (state.act_latency, state.at_act.clone()));
        if look.is_some_and(|look| !look()) {
            std::future::pending::<()>().await;
        }
        if !wire.is_zero() {
            tokio::time::sleep(wire).await;
        }
        let mut state = self.state.lock().unwrap();
        let now = self.timer.now().wall;
        state
            .acts
            .push((permit.target().id.clone(), permit.action(), permit.manner()));
        let receipt = Receipt {
            job: Some("job-1".to_owned()),
            request: None,
            at: now,
        };
        if permit.action() == ActionKind::Start {
            state.power = PowerState::Running;
            return Ok(receipt);
        }
        let stop = state
            .stop
            .pop_front()
            .unwrap_or_else(|| state.stop_always.clone());
        match stop {
            Stop::Works(after) => {
                state.power = PowerState::Stopping;
                state.stops_at = Some(now.plus(after));
                Ok(receipt)
            }
            Stop::Nothing => Ok(receipt),
            Stop::Refuses(kind, detail) => Err(ProviderError {
                retry_after: state.refused_after,
                ..error(kind, &detail)
            }),
            Stop::Loses(taken) => {
                if taken {
                    state.power = PowerState::Stopping;
                    state.stops_at = Some(now.plus(Duration::from_secs(20)));
                }
                Err(error(ProviderErrorKind::Lost, "the answer was lost"))
            }
        }
    }

    async fn progress(&self, _target: &Target, _receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        Ok(self.get(|state| state.job))
    }

    async fn rights(&self) -> Rights {
        Rights {
            can_act: self.get(|state| state.can_act),
        }
    }
}
