//! What the kernel says of a process, and where test files go.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

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

/// A new folder for test files, removed when dropped.
pub(crate) fn scratch() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(scratch_root()?)?)
}
