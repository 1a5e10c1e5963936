//! What the window loads before its first picture: the same count that `scripts/ui.sh build` ends with.

use std::process::Command;

use anyhow::{Context, ensure};

use crate::budgets::SCRIPT_BYTES;
use crate::report::Row;

/// Asks the pages' own script, which reads the built pages.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let output = Command::new("node")
        .args(["ui/scripts/size.mjs", "--bytes"])
        .current_dir(tidegate_tests::root())
        .output()
        .context("node counts the script")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    let bytes: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(vec![Row::exact(
        "window: script before its first picture, compressed",
        bytes.div_ceil(1024),
        SCRIPT_BYTES / 1024,
        "KiB",
    )])
}
