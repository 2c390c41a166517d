//! Maps and sets that are cheap without optimisation, as users compile this compiler.
//!
//! Most keys are numbers from 0 on ([`Val`], [`Mem`], [`StackId`]): a [`Map`] is a vector of options and a [`Set`] one of
//! booleans. For other keys, [`Hashed`] and [`HashedSet`] are those of the standard library with a hash of one multiplication
//! a word (Fx, as in rustc) in place of SipHash, whose rounds take thousands of instructions a look-up when not optimised.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::marker::PhantomData;

use crate::ir::{Mem, StackId, Val};

/// A key that is a number.
pub(crate) trait Key: Copy {
    fn index(self) -> usize;
}

impl Key for Val {
    fn index(self) -> usize {
        self.0 as usize
    }
}

impl Key for Mem {
    fn index(self) -> usize {
        self.0 as usize
    }
}

impl Key for StackId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A map from numbers.
#[derive(Clone, Debug)]
pub(crate) struct Map<K, V> {
    slots: Vec<Option<V>>,
    keys: PhantomData<K>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map { slots: Vec::new(), keys: PhantomData }
    }
}

impl<K: Key, V> Map<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let at = key.index();
        if at < self.slots.len() { self.slots[at].as_ref() } else { None }
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = key.index();
        if at < self.slots.len() { self.slots[at].as_mut() } else { None }
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Returns what was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = key.index();
        if at >= self.slots.len() {
            self.slots.resize_with(at + 1, || None);
        }
        self.slots[at].replace(value)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.get_mut(key)?;
        self.slots[key.index()].take()
    }
}

impl<K: Key, V: Default> Map<K, V> {
    /// What is there; if nothing is, the default from now on.
    pub(crate) fn or_default(&mut self, key: K) -> &mut V {
        let at = key.index();
        if at >= self.slots.len() {
            self.slots.resize_with(at + 1, || None);
        }
        self.slots[at].get_or_insert_default()
    }
}

impl<K: Key, V> Extend<(K, V)> for Map<K, V> {
    fn extend<T: IntoIterator<Item = (K, V)>>(&mut self, pairs: T) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Key, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        let mut map = Map::default();
        map.extend(pairs);
        map
    }
}

/// A set of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Set<K> {
    members: Vec<bool>,
    keys: PhantomData<K>,
}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Set { members: Vec::new(), keys: PhantomData }
    }
}

impl<K: Key> Set<K> {
    pub(crate) fn contains(&self, key: &K) -> bool {
        let at = key.index();
        at < self.members.len() && self.members[at]
    }

    /// Whether it is new.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        let at = key.index();
        if at >= self.members.len() {
            self.members.resize(at + 1, false);
        }
        !std::mem::replace(&mut self.members[at], true)
    }
}

impl<K: Key> Extend<K> for Set<K> {
    fn extend<T: IntoIterator<Item = K>>(&mut self, keys: T) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<K: Key> FromIterator<K> for Set<K> {
    fn from_iter<T: IntoIterator<Item = K>>(keys: T) -> Self {
        let mut set = Set::default();
        set.extend(keys);
        set
    }
}

/// A map from keys that are no numbers.
pub(crate) type Hashed<K, V> = HashMap<K, V, BuildHasherDefault<Fx>>;

/// A set of keys that are no numbers.
pub(crate) type HashedSet<K> = HashSet<K, BuildHasherDefault<Fx>>;

/// The hash of Firefox and of rustc. Nobody attacks a compiler's tables by the names in a program.
#[derive(Copy, Clone, Debug, Default)]
pub(crate) struct Fx(u64);

impl Hasher for Fx {
    fn write(&mut self, bytes: &[u8]) {
        // Indices rather than iterators, which are calls when not optimised.
        let (mut at, mut word) = (0, 0);
        while at < bytes.len() {
            word = word << 8 | u64::from(bytes[at]);
            at += 1;
            if at % 8 == 0 {
                self.write_u64(word);
                word = 0;
            }
        }
        self.write_u64(word);
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        // The product's low bits depend on few of the key's, and the table takes both ends.
        self.0 ^ self.0 >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_has_what_was_inserted_last() {
        let mut map = Map::default();
        assert_eq!(map.insert(Val(3), 'a'), None);
        assert_eq!(map.insert(Val(3), 'b'), Some('a'));
        assert_eq!((map.get(&Val(3)), map.get(&Val(0)), map.get(&Val(9))), (Some(&'b'), None, None));
        assert_eq!((map.remove(&Val(3)), map.remove(&Val(3)), map.remove(&Val(9))), (Some('b'), None, None));
        assert!(!map.contains_key(&Val(3)));
        *map.or_default(Val(7)) = 'c';
        assert_eq!(map.get(&Val(7)), Some(&'c'));
    }

    #[test]
    fn a_set_says_what_is_new() {
        let mut set: Set<Mem> = [Mem(1), Mem(4)].into_iter().collect();
        assert!(!set.insert(Mem(4)) && set.insert(Mem(6)));
        assert!(set.contains(&Mem(1)) && !set.contains(&Mem(0)) && !set.contains(&Mem(99)));
    }

    #[test]
    fn similar_names_have_different_hashes() {
        let hash = |name: &str| {
            let mut fx = Fx::default();
            fx.write(name.as_bytes());
            fx.finish()
        };
        let names = (0..1000).flat_map(|k| [format!("z{k}"), format!("v{k}_bar"), format!("v{k}_bar2")]);
        let hashes: std::collections::HashSet<u64> = names.map(|name| hash(&name)).collect();
        assert_eq!(hashes.len(), 3000);
    }
}
