//! Tasks that are known by name while they run. Owns that a task which ended by a defect of ours is not lost: whoever
//! started it is told which one it was, and goes on.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::{Id, JoinError, JoinSet};

/// Running tasks, each with the name of what it is for.
pub(crate) struct Tasks<K, T> {
    set: JoinSet<T>,
    names: HashMap<Id, K>,
}

impl<K, T> Default for Tasks<K, T> {
    fn default() -> Self {
        Self {
            set: JoinSet::new(),
            names: HashMap::new(),
        }
    }
}

impl<K, T: Send + 'static> Tasks<K, T> {
    pub(crate) fn spawn(&mut self, name: K, task: impl Future<Output = T> + Send + 'static) {
        let id = self.set.spawn(task).id();
        self.names.insert(id, name);
    }

    /// The next task that ended: its result, or the name of one that did not come to its end. `None` when none runs.
    pub(crate) async fn next(&mut self) -> Option<Result<T, Broken<K>>> {
        let ended = self.set.join_next_with_id().await?;
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let name = self.names.remove(&id);
        Some(
            ended
                .map(|(_, result)| result)
                .map_err(|error| Broken { name, error }),
        )
    }
}

/// A task that did not come to its end.
pub(crate) struct Broken<K> {
    pub(crate) name: Option<K>,
    error: JoinError,
}

impl<K> Broken<K> {
    /// One short line for people. Never the words of the panic: they may hold anything.
    pub(crate) fn said(&self) -> &'static str {
        if self.error.is_panic() {
            "a defect of the program ended it; it is tried again"
        } else {
            "it was ended from outside; it is tried again"
        }
    }
}
