//! The configuration text: every mistake named with its place, none repeating a value; the round trip; plans and merges.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

use std::time::Duration;

use proptest::prelude::*;
use tidegate_api::config::{Change, Fault, merge, nothing, parse, plan, print};
use tidegate_engine::config::{Config, MeterChoice, SecretRef};
use tidegate_guard::{ActionKind, Mode, RestartPolicy};
use tidegate_meter::{Lang, Time};

/// The format of the issue, as it stands there.
const WHOLE: &str = r#"
[[account]]
id = "hw-main"                    # slug; stable
provider = "huawei"
name = "主账号"
site = "auto"                     # auto | china | international
regions = ["cn-north-4"]          # empty = all that the key may enter
interval = "5m"
endpoint = "http://127.0.0.1:18080"   # optional: one base for every service
[account.secret]                  # references only
ak = "env:HW_AK"
sk = "env:HW_SK"

[[channel]]
id = "ops"
kind = "feishu"
url = "env:FEISHU_URL"
secret = "env:FEISHU_SECRET"      # optional
language = "zh-CN"

[[guard]]
id = "hw-main-traffic"
account = "hw-main"
meter = "*"                       # every traffic package of the account, or one meter id
steps = ["70%", "85%", "95%"]
limit = "10 GB"                   # headroom; "98%"; "predictive 5 GB"
action = "stop"
countdown = "60s"
channels = ["ops"]
"#;

const EXTENDED: &str = r#"
[[account]]
id = "hw"
provider = "huawei"
enabled = false
interval = "10m"
interval_near = "1m"
protect = ["srv-never"]
[account.secret]
ak = "vault:hw"
sk = "vault:hw"
security_token = "env:HW_TOKEN"
[account.act.secret]
ak = "vault:hw-act"
sk = "vault:hw-act"
[[account.mapping]]
meter = "pkg-1"
server = "srv-1"
region = "cn-north-4"
name = "官网"

[[channel]]
id = "silent"
kind = "feishu"
enabled = false
url = "vault:hook"
language = "en"
keyword = "潮闸"

[[guard]]
id = "g"
account = "hw"
meter = "pkg-1"
enabled = false
steps = ["20 GB", "2d"]
limit = "predictive 5 GiB"
action = "stop"
countdown = "5m"
bandwidth = "1 Gbit"
forced = true
restart = "again"
start_after_reset = true
[guard.belts]
agreeing = 3
fresh_intervals = 2
window_settle = "2h"
start_grace = "20m"
actions_guard = 1
actions_all = 5
protect = ["srv-2"]
"#;

