//! What a simulated kernel may do wrong, each seen at a real one or one step from it.

/// One thing that goes wrong from when it is told until the kernel is honest again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lie {
    /// `"connections": null` while there are some.
    NullList,
    /// No `connections` at all.
    NoList,
    /// Sockets stay open, and nothing comes over them.
    Silent,
    /// An upgrade is answered like an ordinary request.
    NoUpgrade,
    /// The log is refused with 403.
    LogRefused,
    /// Every answer is a page for browsers.
    Html,
    /// Every snapshot is cut off in its middle.
    CutOff,
    /// Counters are objects with `total`, as Stash tells them.
    CounterObjects,
    /// The first connection of a snapshot lacks its counters.
    NoCounters,
    /// Snapshots carry 20 MB that nobody needs.
    Huge,
    /// No answer but 503.
    Unavailable,
}
