//! One of every message of the program about itself.

use tidegate_channels::Message;
use tidegate_guard::Severity;

pub fn all() -> Vec<(&'static str, Severity, Message)> {
    let program = |condition: &str, detail: &str| Message::Program {
        condition: condition.to_owned(),
        detail: detail.to_owned(),
    };
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
