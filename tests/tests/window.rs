//! The window as its user meets it: a real WebKit, driven from outside, over a real guard process with a real keychain
//! and the simulated cloud. Needs the Debian packages xvfb, dbus, gnome-keyring, libsecret-tools, webkit2gtk-driver,
//! fonts-noto-cjk, and the pages (`scripts/ui.sh build`).
//!
//! With `TIDEGATE_PICTURES=FOLDER` the pictures are kept there: `scripts/pictures.sh`.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tidegate_tests::stage::desk::{Desktop, Driver, Room, assert_nowhere, house, until};
use tidegate_tests::stage::keyring::on_a_private_bus;
use tidegate_tests::stage::scene::{self, text};
use tidegate_tests::stage::{Home, config, files};

type Done = anyhow::Result<()>;

/// Where pictures are kept, when they are wanted.
#[expect(clippy::disallowed_methods, reason = "a test may read its own environment")]
fn pictures() -> Option<PathBuf> {
    std::env::var_os("TIDEGATE_PICTURES").map(PathBuf::from)
}

#[test]
fn the_first_run_with_the_demonstration_shows_a_package_running_dry() -> Done {
    on_a_private_bus(
        "the_first_run_with_the_demonstration_shows_a_package_running_dry",
        |_| {
            let room = Room::empty()?;
            room.driver.says("Tidegate watches what your servers use up")?;
            if let Some(folder) = pictures() {
                room.driver.picture(&folder.join("first-run-en.png"))?;
            }
            room.driver.click("Try the demonstration")?;
            room.driver.says("Everything marked simulated is made up")?;
            room.driver.element("article.meter")?;
            room.driver.says("left of")?;
            room.driver.go("/settings/general")?;
            room.driver.element("[aria-label='Demonstration']")?;
            room.driver.script(
                "document.querySelector(\"[aria-label='Demonstration']\").click()",
                &[],
            )?;
            room.driver.go("/")?;
            room.driver.says("Nothing to guard yet")?;
            let accounts = room.data(&json!({"request": "accounts"}))?;
            ensure!(accounts == json!([]), "the demonstration is gone: {accounts}");
            room.end()
        },
    )
}

#[test]
fn an_account_is_added_by_hand_and_its_key_lies_in_the_keychain_and_nowhere_else() -> Done {
    on_a_private_bus(
        "an_account_is_added_by_hand_and_its_key_lies_in_the_keychain_and_nowhere_else",
        add_account,
    )
}

fn add_account(folder: &Path) -> Done {
    let cloud = scene::cloud(folder, 120)?;
    let (ak, sk) = (cloud.text("/huawei/ak")?, cloud.text("/huawei/sk")?);
    let room = Room::empty()?;
    let driver = &room.driver;
    driver.click("Add an account")?;
    driver
        .element("input.el-input__inner[maxlength='60']")?
        .keys("Hong Kong")?;
    driver.click("Advanced")?;
    driver.element(".endpoint input")?.keys(cloud.base()?)?;
    driver.click("Continue")?;
    driver.says("\"Statement\"")?;
    driver.click("I have the key")?;
    driver.element(".field-ak input")?.keys(ak)?;
    driver.element(".field-sk input")?.keys("WRONGFAKEKEY")?;
    driver.click("Test the keys")?;
    driver.says("the provider refuses the key")?;
    let said = driver.text()?;
    ensure!(!said.contains("WRONGFAKEKEY"), "a key is not repeated: {said}");
    driver.element(".field-sk input")?.fill(sk)?;
    driver.click("Test the keys")?;
    driver.says("meters found")?;
    driver.says("ecs-dry")?;
    driver.click("Continue")?;
    driver.says("stops nothing until you arm it")?;
    driver.element(".contract")?;
    driver.click("Save and watch")?;
    driver.says("Where shall messages go?")?;
    driver.click("Not now")?;
    driver.click("To the overview")?;
    driver.says("ecs-dry")?;
    driver.says("left of")?;
    let guards = room.data(&json!({"request": "guards", "lang": "en"}))?;
    ensure!(
        text(&guards, "/0/mode") == "watch",
        "it begins by watching: {guards}"
    );
    let found = room.keyring.lookup("tidegate", "hong-kong")?;
    let fields: Value = serde_json::from_str(&found.context("another program finds the key")?)?;
    ensure!(text(&fields, "/sk") == sk && text(&fields, "/ak") == ak, "whole");
    assert_nowhere(&room, folder, sk)?;
    room.end()
}

