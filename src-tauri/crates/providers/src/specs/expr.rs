//! Expressions: how a number, a yes or no, a unit or an instant comes out of the answers. Owns the tree; reading it is
//! `read::expr`, asking it is `evaluate`. No loops, no code of a user, a depth cap.

use std::collections::BTreeMap;

use regex::Regex;
use rust_decimal::Decimal;
use tidegate_meter::Unit;

use super::pointer::Pointer;

/// What a pointer starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Root {
    /// The answer to the request of this index.
    Request(usize),
    /// The row that a metric with `each` stands on.
    Row,
}

/// A pointer and where it starts.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) root: Root,
    pub(super) ptr: Pointer,
}

/// A value that an answer may have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Literal {
    Flag(bool),
    Number(Decimal),
    Text(String),
}

/// A number.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Number(Decimal),
    Read {
        spot: Spot,
        default: Option<Decimal>,
        thousands: bool,
    },
    Add(Vec<Self>),
    /// The first less all others.
    Sub(Vec<Self>),
    Mul(Vec<Self>),
    Div(Box<Self>, Box<Self>),
    Neg(Box<Self>),
    Sum(Sum),
    /// The first that is there.
    First(Vec<Self>),
    Pick(Pick),
    Pattern(Spot, Regex),
    HeaderField(HeaderField),
    Table(Table),
}

/// The sum of all values that match.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub(super) spot: Spot,
    /// Nothing to add is zero; else it is missing.
    pub(super) empty_is_zero: bool,
    /// What must hold everywhere, so that amounts of two currencies are never added.
    pub(super) all: Option<(Pointer, Literal)>,
}

/// The one row of a list that says so.
#[derive(Clone, Debug)]
pub(super) struct Pick {
    pub(super) list: Spot,
    pub(super) at: Pointer,
    pub(super) eq: Literal,
    pub(super) get: Pointer,
}

/// One field of a header such as `upload=1; download=2`.
#[derive(Clone, Debug)]
pub(super) struct HeaderField {
    pub(super) request: usize,
    pub(super) header: String,
    pub(super) key: String,
}

/// One column of a table whose columns are named beside its rows.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) request: usize,
    pub(super) columns: Pointer,
    pub(super) rows: Pointer,
    pub(super) column: String,
    /// The column whose value must be the same in every row: its currency.
    pub(super) same: Option<String>,
    /// No row is zero; else it is missing.
    pub(super) empty_is_zero: bool,
}

impl Expr {
    /// Whether it looks into the body of that request.
    pub(super) fn reads_body_of(&self, request: usize) -> bool {
        let of = |spot: &Spot| spot.root == Root::Row || spot.root == Root::Request(request);
        match self {
            Self::Number(_) | Self::HeaderField(_) => false,
            Self::Read { spot, .. } | Self::Pattern(spot, _) => of(spot),
            Self::Add(all) | Self::Sub(all) | Self::Mul(all) | Self::First(all) => {
                all.iter().any(|expr| expr.reads_body_of(request))
            }
            Self::Div(above, below) => above.reads_body_of(request) || below.reads_body_of(request),
            Self::Neg(inner) => inner.reads_body_of(request),
            Self::Sum(sum) => of(&sum.spot),
            Self::Pick(pick) => of(&pick.list),
            Self::Table(table) => table.request == request,
        }
    }
}

impl Truth {
    /// Whether it looks into the body of that request.
    pub(super) fn reads_body_of(&self, request: usize) -> bool {
        let (Self::Read(spot) | Self::Exists(spot)) = self;
        spot.root == Root::Row || spot.root == Root::Request(request)
    }
}

/// Yes or no.
#[derive(Clone, Debug)]
pub(super) enum Truth {
    Read(Spot),
    Exists(Spot),
}

/// What an amount counts.
#[derive(Clone, Debug)]
pub(super) enum UnitRule {
    Fixed(Unit),
    /// A currency that the answer names.
    Told(Spot),
    /// A currency in a column of a table.
    Column(Table),
    /// By what the answer or a parameter says.
    Map {
        of: MapKey,
        to: BTreeMap<String, Unit>,
        default: Option<Unit>,
    },
}

/// What a map of units asks.
#[derive(Clone, Debug)]
pub(super) enum MapKey {
    Param(String),
    Spot(Spot),
}

/// How an instant is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TimeForm {
    Unix,
    UnixMs,
    Rfc3339,
}

/// An instant in an answer.
#[derive(Clone, Debug)]
pub(super) enum Instant {
    Spot(Spot, TimeForm),
    Header(HeaderField, TimeForm),
}
