//! Bounds of the simulator, each with its reason.

use std::time::Duration;

/// Requests kept in the log: a year of polling one account every five minutes is 105 000 looks.
pub const LOG_REQUESTS: usize = 500_000;
/// Messages kept by the sink: far more than any test sends.
pub const MESSAGES: usize = 100_000;
/// A request body over HTTP is at most this long: the real gateway takes 12 MB, nothing here comes near 1 MiB.
pub const BODY_BYTES: usize = 1024 * 1024;
/// The gateway refuses a date that is further off than this (signing guide).
pub const SKEW: Duration = Duration::from_secs(15 * 60);
/// More consecutive failed authentications than this lock a key (signing guide).
pub const FAILURES: u32 = 5;
/// For so long (signing guide).
pub const LOCKED: Duration = Duration::from_secs(5 * 60);
/// Finished jobs are kept one day (ECS documentation).
pub const JOB_KEPT: Duration = Duration::from_secs(24 * 3600);
/// Most servers of one stop or start (SDK).
pub const ACTION_SERVERS: usize = 1000;
/// Most ids of one usages query (BSS documentation).
pub const USAGE_IDS: usize = 100;
/// Most metrics of one batch query (CES documentation).
pub const BATCH_METRICS: usize = 500;
/// Most points of one batch query; `from` is moved silently beyond it (CES documentation).
pub const BATCH_POINTS: i64 = 3000;
/// Fine-grained metric data is kept for two days (CES documentation).
pub const METRIC_KEPT: Duration = Duration::from_secs(48 * 3600);
/// A message body is at most this long (bot guide).
pub const MESSAGE_BYTES: usize = 20 * 1024;
/// A signed message is at most this old, or this far ahead (bot guide).
pub const MESSAGE_WINDOW: Duration = Duration::from_secs(3600);
/// Messages per second of one bot (bot guide).
pub const MESSAGES_PER_SECOND: usize = 5;
/// Messages per minute of one bot (bot guide).
pub const MESSAGES_PER_MINUTE: usize = 100;
/// The same in milliseconds.
pub(crate) const fn window_ms() -> u64 {
    MESSAGE_WINDOW.as_secs() * 1_000
}
/// Messages per minute of one DingTalk robot; one more costs ten minutes (robot guide).
pub const DINGTALK_PER_MINUTE: usize = 20;
/// A DingTalk message is at most this long (code 460101).
pub const DINGTALK_BYTES: usize = 20_000;
/// Messages per minute of one WeCom robot (robot guide).
pub const WECOM_PER_MINUTE: usize = 20;
/// Most bytes of a WeCom text (robot guide).
pub const WECOM_TEXT_BYTES: usize = 2_048;
/// Most bytes of a WeCom Markdown text (robot guide).
pub const WECOM_MARKDOWN_BYTES: usize = 4_096;
/// Messages per minute of one bot to one group of Telegram (bot FAQ).
pub const TELEGRAM_PER_MINUTE: usize = 20;
/// Most UTF-16 units of a Telegram message (Bot API).
pub const TELEGRAM_UNITS: usize = 4_096;
/// Most characters of a Slack header (Block Kit reference).
pub const SLACK_HEADER_CHARS: usize = 150;
/// Most characters of a Slack section (Block Kit reference).
pub const SLACK_TEXT_CHARS: usize = 3_000;
/// Most cycles that one package is followed through: eight hundred years of months end a broken scenario.
pub const CYCLES: u32 = 10_000;
/// The largest package of a scenario: beyond what is sold, and far from where bytes overflow.
pub(crate) const PACKAGE_GIB: i64 = 1_000_000;
/// Nonces kept of one account: Alibaba Cloud refuses a repeated one within 15 minutes, and nothing here asks faster.
pub(crate) const NONCES: usize = 1000;
/// A signed request may be so much older or newer than the clock of Tencent Cloud or AWS says (their signing guides).
pub(crate) const SKEW_STRICT: Duration = Duration::from_secs(5 * 60);
/// A token is good for so long: what Microsoft's directory usually gives.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(3599);
/// Calls of the bill per second of one main account of Volcengine, all of its actions together (billing guide).
pub const BILL_CALLS: usize = 5;
/// The largest page of IAM: no maximum is documented, and the official tools ask for this many.
pub(crate) const IAM_PAGE: i64 = 100;
/// The largest page of projects (project guide).
pub(crate) const PROJECT_PAGE: i64 = 1000;
/// The largest page of API keys (SDK).
pub(crate) const API_KEY_PAGE: i64 = 1000;
/// Most projects of one attachment (project guide).
pub(crate) const PROJECTS_OF_CALL: usize = 10;
/// Access keys of one sub-account (IAM quotas).
pub const KEYS: usize = 2;
/// The longest policy document (IAM quotas).
pub(crate) const POLICY_CHARS: usize = 6144;
/// Lines of a kernel's log that wait for a slow reader: the oldest are dropped beyond, as kernels do.
pub const LOG_LINES: usize = 4096;
