//! Where the project and its program lie. Never builds anything but a missing program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// The root of the project.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from(".."), Path::to_path_buf)
}

/// The built `tidegated` of the profile these tests run in. `make test` builds it first; a test run on its own builds
/// it here, once.
pub fn program() -> anyhow::Result<PathBuf> {
    built("tidegated", "tidegate-cli")
}

/// The built `tidegate-agent`, likewise; another one where `TIDEGATE_AGENT_PROGRAM` names it, for example the small one
/// that `make agent` builds.
pub fn agent() -> anyhow::Result<PathBuf> {
    match small_agent() {
        Some(program) => Ok(program),
        None => built("tidegate-agent", "tidegate-agent"),
    }
}

/// The program that `TIDEGATE_AGENT_PROGRAM` names.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "which program is tested is told by whoever runs the tests"
)]
pub fn small_agent() -> Option<PathBuf> {
    std::env::var_os("TIDEGATE_AGENT_PROGRAM").map(PathBuf::from)
}

/// The built desktop program, likewise; the window's pages must lie in `ui/dist` before it is built.
pub fn desktop() -> anyhow::Result<PathBuf> {
    built("tidegate", "tidegate")
}

fn built(name: &str, package: &str) -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe().context("where does this test lie?")?;
    let folder = test
        .ancestors()
        .find(|path| path.ends_with("deps"))
        .and_then(Path::parent)
        .context("a test lies in the folder deps of its profile")?;
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        build(name, package)?;
        ensure!(program.exists(), "{} was not built", program.display());
    }
    Ok(program)
}

fn build(name: &str, package: &str) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--package", package, "--bin", name])
        .current_dir(root())
        .status()
        .context("cargo runs")?;
    ensure!(status.success(), "{name} does not build");
    Ok(())
}
