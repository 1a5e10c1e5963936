//! Setting up: the configuration as text and as items, settings, secrets, what there is to choose from.

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::LANG;
use crate::http::kind::Kind;
use crate::http::route::{Absent, Field, Gives, Route, Verb};

const TEXT: Field = Field::body("text", Kind::Text(limits::CONFIG_BYTES), "The TOML.");
const PRUNE: Field = Field::option(
    "prune",
    Kind::Flag,
    Absent::No,
    "Whether what the text does not mention goes.",
);
const ITEMS: Field = Field::body(
    "items",
    Kind::Drafts("Items"),
    "What is put over the configured items, in the fields of the configuration.",
);
const REMOVE: Field = Field::option(
    "remove",
    Kind::Types("ItemRef", limits::ITEMS),
    Absent::Empty,
    "What goes.",
);
const ITEM: Field = Field::path("item", Kind::Plain, "The item of the vault.");

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/config",
        "export",
        "text",
        "The configuration as TOML; secrets as references.",
    )
    .gives(Gives::Text("application/toml")),
    Route::post(
        "/config/validate",
        Scope::Read,
        "validate",
        "Reads a configuration text; changes nothing.",
    )
    .gives(Gives::Data("plan"))
    .with(&[TEXT]),
    Route::post(
        "/config/plan",
        Scope::Read,
        "plan",
        "What applying the text would do; changes nothing.",
    )
    .gives(Gives::Data("plan"))
    .with(&[TEXT, PRUNE]),
    Route::post(
        "/config/apply",
        Scope::Write,
        "apply",
        "Puts the items of the text over what is configured, in one transaction.",
    )
    .gives(Gives::Data("plan"))
    .with(&[TEXT, PRUNE]),
    Route::get(
        "/items",
        "items",
        "items",
        "Every configured item; secrets as references.",
    ),
    Route::post(
        "/items/draft",
        Scope::Read,
        "draft",
        "What saving would do, with every mistake beside its field; changes nothing.",
    )
    .gives(Gives::Data("draft"))
    .with(&[ITEMS, REMOVE, LANG]),
    Route::post(
        "/items",
        Scope::Write,
        "save",
        "Secrets into the vault, then all items in one transaction.",
    )
    .by(Verb::Put)
    .gives(Gives::Data("plan"))
    .with(&[
        ITEMS,
        REMOVE,
        Field::option(
            "secrets",
            Kind::Secrets,
            Absent::Nothing,
            "Secrets by vault item and field; a field that is not named keeps its value.",
        ),
    ]),
    Route::get(
        "/catalogue",
        "catalogue",
        "catalogue",
        "Providers, kinds of channels and guards to choose from.",
    )
    .with(&[LANG]),
    Route::get("/settings", "settings", "settings", "The settings."),
    Route::post(
        "/settings",
        Scope::Write,
        "save_settings",
        "Changes the settings that are named.",
    )
    .by(Verb::Put)
    .gives(Gives::Data("settings"))
    .with(&[Field::body(
        "change",
        Kind::Type("SettingsChange"),
        "What changes.",
    )]),
    Route::get(
        "/vault",
        "vault_list",
        "vault_items",
        "Names of the secrets; never their values.",
    ),
    Route::post(
        "/vault/{item}",
        Scope::Write,
        "vault_set",
        "Stores fields of an item.",
    )
    .by(Verb::Put)
    .with(&[
        ITEM,
        Field::body(
            "fields",
            Kind::Fields,
            "Its fields; one that is not named keeps its value.",
        ),
    ]),
    Route::post("/vault/{item}", Scope::Write, "vault_delete", "Removes an item.")
        .by(Verb::Delete)
        .with(&[ITEM]),
];
