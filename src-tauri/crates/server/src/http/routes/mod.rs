//! The table of routes: everything that another program may ask. A new request of the api is one more entry in one of
//! these lists; a test names the request that has none.

mod acting;
mod agents;
mod dates;
mod flows;
mod program;
mod quotas;
mod records;
mod setup;
mod watching;

use super::kind::Kind;
use super::route::{Absent, Field, Route};

/// Every route.
pub fn all() -> impl Iterator<Item = &'static Route> {
    [
        watching::ROUTES,
        acting::ROUTES,
        agents::ROUTES,
        records::ROUTES,
        dates::ROUTES,
        quotas::ROUTES,
        flows::ROUTES,
        setup::ROUTES,
        program::ROUTES,
    ]
    .into_iter()
    .flatten()
}

/// Requests of the api that have no route, each with its reason.
pub const WITHOUT: &[(&str, &str)] = &[
    (
        "backup",
        "it writes to a path that the caller names; POST /backups makes a copy in the program's folder",
    ),
    (
        "try_account",
        "it asks an address that the caller may name; save the account, then POST /check",
    ),
    (
        "try_mailbox",
        "it logs in at an address that the caller names; save the mailbox, then scan it",
    ),
    (
        "import_flows",
        "it takes over an earlier system's database, which stands where the command line runs; `tidegated import flowcollect`",
    ),
    (
        "import_samples",
        "it takes over an earlier system's database, which stands where the command line runs; `tidegated import flowcollect`",
    ),
    (
        "try_channel",
        "it sends to an address that the caller names; save the channel, then test it",
    ),
];

/// Rows of one page, as the api bounds them.
const PAGE: Kind = Kind::Number {
    least: 1,
    most: tidegate_api::limits::PAGE_ROWS,
};
const LANG: Field = Field::query(
    "lang",
    Kind::OneOf(&["zh-CN", "en"]),
    Absent::Text("en"),
    "The language of the texts.",
);
const LIMIT: Field = Field::query("limit", PAGE, Absent::Number(50), "At most so many.");
const OPEN: Field = Field::query("open", Kind::Flag, Absent::No, "Only those that have not ended.");
const BEFORE: Field = Field::query(
    "before",
    Kind::Row,
    Absent::Left,
    "Only those made before this one.",
);
const ACCOUNT: Field = Field::path("account", Kind::Slug, "The account.");
const METER: Field = Field::path("meter", Kind::Member, "The meter.");
const TARGET: Field = Field::path("target", Kind::Member, "The server or sub-account.");
const OF_ACCOUNT: Field = Field::query("account", Kind::Slug, Absent::Left, "Only of this account.");
const START: Field = Field::query(
    "start",
    Kind::Instant,
    Absent::Refused,
    "From this instant, RFC 3339.",
);
const END: Field = Field::query(
    "end",
    Kind::Instant,
    Absent::Refused,
    "To this instant, RFC 3339.",
);
