//! What was added (spec: ctoken-ledger 4.3 add, 6.9, 6.10).

use std::collections::{HashMap, HashSet};

use contract::matrix::{DocumentColumns, Element, EventColumns, ThingColumns};
use platform::{ApiError, insert_rows, new_row};
use vocabulary::{Instant, row_hash::hash_of_list};

use super::{Work, events};
use crate::store::{cmatrix, document, matrices, row_hash};

/// A row of a person: the chain, the event, the thing.
type Key = (i64, String, String);

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the table, by its id.
    Stored(i64),
    /// In the plan, by its number.
    Planned(usize),
}

/// Rows that are known already.
#[derive(Debug, Default)]
struct Known {
    rows: HashMap<Key, (Place, HashSet<String>)>,
    /// Rows that are gone, as they were last.
    gone: HashSet<(Key, String, Instant)>,
}

/// What is going to be written.
#[derive(Debug, Default)]
struct Plan<'e> {
    /// Chain, hash and user of each matrix.
    matrices: Vec<(i64, String, &'e str)>,
    /// The number of its matrix, event and thing of each row.
    rows: Vec<(usize, &'e EventColumns<Instant>, &'e ThingColumns<Instant>)>,
    documents: Vec<(Place, &'e DocumentColumns<Instant>)>,
}

impl<'e> Plan<'e> {
    /// Plans what an element brings that is not known; the hash for the chain, when there is any.
    fn add(&mut self, known: &mut Known, chain: i64, element: &'e Element<Instant>) -> Option<String> {
        let (matrix, documents) = (self.matrices.len(), self.documents.len());
        let mut opens = false;
        for thing in &element.thing {
            let key = (chain, element.event.identifier.clone(), thing.identifier.clone());
            if !known.rows.contains_key(&key) {
                let row = (key.clone(), thing.row_hash.clone(), thing.row_hash_create_at);
                if known.gone.contains(&row) {
                    continue;
                }
                known.rows.insert(key.clone(), (Place::Planned(self.rows.len()), HashSet::new()));
                self.rows.push((matrix, &element.event, thing));
                opens = true;
            }
            if let Some((place, held)) = known.rows.get_mut(&key) {
                let new = element.document.iter().filter(|document| held.insert(document.identifier.clone()));
                self.documents.extend(new.map(|document| (*place, document)));
            }
        }
        let hashes: Vec<_> = element.thing.iter().map(|thing| thing.row_hash.as_str()).collect();
        let hash = hash_of_list(&hashes);
        if opens {
            self.matrices.push((chain, hash.clone(), &element.user_id));
        }
        (opens || self.documents.len() > documents).then_some(hash)
    }
}

impl Work<'_> {
    pub(super) async fn add(&mut self, elements: &[Element<Instant>]) -> Result<(), ApiError> {
        let mut known = self.known(&events(elements)).await?;
        let mut plan = Plan::default();
        for element in elements {
            let Some(chain) = self.chain(element)? else { continue };
            if let Some(hash) = plan.add(&mut known, chain, element) {
                self.chains.advance(chain, &hash);
            }
        }
        self.save(plan).await
    }

    async fn known(&self, events: &[String]) -> Result<Known, ApiError> {
        let mut known = Known::default();
        let rows = matrices::of_events(self.tx, self.actor.value.0, events).await?;
        let there = rows.iter().filter(|(row, matrix)| !row.is_disabled && !matrix.is_disabled);
        let mut documents = matrices::documents(self.tx, there.map(|(row, _)| row.id).collect()).await?;
        for (row, matrix) in rows {
            let key = (matrix.ctoken_id, row.event_identifier, row.thing_identifier);
            if row.is_disabled || matrix.is_disabled {
                known.gone.insert((key, row.row_hash, self.store.instant(row.row_hash_create_at)));
            } else {
                let held = documents.remove(&row.id).unwrap_or_default();
                let held = held.into_iter().map(|document| document.identifier).collect();
                known.rows.entry(key).or_insert((Place::Stored(row.id), held));
            }
        }
        Ok(known)
    }

    async fn save(&self, plan: Plan<'_>) -> Result<(), ApiError> {
        let (store, author) = (self.store, self.author);
        let matrices = plan.matrices.into_iter().map(|(chain, hash, user)| {
            new_row!(
                author,
                cmatrix {
                    ctoken_id: chain,
                    actor_catalog_code: self.actor.value.0,
                    actor_catalog_version: self.actor.ver.0,
                    user_id: user.to_owned(),
                    cmatrix_hash: hash,
                    cmatrix_hash_create_at: author.now,
                }
            )
        });
        let matrices = insert_rows(self.tx, matrices.collect()).await?;
        let rows = plan
            .rows
            .iter()
            .map(|(matrix, event, thing)| row_hash::new(store, author, matrices[*matrix], event, thing));
        let rows = insert_rows(self.tx, rows.collect()).await?;
        let documents = plan.documents.iter().map(|(place, columns)| {
            let row = match place {
                Place::Stored(id) => *id,
                Place::Planned(number) => rows[*number],
            };
            document::new(store, author, row, columns)
        });
        insert_rows(self.tx, documents.collect()).await?;
        Ok(())
    }
}
