//! The budgets, as the design states them, and the sizes they are measured at.

use std::time::Duration;

/// Accounts in one cycle.
pub(crate) const CYCLE_ACCOUNTS: u32 = 1000;
/// Accounts looked at in the same moment: `engine::limits::IN_FLIGHT`.
pub(crate) const CYCLE_IN_FLIGHT: u32 = 50;
/// How long the simulated cloud takes over one account.
pub(crate) const CYCLE_ANSWER: Duration = Duration::from_millis(200);
/// Wall time of a cycle over the ideal of accounts ÷ in flight × answer, in thousandths.
pub(crate) const CYCLE_WALL_PERMILLE: u64 = 1150;
/// Processor time of the guard process for one cycle.
pub(crate) const CYCLE_CPU: Duration = Duration::from_millis(500);
/// Peak resident memory of the guard process.
pub(crate) const CYCLE_RSS_KIB: u64 = 40 * 1024;
/// Cycles measured; the median counts.
pub(crate) const CYCLE_ROUNDS: usize = 7;

/// Meters of the idle engine.
pub(crate) const IDLE_METERS: u32 = 50;
/// Resident memory over that of a bare process with the same libraries, in thousandths.
pub(crate) const IDLE_RSS_PERMILLE: u64 = 2500;
/// How long the idle engine is watched.
pub(crate) const IDLE_SPAN: Duration = Duration::from_secs(20);
/// Clock ticks it may use in that span.
pub(crate) const IDLE_TICKS: u64 = 0;
/// Bytes that an idle day brings to the disk.
pub(crate) const DAY_BYTES_KIB: u64 = 20 * 1000 * 1000 / 1024;

/// 99th percentile from decision to durable intent over a bare full-sync commit, in thousandths.
pub(crate) const INTENT_P99_PERMILLE: u64 = 1300;
/// Decisions in one round, each beside one control commit.
pub(crate) const INTENT_SAMPLES: usize = 400;
/// Rounds; the median of their ratios counts.
pub(crate) const INTENT_ROUNDS: usize = 7;

/// Requests over the link, and as many in process beside them.
pub(crate) const LINK_SAMPLES: u64 = 4000;
/// How many of them before the other side has its turn.
pub(crate) const LINK_TURN: u64 = 200;
/// 99th percentile over the link beyond that in process, in microseconds.
pub(crate) const LINK_BEYOND_US: u64 = 200;

/// Readings of a year, one every five minutes.
pub(crate) const YEAR_READINGS: u64 = 365 * 288;
/// Points that a chart is drawn from.
pub(crate) const CHART_POINTS: u32 = 2000;
/// Bytes of its answer as JSON.
pub(crate) const CHART_BYTES: u128 = 64 * 1024;
/// Asking for a chart over grouping the raw rows, in thousandths.
pub(crate) const CHART_PERMILLE: u64 = 100;
/// Charts, and as many groupings beside them; the medians count.
pub(crate) const CHART_ROUNDS: usize = 41;

/// Meters of the desktop's home that have a year of history; all others have one reading.
pub(crate) const DESK_YEARS: usize = 10;
/// Until the tray item is registered, over that of a bare tray, in thousandths.
pub(crate) const TRAY_PERMILLE: u64 = 3000;
/// Starts, and as many of the bare one beside them; the medians count.
pub(crate) const TRAY_ROUNDS: usize = 15;
/// Until the window's page is there, over that of an empty window, in thousandths.
pub(crate) const WINDOW_PERMILLE: u64 = 1300;
/// Windows, and as many empty ones beside them; the medians count.
pub(crate) const WINDOW_ROUNDS: usize = 15;
/// Resident memory of the guard process over that of a bare tray, in thousandths.
pub(crate) const GUARD_RSS_PERMILLE: u64 = 1500;
/// The same after the windows over before them, in thousandths.
pub(crate) const GUARD_GROWTH_PERMILLE: u64 = 1050;
/// Windows opened and closed between.
pub(crate) const GUARD_WINDOWS: usize = 50;
/// Compressed script of the first page.
pub(crate) const SCRIPT_BYTES: u128 = 250 * 1024;
/// How long the idle desktop is watched.
pub(crate) const QUIET_SPAN: Duration = Duration::from_secs(60);
/// Redraws of the icon, and wake-ups of the webview beyond an empty page's, in that span.
pub(crate) const QUIET_MOST: u128 = 0;
/// The webview's own housekeeping wakes it some twenty times a minute; two empty pages differ by as many as this.
pub(crate) const WAKES_NOISE: u64 = 10;

