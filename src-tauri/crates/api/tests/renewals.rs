//! Renewals over the face: the fields of the format, the list with its totals, the preview, marks, the calendar file.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::{Stage, ask};
use tidegate_api::config::{environment, parse, print};
use tidegate_api::request::{RenewalClear, RenewalMark, RenewalPreview};
use tidegate_api::response::{RenewalsView, RenewedView};
use tidegate_api::words::{Lang, RenewalId};
use tidegate_api::{ApiError, App, ErrorCode, Face, Request, Response, renewals};
use tidegate_engine::config::Config;

const WHOLE: &str = r#"
[[renewal]]
id = "domain"
name = "example.org"
owner = "运维组"
cycle = "yearly"
day = "02-29"
amount = "68 CNY"
auto_renew = true
remind = [30, 0, 3, 3]
paid = "2024-02-29"
note = "at the registrar"
channels = []

[[renewal]]
id = "mail"
cycle = "every 3 months"
day = "2026-01-31"
"#;

fn read(text: &str) -> Config {
    parse(text, &Config::default()).expect("the text is good")
}

/// What is wrong with a renewal in these fields, as it is told.
fn wrong(fields: &str) -> Vec<String> {
    let text = format!("[[renewal]]\nid = \"x\"\n{fields}\n");
    let findings = parse(&text, &Config::default()).expect_err("the text is bad");
    findings
        .0
        .iter()
        .map(|finding| finding.render(Lang::En))
        .collect()
}

#[test]
fn every_field_is_read_and_printed() {
    let config = read(WHOLE);
    let [domain, mail] = config.renewals.as_slice() else {
        panic!("{config:?}")
    };
    assert_eq!(domain.remind, [30, 3, 0], "each once, the farthest first");
    assert_eq!(domain.amount.unwrap().to_string(), "68 CNY");
    assert_eq!(
        (mail.name.as_str(), mail.enabled, mail.auto_renew),
        ("mail", true, false)
    );
    assert_eq!(mail.remind, [3, 0]);
    assert_eq!(read(&print(&config)).renewals, config.renewals);
}

/// Fields of a renewal, and what is told of the one that is wrong.
const MISTAKES: &[(&str, &str)] = &[
    (
        "cycle = \"daily\"\nday = \"1\"",
        "renewal[0].cycle: not allowed; use weekly | monthly",
    ),
    (
        "cycle = \"weekly\"\nday = \"8\"",
        "renewal[0].day: not allowed; use a day of the week",
    ),
    (
        "cycle = \"monthly\"\nday = \"32\"",
        "renewal[0].day: not allowed; use a day of the month",
    ),
    (
        "cycle = \"yearly\"\nday = \"02-30\"",
        "renewal[0].day: not allowed; use a month and a day",
    ),
    (
        "cycle = \"once\"\nday = \"soon\"",
        "renewal[0].day: not allowed; use a date",
    ),
    (
        "cycle = \"weekly\"\nday = 1",
        "renewal[0].day: not allowed; use a value of type string",
    ),
    ("cycle = \"weekly\"", "renewal[0].day: is missing"),
    ("day = \"1\"", "renewal[0].cycle: is missing"),
    (
        "cycle = \"weekly\"\nday = \"1\"\namount = \"68\"",
        "renewal[0].amount: not allowed; use an amount",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\namount = \"-1 CNY\"",
        "renewal[0].amount: not allowed",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\namount = \"1 GB\"",
        "renewal[0].amount: not allowed",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\npaid = \"2026-02-30\"",
        "renewal[0].paid: not allowed; use a date",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\nremind = [3, 366]",
        "renewal[0].remind[1]: not allowed; use a whole number",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\nremind = [-1]",
        "renewal[0].remind[0]: not allowed",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\nremind = 3",
        "renewal[0].remind: not allowed; use a value of type array",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\nremind = [1,2,3,4,5,6,7,8,9]",
        "renewal[0].remind: too long; at most 8",
    ),
    (
        "cycle = \"weekly\"\nday = \"1\"\ncicle = \"x\"",
        "unknown key; did you mean `cycle`?",
    ),
];

