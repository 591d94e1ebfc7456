//! What a block may say about its batches: the section `[batches]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use vocabulary::BlockKind;

use crate::{BatchName, TimeTable};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The login id under which batches write; default: the one of the reference's samples for this kind of block.
    pub login_id: Option<String>,
    /// Whether this process runs the batches of its block by time. Of a block in several processes one does: nobody
    /// keeps two from running the same batch at once.
    pub scheduled: bool,
    /// Other times than the delivered ones, e.g. `close-region = "30 9 * * *"`; `"never"` leaves a batch out.
    pub schedule: BTreeMap<BatchName, TimeTable>,
}

impl Settings {
    /// When the batches of a kind of block run, those that never do left out.
    #[must_use]
    pub fn times(&self, kind: BlockKind) -> Vec<(BatchName, TimeTable)> {
        let of_kind = BatchName::ALL.into_iter().filter(|batch| batch.kinds().contains(&kind));
        of_kind
            .filter_map(|batch| {
                let times = self.schedule.get(&batch).cloned();
                Some((batch, times.or_else(|| batch.schedule().parse().ok())?))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_batch_of_a_block_has_its_delivered_times() {
        let all: usize = BlockKind::ALL.iter().map(|kind| Settings::default().times(*kind).len()).sum();
        // One batch runs on all kinds of blocks.
        assert_eq!(all, BatchName::ALL.len() + 2);
    }

    #[test]
    fn a_block_may_choose_other_times() {
        let schedule = [(BatchName::CreateUser, "1 2 * * *".parse().unwrap())].into();
        let settings = Settings { schedule, ..Settings::default() };
        let (_, times) = settings.times(BlockKind::App).remove(0);
        assert_eq!(times, "1 2 * * *".parse().unwrap());
    }
}
