//! What lets a server or sub-account be touched, or keeps one from being touched. Every confirmation of the api stands: a
//! server is stopped, and a sub-account disabled, by its typed name.

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::{ACCOUNT, LANG, LIMIT, OPEN, TARGET};
use crate::http::kind::Kind;
use crate::http::route::{Absent, Field, Gives, Route};

const GUARD: Field = Field::path("guard", Kind::Slug, "The guard.");
const ACTION: Field = Field::path("action", Kind::Row, "The action.");
const SECONDS_ARMED: Field = Field::body("seconds", Kind::Span(limits::ARM_MAX), "For how long.");
const SECONDS: Field = Field::body("seconds", Kind::Span(limits::PAUSE_MAX), "For how long.");
const TYPED: Field = Field::body(
    "typed_name",
    Kind::Line(160),
    "The name or id of the server or sub-account, typed once more as confirmation.",
);

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        "/guards/{guard}/arm-preview",
        Scope::Read,
        "arm_preview",
        "What arming would freeze now; changes nothing.",
    )
    .gives(Gives::Data("armed"))
    .with(&[GUARD, SECONDS_ARMED]),
    Route::post(
        "/guards/{guard}/arm",
        Scope::Act,
        "arm",
        "Lets a guard act until the time is over, on the servers and sub-accounts frozen now.",
    )
    .gives(Gives::Data("armed"))
    .with(&[GUARD, SECONDS_ARMED]),
    Route::post(
        "/guards/{guard}/disarm",
        Scope::Act,
        "disarm",
        "The guard only watches.",
    )
    .with(&[GUARD]),
    Route::get("/actions", "actions", "actions", "Actions, newest first.").with(&[
        OPEN,
        LIMIT,
        super::BEFORE,
        LANG,
    ]),
    Route::post(
        "/actions/{action}/hold",
        Scope::Act,
        "hold",
        "Lengthens the countdown of an action.",
    )
    .with(&[
        ACTION,
        Field::body("seconds", Kind::Span(limits::PAUSE_MAX), "By how much."),
    ]),
    Route::post(
        "/actions/{action}/cancel",
        Scope::Act,
        "cancel",
        "Calls an action off before its request leaves.",
    )
    .with(&[ACTION]),
    Route::post(
        "/actions/{action}/stop-now",
        Scope::Act,
        "stop_now",
        "Ends the countdown of a planned action.",
    )
    .with(&[ACTION]),
    Route::post(
        "/actions/{action}/restore",
        Scope::Act,
        "restore",
        "Undoes exactly what a stop or disable of ours did.",
    )
    .gives(Gives::Begun("planned"))
    .with(&[ACTION]),
    Route::post(
        "/targets/{account}/{target}/stop",
        Scope::Act,
        "stop",
        "Stops a server, or disables a sub-account, by its typed name.",
    )
    .gives(Gives::Begun("planned"))
    .with(&[
        ACCOUNT,
        TARGET,
        TYPED,
        Field::option(
            "forced",
            Kind::Flag,
            Absent::No,
            "Cut a server's power instead of asking its guest system.",
        ),
    ]),
    Route::post(
        "/targets/{account}/{target}/start",
        Scope::Act,
        "start",
        "Starts a server, or lets a sub-account in again, by its typed name.",
    )
    .gives(Gives::Begun("planned"))
    .with(&[ACCOUNT, TARGET, TYPED]),
    Route::post(
        "/targets/{account}/{target}/protect",
        Scope::Act,
        "protect",
        "Puts a server or sub-account on the protect list, or takes it off.",
    )
    .with(&[
        ACCOUNT,
        TARGET,
        Field::body("protected", Kind::Flag, "On or off."),
    ]),
    Route::post(
        "/pause",
        Scope::Act,
        "pause",
        "No automatic action until the time is over; watching and messages go on.",
    )
    .with(&[SECONDS]),
    Route::post("/resume", Scope::Act, "resume", "Ends a pause."),
];
