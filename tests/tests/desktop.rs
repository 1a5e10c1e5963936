//! The desktop as its user meets it: the guard process in a real tray over D-Bus, native notices in a real daemon, on a
//! real display. Needs the Debian packages xvfb, dbus, dunst, gnome-keyring.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, ensure};
use resvg::tiny_skia::{ColorU8, Pixmap, PremultipliedColorU8};
use serde_json::json;
use tidegate_tests::stage::desk::{
    Asked, Desktop, Display, Driver, Item, Notices, TrayHost, Wire, processes_of, until, windows_of,
};
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
            let mut desktop = Desktop::start(&desk.display, &house(&home))?;
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
    let wire = Wire::tap()?;
    let cloud: Cloud = scene::cloud(folder, 190)?;
    let text = config(&cloud, "14 GB")?
        .replace("countdown = \"2s\"", "countdown = \"10m\"")
        .replace("channels = [\"ops\"]", "channels = [\"ops\", \"desktop\"]")
        + "\n[[channel]]\nid = \"desktop\"\nkind = \"desktop\"\nlanguage = \"en\"\n";
    let home = Home::guarding(&cloud, &text)?;
    let desktop = Desktop::with_environment(&desk.display, &house(&home), home.environment())?;
    let item = desk.host.item()?;
    until("the desktop guards", || {
        Ok(item.tooltip()?.contains("Critical: ecs-dry").then_some(()))
    })?;
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    until("the countdown stands in the menu", || {
        Ok(item.menu()?.find("Hold 2 h").map(|_| ()))
    })?;
    until("a notice is shown", || Ok((notices.shown()? > 0).then_some(())))?;
    let plan = notices.wait_for("an urgent notice of the plan", |notice| {
        notice.urgency == "CRITICAL" && notice.summary.contains("top")
    })?;
    let number: u32 = plan.id.parse()?;
    wire.click(number, "hold")?;
    until("its button holds the countdown by two hours, once", || {
        Ok(countdown(&item)?.filter(|now| now.contains("2 hours")).map(drop))
    })?;
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
    plan_is_told(&notices, &wire)?;
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

/// The plan was urgent, said what, and had its three buttons first.
fn plan_is_told(notices: &Notices, wire: &Wire) -> Done {
    let urgent = notices.wait_for("an urgent notice of the plan", |notice| {
        notice.urgency == "CRITICAL"
    })?;
    ensure!(
        !urgent.summary.is_empty() && !urgent.body.is_empty(),
        "it says what: {urgent:?}"
    );
    let asked: Vec<Asked> = wire.asked();
    let plan = asked
        .iter()
        .find(|asked| asked.buttons.iter().any(|(word, _)| word == "hold"));
    let plan = plan.context("a plan with buttons")?;
    let labels: Vec<&str> = plan.buttons.iter().map(|(_, label)| label.as_str()).collect();
    ensure!(
        labels.starts_with(&["Hold 2 h", "Stop now", "Open"]),
        "the buttons of a plan: {labels:?}"
    );
    Ok(())
}

/// The picture in `icons/tray` that the item shows, by its name.
fn drawn(item: &Item) -> anyhow::Result<String> {
    let (width, height, shown) = item.picture()?;
    let colour = |argb: &[u8]| match *argb {
        [alpha, red, green, blue] => ColorU8::from_rgba(red, green, blue, alpha).premultiply(),
        _ => PremultipliedColorU8::TRANSPARENT,
    };
    let shown: Vec<PremultipliedColorU8> = shown.chunks_exact(4).map(colour).collect();
    for entry in std::fs::read_dir(tidegate_tests::root().join("icons/tray"))? {
        let file = entry?.path();
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(name) = name.strip_suffix("-32").filter(|name| !name.contains("template")) else {
            continue;
        };
        let picture = Pixmap::load_png(&file)?;
        ensure!((width, height) == (32, 32), "32 pixels: {width} x {height}");
        if picture.pixels() == shown {
            return Ok(name.to_owned());
        }
    }
    anyhow::bail!("the item shows none of the pictures")
}

fn shows(item: &Item, state: &str) -> Done {
    until(&format!("the icon of {state}"), || {
        Ok(drawn(item)?.starts_with(state).then_some(()))
    })
    .with_context(|| format!("shown is {:?}, {:?}", drawn(item), item.tooltip()))
}

