//! The desktop as its user meets it: the guard process in a real tray over D-Bus, native notices in a real daemon, on a
//! real display. Needs the Debian packages xvfb, dbus, dunst, gnome-keyring.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::ensure;
use tidegate_tests::stage::desk::{Desktop, Display, Notices, TrayHost, processes_of, until};
use tidegate_tests::stage::keyring::{Keyring, on_a_private_bus};
use tidegate_tests::stage::scene;
use tidegate_tests::stage::{Answer, Cloud, Home, config};

type Done = anyhow::Result<()>;

/// A display, an unlocked keychain and a tray host.
struct Desk {
    display: Display,
    _keyring: Keyring,
    host: TrayHost,
}

fn desk() -> anyhow::Result<Desk> {
    Ok(Desk {
        display: Display::start()?,
        _keyring: Keyring::start()?,
        host: TrayHost::start()?,
    })
}

/// The home that a desktop and its commands share.
fn house(home: &Home) -> std::path::PathBuf {
    home.path().join("home")
}

#[test]
fn the_tray_says_what_is_guarded_and_quitting_takes_a_second_click() -> Done {
    on_a_private_bus(
        "the_tray_says_what_is_guarded_and_quitting_takes_a_second_click",
        |_| {
            let desk = desk()?;
            let home = Home::with_keychain()?;
            let desktop = Desktop::start(&desk.display, &house(&home))?;
            let item = desk.host.item()?;
            until("the tray speaks of accounts", || {
                Ok(item.tooltip()?.contains("No account yet").then_some(()))
            })?;
            let menu = item.menu()?.text();
            for line in [
                "Refresh now",
                "Until tomorrow",
                "nothing is watched",
                "Quit Tidegate",
            ] {
                ensure!(menu.contains(line), "{line:?} stands in the menu: {menu}");
            }
            let (width, height, pixels) = item.picture()?;
            ensure!(
                pixels.len() == usize::try_from(width * height * 4)?,
                "a whole picture"
            );
            ensure!(desk.host.registered() == 1, "one item");
            item.choose("Quit Tidegate")?;
            ensure!(desktop.ended()? == 0, "it ends well");
            ensure!(processes_of(&house(&home))?.is_empty(), "nothing is left behind");
            Ok(())
        },
    )
}

#[test]
fn a_command_beside_the_desktop_goes_to_it_and_a_logout_ends_it_well() -> Done {
    on_a_private_bus(
        "a_command_beside_the_desktop_goes_to_it_and_a_logout_ends_it_well",
        |_| {
            let desk = desk()?;
            let home = Home::with_keychain()?;
            let desktop = Desktop::start(&desk.display, &house(&home))?;
            let item = desk.host.item()?;
            let channels = until("the desktop is among the channels", || {
                let answer: Answer = home.run(&["export"])?;
                Ok(answer.out.contains("kind = \"desktop\"").then_some(answer.out))
            })?;
            ensure!(
                !channels.contains("[[account]]"),
                "nothing else is configured: {channels}"
            );
            home.done(&["pause", "--for", "1h"])?;
            until("the pause is seen in the tray", || {
                Ok(item.tooltip()?.contains("paused").then_some(()))
            })?;
            item.choose("Resume automatic actions")?;
            until("the pause has ended", || {
                Ok((!item.tooltip()?.contains("paused")).then_some(()))
            })?;
            ensure!(desktop.end()? == 0, "it ends well");
            let after = home.run(&["export"])?;
            ensure!(after.out == channels, "nothing was lost: {after:?}");
            Ok(())
        },
    )
}

#[test]
fn a_package_that_runs_dry_is_told_by_notices_counted_down_in_the_tray_and_stopped_from_there() -> Done {
    on_a_private_bus(
        "a_package_that_runs_dry_is_told_by_notices_counted_down_in_the_tray_and_stopped_from_there",
        runs_dry,
    )
}

fn runs_dry(folder: &Path) -> Done {
    let desk = desk()?;
    let notices = Notices::start(&desk.display, folder)?;
    let cloud: Cloud = scene::cloud(folder, 190)?;
    let home = Home::for_cloud_with_keychain(&cloud)?;
    let text = config(&cloud, "14 GB")?
        .replace("countdown = \"2s\"", "countdown = \"10m\"")
        .replace("channels = [\"ops\"]", "channels = [\"ops\", \"desktop\"]")
        + "\n[[channel]]\nid = \"desktop\"\nkind = \"desktop\"\nlanguage = \"en\"\n";
    let applied = home.apply(&text)?;
    ensure!(applied.code == 0, "it applies: {applied:?}");
    let desktop = Desktop::with_environment(&desk.display, &house(&home), home.environment())?;
    let item = desk.host.item()?;
    until("the desktop guards", || {
        Ok(item.tooltip()?.contains("limit").then_some(()))
    })?;
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    until("the countdown stands in the menu", || {
        Ok(item.menu()?.find("Hold 2 h").map(|_| ()))
    })?;
    until("a notice is shown", || Ok((notices.shown()? > 0).then_some(())))?;
    ensure!(cloud.stops()?.is_empty(), "nothing was stopped yet");
    item.choose("Stop now")?;
    until("the stop is verified", || {
        let actions = home.run(&["actions", "--json"])?;
        Ok(actions.out.contains("\"verified\"").then_some(()))
    })?;
    ensure!(cloud.stops()?.len() == 1, "one stop: {:?}", cloud.stops()?);
    until("the tray says that it is stopped", || {
        Ok(item.tooltip()?.contains("stopped").then_some(()))
    })?;
    let urgent = notices.wait_for("an urgent notice of the plan", |notice| {
        notice.urgency == "CRITICAL"
    })?;
    ensure!(
        !urgent.summary.is_empty() && !urgent.body.is_empty(),
        "it says what: {urgent:?}"
    );
    let last = notices.wait_for("a notice of the proof", |notice| {
        notice.summary.starts_with("Confirmed")
    })?;
    ensure!(!last.body.contains('<'), "names are text: {last:?}");
    let numbers: BTreeSet<String> = notices.told()?.into_iter().map(|notice| notice.id).collect();
    ensure!(
        numbers.len() <= 4,
        "notices take each other's place: {:?}",
        notices.told()?
    );
    ensure!(desktop.end()? == 0, "it ends well");
    Ok(())
}
