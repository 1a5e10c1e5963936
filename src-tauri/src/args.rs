//! Arguments and environment: the one place of the desktop that reads them.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Parser;
use tidegate_api::words::{Environment, Lang, SecretString, Zone};
use tidegate_api::{AppOptions, Home, VaultChoice};
use tidegate_server::link::Place;

/// Watches what your cloud accounts use up, from the tray.
#[derive(Parser, Debug)]
#[command(name = "tidegate", version)]
pub(crate) struct Args {
    /// Keep everything in this folder instead of the user's data folder.
    #[arg(long, env = "TIDEGATE_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
    /// As at login: says nothing to whoever started it unless it fails.
    #[arg(long)]
    hidden: bool,
    /// The language before one was chosen in the settings.
    #[arg(long, value_name = "zh-CN|en")]
    lang: Option<String>,
}

/// What holds for one run of the program.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) home: Home,
    pub(crate) lang: Lang,
    /// Started at login, not by a person.
    pub(crate) hidden: bool,
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
            hidden: args.hidden,
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
