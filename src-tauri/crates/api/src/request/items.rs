//! Configured items as data: the fields of the configuration format, not yet checked. Owns that what a person typed
//! into the wrong field, which may be a secret, is not shown by `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::config::ItemKind;

/// One item with the fields of the configuration format, as it was given. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Item(pub Value);

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(item)")
    }
}

/// Items by kind, in the names of the configuration format; a kind that is not named has none.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// Accounts.
    #[serde(default)]
    #[ts(type = "Array<AccountItem>")]
    pub account: Vec<Item>,
    /// Channels.
    #[serde(default)]
    #[ts(type = "Array<ChannelItem>")]
    pub channel: Vec<Item>,
    /// Guards.
    #[serde(default)]
    #[ts(type = "Array<GuardItem>")]
    pub guard: Vec<Item>,
    /// Renewals.
    #[serde(default)]
    #[ts(optional, type = "Array<RenewalItem>")]
    pub renewal: Vec<Item>,
    /// Mailboxes.
    #[serde(default)]
    #[ts(optional, type = "Array<MailboxItem>")]
    pub mailbox: Vec<Item>,
}

/// One configured item by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, TS)]
pub struct ItemRef {
    /// Which kind.
    pub kind: ItemKind,
    /// Its id.
    pub id: String,
}
