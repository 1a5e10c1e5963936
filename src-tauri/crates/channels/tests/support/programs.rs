//! One of every message of the program about itself.

use tidegate_channels::Message;
use tidegate_guard::Severity;

fn program(condition: &str, detail: &str) -> Message {
    Message::Program {
        condition: condition.to_owned(),
        detail: detail.to_owned(),
    }
}

pub fn all() -> Vec<(&'static str, Severity, Message)> {
    vec![
        (
            "program_database",
            Severity::Critical,
            program("database_unreadable", "malformed image"),
        ),
        (
            "program_keychain",
            Severity::Warning,
            program("keychain_locked", ""),
        ),
        (
            "program_keychain_unlocked",
            Severity::Info,
            program("keychain_unlocked", "since 2026-11-20T13:05:10Z"),
        ),
        (
            "program_config",
            Severity::Warning,
            program("config_refused", "line 12: unknown key"),
        ),
        (
            "program_disk",
            Severity::Critical,
            program("store_unwritable", ""),
        ),
        (
            "program_channel_refused",
            Severity::Critical,
            program("channel_refused:ops", "19001"),
        ),
        (
            "program_channel_unreachable",
            Severity::Warning,
            program("channel_unreachable:ops", "no answer"),
        ),
        (
            "program_account_blind",
            Severity::Critical,
            program("account_blind:hw-main", "主账号: wrong key (auth)"),
        ),
        (
            "program_discovery_old",
            Severity::Warning,
            program("discovery_old:hw-main", "the list of servers, none yet"),
        ),
        (
            "program_other",
            Severity::Warning,
            program("lease_lost", "another copy runs"),
        ),
        (
            "program_guard_unreadable",
            Severity::Critical,
            program("guard_unreadable:hw-main-traffic", ""),
        ),
    ]
}

/// Conditions of devices that hand in flows.
pub fn devices() -> Vec<(&'static str, Severity, Message)> {
    vec![
        (
            "program_device_refused",
            Severity::Warning,
            program("device_refused:nas", "家里的 NAS: older than 400 days"),
        ),
        (
            "program_device_clock",
            Severity::Warning,
            program("device_clock:nas", "家里的 NAS: its clock is 7200 s behind ours"),
        ),
        (
            "program_device_silent",
            Severity::Warning,
            program(
                "device_silent:nas",
                "家里的 NAS: not heard of since 2026-11-21T08:00:00Z",
            ),
        ),
    ]
}
