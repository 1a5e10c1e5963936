//! Proxy traffic: what passed, over time and now; devices, subscriptions and reports.

use tidegate_api::door::Scope;

use super::{END, LANG, START};
use crate::http::kind::Kind;
use crate::http::route::{Absent, Field, Gives, Route};

const OF_DEVICE: Field = Field::query("device", Kind::Slug, Absent::Left, "Only of this device.");
const BY: Field = Field::query(
    "by",
    Kind::Words(&["device", "node", "group", "feed", "kind", "day"]),
    Absent::Empty,
    "Told apart by these; absent: one sum.",
);
const ROWS: Field = Field::query(
    "limit",
    Kind::Number {
        least: 1,
        most: tidegate_api::limits::FLOW_ROWS,
    },
    Absent::Number(100),
    "At most so many rows, the most bytes first; the rest is summed up.",
);
const STEPS: Field = Field::query(
    "points",
    Kind::Number {
        least: tidegate_api::limits::FLOW_STEPS_LEAST,
        most: tidegate_api::limits::FLOW_STEPS,
    },
    Absent::Number(500),
    "At most so many steps, each a minute, 5 or 15 minutes, an hour or a day.",
);

const SPAN: Field = Field::path(
    "span",
    Kind::OneOf(&["daily", "weekly"]),
    "A day, or the seven days that end with it.",
);
const DAY: Field = Field::query(
    "day",
    Kind::Day,
    Absent::Left,
    "The last day, by the calendar of the program's zone; absent: today.",
);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/flows",
        "flows",
        "flows",
        "What passed through proxies and past them on calendar days, and how much of them was watched.",
    )
    .with(&[
        Field::query(
            "from",
            Kind::Day,
            Absent::Refused,
            "The first day, by the calendar of the program's zone.",
        ),
        Field::query(
            "through",
            Kind::Day,
            Absent::Refused,
            "The last day, itself in it; at most 400 days in all.",
        ),
        OF_DEVICE,
        BY,
        ROWS,
    ]),
    Route::get(
        "/flows/line",
        "flow_line",
        "flow_line",
        "The same over time; a step in which nothing was watched is null.",
    )
    .with(&[START, END, OF_DEVICE, STEPS]),
    Route::get(
        "/flows/live",
        "live",
        "live",
        "What passes now, by device and node, and the fastest connections; never stored.",
    ),
    Route::get(
        "/subscriptions",
        "subscriptions",
        "subscriptions",
        "Subscriptions, the shortest first: used, left, expiry, reset, days left, and the newest leak check.",
    ),
    Route::get(
        "/reports/{span}",
        "report",
        "report",
        "The report of a day or a week: one that was made as it was, any other as it would be now. Sends nothing.",
    )
    .with(&[SPAN, DAY, LANG]),
    Route::post(
        "/reports/{span}/send",
        Scope::Write,
        "send_report",
        "Sends that report now, marked as sent by hand; the one that is due is sent as ever.",
    )
    .gives(Gives::Data("report"))
    .with(&[
        SPAN,
        Field::option("day", Kind::Day, Absent::Left, "The last day; absent: today."),
        LANG,
    ]),
];
