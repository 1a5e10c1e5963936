//! Devices: listed, invited, ended by whoever configures; and what their agents ask: to become one by a code, and to take
//! what they counted.

use tidegate_api::door::Scope;

use crate::http::kind::Kind;
use crate::http::limits;
use crate::http::route::{Asks, Field, Gives, Route, Verb};

const DEVICE: Field = Field::path("device", Kind::Slug, "The device.");

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/devices",
        "devices",
        "devices",
        "Devices whose proxy traffic is counted, and invitations that wait.",
    ),
    Route::post(
        "/devices/{device}/invite",
        Scope::Write,
        "invite_agent",
        "Invites an agent: whoever shows the code of this answer once, within 15 minutes, becomes that device. Needs the \
         scope `ingest` as well, which it hands on.",
    )
    .gives(Gives::Data("invited"))
    .with(&[
        DEVICE,
        Field::body("name", Kind::Name(tidegate_api::limits::NAME_CHARS), "Its name for people."),
    ]),
    Route::post(
        "/devices/{device}",
        Scope::Write,
        "end_device",
        "Ends a device: its agent hands in nothing any more, its flows stay.",
    )
    .by(Verb::Delete)
    .with(&[DEVICE]),
    Route::post(
        "/enrol",
        Scope::Ingest,
        "",
        "Makes an agent of whoever shows the one-time code of an invitation. Its token is in this answer alone.",
    )
    .open()
    .asks(Asks::Enrol)
    .gives(Gives::Own)
    .with(&[
        Field::body("code", Kind::Line(limits::CODE_CHARS), "The code that a person was shown."),
        Field::body("agent", Kind::Line(limits::TOLD_CHARS), "The agent's version."),
        Field::body("system", Kind::Line(limits::TOLD_CHARS), "Its system, for people."),
    ]),
    Route::post(
        "/ingest",
        Scope::Ingest,
        "",
        "Takes a batch of what a device counted, from the agent of that device; durable when it is answered, and counted \
         once however often it is handed in. The body may be packed (Content-Encoding: gzip).",
    )
    .asks(Asks::Ingest)
    .gives(Gives::Own)
    .with(&[
        Field::body("sent_at", Kind::Instant, "When it is sent, by the agent's clock."),
        Field::body("agent", Kind::Text(limits::TOLD_CHARS), "The agent's version."),
        Field::body(
            "backlog",
            Kind::Number {
                least: 0,
                most: u32::MAX,
            },
            "Batches that the agent keeps besides this one.",
        ),
        Field::body("batch", Kind::Type("FlowBatch"), "The batch."),
    ]),
];
