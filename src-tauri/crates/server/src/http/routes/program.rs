//! The program itself: version, backups, the demonstration, this document.

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::LANG;
use crate::http::kind::Kind;
use crate::http::route::{Absent, Asks, Field, Gives, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/version", "version", "version", "Which program answers."),
    Route::get("/openapi.json", "", "", "This document.")
        .asks(Asks::Document)
        .gives(Gives::Own),
    Route::get("/backups", "backups", "backups", "Copies of the database in the program's folder, newest first."),
    Route::post("/backups", Scope::Write, "backup_now", "Makes a copy of the database in the program's folder.")
        .gives(Gives::Data("backup")),
    Route::post(
        "/backups/{name}/restore",
        Scope::Act,
        "restore_backup",
        "Puts a copy in the place of the database, after a copy of what stands there; guards on.",
    )
    .gives(Gives::Data("restored"))
    .with(&[Field::path("name", Kind::Plain, "The copy's name, as it is listed.")]),
    Route::post("/demo", Scope::Write, "demo", "Begins or ends the demonstration: a simulated account.")
        .gives(Gives::Data("demo"))
        .with(&[
            Field::body("on", Kind::Flag, "Begin or end."),
            Field::option(
                "minutes",
                Kind::Number {
                    least: *limits::DEMO_MINUTES.start(),
                    most: *limits::DEMO_MINUTES.end(),
                },
                Absent::Left,
                "About how many minutes the package lasts.",
            ),
            LANG,
        ]),
];
