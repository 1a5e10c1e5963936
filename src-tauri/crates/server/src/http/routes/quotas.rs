//! Sub-accounts and their quotas: asked about, allocated, linked, made. A disable or restore is an action like any other and
//! has its routes there (`acting`).

use tidegate_api::door::Scope;
use tidegate_api::limits;

use super::{ACCOUNT, LANG, LIMIT, OF_ACCOUNT};
use crate::http::kind::Kind;
use crate::http::route::{Absent, Asks, Field, Gives, Route, Verb};

const USER: Field = Field::path("user", Kind::Member, "The sub-account's id at its provider.");
const PROJECT: Field = Field::body("project", PROJECT_NAME, "The project's name.");
const PROJECT_NAME: Kind = Kind::Name(limits::PROJECT_CHARS);
const POLICY: Field = Field::body("policy", Kind::Name(limits::POLICY_CHARS), "The policy's name.");
const IN_PROJECT: Field = Field::option(
    "project",
    PROJECT_NAME,
    Absent::Left,
    "Only in this project; absent: everywhere.",
);
const NOTE: Field = Field::option(
    "note",
    Kind::Line(limits::QUOTA_NOTE_CHARS),
    Absent::Text(""),
    "What it is for.",
);
/// The number of an entry of a ledger; 0 stands for none.
const ENTRY: Kind = Kind::Number {
    least: 0,
    most: u32::MAX,
};
/// An amount, a share or a month in words.
const WORD: Kind = Kind::Line(40);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/quotas",
        "quotas",
        "quotas",
        "Sub-accounts with what each was granted, spent and has left; the worst first.",
    )
    .with(&[OF_ACCOUNT, LANG]),
    outside(
        "/quotas/sync",
        "sync_quotas",
        "Reads sub-accounts and bill now. The answer is a job, whose result has the quotas.",
    )
    .with(&[
        Field::option(
            "account",
            Kind::Slug,
            Absent::Left,
            "Only this one; absent: every account that has sub-accounts.",
        ),
        LANG,
    ]),
    Route::get(
        "/quotas/{account}/bill",
        "bill",
        "bill",
        "What each project cost in a month, and whom it is charged to.",
    )
    .with(&[
        ACCOUNT,
        Field::query(
            "month",
            WORD,
            Absent::Left,
            "`YYYY-MM` by the provider's calendar; absent: the running one.",
        ),
    ]),
    outside(
        "/quotas/{account}/projects",
        "cloud_projects",
        "Asks for the cloud's projects. The answer is a job.",
    )
    .with(&[ACCOUNT]),
    outside(
        "/quotas/{account}/policies",
        "cloud_policies",
        "Asks for the policies that may be attached. The answer is a job.",
    )
    .with(&[ACCOUNT]),
    Route::post(
        "/quotas/{account}/users",
        Scope::Act,
        "create_sub_account",
        "Makes a sub-account in the cloud; a key's secret stands in this answer and nowhere else.",
    )
    .gives(Gives::Data("made_sub_account"))
    .with(NEW),
    outside(
        "/quotas/{account}/users/{user}/look",
        "quota",
        "One sub-account with its projects, keys, policies and last disable. The answer is a job.",
    )
    .with(&[ACCOUNT, USER, LANG]),
    Route::get(
        "/quotas/{account}/users/{user}/ledger",
        "ledger",
        "ledger",
        "Entries of a ledger, newest first.",
    )
    .with(&[
        ACCOUNT,
        USER,
        Field::query("before", ENTRY, Absent::Left, "Only entries before this number."),
        LIMIT,
    ]),
    Route::get(
        "/quotas/{account}/users/{user}/ledger.csv",
        "ledger_csv",
        "text",
        "A whole ledger as comma-separated values, oldest first.",
    )
    .gives(Gives::Text("text/csv"))
    .with(&[ACCOUNT, USER]),
    Route::post(
        "/quotas/{account}/users/{user}/allocations",
        Scope::Write,
        "allocate",
        "Grants more, or takes back; one entry of the ledger.",
    )
    .gives(Gives::Data("allocated"))
    .with(ALLOCATION),
    Route::post(
        "/quotas/{account}/users/{user}/link",
        Scope::Write,
        "link_project",
        "Charges a project to a sub-account.",
    )
    .with(&[
        ACCOUNT,
        USER,
        PROJECT,
        Field::option(
            "share",
            WORD,
            Absent::Text("100%"),
            "The part of its cost that is charged.",
        ),
        Field::body(
            "from",
            Kind::OneOf(&["now", "month"]),
            "What it cost until now is left out, or all of the running month counts.",
        ),
    ]),
    Route::post(
        "/quotas/{account}/users/{user}/unlink",
        Scope::Write,
        "unlink_project",
        "Charges a project no longer; what it was charged until now stays.",
    )
    .with(&[ACCOUNT, USER, PROJECT]),
    Route::post(
        "/quotas/{account}/users/{user}/toggle",
        Scope::Write,
        "toggle_projects",
        "Charges a project or all of them, or not for now.",
    )
    .with(&[
        ACCOUNT,
        USER,
        Field::option(
            "project",
            PROJECT_NAME,
            Absent::Left,
            "The project's name; absent: all.",
        ),
        Field::body("on", Kind::Flag, "On or off."),
    ]),
    Route::post(
        "/quotas/{account}/users/{user}/rules",
        Scope::Write,
        "quota_rules",
        "Sets the rules of a sub-account, all at once.",
    )
    .by(Verb::Put)
    .with(RULES),
    Route::post(
        "/quotas/{account}/users/{user}/keys",
        Scope::Act,
        "create_sub_account_key",
        "Makes another access key; its secret stands in this answer and nowhere else.",
    )
    .gives(Gives::Data("made_sub_account"))
    .with(&[ACCOUNT, USER]),
    Route::post(
        "/quotas/{account}/users/{user}/policies/attach",
        Scope::Act,
        "change_policy",
        "Attaches a policy of those that may be attached.",
    )
    .fixed(&[("attach", true)])
    .with(&[ACCOUNT, USER, POLICY, IN_PROJECT]),
    Route::post(
        "/quotas/{account}/users/{user}/policies/detach",
        Scope::Act,
        "change_policy",
        "Detaches a policy.",
    )
    .fixed(&[("attach", false)])
    .with(&[ACCOUNT, USER, POLICY, IN_PROJECT]),
];

