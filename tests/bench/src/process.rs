//! What the kernel says of a process, and where test files go.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

/// Counts the readings of a database: those in their place, and those that are still among the newest looks of all.
pub(crate) const READINGS: &str =
    "select (select count(*) from reading) + (select count(*) from recent where at is not null)";

/// A field of `/proc/PID/status` in KiB: `VmHWM` (peak resident), `VmRSS` (resident now).
pub(crate) fn memory_kib(pid: u32, field: &str) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find(|line| line.starts_with(field))
        .with_context(|| format!("{field} is missing"))?;
    let value = line.split_whitespace().nth(1).context("a number")?;
    Ok(value.parse()?)
}

/// Ticks of the processor's clock in a second, as Linux tells a process's time.
pub(crate) const TICKS: u64 = 100;

/// Clock ticks that a process has used, in user and kernel mode.
pub(crate) fn ticks(pid: u32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in parentheses, and may hold spaces.
    let (_, rest) = text.rsplit_once(") ").context("a stat line")?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next().context("utime")?.parse()?;
    let kernel: u64 = fields.next().context("stime")?.parse()?;
    Ok(user + kernel)
}

/// What `look` says of each of these processes.
pub(crate) fn all<T>(pids: &[u32], look: impl Fn(u32) -> anyhow::Result<T>) -> anyhow::Result<Vec<T>> {
    pids.iter().map(|pid| look(*pid)).collect()
}

/// How often each thread of a process has given its processor up so far, and so was woken: that it was taken from it on a
/// busy machine is no doing of its own.
pub(crate) type Switches = BTreeMap<String, u64>;

/// Of every thread that lives now, by its number.
pub(crate) fn switches(pid: u32) -> anyhow::Result<Switches> {
    let mut all = Switches::new();
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let task = task?;
        // A thread may end while it is looked at.
        let Ok(status) = fs::read_to_string(task.path().join("status")) else {
            continue;
        };
        let count = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        let count = count.context("a number")?.trim().parse()?;
        all.insert(task.file_name().to_string_lossy().into_owned(), count);
    }
    Ok(all)
}

/// How many came between two looks; a thread that was not there before began with none.
pub(crate) fn between(before: &Switches, after: &Switches) -> u64 {
    let grown = |(thread, count): (&String, &u64)| {
        let known = before.get(thread).copied().unwrap_or(0);
        count.saturating_sub(known)
    };
    after.iter().map(grown).sum()
}

/// The process that draws the pages of a window with this home: WebKit's own, which inherits its environment.
pub(crate) fn webview(home: &Path) -> anyhow::Result<u32> {
    let mark = format!("TIDEGATE_HOME={}", home.display());
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
        let environment = fs::read(folder.join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        if name.starts_with("WebKitWebProces") && variables.any(|variable| variable == mark.as_bytes()) {
            let pid = folder.file_name().and_then(|pid| pid.to_str());
            return Ok(pid.context("a process id")?.parse()?);
        }
    }
    bail!("no webview of {}", home.display());
}

/// Bytes that this process has handed to the system to be written so far: log, database, backups, caches. What the
/// system says of blocks (`write_bytes`) counts many times what a page of a large folio holds.
pub(crate) fn own_written() -> anyhow::Result<u64> {
    let text = fs::read_to_string("/proc/self/io")?;
    let written = text.lines().find_map(|line| line.strip_prefix("wchar: "));
    Ok(written.context("wchar is missing")?.trim().parse()?)
}

/// Processor time of this process so far, user and kernel.
#[expect(unsafe_code, reason = "getrusage has no safe face in the standard library")]
pub(crate) fn own_cpu() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a rusage of this frame; zeroed is a valid one, should the call fail.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    span(usage.ru_utime) + span(usage.ru_stime)
}

fn span(time: libc::timeval) -> Duration {
    let micros = i128::from(time.tv_sec) * 1_000_000 + i128::from(time.tv_usec);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// The folder that holds the test files: beside the program, on the disk of the build, because `/tmp` is often memory
/// and a synced write there proves nothing.
pub(crate) fn scratch_root() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().context("the program lies in a folder")?;
    Ok(folder.to_path_buf())
}

/// A program that was built beside this one.
pub(crate) fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let program = scratch_root()?.join(name);
    ensure!(
        program.is_file(),
        "{} is not built; scripts/bench.sh does",
        program.display()
    );
    Ok(program)
}

/// A new folder for test files, removed when dropped.
pub(crate) fn scratch() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(scratch_root()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(threads: &[(&str, u64)]) -> Switches {
        let own = |(thread, count): &(&str, u64)| ((*thread).to_owned(), *count);
        threads.iter().map(own).collect()
    }

    #[test]
    fn a_thread_that_began_or_ended_between_two_looks_takes_nothing_from_the_others() {
        let before = of(&[("1", 10), ("2", 900)]);
        let after = of(&[("1", 13), ("3", 4)]);
        assert_eq!(between(&before, &after), 7);
        assert_eq!(between(&before, &before), 0);
    }
}
