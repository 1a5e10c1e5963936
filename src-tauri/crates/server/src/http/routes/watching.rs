//! What is watched: accounts, meters, servers, guards, and looking at them.

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::{ACCOUNT, END, LANG, METER, OF_ACCOUNT, START};
use crate::http::kind::Kind;
use crate::http::route::{Absent, Asks, Field, Gives, Route};

const POINTS: Field = Field::query(
    "points",
    Kind::Number {
        least: 4,
        most: limits::HISTORY_POINTS,
    },
    Absent::Number(500),
    "At most so many points; lowest and highest of every stretch are kept.",
);
const DAYS: Field = Field::option(
    "days",
    Kind::Number { least: 1, most: 90 },
    Absent::Number(30),
    "How far back.",
);
const GUARD: Field = Field::path("guard", Kind::Slug, "The guard.");

pub(super) const ROUTES: &[Route] = &[
    Route::get("/status", "status", "status", "How the guard stands as a whole."),
    Route::get(
        "/overview",
        "overview",
        "overview",
        "What the first page of the window shows.",
    )
    .with(&[LANG]),
    Route::get("/tray", "tray", "tray", "What the tray shows.").with(&[LANG]),
    Route::get(
        "/accounts",
        "accounts",
        "accounts",
        "Accounts and when they are looked at.",
    ),
    Route::get(
        "/meters",
        "meters",
        "meters",
        "The newest look at each meter; asks nobody.",
    )
    .with(&[OF_ACCOUNT, LANG])
    .kept(),
    Route::get(
        "/meters/{account}/{meter}/history",
        "history",
        "history",
        "The history of a meter; older spans are told by their rollups.",
    )
    .with(&[ACCOUNT, METER, START, END, POINTS]),
    Route::get(
        "/meters/{account}/{meter}/chart",
        "chart",
        "chart",
        "A meter over time with its lines, gaps, forecast and markers.",
    )
    .with(&[ACCOUNT, METER, START, END, POINTS, LANG]),
    Route::get(
        "/meters/{account}/{meter}/trend",
        "trend",
        "trend",
        "What a meter's readings come to over a span, with at most 500 points.",
    )
    .with(&[ACCOUNT, METER, START, END, LANG]),
    Route::get("/targets", "targets", "targets", "Servers as they were found.").with(&[OF_ACCOUNT]),
    Route::get(
        "/guards",
        "guards",
        "guards",
        "Every guard with what it would do on each meter, and why.",
    )
    .with(&[LANG]),
    Route::post(
        "/guards/{guard}/replay",
        Scope::Read,
        "replay",
        "What a guard would have done over the stored history; changes nothing.",
    )
    .gives(Gives::Data("replay"))
    .with(&[
        GUARD,
        Field::option(
            "limit",
            Kind::Line(64),
            Absent::Left,
            "Another limit than the configured one.",
        ),
        Field::option(
            "steps",
            Kind::Lines(32),
            Absent::Left,
            "Other steps than the configured ones.",
        ),
        DAYS,
    ]),
    Route::post(
        "/meters/{account}/{meter}/what-if",
        Scope::Read,
        "what_if",
        "What a draft of a guard would have done on one meter; changes nothing.",
    )
    .gives(Gives::Data("what_if"))
    .with(&[
        ACCOUNT,
        METER,
        Field::body(
            "guard",
            Kind::Object,
            "The draft, in the fields of the configuration.",
        ),
        DAYS,
        LANG,
    ]),
    Route::post(
        "/check",
        Scope::Read,
        "check",
        "Looks at every meter once; never acts. The answer is a job, whose result has the meters.",
    )
    .asks(Asks::Job("check"))
    .gives(Gives::Own)
    .with(&[
        Field::option(
            "accounts",
            Kind::Slugs(limits::ITEMS),
            Absent::Empty,
            "Only these; empty: all.",
        ),
        LANG,
    ]),
    Route::get("/jobs/{job}", "", "", "A job and, once it has ended, its result.")
        .asks(Asks::JobState)
        .gives(Gives::Own)
        .with(&[Field::path(
            "job",
            Kind::Number {
                least: 1,
                most: u32::MAX,
            },
            "The job.",
        )]),
    Route::get(
        "/doctor",
        "doctor",
        "doctor",
        "What could keep the guard from working; asks nobody outside.",
    )
    .fixed(&[("outside", false)])
    .with(&[LANG]),
    Route::post(
        "/doctor",
        Scope::Read,
        "doctor",
        "The same, and asks each account's provider. The answer is a job.",
    )
    .asks(Asks::Job("doctor"))
    .gives(Gives::Own)
    .fixed(&[("outside", true)])
    .with(&[LANG]),
    Route::get(
        "/changes",
        "",
        "",
        "What happens from now on, as Server-Sent Events.",
    )
    .asks(Asks::Changes)
    .gives(Gives::Own),
];
