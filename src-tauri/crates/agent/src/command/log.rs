//! The log: lines on stderr, for people or as JSON. Our own crates write no secret and nothing of where connections lead;
//! others only warn, since at finer levels some of them print headers.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

/// Begins the log. In a process that has one already that one stays.
pub(super) fn begin(json: bool) {
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("tidegate_agent", LevelFilter::INFO)
        .with_target("tidegate_providers", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = if json {
        lines.json().with_filter(filter).boxed()
    } else {
        lines
            .with_ansi(false)
            .with_target(false)
            .with_filter(filter)
            .boxed()
    };
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}
