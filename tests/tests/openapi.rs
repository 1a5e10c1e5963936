//! Another program's eyes: a schema-driven tester walks the OpenAPI document against the real guard, and every answer
//! must be what the document says.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::root;
use tidegate_tests::stage::inside::need;
use tidegate_tests::stage::{Cloud, Guard, Home, PATIENCE, config};

/// The tester; `make test` installs it.
fn tester() -> anyhow::Result<PathBuf> {
    let venv = root().join(".cache/judge-venv");
    let program = ["bin/schemathesis", "Scripts/schemathesis.exe"]
        .map(|path| venv.join(path))
        .into_iter()
        .find(|path| path.exists());
    program.with_context(|| {
        format!(
            "the tester is not installed in {}: run `make test` (or tests/http/setup.sh), which needs the packages \
             python3 and python3-venv",
            venv.display()
        )
    })
}

/// A guard with an account, meters, alerts and messages; its address and a token that may do everything.
fn stage() -> anyhow::Result<(Cloud, Home, Guard, String, String)> {
    let cloud = Cloud::start()?;
    let home = Home::for_cloud(&cloud)?;
    let applied = home.apply(&config(&cloud, "14 GB")?)?;
    ensure!(applied.code == 0, "{applied:?}");
    let made = home.done(&["tokens", "create", "judge", "--scopes", "read,write,act,ingest"])?;
    let mut guard = home.guard_with(&["--listen", "127.0.0.1:0"])?;
    let listening = guard.event("listening", |_| true)?;
    let http = listening
        .pointer("/http")
        .and_then(Value::as_str)
        .context("its address")?
        .to_owned();
    guard.event("delivered", |_| true)?;
    Ok((cloud, home, guard, http, made.out.trim().to_owned()))
}

#[test]
fn a_schema_driven_tester_finds_every_answer_as_the_document_says() -> anyhow::Result<()> {
    let tester = tester()?;
    let (_cloud, home, guard, http, token) = stage()?;
    let output = Command::new(tester)
        .args(["run", &format!("{http}/openapi.json")])
        .args(["-H", &format!("Authorization: Bearer {token}")])
        // A stream has no end to wait for, a restore puts another database under every other call, and a tester that
        // revokes its own token learns nothing more: these have tests of their own.
        .args([
            "--exclude-path",
            "/changes",
            "--exclude-path",
            "/backups/{name}/restore",
        ])
        .args(["--exclude-path", "/tokens/{token}"])
        // The eleventh code of one address is told to wait, whatever it is.
        .args(["--exclude-path", "/enrol"])
        // The simulated platform refuses so many messages as the real one would, which is told as 502.
        .args(["--exclude-path", "/channels/{channel}/test"])
        // So many calls and no more: with a budget of time it would go on until that is spent, and a busy machine would
        // see fewer operations. The same holds for one call: a thousand mistakes in one body take what they take.
        .args(["--phases", "coverage,fuzzing", "--max-examples", "12"])
        .args(["--request-timeout", &PATIENCE.as_secs().to_string()])
        // One worker: between several, the generator's own cache of sources loses entries and the tester falls over.
        .args(["--workers", "1", "--seed", "4", "--continue-on-failure"])
        .current_dir(home.path())
        .env("HOME", home.path())
        .output()?;
    let report = String::from_utf8_lossy(&output.stdout);
    println!("{report}{}", String::from_utf8_lossy(&output.stderr));
    ensure!(
        output.status.success(),
        "answers differ from the document:\n{report}"
    );
    let generated: usize = report
        .lines()
        .filter_map(|line| line.trim().split_once(" generated"))
        .find_map(|(count, _)| count.parse().ok())
        .context("the report says how many calls were made")?;
    ensure!(generated > 1000, "only {generated} calls were made");
    let health = ureq::get(&http.replace("/api/v1", "/live")).call()?;
    ensure!(health.status().as_u16() == 200, "the guard lives");
    guard.signal(15)?;
    let (code, text) = guard.end()?;
    ensure!(code == 0, "the guard ends in good order: {text}");
    Ok(())
}

#[test]
fn the_examples_of_the_documentation_work_as_they_stand() -> anyhow::Result<()> {
    need("curl", "curl")?;
    let (_cloud, _home, _guard, http, token) = stage()?;
    let text = std::fs::read_to_string(root().join("docs/behaviour/http.md"))?;
    // Those of quotas need an account with sub-accounts: `quota.rs` plays them.
    let (general, _) = text.split_once("\n## Quotas").context("the part about quotas")?;
    let examples: Vec<&str> = general.lines().filter(|line| line.starts_with("curl ")).collect();
    ensure!(examples.len() >= 8, "only {} examples were found", examples.len());
    for example in examples {
        let output = Command::new("sh")
            .args(["-c", example])
            .env("BASE", http.trim_end_matches("/api/v1"))
            .env("TOKEN", &token)
            .output()?;
        ensure!(
            output.status.success(),
            "{example}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