/// A home over the cloud, whose guard counts down ten minutes.
fn guarded(cloud: &Cloud) -> anyhow::Result<Home> {
    Home::guarding(
        cloud,
        &config(cloud, "14 GB")?.replace("countdown = \"2s\"", "countdown = \"10m\""),
    )
}

#[test]
fn each_of_the_seven_states_has_its_own_picture_and_nothing_is_drawn_twice() -> Done {
    on_a_private_bus(
        "each_of_the_seven_states_has_its_own_picture_and_nothing_is_drawn_twice",
        seven_states,
    )
}

fn seven_states(folder: &Path) -> Done {
    const GIB: i64 = 1024 * 1024 * 1024;
    let desk = desk()?;
    let cloud: Cloud = scene::cloud(folder, 100)?;
    let home = guarded(&cloud)?;
    let desktop = Desktop::with_environment(&desk.display, &house(&home), home.environment())?;
    let item = desk.host.item()?;
    shows(&item, "calm")?;
    let redraws = item.redraws()?;
    item.choose("For 1 hour")?;
    shows(&item, "paused")?;
    let seen = cloud.requests()?.len();
    until("several looks at the cloud", || {
        Ok((cloud.requests()?.len() > seen + 8).then_some(()))
    })?;
    ensure!(
        redraws.of("NewIcon") == 1,
        "looks without news draw nothing: {}",
        redraws.of("NewIcon")
    );
    item.choose("Resume automatic actions")?;
    shows(&item, "calm")?;
    // Each less than half of the package: a number that jumps further must stand for a while before anything is stopped.
    scene::use_up(&cloud, 50 * GIB)?;
    shows(&item, "warning")?;
    scene::use_up(&cloud, 43 * GIB)?;
    shows(&item, "critical")?;
    cloud.lie(&json!({ "lie": "status", "status": 500, "on": "bss" }))?;
    shows(&item, "blind")?;
    cloud.heal()?;
    shows(&item, "critical")?;
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    shows(&item, "acting")?;
    item.choose("Stop now")?;
    shows(&item, "stopped")?;
    ensure!(desktop.end()? == 0, "it ends well");
    Ok(())
}

#[test]
fn the_menu_counts_down_holds_refreshes_pauses_and_names_what_quitting_leaves() -> Done {
    on_a_private_bus(
        "the_menu_counts_down_holds_refreshes_pauses_and_names_what_quitting_leaves",
        whole_menu,
    )
}

fn countdown(item: &Item) -> anyhow::Result<Option<String>> {
    Ok(item
        .menu()?
        .find("Stops ecs-dry in")
        .map(|entry| entry.label.clone()))
}

fn whole_menu(folder: &Path) -> Done {
    let desk = desk()?;
    let cloud: Cloud = scene::cloud(folder, 190)?;
    let home = guarded(&cloud)?;
    let desktop = Desktop::with_environment(&desk.display, &house(&home), home.environment())?;
    let item = desk.host.item()?;
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    let first = until("the countdown", || countdown(&item))?;
    ensure!(first.contains("minutes"), "of ten minutes: {first}");
    until("the countdown moves", || {
        Ok(countdown(&item)?.filter(|now| *now != first).map(drop))
    })?;
    let menu = item.menu()?.text();
    ensure!(
        menu.contains("Once closed, nothing stops ecs-")
            && menu.contains("followed up only at the next start"),
        "it names what becomes unprotected: {menu}"
    );
    item.choose("Hold 2 h")?;
    until("two hours more", || {
        Ok(countdown(&item)?.filter(|now| now.contains("2 hours")).map(drop))
    })?;
    ensure!(cloud.stops()?.is_empty(), "nothing was stopped");
    for (entry, hours) in [
        ("For 1 hour", 0..=1),
        ("Until tomorrow", 0..=25),
        ("Until resumed", 700..=720),
    ] {
        item.choose(entry)?;
        let until_then = until("a pause", || paused_until(&home))?;
        let left = scene::seconds_to(&until_then.to_string())? / 3600;
        ensure!(hours.contains(&left), "{entry}: {left} hours until {until_then}");
        if entry == "Until tomorrow" {
            // A pause is asked for in whole seconds.
            let there = (until_then + jiff::Span::new().seconds(2)).to_zoned(jiff::tz::TimeZone::system());
            ensure!((there.hour(), there.minute()) == (0, 0), "a midnight: {there}");
        }
        item.choose("Resume automatic actions")?;
        until("the pause ends", || {
            Ok(paused_until(&home)?.is_none().then_some(()))
        })
        .with_context(|| standing(&desktop, &item))?;
    }
    ensure!(desktop.end()? == 0, "it ends well");
    Ok(())
}

