//! What is seen at a glance: the tray, and the first page of the window. Made from the other answers alone, so that tray,
//! window and command line never say different things.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{AccountId, MeterId, RowId, Target, Time};
use ts_rs::TS;

use super::{AccountView, ActionView, LapseView, MeterView, StatusView};

/// One text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
pub struct SaidView {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh: String,
    /// English.
    pub en: String,
}

/// What the tray's icon shows: the first that holds, in this order of precedence, the strongest last.
///
/// An action in flight is what a person can still hold, so it comes before everything. A critical meter asks for a
/// person now; blindness may hide one. A pause means that nothing would act, which counts for more than a warning; a
/// warning for more than what was stopped and is over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrayState {
    /// Nothing of the others.
    #[default]
    Calm,
    /// Something that Tidegate stopped has not been started since.
    Stopped,
    /// A step crossed, or something of the program itself needs a person.
    Warning,
    /// Automatic actions are paused by a person.
    Paused,
    /// A guarded meter or an account without truth, or nothing is guarding at all.
    Blind,
    /// The last step or the limit crossed.
    Critical,
    /// An action has not ended.
    Acting,
}

/// What the tray shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TrayView {
    /// The icon's shape.
    pub state: TrayState,
    /// What is left of the worst meter in percent, a multiple of 5, rounded down; 0 while nothing is known.
    pub fill: u8,
    /// All of it in one sentence; nothing in it moves by itself.
    pub sentence: String,
    /// The worst meters, at most three.
    pub lines: Vec<TrayLineView>,
    /// Actions that have not ended, the next one due first.
    pub actions: Vec<TrayActionView>,
    /// Automatic actions are paused until then.
    #[ts(type = "string | null")]
    pub paused_until: Option<Time>,
    /// Guards that act.
    pub armed: usize,
    /// What becomes unprotected when the program ends; empty when nothing does.
    pub unprotected_on_quit: String,
    /// The next look at any account.
    #[ts(type = "string | null")]
    pub next_look_at: Option<Time>,
    /// The demonstration is part of it.
    #[serde(default)]
    pub simulated: bool,
}

/// One meter in the tray's menu.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TrayLineView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Which.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// `ecs-hk-01: 38.2 GB left of 200 GB`
    pub text: String,
    /// `12 minutes ago`
    pub age_text: String,
    /// When it was true.
    #[ts(type = "string | null")]
    pub as_of: Option<Time>,
    /// What it is shown as.
    pub state: super::MeterState,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// One action in the tray's menu.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TrayActionView {
    /// Which.
    #[ts(type = "string")]
    pub id: RowId,
    /// What it does.
    #[ts(type = "\"warn\" | \"stop\" | \"start\"")]
    pub action: ActionKind,
    /// On what.
    #[ts(type = "{ kind: string, id: string, name: string, region: string }")]
    pub target: Target,
    /// When it is due.
    #[ts(type = "string")]
    pub due: Time,
    /// Where it stands.
    #[ts(type = "string")]
    pub state: IntentState,
    /// `Stop ecs-hk-01: counting down`
    pub text: String,
    /// Its countdown runs: it can be held, or ended now.
    pub holdable: bool,
    /// It can be called off.
    pub cancellable: bool,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// What the first page of the window shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct OverviewView {
    /// The engine as a whole.
    pub status: StatusView,
    /// All of it in one sentence, in the asked language.
    pub sentence: String,
    /// As the tray shows it.
    pub state: TrayState,
    /// Every meter, worst first.
    pub meters: Vec<MeterView>,
    /// Accounts of which nothing can be read.
    pub blind_accounts: Vec<AccountView>,
    /// Actions that have not ended, the next one due first.
    pub open: Vec<ActionView>,
    /// The newest actions that have ended, newest first.
    pub ended: Vec<ActionView>,
    /// What happened since midnight in the user's zone.
    pub today: TodayView,
    /// The newest spans in which nothing was guarding, newest first.
    pub lapses: Vec<LapseView>,
    /// The next look at any account.
    #[ts(type = "string | null")]
    pub next_look_at: Option<Time>,
}

/// What happened today.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TodayView {
    /// Since then.
    #[ts(type = "string")]
    pub since: Time,
    /// Alerts raised: warnings.
    pub warnings: u32,
    /// Alerts raised: critical ones.
    pub criticals: u32,
    /// Stops that are proved, newest first.
    pub stops: Vec<StoppedView>,
    /// In words: `1 warning · 1 stop, verified 14:02`; empty when nothing happened.
    pub text: String,
}

/// A stop that is proved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct StoppedView {
    /// Which action.
    #[ts(type = "string")]
    pub id: RowId,
    /// On what.
    #[ts(type = "{ kind: string, id: string, name: string, region: string }")]
    pub target: Target,
    /// When the proof was read.
    #[ts(type = "string")]
    pub at: Time,
}
