//! The package as a person gets it: what is in it, and its life on a clean system: installed, started, upgraded under a
//! running guard that has a stop planned, started anew, removed. Packs the programs of this profile, so that nothing is
//! built. Needs the Debian packages dpkg-dev, binutils, desktop-file-utils, xvfb, dbus, gnome-keyring.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::stage::desk::{Clean, Desktop, Display, TrayHost, packed, processes_of, until};
use tidegate_tests::stage::inside::{self, need};
use tidegate_tests::stage::keyring::{Keyring, on_a_private_bus};
use tidegate_tests::stage::scene::{self, text};
use tidegate_tests::stage::{Cloud, Home, config, files};
use tidegate_tests::{desktop, program, root};

type Done = anyhow::Result<()>;

/// The folder of both built programs.
fn built() -> anyhow::Result<PathBuf> {
    program()?;
    let desktop = desktop()?;
    Ok(desktop
        .parent()
        .context("a program lies in a folder")?
        .to_path_buf())
}

fn printed(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{command:?}: {text}{errors}");
    Ok(text)
}

/// A package with what is in it laid out beside.
fn unpacked(folder: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let package = packed(&built()?, "0.1.0", folder)?;
    let tree = folder.join("tree");
    printed(
        Command::new(need("dpkg-deb", "dpkg")?)
            .arg("--raw-extract")
            .args([&package, &tree]),
    )?;
    Ok((package, tree))
}