fn read(text: &str) -> Config {
    parse(text, &nothing()).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// Every finding in both languages, one a line.
fn told(text: &str) -> String {
    let findings = parse(text, &nothing()).expect_err("it has mistakes");
    let both = |lang| {
        findings
            .0
            .iter()
            .map(|finding| finding.render(lang))
            .collect::<Vec<_>>()
            .join("\n")
    };
    format!("{}\n{}", both(Lang::En), both(Lang::Zh))
}

#[test]
fn the_format_of_the_issue_is_read_as_it_says() {
    let config = read(WHOLE);
    let (account, channel, guard) = (&config.accounts[0], &config.channels[0], &config.guards[0]);
    assert_eq!(
        (
            account.id.as_str(),
            account.provider.as_str(),
            account.name.as_str()
        ),
        ("hw-main", "huawei", "主账号")
    );
    assert_eq!(account.secret["ak"], SecretRef::Env("HW_AK".to_owned()));
    assert_eq!(
        (account.interval, account.interval_near),
        (Duration::from_secs(300), Duration::from_secs(120))
    );
    assert_eq!(account.endpoint.as_deref(), Some("http://127.0.0.1:18080"));
    assert_eq!(
        channel.secrets["secret"],
        SecretRef::Env("FEISHU_SECRET".to_owned())
    );
    assert_eq!(
        (guard.meter.clone(), guard.action, guard.mode.clone()),
        (MeterChoice::All, ActionKind::Stop, Mode::Watch)
    );
    assert_eq!(
        guard.steps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["70%", "85%", "95%"]
    );
    assert_eq!(guard.limit.unwrap().to_string(), "10 GB");
}

#[test]
fn every_extension_is_read() {
    let config = read(EXTENDED);
    let (account, guard) = (&config.accounts[0], &config.guards[0]);
    assert_eq!(account.act_secret["sk"], SecretRef::Vault("hw-act".to_owned()));
    assert_eq!(
        (account.mappings.len(), account.protect.len(), account.enabled),
        (1, 1, false)
    );
    assert_eq!(
        (guard.bandwidth_mbit, guard.forced, guard.start_after_reset),
        (Some(1000), true, true)
    );
    assert_eq!(
        (guard.restart, guard.belts.agreeing, guard.belts.actions_all),
        (RestartPolicy::StopAgain, 3, 5)
    );
    assert_eq!(config.channels[0].keyword.as_deref(), Some("潮闸"));
}

#[test]
fn export_and_reading_back_give_the_same_items() {
    for text in [WHOLE, EXTENDED] {
        let config = read(text);
        let printed = print(&config);
        assert_eq!(read(&printed), config, "{printed}");
        assert_eq!(print(&read(&printed)), printed);
    }
    insta::assert_snapshot!("export", print(&read(EXTENDED)));
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    let text = WHOLE
        .replace("limit = ", "limt = ")
        .replace("regions = ", "region_list = ")
        .replace("[[channel]]", "[[chanel]]");
    insta::assert_snapshot!(told(&text));
}

#[test]
fn bad_values_name_their_field_and_what_is_allowed() {
    let text = r#"
[[account]]
id = "Not A Slug"
provider = "huawei"
site = "europe"
regions = ["Beijing Four", 4]
interval = "5 minutes"
interval_near = "1s"
endpoint = "http://example.com/path"
name = ""
protect = "srv"
[account.secret]
ak = "env:AK"
sk = "env:SK"

[[channel]]
id = "c"
kind = "fax"
url = "env:U"
language = "de"
enabled = "yes"

[[guard]]
id = "g"
account = "hw"
steps = ["70 percent", "95%", 3]
limit = "soon"
action = "explode"
countdown = "2h"
bandwidth = "fast"
restart = "maybe"
[guard.belts]
agreeing = 1
actions_guard = 99
window_settle = "1m"
"#;
    insta::assert_snapshot!(told(text));
}

#[test]
fn of_an_account_of_nobody_only_the_provider_is_told() {
    let text = "[[account]]\nid = \"a\"\nprovider = \"hwcloud\"\ninterval = \"soon\"\nsecret = { key = \"env:K\" }\n";
    let told = told(text);
    assert_eq!(told.lines().count(), 2, "one mistake in each language: {told}");
    assert!(told.contains("provider"), "{told}");
}

#[test]
fn missing_fields_are_named() {
    insta::assert_snapshot!(told(
        "[[account]]\nid = \"a\"\n[[channel]]\n[[guard]]\nid = \"g\"\naction = \"stop\"\n"
    ));
}

#[test]
fn a_literal_secret_is_refused_with_a_hint_and_never_repeated() {
    let canary = "FAKE-CANARY-9f8e7d6c5b4a";
    let text = WHOLE
        .replace("env:HW_SK", canary)
        .replace(
            "env:FEISHU_URL",
            &format!("https://open.feishu.cn/open-apis/bot/v2/hook/{canary}"),
        )
        .replace("env:FEISHU_SECRET", &format!("vault:{canary}/with spaces"));
    let findings = parse(&text, &nothing()).unwrap_err();
    assert_eq!(
        findings
            .0
            .iter()
            .filter(|finding| finding.fault == Fault::LiteralSecret)
            .count(),
        3
    );
    let everything = format!(
        "{}{findings:?}{findings}{}",
        told(&text),
        serde_json::to_string(&findings.0).unwrap()
    );
    assert!(!everything.contains("CANARY"), "{everything}");
    insta::assert_snapshot!(told(&text));
}

#[test]
fn a_secret_in_any_wrong_place_is_not_repeated() {
    let canary = "FAKE-CANARY-9f8e7d6c5b4a";
    let places = [
        WHOLE.replace("\"5m\"", &format!("\"{canary}\"")),
        WHOLE.replace("\"auto\"", &format!("\"{canary}\"")),
        WHOLE.replace("\"10 GB\"", &format!("\"{canary}\"")),
        WHOLE.replace("\"70%\"", &format!("\"{canary}\"")),
        WHOLE.replace("http://127.0.0.1:18080", &format!("https://{canary}@x.example")),
        WHOLE.replace("\"hw-main\"", &format!("\"{canary}\"")),
        WHOLE.replace("ak = \"env:HW_AK\"", &format!("ak = \"{canary}")),
        WHOLE.replace("ak = \"env:HW_AK\"", &format!("ak = {canary}")),
        WHOLE.replace("[account.secret]", "").replace("ak =", "secret ="),
        WHOLE.replace(
            "secret = \"env:FEISHU_SECRET\"",
            &format!("secrets = \"{canary}\""),
        ),
    ];
    for text in places {
        let Err(findings) = parse(&text, &nothing()) else {
            panic!("accepted: {text}")
        };
        let everything = format!("{}{findings:?}{findings}", told(&text));
        assert!(!everything.contains("CANARY"), "{everything}");
    }
}

#[test]
fn duplicate_ids_and_dangling_references_are_named() {
    let text = format!(
        "{WHOLE}\n[[guard]]\nid = \"hw-main-traffic\"\naccount = \"gone\"\nchannels = [\"ops\", \"pager\"]\n"
    );
    insta::assert_snapshot!(told(&text));
}

#[test]
fn broken_toml_is_named_by_its_line() {
    let findings = parse("[[account]]\nid = \"a\nprovider = \"huawei\"\n", &nothing()).unwrap_err();
    assert_eq!(findings.0[0].line, 2);
    assert!(matches!(findings.0[0].fault, Fault::Syntax { .. }));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_lines() {
    let text = WHOLE
        .replace("\"5m\"", "\"x\"")
        .replace("\"10 GB\"", "\"x\"")
        .replace("feishu\"", "fax\"");
    let findings = parse(&text, &nothing()).unwrap_err();
    let lines: Vec<usize> = findings.0.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [8, 16, 26]);
}

#[test]
fn a_guard_may_name_what_is_configured_already() {
    let known = read(WHOLE);
    let text = "[[guard]]\nid = \"second\"\naccount = \"hw-main\"\nchannels = [\"ops\"]\n";
    assert!(parse(text, &nothing()).is_err());
    assert_eq!(parse(text, &known).unwrap().guards.len(), 1);
}

#[test]
fn editing_one_item_never_removes_another() {
    let current = read(WHOLE);
    let text = "[[channel]]\nid = \"night\"\nkind = \"feishu\"\nurl = \"env:U\"\n";
    let next = merge(&current, &parse(text, &current).unwrap(), false);
    assert_eq!(
        (next.accounts.len(), next.channels.len(), next.guards.len()),
        (1, 2, 1)
    );
    let plan = plan(&current, &next, &[]);
    assert!(plan.items.iter().all(|item| item.change != Change::Remove));
}

#[test]
fn pruning_removes_what_is_not_named_and_says_so() {
    let current = read(WHOLE);
    let next = merge(&current, &parse("", &current).unwrap(), true);
    assert_eq!(next, nothing());
    assert!(
        plan(&current, &next, &[])
            .items
            .iter()
            .all(|item| item.change == Change::Remove)
    );
}

#[test]
fn applying_what_was_exported_changes_nothing_and_keeps_an_armed_guard_armed() {
    let mut current = read(WHOLE);
    current.guards[0].mode = Mode::Armed {
        until: Time::from_ms(9),
        targets: Vec::new(),
    };
    let next = merge(&current, &parse(&print(&current), &current).unwrap(), false);
    assert_eq!(next, current);
    assert!(plan(&current, &next, &[]).is_empty());
}

#[test]
fn a_plan_names_the_fields_that_change() {
    let current = read(WHOLE);
    let next = merge(
        &current,
        &read(&WHOLE.replace("10 GB", "12 GB").replace("\"60s\"", "\"90s\"")),
        false,
    );
    let plan = plan(&current, &next, &["hw-main-traffic".to_owned()]);
    let guard = plan
        .items
        .iter()
        .find(|item| item.id == "hw-main-traffic")
        .unwrap();
    let mut fields = guard.fields.clone();
    fields.sort();
    assert_eq!(
        (fields.as_slice(), guard.change, guard.disarmed),
        (
            ["countdown", "limit"].map(str::to_owned).as_slice(),
            Change::Change,
            true
        )
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall_over(text in "[\\[\\]a-z=\"0-9 \n.{}]{0,200}") {
        let _ = parse(&text, &nothing());
    }

    #[test]
    fn a_cut_configuration_is_read_or_refused(cut in 0_usize..WHOLE.len()) {
        if let Some(text) = WHOLE.get(..cut) {
            let _ = parse(text, &nothing());
        }
    }
}

const VOLCENGINE: &str = r#"[[account]]
id = "volc"
provider = "volcengine"
regions = ["cn-beijing", "cn-shanghai"]
protect = ["60000009"]
params = { bill_basis = "discounted", policies = "ArkFullAccess, TOSFullAccess" }
secret = { ak = "vault:volc", sk = "vault:volc" }

[account.act]
secret = { ak = "vault:volc-act", sk = "vault:volc-act" }

[[guard]]
id = "volc-quotas"
account = "volc"
meter = "*"
steps = ["50%", "80%", "99.5%"]
limit = "100%"
action = "stop"

[[guard]]
id = "volc-bob"
account = "volc"
meter = "quota-60000001"
steps = ["50%"]
"#;

#[test]
fn an_account_of_volcengine_and_guards_of_its_quotas_come_back_as_they_were_printed() {
    let items = parse(VOLCENGINE, &nothing()).expect("reads");
    let configured = merge(&nothing(), &items, false);
    let account = configured.accounts.first().expect("reads");
    assert_eq!(account.interval, Duration::from_secs(3600));
    assert_eq!(account.site, "");
    let printed = print(&configured);
    assert!(!printed.contains("site"), "{printed}");
    let again = parse(&printed, &nothing()).expect("reads");
    assert_eq!(merge(&nothing(), &again, false), configured);
}

#[test]
fn what_volcengine_does_not_know_is_told_by_its_field() {
    let text = VOLCENGINE
        .replace("\"discounted\"", "\"list\"")
        .replace("ArkFullAccess, TOSFullAccess", "ArkFullAccess,,")
        .replace(
            "protect = [\"60000009\"]",
            "site = \"china\"\nprotect = [\"60000009\"]",
        );
    let findings = parse(&text, &nothing()).expect_err("mistakes");
    let told: Vec<String> = findings
        .0
        .iter()
        .map(|finding| finding.render(Lang::En))
        .collect();
    for line in [
        "account[0].site: unknown key",
        "account[0].params.bill_basis: not allowed; use payable | discounted | original",
        "account[0].params.policies: not allowed; use names of policies separated by commas",
    ] {
        assert!(told.iter().any(|told| told.contains(line)), "{line}: {told:#?}");
    }
    assert_eq!(told.len(), 3, "{told:#?}");
}
