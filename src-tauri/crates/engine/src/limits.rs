//! Bounds and fixed spans of the engine, each with its reason.

use std::time::Duration;

/// Accounts looked at in the same moment: enough for a thousand accounts at 200 ms within 4 s, few enough sockets.
pub const IN_FLIGHT: usize = 50;
/// A look that takes longer gives its place to the next one: ten times what a slow provider needs, and a thousand accounts
/// that hang hold up the others for less than two minutes once.
pub const PLACE_MAX: Duration = Duration::from_secs(5);
/// A keychain that waits for its dialog counts as locked after this long; the account is blind until the next look.
pub const VAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest sleep of the scheduler: the two clocks are compared at least this often, so a lapse shorter is not missed.
pub const WALL_CHECK: Duration = Duration::from_secs(30);
/// The clocks may drift apart by this much between two checks before it counts as sleep or a jump.
pub const DRIFT: Duration = Duration::from_secs(20);
/// Between two writes of the heartbeat: a start after a crash tells the lapse to this precision. Each is a sync of its
/// own, and an idle day may write little: it is left out while looks become durable, which say the same.
pub const HEARTBEAT: Duration = Duration::from_secs(300);
/// A look that decided nothing is durable after this long at the latest: fifty meters write a hundredth of what they
/// would one by one, and a crash loses a minute of samples.
pub const LOOK_WAIT: Duration = Duration::from_secs(60);
/// A guard state that changed only in its times is written this often.
pub const STATE_EVERY: Duration = Duration::from_secs(3600);
/// A stop shorter than this between two runs is a restart, not a lapse.
pub const LAPSE_MIN: Duration = Duration::from_secs(120);
/// Change batches kept for a slow listener; one that falls behind further is told so and reads the state anew.
pub const CHANGES: usize = 1024;
/// Tries of one intent before a person must look: the first, and three more.
pub const TRIES: u32 = 3;
/// Waits before the next try, by failed tries so far: a provider's hiccup passes in a minute, an outage does not in five.
pub const RETRY_WAITS: [Duration; 3] = [
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
];
/// Between two looks at the state while a stop is young: `facts/huawei.md` 11.
pub const VERIFY_FAST: Duration = Duration::from_secs(5);
/// A stop that took effect does so within this span; after it the looks slow down and a still running target counts as
/// not stopped.
pub const VERIFY_SPAN: Duration = Duration::from_secs(300);
/// A change of a sub-account shows in the provider's own lists within a minute; twice that, and it counts as without
/// effect.
pub const CLOSURE_SPAN: Duration = Duration::from_secs(120);
/// Pages of the newest actions read to find the last one on a sub-account: more than are made in years.
pub const CLOSURE_PAGES: usize = 20;
/// Between two looks at the state of an old stop that is still in progress.
pub const VERIFY_SLOW: Duration = Duration::from_secs(30);
/// A stop still in progress after this long needs a person.
pub const VERIFY_MAX: Duration = Duration::from_secs(1800);
/// Between the two reads that must both say `running` before a lost request counts as not taken on: a request on the
/// wire is processed within this span.
pub const SETTLE: Duration = Duration::from_secs(30);
/// An intent whose outcome cannot be read for this long needs a person.
pub const UNKNOWN_MAX: Duration = Duration::from_secs(1800);
/// A cancelled action holds its guard on that meter for this long.
pub const CANCEL_HOLD: Duration = Duration::from_secs(24 * 3600);
/// Longest hold of an intent by a person.
pub const HOLD_MAX: Duration = Duration::from_secs(24 * 3600);
/// Longest arming.
pub const ARM_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// The belts count actions in this span.
pub const ACTION_SPAN: Duration = Duration::from_secs(24 * 3600);
/// An action counts for this long at least by the clock that cannot be set; a machine that sleeps at night counts its
/// waking hours, so it is less than a day.
pub const ACTION_SPAN_AWAKE: Duration = Duration::from_secs(6 * 3600);
/// An intent made longer ago than this was not sent within the last day: countdown, a day of holding, its tries.
pub const INTENT_AGE: Duration = Duration::from_secs(4 * 24 * 3600);
/// First wait after a refused delivery; doubled with each further one.
pub const DELIVERY_WAIT: Duration = Duration::from_secs(2);
/// Longest wait between two tries of a delivery.
pub const DELIVERY_WAIT_MAX: Duration = Duration::from_secs(300);
/// A channel whose secret lies in a locked keychain is tried again after this long: asking costs one local call.
pub const DELIVERY_LOCKED: Duration = Duration::from_secs(15);
/// A message older than this is of no use; it is shown as undelivered.
pub const DELIVERY_LIFE: Duration = Duration::from_secs(24 * 3600);
/// After a sleep, a jump of the clock or a start an old message is tried for at least this long before it ends.
pub const DELIVERY_AFTER_LAPSE: Duration = Duration::from_secs(3600);
/// Rows of the outbox made within this span may carry one message to several channels: one transaction makes them.
pub const SAME_MOMENT: Duration = Duration::from_secs(60);
/// Rows read to find those.
pub const SIBLINGS: usize = 500;
/// An undelivered critical message goes to the next channel after this long.
pub const ESCALATE: Duration = Duration::from_secs(300);
/// Quiet hours are looked at again at the earliest after this long: their end comes to the minute.
pub const QUIET_STEP: Duration = Duration::from_millis(200);
/// More messages than this at once for one channel become one.
pub const GROUP: usize = 3;
/// Messages in one group: a card has a size limit, and nobody reads more.
pub const GROUP_MAX: usize = 20;
/// Interval jitter in percent of the interval: a thousand accounts must not look in the same second for ever.
pub const JITTER_PERCENT: u64 = 10;
/// The shortest interval of an account: gateways and simulators are polled this fast; the provider's own rate limit
/// per account holds whatever stands here.
pub const INTERVAL_MIN: Duration = Duration::from_secs(1);
/// Longest interval a configuration may ask for.
pub const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// A value within this percentage of its line is near it, and looked at more often.
pub const NEAR_PERCENT: i64 = 20;
/// Between two reads of the power state of a target whose meter is far from its line: enough for the sentence of its
/// guard, one request an hour.
pub const POWER_EVERY: Duration = Duration::from_secs(3600);
/// A power state older than this is not known any more.
pub const POWER_AGE: Duration = Duration::from_secs(2 * 3600);
/// How long a stop takes until traffic ends, as part of the overshoot: a guest needs about two minutes to shut down.
pub const STOP_LATENCY: Duration = Duration::from_secs(120);
/// Between reminders of an unacknowledged critical alert.
pub const REMINDER: Duration = Duration::from_secs(6 * 3600);
/// One percent point of the whole must come back before a step resolves, so that a value on the line does not flap.
pub const HYSTERESIS_RAW: i64 = 10_000;
/// The lease lasts this long without a renewal: a copy that takes over waits no longer.
pub const LEASE_TTL: Duration = Duration::from_secs(360);
/// A whole look at an account takes at most this long; many regions of a slow provider fit, a dead one ends.
pub const LOOK_MAX: Duration = Duration::from_secs(180);
/// Between two discoveries of an account's servers: `facts/huawei.md` 11.
pub const DISCOVERY: Duration = Duration::from_secs(3600);
/// A list of servers that is older than this is told: a new server may be missing from it.
pub const DISCOVERY_OLD: Duration = Duration::from_secs(3 * 24 * 3600);
/// The first discovery waits until the first look is told: decoration never delays truth.
pub const DISCOVERY_FIRST: Duration = Duration::from_secs(20);
/// A meter that the provider no longer names is let go after this long; until then it is blind and said to be.
pub const MISSING_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// One that is over by the provider's word is let go after this long: a list that is wrong for an hour frees no server
/// whose other package is used up.
pub const OVER_STANDS: Duration = Duration::from_secs(90 * 60);
/// After a failed write the same thing is tried again after this long.
pub const STORE_RETRY: Duration = Duration::from_secs(5);
/// A planned action whose recheck cannot read is looked at again after this long.
pub const RECHECK_WAIT: Duration = Duration::from_secs(30);
/// A permit older than this is not used: the check it came from says nothing about now. A slow provider's answer to the
/// check fits.
pub const PERMIT_LIFE: Duration = Duration::from_secs(60);
/// A planned action that could not be rechecked for this long is called off; judgement plans it anew when it can see.
pub const RECHECK_MAX: Duration = Duration::from_secs(3600);
/// The longest rest that a provider may ask for: a month in a `Retry-After` would leave an armed guard blind for a month.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(900);
/// Renewals are told at nine in the morning of the user's zone: a working day begins, and whoever has to pay can do so
/// the same day. The earlier system's own schedule had it so.
pub const RENEWAL_HOUR: i8 = 9;
/// Between two looks at the calendar: a computer that slept through the hour, or a clock that was set, is met within it.
pub const RENEWAL_NAP: Duration = Duration::from_secs(3600);
/// Never less: an hour that the clock says has come must not be asked for again and again.
pub const RENEWAL_NAP_MIN: Duration = Duration::from_secs(1);
/// How far ahead a renewal can be marked: as long as a domain can be registered.
pub const RENEWAL_PAID_AHEAD_YEARS: i32 = 10;
/// While an account rests from a refusal it is judged as blind, without being asked, at most this often.
pub const REST_LOOK: Duration = Duration::from_secs(60);
/// Looks in a row that read nothing before an account without any known meter is told as blind.
pub const BLIND_LOOKS: u32 = 3;
/// From the start to the first maintenance run: soon, so that a machine that is on for an hour a day has a backup too.
pub const MAINTENANCE_FIRST: Duration = Duration::from_secs(300);
/// Between two maintenance runs of the store (rollups, retention, backup, which is daily by itself): each rewrites pages
/// of every meter, and a chart takes what is not rolled up yet from the readings.
pub const MAINTENANCE: Duration = Duration::from_secs(6 * 3600);
/// Alerts read at once to find one that already exists.
pub const ALERT_PAGE: usize = 500;
/// Pages of them read before it is given up: more alerts than an account makes in a window.
pub const ALERT_PAGES: usize = 100;
/// Intents read at once to count the actions of the last day.
pub const INTENT_PAGE: usize = 500;
/// A clean stop waits at most this long for the step in hand: one exchange, and its record.
pub const STOP_WAIT: Duration = Duration::from_secs(20);
/// Longest replay, in days: raw readings are kept no longer.
pub const REPLAY_DAYS: u32 = 90;
/// Pages of readings between the database and the thread that judges a replay: one in hand and one ready, 1 MB.
pub const REPLAY_PAGES: usize = 2;
/// Longest pause.
pub const PAUSE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
/// The actor and the deliverer sleep at most this long with nothing to do: a bound on a lost wake-up, not a poll.
pub const ACT_IDLE: Duration = Duration::from_secs(600);
/// A wake-up later than this after its time means that the process did not run: no schedule is that busy.
pub const LATE: Duration = Duration::from_secs(60);
/// No wait of ours for a delivery is longer: a time to come beyond it was set by another wall clock. A platform may
/// ask for an hour.
pub const DELIVERY_WAIT_LONGEST: Duration = Duration::from_secs(3700);
/// Between two renewals of the lease: two may fail before it lapses.
pub const LEASE_RENEW: Duration = Duration::from_secs(120);
/// A copy without the lease asks for it this often.
pub const STANDBY: Duration = Duration::from_secs(20);
/// Loops that ran this long after a defect ended one of them count as whole again: a loop that breaks again and again
/// is told once.
pub const LOOPS_WHOLE: Duration = Duration::from_secs(3600);
/// An unwritable database is told again at the earliest after this long: one that comes and goes is one trouble.
pub const UNWRITABLE_TOLD: Duration = Duration::from_secs(3600);
/// Events of a proxy kernel that may wait for whoever counts: some seconds of frames, each up to a few megabytes.
pub const KERNEL_EVENTS: usize = 32;
/// Between two tries to make the adapters of a proxy kernel, or to start its count after a defect: as often as a kernel
/// that does not answer is asked.
pub const COLLECT_REST: Duration = Duration::from_secs(30);
/// A stretch of proxy traffic in which less than this passed may wait: its loss in a crash costs nothing but the names of
/// its nodes. The first one never waits: before it nobody knows where the counters stood.
pub const FLOWS_WORTH: u64 = 1024 * 1024;
/// The longest that a stretch waits: a kernel through which little passes writes 8 MB on an idle day, not 40.
pub const FLOWS_IDLE: Duration = Duration::from_secs(300);
/// Who asks about flows is told of all that is older than this: one transaction a minute while somebody looks.
pub const FLOWS_FRESH: Duration = Duration::from_secs(60);
/// Longest wait for those transactions: a slow disk makes an answer old, not late.
pub const FLOWS_SETTLE: Duration = Duration::from_secs(2);
/// Between two words that what passes now is other than before: as fast as an eye follows numbers.
pub const LIVE_PACE: Duration = Duration::from_secs(2);
/// Connections in one picture of now: more than fit on a screen.
pub const LIVE_CONNECTIONS: usize = 200;
/// What an agent handed in is called its rate of now for this long: it hands in every minute, and one may be late.
pub const AGENT_FRESH: Duration = Duration::from_secs(150);
/// Nothing failed to be written for this long: whatever failed before counts as over.
pub const UNWRITABLE_OVER: Duration = Duration::from_secs(600);
/// How long the news of an unwritable database waits for the send in hand: longer than any exchange takes.
pub const UNWRITABLE_TURN: Duration = Duration::from_secs(60);
/// A command that met a moving intent is tried again this often: an intent moves a few times in a minute.
pub const COMMAND_TRIES: u32 = 3;
/// Between two reads of an intent that another process steps.
pub const FOLLOW: Duration = Duration::from_secs(1);
/// An intent of which nothing new is recorded for this long is not followed any further: no state lasts that long
/// while somebody steps it.
pub const FOLLOW_MAX: Duration = Duration::from_secs(2 * 3600);
/// Between two looks of a waiting command at an intent that the loops step.
pub const DRIVE_WAIT: Duration = Duration::from_millis(250);

