//! The chains of hashes, one a person (spec: ctoken-ledger 2, 4.3).

use std::collections::{BTreeMap, HashMap};

use vocabulary::row_hash::next_head;

/// The chain of one person while it is worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) pxr_id: String,
    /// None before the first matrix.
    pub(crate) head: Option<String>,
    /// Heads that a newer one took the place of, the oldest first.
    pub(crate) superseded: Vec<String>,
    pub(crate) is_changed: bool,
}

/// Chains that a transaction works on, by the ids of their rows.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    by_id: BTreeMap<i64, Chain>,
    by_person: HashMap<String, i64>,
}

impl Chains {
    /// Adds a chain; of several of one person the first one counts.
    pub(crate) fn put(&mut self, id: i64, pxr_id: String, head: Option<String>) {
        self.by_person.entry(pxr_id.clone()).or_insert(id);
        self.by_id.insert(id, Chain { pxr_id, head, superseded: Vec::new(), is_changed: false });
    }

    pub(crate) fn of(&self, pxr_id: &str) -> Option<i64> {
        self.by_person.get(pxr_id).copied()
    }

    pub(crate) fn ids(&self) -> Vec<i64> {
        self.by_id.keys().copied().collect()
    }

    pub(crate) fn changed(&self) -> impl Iterator<Item = (i64, &Chain)> {
        self.by_id.iter().filter(|(_, chain)| chain.is_changed).map(|(id, chain)| (*id, chain))
    }

    /// A matrix of the person was added, changed or given up.
    pub(crate) fn advance(&mut self, id: i64, matrix_hash: &str) {
        let Some(chain) = self.by_id.get_mut(&id) else { return };
        let head = next_head(chain.head.as_deref(), matrix_hash);
        chain.superseded.extend(chain.head.replace(head));
        chain.is_changed = true;
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::row_hash::hash_of_list;

    use super::*;

    #[test]
    fn a_chain_grows_by_one_head_a_matrix() {
        let mut chains = Chains::default();
        chains.put(4, "p".to_owned(), None);
        chains.put(5, "q".to_owned(), Some("old".to_owned()));
        chains.advance(4, "m1");
        chains.advance(4, "m2");
        let changed: Vec<_> = chains.changed().collect();
        let [(4, chain)] = changed.as_slice() else { panic!("one changed chain") };
        let first = hash_of_list(&["m1"]);
        assert_eq!(chain.head, Some(hash_of_list(&[first.as_str(), "m2"])));
        assert_eq!(chain.superseded, [first]);
    }

    #[test]
    fn of_two_chains_of_a_person_the_first_one_counts() {
        let mut chains = Chains::default();
        chains.put(4, "p".to_owned(), Some("a".to_owned()));
        chains.put(5, "p".to_owned(), Some("b".to_owned()));
        assert_eq!(chains.of("p"), Some(4));
        assert_eq!(chains.ids(), [4, 5]);
    }
}
