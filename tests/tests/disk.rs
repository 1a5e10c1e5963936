//! The home goes wrong: its disk fills up, its database is overwritten, two copies share it. Nothing is stopped without
//! a record, the user is told, and everything goes on by itself when it can.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::stage::scene::{self, text};
use tidegate_tests::stage::{Cloud, Home, config, inside};

type Done = anyhow::Result<()>;

#[expect(clippy::print_stdout, reason = "a skipped test names what is missing")]
fn skipped(missing: &str) {
    println!("skipped: needs root or unprivileged user namespaces to mount a small file system: {missing}");
}

/// Runs the test again where it may mount. Where even that is not permitted, says what is missing; root must be able to.
fn where_mounting_is_possible(test: &str, body: fn() -> Done) -> Done {
    if inside::folder().is_some() {
        return body();
    }
    let unshare = inside::need("unshare", "util-linux")?;
    let alone = || {
        let mut command = Command::new(&unshare);
        command.args(["--mount", "--map-root-user"]);
        command
    };
    let possible = alone().args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output()?;
    if !possible.status.success() {
        let said = String::from_utf8_lossy(&possible.stderr).into_owned();
        #[expect(
            unsafe_code,
            reason = "geteuid(2) has no safe wrapper in std; it only reads and cannot fail"
        )]
        let root = unsafe { libc::geteuid() } == 0;
        ensure!(
            !root,
            "a small file system cannot be mounted, not even as root: {said}"
        );
        skipped(&said);
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    inside::again(alone(), folder.path(), test)
}

/// A home folder on a file system of its own size; it ends with the mount namespace of the test.
fn small(home: &Home, size: &str) -> anyhow::Result<PathBuf> {
    let folder = home.path().join("home");
    fs::create_dir_all(&folder)?;
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tidegate-test"])
        .arg(&folder)
        .status()?;
    ensure!(mounted.success(), "the small file system is mounted");
    Ok(folder)
}

/// Makes a small file system of a test read-only, or writable again. Possible while nothing on it is open for writing.
fn remount(folder: &Path, how: &str) -> Done {
    let done = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(folder)
        .status()?;
    ensure!(done.success(), "it is remounted {how}");
    Ok(())
}

/// Takes every byte that is left.
fn fill(folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join("ballast");
    let mut file = File::create(&path)?;
    let mut taken: u64 = 0;
    for piece in [4096, 1] {
        while let Ok(written) = file.write(&vec![0; piece]) {
            taken += u64::try_from(written)?;
        }
    }
    ensure!(taken > 0, "there was room before");
    Ok(path)
}

fn stage(used_gib: u32) -> anyhow::Result<(tempfile::TempDir, Cloud, Home)> {
    let folder = tempfile::tempdir()?;
    let cloud = scene::cloud(folder.path(), used_gib)?;
    let home = Home::for_cloud(&cloud)?;
    Ok((folder, cloud, home))
}

fn arm(cloud: &Cloud, home: &Home) -> Done {
    let applied = home.apply(&config(cloud, "14 GB")?)?;
    ensure!(applied.code == 0, "{applied:?}");
    home.done(&["arm", "traffic", "--for", "1d", "--yes"]).map(|_| ())
}

fn condition(name: &'static str) -> impl Fn(&Value) -> bool {
    move |event| text(event, "/condition") == name
}

#[test]
fn a_full_disk_stops_nothing_tells_it_and_goes_on_when_there_is_room() -> Done {
    where_mounting_is_possible(
        "a_full_disk_stops_nothing_tells_it_and_goes_on_when_there_is_room",
        || {
            let (_folder, cloud, home) = stage(100)?;
            let disk = small(&home, "2m")?;
            arm(&cloud, &home)?;
            let mut guard = home.guard()?;
            guard.event("reading", |_| true)?;
            let ballast = fill(&disk)?;
            guard.event("program", condition("store_unwritable"))?;
            scene::use_up(&cloud, scene::REST)?;
            for _ in 0..5 {
                // Over the link: the guard that cannot write looks and answers.
                let answer = home.run(&["check", "--json"])?;
                ensure!(!answer.out.is_empty(), "it still answers: {answer:?}");
            }
            ensure!(cloud.stops()?.is_empty(), "nothing is stopped without a record");
            let told = cloud.told()?;
            ensure!(told.len() == 1, "the full disk is told, once: {told:?}");
            ensure!(
                told.iter().any(|card| card.contains("disk")),
                "it says what is wrong: {told:?}"
            );
            fs::remove_file(ballast)?;
            guard.event("verified", |_| true)?;
            scene::until_over(&home, &mut guard)?;
            let (code, printed) = guard.end()?;
            ensure!(code == 0, "it ends well: {code} {printed}");
            scene::assert_stopped_once(&cloud, &home, 0, 1)
        },
    )
}

