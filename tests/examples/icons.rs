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
/// What Windows and macOS want in one file, by the names of the pictures; macOS has a kind for each.
const ICO: [&str; 3] = ["32x32", "64x64", "256x256"];
const ICNS: [(&[u8; 4], &str); 5] = [
    (b"ic11", "32x32"),
    (b"ic12", "64x64"),
    (b"ic07", "128x128"),
    (b"ic08", "256x256"),
    (b"ic09", "icon"),
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
    made.extend(collections(&made)?);
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

/// The application's icon as the one file that Windows and macOS want, made of the pictures.
fn collections(pictures: &[(PathBuf, Vec<u8>)]) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let named = |name: &str| {
        let of_name = |(path, _): &&(PathBuf, Vec<u8>)| path.file_stem().is_some_and(|stem| stem == name);
        pictures.iter().find(of_name).with_context(|| name.to_owned())
    };
    let folder = named("icon")?.0.parent().context("pictures lie in a folder")?;
    let ico = ICO.iter().map(|name| Ok(named(name)?.1.as_slice()));
    let icns = ICNS
        .iter()
        .map(|(kind, name)| Ok((*kind, named(name)?.1.as_slice())));
    Ok(vec![
        (
            folder.join("icon.ico"),
            windows(&ico.collect::<anyhow::Result<Vec<_>>>()?)?,
        ),
        (
            folder.join("icon.icns"),
            macos(&icns.collect::<anyhow::Result<Vec<_>>>()?)?,
        ),
    ])
}

/// The form of Windows: a table of pictures with their places, then the pictures. 256 pixels are written as 0.
fn windows(pictures: &[&[u8]]) -> anyhow::Result<Vec<u8>> {
    let count = u16::try_from(pictures.len())?;
    let mut file = [0_u16, 1, count].map(u16::to_le_bytes).concat();
    let mut place = 6 + 16 * u32::from(count);
    for picture in pictures {
        let pixels = picture.get(19).context("a picture has a width")?;
        let length = u32::try_from(picture.len())?;
        file.extend([*pixels, *pixels, 0, 0, 1, 0, 32, 0]);
        file.extend(length.to_le_bytes());
        file.extend(place.to_le_bytes());
        place += length;
    }
    file.extend(pictures.concat());
    Ok(file)
}

/// The form of macOS: each picture behind its kind and length, the whole behind its own.
fn macos(pictures: &[(&[u8; 4], &[u8])]) -> anyhow::Result<Vec<u8>> {
    let part = |kind: &[u8; 4], bytes: &[u8]| -> anyhow::Result<Vec<u8>> {
        let length = u32::try_from(bytes.len() + 8)?;
        Ok([kind.as_slice(), length.to_be_bytes().as_slice(), bytes].concat())
    };
    let parts = pictures.iter().map(|(kind, bytes)| part(kind, bytes));
    part(b"icns", &parts.collect::<anyhow::Result<Vec<_>>>()?.concat())
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