#[test]
fn every_mistake_names_its_field_and_what_is_allowed() {
    for (fields, expected) in MISTAKES {
        let told = wrong(fields);
        assert!(
            told.iter().any(|line| line.contains(expected)),
            "{fields}: {told:?}"
        );
    }
}

#[test]
fn variables_tell_a_renewal_with_all_its_fields() {
    let variables = [
        ("TIDEGATE_RENEWAL_1_CYCLE", "monthly"),
        ("TIDEGATE_RENEWAL_1_DAY", "31"),
        ("TIDEGATE_RENEWAL_1_AMOUNT", "68 CNY"),
        ("TIDEGATE_RENEWAL_1_AUTO_RENEW", "true"),
        ("TIDEGATE_RENEWAL_1_REMIND", "30, 3, 0"),
        ("TIDEGATE_RENEWAL_1_PAID", "2026-01-31"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let text = environment(&variables.into()).expect("the variables are good");
    let [renewal] = read(&text).renewals.try_into().expect("there is one");
    assert_eq!(renewal.cycle.to_string(), "monthly 31");
    assert_eq!((renewal.remind, renewal.auto_renew), (vec![30, 3, 0], true));
    assert_eq!(renewal.paid.unwrap().to_string(), "2026-01-31");
}

#[test]
fn a_preview_names_the_field_and_what_is_allowed_in_both_languages() {
    let table = [
        (("daily", "1", None, "2026-01-01"), "cycle", "weekly"),
        (("weekly", "8", None, "2026-01-01"), "day", "1"),
        (
            ("weekly", "1", Some("2026-13-01"), "2026-01-01"),
            "paid",
            "YYYY-MM-DD",
        ),
        (("weekly", "1", None, "today"), "today", "YYYY-MM-DD"),
    ];
    for ((cycle, day, paid, today), field, allowed) in table {
        let error = renewals::preview(cycle, day, paid, today).unwrap_err();
        assert_eq!(error.field, field);
        for lang in [Lang::Zh, Lang::En] {
            assert!(error.allowed(lang).contains(allowed), "{}", error.allowed(lang));
        }
        let told = ApiError::from(error);
        assert_eq!(told.code, ErrorCode::BadRequest);
        assert!(told.detail.starts_with(field), "{told}");
    }
}

async fn opened(stage: &Stage, text: &str) -> App {
    let app = stage.app().await;
    let request = Request::Apply {
        text: text.to_owned(),
        prune: false,
    };
    ask(&app, request).await;
    app
}

async fn listed(face: &dyn Face) -> RenewalsView {
    match ask(face, Request::Renewals { lang: Lang::En }).await {
        Response::Renewals(view) => view,
        other => panic!("{other:?}"),
    }
}

fn id(text: &str) -> RenewalId {
    text.parse().unwrap()
}

async fn mark(face: &dyn Face, renewal: &str, date: Option<&str>) -> RenewedView {
    let request = Request::MarkRenewed(RenewalMark {
        renewal: id(renewal),
        date: date.map(str::to_owned),
    });
    match ask(face, request).await {
        Response::Renewed(view) => view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_list_is_sorted_and_its_totals_keep_currencies_apart() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let text = r#"
        [[renewal]]
        id = "far"
        cycle = "once"
        day = "9999-01-01"
        amount = "5000 CNY"
        [[renewal]]
        id = "near"
        cycle = "every 1 days"
        day = "2020-01-01"
        amount = "1 USD"
        [[renewal]]
        id = "year"
        cycle = "every 12 months"
        day = "9998-01-01"
        amount = "120 CNY"
        [[renewal]]
        id = "off"
        cycle = "monthly"
        day = "1"
        amount = "7 EUR"
        enabled = false
    "#;
    let app = opened(&stage, text).await;
    let view = listed(&app).await;
    let ids: Vec<&str> = view.renewals.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((ids.first(), ids.last()), (Some(&"near"), Some(&"far")));
    let near = &view.renewals[0];
    assert_eq!((near.next_due, near.days), (Some(view.today), Some(0)));
    assert_eq!(near.repeats, "every 1 days");
    let totals: Vec<String> = view
        .totals
        .iter()
        .map(|total| format!("{} {}", total.per_month.unwrap(), total.per_year.unwrap()))
        .collect();
    assert_eq!(totals, ["10 CNY 120 CNY", "30.436875 USD 365.2425 USD"]);
    app.stop().await;
}

#[tokio::test]
async fn a_mark_and_its_end_are_answered_with_what_they_came_to() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = opened(&stage, WHOLE).await;
    let marked = mark(&app, "mail", Some("2026-04-30")).await;
    assert_eq!(marked.paid.unwrap().to_string(), "2026-04-30");
    assert_eq!(marked.next_due.unwrap().to_string(), "2026-07-31");
    let cleared = ask(&app, Request::ClearRenewed(RenewalClear { renewal: id("mail") })).await;
    let Response::Renewed(cleared) = cleared else {
        panic!("{cleared:?}")
    };
    assert_eq!(cleared.paid, None);
    for (renewal, date, code, word) in [
        ("nobody", None, ErrorCode::NotFound, "nobody"),
        ("mail", Some("soon"), ErrorCode::BadRequest, "date: allowed is"),
        ("mail", Some("9999-01-01"), ErrorCode::BadRequest, "ten years"),
    ] {
        let request = Request::MarkRenewed(RenewalMark {
            renewal: id(renewal),
            date: date.map(str::to_owned),
        });
        let error = app.handle(request, "test").await.unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.detail.contains(word), "{error}");
    }
    app.stop().await;
}

#[tokio::test]
async fn changing_a_renewal_keeps_what_was_marked() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = opened(&stage, WHOLE).await;
    mark(&app, "mail", Some("2026-04-30")).await;
    let request = Request::Apply {
        text: WHOLE.replace("id = \"mail\"", "id = \"mail\"\nname = \"Mail\""),
        prune: false,
    };
    ask(&app, request).await;
    let view = listed(&app).await;
    let mail = view
        .renewals
        .iter()
        .find(|row| row.id.as_str() == "mail")
        .unwrap();
    assert_eq!(
        (mail.name.as_str(), mail.paid.unwrap().to_string().as_str()),
        ("Mail", "2026-04-30")
    );
    app.stop().await;
}

