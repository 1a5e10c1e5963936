//! The ladder: which steps are crossed. Tested in `tests/ladder.rs`.

use crate::Step;

/// The key of a step, unique in its guard and meter: `share:70`, `headroom:bytes:20000000000`, `run_out:172800`,
/// `limit`.
pub(crate) fn key_of(step: Option<Step>) -> String {
    match step {
        None => "limit".to_owned(),
        Some(Step::Share(percent)) => format!("share:{}", percent.decimal()),
        Some(Step::Headroom(amount)) => format!("headroom:{}:{}", amount.unit(), amount.decimal()),
        Some(Step::RunOut(span)) => format!("run_out:{}", span.as_secs()),
    }
}
