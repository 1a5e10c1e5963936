//! Tells the program whether the window's pages are there. Where they were not built a placeholder stands in, so that the
//! program compiles on a fresh checkout; it then offers no window.

use std::path::Path;
use std::{fs, io};

/// Nobody sees it: a program with this page opens no window.
const PLACEHOLDER: &str = "<!doctype html><title>no pages</title>";

fn main() -> io::Result<()> {
    println!("cargo:rustc-check-cfg=cfg(window_pages)");
    println!("cargo:rerun-if-changed=../ui/dist/index.html");
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(&dist)?;
        fs::write(&page, PLACEHOLDER)?;
    }
    if fs::read_to_string(&page)? != PLACEHOLDER {
        println!("cargo:rustc-cfg=window_pages");
    }
    tauri_build::build();
    Ok(())
}
