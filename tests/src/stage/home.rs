//! A home folder of the program, and its commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{Cloud, Guard};

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// What it printed.
    pub out: String,
    /// What it said to people.
    pub err: String,
}

impl Answer {
    /// The printed JSON.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.out).with_context(|| format!("JSON on stdout, not {self:?}"))
    }
}

/// A temporary home with the environment its processes get.
pub struct Home {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    vault: &'static str,
    program: Option<PathBuf>,
}

impl Home {
    /// An empty home whose secrets come from the environment: the simulator's.
    pub fn for_cloud(cloud: &Cloud) -> anyhow::Result<Self> {
        let environment = vec![
            ("HW_AK".to_owned(), cloud.text("/huawei/ak")?.to_owned()),
            ("HW_SK".to_owned(), cloud.text("/huawei/sk")?.to_owned()),
            ("FEISHU_URL".to_owned(), cloud.text("/feishu/url")?.to_owned()),
            (
                "FEISHU_SECRET".to_owned(),
                cloud.text("/feishu/secret")?.to_owned(),
            ),
        ];
        Ok(Self {
            folder: tempfile::tempdir()?,
            environment,
            vault: "env",
            program: None,
        })
    }

    /// An empty home whose secrets come from the keychain; the environment holds none.
    pub fn with_keychain() -> anyhow::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            environment: Vec::new(),
            vault: "keychain",
            program: None,
        })
    }

    /// An empty home without a cloud; its secrets come from the environment, which holds none yet.
    pub fn empty() -> anyhow::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            environment: Vec::new(),
            vault: "env",
            program: None,
        })
    }

    /// As [`Self::for_cloud`], beside a desktop that has a keychain.
    pub fn for_cloud_with_keychain(cloud: &Cloud) -> anyhow::Result<Self> {
        Ok(Self {
            vault: "keychain",
            ..Self::for_cloud(cloud)?
        })
    }

    /// The same with this configuration applied.
    pub fn guarding(cloud: &Cloud, text: &str) -> anyhow::Result<Self> {
        let home = Self::for_cloud_with_keychain(cloud)?;
        let applied = home.apply(text)?;
        ensure!(applied.code == 0, "it applies: {applied:?}");
        Ok(home)
    }

    /// What its processes find in their environment.
    #[must_use]
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces one variable of the environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// From now on its commands are those of another program: an installed one.
    pub fn use_program(&mut self, program: &Path) {
        self.program = Some(program.to_path_buf());
    }

    /// The program with this home and environment.
    pub fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(self.program.clone().map_or_else(crate::program, Ok)?);
        command
            .env("TIDEGATE_HOME", self.path().join("home"))
            .env("LANG", "en_US.UTF-8")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .args(["--vault", self.vault])
            .stdin(Stdio::null());
        Ok(command)
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> anyhow::Result<Answer> {
        let output = self.command()?.args(args).output().context("tidegated starts")?;
        Ok(Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs a command that must end well.
    pub fn done(&self, args: &[&str]) -> anyhow::Result<Answer> {
        let answer = self.run(args)?;
        ensure!(answer.code == 0, "{args:?} ends with 0, not {answer:?}");
        Ok(answer)
    }

    /// Writes a configuration and applies it.
    pub fn apply(&self, text: &str) -> anyhow::Result<Answer> {
        let file = self.path().join("tidegate.toml");
        std::fs::write(&file, text)?;
        self.run(&["apply", file.to_str().context("a printable path")?])
    }

    /// Starts the guard.
    pub fn guard(&self) -> anyhow::Result<Guard> {
        self.guard_with(&[])
    }

    /// Starts the guard with more arguments.
    pub fn guard_with(&self, args: &[&str]) -> anyhow::Result<Guard> {
        let mut command = self.command()?;
        command.args(["run", "--json"]).args(args);
        Guard::start(command)
    }
}

/// The configuration most scenes use: one account on the simulated cloud, one channel, one guard on every package.
pub fn config(cloud: &Cloud, limit: &str) -> anyhow::Result<String> {
    let base = cloud.base()?;
    Ok(format!(
        r#"
[[account]]
id = "hw-main"
provider = "huawei"
name = "主账号"
interval = "1s"
endpoint = "{base}"
[account.secret]
ak = "env:HW_AK"
sk = "env:HW_SK"

[[channel]]
id = "ops"
kind = "feishu"
url = "env:FEISHU_URL"
secret = "env:FEISHU_SECRET"
language = "en"

[[guard]]
id = "traffic"
account = "hw-main"
meter = "*"
steps = ["70%", "85%", "95%"]
limit = "{limit}"
action = "stop"
countdown = "2s"
channels = ["ops"]
"#
    ))
}

/// Every file below a folder with its bytes.
pub fn files(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files(&entry.path())?);
        } else if kind.is_file() {
            found.push((entry.path(), std::fs::read(entry.path())?));
        }
    }
    Ok(found)
}
