//! What every command needs: the home, the language, the vault and the zone, from arguments and environment. The one
//! place that reads the environment.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use tidegate_api::words::{Environment, Lang, SecretString, SystemTimer, Time, Timer, Zone};
use tidegate_api::{AppOptions, Home, VaultChoice};
use tidegate_server::link::Place;

use crate::args::{Common, VaultKind};
use crate::exit::Failure;
use crate::out;

/// What holds for one run of the program.
pub(crate) struct Context {
    pub(crate) home: Home,
    pub(crate) json: bool,
    pub(crate) lang: Lang,
    pub(crate) timer: Arc<dyn Timer>,
    vault: VaultKind,
}

impl Context {
    pub(crate) fn new(common: &Common) -> Result<Self, Failure> {
        let home = common.home.clone().or_else(data_folder);
        let home =
            home.ok_or_else(|| Failure::Usage("no home folder is known; name one with --home".to_owned()))?;
        Ok(Self {
            home: Home::new(std::path::absolute(&home).unwrap_or(home)),
            json: common.json,
            lang: common.lang.unwrap_or_else(lang_of_environment),
            timer: Arc::new(SystemTimer::new()),
            vault: common.vault,
        })
    }

    /// Where the guard of this home answers.
    pub(crate) fn place(&self) -> Place {
        Place::new(&self.home.run_dir(), &std::env::temp_dir())
    }

    /// One of two languages.
    pub(crate) const fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        out::pick(self.lang, zh, en)
    }

    /// Now, by the wall.
    pub(crate) fn now(&self) -> Time {
        self.timer.now().wall
    }

    /// Today by the machine's calendar, `YYYY-MM-DD`.
    pub(crate) fn today(&self) -> String {
        let here = self.now().to_jiff().to_zoned(zone().jiff().clone());
        here.date().to_string()
    }

    /// For opening the home in this process.
    pub(crate) fn options(&self) -> Result<AppOptions, Failure> {
        let mut options = AppOptions::new(self.home.root());
        options.vault = self.vault()?;
        options.environment = environment();
        options.timer = Arc::clone(&self.timer);
        options.zone = zone();
        Ok(options)
    }

    fn vault(&self) -> Result<VaultChoice, Failure> {
        Ok(match self.vault {
            VaultKind::Keychain => VaultChoice::Keychain,
            VaultKind::Env => VaultChoice::Environment,
            VaultKind::File => VaultChoice::File {
                passphrase: self.passphrase()?,
            },
        })
    }

    fn passphrase(&self) -> Result<SecretString, Failure> {
        if let Some(passphrase) = environment()("TIDEGATE_VAULT_PASSPHRASE") {
            return Ok(passphrase);
        }
        if !out::can_ask() {
            let text = self.say(
                "加密文件需要口令：设置 TIDEGATE_VAULT_PASSPHRASE。",
                "The encrypted file needs its passphrase: set TIDEGATE_VAULT_PASSPHRASE.",
            );
            return Err(Failure::Usage(text.to_owned()));
        }
        let typed = rpassword::prompt_password(self.say("口令：", "Passphrase: "));
        typed
            .map(SecretString::from)
            .map_err(|error| Failure::Outside(error.to_string()))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Every variable whose name and value are text.
pub(crate) fn all_variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// How the engine looks up `env:NAME`: the variable itself, or the file that `NAME_FILE` names, as secrets are mounted
/// into containers.
pub(crate) fn environment() -> Environment {
    Arc::new(|name| {
        let value = variable(name).or_else(|| mounted(&variable(&format!("{name}_FILE"))?));
        value.map(SecretString::from)
    })
}

/// The text of a mounted secret without the line break at its end; `None` for one that cannot be read.
fn mounted(file: &str) -> Option<String> {
    /// No key is longer, and a wrong path may lead to anything.
    const SECRET_BYTES: u64 = 64 * 1024;
    let mut text = String::new();
    let opened = std::fs::File::open(file).ok()?;
    opened.take(SECRET_BYTES).read_to_string(&mut text).ok()?;
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    Some(text).filter(|text| !text.is_empty())
}

fn data_folder() -> Option<PathBuf> {
    dirs::data_dir().map(|folder| folder.join("tidegate"))
}

/// By `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is set: Chinese for `zh…`, else English.
fn lang_of_environment() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    if locale.is_some_and(|locale| locale.starts_with("zh")) {
        Lang::Zh
    } else {
        Lang::En
    }
}

/// The machine's zone by name; UTC when it has none.
fn zone() -> Zone {
    let system = jiff::tz::TimeZone::system();
    system
        .iana_name()
        .and_then(|name| name.parse().ok())
        .unwrap_or_else(Zone::utc)
}