#[test]
fn the_package_holds_both_programs_and_nothing_that_runs_at_its_installation() -> Done {
    let folder = tempfile::tempdir()?;
    let (package, tree) = unpacked(folder.path())?;
    let mut control: Vec<String> = std::fs::read_dir(tree.join("DEBIAN"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<anyhow::Result<_>>()?;
    control.sort();
    ensure!(
        control == ["control", "md5sums"],
        "no maintainer script: {control:?}"
    );
    let described = std::fs::read_to_string(tree.join("DEBIAN/control"))?;
    for needed in [
        "Package: tidegate\n",
        "libwebkit2gtk-4.1-0",
        "libgtk-3-0",
        "libc6 (>=",
    ] {
        ensure!(described.contains(needed), "{needed:?} in {described}");
    }
    for name in ["tidegate", "tidegated"] {
        let version = printed(Command::new(tree.join("usr/bin").join(name)).arg("--version"))?;
        ensure!(version.starts_with(&format!("{name} ")), "it runs: {version}");
    }
    let again = packed(&built()?, "0.1.0", &folder.path().join("again"))?;
    ensure!(
        std::fs::read(package)? == std::fs::read(again)?,
        "the same sources make the same package"
    );
    Ok(())
}

#[test]
fn the_desktop_finds_its_entry_in_both_languages_and_its_icons_in_every_size() -> Done {
    let folder = tempfile::tempdir()?;
    let (_, tree) = unpacked(folder.path())?;
    let entry = tree.join("usr/share/applications/tidegate.desktop");
    let said = printed(
        Command::new(need("desktop-file-validate", "desktop-file-utils")?)
            .arg("--warn-kde")
            .arg(&entry),
    )?;
    ensure!(said.is_empty(), "nothing to complain of: {said}");
    let entry = std::fs::read_to_string(entry)?;
    for line in [
        "Name=Tidegate",
        "Name[zh_CN]=潮闸",
        "Exec=tidegate",
        "Icon=tidegate",
    ] {
        ensure!(entry.lines().any(|found| found == line), "{line} in {entry}");
    }
    for size in [32, 64, 128, 256, 512_u32] {
        let icon = format!("usr/share/icons/hicolor/{size}x{size}/apps/tidegate.png");
        let bytes = std::fs::read(tree.join(&icon))?;
        // The width of a PNG stands behind its mark and the name of its first part.
        let width = bytes.get(16..20).context("a PNG has a head")?;
        ensure!(width == size.to_be_bytes(), "{icon} is {size} wide");
    }
    let drawing = tree.join("usr/share/icons/hicolor/scalable/apps/tidegate.svg");
    ensure!(
        std::fs::read_to_string(drawing)?.contains("<svg"),
        "and its drawing"
    );
    Ok(())
}

#[test]
fn the_licences_name_everything_that_is_built_in_and_nothing_of_this_machine() -> Done {
    let folder = tempfile::tempdir()?;
    let (_, tree) = unpacked(folder.path())?;
    let licences = std::fs::read_to_string(tree.join("usr/share/doc/tidegate/licences.txt"))?;
    let has = |name: &str| licences.lines().any(|line| line.starts_with(&format!("{name} ")));
    for name in ["serde", "tauri", "rusqlite", "wry", "ring"] {
        ensure!(has(name), "{name} is in the programs");
    }
    for name in ["resvg", "proptest", "insta"] {
        ensure!(!has(name), "{name} is for tests alone");
    }
    for text in [
        "Permission is hereby granted",
        "Apache License",
        "The MIT License",
    ] {
        ensure!(licences.contains(text), "the text {text:?}");
    }
    if let Ok(pages) = std::fs::read_to_string(root().join("ui/package.json")) {
        let pages: Value = serde_json::from_str(&pages)?;
        let packages = pages.get("dependencies").and_then(Value::as_object);
        for name in packages.context("the window's pages depend on packages")?.keys() {
            ensure!(has(name), "{name} is in the window's pages");
        }
    }
    let here = root();
    let here = here.to_str().context("a printable path")?;
    ensure!(!licences.contains(here), "no folder of this machine");
    let copyright = std::fs::read_to_string(tree.join("usr/share/doc/tidegate/copyright"))?;
    ensure!(copyright.contains("License: Apache-2.0"), "{copyright}");
    Ok(())
}

#[test]
fn an_upgrade_leaves_the_guard_running_and_its_planned_stop_to_the_new_one_and_a_removal_leaves_the_data()
-> Done {
    let outer = inside::folder().is_none();
    if outer {
        pack_both()?;
    }
    let lived = on_a_private_bus(
        "an_upgrade_leaves_the_guard_running_and_its_planned_stop_to_the_new_one_and_a_removal_leaves_the_data",
        |folder| Life::begin(folder)?.live(),
    );
    if outer {
        std::fs::remove_dir_all(shelf())?;
    }
    lived
}

/// Where the two packages of a life lie. They are packed outside of it: inside, the home is another, and with it what
/// cargo has downloaded.
fn shelf() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-life")
}

fn pack_both() -> Done {
    let shelf = shelf();
    std::fs::create_dir_all(&shelf)?;
    let old = packed(&built()?, "0.1.0", &shelf)?;
    let new = packed(&newer_programs(&shelf)?, "0.1.1", &shelf)?;
    std::fs::rename(old, shelf.join("old.deb"))?;
    std::fs::rename(new, shelf.join("new.deb"))?;
    Ok(())
}

/// The programs with one mark more in each, which changes their bytes and nothing that they do.
fn newer_programs(folder: &Path) -> anyhow::Result<PathBuf> {
    let newer = folder.join("newer");
    std::fs::create_dir_all(&newer)?;
    let mark = folder.join("mark");
    std::fs::write(&mark, "newer")?;
    for name in ["tidegate", "tidegated"] {
        let mut section = std::ffi::OsString::from(".tidegate.newer=");
        section.push(&mark);
        printed(
            Command::new(need("objcopy", "binutils")?)
                .arg("--strip-debug")
                .arg("--add-section")
                .arg(section)
                .args([built()?.join(name), newer.join(name)]),
        )?;
    }
    Ok(newer)
}

/// The bytes of the program that a process was started from, whatever stands under its name by now.
fn running(desktop: &Desktop) -> anyhow::Result<Vec<u8>> {
    Ok(std::fs::read(format!("/proc/{}/exe", desktop.id()))?)
}

/// One life of the package. The system's root is the folder that the user's home lies in as well, so that a removal
/// could reach it.
struct Life {
    folder: PathBuf,
    clean: Clean,
    display: Display,
    _keyring: Keyring,
    host: TrayHost,
    cloud: Cloud,
    home: Home,
}

impl Life {
    fn begin(folder: &Path) -> anyhow::Result<Self> {
        let cloud = scene::cloud(folder, 190)?;
        let clean = Clean::system(folder)?;
        let mut home = Home::for_cloud_with_keychain(&cloud)?;
        ensure!(home.path().starts_with(folder), "the home lies below the root");
        home.use_program(&clean.file("usr/bin/tidegated"));
        Ok(Self {
            folder: folder.to_path_buf(),
            clean,
            display: Display::start()?,
            _keyring: Keyring::start()?,
            host: TrayHost::start()?,
            cloud,
            home,
        })
    }

    fn house(&self) -> PathBuf {
        self.home.path().join("home")
    }

    fn start(&self) -> anyhow::Result<Desktop> {
        let program = self.clean.file("usr/bin/tidegate");
        Desktop::installed(&program, &self.display, &self.house(), self.home.environment())
    }

    fn live(self) -> Done {
        self.clean.install(&shelf().join("old.deb"))?;
        let old = self.start()?;
        let planned = self.plan()?;
        let mut old = self.upgrade_under(old, &shelf().join("new.deb"))?;
        ensure!(old.runs()?, "the guard still runs");
        ensure!(old.end()? == 0, "until a person ends it");
        self.take_over(&planned)?;
        self.remove()
    }

    /// Has a stop planned that waits ten minutes.
    fn plan(&self) -> anyhow::Result<Value> {
        let text = config(&self.cloud, "14 GB")?.replace("countdown = \"2s\"", "countdown = \"10m\"");
        until("the guard takes its configuration", || {
            Ok((self.home.apply(&text)?.code == 0).then_some(()))
        })?;
        self.home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
        let item = self.host.item()?;
        until("the countdown stands in the menu", || {
            Ok(item.menu()?.find("Hold 2 h").map(|_| ()))
        })?;
        self.open_action()
    }

    fn open_action(&self) -> anyhow::Result<Value> {
        let actions = scene::rows(&self.home, "actions")?;
        ensure!(actions.len() == 1, "one action: {actions:?}");
        let action = actions.into_iter().next().context("one action")?;
        ensure!(text(&action, "/state") == "planned", "it waits: {action}");
        Ok(action)
    }

    /// The guard goes on with the program it was started from, and answers the new commands.
    fn upgrade_under(&self, old: Desktop, package: &Path) -> anyhow::Result<Desktop> {
        let program = self.clean.file("usr/bin/tidegate");
        ensure!(
            running(&old)? == std::fs::read(&program)?,
            "it runs what is installed"
        );
        self.clean.install(package)?;
        let version = self.clean.version("tidegate")?;
        ensure!(version == "install ok installed 0.1.1", "upgraded: {version}");
        let name = std::fs::read_link(format!("/proc/{}/exe", old.id()))?;
        let expected = format!("{} (deleted)", program.display());
        ensure!(
            name == Path::new(&expected),
            "the system says so: {}",
            name.display()
        );
        ensure!(
            running(&old)? != std::fs::read(&program)?,
            "the installed one is newer"
        );
        self.open_action()?;
        self.home.done(&["pause", "--for", "1h"])?;
        self.home.done(&["resume"])?;
        Ok(old)
    }

    /// The new program finds the plan as it was and carries it out when told to.
    fn take_over(&self, planned: &Value) -> Done {
        let before = self.host.registered();
        let new = self.start()?;
        ensure!(
            running(&new)? == std::fs::read(self.clean.file("usr/bin/tidegate"))?,
            "the new program runs"
        );
        until("the new guard is in the tray", || {
            Ok((self.host.registered() > before).then_some(()))
        })?;
        let item = self.host.item()?;
        until("the countdown goes on", || {
            Ok(item.menu()?.find("Hold 2 h").map(|_| ()))
        })?;
        let found = self.open_action()?;
        for same in ["/id", "/guard", "/target", "/due", "/created_at"] {
            let (found, planned) = (found.pointer(same), planned.pointer(same));
            ensure!(
                planned.is_some() && found == planned,
                "{same} is as it was: {found:?} {planned:?}"
            );
        }
        ensure!(self.cloud.stops()?.is_empty(), "nothing was stopped by the way");
        item.choose("Stop now")?;
        until("the stop is verified", || {
            let actions = scene::rows(&self.home, "actions")?;
            Ok(actions
                .iter()
                .any(|action| text(action, "/state") == "verified")
                .then_some(()))
        })?;
        ensure!(
            self.cloud.stops()?.len() == 1,
            "one stop: {:?}",
            self.cloud.stops()?
        );
        self.home.done(&["audit", "verify"])?;
        ensure!(new.end()? == 0, "it ends well");
        Ok(())
    }

    fn remove(self) -> Done {
        ensure!(processes_of(&self.house())?.is_empty(), "nothing runs any more");
        let before = files(&self.house())?;
        ensure!(
            before
                .iter()
                .any(|(path, _)| path.extension().is_some_and(|ending| ending == "db")),
            "there is a database"
        );
        self.clean.purge("tidegate")?;
        ensure!(
            !self.folder.join("usr").exists(),
            "everything of the package is gone"
        );
        ensure!(
            files(&self.house())? == before,
            "the user's data are as they were, to the byte"
        );
        Ok(())
    }
}
