//! The language: every mistake by line and field, and what each expression makes of an answer.

use tidegate_meter::Lang;
use tidegate_providers::specs::{Bodies, Spec};

use crate::examples::told;

/// A spec of one request around a metric's lines.
fn around(metric: &str, body: &str) -> String {
    format!(
        r#"id = "mine"
name = {{ zh = "我的", en = "Mine" }}
category = "data"
docs_url = "https://api.example.com/docs"

[[param]]
key = "key"
label = "Key"
secret = true

[auth]
kind = "bearer"
param = "key"

[[request]]
id = "b"
url = "https://api.example.com/balance"

[[metric]]
id = "balance"
kind = "balance"
name = "Balance"
{metric}

[[example]]
at = "2025-11-20T08:00:00Z"
headers = {{ b = {{ userinfo = "upload=10; download=5;total=100" }} }}

[example.bodies]
b = '''{body}'''

[example.expect]
balance = "-"
"#
    )
}

fn shows(metric: &str, body: &str) -> String {
    let text = around(metric, body);
    let spec = Spec::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes}: {:#?}", mistakes.0));
    let example = &spec.examples[0];
    let told = told(&spec, example, &Bodies::of_example(&spec, example));
    told.into_iter()
        .map(|(id, value)| format!("{id}={value}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn mistakes(text: &str) -> Vec<String> {
    let mistakes = Spec::parse(text)
        .err()
        .map(|mistakes| mistakes.0)
        .unwrap_or_default();
    mistakes.iter().map(|mistake| mistake.render(Lang::En)).collect()
}

#[test]
fn numbers_are_exact_and_only_what_is_one() {
    let value = "unit = \"USD\"\nvalue = { ptr = \"/a\" }";
    assert_eq!(shows(value, r#"{"a":0.1}"#), "balance=0.1 USD");
    assert_eq!(
        shows(value, r#"{"a":123456789012.123456}"#),
        "balance=123456789012.123456 USD"
    );
    assert_eq!(shows(value, r#"{"a":-0.5}"#), "balance=-0.5 USD");
    assert_eq!(shows(value, r#"{"a":1e2}"#), "balance=100 USD");
    for body in [
        r#"{"a":null}"#,
        "{}",
        r#"{"a":"1,234"}"#,
        r#"{"a":true}"#,
        r#"{"a":[1]}"#,
        r#"{"a":1e300}"#,
        "[]",
    ] {
        assert_eq!(shows(value, body), "balance=blind shape", "{body}");
    }
    let thousands = "unit = \"USD\"\nvalue = { ptr = \"/a\", thousands = true }";
    assert_eq!(shows(thousands, r#"{"a":"10,000.00"}"#), "balance=10000 USD");
}

#[test]
fn expressions_reckon_without_rounding() {
    let with = |value: &str, body: &str| shows(&format!("unit = \"USD\"\nvalue = {value}"), body);
    let body = r#"{"a":0.3,"b":0.1,"list":[{"t":1,"v":5},{"t":2,"v":7}],"text":"left: -1,234.5 points"}"#;
    assert_eq!(
        with(r#"{ sub = [{ ptr = "/a" }, { ptr = "/b" }] }"#, body),
        "balance=0.2 USD"
    );
    assert_eq!(
        with(r#"{ div = [{ mul = [{ ptr = "/a" }, 100] }, 3] }"#, body),
        "balance=10 USD"
    );
    assert_eq!(
        with(r#"{ neg = { add = [{ ptr = "/a" }, 0.7] } }"#, body),
        "balance=-1 USD"
    );
    assert_eq!(with(r#"{ sum = { ptr = "/list/*/v" } }"#, body), "balance=12 USD");
    assert_eq!(
        with(r#"{ first = [{ ptr = "/none" }, { ptr = "/b" }] }"#, body),
        "balance=0.1 USD"
    );
    let pick = r#"{ pick = { ptr = "/list", where = { ptr = "/t", eq = 2 }, get = "/v" } }"#;
    assert_eq!(with(pick, body), "balance=7 USD");
    assert_eq!(
        with(pick, r#"{"list":[{"t":2,"v":7},{"t":2,"v":9}]}"#),
        "balance=blind shape"
    );
    let pattern = r#"{ re = { ptr = "/text", pattern = "^left: (-?[0-9,.]+) points$" } }"#;
    assert_eq!(with(pattern, body), "balance=-1234.5 USD");
    assert_eq!(
        with(pattern, r#"{"text":"3rd query, left: 100 points"}"#),
        "balance=blind shape"
    );
    let header = r#"{ sub = [{ hkv = { header = "userinfo", key = "total" } }, { hkv = { header = "userinfo", key = "upload" } }] }"#;
    assert_eq!(with(header, "{}"), "balance=90 USD");
    assert_eq!(
        with(r#"{ div = [1, { ptr = "/a" }] }"#, r#"{"a":0}"#),
        "balance=blind shape"
    );
    assert_eq!(with(r#"{ ptr = "/none", default = 3 }"#, body), "balance=3 USD");
}

#[test]
fn currencies_are_never_added() {
    let sum = r#"unit = "USD"
value = { sum = { ptr = "/rows/*/v", all = { ptr = "/rows/*/c", eq = "USD" } } }"#;
    assert_eq!(
        shows(sum, r#"{"rows":[{"v":1,"c":"USD"},{"v":2,"c":"USD"}]}"#),
        "balance=3 USD"
    );
    assert_eq!(
        shows(sum, r#"{"rows":[{"v":1,"c":"USD"},{"v":2,"c":"EUR"}]}"#),
        "balance=blind shape"
    );
    assert_eq!(
        shows(sum, r#"{"rows":[{"v":1,"c":"USD"},{"v":2}]}"#),
        "balance=blind shape"
    );
    let table = r#"unit = { table = { columns = "/c", rows = "/r", column = "Cur" } }
value = { table = { columns = "/c", rows = "/r", column = "Cost", same = "Cur" } }"#;
    let columns = r#""c":[{"name":"Cost"},{"name":"Cur"}]"#;
    assert_eq!(
        shows(table, &format!(r#"{{{columns},"r":[[1,"EUR"],[2.5,"EUR"]]}}"#)),
        "balance=3.5 EUR"
    );
    assert_eq!(
        shows(table, &format!(r#"{{{columns},"r":[[1,"EUR"],[2.5,"USD"]]}}"#)),
        "balance=blind shape"
    );
}

#[test]
fn a_unit_is_told_mapped_or_the_amount_is_none() {
    let told = "unit = { ptr = \"/c\" }\nvalue = { ptr = \"/a\" }";
    assert_eq!(shows(told, r#"{"a":1,"c":"usd"}"#), "balance=1 USD");
    assert_eq!(shows(told, r#"{"a":1,"c":"dollars"}"#), "balance=blind shape");
    assert_eq!(shows(told, r#"{"a":1}"#), "balance=blind shape");
    let map = "unit = { map = { ptr = \"/c\" }, to = { yuan = \"CNY\" }, default = \"USD\" }\nvalue = { ptr = \"/a\" }";
    assert_eq!(shows(map, r#"{"a":1,"c":"yuan"}"#), "balance=1 CNY");
    assert_eq!(shows(map, r#"{"a":1}"#), "balance=1 USD");
    assert_eq!(
        shows(map, r#"{"a":1,"c":"TOKENS"}"#),
        "balance=blind shape",
        "an unknown name is not the default"
    );
}

#[test]
fn null_is_absent_only_where_the_spec_says_so_and_unlimited_is_never_zero() {
    let absent = "unit = \"USD\"\nvalue = { ptr = \"/a\" }\nnull = \"absent\"";
    assert_eq!(shows(absent, r#"{"a":null}"#), "");
    assert_eq!(shows(absent, r#"{"a":"soon"}"#), "balance=blind shape");
    let unlimited = "unit = \"USD\"\nvalue = { ptr = \"/a\" }\nunlimited = { ptr = \"/u\", eq = true }";
    assert_eq!(shows(unlimited, r#"{"a":0,"u":true}"#), "");
    assert_eq!(shows(unlimited, r#"{"a":0,"u":false}"#), "balance=0 USD");
    let used = format!("{unlimited}\nused = {{ ptr = \"/s\" }}");
    assert_eq!(shows(&used, r#"{"a":0,"u":true,"s":12}"#), "balance=used 12 USD");
}

#[test]
fn rows_become_meters_of_their_own() {
    let each = r#"each = { ptr = "/rows" }
label = "/name"
unit = "credits"
value = { sub = [{ ptr = "/all" }, { ptr = "/used" }] }
only = [{ ptr = "/all", gt = 0 }]
null = "absent""#;
    let rows = r#"{"rows":[{"name":"web 1","all":10,"used":4},{"name":"new","all":0,"used":null}]}"#;
    assert_eq!(shows(each, rows), "balance.web%201=6 credits");
    assert_eq!(
        shows(
            each,
            r#"{"rows":[{"name":"a","all":1,"used":0},{"name":"a","all":2,"used":0}]}"#
        ),
        "*=blind shape"
    );
    assert_eq!(shows(each, "{}"), "*=blind shape");
}

/// A change of the good spec, and how its mistake is told.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "category = \"data\"",
        "category = \"bank\"",
        "line 3, category: not allowed; use ai | gateway | data | cloud | network",
    ),
    (
        "kind = \"bearer\"",
        "kind = \"bear\"",
        "line 12, auth.kind: not allowed; use none | bearer",
    ),
    (
        "param = \"key\"",
        "param = \"kye\"",
        "line 13, auth.param: nothing has this name; there are: key",
    ),
    (
        "https://api.example.com/balance",
        "http://api.example.com/balance",
        "line 17, request[0].url: not allowed",
    ),
    (
        "https://api.example.com/balance",
        "https://api.example.com/{param.key}",
        "line 17, request[0].url: not allowed",
    ),
    (
        "https://api.example.com/balance",
        "https://api.example.com/a/../b",
        "line 17, request[0].url: not allowed",
    ),
    (
        "unit = \"USD\"",
        "unit = \"dollar\"",
        "line 23, metric[0].unit: not allowed; use a unit",
    ),
    (
        "ptr = \"/a\"",
        "ptr = \"a\"",
        "line 24, metric[0].value.ptr: not allowed; use a pointer",
    ),
    (
        "ptr = \"/a\"",
        "ptr = \"/a\", req = \"x\"",
        "line 24, metric[0].value.req: nothing has this name; there are: b",
    ),
    (
        "{ ptr = \"/a\" }",
        "{ re = { ptr = \"/a\", pattern = \"([0-9]+)\" } }",
        "line 24, metric[0].value.re.pattern: not allowed; use a pattern",
    ),
    (
        "kind = \"balance\"",
        "kind = \"money\"",
        "line 21, metric[0].kind: not allowed; use balance",
    ),
    (
        "secret = true",
        "secret = true\ndefault = \"FAKE\"",
        "line 10, param[0].default: not allowed",
    ),
    (
        "b = '''{}'''",
        "c = '''{}'''",
        "line 31, example[0].bodies.c: nothing has this name; there are: b",
    ),
    ("id = \"mine\"", "id = \"huawei\"", "line 1, id: not allowed"),
    (
        "label = \"Key\"",
        "label = \"Key\"\ncolour = \"red\"",
        "line 9, param[0].colour: unknown key; known here: key, label",
    ),
];

#[test]
fn every_mistake_is_told_with_its_line_and_field() {
    let good = around("unit = \"USD\"\nvalue = { ptr = \"/a\" }", "{}");
    assert_eq!(mistakes(&good), Vec::<String>::new());
    for (from, to, wanted) in MISTAKES {
        let told = mistakes(&good.replacen(from, to, 1));
        assert!(
            told.iter().any(|line| line.starts_with(wanted)),
            "{to}: {told:#?}"
        );
    }
    let two = mistakes(
        &good
            .replace("\"data\"", "\"bank\"")
            .replace("\"USD\"", "\"dollar\""),
    );
    assert_eq!(two.len(), 2, "one look tells all: {two:#?}");
}

#[test]
fn what_is_endless_or_deep_is_refused() {
    let deep = format!("{}1{}", "{ neg = ".repeat(12), " }".repeat(12));
    let told = mistakes(&around(&format!("unit = \"USD\"\nvalue = {deep}"), "{}"));
    assert!(
        told.iter().any(|line| line.contains("at most 8 levels")),
        "{told:#?}"
    );
    let long = format!("# {}", "x".repeat(70_000));
    assert_eq!(mistakes(&long), ["line 1: too long; at most 65536"]);
    assert!(mistakes("id = ")[0].starts_with("line 1: this is no TOML"));
}

#[test]
fn a_secret_in_the_wrong_place_is_never_repeated() {
    let text = around("unit = \"USD\"\nvalue = { ptr = \"/a\" }", "{}")
        .replace("secret = true", "secret = \"FAKE-in-clear\"");
    let told = mistakes(&text).join("\n");
    assert!(
        told.contains("param[0].secret") && !told.contains("FAKE-in-clear"),
        "{told}"
    );
}

#[test]
fn mistakes_are_told_in_chinese_too() {
    let text = around("value = { ptr = \"/a\" }", "{}");
    let mistakes = Spec::parse(&text).unwrap_err();
    assert_eq!(
        mistakes.0[0].render(Lang::Zh),
        "第 19 行 metric[0].unit：缺少这一项"
    );
}
