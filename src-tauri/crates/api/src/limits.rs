//! Bounds of the api, each with its reason.

use std::time::Duration;

/// A configuration text is at most this long: a thousand accounts written by hand come nowhere near it.
pub const CONFIG_BYTES: usize = 1024 * 1024;
/// Accounts, channels or guards in one text.
pub const ITEMS: usize = 2000;
/// Entries of one list (steps, regions, channels, protected servers).
pub const LIST_ENTRIES: usize = 200;
/// A name for people, as the earlier systems allowed.
pub const NAME_CHARS: usize = 100;
/// A renewal's note for its owner: a line or two, not a document.
pub const RENEWAL_NOTE_CHARS: usize = 500;
/// So much of an unknown key is shown: enough to recognise it, too little to print a misplaced secret whole.
pub const KEY_CHARS_SHOWN: usize = 24;
/// The shortest interval: the engine's own bound, so that a text it accepts is never refused later.
pub const INTERVAL_MIN: Duration = tidegate_engine::limits::INTERVAL_MIN;
/// The longest interval: a look a day is the least that can be called watching.
pub const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// Between two looks when nothing is said.
pub const INTERVAL_DEFAULT: Duration = Duration::from_secs(5 * 60);
/// Between two looks near a limit when nothing is said.
pub const INTERVAL_NEAR_DEFAULT: Duration = Duration::from_secs(2 * 60);
/// Before an automatic action when nothing is said.
pub const COUNTDOWN_DEFAULT: Duration = Duration::from_secs(60);
/// The longest countdown: a later action would be decided on yesterday's numbers.
pub const COUNTDOWN_MAX: Duration = Duration::from_secs(3600);
/// The longest arming: an older consent is nobody's consent.
pub const ARM_MAX: Duration = Duration::from_secs(366 * 86_400);
/// The arming when nothing is said.
pub const ARM_DEFAULT: Duration = Duration::from_secs(30 * 86_400);
/// An invitation of an agent is good for so long: to walk over to the other machine and paste a line.
pub const INVITE_LIFE: Duration = Duration::from_secs(15 * 60);
/// The longest pause, hold or snooze.
pub const PAUSE_MAX: Duration = Duration::from_secs(30 * 86_400);
/// Backups in one list: the daily ones, and as many by hand and before restores as are kept.
pub const BACKUPS_SHOWN: usize = 200;
/// Backups made by hand: they are never removed by the program, and each is as large as the database.
pub const BACKUPS_BY_HAND: usize = 50;
/// A restore waits so long for the requests in hand: longer than any answer that a person waits for.
pub const DRAIN_MAX: Duration = Duration::from_secs(20);
/// Between two looks whether they are done.
pub const DRAIN_STEP: Duration = Duration::from_millis(20);
/// How many minutes the package of the demonstration lasts: below two the countdown would not fit, and nobody watches
/// for longer than an hour.
pub const DEMO_MINUTES: std::ops::RangeInclusive<u32> = 2..=60;
/// Meters in the tray's menu: a glance holds three.
pub const TRAY_LINES: usize = 3;
/// Actions in the tray's menu: at most ten are sent in a day, and a menu must fit a screen.
pub const TRAY_ACTIONS: usize = 10;
/// Ended actions on the first page.
pub const OVERVIEW_ENDED: usize = 5;
/// Lapses on the first page.
pub const OVERVIEW_LAPSES: u32 = 5;
/// Rows read to count what happened today.
pub const TODAY_ROWS: u32 = 200;
/// Bytes of a chart's JSON: what crosses the link and is parsed in one frame of the screen.
pub const CHART_BYTES: usize = 64 * 1024;
/// Points of a trend: what a wide page shows, and what crosses in a moment.
pub const TREND_POINTS: usize = 500;
/// Accounts named as those with the most alerts.
pub const TOP_ACCOUNTS: usize = 10;
/// Rows of one page of an export: about 200 KB, far below what the link carries at once.
pub const EXPORT_ROWS: usize = 1000;
/// A blindness that began so long before a chart still explains a gap in it.
pub const MARKS_BEFORE: Duration = Duration::from_secs(30 * 86_400);
/// Markers of a chart: more cannot be told apart.
pub const MARKERS: usize = 120;
/// A silence is a gap of a chart after so many intervals: one missed look is none.
pub const GAP_INTERVALS: u32 = 3;
/// Warnings, and actions, listed by one what-if.
pub const WHAT_IF_ROWS: usize = 200;
/// Rows of one page.
pub const PAGE_ROWS: u32 = 500;
/// Points of one history answer.
pub const HISTORY_POINTS: u32 = 2000;
/// Calendar days that one question about flows may span: a year, and the month before it for comparison.
pub const FLOW_DAYS: i64 = 400;
/// The same as a span of instants, with an hour for a day that has 25.
pub const FLOW_SPAN: std::time::Duration = std::time::Duration::from_secs(400 * 86_400 + 3600);
/// Rows of flows in one answer: fifty devices with twenty nodes each; the rest is summed up.
pub const FLOW_ROWS: u32 = 1000;
/// Steps of one line of flows, at least: fewer say nothing.
pub const FLOW_STEPS_LEAST: u32 = 4;
/// Steps of one line of flows, at most: as many as a wide screen shows.
pub const FLOW_STEPS: u32 = 2000;
/// Change batches a subscriber may fall behind before it is told that it missed some.
pub const CHANGES_BEHIND: usize = 256;
/// A reason or note typed by a person.
pub const NOTE_CHARS: usize = 200;
/// One secret's fields when set by a person.
pub const SECRET_FIELDS: usize = 16;
/// An action by hand that could not even ask for the server's state is called off after this long: three tries of 15
/// seconds fit in, and a person still looks at the terminal.
pub const UNSENT_MAX: Duration = Duration::from_secs(60);
/// A command waits so long for the proof of what was sent: a guest system may take minutes to shut down.
pub const UNVERIFIED_MAX: Duration = Duration::from_secs(15 * 60);
/// Tokens that stand at once: one for each program that asks, and each is compared with what is shown.
pub const TOKENS: usize = 100;
/// A token that is shown is at most this long: ours have 46 bytes.
pub const TOKEN_BYTES: usize = 128;
/// The longest life of a token that ends by itself.
pub const TOKEN_LIFE_MAX: Duration = Duration::from_secs(10 * 366 * 86_400);
/// Threads for calls that block (look-up of names, files, standard input): each holds a stack and a heap of its own.
pub const BLOCKING_THREADS: usize = 16;
/// Between two looks into a mailbox at least: servers refuse those that come more often.
pub const MAIL_INTERVAL_MIN: Duration = Duration::from_secs(60);
/// Between two looks into a mailbox, where nothing is said.
pub const MAIL_INTERVAL_DEFAULT: Duration = Duration::from_secs(15 * 60);
/// Days that the first look goes back, where nothing is said.
pub const MAIL_DAYS_DEFAULT: u32 = 3;
/// Days that the first look may go back: older bills are settled.
pub const MAIL_DAYS_MAX: u64 = 90;
/// Characters of a word of a rule.
pub const MAIL_WORD_CHARS: usize = 64;
/// Characters of a server's name: what DNS allows.
pub const HOST_CHARS: usize = 253;
/// An allocation's note, and what the owner of a sub-account noted.
pub const QUOTA_NOTE_CHARS: usize = tidegate_engine::quotas::limits::NOTE_CHARS;
/// Steps of one sub-account.
pub const QUOTA_STEPS: usize = tidegate_engine::quotas::limits::STEPS;
/// A sub-account's user name: what the provider allows.
pub const USER_NAME_CHARS: usize = 64;
/// A sub-account's name for people, and its e-mail: what the provider allows.
pub const TITLE_CHARS: usize = 128;
/// What a sub-account is for: what the provider allows.
pub const ABOUT_CHARS: usize = 255;
/// Digits of a telephone number: the longest there are have 15, and an exchange adds some.
pub const PHONE_DIGITS: usize = 20;
/// A project's name: longer than any that a provider allows, and still one line.
pub const PROJECT_CHARS: usize = 128;
/// A policy's name: what the provider allows.
pub const POLICY_CHARS: usize = 64;
/// Policies that a new sub-account begins with: each is a call of its own, and the provider attaches few to one.
pub const POLICIES: usize = 10;
/// Pages of actions searched for the last one on a sub-account: ten thousand actions, years of them.
pub const DEED_PAGES: usize = 20;
/// Reports of an earlier database taken over in one transaction: half a day of one device.
pub const EARLIER_REPORTS: usize = 5000;
/// More bytes than this in one report of ten seconds are no traffic: a line of 100 Gbit/s carries less.
pub const EARLIER_BYTES: u64 = 1 << 40;
/// A node's name is cut there: names of policy groups are short.
pub const EARLIER_NAME_CHARS: usize = 120;
/// An earlier database may be in use: it is waited for so long.
pub const EARLIER_BUSY: Duration = Duration::from_secs(5);
/// Samples of an earlier system in one request: two years of days.
pub const EARLIER_SAMPLES: usize = 1000;
