//! Builds in the name, the icon and the settings of the desktop program.

fn main() {
    tauri_build::build();
}