#[test]
fn a_package_runs_dry_is_held_then_stopped_and_its_proof_is_shown() -> Done {
    on_a_private_bus(
        "a_package_runs_dry_is_held_then_stopped_and_its_proof_is_shown",
        runs_dry,
    )
}

fn runs_dry(folder: &Path) -> Done {
    let (cloud, room) = Room::guarded(folder, 190, "14 GB")?;
    room.welcomed()?;
    let driver = &room.driver;
    driver.says("ecs-dry")?;
    driver.go("/meters")?;
    driver.click("ecs-dry")?;
    driver.element(".guard .arm")?.click()?;
    driver.says("it stops ecs-bystander, ecs-dry by itself")?;
    driver.click("Arm traffic")?;
    driver.says("armed until")?;
    driver.go("/")?;
    driver.element(".flight .hold")?;
    driver.click("Hold 2 h")?;
    until("it is held", || {
        let actions = room.data(&json!({"request": "actions", "open": true, "limit": 10}))?;
        Ok((scene::seconds_to(text(&actions, "/0/due"))? > 3600).then_some(()))
    })?;
    ensure!(cloud.stops()?.is_empty(), "nothing was stopped while it is held");
    driver.go("/activity/actions")?;
    driver.element(".flight .now")?.click()?;
    driver.says("What runs on it is interrupted.")?;
    driver.click("Stop ecs-dry")?;
    driver.says("confirmed by the provider's state")?;
    driver.element(".proof .line .verified")?;
    driver.says("Running → Stopped")?;
    ensure!(cloud.stops()?.len() == 1, "one stop: {:?}", cloud.stops()?);
    if let Some(folder) = pictures() {
        driver.picture(&folder.join("proof-en.png"))?;
    }
    driver.go("/servers")?;
    driver.says("stopped by Tidegate")?;
    driver.go("/activity/audit")?;
    driver.click("Verify the chain")?;
    driver.says("none changed or missing")?;
    room.end()
}

#[test]
fn a_guard_is_edited_by_the_what_if_slider_and_saved_in_one_piece() -> Done {
    on_a_private_bus(
        "a_guard_is_edited_by_the_what_if_slider_and_saved_in_one_piece",
        |folder| {
            let (_cloud, room) = Room::guarded(folder, 120, "14 GB")?;
            room.welcomed()?;
            let driver = &room.driver;
            driver.go("/meters")?;
            driver.click("ecs-dry")?;
            driver.element(".history canvas")?;
            driver.element(".guard .edit")?.click()?;
            driver.element(".editor .limit input")?;
            let before = driver.element(".editor .limit input")?.attribute("value")?;
            let slider = driver.element(".editor .el-slider__button-wrapper")?;
            slider.keys("\u{e014}\u{e014}\u{e014}")?;
            until("the limit has moved with the slider", || {
                let now =
                    driver.script("return document.querySelector('.editor .limit input').value", &[])?;
                Ok((now.as_str() != before.as_deref() && now != json!("14 GB")).then_some(()))
            })?;
            driver.element(".editor .limit input")?.fill("soon")?;
            driver.element(".editor .field.wrong")?;
            driver.element(".editor .limit input")?.fill("20 GB")?;
            until("the field is right again", || {
                Ok((driver.count(".editor .field.wrong")? == 0).then_some(()))
            })?;
            driver.click("Save guard")?;
            until("it is saved", || {
                let items = room.data(&json!({"request": "items"}))?;
                Ok((text(&items, "/guard/0/limit") == "20 GB").then_some(()))
            })?;
            driver.says("limit 20 GB")?;
            room.end()
        },
    )
}

