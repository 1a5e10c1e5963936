//! The pieces of a sub-account: the ways in which it can spend, how each stands, and how far a disable or restore is
//! with it. Vocabulary shared by providers, engine, channels and api; changes nothing.

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;

/// One way in which a sub-account can spend. The order is the order in which they are closed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "piece")]
pub enum Piece {
    /// Everything that no policy of ours denies. Closed: the policy that denies all is attached.
    Rights,
    /// An access key. Closed: inactive.
    Key {
        /// Its id.
        id: String,
    },
    /// The console login. Closed: not allowed, or there is none.
    Login,
    /// A model endpoint that it deployed. Closed: not running.
    Endpoint {
        /// Its id.
        id: String,
        /// Its name for people.
        name: String,
    },
    /// A server in its projects. Closed: stopped.
    Instance {
        /// Its id.
        id: String,
        /// Its name for people.
        name: String,
        /// Its region.
        region: String,
    },
}

impl Piece {
    /// Whether both are the same way to spend: a name for people may change.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Endpoint { id, .. }, Self::Endpoint { id: other, .. }) => id == other,
            (
                Self::Instance { id, region, .. },
                Self::Instance {
                    id: other,
                    region: place,
                    ..
                },
            ) => id == other && region == place,
            _ => self == other,
        }
    }
}

/// How a piece stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hatch {
    /// It can be used to spend.
    Open,
    /// It cannot.
    Closed,
    /// It is not there.
    Absent,
}

/// How far one piece of a disable or restore is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceState {
    /// Not asked for yet.
    Waiting,
    /// Asked for, and not seen to be so yet.
    Asked,
    /// Seen to be so after we asked for it.
    Done,
    /// It was so before: nothing to do, and nothing to undo.
    WasSo,
    /// Refused.
    Failed,
    /// Left alone: it is not there any more, or somebody else changed it.
    Skipped,
}

/// Why a piece failed or was left alone.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum PieceWhy {
    /// The provider refused it.
    Refused {
        /// The provider's word.
        detail: String,
    },
    /// Somebody else changed it since.
    Changed,
    /// It is not there any more.
    Missing,
    /// An earlier action of ours closed it.
    Earlier,
}

/// What became of one piece, as it is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct PieceTold {
    /// Which.
    pub piece: Piece,
    /// How far it is.
    pub state: PieceState,
    /// Why it failed or was left alone.
    pub why: Option<PieceWhy>,
    /// When it was seen to be so.
    pub at: Option<Time>,
}
