//! What happens to the machine and to its disk: sleep, clocks, kills, copies, a keychain that is locked, a full disk.

use super::when;
use crate::plan::{At, Deed, DiskDeed, MachineDeed, Plan, Storage, Timed};
use crate::seed::Stream;

type Kind = (u32, fn(Stream) -> Deed);

const KINDS: [Kind; 9] = [
    (14, |stream| {
        Deed::Machine(MachineDeed::Sleep {
            for_s: when::lasting(stream),
        })
    }),
    (10, jump),
    (24, crash),
    (8, |stream| {
        Deed::Machine(MachineDeed::SecondCopy {
            for_s: when::lasting(stream),
        })
    }),
    (8, |stream| {
        Deed::Machine(MachineDeed::Freeze {
            for_s: when::lasting(stream),
        })
    }),
    (10, |stream| {
        Deed::Machine(MachineDeed::LockKeychain {
            for_s: when::lasting(stream),
        })
    }),
    (14, |stream| {
        Deed::Machine(MachineDeed::Offline {
            for_s: when::lasting(stream),
        })
    }),
    (10, |stream| {
        Deed::Disk(DiskDeed::Full {
            for_s: when::lasting(stream),
        })
    }),
    (10, |stream| {
        Deed::Disk(DiskDeed::FailingCommit {
            after: stream.count((0, 40)),
        })
    }),
];

/// Bits are only flipped where there is a file; such plans are few, since each of their commits is synced for real.
pub(super) fn draw(stream: Stream, plan: &Plan) -> Option<Deed> {
    let has_file = plan.storage == Storage::File;
    if has_file && stream.named("flips").percent(15) {
        let bits = stream.named("bits").count((1, 64));
        return Some(Deed::Disk(DiskDeed::Flip { bits }));
    }
    let (_, kind) = stream.named("kind").weighed(&KINDS, |(weight, _)| *weight)?;
    Some(kind(stream.named("deed")))
}

/// Minutes, an hour of somebody's summer time, a day, a year; either way.
fn jump(stream: Stream) -> Deed {
    let spans = [90_000, 600_000, 3_600_000, 86_400_000, 31_536_000_000];
    let ms: i64 = stream.named("span").pick(&spans).copied().unwrap_or(0);
    let ms = if stream.named("back").percent(50) {
        ms.saturating_neg()
    } else {
        ms
    };
    Deed::Machine(MachineDeed::JumpWall { ms })
}

/// Half of the kills fall right after something became durable or left.
fn crash(stream: Stream) -> Deed {
    let at = match stream.named("at").below(4) {
        0 => At::Commit(few(stream.named("commits"))),
        1 => At::Exchange(few(stream.named("exchanges"))),
        _ => At::Now,
    };
    let down_s = if stream.named("at-once").percent(60) {
        stream.named("soon").between(0, 5)
    } else {
        when::lasting(stream.named("down"))
    };
    Deed::Machine(MachineDeed::Crash { at, down_s })
}

/// One to thirty, the low ones more often: what follows a moment follows it closely.
fn few(stream: Stream) -> u32 {
    u32::try_from(stream.spread(1, 30)).unwrap_or(1)
}

/// Shortens what would last beyond that second.
pub(super) fn end_by(timed: &mut Timed, until: u64) {
    let left = until.saturating_sub(timed.at_s);
    timed.deed.lasts_at_most(left);
}

impl Deed {
    /// How long what happens to the machine or its disk lasts.
    pub(crate) const fn span(&mut self) -> Option<&mut u64> {
        match self {
            Deed::Machine(
                MachineDeed::Sleep { for_s }
                | MachineDeed::SecondCopy { for_s }
                | MachineDeed::Freeze { for_s }
                | MachineDeed::LockKeychain { for_s }
                | MachineDeed::Offline { for_s }
                | MachineDeed::Crash { down_s: for_s, .. },
            )
            | Deed::Disk(DiskDeed::Full { for_s }) => Some(for_s),
            Deed::Machine(MachineDeed::JumpWall { .. })
            | Deed::Disk(DiskDeed::FailingCommit { .. } | DiskDeed::Flip { .. })
            | Deed::World(_)
            | Deed::User(_) => None,
        }
    }

    /// Shortens what happens to the machine and its disk to so many seconds.
    pub(crate) fn lasts_at_most(&mut self, left: u64) {
        if let Some(span) = self.span() {
            *span = (*span).min(left);
        }
    }
}
