//! What a door for other programs needs beyond requests: who comes in, and how the guard stands in a glance that costs
//! nothing. Owns the words of the scopes. Implemented by the program that answers ([`crate::App`], [`crate::Hosted`]).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tidegate_meter::RowId;
use tidegate_meter::handover::{EnrolBody, Enrolled, HandIn};
use ts_rs::TS;

pub use tidegate_engine::{
    AccountMeasured, BOUNDS_MS, ConfigMeasured, Counts, DeviceMeasured, Durations, GuardMeasured, Measured,
    MeterMeasured, Taken,
};

use crate::{ApiError, Face};

/// What every token begins with, so that one which got lost is recognised.
pub const TOKEN_PREFIX: &str = "tg_";

/// What a token may do. None includes another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Ask.
    Read,
    /// Configure: accounts, channels, guards, settings, secrets, tokens, answers to alerts.
    Write,
    /// Arm, stop, start, restore, pause: whatever lets a server be touched, or keeps one from being touched.
    Act,
    /// Hand in measurements.
    Ingest,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Act, Self::Ingest];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Act => "act",
            Self::Ingest => "ingest",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// Whose token was shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Admitted {
    /// Which token.
    pub id: RowId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

/// How the guard stands, without looking at anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pulse {
    /// The database is open.
    pub open: bool,
    /// The loops run.
    pub running: bool,
    /// This process holds the lease.
    pub holder: bool,
    /// The database takes what is written.
    pub writable: bool,
    /// The followed configuration file has mistakes; the last good one is in force.
    pub config_refused: bool,
}

/// A face that lets other programs in by their token.
#[async_trait]
pub trait Door: Face {
    /// Who shows this token; `None`: nobody that is known. Errors: `store`.
    async fn admit(&self, token: &str) -> Result<Option<Admitted>, ApiError>;
    /// Whether any token could be admitted at all. Errors: `store`.
    async fn has_tokens(&self) -> Result<bool, ApiError>;
    /// Everything that is measured, as it stands. Errors: `store`.
    async fn measured(&self) -> Result<Measured, ApiError>;
    /// How the guard stands.
    async fn pulse(&self) -> Pulse;
    /// Counts what was told to listeners. While it stays the same, so does the state that is asked for, but for what a
    /// command or a look in hand is about to take on. `None`: nobody can say.
    fn told(&self) -> Option<u64>;
    /// Makes an agent of whoever shows the code of an invitation; `None`: the code is not good, or not any more. Errors:
    /// `refused` (the device is watched from here), `not_holder`, `store`.
    async fn enrol(&self, body: &EnrolBody) -> Result<Option<Enrolled>, ApiError>;
    /// Takes a batch from the agent that was admitted: durable when it is answered. Errors: `not_holder`, `store`.
    async fn ingest(&self, agent: &Admitted, hand_in: &HandIn) -> Result<Taken, ApiError>;
    /// It listens there: agents are told so.
    fn listens(&self, at: SocketAddr);
}

/// Where the door for other programs listens, kept while the database is reopened.
#[derive(Clone, Debug, Default)]
pub struct Listening(Arc<Mutex<Option<SocketAddr>>>);

impl Listening {
    /// It listens there.
    pub(crate) fn at(&self, address: SocketAddr) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    /// Its address, where other machines can reach it; `None` while it is closed, or open to this machine alone.
    pub(crate) fn beyond(&self) -> Option<String> {
        let address = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = address.filter(|address| !address.ip().is_loopback())?;
        Some(format!("http://{address}"))
    }
}