/// Meters whose state another program asks for at once.
pub(crate) const DOOR_METERS: u32 = 1000;
/// Programs that ask at once, each on a connection that it keeps.
pub(crate) const DOOR_CLIENTS: usize = 8;
/// Requests of each for a row; both rows together stay below what its token may ask in a burst.
pub(crate) const DOOR_SAMPLES: usize = 400;
/// 99th percentile from a request to the last byte of its answer.
pub(crate) const DOOR_P99: Duration = Duration::from_millis(5);

/// Readings that a series is drawn from.
pub(crate) const SERIES_READINGS: u64 = 100_000;
/// And the span that they and it cover.
pub(crate) const SERIES_SPAN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Points of its answer.
pub(crate) const SERIES_POINTS: u32 = 500;
/// Series asked for.
pub(crate) const SERIES_SAMPLES: usize = 1000;
/// 99th percentile until the answer is a text.
pub(crate) const SERIES_P99: Duration = Duration::from_millis(10);

/// Resident memory of the idle daemon with both its doors open.
pub(crate) const DAEMON_RSS_KIB: u64 = 20 * 1024;

/// Evaluations of each example.
pub(crate) const SPEC_SAMPLES: usize = 500;
/// 99th percentile of one evaluation.
pub(crate) const SPEC_P99: Duration = Duration::from_micros(20);

/// Accounts that are configured when one threshold is edited.
pub(crate) const RELOAD_ACCOUNTS: u32 = 1000;
/// Between two looks at each of them meanwhile.
pub(crate) const RELOAD_INTERVAL: Duration = Duration::from_secs(10);
/// Edits; the median counts.
pub(crate) const RELOAD_ROUNDS: usize = 7;
/// How long the daemon waits after the last change of its file before it reads it.
pub(crate) const RELOAD_DEBOUNCE: Duration = Duration::from_secs(1);
/// From the end of that to the line that says so.
pub(crate) const RELOAD_MOST: Duration = Duration::from_millis(200);
/// How long the looks are counted: three intervals with all their jitter, and a second.
pub(crate) const RELOAD_WATCHED: Duration = Duration::from_secs(34);
/// Looks that fall due at every account in that time.
pub(crate) const RELOAD_LOOKS: usize = 3;

/// Sub-accounts of the largest account.
pub(crate) const QUOTA_USERS: u64 = 200;
/// Projects of each.
pub(crate) const QUOTA_PROJECTS: u64 = 5;
/// Bill requests that the vendor takes in a second.
pub(crate) const BILL_PER_SECOND: u64 = 5;
/// Rows of a page, the most it gives.
pub(crate) const BILL_PAGE_ROWS: u64 = 300;
/// Rows of each project and day in the large bill; one in the small one.
pub(crate) const BILL_PARTS: u32 = 10;
/// How long the simulated cloud takes over a page.
pub(crate) const BILL_ANSWER: Duration = Duration::from_millis(100);
/// Wall time of a look over calls ÷ 5, in thousandths.
pub(crate) const BILL_WALL_PERMILLE: u64 = 1100;
/// Processor time of the reader for one page: a fortieth of the pace.
pub(crate) const BILL_CPU_A_PAGE: Duration = Duration::from_millis(5);
/// Peak memory of the reader over one whose bill is a tenth as long, in thousandths.
pub(crate) const BILL_RSS_PERMILLE: u64 = 1100;

/// Entries of the long ledger.
pub(crate) const LEDGER_ENTRIES: i64 = 100_000;
/// Entries of its control.
pub(crate) const LEDGER_SHORT: i64 = 100;
/// Times each is opened.
pub(crate) const LEDGER_SAMPLES: usize = 200;
/// Until the first page and the totals of the account are texts.
pub(crate) const LEDGER_MOST: Duration = Duration::from_millis(50);

/// Months of spending in the book.
pub(crate) const COMPOSE_MONTHS: u64 = 24;
/// Pages, bills and looks.
pub(crate) const COMPOSE_SAMPLES: usize = 21;
/// Until a page over all of it is a text: as quick as a ledger.
pub(crate) const COMPOSE_PAGE: Duration = Duration::from_millis(50);
/// What the book's age adds to a look.
pub(crate) const COMPOSE_LOOK_BEYOND: Duration = Duration::from_millis(50);
