//! The runtime of one life: one thread, no sockets, no timers of its own. Whenever none of its tasks can run, the tide
//! moves on and wakes one; when the life is over it is dropped with all that it held, as a killed process is.

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::runtime::Builder;

use super::Tide;
use crate::life::Life;

/// Runs `root` and what it spawns until it returns, or until the life is over: then `None`. `idle` is called each time
/// nothing can run, before time moves.
///
/// # Errors
/// When the system gives no runtime.
pub fn drive<T>(
    tide: &Arc<Tide>,
    life: &Life,
    idle: impl Fn() + Send + Sync + 'static,
    root: impl Future<Output = T>,
) -> io::Result<Option<T>> {
    tide.carry(life);
    let hook = {
        let tide = Arc::clone(tide);
        move || {
            idle();
            tide.next();
        }
    };
    let runtime = Builder::new_current_thread().on_thread_park(hook).build()?;
    let done = runtime.block_on(async {
        tokio::select! {
            biased;
            () = life.ended() => None,
            done = root => Some(done),
        }
    });
    Ok(done)
}
