//! A configuration told by variables alone: the same items, the same mistakes, and no secret in any text.
#![expect(clippy::unwrap_used, reason = "a test may fall over; that is its answer")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use tidegate_api::config::{
    Findings, environment, environment_beside, nothing, of_environment, parse, parse_beside,
};
use tidegate_api::words::Lang;

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    of_environment(pairs.iter().map(owned).collect())
}

fn text(pairs: &[(&str, &str)]) -> Result<String, Findings> {
    environment(&variables(pairs))
}

fn mistakes(pairs: &[(&str, &str)]) -> Vec<String> {
    let findings = text(pairs).unwrap_err();
    findings
        .0
        .iter()
        .map(|finding| finding.render(Lang::En))
        .collect()
}

const ACCOUNT: [(&str, &str); 4] = [
    ("TIDEGATE_ACCOUNT_1_PROVIDER", "huawei"),
    ("TIDEGATE_ACCOUNT_1_NAME", "主账号"),
    ("TIDEGATE_ACCOUNT_1_SECRET_AK", "FAKE-CANARY-ak"),
    ("TIDEGATE_ACCOUNT_1_SECRET_SK", "FAKE-CANARY-sk"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = ACCOUNT.to_vec();
    all.extend(more);
    all
}

#[test]
fn variables_become_the_items_that_a_file_would_tell() {
    let told = text(&with(&[
        ("TIDEGATE_ACCOUNT_1_REGIONS", "cn-north-4, ap-southeast-1"),
        ("TIDEGATE_ACCOUNT_1_INTERVAL", "10m"),
        ("TIDEGATE_ACCOUNT_1_THRESHOLD", "20 GB, 85%"),
        ("TIDEGATE_ACCOUNT_7_ID", "second"),
        ("TIDEGATE_ACCOUNT_7_PROVIDER", "huawei"),
        ("TIDEGATE_ACCOUNT_7_ENABLED", "false"),
        ("TIDEGATE_ACCOUNT_7_SECRET_AK_FILE", "/run/secrets/ak"),
        ("TIDEGATE_ACCOUNT_7_SECRET_SK", "env:OTHER"),
        ("TIDEGATE_CHANNEL_1_KIND", "feishu"),
        ("TIDEGATE_CHANNEL_1_URL", "https://open.feishu.cn/FAKE-CANARY"),
        ("TIDEGATE_CHANNEL_1_LANGUAGE", "en"),
    ]))
    .unwrap();
    let file = r#"
        [[account]]
        id = "account-1"
        provider = "huawei"
        name = "主账号"
        interval = "10m"
        regions = ["cn-north-4", "ap-southeast-1"]
        secret = { ak = "env:TIDEGATE_ACCOUNT_1_SECRET_AK", sk = "env:TIDEGATE_ACCOUNT_1_SECRET_SK" }
        [[account]]
        id = "second"
        provider = "huawei"
        enabled = false
        secret = { ak = "env:TIDEGATE_ACCOUNT_7_SECRET_AK", sk = "env:OTHER" }
        [[channel]]
        id = "channel-1"
        kind = "feishu"
        url = "env:TIDEGATE_CHANNEL_1_URL"
        language = "en"
        [[guard]]
        id = "account-1-threshold"
        account = "account-1"
        steps = ["20 GB", "85%"]
    "#;
    assert_eq!(parse(&told, &nothing()), parse(file, &nothing()));
    assert!(!told.contains("CANARY"), "{told}");
}

#[test]
fn a_mistake_names_its_variable_and_never_its_value() {
    let told = mistakes(&with(&[
        ("TIDEGATE_ACCOUNT_1_INTERVALL", "FAKE-CANARY"),
        ("TIDEGATE_ACCOUNT_1_INTERVAL", "FAKE-CANARY often"),
        ("TIDEGATE_ACCOUNT_1_ENABLED", "FAKE-CANARY perhaps"),
        ("TIDEGATE_ACCOUNT_1_THRESHOLD", "FAKE-CANARY few"),
        ("TIDEGATE_ACCOUNT_2_SECRET_AK", "FAKE-CANARY"),
    ]));
    let of = |variable: &str| told.iter().any(|line| line.starts_with(&format!("{variable}: ")));
    assert!(of("TIDEGATE_ACCOUNT_1_INTERVAL"), "{told:#?}");
    assert!(of("TIDEGATE_ACCOUNT_1_ENABLED"), "{told:#?}");
    assert!(of("TIDEGATE_ACCOUNT_1_THRESHOLD"), "{told:#?}");
    assert!(of("TIDEGATE_ACCOUNT_2_PROVIDER"), "{told:#?}");
    let misspelt = "TIDEGATE_ACCOUNT_1_INTERVALL: unknown key; did you mean `TIDEGATE_ACCOUNT_1_INTERVAL`?";
    assert!(told.iter().any(|line| line == misspelt), "{told:#?}");
    assert!(!told.join("\n").contains("CANARY"), "{told:#?}");
}

#[test]
fn a_misspelt_family_or_a_missing_number_is_refused_with_the_nearest() {
    let told = mistakes(&with(&[
        ("TIDEGATE_ACCOUT_2_PROVIDER", "huawei"),
        ("TIDEGATE_CHANNEL_KIND", "feishu"),
        ("TIDEGATE_RENEWAL_0_CYCLE", "monthly"),
        ("TIDEGATE_ACCOUNT_1_THRESHOLT", "20 GB"),
    ]));
    let nearest = |name: &str, nearest: &str| format!("{name}: unknown key; did you mean `{nearest}`?");
    assert_eq!(
        told,
        [
            nearest("TIDEGATE_ACCOUT_2_PROVIDER", "TIDEGATE_ACCOUNT_2_PROVIDER"),
            nearest("TIDEGATE_CHANNEL_KIND", "TIDEGATE_CHANNEL_1_ID"),
            nearest("TIDEGATE_RENEWAL_0_CYCLE", "TIDEGATE_RENEWAL_1_CYCLE"),
            nearest("TIDEGATE_ACCOUNT_1_THRESHOLT", "TIDEGATE_ACCOUNT_1_THRESHOLD"),
        ]
    );
}

#[test]
fn a_mounted_file_for_what_is_no_secret_is_refused() {
    let told = mistakes(&with(&[("TIDEGATE_ACCOUNT_1_INTERVAL_FILE", "/run/interval")]));
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].starts_with("TIDEGATE_ACCOUNT_1_INTERVAL_FILE: "),
        "{told:#?}"
    );
    let mounted = with(&[("TIDEGATE_ACCOUNT_1_KEYWORD_FILE", "/run/name")]);
    assert!(text(&mounted).is_err());
    let named = [
        ("TIDEGATE_CHANNEL_1_KIND", "desktop"),
        ("TIDEGATE_CHANNEL_1_ID_FILE", "/run/id"),
    ];
    assert!(text(&named).is_err());
}

