//! Bounds of this crate, each with its reason.

use std::time::Duration;

/// Most bytes of one request to Feishu, sign and all. The platform documents 20 KB and does not say which kilo; the
/// smaller one is right either way.
pub const FEISHU_BODY_BYTES: usize = 20_000;
/// Sends in one second that Feishu takes from one bot.
pub const FEISHU_PER_SECOND: usize = 5;
/// Sends in one minute that Feishu takes from one bot.
pub const FEISHU_PER_MINUTE: usize = 100;
/// Most bytes of one request to DingTalk: the platform refuses a message over 20 000 (code 460101).
pub const DINGTALK_BODY_BYTES: usize = 20_000;
/// Sends in one minute that DingTalk takes from one robot; one more, and it takes none for ten minutes.
pub const DINGTALK_PER_MINUTE: usize = 20;
/// How long DingTalk takes nothing from a robot that went on after its first warning.
pub const DINGTALK_BLOCK: Duration = Duration::from_secs(600);
/// Most bytes of Markdown in one message to WeCom.
pub const WECOM_MARKDOWN_BYTES: usize = 4_096;
/// Most bytes of text in one message to WeCom.
pub const WECOM_TEXT_BYTES: usize = 2_048;
/// Sends in one minute that WeCom takes from one robot.
pub const WECOM_PER_MINUTE: usize = 20;
/// Most UTF-16 units of one message to Telegram. Counted with the tags, which the platform does not count: a little
/// room is lost, and no message is ever too long.
pub const TELEGRAM_UNITS: usize = 4_096;
/// Sends in one minute that Telegram takes for one group; for one chat it takes one a second.
pub const TELEGRAM_PER_MINUTE: usize = 20;
/// Most characters of one section of a Slack message.
pub const SLACK_TEXT_CHARS: usize = 3_000;
/// Most characters of one message that Discord takes.
pub const DISCORD_TEXT_CHARS: usize = 2_000;
/// Sends in one minute to one webhook of Slack or Discord: both take about one a second, Discord's thirty a minute.
pub const SLACK_PER_MINUTE: usize = 30;
/// Longest header of a Slack message in characters.
pub const SLACK_TITLE_CHARS: usize = 150;
/// Most bytes of a webhook's template: a body that says everything twice has a tenth of it.
pub const TEMPLATE_BYTES: usize = 16_384;
/// Most headers of a webhook.
pub const WEBHOOK_HEADERS: usize = 16;
/// Most people who are called by name in one message; a platform takes more, a reader does not.
pub const MENTIONS: usize = 20;
/// Most mailboxes one mail goes to; more is a mailing list's work.
pub const MAIL_RECIPIENTS: usize = 20;
/// Mails in one minute through one account. No provider publishes its limit; QQ Mail's is known to be met by bursts.
pub const MAIL_PER_MINUTE: usize = 10;
/// Longest wait for one answer of a mail server.
pub const MAIL_ANSWER: Duration = Duration::from_secs(10);
/// Longest wait for a whole mail: connecting, TLS, login and about six answers, each quick where the server is well.
pub const MAIL_TOTAL: Duration = Duration::from_secs(45);
/// Pause after a mail server's limit by frequency: minutes to hours, and not published.
pub const MAIL_RATE: Duration = Duration::from_secs(600);
/// Shortest part of an address that is hidden in quoted words. A shorter one is a word such as `hook`, and no credential.
pub const HIDDEN_PART_BYTES: usize = 8;
/// Longest span any platform's limit counts over; older sends are forgotten.
pub const PACE_KEPT: Duration = Duration::from_secs(60);
/// Most remembered sends: as many as the largest limit counts.
pub const PACE_ENTRIES: usize = FEISHU_PER_MINUTE;
/// Longest title in characters: a chat list shows about thirty, the card itself two lines.
pub const TITLE_CHARS: usize = 120;
/// Longest line in characters: a line names one fact; more is a provider's error page.
pub const LINE_CHARS: usize = 1_000;
/// Longest word of a platform that is quoted, in characters.
pub const QUOTE_CHARS: usize = 160;
/// Longest keyword of a bot, in characters; the platform itself takes ten.
pub const KEYWORD_CHARS: usize = 64;
/// Most belts that are named in one sentence; the rest is counted. The first is what a person must lift first.
pub const BELTS_NAMED: usize = 1;
/// Least pause after `frequency limited`; the platform counts by the minute.
pub const RETRY_RATE: Duration = Duration::from_secs(60);
/// Pause after a failure of network or platform, before the engine's own backoff.
pub const RETRY_TRANSIENT: Duration = Duration::from_secs(10);
/// Longest pause that is believed: a `Retry-After` of days would silence a critical alert.
pub const RETRY_MAX: Duration = Duration::from_secs(3_600);
/// Deliveries refused for their rate come back spread over this many seconds, not all in one second.
pub const RETRY_SPREAD_SECONDS: u64 = 45;
/// A clock that differs by this much explains a refused signature: the platform allows one hour, and the `Date` header
/// has a resolution of a second and the age of its answer.
pub const CLOCK_SKEW: Duration = Duration::from_secs(55 * 60);
/// What the *Hold* button of a notice adds to a countdown: long enough to finish what one is doing, and over the same
/// working day.
pub const NOTICE_HOLD: Duration = Duration::from_secs(2 * 3_600);
/// Longest body of a notice in characters: desktops cut after four or five lines.
pub const NOTICE_CHARS: usize = 400;
/// Lines of a notice's body, for the same reason.
pub const NOTICE_LINES: usize = 5;
/// A desktop takes a notice at once or asks its user first; after this long it counts as silent.
pub const NOTICE_WAIT: Duration = Duration::from_secs(30);
/// Pieces of a sub-account told one by one in a message: a card has a size limit, and its next step stands at the end.
pub const PIECES_TOLD: usize = 12;
