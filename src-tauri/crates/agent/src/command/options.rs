//! The options, and what each may be. A mistake names the option and what is allowed, and never tells a secret again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use tidegate_meter::{parse_span, print_span};
use tidegate_providers::ParamMistake;
use tidegate_providers::proxy::{CountRules, KernelConfig};

use crate::{AgentError, Options, Place, limits, private};

/// What is collected, and where it goes.
#[derive(Clone, Debug, Args)]
pub struct AgentArgs {
    /// Where to report to: https, or http to this machine. Later starts know it.
    #[arg(long, value_name = "URL")]
    pub report_to: Option<String>,
    /// The one-time code that was shown when the device was added; for the first start only.
    #[arg(long)]
    pub code: Option<SecretString>,
    /// A file with that code; empty or used up, it is none.
    #[arg(long, value_name = "FILE", conflicts_with = "code")]
    pub code_file: Option<PathBuf>,
    /// The kernel's controller: auto, <http://127.0.0.1:9090>, <https://name:port>, unix:/path or pipe:\\.\pipe\name.
    #[arg(long, default_value = "auto", value_name = "PLACE")]
    pub controller: String,
    /// A file with the controller's secret, empty where it has none; else TIDEGATE_CONTROLLER_SECRET.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Believe only this certificate of the controller: its SHA-256 in hexadecimal.
    #[arg(long, value_name = "SHA256")]
    pub controller_pin: Option<String>,
    /// A node that leads past every proxy, whatever its type says; may be repeated.
    #[arg(long, value_name = "NODE")]
    pub local_node: Vec<String>,
    /// Do not follow the kernel's log: short connections are then told apart less well.
    #[arg(long)]
    pub no_logs: bool,
    /// Also trust what these certificates (PEM) sign, besides the system's.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Report over plain http to a private address: whoever is in that network can read the token and what is reported.
    #[arg(long)]
    pub allow_plain_http: bool,
    /// How often what was counted goes to the disk, 1s to 10m.
    #[arg(long, default_value = "10s", value_name = "SPAN")]
    pub seal_every: String,
    /// What may wait on the disk before it is folded into coarser flows, in MiB, at least 1.
    #[arg(long, default_value_t = limits::SPOOL_BYTES / MIB, value_name = "MIB")]
    pub spool_size: u64,
    /// Tell how the agent of this folder stands, and end: 0 when all is well, 1 when it is not.
    #[arg(long)]
    pub status: bool,
}

const MIB: u64 = 1024 * 1024;

impl AgentArgs {
    pub(super) fn options(&self, folder: PathBuf) -> Result<Options, AgentError> {
        let place = self.report_to.as_deref();
        Ok(Options {
            folder,
            place: place
                .map(|text| Place::new(text, self.allow_plain_http))
                .transpose()?,
            allow_plain_http: self.allow_plain_http,
            code: self.code()?,
            rules: CountRules {
                local_nodes: self.local_node.iter().cloned().collect(),
            },
            seal_every: self.seal_every()?,
            spool_bytes: self.spool_bytes()?,
        })
    }

    fn code(&self) -> Result<Option<SecretString>, AgentError> {
        match &self.code_file {
            Some(path) => one_line("--code-file", path),
            None => Ok(self.code.clone()),
        }
    }

    fn seal_every(&self) -> Result<Duration, AgentError> {
        let (least, most) = (limits::SEAL_LEAST, limits::SEAL_MOST);
        let span = parse_span(&self.seal_every).ok();
        span.filter(|span| (least..=most).contains(span)).ok_or_else(|| {
            let (least, most) = (print_span(least), print_span(most));
            AgentError::option(
                "--seal-every",
                format!("必须在 {least} 到 {most} 之间，例如 10s。"),
                format!("must be between {least} and {most}, such as 10s."),
            )
        })
    }

    fn spool_bytes(&self) -> Result<u64, AgentError> {
        let bytes = self.spool_size.checked_mul(MIB);
        bytes
            .filter(|bytes| *bytes >= limits::SPOOL_BYTES_LEAST)
            .ok_or_else(|| {
                let least = limits::SPOOL_BYTES_LEAST / MIB;
                AgentError::option(
                    "--spool-size",
                    format!("必须是不小于 {least} 的整数（MiB）。"),
                    format!("must be a whole number of MiB, at least {least}."),
                )
            })
    }

    /// How the kernel is reached. `secret` is what the environment holds.
    pub(super) fn kernel(&self, secret: Option<&SecretString>) -> Result<KernelConfig, AgentError> {
        let logs = if self.no_logs { "off" } else { "on" };
        let mut params = BTreeMap::from([
            ("controller".to_owned(), self.controller.clone()),
            ("logs".to_owned(), logs.to_owned()),
        ]);
        if let Some(pin) = &self.controller_pin {
            params.insert("certificate".to_owned(), pin.clone());
        }
        let from_file = match &self.secret_file {
            Some(path) => one_line("--secret-file", path)?,
            None => None,
        };
        let config = KernelConfig::read(&params, from_file.as_ref().or(secret));
        config.map_err(|error| setup(&error))
    }
}

/// A mistake of the kernel's parameters, by the option that it stands for.
fn setup(mistake: &ParamMistake) -> AgentError {
    let option = match mistake.key.as_str() {
        "certificate" => "--controller-pin",
        "secret" => "--secret-file",
        _ => "--controller",
    };
    AgentError::option(option, &mistake.allowed, &mistake.allowed)
}

/// What a file holds that has one line at most; `None` where it is empty.
fn one_line(option: &'static str, path: &Path) -> Result<Option<SecretString>, AgentError> {
    let wrong = || {
        AgentError::option(
            option,
            "文件里最多只能有一行。",
            "must name a file that holds one line and nothing else.",
        )
    };
    let text = String::from_utf8(file(path)?).map_err(|_| wrong())?;
    let text = text.trim();
    if text.lines().count() > 1 || text.len() > limits::SECRET_CHARS {
        return Err(wrong());
    }
    Ok((!text.is_empty()).then(|| SecretString::from(text)))
}

/// A small file that a person named.
pub(super) fn file(path: &Path) -> Result<Vec<u8>, AgentError> {
    let read = private::read(path, limits::STATE_BYTES).map_err(AgentError::file(path))?;
    read.ok_or_else(|| AgentError::file(path)(std::io::ErrorKind::NotFound.into()))
}