#[test]
fn language_and_look_are_switched_at_once_and_kept() -> Done {
    on_a_private_bus("language_and_look_are_switched_at_once_and_kept", |_| {
        let room = Room::empty()?;
        room.welcomed()?;
        room.driver.go("/settings/general")?;
        room.choose(".language", "简体中文")?;
        room.driver.says("数据文件夹")?;
        room.choose(".theme", "深色")?;
        until("it is dark", || {
            let theme = room
                .driver
                .script("return document.documentElement.dataset.theme", &[])?;
            Ok((theme == json!("dark")).then_some(()))
        })?;
        until("both are kept", || {
            let settings = room.data(&json!({"request": "settings"}))?;
            let kept = text(&settings, "/language") == "zh-CN" && text(&settings, "/theme") == "dark";
            Ok(kept.then_some(()))
        })?;
        let Room {
            driver,
            desktop,
            home,
            display,
            keyring,
            host,
        } = room;
        driver.close()?;
        let driver = Driver::open(&display, &house(&home), &["--page", "/settings/general"])?;
        driver.says("数据文件夹")?;
        Room {
            driver,
            desktop,
            home,
            keyring,
            display,
            host,
        }
        .end()
    })
}

#[test]
fn a_backup_is_made_and_restored_and_nothing_is_armed_afterwards() -> Done {
    on_a_private_bus(
        "a_backup_is_made_and_restored_and_nothing_is_armed_afterwards",
        |folder| {
            let (_cloud, room) = Room::guarded(folder, 20, "14 GB")?;
            room.welcomed()?;
            room.home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
            let driver = &room.driver;
            driver.go("/settings/backup")?;
            driver.click("Back up now")?;
            driver.element(".backup .restore")?;
            room.home.done(&["disarm", "traffic"])?;
            driver.element(".backup .restore")?.click()?;
            driver.says("No guard is armed afterwards.")?;
            driver.click("Restore this copy")?;
            driver.says("Now only watching: traffic")?;
            let guards = room.data(&json!({"request": "guards", "lang": "en"}))?;
            ensure!(text(&guards, "/0/mode") == "watch", "nothing is armed: {guards}");
            room.end()
        },
    )
}

#[test]
fn the_window_outlives_a_guard_that_is_killed_and_speaks_to_the_next_one() -> Done {
    on_a_private_bus(
        "the_window_outlives_a_guard_that_is_killed_and_speaks_to_the_next_one",
        |folder| {
            let (_cloud, room) = Room::guarded(folder, 20, "14 GB")?;
            room.welcomed()?;
            room.driver.says("ecs-dry")?;
            let Room {
                driver,
                desktop,
                home,
                display,
                keyring: _keyring,
                host: _host,
            } = room;
            desktop.kill();
            driver.says("The guard does not answer since")?;
            driver.says("ecs-dry")?;
            let desktop = Desktop::with_environment(&display, &house(&home), home.environment())?;
            until("the window is connected again", || {
                Ok((!driver.text()?.contains("The guard does not answer since")).then_some(()))
            })?;
            driver.close()?;
            let mut desktop = desktop;
            ensure!(desktop.runs()?, "the guard does not go with its window");
            ensure!(desktop.end()? == 0, "it ends well");
            Ok(())
        },
    )
}

/// Pages, and something that stands on each once it is there.
const PAGES: [(&str, &str, &str); 15] = [
    ("overview", "/", "article.meter"),
    ("meters", "/meters", "article.meter"),
    ("servers", "/servers", "article.server"),
    ("quotas", "/quotas", ".quota, .empty"),
    ("bill", "/quotas/bill", ".bill, .empty"),
    ("balances", "/balances", ".balance, .empty"),
    ("renewals", "/renewals", ".renewal, .empty"),
    ("proxy", "/proxy", ".begin"),
    ("activity", "/activity/alerts", ".tabs"),
    ("actions", "/activity/actions", ".tabs"),
    ("accounts", "/settings/accounts", ".account"),
    ("channels", "/settings/channels", ".channel"),
    ("reports", "/settings/reports", "form"),
    ("defaults", "/settings/guards", "form"),
    ("general", "/settings/general", ".form"),
];
/// Kept for the README; the others are only looked at.
const KEPT: [&str; 5] = ["overview", "servers", "meter", "actions", "channels"];

