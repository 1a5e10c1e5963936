//! Tests that run themselves again in surroundings of their own: a mount namespace, or a private session bus with a
//! home of its own. Owns how the test binary starts again; the surroundings end with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// Tells the inner run that it is the inner run, and where its folder is.
const INSIDE: &str = "TIDEGATE_TEST_INSIDE";

/// The folder of the inner run; `None` in the outer one.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a test may read its own environment")]
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(INSIDE).map(PathBuf::from)
}

/// Runs the test of that name again behind `outer`, a command that ends with the program it is to start.
pub fn again(mut outer: Command, folder: &Path, test: &str) -> anyhow::Result<()> {
    let output = outer
        .arg(std::env::current_exe().context("the test binary's own path")?)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, folder)
        .stdin(Stdio::null())
        .output()
        .context("the test binary starts again")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}\n{errors}");
    ensure!(
        said.contains("1 passed"),
        "the inner run did not run {test}: {said}"
    );
    Ok(())
}

/// The program's path; without it the error names the package.
#[expect(clippy::disallowed_methods, reason = "a test may read its own environment")]
pub fn need(program: &str, package: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .with_context(|| format!("{program} is missing: install the Debian package {package}"))
}
