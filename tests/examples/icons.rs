//! Makes every picture of `icons/` from its drawings: `cargo run -p tidegate-tests --example icons -- --write`, or
//! `--check` to compare. The drawings are rendered by a library of a pinned version, so that every machine makes the
//! same pictures.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

const STATES: [(&str, bool); 7] = [
    ("calm", true),
    ("warning", true),
    ("critical", true),
    ("acting", false),
    ("stopped", false),
    ("blind", false),
    ("paused", false),
];
const FILLS: [u32; 5] = [0, 25, 50, 75, 100];
const TRAY_PIXELS: [u32; 4] = [16, 22, 32, 48];
const APP: [(&str, u32); 6] = [
    ("32x32", 32),
    ("64x64", 64),
    ("128x128", 128),
    ("128x128@2x", 256),
    ("256x256", 256),
    ("icon", 512),
];
/// The inside of the vessel, in the units of the drawing.
const VESSEL: (u32, u32) = (4, 24);

fn main() -> anyhow::Result<()> {
    let write = match std::env::args().nth(1).as_deref() {
        Some("--write") => true,
        Some("--check") => false,
        _ => bail!("--write or --check"),
    };
    let icons = tidegate_tests::root().join("icons");
    let mut made = app(&icons)?;
    for (state, filled) in STATES {
        made.extend(tray(&icons.join("tray"), state, filled)?);
    }
    for (path, bytes) in made {
        if write {
            fs::write(&path, bytes)?;
        } else {
            let found = fs::read(&path).with_context(|| path.display().to_string())?;
            ensure!(
                found == bytes,
                "{} is not what its drawing makes: run scripts/icons.sh",
                path.display()
            );
        }
    }
    Ok(())
}

fn app(icons: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let folder = icons.join("app");
    let drawing = fs::read_to_string(folder.join("app.svg"))?;
    APP.into_iter()
        .map(|(name, pixels)| Ok((folder.join(format!("{name}.png")), rendered(&drawing, pixels)?)))
        .collect()
}

fn tray(folder: &Path, state: &str, filled: bool) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let drawing = fs::read_to_string(folder.join(format!("{state}.svg")))?;
    let fills: &[Option<u32>] = if filled { &FILLS.map(Some) } else { &[None] };
    let mut made = Vec::new();
    for fill in fills {
        let name = fill.map_or_else(|| state.to_owned(), |fill| format!("{state}-{fill}"));
        let text = level(&drawing, fill.unwrap_or(0));
        for pixels in TRAY_PIXELS {
            made.push((
                folder.join(format!("{name}-{pixels}.png")),
                rendered(&text, pixels)?,
            ));
            let template = one_colour(&text);
            made.push((
                folder.join(format!("{name}-template-{pixels}.png")),
                rendered(&template, pixels)?,
            ));
        }
    }
    Ok(made)
}

/// Water up to this share of the vessel.
fn level(drawing: &str, fill: u32) -> String {
    let height = VESSEL.1 * fill / 100;
    let top = VESSEL.0 + VESSEL.1 - height;
    drawing
        .replace("{top}", &top.to_string())
        .replace("{height}", &height.to_string())
}

/// Black alone: the panel colours it. Masks keep their white.
fn one_colour(drawing: &str) -> String {
    ["#1fa3ad", "#e09a1a", "#e2483d", "#8b5cf0", "#8a949e"]
        .into_iter()
        .fold(drawing.to_owned(), |text, colour| text.replace(colour, "#000"))
}

/// The drawing at this size: told in the drawing itself, so that nothing is calculated here.
fn rendered(drawing: &str, pixels: u32) -> anyhow::Result<Vec<u8>> {
    let sized = drawing.replacen(
        "<svg ",
        &format!("<svg width=\"{pixels}\" height=\"{pixels}\" "),
        1,
    );
    let tree = Tree::from_str(&sized, &Options::default())?;
    let mut pixmap = Pixmap::new(pixels, pixels).context("a picture has pixels")?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    Ok(pixmap.encode_png()?)
}
