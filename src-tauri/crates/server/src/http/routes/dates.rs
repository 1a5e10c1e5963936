//! Renewals and mailboxes.

use tidegate_api::door::Scope;

use super::{BEFORE, LANG, LIMIT};
use crate::http::kind::Kind;
use crate::http::route::{Absent, Field, Gives, Route};

const RENEWAL: Field = Field::path("renewal", Kind::Slug, "The renewal.");
/// A cycle, a day or a date in words.
const WORD: Kind = Kind::Line(40);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/renewals",
        "renewals",
        "renewals",
        "Every renewal, the most urgent first, and what they cost.",
    )
    .with(&[LANG]),
    Route::get(
        "/renewals/preview",
        "renewal_preview",
        "dues",
        "The next 12 due dates of a cycle; stores nothing.",
    )
    .with(&[
        Field::query(
            "cycle",
            WORD,
            Absent::Refused,
            "`weekly`, `monthly`, `yearly`, `every 90 days`, ….",
        ),
        Field::query(
            "day",
            WORD,
            Absent::Refused,
            "`1` to `7`, `1` to `31`, `MM-DD`, or a date.",
        ),
        Field::query(
            "paid",
            WORD,
            Absent::Left,
            "Paid through this date, `YYYY-MM-DD`.",
        ),
        Field::query("today", WORD, Absent::Left, "`YYYY-MM-DD`; absent: today."),
    ]),
    Route::get(
        "/renewals/calendar.ics",
        "renewals_ics",
        "text",
        "The renewals as an iCalendar file.",
    )
    .gives(Gives::Text("text/calendar"))
    .with(&[LANG]),
    Route::post(
        "/renewals/{renewal}/renewed",
        Scope::Write,
        "mark_renewed",
        "Marks a renewal as renewed.",
    )
    .gives(Gives::Data("renewed"))
    .with(&[
        RENEWAL,
        Field::option(
            "date",
            WORD,
            Absent::Left,
            "The due date that was paid, `YYYY-MM-DD`.",
        ),
    ]),
    Route::post(
        "/renewals/{renewal}/clear",
        Scope::Write,
        "clear_renewed",
        "Takes the last mark back.",
    )
    .gives(Gives::Data("renewed"))
    .with(&[RENEWAL]),
    Route::get(
        "/mailboxes",
        "mailboxes",
        "mailboxes",
        "Mailboxes, and when each was read.",
    )
    .with(&[LANG]),
    Route::get(
        "/findings",
        "findings",
        "mail_findings",
        "What mails said, newest first.",
    )
    .with(&[
        Field::query("mailbox", Kind::Slug, Absent::Left, "Only of this mailbox."),
        Field::query("kind", Kind::Line(40), Absent::Left, "Only of this kind."),
        Field::query(
            "certainty",
            Kind::OneOf(&["sure", "possible"]),
            Absent::Left,
            "Only such.",
        ),
        BEFORE,
        LIMIT,
        LANG,
    ]),
    Route::post(
        "/mailboxes/{mailbox}/scan",
        Scope::Write,
        "scan_mailbox",
        "Looks into a mailbox now.",
    )
    .gives(Gives::Data("mailboxes"))
    .with(&[Field::path("mailbox", Kind::Slug, "The mailbox."), LANG]),
    Route::get(
        "/mail-rules",
        "mail_rules",
        "mail_rules",
        "The built-in rules for mails.",
    )
    .with(&[LANG]),
];
