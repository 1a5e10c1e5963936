//! A mailbox that says what a test wants.

use tidegate_providers::mailbox::{Find, MailSource, Position, Scan};

use super::*;

/// A box that answers from a list, and with nothing new once that is empty.
#[derive(Default)]
pub struct FakeBox {
    pub answers: Mutex<VecDeque<Result<Vec<Find>, ProviderError>>>,
    pub asked: Mutex<Vec<Position>>,
    /// Mails that the next look passes over.
    pub unreadable: Mutex<usize>,
    pub validity: Mutex<u32>,
}

#[async_trait]
impl MailSource for FakeBox {
    async fn scan(&self, from: Position, _now: Time) -> Result<Scan, ProviderError> {
        self.asked.lock().unwrap().push(from);
        let finds = self
            .answers
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Ok(Vec::new()))?;
        let last = finds.last().map_or(from.last_uid, |find| find.uid);
        Ok(Scan {
            position: Position {
                uid_validity: 7 + *self.validity.lock().unwrap(),
                last_uid: last,
            },
            renumbered: false,
            looked_at: finds.len(),
            waiting: 0,
            unreadable: std::mem::take(&mut *self.unreadable.lock().unwrap()),
            finds,
        })
    }
}
