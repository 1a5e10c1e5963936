//! Arguments and environment: the one place of the desktop that reads them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Parser;
use tidegate_api::words::{Environment, Lang, SecretString, Zone};
use tidegate_api::{AppOptions, Home, VaultChoice};
use tidegate_server::link::Place;

/// How Linux tells that the file of a running program is no longer the one of that name.
const REPLACED: &str = " (deleted)";

/// The path to the meter with the longest name, each byte of it escaped.
const PAGE_BYTES: usize = 2100;

/// Watches what your cloud accounts use up, from the tray.
#[derive(Parser, Debug)]
#[command(name = "tidegate", version)]
pub(crate) struct Args {
    /// Keep everything in this folder instead of the user's data folder.
    #[arg(long, env = "TIDEGATE_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
    /// Start without a window, as at login.
    #[arg(long, conflicts_with = "window")]
    pub(crate) hidden: bool,
    /// Open the window of a guard that runs.
    #[arg(long)]
    pub(crate) window: bool,
    /// Where the window opens, such as `/activity`.
    #[arg(long, requires = "window", value_name = "PAGE", value_parser = page)]
    pub(crate) page: Option<String>,
    /// The language before one was chosen in the settings.
    #[arg(long, value_name = "zh-CN|en")]
    lang: Option<String>,
}

/// A page is a path of the window's own, never an address.
fn page(text: &str) -> Result<String, String> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.%".contains(&byte);
    if text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= PAGE_BYTES
        && text.bytes().all(letters)
    {
        Ok(text.to_owned())
    } else {
        Err("a page is a path such as /activity".to_owned())
    }
}

/// What holds for one run of the program.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) home: Home,
    pub(crate) lang: Lang,
}

impl Setting {
    /// Errors: no home folder is known, or there is no display to work on.
    pub(crate) fn new(args: &Args) -> anyhow::Result<Self> {
        let home = args
            .home
            .clone()
            .or_else(|| dirs::data_dir().map(|folder| folder.join("tidegate")));
        let home = home.context("no home folder is known; name one with --home")?;
        let lang = match args.lang.as_deref() {
            None => system_language(),
            Some("zh-CN") => Lang::Zh,
            Some("en") => Lang::En,
            Some(_) => bail!("--lang is zh-CN or en"),
        };
        if !has_display() {
            bail!(
                "there is no display here. On a machine without one run `tidegated run`, or `tidegated demo` to see \
                 what it does"
            );
        }
        Ok(Self {
            home: Home::new(std::path::absolute(&home).unwrap_or(home)),
            lang,
        })
    }

    /// Where the guard of this home answers.
    pub(crate) fn place(&self) -> Place {
        Place::new(&self.home.run_dir(), &std::env::temp_dir())
    }

    /// For opening the home in this process.
    pub(crate) fn options(&self) -> AppOptions {
        let mut options = AppOptions::new(self.home.root());
        options.vault = VaultChoice::Keychain;
        options.environment = environment();
        options.zone = zone();
        options
    }

    /// One of two texts.
    pub(crate) const fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// This program's file, for starting it again. Beside a name whose file was replaced, as by an upgrade, the system puts a
/// mark; what stands under the plain name now is meant.
pub(crate) fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe().map(|file| plain(&file))
}

fn plain(file: &Path) -> PathBuf {
    let name = file.to_str().and_then(|name| name.strip_suffix(REPLACED));
    match name {
        Some(name) if !file.exists() => PathBuf::from(name),
        _ => file.to_path_buf(),
    }
}

/// A line for whoever started the program in a terminal.
pub(crate) fn say(line: &str) {
    // With nobody to read it the line is lost, and nothing else.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shell is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How the engine looks up `env:NAME`.
fn environment() -> Environment {
    Arc::new(|name| variable(name).map(SecretString::from))
}

/// Only systems with several displays, or none, name theirs.
fn has_display() -> bool {
    !cfg!(target_os = "linux") || variable("DISPLAY").is_some() || variable("WAYLAND_DISPLAY").is_some()
}

/// Chinese for a system in Chinese, else English.
pub(crate) fn system_language() -> Lang {
    match sys_locale::get_locale() {
        Some(locale) if locale.starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

/// The machine's zone by name; UTC when it has none.
fn zone() -> Zone {
    let system = jiff::tz::TimeZone::system();
    let named = system.iana_name().and_then(|name| name.parse().ok());
    named.unwrap_or_else(Zone::utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_path_and_never_an_address() {
        assert_eq!(page("/meters/hw-main/p-1").unwrap(), "/meters/hw-main/p-1");
        for bad in [
            "",
            "activity",
            "//evil.example",
            "https://evil.example",
            "/a?b=<script>",
            "/a#b",
        ] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_program_that_was_upgraded_while_it_ran_is_started_again_under_its_plain_name() {
        let upgraded = Path::new("/nowhere/bin/tidegate (deleted)");
        assert_eq!(plain(upgraded), Path::new("/nowhere/bin/tidegate"));
        let untouched = Path::new("/nowhere/bin/tidegate");
        assert_eq!(plain(untouched), untouched);
    }
}
