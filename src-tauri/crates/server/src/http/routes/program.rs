//! The program itself: version, backups, the demonstration, this document.

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::LANG;
use crate::http::kind::Kind;
use crate::http::route::{Absent, Asks, Field, Gives, Route, Verb};

const MINUTES: Kind = Kind::Number {
    least: *limits::DEMO_MINUTES.start(),
    most: *limits::DEMO_MINUTES.end(),
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/version", "version", "version", "Which program answers."),
    Route::get("/openapi.json", "", "", "This document.")
        .asks(Asks::Document)
        .gives(Gives::Own),
    Route::get(
        "/tokens",
        "tokens",
        "tokens",
        "Tokens of other programs, also revoked ones.",
    ),
    Route::post(
        "/tokens",
        Scope::Write,
        "create_token",
        "Makes a token, which is shown in this answer alone. It may do no more than the token that asks.",
    )
    .gives(Gives::Data("made_token"))
    .with(&[
        Field::body("name", Kind::Name(limits::NAME_CHARS), "Its name."),
        Field::body("scopes", Kind::Some("Scope", 4), "What it may do."),
        Field::option(
            "seconds",
            Kind::Span(limits::TOKEN_LIFE_MAX),
            Absent::Left,
            "When it ends by itself; absent: never.",
        ),
    ]),
    Route::post(
        "/tokens/{token}",
        Scope::Write,
        "revoke_token",
        "Ends a token at once.",
    )
    .by(Verb::Delete)
    .with(&[Field::path("token", Kind::Row, "The token.")]),
    Route::get(
        "/backups",
        "backups",
        "backups",
        "Copies of the database in the program's folder, newest first.",
    ),
    Route::post(
        "/backups",
        Scope::Write,
        "backup_now",
        "Makes a copy of the database in the program's folder.",
    )
    .gives(Gives::Data("backup")),
    Route::post(
        "/backups/{name}/restore",
        Scope::Act,
        "restore_backup",
        "Puts a copy in the place of the database, after a copy of what stands there; guards on.",
    )
    .gives(Gives::Data("restored"))
    .with(&[Field::path(
        "name",
        Kind::Plain,
        "The copy's name, as it is listed.",
    )]),
    Route::post(
        "/demo",
        Scope::Write,
        "demo",
        "Begins or ends the demonstration: a simulated account.",
    )
    .gives(Gives::Data("demo"))
    .with(&[
        Field::body("on", Kind::Flag, "Begin or end."),
        Field::option(
            "minutes",
            MINUTES,
            Absent::Left,
            "About how many minutes the package lasts.",
        ),
        LANG,
    ]),
];
