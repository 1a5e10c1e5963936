//! The program with its secrets in a real keychain: they are there and nowhere else; a locked keychain is blind and
//! stops nothing; an absent one says what to do. Needs the Debian packages dbus, gnome-keyring and libsecret-tools.

#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::stage::keyring::{Keyring, on_a_private_bus};
use tidegate_tests::stage::scene::{self, text};
use tidegate_tests::stage::{Answer, Cloud, Home, config, files};

type Done = anyhow::Result<()>;

/// Gives a secret to the program the way a person's script does: on stdin.
fn set(home: &Home, item: &str, field: &str, value: &str) -> anyhow::Result<Answer> {
    let mut child = home
        .command()?
        .args(["vault", "set", item, field])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take();
    stdin
        .context("it has an input")?
        .write_all(format!("{value}\n").as_bytes())?;
    let output = child.wait_with_output()?;
    Ok(Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}

/// The simulator's secrets by vault item, field and place in its first line.
const SECRETS: [(&str, &str, &str); 4] = [
    ("hw", "ak", "/huawei/ak"),
    ("hw", "sk", "/huawei/sk"),
    ("bot", "url", "/feishu/url"),
    ("bot", "secret", "/feishu/secret"),
];

/// The usual configuration, its secrets in the keychain.
fn by_reference(cloud: &Cloud) -> anyhow::Result<String> {
    let text = config(cloud, "14 GB")?;
    Ok(text
        .replace("env:HW_AK", "vault:hw")
        .replace("env:HW_SK", "vault:hw")
        .replace("env:FEISHU_URL", "vault:bot")
        .replace("env:FEISHU_SECRET", "vault:bot"))
}

/// Secrets stored, configured, armed; over the limit from the first reading.
fn stage(folder: &Path) -> anyhow::Result<(Cloud, Home, String)> {
    let cloud = scene::cloud(folder, 190)?;
    let home = Home::with_keychain()?;
    let mut said = String::new();
    for (item, field, place) in SECRETS {
        let answer = set(&home, item, field, cloud.text(place)?)?;
        ensure!(answer.code == 0, "the secret is stored: {}", answer.err);
        said.push_str(&answer.out);
        said.push_str(&answer.err);
    }
    let applied = home.apply(&by_reference(&cloud)?)?;
    ensure!(applied.code == 0, "it applies: {}", applied.err);
    Ok((cloud, home, said + &applied.out + &applied.err))
}

/// What must appear nowhere: the secrets themselves. An access key's id is no secret, but stays in the keychain too.
fn canaries(cloud: &Cloud) -> anyhow::Result<Vec<String>> {
    let hook = cloud.text("/feishu/url")?;
    let token = hook.rsplit('/').next().context("the hook has a token")?;
    let mut canaries = vec![token.to_owned()];
    for (_, _, place) in SECRETS {
        canaries.push(cloud.text(place)?.to_owned());
    }
    Ok(canaries)
}

fn assert_without(canaries: &[String], bytes: &[u8], place: &str) -> Done {
    for (number, canary) in canaries.iter().enumerate() {
        let found = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
        ensure!(!found, "secret {number} stands in {place}");
    }
    Ok(())
}

/// The folders of the program and of the keyring, and what the system shows of the running process.
fn assert_nowhere(canaries: &[String], folders: &[&Path], process: u32) -> Done {
    for folder in folders {
        for (path, bytes) in files(folder)? {
            assert_without(canaries, &bytes, &path.display().to_string())?;
        }
    }
    for what in ["cmdline", "environ"] {
        let path = format!("/proc/{process}/{what}");
        assert_without(canaries, &std::fs::read(&path)?, &path)?;
    }
    Ok(())
}

#[test]
fn a_secret_lies_in_the_keychain_and_nowhere_else() -> Done {
    on_a_private_bus("a_secret_lies_in_the_keychain_and_nowhere_else", |folder| {
        let keyring = Keyring::start()?;
        let (cloud, home, mut said) = stage(folder)?;
        for (item, field, place) in SECRETS {
            let found = keyring
                .lookup("tidegate", item)?
                .context("another program finds it")?;
            let fields: Value = serde_json::from_str(&found)?;
            let same = fields.get(field).and_then(Value::as_str) == Some(cloud.text(place)?);
            ensure!(same, "{item} has its {field}");
        }
        let listed = home.done(&["vault", "list", "--json"])?;
        ensure!(
            listed.out.contains("hw") && listed.out.contains("bot"),
            "listed by name: {listed:?}"
        );
        let checked = home.done(&["check", "--json"])?;
        home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
        let mut guard = home.guard()?;
        guard.event("verified", |_| true)?;
        scene::until_over(&home, &mut guard)?;
        let exported = home.done(&["export"])?;
        let doctor = home.run(&["doctor", "--json"])?;
        let canaries = canaries(&cloud)?;
        assert_nowhere(&canaries, &[home.path(), folder], guard.id())?;
        let (_, printed) = guard.end()?;
        for answer in [listed, checked, exported, doctor] {
            said.push_str(&answer.out);
            said.push_str(&answer.err);
        }
        assert_without(&canaries, (said + &printed).as_bytes(), "what was printed")?;
        assert_nowhere(&canaries, &[home.path()], std::process::id())?;
        scene::assert_stopped_once(&cloud, &home, 0, 0)
    })
}

/// Whether every meter or account of a report is blind for that reason.
fn is_blind(answer: &Answer, reason: &str) -> anyhow::Result<bool> {
    let report = answer.json()?;
    Ok(answer.code == 1 && report.to_string().contains(&format!(r#""reason":"{reason}""#)))
}

#[test]
fn a_locked_keychain_stops_nothing_and_goes_on_after_unlocking() -> Done {
    on_a_private_bus(
        "a_locked_keychain_stops_nothing_and_goes_on_after_unlocking",
        |folder| {
            let keyring = Keyring::start()?;
            let (cloud, home, _) = stage(folder)?;
            home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
            let before = cloud.requests()?.len();
            keyring.lock()?;
            let mut guard = home.guard()?;
            let blind = guard.event("unread", |_| true)?;
            ensure!(
                text(&blind, "/blind/reason") == "locked",
                "it is blind as locked: {blind}"
            );
            let told = guard.event("program", |_| true)?;
            ensure!(
                text(&told, "/condition") == "keychain_locked",
                "it is told: {told}"
            );
            for _ in 0..4 {
                let answer = home.run(&["check", "--json"])?;
                ensure!(
                    is_blind(&answer, "locked")?,
                    "it answers at once, blind: {answer:?}"
                );
            }
            ensure!(cloud.requests()?.len() == before, "nobody is asked without a key");
            ensure!(guard.count("program") == 1, "it is told once");
            keyring.unlock()?;
            guard.event("verified", |_| true)?;
            // The channel's own secret was locked as well: what waited is told soon after.
            scene::until_over_in(&home, &mut guard, 100)?;
            scene::assert_stopped_once(&cloud, &home, 0, 0)
        },
    )
}

#[test]
fn without_a_keychain_service_the_program_says_what_to_do() -> Done {
    on_a_private_bus(
        "without_a_keychain_service_the_program_says_what_to_do",
        |folder| {
            let cloud = scene::cloud(folder, 190)?;
            let home = Home::with_keychain()?;
            let refused = set(&home, "hw", "sk", "FAKE-canary")?;
            ensure!(refused.code == 4, "it fails as something outside: {refused:?}");
            ensure!(
                refused.err.contains("no keychain service answers"),
                "the cause: {refused:?}"
            );
            ensure!(
                refused.err.contains("choose the environment"),
                "the next step: {refused:?}"
            );
            ensure!(!format!("{refused:?}").contains("canary"), "without the value");
            let applied = home.apply(&by_reference(&cloud)?)?;
            ensure!(
                applied.code == 0,
                "references can be configured before: {applied:?}"
            );
            let checked = home.run(&["check", "--json"])?;
            ensure!(is_blind(&checked, "locked")?, "it is blind: {checked:?}");
            ensure!(
                checked.out.contains("no keychain service answers"),
                "and says why: {checked:?}"
            );
            Ok(())
        },
    )
}