#[test]
fn on_a_read_only_disk_the_guard_says_so_and_touches_nothing_and_goes_on_when_it_is_writable() -> Done {
    where_mounting_is_possible(
        "on_a_read_only_disk_the_guard_says_so_and_touches_nothing_and_goes_on_when_it_is_writable",
        || {
            let (_folder, cloud, home) = stage(190)?;
            let disk = small(&home, "24m")?;
            arm(&cloud, &home)?;
            let stops = cloud.stops()?.len();
            remount(&disk, "ro")?;
            let before = tidegate_tests::stage::files(&disk)?;
            let refused = home.run(&["run", "--json"])?;
            ensure!(refused.code == 4, "it does not guard: {refused:?}");
            let said = refused.err.to_lowercase();
            ensure!(said.contains("read-only"), "it says why: {refused:?}");
            ensure!(cloud.stops()?.len() == stops, "nothing was stopped");
            let after = tidegate_tests::stage::files(&disk)?;
            ensure!(before == after, "nothing was written or set aside");
            remount(&disk, "rw")?;
            let mut guard = home.guard()?;
            guard.event("verified", |_| true)?;
            scene::until_over(&home, &mut guard)?;
            let (code, printed) = guard.end()?;
            ensure!(code == 0, "it ends well: {code} {printed}");
            scene::assert_stopped_once(&cloud, &home, 0, 0)
        },
    )
}

#[test]
fn a_read_only_database_is_no_damaged_one_it_is_told_and_guarded_again_when_it_is_writable() -> Done {
    where_mounting_is_possible(
        "a_read_only_database_is_no_damaged_one_it_is_told_and_guarded_again_when_it_is_writable",
        || {
            let (_folder, cloud, home) = stage(190)?;
            arm(&cloud, &home)?;
            let file = home.path().join("home/tidegate.db");
            let before = fs::read(&file)?;
            let bound = Command::new("mount")
                .arg("--bind")
                .args([&file, &file])
                .status()?;
            ensure!(bound.success(), "the file is a mount of its own");
            remount(&file, "bind,ro")?;
            let refused = home.run(&["run", "--json"])?;
            ensure!(refused.code == 4, "it does not guard: {refused:?}");
            let said = refused.err.to_lowercase();
            ensure!(said.contains("read-only"), "it says why: {refused:?}");
            ensure!(fs::read(&file)? == before, "it was not touched");
            let names = tidegate_tests::stage::files(&home.path().join("home"))?;
            let aside = |path: &Path| path.to_string_lossy().contains("unreadable");
            ensure!(!names.iter().any(|(path, _)| aside(path)), "nor set aside");
            remount(&file, "bind,rw")?;
            let mut guard = home.guard()?;
            guard.event("verified", |_| true)?;
            scene::until_over(&home, &mut guard)?;
            let (code, printed) = guard.end()?;
            ensure!(code == 0, "it ends well: {code} {printed}");
            scene::assert_stopped_once(&cloud, &home, 0, 0)
        },
    )
}

/// Bytes that are no database, as many as there were.
fn scramble(path: &Path) -> anyhow::Result<Vec<u8>> {
    let length = fs::metadata(path)?.len();
    let mut state: u32 = 0x2026_0711;
    let bytes: Vec<u8> = (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        })
        .collect();
    fs::write(path, &bytes)?;
    Ok(bytes)
}

#[test]
fn an_unreadable_database_is_kept_aside_told_and_nothing_is_stopped() -> Done {
    let (_folder, cloud, home) = stage(190)?;
    arm(&cloud, &home)?;
    let scrambled = scramble(&home.path().join("home/tidegate.db"))?;
    let file = home.path().join("tidegate.toml");
    let mut guard = home.guard_with(&["--config", file.to_str().context("a printable path")?])?;
    guard.event("program", condition("database_unreadable"))?;
    guard.event("delivered", |event| text(event, "/code") == "program")?;
    guard.event("step", |event| text(event, "/key") == "limit")?;
    for _ in 0..8 {
        guard.later("reading")?;
    }
    let guards = scene::rows(&home, "guards")?;
    ensure!(
        guards.iter().all(|row| text(row, "/mode") == "watch") && !guards.is_empty(),
        "every guard only watches: {guards:?}"
    );
    ensure!(guard.count("planned") == 0, "nothing is planned");
    let (code, printed) = guard.end()?;
    ensure!(code == 0, "it ends well: {code} {printed}");
    ensure!(cloud.stops()?.is_empty(), "nothing is stopped");
    let told = cloud.told()?;
    ensure!(
        told.iter().any(|card| card.contains("kept aside")),
        "it is told: {told:?}"
    );
    let kept: Vec<Vec<u8>> = tidegate_tests::stage::files(&home.path().join("home"))?
        .into_iter()
        .filter(|(path, _)| path.to_string_lossy().contains("tidegate.db.unreadable-"))
        .map(|(_, bytes)| bytes)
        .collect();
    ensure!(kept == [scrambled], "the file is kept aside as it was");
    home.done(&["audit", "verify"]).map(|_| ())
}

