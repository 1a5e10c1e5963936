//! The package of the desktop, and a clean system that it is installed into, upgraded in and removed from.
//!
//! Owns a package database of its own below the root it is given. Never touches the packages of the machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::stage::inside;

/// Packs the programs of a folder under this version by the project's own script, without building or compressing them;
/// gives the package's file.
pub fn packed(programs: &Path, version: &str, out: &Path) -> anyhow::Result<PathBuf> {
    for (tool, package) in [("dpkg-shlibdeps", "dpkg-dev"), ("strip", "binutils")] {
        inside::need(tool, package)?;
    }
    let mut script = Command::new(crate::root().join("scripts/bundle.sh"));
    script
        .arg("--quick")
        .args(["--version", version])
        .arg("--programs")
        .arg(programs)
        .arg("--out")
        .arg(out);
    let said = told(script)?;
    let file = said.lines().last().context("the script names the package")?;
    Ok(PathBuf::from(file))
}

/// A system without any package.
pub struct Clean {
    root: PathBuf,
}

impl Clean {
    /// One whose root is this folder; what lies there is left alone.
    pub fn system(root: &Path) -> anyhow::Result<Self> {
        let database = root.join("var/lib/dpkg");
        for folder in ["info", "updates", "triggers"] {
            std::fs::create_dir_all(database.join(folder))?;
        }
        std::fs::write(database.join("status"), "")?;
        Ok(Self {
            root: root.to_path_buf(),
        })
    }

    /// Installs a package, or upgrades to it. The libraries it needs are the machine's own.
    pub fn install(&self, package: &Path) -> anyhow::Result<()> {
        let mut dpkg = self.dpkg()?;
        dpkg.arg("--install").arg(package);
        told(dpkg).map(drop)
    }

    /// Removes the package with everything that is the package's: `purge`, the most thorough way.
    pub fn purge(&self, name: &str) -> anyhow::Result<()> {
        let mut dpkg = self.dpkg()?;
        dpkg.args(["--purge", name]);
        told(dpkg).map(drop)
    }

    /// The version that is installed.
    pub fn version(&self, name: &str) -> anyhow::Result<String> {
        let mut query = Command::new(inside::need("dpkg-query", "dpkg")?);
        query.arg("--admindir").arg(self.root.join("var/lib/dpkg")).args([
            "--show",
            "--showformat",
            "${Status} ${Version}",
            name,
        ]);
        told(query)
    }

    /// An installed file.
    #[must_use]
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    #[expect(clippy::disallowed_methods, reason = "a test may read its own environment")]
    fn dpkg(&self) -> anyhow::Result<Command> {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut dpkg = Command::new(inside::need("dpkg", "dpkg")?);
        // dpkg asks for tools of the administrator, which a user's PATH has not, and for root, which a test is not.
        dpkg.env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .arg("--root")
            .arg(&self.root)
            .arg("--log")
            .arg(self.root.join("var/lib/dpkg/log"))
            .args(["--force-depends", "--force-not-root", "--force-bad-path"])
            // Images for containers leave documents out, which a person's system does not.
            .arg("--path-include=/usr/share/*");
        Ok(dpkg)
    }
}

/// What a command that must end well printed.
fn told(mut command: Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{name} starts"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {errors}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
