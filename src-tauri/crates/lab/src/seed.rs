//! Chance by name. Owns [`Stream`]: a place in a tree of names below one seed. What is drawn there depends on the seed and
//! the path alone, never on what was drawn elsewhere or before, so that an element that is left out moves no other.
//! Never keeps a state: the same question has the same answer. Tested here and over whole plans in `tests/draw.rs`.

/// A place that chances come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stream(u64);

/// The odd constant of the golden ratio: the step of SplitMix64, whose finalizer [`mixed`] is.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

impl Stream {
    /// The root below a seed.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self(mixed(seed.wrapping_add(GOLDEN)))
    }

    /// The place of that name below this one.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let told = name.bytes().fold(self.0, |state, byte| {
            mixed(state.wrapping_add(u64::from(byte)).wrapping_add(GOLDEN))
        });
        Self(mixed(told ^ GOLDEN))
    }

    /// The place of that number below this one.
    #[must_use]
    pub fn numbered(self, number: u64) -> Self {
        Self(mixed(
            self.0.wrapping_add(number.wrapping_add(1).wrapping_mul(GOLDEN)),
        ))
    }

    /// A whole seed for somebody else's generator.
    #[must_use]
    pub const fn seed(self) -> u64 {
        self.0
    }

    /// From 0 to below `bound`; 0 when there is nothing below it.
    #[must_use]
    pub fn below(self, bound: u64) -> u64 {
        let wide = u128::from(self.0).wrapping_mul(u128::from(bound)) >> 64;
        u64::try_from(wide).unwrap_or(0)
    }

    /// From `low` to `high`, both among them.
    #[must_use]
    pub fn between(self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// The same as a count.
    #[must_use]
    pub fn count(self, (low, high): (u32, u32)) -> u32 {
        u32::try_from(self.between(u64::from(low), u64::from(high))).unwrap_or(high)
    }

    /// From `low` to `high`, each power of two as likely as the next: minutes are as likely as hours.
    #[must_use]
    pub fn spread(self, low: u64, high: u64) -> u64 {
        let octaves = (u64::from(low.max(1).ilog2()), u64::from(high.max(1).ilog2()));
        let octave = self.named("octave").between(octaves.0, octaves.1);
        let floor = 1_u64 << octave.min(62);
        let top = floor.saturating_mul(2).saturating_sub(1);
        self.named("within")
            .between(floor.max(low), top.min(high).max(floor.max(low)))
            .min(high)
    }

    /// Whether it happens, with so many chances in a hundred.
    #[must_use]
    pub fn percent(self, chances: u64) -> bool {
        self.below(100) < chances
    }

    /// One of them; `None` of none.
    #[must_use]
    pub fn pick<T>(self, of: &[T]) -> Option<&T> {
        let index = usize::try_from(self.below(u64::try_from(of.len()).unwrap_or(0)));
        index.ok().and_then(|index| of.get(index))
    }

    /// One of them by its name, so that leaving another out changes nothing; `None` of none.
    #[must_use]
    pub fn choose<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        names.into_iter().max_by_key(|name| self.named(name).0)
    }

    /// One of them, each as often as its weight; `None` when nothing weighs.
    #[must_use]
    pub fn weighed<T>(self, of: &[T], weight: impl Fn(&T) -> u32) -> Option<&T> {
        let all = of
            .iter()
            .fold(0_u64, |sum, item| sum.saturating_add(u64::from(weight(item))));
        let mut left = self.below(all);
        of.iter().find(|item| {
            let own = u64::from(weight(item));
            let is_here = left < own;
            left = left.saturating_sub(own);
            is_here
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Stream;

    proptest! {
        #[test]
        fn a_draw_stays_within_its_bounds(seed: u64, a: u64, b: u64) {
            let (low, high) = (a.min(b), a.max(b));
            let stream = Stream::of(seed);
            prop_assert!((low..=high).contains(&stream.between(low, high)));
            prop_assert!((low..=high).contains(&stream.spread(low, high)));
        }

        #[test]
        fn leaving_out_what_was_not_chosen_changes_no_choice(seed: u64, out in 0_usize..5) {
            let all = ["ann", "bob", "cat", "dan", "eve"];
            let chosen = Stream::of(seed).choose(all).unwrap();
            let fewer: Vec<&str> = all.into_iter().enumerate().filter(|(at, name)| *at != out || *name == chosen).map(|(_, name)| name).collect();
            prop_assert_eq!(Stream::of(seed).choose(fewer), Some(chosen));
        }
    }

    #[test]
    fn a_chance_depends_on_its_path_alone() {
        let root = Stream::of(7);
        let before = root.named("lag").below(1000);
        let _ = root.named("quota").below(1000);
        assert_eq!(root.named("lag").below(1000), before);
        assert_ne!(root.named("lag"), root.named("gal"));
        assert_ne!(root.named("a").named("b"), root.named("b").named("a"));
        assert_ne!(root.numbered(0), root.numbered(1));
        assert_ne!(Stream::of(7), Stream::of(8));
    }

    #[test]
    fn every_value_of_a_small_range_comes_about_as_often() {
        let mut seen = [0_u32; 10];
        for number in 0..10_000 {
            let index = usize::try_from(Stream::of(1).numbered(number).below(10)).unwrap();
            seen[index] += 1;
        }
        assert!(seen.iter().all(|count| (900..1100).contains(count)), "{seen:?}");
    }

    #[test]
    fn weights_count_and_nothing_is_picked_of_nothing() {
        let items = [("never", 0), ("rare", 1), ("often", 9)];
        let picked = |number| {
            Stream::of(3)
                .numbered(number)
                .weighed(&items, |item| item.1)
                .unwrap()
                .0
        };
        let often = (0..1000).filter(|number| picked(*number) == "often").count();
        assert!((850..950).contains(&often), "{often}");
        assert!((0..1000).all(|number| picked(number) != "never"));
        assert_eq!(Stream::of(3).pick::<u8>(&[]), None);
        assert_eq!(Stream::of(3).weighed(&items, |_| 0), None);
    }
}