#[test]
fn every_page_fits_in_both_languages_and_looks_at_every_width() -> Done {
    on_a_private_bus(
        "every_page_fits_in_both_languages_and_looks_at_every_width",
        every_page,
    )
}

/// A month of readings every half hour, with a night in which nothing was read: written as the program itself files them.
fn write_past(home: &Home) -> Done {
    const GIB: i64 = 1 << 30;
    const HALF_HOUR: i64 = 1_800_000;
    const STEPS: i64 = 30 * 48;
    let mut guard = home.guard()?;
    for _ in 0..2 {
        guard.event("reading", |_| true)?;
    }
    guard.end()?;
    let files = files(&house(home))?;
    let database = files
        .iter()
        .find(|(path, _)| path.extension().is_some_and(|end| end == "db"));
    let (path, _) = database.context("the home has a database")?;
    let database = rusqlite::Connection::open(path)?;
    // Spans are told apart by their number, the older ones first.
    let copied = database.execute(
        "INSERT INTO reading_span (key, meter, base, unit, whole, window_kind, window_start, window_end, told)
         SELECT key - 9000, meter, base - ?1, unit, whole, window_kind, window_start, window_end, told FROM reading_span",
        [STEPS * HALF_HOUR],
    )?;
    ensure!(copied > 0, "each meter was read once");
    for step in (0..STEPS).filter(|step| !(900..918).contains(step)) {
        let slow = step * 186 * GIB / STEPS;
        let busy = (step % 48) * GIB / 24;
        database.execute(
            "INSERT INTO reading (span, at, remaining, rest)
             SELECT key, ?1, max(0, coalesce(whole, 0) - ?2), NULL FROM reading_span WHERE key < 0",
            [step * HALF_HOUR, slow + busy],
        )?;
    }
    Ok(())
}

fn every_page(folder: &Path) -> Done {
    let cloud = scene::cloud(folder, 190)?;
    let text_of = config(&cloud, "14 GB")?.replace("countdown = \"2s\"", "countdown = \"10m\"");
    let home = Home::guarding(&cloud, &text_of)?;
    write_past(&home)?;
    home.done(&["arm", "traffic", "--for", "30d", "--yes"])?;
    let room = Room::of(home)?;
    room.welcomed()?;
    let driver = &room.driver;
    driver.element(".flight .hold")?;
    let meters = room.data(&json!({"request": "meters", "account": null, "lang": "en"}))?;
    let of = |name: &str| text(&meters, &format!("/meters/0/{name}")).to_owned();
    let meter = format!("/meters/{}/{}", of("account"), of("meter"));
    let pages: Vec<(&str, &str, &str)> = PAGES
        .into_iter()
        .chain([("meter", meter.as_str(), ".history canvas")])
        .collect();
    let mut faults = Vec::new();
    for (language, theme) in [
        ("en", "light"),
        ("en", "dark"),
        ("zh-CN", "light"),
        ("zh-CN", "dark"),
    ] {
        let change = json!({"language": language, "theme": theme});
        driver.ask(&json!({"request": "save_settings", "change": change}))?;
        driver.script("location.hash = '#/'; location.reload()", &[])?;
        until("the page is there again in its look", || {
            let look = driver.script(
                "return [document.documentElement.lang, document.documentElement.dataset.theme, !!document.querySelector('article.meter')]",
                &[],
            );
            Ok((look.ok() == Some(json!([language, theme, true]))).then_some(()))
        })?;
        for (name, path, mark) in &pages {
            driver.go(path)?;
            driver.element(mark)?;
            for width in [1040, 360] {
                driver.size(width, 700)?;
                until("the window has its size", || {
                    let now = driver.script("return window.innerWidth", &[])?;
                    Ok((now == json!(width)).then_some(()))
                })?;
                for fault in driver.overflow()? {
                    faults.push(format!("{name} {language} {theme} {width}: {fault}"));
                }
                if let Some(folder) = pictures()
                    && width == 1040
                    && KEPT.contains(name)
                {
                    driver.picture(&folder.join(format!("{name}-{language}-{theme}.png")))?;
                }
            }
            driver.size(1040, 700)?;
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    room.end()
}
