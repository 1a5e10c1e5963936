//! How large and how wild a drawn plan is. Owns the three shapes that have a name; the draws themselves stand beside it.

use crate::plan::{Mode, Storage};

/// Bounds of what is drawn. A pair is the least and the most, both of them possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Days that a run lasts.
    pub days: u32,
    /// What is asked; drawn when it is not said.
    pub mode: Option<Mode>,
    /// Where the database stands; drawn when it is not said.
    pub storage: Option<Storage>,
    /// Accounts with servers.
    pub clouds: (u32, u32),
    /// Servers of each.
    pub servers: (u32, u32),
    /// Packages of each.
    pub packages: (u32, u32),
    /// Accounts with money.
    pub purses: (u32, u32),
    /// Of a hundred plans so many have a main account with sub-accounts.
    pub mains_percent: u64,
    /// Of a hundred plans so many have a machine whose proxy kernel is counted, and perhaps a second one.
    pub devices_percent: u64,
    /// Subscriptions of proxy services.
    pub subscriptions: (u32, u32),
    /// Dates on which something is due.
    pub renewals: (u32, u32),
    /// Seconds between two looks. Near a line it is two minutes, or the least of these.
    pub interval_s: (u64, u64),
    /// Lies told in a whole run.
    pub lies: (u32, u32),
    /// What happens at the providers besides.
    pub deeds: (u32, u32),
    /// What the person does.
    pub orders: (u32, u32),
    /// What happens to the machine and its disk.
    pub mishaps: (u32, u32),
}

impl Shape {
    /// One or two accounts and a little of everything else: what `make test` plays.
    #[must_use]
    pub const fn small() -> Self {
        Self {
            days: 3,
            mode: None,
            storage: None,
            clouds: (1, 2),
            servers: (1, 2),
            packages: (1, 2),
            purses: (0, 1),
            mains_percent: 30,
            devices_percent: 17,
            subscriptions: (0, 1),
            renewals: (0, 1),
            interval_s: (240, 900),
            lies: (2, 10),
            deeds: (1, 7),
            orders: (1, 5),
            mishaps: (0, 8),
        }
    }

    /// Three accounts with two packages each, looked at every five minutes: what the figure of speed is about.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            clouds: (3, 3),
            servers: (2, 2),
            packages: (2, 2),
            purses: (0, 0),
            mains_percent: 0,
            devices_percent: 0,
            subscriptions: (0, 0),
            interval_s: (300, 300),
            storage: Some(Storage::Memory),
            ..Self::small()
        }
    }

    /// Everything at once, by hand.
    #[must_use]
    pub const fn large() -> Self {
        Self {
            clouds: (2, 4),
            servers: (1, 4),
            packages: (1, 4),
            purses: (1, 3),
            mains_percent: 60,
            devices_percent: 60,
            subscriptions: (0, 2),
            renewals: (0, 3),
            interval_s: (60, 900),
            lies: (6, 30),
            deeds: (4, 20),
            orders: (2, 12),
            mishaps: (1, 10),
            ..Self::small()
        }
    }

    /// The shape of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "small" => Some(Self::small()),
            "standard" => Some(Self::standard()),
            "large" => Some(Self::large()),
            _ => None,
        }
    }

    /// The same for so many days.
    #[must_use]
    pub const fn days(mut self, days: u32) -> Self {
        self.days = days;
        self
    }

    /// The same in one mode.
    #[must_use]
    pub const fn mode(mut self, mode: Option<Mode>) -> Self {
        self.mode = mode;
        self
    }

    /// Seconds of the run.
    pub(super) fn span_s(&self) -> u64 {
        u64::from(self.days).saturating_mul(86_400)
    }
}