/// What the desktop shows and has said, for whoever reads why a test failed.
fn standing(desktop: &Desktop, item: &Item) -> String {
    let menu = item.menu().map(|menu| menu.text());
    format!("it shows {menu:?} and has said {:?}", desktop.said())
}

fn paused_until(home: &Home) -> anyhow::Result<Option<jiff::Timestamp>> {
    let status = home.done(&["status", "--json"])?.json()?;
    let status = status.get("status").cloned().unwrap_or(status);
    let text = scene::text(&status, "/paused_until").to_owned();
    Ok(if text.is_empty() {
        None
    } else {
        Some(text.parse()?)
    })
}

#[test]
fn refreshing_looks_at_once_however_long_the_interval() -> Done {
    on_a_private_bus("refreshing_looks_at_once_however_long_the_interval", |folder| {
        let desk = desk()?;
        let cloud: Cloud = scene::cloud(folder, 20)?;
        let text = config(&cloud, "14 GB")?.replace("interval = \"1s\"", "interval = \"12h\"");
        let home = Home::guarding(&cloud, &text)?;
        let desktop = Desktop::with_environment(&desk.display, &house(&home), home.environment())?;
        let item = desk.host.item()?;
        shows(&item, "calm")?;
        scene::use_up(&cloud, scene::REST)?;
        item.choose("Refresh now")?;
        until("the new number", || {
            Ok(item.menu()?.find("88 GiB left of 200 GiB").map(|_| ()))
        })
        .with_context(|| format!("{:?}", item.menu().map(|menu| menu.text())))?;
        ensure!(desktop.end()? == 0, "it ends well");
        Ok(())
    })
}

#[test]
fn the_first_start_opens_the_first_steps_and_a_second_start_guards_nothing() -> Done {
    on_a_private_bus(
        "the_first_start_opens_the_first_steps_and_a_second_start_guards_nothing",
        |_| {
            let desk = desk()?;
            let home = Home::with_keychain()?;
            let place = house(&home);
            let mut desktop = Desktop::with(&desk.display, &place, &[])?;
            let window = until("the first window", || Ok(windows_of(&place)?.pop()))?;
            ensure!(window.page == "/welcome", "the first steps: {window:?}");
            until("it stands on the display", || {
                Ok(desk.display.shows("Tidegate 潮闸")?.then_some(()))
            })?;
            window.kill()?;
            until("the window is gone", || {
                Ok(windows_of(&place)?.is_empty().then_some(()))
            })?;
            ensure!(desktop.runs()?, "the guard does not go with its window");
            let mut hidden = Desktop::with(&desk.display, &place, &["--hidden"])?;
            ensure!(hidden.ended()? == 0, "a second start at login ends at once");
            ensure!(windows_of(&place)?.is_empty(), "and opens nothing");
            let items = desk.host.registered();
            ensure!(items == 1, "one item in the tray: {items}");
            let mut second = Desktop::with(&desk.display, &place, &[])?;
            ensure!(second.ended()? == 0, "a second start by hand ends well");
            until("its window", || Ok(windows_of(&place)?.pop()))?;
            until("it stands on the display", || {
                Ok(desk.display.shows("Tidegate 潮闸")?.then_some(()))
            })?;
            ensure!(desktop.end()? == 0, "a logout ends it well");
            until(
                "the window that another process opened ends with the guard",
                || Ok(processes_of(&place)?.is_empty().then_some(())),
            )
        },
    )
}

