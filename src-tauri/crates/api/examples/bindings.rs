//! Writes or compares the TypeScript bindings: `--write` renews `ui/src/bindings/api.ts`, `--check` fails on a difference.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings/api.ts");
    let text = tidegate_api::bindings::text();
    let write = std::env::args().any(|argument| argument == "--write");
    if write {
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        return match folder.and_then(|()| std::fs::write(&path, text)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(4),
        };
    }
    match std::fs::read_to_string(&path) {
        Ok(written) if written == text => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    }
}