/// The keys of the scene's account: the second copy gets the second one, so that the cloud tells the copies apart.
fn key(cloud: &Cloud, index: usize) -> anyhow::Result<(String, String)> {
    let state = cloud.ask("state")?;
    let key = state
        .pointer(&format!("/accounts/0/keys/{index}"))
        .context("the account has that key")?;
    Ok((text(key, "/ak").to_owned(), text(key, "/sk").to_owned()))
}

fn requests_of(cloud: &Cloud, key: &str) -> anyhow::Result<usize> {
    let requests = cloud.requests()?;
    Ok(requests.iter().filter(|row| text(row, "/key") == key).count())
}

#[test]
fn a_second_copy_refuses_to_guard_and_sends_nothing() -> Done {
    let (_folder, cloud, mut home) = stage(190)?;
    arm(&cloud, &home)?;
    let mut guard = home.guard()?;
    guard.event("reading", |_| true)?;
    let (ak, sk) = key(&cloud, 1)?;
    home.set("HW_AK", &ak);
    home.set("HW_SK", &sk);
    let second = home.run(&["run", "--json"])?;
    ensure!(second.code == 4, "it refuses: {second:?}");
    ensure!(
        second.err.contains("Another process"),
        "it says why, and what to do: {second:?}"
    );
    ensure!(requests_of(&cloud, &ak)? == 0, "the second copy asked nobody");
    scene::until_over(&home, &mut guard)?;
    let (code, _) = guard.end()?;
    ensure!(code == 0, "the first ends well: {code}");
    scene::assert_stopped_once(&cloud, &home, 0, 0)
}

/// While the holder is frozen with its lock, nobody takes over: it may wake up in the middle of a request. Where the lock
/// is lost as well, the second copy takes over, and the first one is fenced when it wakes up.
#[test]
fn a_frozen_copy_that_lost_its_lock_is_fenced_when_it_wakes_up() -> Done {
    let (_folder, cloud, mut home) = stage(100)?;
    arm(&cloud, &home)?;
    let mut first = home.guard()?;
    first.event("reading", |_| true)?;
    let (old, _) = key(&cloud, 0)?;
    let (ak, sk) = key(&cloud, 1)?;
    first.signal(libc::SIGSTOP)?;
    home.set("HW_AK", &ak);
    home.set("HW_SK", &sk);
    let refused = home.run(&["run", "--json"])?;
    ensure!(refused.code == 4, "a frozen holder still holds: {refused:?}");
    for lost in ["home/tidegate.db.lock", "home/run/link.sock"] {
        fs::remove_file(home.path().join(lost))?;
    }
    let mut second = home.guard()?;
    second.event("lease", |event| {
        event.pointer("/holder") == Some(&Value::Bool(true))
    })?;
    scene::use_up(&cloud, scene::REST)?;
    second.event("planned", |_| true)?;
    first.signal(libc::SIGCONT)?;
    first.event("lease", |event| {
        event.pointer("/holder") == Some(&Value::Bool(false))
    })?;
    let before = requests_of(&cloud, &old)?;
    let deeds = first.count("planned") + first.count("sent") + first.count("delivered");
    ensure!(deeds == 0, "the fenced copy did nothing");
    let (code, _) = first.end()?;
    ensure!(code == 0, "it ends well when it is told to: {code}");
    let version = home.done(&["version", "--json"])?.json()?;
    ensure!(
        version.get("guard").is_some_and(Value::is_string),
        "and leaves the other one's link: {version}"
    );
    scene::until_over(&home, &mut second)?;
    ensure!(
        requests_of(&cloud, &old)? == before,
        "the fenced copy asked nobody"
    );
    let (code, _) = second.end()?;
    ensure!(code == 0, "the second ends well: {code}");
    let stop = cloud
        .requests()?
        .into_iter()
        .find(|row| text(row, "/operation") == "ecs.stop");
    ensure!(
        stop.is_some_and(|row| text(&row, "/key") == ak),
        "the second copy stopped it"
    );
    scene::assert_stopped_once(&cloud, &home, 0, 0)
}
