//! The log file: JSON lines in the home, a file a day, two weeks kept. Our own crates write no secret; other crates only
//! warn, since at finer levels some of them print headers. `RUST_LOG` is not asked, for the same reason.

use serde_json::Value;
use tidegate_api::Home;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Lines that wait for a slow disk; beyond them the newest are lost. The queue is laid out in memory as a whole, at 32 bytes
/// a line: the crate's own 128 000 would be a fifth of all that an idle guard holds.
const LINES_WAITING: usize = 4096;
/// Days of logs that are kept.
const DAYS_KEPT: usize = 14;
/// What is written.
const FILTER: &str = "warn,tidegated=info,tidegate_api=info,tidegate_engine=info,tidegate_providers=info,\
                      tidegate_channels=info,tidegate_server=info,tidegate_store=info";

/// Begins the log; dropping the guard writes what is left.
pub(super) fn begin(home: &Home) -> anyhow::Result<WorkerGuard> {
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("tidegated")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(home.logs_dir())?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_WAITING)
        .finish(appender);
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new(FILTER))
        .with_writer(writer)
        .finish();
    // A second call in one process keeps the first log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(guard)
}

/// Writes down what happened; readings are in the database and would drown the rest.
pub(super) fn note(event: &Value) {
    match event.get("event").and_then(Value::as_str) {
        None | Some("reading") => {}
        Some(name) => tracing::info!(event = name, facts = %event, "happened"),
    }
}
