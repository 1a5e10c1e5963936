//! The budgets, as the design states them, and the sizes they are measured at.

use std::time::Duration;

use crate::size::Size;

/// Rounds of a row; the middle one counts.
pub(crate) const ROUNDS: Size<usize> = Size::of(7, 1);

/// Accounts in one cycle.
pub(crate) const CYCLE_ACCOUNTS: Size<u32> = Size::of(1000, 50);
/// Accounts looked at in the same moment: `engine::limits::IN_FLIGHT`.
pub(crate) const CYCLE_IN_FLIGHT: u32 = 50;
/// How long the simulated cloud takes over one account.
pub(crate) const CYCLE_ANSWER: Size<Duration> =
    Size::of(Duration::from_millis(200), Duration::from_millis(20));
/// Wall time of a cycle over the ideal of accounts ÷ in flight × answer, in thousandths.
pub(crate) const CYCLE_WALL_PERMILLE: u64 = 1150;
/// Processor time of the guard process for one cycle.
pub(crate) const CYCLE_CPU: Duration = Duration::from_millis(500);
/// Peak resident memory of the guard process.
pub(crate) const CYCLE_RSS_KIB: u64 = 40 * 1024;

/// Meters of the idle engine.
pub(crate) const IDLE_METERS: Size<u32> = Size::of(50, 3);
/// Resident memory over that of a bare process with the same libraries, in thousandths.
pub(crate) const IDLE_RSS_PERMILLE: u64 = 2500;
/// How long the idle engine is watched.
pub(crate) const IDLE_SPAN: Size<Duration> = Size::of(Duration::from_secs(20), Duration::from_secs(1));
/// After its first look it writes once more, and its idle connections close, within two minutes.
pub(crate) const IDLE_SETTLED: Size<Duration> = Size::of(Duration::from_secs(130), Duration::ZERO);
/// How long it is watched for how often it wakes: until shortly before the first backup, five minutes after its start.
pub(crate) const IDLE_WATCHED: Size<Duration> = Size::of(Duration::from_secs(150), Duration::from_secs(2));
/// Between two comparisons of the clocks in the bare process: `engine::limits::WALL_CHECK`.
pub(crate) const BARE_BEAT: Duration = Duration::from_secs(30);
/// How often it wakes over how often the bare process does, in thousandths.
pub(crate) const IDLE_WAKES_PERMILLE: u64 = 1500;
/// Clock ticks it may use in that span.
pub(crate) const IDLE_TICKS: u64 = 0;
/// What of a day is lived through.
pub(crate) const DAY_SPAN: Size<Duration> =
    Size::of(Duration::from_secs(24 * 3600), Duration::from_secs(2 * 3600));
/// Bytes that an idle day brings to the disk.
pub(crate) const DAY_BYTES_KIB: u64 = 20 * 1000 * 1000 / 1024;

/// 99th percentile from decision to durable intent over a bare full-sync commit, in thousandths.
pub(crate) const INTENT_P99_PERMILLE: u64 = 1300;
/// Decisions in one round, each beside one control commit.
pub(crate) const INTENT_SAMPLES: Size<usize> = Size::of(400, 5);

/// Requests over the link in a round, and as many in process beside them.
pub(crate) const LINK_SAMPLES: Size<u64> = Size::of(1000, 20);
/// How many of them before the other side has its turn.
pub(crate) const LINK_TURN: Size<u64> = Size::of(200, 5);
/// 99th percentile over the link beyond that in process, in microseconds.
pub(crate) const LINK_BEYOND_US: u64 = 200;

/// Readings of a year, one every five minutes.
pub(crate) const YEAR_READINGS: Size<u64> = Size::of(365 * 288, 15 * 288);
/// Points that a chart is drawn from.
pub(crate) const CHART_POINTS: u32 = 2000;
/// Bytes of its answer as JSON.
pub(crate) const CHART_BYTES: u128 = 64 * 1024;
/// Asking for a chart over grouping the raw rows, in thousandths.
pub(crate) const CHART_PERMILLE: u64 = 100;
/// Charts, and as many groupings beside them; the medians count.
pub(crate) const CHART_ROUNDS: Size<usize> = Size::of(41, 2);

