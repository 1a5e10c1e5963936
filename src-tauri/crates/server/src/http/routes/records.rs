//! What happened and who was told: alerts, channels, deliveries, audit, lapses.

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::{BEFORE, END, LANG, LIMIT, OPEN, START};
use crate::http::kind::Kind;
use crate::http::route::{Absent, Field, Gives, Route};

const ALERT: Field = Field::path("alert", Kind::Row, "The alert.");
const REASON: Field = Field::option(
    "reason",
    Kind::Line(limits::NOTE_CHARS),
    Absent::Text(""),
    "Why; kept in the audit.",
);

pub(super) const ROUTES: &[Route] = &[
    Route::get("/alerts", "alerts", "alerts", "Alerts, newest first.").with(&[OPEN, LIMIT, BEFORE, LANG]),
    Route::post(
        "/alerts/{alert}/acknowledge",
        Scope::Write,
        "acknowledge",
        "Ends the reminders of an alert.",
    )
    .with(&[ALERT, REASON]),
    Route::post(
        "/alerts/{alert}/snooze",
        Scope::Write,
        "snooze",
        "No reminders of an alert for a while.",
    )
    .with(&[
        ALERT,
        Field::body("seconds", Kind::Span(limits::PAUSE_MAX), "For how long."),
        REASON,
    ]),
    Route::get(
        "/channels",
        "channels",
        "channels",
        "Channels; secrets as references.",
    ),
    Route::post(
        "/channels/{channel}/test",
        Scope::Write,
        "test_channel",
        "Sends a test message.",
    )
    .gives(Gives::Data("tested"))
    .with(&[Field::path("channel", Kind::Slug, "The channel.")]),
    Route::get(
        "/deliveries",
        "deliveries",
        "deliveries",
        "Messages and whether they arrived, newest first.",
    )
    .with(&[LIMIT, BEFORE, LANG]),
    Route::post(
        "/deliveries/{delivery}/retry",
        Scope::Write,
        "retry_delivery",
        "Tries a refused or expired delivery again.",
    )
    .with(&[Field::path("delivery", Kind::Row, "The delivery.")]),
    Route::get(
        "/audit",
        "audit",
        "audit",
        "The record of everything that was done.",
    )
    .with(&[
        Field::query(
            "after",
            SEQ,
            Absent::Number(0),
            "Rows after this number, oldest first.",
        ),
        Field::query(
            "before",
            SEQ,
            Absent::Left,
            "Rows before this number, newest first.",
        ),
        LIMIT,
        LANG,
    ]),
    Route::get(
        "/audit/verdict",
        "audit_verify",
        "audit_verdict",
        "Checks the whole chain of the record.",
    ),
    Route::get(
        "/statistics",
        "statistics",
        "statistics",
        "What happened in a span, counted.",
    )
    .with(&[START, END]),
    Route::post(
        "/export",
        Scope::Read,
        "export_history",
        "A page of an export: readings of a meter, alerts, deliveries or actions.",
    )
    .gives(Gives::Data("exported"))
    .with(&[
        Field::body("what", Kind::Type("Exported"), "What."),
        Field::body("start", Kind::Instant, "From this instant, RFC 3339."),
        Field::body("end", Kind::Instant, "To this instant, RFC 3339."),
        Field::option(
            "after",
            Kind::Text(200),
            Absent::Left,
            "The `next` of the page before.",
        ),
        LANG,
    ]),
    Route::get(
        "/lapses",
        "lapses",
        "lapses",
        "Spans in which nothing was guarding, newest first.",
    )
    .with(&[
        LIMIT,
        Field::query(
            "before",
            Kind::Instant,
            Absent::Left,
            "Only those that began before this.",
        ),
        LANG,
    ]),
];

/// The number of a row of the record: more than can be written in a lifetime.
const SEQ: Kind = Kind::Number {
    least: 0,
    most: u32::MAX,
};
