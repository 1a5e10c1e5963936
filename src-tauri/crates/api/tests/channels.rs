//! The kinds of channels in the configuration: each is read, printed and read back the same; each fault names its field
//! and what is allowed.
#![expect(clippy::panic, reason = "a test may fall over; that is its answer")]

use tidegate_api::config::{Fault, Finding, nothing, parse, print};
use tidegate_meter::Lang;

/// One of every kind, with every field.
const ALL: &str = r#"
[[channel]]
id = "a-feishu"
kind = "feishu"
url = "env:URL"
secret = "vault:ops"
keyword = "潮闸"
mention = ["all"]
severity = "warning"

[[channel]]
id = "b-ding"
kind = "dingtalk"
url = "env:URL"
secret = "env:SECRET"
mention = ["13800000000", "all"]

[[channel]]
id = "c-wecom"
kind = "wecom"
url = "env:URL"

[[channel]]
id = "d-telegram"
kind = "telegram"
token = "vault:tg"
chat_id = "-1001234567890"
thread_id = "7"
base = "https://telegram.example/api"

[[channel]]
id = "e-slack"
kind = "slack"
url = "env:URL"
language = "en"

[[channel]]
id = "f-webhook"
kind = "webhook"
url = "env:URL"
authorization = "env:AUTH"
method = "PUT"
template = '{"a": "{{title}}", "b": ["{{text}}"]}'
ok_pointer = "/code"
ok_equals = "0"
[channel.headers]
X-Team = "env:TEAM"

[[channel]]
id = "g-mail"
kind = "smtp"
host = "smtp.example.com"
port = 2525
tls = "starttls"
username = "ops@example.com"
password = "vault:mail"
from = "潮闸 <ops@example.com>"
to = ["one@example.org", "Two <two@example.org>"]
severity = "critical"
"#;

fn findings(text: &str) -> Vec<Finding> {
    match parse(text, &nothing()) {
        Ok(config) => panic!("it is read: {config:?}"),
        Err(findings) => findings.0,
    }
}

#[test]
fn every_kind_is_read_and_printed_and_read_back_the_same() {
    let config = parse(ALL, &nothing()).unwrap();
    assert_eq!(config.channels.len(), 7);
    let printed = print(&config);
    assert_eq!(
        parse(&printed, &nothing()).unwrap().channels,
        config.channels,
        "{printed}"
    );
    let webhook = config
        .channels
        .iter()
        .find(|channel| channel.kind == "webhook")
        .unwrap();
    let fields: Vec<&str> = webhook.secrets.keys().map(String::as_str).collect();
    assert_eq!(fields, ["authorization", "header.X-Team", "url"]);
    let mail = config
        .channels
        .iter()
        .find(|channel| channel.kind == "smtp")
        .unwrap();
    assert_eq!(
        mail.params.get("to").unwrap(),
        "one@example.org\nTwo <two@example.org>"
    );
}

/// A channel of a kind with some fields, and the path and words of what is wrong with it.
fn fault(fields: &str) -> String {
    let text = format!("[[channel]]\nid = \"x\"\n{fields}\n");
    let told: Vec<String> = findings(&text)
        .iter()
        .map(|finding| finding.render(Lang::En))
        .collect();
    told.join("; ")
}

/// Fields of a channel, the one that is wrong, and a word of what is told of it.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("kind = \"pigeon\"", "kind", "dingtalk"),
    ("kind = \"wecom\"", "url", "missing"),
    ("kind = \"wecom\"\nurl = \"https://FAKE\"", "url", "env:NAME"),
    (
        "kind = \"wecom\"\nurl = \"env:U\"\nsecret = \"env:S\"",
        "secret",
        "unknown key",
    ),
    ("kind = \"telegram\"\ntoken = \"env:T\"", "chat_id", "missing"),
    (
        "kind = \"telegram\"\ntoken = \"env:T\"\nchat_id = \"ops\"",
        "chat_id",
        "@name",
    ),
    (
        "kind = \"telegram\"\ntoken = \"env:T\"\nchat_id = \"5\"\nbase = \"http://x.example\"",
        "base",
        "https",
    ),
    (
        "kind = \"slack\"\nurl = \"env:U\"\nmention = [\"a b\"]",
        "mention[0]",
        "all",
    ),
    (
        "kind = \"webhook\"\nurl = \"env:U\"\ntemplate = '{\"a\": \"{{tilte}}\"}'",
        "template",
        "{{tilte}}",
    ),
    (
        "kind = \"webhook\"\nurl = \"env:U\"\ntemplate = '{\"a\": {{title}}}'",
        "template",
        "quotes",
    ),
    (
        "kind = \"webhook\"\nurl = \"env:U\"\nok_pointer = \"/code\"",
        "ok_equals",
        "missing",
    ),
    (
        "kind = \"webhook\"\nurl = \"env:U\"\nheaders = { Host = \"env:H\" }",
        "headers.Host",
        "header",
    ),
    (
        "kind = \"webhook\"\nurl = \"env:U\"\nmethod = \"GET\"",
        "method",
        "POST | PUT",
    ),
    (
        "kind = \"smtp\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]",
        "host",
        "missing",
    ),
    (
        "kind = \"smtp\"\nhost = \"h.example\"\nfrom = \"a\"\nto = [\"b@example.com\"]",
        "from",
        "mail address",
    ),
    (
        "kind = \"smtp\"\nhost = \"h.example\"\nfrom = \"a@example.com\"\nto = []",
        "to",
        "mail address",
    ),
    (
        "kind = \"smtp\"\nhost = \"h.example\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\ntls = \"none\"",
        "tls",
        "implicit | starttls",
    ),
    (
        "kind = \"smtp\"\nhost = \"h.example\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\nusername = \"u\"",
        "password",
        "missing",
    ),
];

#[test]
fn a_fault_names_its_field_and_what_is_allowed() {
    for (fields, path, word) in MISTAKES {
        let told = fault(fields);
        assert!(
            told.contains(&format!("channel[0].{path}: ")) && told.contains(word),
            "{fields}: {told}"
        );
        assert!(!told.contains("FAKE"), "{told}");
    }
}

#[test]
fn both_languages_name_a_wrong_placeholder() {
    let text =
        "[[channel]]\nid = \"x\"\nkind = \"webhook\"\nurl = \"env:U\"\ntemplate = '{\"a\": \"{{tilte}}\"}'\n";
    let findings = findings(text);
    assert!(matches!(findings.first().unwrap().fault, Fault::Template(_)));
    for lang in [Lang::Zh, Lang::En] {
        let told = findings.first().unwrap().render(lang);
        assert!(told.contains("{{tilte}}") && told.contains("severity"), "{told}");
    }
}