/// A question to the cloud: a job.
const fn outside(path: &'static str, request: &'static str, summary: &'static str) -> Route {
    Route::post(path, Scope::Read, request, summary)
        .asks(Asks::Job(request))
        .gives(Gives::Own)
}

const ALLOCATION: &[Field] = &[
    ACCOUNT,
    USER,
    Field::body(
        "amount",
        WORD,
        "How much more, or less below zero: `100 CNY`, `-12.50 CNY`.",
    ),
    NOTE,
    Field::option(
        "below_spent",
        Kind::Flag,
        Absent::No,
        "The total may fall below what is spent already.",
    ),
    Field::option(
        "after",
        ENTRY,
        Absent::Left,
        "The number of the last entry as the caller saw it; another one refuses.",
    ),
    LANG,
];

const RULES: &[Field] = &[
    ACCOUNT,
    USER,
    Field::option(
        "steps",
        Kind::Lines(tidegate_api::limits::QUOTA_STEPS),
        Absent::Left,
        "Its own steps in percent; absent: those of the guard.",
    ),
    Field::body("disable", Kind::Flag, "A guard may disable it."),
    Field::option(
        "without_quota",
        Kind::OneOf(&["watch", "block"]),
        Absent::Text("watch"),
        "What holds while nothing was granted.",
    ),
    Field::option(
        "endpoints",
        Kind::Flag,
        Absent::No,
        "A disable also stops model endpoints that it deployed.",
    ),
    Field::option(
        "instances",
        Kind::Flag,
        Absent::No,
        "A disable also stops servers, paid by use, in projects that are charged to it alone.",
    ),
    NOTE,
];

const NEW: &[Field] = &[
    ACCOUNT,
    Field::body("name", Kind::Name(limits::USER_NAME_CHARS), "Its user name."),
    Field::option(
        "title",
        Kind::Line(limits::TITLE_CHARS),
        Absent::Text(""),
        "Its name for people.",
    ),
    Field::option(
        "about",
        Kind::Line(limits::ABOUT_CHARS),
        Absent::Text(""),
        "What it is for.",
    ),
    Field::option(
        "email",
        Kind::Line(limits::TITLE_CHARS),
        Absent::Text(""),
        "Its e-mail.",
    ),
    Field::option("phone", WORD, Absent::Text(""), "Its telephone."),
    Field::option(
        "project",
        PROJECT_NAME,
        Absent::Left,
        "A first project that is charged to it alone, from now.",
    ),
    Field::option(
        "policies",
        Kind::Lines(limits::POLICIES),
        Absent::Empty,
        "Policies to attach.",
    ),
    Field::option("key", Kind::Flag, Absent::No, "Make an access key too."),
    LANG,
];
