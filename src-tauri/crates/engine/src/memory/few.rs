//! A map for the few things of one account. Owns a sorted list that is exactly as long as what it holds: a B-tree
//! allocates room for eleven of everything, and a thousand accounts mostly have one meter, one guard, one server each.

use std::borrow::Borrow;

/// A sorted map without spare room. Inserting moves what lies behind, so it is for hundreds of entries, not for more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Few<K, V>(Vec<(K, V)>);

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Few<K, V> {
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Replaces what stood under the key, and gives it back.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => self.0.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The place of a key, filled or not.
    pub(crate) fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { few: self, key }
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }
}

impl<K, V> Few<K, V> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Few<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Few<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut few = Self::default();
        few.extend(entries);
        few
    }
}

impl<'a, K, V> IntoIterator for &'a Few<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

impl<K, V> IntoIterator for Few<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A key on its way to its place.
pub(crate) struct Entry<'a, K, V> {
    few: &'a mut Few<K, V>,
    key: K,
}

impl<'a, K: Ord, V> Entry<'a, K, V> {
    pub(crate) fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        // Taken out and put back, so that the way to the value needs no index that could be wrong.
        let (at, value) = match self.few.place(&self.key) {
            Ok(at) => (at, self.few.0.remove(at).1),
            Err(at) => {
                self.few.0.reserve_exact(1);
                (at, make())
            }
        };
        &mut self.few.0.insert_mut(at, (self.key, value)).1
    }

    pub(crate) fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out_in_order_and_a_later_value_replaces_an_earlier_one() {
        let mut few: Few<u8, &str> = [(3, "c"), (1, "a"), (2, "b")].into_iter().collect();
        assert_eq!(few.insert(2, "B"), Some("b"));
        assert_eq!(
            few.iter().collect::<Vec<_>>(),
            [(&1, &"a"), (&2, &"B"), (&3, &"c")]
        );
        assert_eq!(few.remove(&1), Some("a"));
        assert_eq!(few.get(&1), None);
        few.retain(|key, _| *key != 3);
        assert_eq!(few.keys().collect::<Vec<_>>(), [&2]);
    }

    #[test]
    fn an_entry_is_made_only_where_there_is_none() {
        let mut few: Few<u8, u8> = Few::default();
        *few.entry(1).or_default() += 1;
        *few.entry(1).or_insert_with(|| 9) += 1;
        assert_eq!(few.get(&1), Some(&2));
    }

    #[test]
    fn one_value_takes_the_room_of_one() {
        let mut few: Few<u8, [u8; 900]> = Few::default();
        few.insert(1, [0; 900]);
        assert_eq!(few.0.capacity(), 1);
    }
}
