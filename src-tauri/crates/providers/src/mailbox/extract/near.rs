//! Which of several values a word means. Owns nearness: the value closest behind the word, or shortly before it, within
//! one clause, with no word between that makes it something else ("below", "coupon"). Two values equally near are none.

use std::ops::Range;

use super::super::limits;
use super::super::words::Folded;

/// The words beside which a value counts.
pub(super) struct Anchors {
    /// The value follows.
    pub(super) leading: &'static [&'static str],
    /// The value stands before.
    pub(super) following: &'static [&'static str],
    /// Between word and value, or shortly before the value, these make it another thing.
    pub(super) spoiling: &'static [&'static str],
}

/// A value and where it stands.
pub(super) struct Found<T> {
    pub(super) place: Range<usize>,
    pub(super) value: T,
}

/// Where a clause ends; a value beyond belongs to another one.
const CLAUSE_ENDS: &[char] = &[',', '，', '。', '；', ';', '!', '！', '?', '？', '、'];
/// Label, then value, is the usual order: a value in front of its word must be this much nearer.
const LEADING_AHEAD: usize = 4;
/// How far before a value a spoiling word is looked for.
const SPOIL: usize = 10;

/// The value that stands nearest to a word; `None` where two different ones do, or none is near.
pub(super) fn nearest<T: Same>(text: &Folded, anchors: &Anchors, found: Vec<Found<T>>) -> Option<T> {
    let leading = places(text, anchors.leading);
    let following = places(text, anchors.following);
    let mut best: Option<(usize, Option<T>)> = None;
    for item in found {
        let after = leading
            .iter()
            .filter_map(|word| after(text.as_str(), anchors, word, &item.place));
        let before = following
            .iter()
            .filter_map(|word| before(text.as_str(), anchors, word, &item.place));
        let Some(distance) = after.chain(before).min() else {
            continue;
        };
        best = Some(match best.take() {
            Some((least, kept)) if least < distance => (least, kept),
            Some((least, Some(kept))) if least == distance && kept.same(&item.value) => (least, Some(kept)),
            Some((least, _)) if least == distance => (least, None),
            _ => (distance, Some(item.value)),
        });
    }
    best.and_then(|(_, value)| value)
}

/// Whether two values say the same, however they are written.
pub(super) trait Same {
    fn same(&self, other: &Self) -> bool;
}

fn places(text: &Folded, words: &[&str]) -> Vec<Range<usize>> {
    words
        .iter()
        .flat_map(|word| text.places(word).collect::<Vec<_>>())
        .collect()
}

fn after(text: &str, anchors: &Anchors, word: &Range<usize>, value: &Range<usize>) -> Option<usize> {
    let gap = text.get(word.end..value.start)?;
    let near = gap.chars().take(limits::AFTER + 1).count();
    (near <= limits::AFTER && is_one_clause(gap) && !is_spoiled(gap, anchors)).then_some(near)
}

fn before(text: &str, anchors: &Anchors, word: &Range<usize>, value: &Range<usize>) -> Option<usize> {
    let gap = text.get(value.end..word.start)?;
    let near = gap.chars().take(limits::BEFORE + 1).count();
    let front: String = text.get(..value.start)?.chars().rev().take(SPOIL).collect();
    let front: String = front.chars().rev().collect();
    let clause = front.rsplit(CLAUSE_ENDS).next().unwrap_or_default();
    let spoiled = is_spoiled(gap, anchors) || is_spoiled(clause, anchors);
    (near <= limits::BEFORE && is_one_clause(gap) && !spoiled).then_some(near + LEADING_AHEAD)
}

fn is_one_clause(gap: &str) -> bool {
    !gap.contains(CLAUSE_ENDS) && !gap.contains(". ")
}

fn is_spoiled(gap: &str, anchors: &Anchors) -> bool {
    let gap = Folded::new(gap);
    anchors.spoiling.iter().any(|word| gap.has(word))
}