/// Meters of the desktop's home that have a year of history; all others have one reading.
pub(crate) const DESK_YEARS: Size<usize> = Size::of(10, 1);
/// Until the tray item is registered, over that of a bare tray, in thousandths.
pub(crate) const TRAY_PERMILLE: u64 = 3000;
/// Starts, and as many of the bare one beside them; the medians count.
pub(crate) const TRAY_ROUNDS: Size<usize> = Size::of(15, 1);
/// Until the window's page is there, over that of an empty window, in thousandths.
pub(crate) const WINDOW_PERMILLE: u64 = 1300;
/// Windows, and as many empty ones beside them; the medians count.
pub(crate) const WINDOW_ROUNDS: Size<usize> = Size::of(15, 1);
/// Resident memory of the guard process over that of a bare tray, in thousandths.
pub(crate) const GUARD_RSS_PERMILLE: u64 = 1500;
/// The same after the windows over before them, in thousandths.
pub(crate) const GUARD_GROWTH_PERMILLE: u64 = 1050;
/// Windows opened and closed between.
pub(crate) const GUARD_WINDOWS: Size<usize> = Size::of(50, 1);
/// Compressed script of the first page.
pub(crate) const SCRIPT_BYTES: u128 = 250 * 1024;
/// How long the idle desktop is watched.
pub(crate) const QUIET_SPAN: Size<Duration> = Size::of(Duration::from_secs(60), Duration::from_secs(1));
/// Redraws of the icon, and wake-ups of the webview beyond an empty page's, in that span.
pub(crate) const QUIET_MOST: u128 = 0;
/// The webview's own housekeeping wakes it some twenty times a minute; two empty pages differ by as many as this.
pub(crate) const WAKES_NOISE: u64 = 10;

/// Meters with as many readings each as a year has: five million.
pub(crate) const REPLAY_METERS: Size<u32> = Size::of(50, 2);
/// A replay over only reading the rows, in thousandths.
pub(crate) const REPLAY_PERMILLE: u64 = 1500;

/// Actions under way when the guard was killed.
pub(crate) const START_INTENTS: Size<usize> = Size::of(20, 2);
/// When those that count down are due: not while starts are measured.
pub(crate) const START_DUE: Duration = Duration::from_secs(3600);
/// A start after a kill over an empty one, in thousandths.
pub(crate) const START_PERMILLE: u64 = 1300;

/// Meters of the database whose size is measured.
pub(crate) const BYTES_METERS: Size<u32> = Size::of(50, 2);
/// Hundredths of a byte in the file for each reading that is kept raw.
pub(crate) const BYTES_RAW_CENTI: u64 = 2400;
/// And for each that was ever stored, after a year of folding and deleting.
pub(crate) const BYTES_FOLDED_CENTI: u64 = 900;

/// Resident memory on the last day of an endurance run over that on the second, in thousandths.
pub(crate) const ENDURE_GROWTH_PERMILLE: u64 = 1050;
/// Descriptors and tasks that may be there beyond those of the second day: idle connections differ by a few, and one that
/// is lost with a look in a thousand would be more.
pub(crate) const ENDURE_STRAY: u64 = 8;
/// With fewer readings the size of a database says nothing about one of them.
pub(crate) const ENDURE_READINGS: u64 = 1_000_000;

/// Days of a standard plan that the simulator plays in a round.
pub(crate) const LAB_DAYS: Size<u32> = Size::of(3, 1);
/// Virtual seconds in a second of one core.
pub(crate) const LAB_SPEED: u64 = 250_000;

/// Meters whose state another program asks for at once.
pub(crate) const DOOR_METERS: Size<u32> = Size::of(1000, 5);
/// Programs that ask at once, each on a connection that it keeps.
pub(crate) const DOOR_CLIENTS: Size<usize> = Size::of(8, 2);
/// Requests of each for a row; both rows together stay below what its token may ask in a burst.
pub(crate) const DOOR_SAMPLES: Size<usize> = Size::of(400, 5);
/// 99th percentile from a request to the last byte of its answer.
pub(crate) const DOOR_P99: Duration = Duration::from_millis(5);

/// Readings that a series is drawn from.
pub(crate) const SERIES_READINGS: Size<u64> = Size::of(100_000, 3000);
/// And the span that they and it cover.
pub(crate) const SERIES_SPAN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Points of its answer.
pub(crate) const SERIES_POINTS: u32 = 500;
/// Series asked for.
pub(crate) const SERIES_SAMPLES: Size<usize> = Size::of(1000, 5);
/// 99th percentile until the answer is a text.
pub(crate) const SERIES_P99: Duration = Duration::from_millis(10);

/// Resident memory of the idle daemon with both its doors open.
pub(crate) const DAEMON_RSS_KIB: u64 = 20 * 1024;

/// Evaluations of each example.
pub(crate) const SPEC_SAMPLES: Size<usize> = Size::of(500, 3);
/// 99th percentile of one evaluation.
pub(crate) const SPEC_P99: Duration = Duration::from_micros(20);

/// Accounts that are configured when one threshold is edited.
pub(crate) const RELOAD_ACCOUNTS: Size<u32> = Size::of(1000, 5);
/// Between two looks at each of them meanwhile.
pub(crate) const RELOAD_INTERVAL: Duration = Duration::from_secs(10);
/// How long the daemon waits after the last change of its file before it reads it.
pub(crate) const RELOAD_DEBOUNCE: Duration = Duration::from_secs(1);
/// From the end of that to the line that says so.
pub(crate) const RELOAD_MOST: Duration = Duration::from_millis(200);
/// How long the looks are counted: three intervals with all their jitter, and a second.
pub(crate) const RELOAD_WATCHED: Size<Duration> = Size::of(Duration::from_secs(34), Duration::from_secs(2));
/// Looks that fall due at every account in that time.
pub(crate) const RELOAD_LOOKS: Size<usize> = Size::of(3, 1);

