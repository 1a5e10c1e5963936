//! What the desktop is told, and how it answers. Owns the seam between the channel `desktop` and whoever can show a
//! notice; never shows one itself. How notices are grouped, replaced and drawn is the desktop's own affair.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tidegate_guard::Severity;
use tidegate_meter::{AccountId, Lang, MeterId, RowId};

use crate::Refusal;

/// One notice in one language.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about: `meter/ACCOUNT/METER`, `action/ACCOUNT/TARGET`, `renewal/RENEWAL`,
    /// `program/CONDITION`, `lapse`, `test`. A later
    /// notice with the same key takes the place of the earlier one.
    pub key: String,
    /// One line.
    pub title: String,
    /// A few lines: what, how much, as of when, what Tidegate does, what a person can do.
    pub body: String,
    /// How loud.
    pub severity: Severity,
    /// What can be done from the notice itself.
    pub actions: Vec<NoticeAction>,
    /// Its language.
    pub lang: Lang,
    /// Made up by the demonstration; the title says so too.
    pub simulated: bool,
}

/// Something that can be done from a notice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NoticeAction {
    /// What.
    pub kind: NoticeDeed,
    /// Its button, in the notice's language.
    pub label: String,
}

/// What a button of a notice does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum NoticeDeed {
    /// Lengthens the countdown of an action by [`crate::limits::NOTICE_HOLD`]: the request `hold`.
    Hold {
        /// Which action.
        intent: RowId,
    },
    /// Ends the countdown of an action now: the request `stop_now`.
    StopNow {
        /// Which action.
        intent: RowId,
    },
    /// Opens the window.
    Open {
        /// Where.
        page: NoticePage,
    },
}

/// A page of the window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "page", rename_all = "snake_case")]
pub enum NoticePage {
    /// The overview.
    Overview,
    /// One meter.
    Meter {
        /// Whose.
        account: AccountId,
        /// Which.
        meter: MeterId,
    },
    /// The activity, at one action where one is meant.
    Activity {
        /// Which action.
        intent: Option<RowId>,
    },
    /// The renewals.
    Renewals,
    /// The settings.
    Settings,
}

/// The desktop's own word that it took a notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Its id or word, short.
    pub word: String,
}

/// Why a notice was not shown.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct NoticeError {
    /// Whether to try again.
    pub refusal: Refusal,
    /// One short line, with the next step for a refusal for good.
    pub detail: String,
}

/// Whoever can show notices: the desktop shell. Permission is asked for at the first one.
#[async_trait]
pub trait DesktopNotices: Send + Sync {
    /// Shows a notice in the place of an earlier one with the same key. Returns when the desktop has taken it.
    async fn show(&self, notice: Notice) -> Result<Shown, NoticeError>;
}