#[test]
fn clicks_in_the_tray_open_the_window_at_their_page() -> Done {
    on_a_private_bus("clicks_in_the_tray_open_the_window_at_their_page", |_| {
        let desk = desk()?;
        let home = Home::with_keychain()?;
        let place = house(&home);
        let desktop = Desktop::start(&desk.display, &place)?;
        let item = desk.host.item()?;
        until("the tray speaks of accounts", || {
            Ok(item.tooltip()?.contains("No account yet").then_some(()))
        })?;
        ensure!(windows_of(&place)?.is_empty(), "a hidden start opens nothing");
        item.activate()?;
        let window = until("the window of a left click", || Ok(windows_of(&place)?.pop()))?;
        ensure!(window.page == "/", "the overview: {window:?}");
        until("it stands on the display", || {
            Ok(desk.display.shows("Tidegate 潮闸")?.then_some(()))
        })?;
        window.kill()?;
        until("the window is gone", || {
            Ok(windows_of(&place)?.is_empty().then_some(()))
        })?;
        let driver = Driver::open(&desk.display, &place, &["--page", "/activity"])?;
        for (entry, page) in [("Settings…", "#/settings"), ("Open Tidegate", "#/")] {
            item.choose(entry)?;
            until(entry, || {
                let at = driver.script("return location.hash", &[])?;
                Ok(at.as_str().is_some_and(|at| at.starts_with(page)).then_some(()))
            })?;
        }
        driver.close()?;
        ensure!(desktop.end()? == 0, "it ends well");
        Ok(())
    })
}

#[test]
fn without_a_tray_the_window_opens_and_says_so_and_the_icon_comes_with_a_panel() -> Done {
    on_a_private_bus(
        "without_a_tray_the_window_opens_and_says_so_and_the_icon_comes_with_a_panel",
        |folder| {
            let display = Display::start()?;
            let _keyring = Keyring::start()?;
            let notices = Notices::start(&display, folder)?;
            let home = Home::with_keychain()?;
            let place = house(&home);
            let desktop = Desktop::start(&display, &place)?;
            until("it says so", || {
                Ok(desktop.said().contains("shows no tray").then_some(()))
            })?;
            until("the window opens instead", || Ok(windows_of(&place)?.pop()))?;
            notices.wait_for("a notice of it", |notice| {
                notice.body.contains("the window opens instead")
            })?;
            for panel in ["the first panel", "a panel that started again"] {
                let host = TrayHost::start()?;
                let item = host.item().context(panel)?;
                until(panel, || {
                    Ok(item.tooltip()?.contains("No account yet").then_some(()))
                })?;
            }
            ensure!(desktop.end()? == 0, "it ends well");
            until("nothing is left behind", || {
                Ok(processes_of(&place)?.is_empty().then_some(()))
            })
        },
    )
}

#[test]
fn a_guard_of_another_version_is_named_and_left_alone() -> Done {
    on_a_private_bus("a_guard_of_another_version_is_named_and_left_alone", |_| {
        use std::io::{Read as _, Write as _};
        let desk = desk()?;
        let home = Home::with_keychain()?;
        let place = house(&home);
        std::fs::create_dir_all(place.join("run"))?;
        let socket = std::os::unix::net::UnixListener::bind(place.join("run/link.sock"))?;
        std::thread::spawn(move || {
            for mut client in socket.incoming().map_while(Result::ok) {
                let mut hello = [0_u8; 16];
                let refused = json!({"refused": {"detail": "this guard speaks protocol 999"}}).to_string();
                let length = u32::try_from(refused.len()).unwrap_or_default().to_be_bytes();
                let _ = client.read(&mut hello);
                let _ = client.write_all(&[&length, refused.as_bytes()].concat());
            }
        });
        let mut desktop = Desktop::with(&desk.display, &place, &[])?;
        until("it says why", || {
            let said = desktop.said();
            Ok((said.contains("another version") && said.contains("protocol 999")).then_some(()))
        })
        .with_context(|| desktop.said())?;
        ensure!(desktop.ended()? != 0, "it failed");
        let driver = Driver::open(&desk.display, &place, &[])?;
        until("the window is told as well", || {
            let answer = driver.ask(&json!({"request": "status"}))?;
            Ok(answer.to_string().contains("protocol 999").then_some(()))
        })?;
        driver.close()
    })
}
