//! Which picture stands for a state. The pictures are made from the sources in `icons/` by `scripts/icons.sh`; this only
//! chooses.

use tauri::image::Image;
use tidegate_api::response::TrayState;

/// The picture's name for a state and what is left in percent: two equal names are the same picture.
pub(crate) fn name(state: TrayState, left: u8) -> String {
    let fill = fill(left);
    match state {
        TrayState::Calm => format!("calm-{fill}"),
        TrayState::Warning => format!("warning-{fill}"),
        TrayState::Critical => format!("critical-{fill}"),
        TrayState::Acting => "acting".to_owned(),
        TrayState::Stopped => "stopped".to_owned(),
        TrayState::Blind => "blind".to_owned(),
        TrayState::Paused => "paused".to_owned(),
    }
}

/// To the nearest quarter; something left never looks like nothing.
const fn fill(left: u8) -> u8 {
    match left {
        0 => 0,
        1..=37 => 25,
        38..=62 => 50,
        63..=87 => 75,
        _ => 100,
    }
}

/// The picture of a name.
pub(crate) fn picture(name: &str) -> Option<Image<'static>> {
    PICTURES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, picture)| picture.clone())
}

/// Each 32 pixels wide: panels of any height scale it down.
static PICTURES: &[(&str, Image<'static>)] = &[
    ("calm-0", tauri::include_image!("../icons/tray/calm-0-32.png")),
    ("calm-25", tauri::include_image!("../icons/tray/calm-25-32.png")),
    ("calm-50", tauri::include_image!("../icons/tray/calm-50-32.png")),
    ("calm-75", tauri::include_image!("../icons/tray/calm-75-32.png")),
    ("calm-100", tauri::include_image!("../icons/tray/calm-100-32.png")),
    (
        "warning-0",
        tauri::include_image!("../icons/tray/warning-0-32.png"),
    ),
    (
        "warning-25",
        tauri::include_image!("../icons/tray/warning-25-32.png"),
    ),
    (
        "warning-50",
        tauri::include_image!("../icons/tray/warning-50-32.png"),
    ),
    (
        "warning-75",
        tauri::include_image!("../icons/tray/warning-75-32.png"),
    ),
    (
        "warning-100",
        tauri::include_image!("../icons/tray/warning-100-32.png"),
    ),
    (
        "critical-0",
        tauri::include_image!("../icons/tray/critical-0-32.png"),
    ),
    (
        "critical-25",
        tauri::include_image!("../icons/tray/critical-25-32.png"),
    ),
    (
        "critical-50",
        tauri::include_image!("../icons/tray/critical-50-32.png"),
    ),
    (
        "critical-75",
        tauri::include_image!("../icons/tray/critical-75-32.png"),
    ),
    (
        "critical-100",
        tauri::include_image!("../icons/tray/critical-100-32.png"),
    ),
    ("acting", tauri::include_image!("../icons/tray/acting-32.png")),
    ("stopped", tauri::include_image!("../icons/tray/stopped-32.png")),
    ("blind", tauri::include_image!("../icons/tray/blind-32.png")),
    ("paused", tauri::include_image!("../icons/tray/paused-32.png")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_left_never_looks_like_nothing() {
        assert_eq!(
            [0, 5, 35, 40, 60, 65, 85, 90, 100].map(fill),
            [0, 25, 25, 50, 50, 75, 75, 100, 100]
        );
    }

    #[test]
    fn every_state_has_a_picture_and_no_two_states_share_one() {
        let mut seen = Vec::new();
        for state in [
            TrayState::Calm,
            TrayState::Warning,
            TrayState::Critical,
            TrayState::Acting,
            TrayState::Stopped,
            TrayState::Blind,
            TrayState::Paused,
        ] {
            for fill in [0, 25, 50, 75, 100] {
                let name = name(state, fill);
                let picture = picture(&name).unwrap();
                assert_eq!((picture.width(), picture.height()), (32, 32), "{name}");
                if !seen.iter().any(|(known, _)| *known == name) {
                    seen.push((name, picture.rgba().to_vec()));
                }
            }
        }
        for (at, (name, pixels)) in seen.iter().enumerate() {
            let twin = seen.iter().skip(at + 1).find(|(_, other)| other == pixels);
            assert!(
                twin.is_none(),
                "{name} looks like {:?}",
                twin.map(|(name, _)| name)
            );
        }
    }
}