#[test]
fn variables_of_the_program_and_of_a_cluster_s_service_are_left_alone() {
    let others = [
        ("TIDEGATE_HOME", "/data"),
        ("TIDEGATE_VAULT", "env"),
        ("TIDEGATE_VAULT_PASSPHRASE", "FAKE"),
        ("TIDEGATE_SECRET_HW_MAIN_AK", "FAKE"),
        ("TIDEGATE_SERVICE_HOST", "10.0.0.1"),
        ("TIDEGATE_PORT", "tcp://10.0.0.1:8080"),
        ("TIDEGATE_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("PATH", "/usr/bin"),
    ];
    assert_eq!(variables(&others), BTreeMap::new());
    assert_eq!(variables(&with(&others)).len(), ACCOUNT.len());
}

#[test]
fn the_documented_example_is_sound() {
    let page = include_str!("../../../../docs/behaviour/configuration.md");
    let (_, rest) = page.split_once("```sh\nTIDEGATE_").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let whole = format!("TIDEGATE_{example}");
    let pairs: Vec<(&str, &str)> = whole
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    assert!(pairs.len() > 8);
    let told = text(&pairs).unwrap();
    let config = parse(&told, &nothing()).unwrap();
    assert_eq!((config.accounts.len(), config.channels.len()), (2, 1));
}

proptest! {
    /// Whatever stands in the environment: items or mistakes, never a panic, and never a value in a mistake.
    #[test]
    fn any_environment_is_read_or_refused(
        names in proptest::collection::vec("TIDEGATE_(ACCOUNT|CHANNEL|MAILBOX|RENEWAL)_[0-9]{0,2}_[A-Z_]{0,12}", 1..8),
        field in proptest::sample::select(vec!["SECRET", "SECRET_", "PARAM_X", "ACT_SECRET_AK", "MAPPING", "ID", "REGIONS"]),
    ) {
        let mut all: BTreeMap<String, String> = names.into_iter().map(|name| (name, "CANARY VALUE".to_owned())).collect();
        all.insert(format!("TIDEGATE_ACCOUNT_3_{field}"), "CANARY VALUE".to_owned());
        if let Err(findings) = environment(&of_environment(all)) {
            prop_assert!(!findings.0.is_empty());
            let told: String = findings.0.iter().map(|finding| finding.render(Lang::Zh)).collect();
            prop_assert!(!told.contains("CANARY VALUE"), "{told}");
        }
    }
}

const OWN: &str = r#"id = "mine"
name = "Mine"
category = "data"
docs_url = "https://api.mine.example/docs"

[[param]]
key = "key"
label = { zh = "密钥", en = "Key" }
secret = true

[[param]]
key = "team"
label = { zh = "团队", en = "Team" }

[auth]
kind = "bearer"
param = "key"

[[request]]
id = "b"
url = "https://api.mine.example/{param.team}/balance"

[[metric]]
id = "balance"
kind = "balance"
name = "Balance"
unit = "EUR"
value = { ptr = "/left" }
"#;

#[test]
fn an_account_of_an_own_description_is_told_by_variables_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), OWN).unwrap();
    let mine = [
        ("TIDEGATE_ACCOUNT_1_PROVIDER", "mine"),
        ("TIDEGATE_ACCOUNT_1_PARAM_TEAM", "ocean"),
        ("TIDEGATE_ACCOUNT_1_SECRET_KEY", "FAKE-CANARY-key"),
    ];
    let told = environment_beside(&variables(&mine), folder.path()).unwrap();
    let config = parse_beside(&told, &nothing(), folder.path()).unwrap();
    assert_eq!(config.accounts.first().unwrap().params["team"], "ocean");
    assert!(!told.contains("CANARY"), "{told}");

    let elsewhere = tempfile::tempdir().unwrap();
    let findings = environment_beside(&variables(&mine), elsewhere.path()).unwrap_err();
    let lines: Vec<String> = findings.0.iter().map(|found| found.render(Lang::En)).collect();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("TIDEGATE_ACCOUNT_1_PROVIDER")),
        "{lines:#?}"
    );
}
