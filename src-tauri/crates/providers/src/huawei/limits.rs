//! Bounds of this provider, each with its reason.

use std::time::Duration;

/// Projects and the account's id hardly change; read again daily.
pub(super) const IDENTITY_AGE: Duration = Duration::from_secs(24 * 3600);
/// The list of packages is read again hourly.
pub(super) const CATALOGUE_AGE: Duration = Duration::from_secs(3600);
/// After a failed look at the list, the kept one serves this long before the next try.
pub(super) const CATALOGUE_AGAIN: Duration = Duration::from_secs(600);
/// Huawei's documentation: Config shows the world as it was up to a day ago.
pub(super) const CONFIG_LAG: Duration = Duration::from_secs(24 * 3600);
/// A package or server that vanished from every list is remembered this long, so that its absence is told.
pub(super) const REMEMBER: Duration = Duration::from_secs(30 * 24 * 3600);
/// Rows of one page of Config; the most it takes.
pub(super) const CONFIG_PAGE: usize = 200;
/// Rows of one page of packages: the API takes 1000, but the answer must stay below the body limit.
pub(super) const PACKAGE_PAGE: usize = 200;
/// Rows of one page of addresses: the API takes 2000, but the answer must stay below the body limit.
pub(super) const ADDRESS_PAGE: usize = 500;
/// Package ids of one usage query; the most it takes.
pub(super) const USAGE_IDS: usize = 100;
/// Pages of one list: with 200 rows each, far more than an account has; beyond, the list is looping.
pub(super) const PAGES: usize = 100;
/// Metrics of one monitoring query; the most it takes.
pub(super) const METRICS: usize = 500;
/// Points of one monitoring query; beyond, the provider moves the start silently.
pub(super) const POINTS: u64 = 3000;
/// The period of monitoring, in seconds: fine enough for minutes, coarse enough for a day in one query.
pub(super) const PERIOD_SECONDS: u64 = 300;
/// The longest span of five-minute points in one query.
pub(super) const MONITOR_SPAN: Duration = Duration::from_secs(24 * 3600);
