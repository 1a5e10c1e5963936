//! Writes or compares the page about every provider: `--write` renews `docs/providers.md`, else a difference fails.

use std::path::Path;
use std::process::ExitCode;

use tidegate_providers::specs::{BUILT_IN, Spec, document};

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/providers.md");
    let specs: Vec<Spec> = BUILT_IN
        .iter()
        .filter_map(|(_, text)| Spec::parse(text).ok())
        .collect();
    let page = document::page(&specs);
    if std::env::args().any(|argument| argument == "--write") {
        return match std::fs::write(&path, page) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(4),
        };
    }
    match std::fs::read_to_string(&path) {
        Ok(written) if written == page => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    }
}
