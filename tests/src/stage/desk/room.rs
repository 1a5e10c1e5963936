//! A room of the end-to-end tests: a guard on a desk of its own, and a window before it.
//!
//! Owns guard, window, keychain, screen and tray host, and ends them with the test. Never answers for the program.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Desktop, Display, Driver, TrayHost, processes_of, until};
use crate::stage::keyring::Keyring;
use crate::stage::{Cloud, Home, config, files, scene};

/// A desk with a guard on it and a window before it.
pub struct Room {
    /// The window.
    pub driver: Driver,
    /// The guard.
    pub desktop: Desktop,
    /// Where the guard keeps its things.
    pub home: Home,
    /// Where secrets lie.
    pub keyring: Keyring,
    /// The screen of both.
    pub display: Display,
    /// Where the tray stands.
    pub host: TrayHost,
}

impl Room {
    /// A guard without any account.
    pub fn empty() -> anyhow::Result<Self> {
        Self::of(Home::with_keychain()?)
    }

    /// A guard over a cloud whose dry package has so many of 200 GiB used, with this limit.
    pub fn guarded(folder: &Path, used_gib: u32, limit: &str) -> anyhow::Result<(Cloud, Self)> {
        let cloud = scene::cloud(folder, used_gib)?;
        let text = config(&cloud, limit)?.replace("countdown = \"2s\"", "countdown = \"10m\"");
        let home = Home::guarding(&cloud, &text)?;
        Ok((cloud, Self::of(home)?))
    }

    /// A guard over this home, and a window of it.
    pub fn of(home: Home) -> anyhow::Result<Self> {
        let display = Display::start()?;
        let keyring = Keyring::start()?;
        let host = TrayHost::start()?;
        let house = house(&home);
        let desktop = Desktop::with_environment(&display, &house, home.environment())?;
        until("the guard answers", || {
            Ok((home.run(&["guards"])?.code == 0).then_some(()))
        })?;
        host.item()?;
        let driver = Driver::open(&display, &house, &[])?;
        Ok(Self {
            driver,
            desktop,
            home,
            keyring,
            display,
            host,
        })
    }

    /// Ends window and guard, and looks that nothing is left.
    pub fn end(self) -> anyhow::Result<()> {
        self.driver.close()?;
        ensure!(self.desktop.end()? == 0, "the guard ends well");
        until("nothing is left behind", || {
            Ok(processes_of(&house(&self.home))?.is_empty().then_some(()))
        })
    }

    /// The answer's data of a request, asked as the page asks.
    pub fn data(&self, request: &Value) -> anyhow::Result<Value> {
        let answer = self.driver.ask(request)?;
        let data = answer.pointer("/data/data").cloned();
        data.with_context(|| format!("{request} is answered: {answer}"))
    }

    /// Chooses an option of a select field by its words.
    pub fn choose(&self, field: &str, option: &str) -> anyhow::Result<()> {
        self.driver
            .element(&format!("{field} .el-select__wrapper"))?
            .click()?;
        self.driver.click(option)
    }

    /// Past the first words: the window as it is after the first run.
    pub fn welcomed(&self) -> anyhow::Result<()> {
        // Before it is drawn the window still decides where to begin.
        self.driver.element("#app > *")?;
        self.driver
            .ask(&json!({"request": "save_settings", "change": {"welcomed": true}}))?;
        self.driver.go("/")?;
        self.driver.element(".rail").map(drop)
    }
}

/// The program's folder in a home.
pub fn house(home: &Home) -> PathBuf {
    home.path().join("home")
}

/// The secret stands in no file, in no answer to the page, in no process's arguments or environment, and not in the log.
pub fn assert_nowhere(room: &Room, folder: &Path, secret: &str) -> anyhow::Result<()> {
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    for place in [room.home.path(), folder] {
        for (path, bytes) in files(place)? {
            ensure!(!holds(&bytes), "the secret stands in {}", path.display());
        }
    }
    for request in [
        json!({"request": "items"}),
        json!({"request": "export"}),
        json!({"request": "accounts"}),
        json!({"request": "vault_list"}),
        json!({"request": "audit", "after": 0, "limit": 100}),
    ] {
        let answer = room.driver.ask(&request)?.to_string();
        ensure!(
            !holds(answer.as_bytes()),
            "the secret stands in the answer to {request}"
        );
    }
    let page = room
        .driver
        .script("return document.documentElement.outerHTML", &[])?;
    ensure!(
        !holds(page.to_string().as_bytes()),
        "the secret stands in the page"
    );
    ensure!(
        !holds(room.desktop.said().as_bytes()),
        "the secret stands in the log"
    );
    for line in processes_of(&house(&room.home))? {
        ensure!(
            !holds(line.as_bytes()),
            "the secret stands in a process's arguments"
        );
    }
    Ok(())
}