#[tokio::test]
async fn the_preview_of_the_window_is_the_same_as_the_command_lines() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let request = |today: Option<&str>| {
        Request::RenewalPreview(RenewalPreview {
            cycle: "monthly".to_owned(),
            day: "31".to_owned(),
            paid: Some("2026-01-31".to_owned()),
            today: today.map(str::to_owned),
        })
    };
    let Response::Dues(dues) = ask(&app, request(Some("2026-02-01"))).await else {
        panic!()
    };
    assert_eq!(
        dues,
        renewals::preview("monthly", "31", Some("2026-01-31"), "2026-02-01").unwrap()
    );
    let Response::Dues(now) = ask(&app, request(None)).await else {
        panic!()
    };
    let today = listed(&app).await.today.to_string();
    let counted = renewals::preview("monthly", "31", Some("2026-01-31"), &today).unwrap();
    assert_eq!(now, counted, "from today in the user's zone");
    app.stop().await;
}

#[tokio::test]
async fn the_calendar_file_holds_what_is_switched_on() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let text =
        format!("{WHOLE}\n[[renewal]]\nid = \"off\"\ncycle = \"weekly\"\nday = \"1\"\nenabled = false\n");
    let app = opened(&stage, &text).await;
    let Response::Text(file) = ask(&app, Request::RenewalsIcs { lang: Lang::Zh }).await else {
        panic!()
    };
    assert!(
        file.contains("UID:domain@tidegate\r\n") && file.contains("UID:mail@tidegate\r\n"),
        "{file}"
    );
    assert!(!file.contains("UID:off"), "{file}");
    assert!(
        file.contains("RRULE:FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1\r\n"),
        "{file}"
    );
    assert!(
        file.contains("DESCRIPTION:每年 02-29\\n¥ 68.00\\n运维组\\nat the registrar\r\n"),
        "{file}"
    );
    app.stop().await;
}