/// Sub-accounts of the largest account.
pub(crate) const QUOTA_USERS: Size<u64> = Size::of(200, 20);
/// Projects of each.
pub(crate) const QUOTA_PROJECTS: u64 = 5;
/// Bill requests that the vendor takes in a second.
pub(crate) const BILL_PER_SECOND: u64 = 5;
/// Rows of a page, the most it gives.
pub(crate) const BILL_PAGE_ROWS: u64 = 300;
/// Rows of each project and day in the large bill; one in the small one.
pub(crate) const BILL_PARTS: Size<u32> = Size::of(10, 2);
/// How long the simulated cloud takes over a page.
pub(crate) const BILL_ANSWER: Size<Duration> =
    Size::of(Duration::from_millis(100), Duration::from_millis(10));
/// Wall time of a look over calls ÷ 5, in thousandths.
pub(crate) const BILL_WALL_PERMILLE: u64 = 1100;
/// Processor time of the reader for one page: a fortieth of the pace.
pub(crate) const BILL_CPU_A_PAGE: Duration = Duration::from_millis(5);
/// Peak memory of the reader over one whose bill is a tenth as long, in thousandths.
pub(crate) const BILL_RSS_PERMILLE: u64 = 1100;

/// Entries of the long ledger.
pub(crate) const LEDGER_ENTRIES: Size<i64> = Size::of(100_000, 500);
/// Entries of its control.
pub(crate) const LEDGER_SHORT: i64 = 100;
/// Times each is opened in a round.
pub(crate) const LEDGER_SAMPLES: Size<usize> = Size::of(50, 3);
/// Until the first page and the totals of the account are texts.
pub(crate) const LEDGER_MOST: Duration = Duration::from_millis(50);

/// Months of spending in the book.
pub(crate) const COMPOSE_MONTHS: Size<u64> = Size::of(24, 2);
/// Pages and bills in a round.
pub(crate) const COMPOSE_SAMPLES: Size<usize> = Size::of(21, 3);
/// Until a page over all of it is a text: as quick as a ledger.
pub(crate) const COMPOSE_PAGE: Duration = Duration::from_millis(50);
/// What the book's age adds to a look.
pub(crate) const COMPOSE_LOOK_BEYOND: Duration = Duration::from_millis(50);

/// Days of proxy traffic that are drawn.
pub(crate) const FLOWS_DAYS: Size<u64> = Size::of(30, 3);
/// Devices in them.
pub(crate) const FLOWS_DEVICES: Size<u64> = Size::of(20, 2);
/// Nodes of each device.
pub(crate) const FLOWS_NODES: u64 = 50;
/// Answers of a round; the slowest counts.
pub(crate) const FLOWS_SAMPLES: Size<usize> = Size::of(41, 3);
/// Until the answer is there.
pub(crate) const FLOWS_MOST: Duration = Duration::from_millis(20);

/// Agents that hand in at the same time.
pub(crate) const INGEST_DEVICES: Size<u64> = Size::of(8, 2);
/// Batches of each.
pub(crate) const DEVICE_BATCHES: Size<u64> = Size::of(500, 5);
/// Flows of each batch: what ten seconds of a busy device come to.
pub(crate) const INGEST_FLOWS: u64 = 10;
/// Batches a second on one core: twenty times what 100 agents at 10 s need.
pub(crate) const INGEST_PER_CORE: u64 = 200;

/// Connections that are open at once.
pub(crate) const COUNTED_CONNECTIONS: Size<u64> = Size::of(10_000, 100);
/// Nodes that they lead through.
pub(crate) const COUNTED_NODES: u64 = 50;
/// How long the collector is watched.
pub(crate) const COUNTED_SPAN: Size<Duration> = Size::of(Duration::from_secs(30), Duration::from_secs(1));
/// What it may use of one core, in thousandths.
pub(crate) const COUNTED_CPU_PERMILLE: u64 = 50;
/// Peak resident memory of its process.
pub(crate) const COUNTED_RSS_KIB: u64 = 30 * 1024;

/// Connections of a small machine.
pub(crate) const AGENT_CONNECTIONS: u64 = 100;
/// The agent's program: it is put on routers with 16 MiB of flash.
pub(crate) const AGENT_BYTES: u128 = 8_000_000;
/// Peak resident memory of its process.
pub(crate) const AGENT_RSS_KIB: u128 = 12_000_000 / 1024;