/// The wait that a provider asked for, as far as it is granted.
#[must_use]
pub fn granted(asked: Duration) -> Duration {
    asked.min(RETRY_AFTER_MAX)
}
/// Mailboxes read in the same moment: each holds one connection and one mail in memory.
pub const MAILBOXES_AT_ONCE: usize = 5;
/// Looks in a row that a mailbox may fail before it is told: a server's restart is no news. A refused login is told at
/// once: nothing but a person ends it.
pub const MAILBOX_FAILURES: u32 = 3;
/// The longest rest after refused logins: each try brings the box nearer to being locked.
pub const MAILBOX_REST: Duration = Duration::from_secs(6 * 3600);
/// Where more mails wait than one look takes, the next look is this far away.
pub const MAILBOX_MORE: Duration = Duration::from_secs(20);
/// The hour of the day, in the user's zone, from which mails that may matter are told together.
pub const DIGEST_HOUR: i8 = 9;
/// Mails named in a digest; the rest is counted.
pub const DIGEST_MAILS: usize = 10;
/// Without mailboxes their loop has nothing to wait for but a change of the configuration.
pub const MAILBOX_IDLE: Duration = Duration::from_secs(24 * 3600);
/// A batch holds at most so many flows: a day of 14 ways by the minute.
pub const INGEST_FLOWS: usize = 20_000;
/// And so many spans in which its kernel was watched: one that comes and goes every minute, for days.
pub const INGEST_SPANS: usize = 5_000;
/// Bytes of one way in one minute: more than 100 Gbit/s carry.
pub const INGEST_FLOW_BYTES: u64 = 1 << 40;
/// Bytes of a node's, group's or subscription's name: four times the longest ones in use.
pub const INGEST_NAME_BYTES: usize = 512;
/// Characters of what an agent tells of itself: its version, its system, its kernel.
pub const INGEST_TOLD_CHARS: usize = 100;
/// An agent's clock that differs by less is left alone: a batch is on its way for a while, and a minute is the grain.
pub const INGEST_CLOCK: Duration = Duration::from_secs(90);
/// A minute may lie so far in the future, clock differences aside: what is left of them.
pub const INGEST_AHEAD: Duration = Duration::from_secs(5 * 60);
/// A minute may lie so far back: as long as hours are kept.
pub const INGEST_OLD: Duration = tidegate_store::limits::FLOW_HOURS_KEPT;
/// Tries of one batch that another copy of it was faster than.
pub const INGEST_TRIES: u32 = 3;
/// An agent that was heard of before is silent after this span: six hand-ins of the slowest one were missed.
pub const DEVICE_SILENT: Duration = Duration::from_secs(3600);
/// Between two looks for silent devices while none can become silent.
pub const DEVICE_IDLE: Duration = Duration::from_secs(3600);
/// A batch that was not believed is news for this long.
pub const DEVICE_REFUSED_NEWS: Duration = Duration::from_secs(24 * 3600);
/// Days of which the restarts of a kernel are kept: as far as a report shows days one by one, and a week more.
pub const DEVICE_RESTART_DAYS: usize = 40;
/// Devices with an agent: far more than anybody's machines, few enough to look through.
pub const DEVICES: usize = 500;
/// The report loop looks at the calendar at least this often: a clock that was set is met within it.
pub const REPORT_NAP: Duration = Duration::from_secs(3600);
/// Never less: an hour that the clock says has come must not be asked for again and again.
pub const REPORT_NAP_MIN: Duration = Duration::from_secs(1);
/// How long a report waits for agents that are alive and behind: one that lost its network for a moment hands in within
/// it, and whoever waits for the report does not notice.
pub const REPORT_WAIT: Duration = Duration::from_secs(600);
/// Between two looks at whether they have handed in.
pub const REPORT_WAIT_STEP: Duration = Duration::from_secs(30);
/// A report made later than this after its hour is late: longer than it waits for agents.
pub const REPORT_LATE: Duration = Duration::from_secs(900);
/// A device that was heard of within this span of the window's end is not silent: several hand-ins fit.
pub const REPORT_HEARD: Duration = Duration::from_secs(900);
/// A day that lacks no more than this at its end is compared with whole days.
pub const REPORT_NEARLY_WHOLE: Duration = Duration::from_secs(3600);
/// Days of the chart: a month as people think of it, and as many bars as a telephone shows.
pub const REPORT_CHART_DAYS: i32 = 30;
/// Days that a report looks back on: four weeks before the week before its own, and days of a month on the chart.
pub const REPORT_PAST_DAYS: i32 = 42;
/// Days of the same kind that make what is usual.
pub const REPORT_USUAL_DAYS: usize = 7;
/// Weeks that make what is usual.
pub const REPORT_USUAL_WEEKS: i32 = 4;
/// Fewer than this make nothing usual.
pub const REPORT_USUAL_LEAST: u32 = 2;
/// Nodes told one by one.
pub const REPORT_NODES: usize = 10;
/// Groups told one by one.
pub const REPORT_GROUPS: usize = 5;
/// Alerts, actions, meters and lapses told one by one: the window shows all of them.
pub const REPORT_ROWS: usize = 12;
/// Kept reports read to find the last one before: half a year of daily ones.
pub const REPORT_ROWS_READ: usize = 200;
/// How far back a report can be asked for: coverage is kept no longer.
pub const REPORT_DAYS_BACK: i32 = 400;
