//! Leaving the spool: the oldest batch gets its number by one durable rename, and keeps it until the other side has
//! answered for it.

use tidegate_meter::RowId;

use super::name::{Name, Number, Stage};
use super::{Held, Outgoing, Spool, SpoolError, failed, remove};
use crate::private;

impl Spool {
    /// The batch to hand in now: the one that was sent before without an answer, else the oldest. A new epoch is made
    /// when nothing tells the last number any more.
    pub fn next(&mut self, fresh_epoch: impl FnOnce() -> RowId) -> Result<Option<Outgoing>, SpoolError> {
        let mut fresh_epoch = Some(fresh_epoch);
        loop {
            self.settle_number()?;
            if let Some(held) = self.sending
                && let Some(out) = self.outgoing(held.name)?
            {
                return Ok(Some(out));
            }
            let Some((&last, &held)) = self.waiting.first_key_value() else {
                return Ok(None);
            };
            // Read before it has a number: a damaged file takes none.
            if self.read(&held.name)?.is_none() {
                self.waiting.remove(&last);
                continue;
            }
            let epoch = || fresh_epoch.take().map(|fresh| fresh());
            let Some(number) = self.next_number(epoch) else {
                return Ok(None);
            };
            self.promote(held, number)?;
        }
    }

    fn outgoing(&mut self, name: Name) -> Result<Option<Outgoing>, SpoolError> {
        let Some(number) = name.number() else {
            return Ok(None);
        };
        let backlog = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        let out = self.read(&name)?.map(|entry| Outgoing {
            epoch: number.epoch,
            sequence: number.sequence,
            entry,
            backlog,
        });
        Ok(out)
    }

    fn next_number(&self, mut fresh_epoch: impl FnMut() -> Option<RowId>) -> Option<Number> {
        match self.last_number() {
            Some(Number { epoch, sequence }) => Some(Number {
                epoch,
                sequence: sequence.saturating_add(1),
            }),
            None => fresh_epoch().map(|epoch| Number { epoch, sequence: 1 }),
        }
    }

    fn promote(&mut self, held: Held, number: Number) -> Result<(), SpoolError> {
        self.point("next.before");
        let stage = Stage::Sending(number);
        let name = Name { stage, ..held.name };
        std::fs::rename(self.path(&held.name), self.path(&name)).map_err(failed("numbered"))?;
        self.point("next.named");
        self.waiting.remove(&held.name.places.last);
        self.sending = Some(Held { name, ..held });
        self.is_unsettled = true;
        self.settle_number()
    }

    /// Not sent before its number is durable, also in a later try: after a loss of power it could be folded, and sent as
    /// another.
    fn settle_number(&mut self) -> Result<(), SpoolError> {
        if self.is_unsettled {
            self.settle().map_err(failed("numbered"))?;
            self.is_unsettled = false;
            self.point("next.settled");
        }
        Ok(())
    }

    /// The other side has answered for the batch that was sent: it is no longer kept.
    pub fn settle_sent(&mut self) -> Result<(), SpoolError> {
        let Some(held) = self.sending else {
            return Ok(());
        };
        let Some(number) = held.name.number() else {
            return Ok(());
        };
        self.point("leave.before");
        let stage = Stage::Left(number);
        let name = Name { stage, ..held.name };
        match std::fs::rename(self.path(&held.name), self.path(&name)) {
            // Somebody removed it: there is nothing left to settle.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            renamed => renamed.map_err(failed("settled"))?,
        }
        self.sending = None;
        let before = self.left.replace(name);
        self.point("leave.named");
        // A loss of power may undo the rename: then the batch is handed in once more, and answered as repeated.
        match before {
            Some(before) => remove(&self.path(&before)),
            None => Ok(()),
        }
    }

    /// The other side will not take the batch that was sent, however often it is asked: a copy is kept aside, and the
    /// next one has its turn.
    pub fn refuse_sent(&mut self) -> Result<(), SpoolError> {
        let Some(held) = self.sending else {
            return Ok(());
        };
        let bytes =
            private::read(&self.path(&held.name), crate::limits::FILE_BYTES).map_err(failed("read"))?;
        let aside = self.refused_folder().join(held.name.to_string());
        private::write(&aside, &bytes.unwrap_or_default()).map_err(failed("put aside"))?;
        private::settle(&self.refused_folder()).map_err(failed("put aside"))?;
        self.refused = self.refused.saturating_add(1);
        self.point("refuse.copied");
        self.settle_sent()
    }

    /// The device has become another one: nothing of the old numbers holds for it.
    pub fn begin_anew(&mut self, epoch: RowId) -> Result<(), SpoolError> {
        if let Some(held) = self.sending.take() {
            let stage = Stage::Waiting;
            let name = Name { stage, ..held.name };
            std::fs::rename(self.path(&held.name), self.path(&name)).map_err(failed("numbered"))?;
            self.waiting.insert(name.places.last, Held { name, ..held });
        }
        if let Some(left) = self.left {
            let stage = Stage::Left(Number { epoch, sequence: 0 });
            let name = Name { stage, ..left };
            std::fs::rename(self.path(&left), self.path(&name)).map_err(failed("numbered"))?;
            self.left = Some(name);
        }
        self.settle().map_err(failed("numbered"))
    }
}
