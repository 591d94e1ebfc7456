//! Applying the differences that a block reports (spec: ctoken-ledger 4.3).
//!
//! Everything happens in one transaction. Reports come at least once: what is known already is left as it is, and
//! then no chain grows either.

mod add;
mod delete;
mod update;

use std::collections::HashSet;

use contract::matrix::{Differences, Element};
use platform::{ApiError, Author, Store, Transaction, take_turn};
use vocabulary::{CodeVersion, Instant, Session};

use crate::{
    Ledger,
    chain::Chains,
    persons::Persons,
    store::{self, matrices},
};

/// What a report is applied with.
struct Work<'w> {
    tx: &'w Transaction,
    store: &'w Store,
    author: &'w Author,
    actor: CodeVersion,
    persons: &'w Persons,
    chains: Chains,
}

impl Ledger {
    /// Applies what an actor reports about persons.
    pub(crate) async fn apply(
        &self,
        session: &Session,
        actor: CodeVersion,
        differences: &Differences<Instant>,
        persons: &Persons,
    ) -> Result<(), ApiError> {
        let author = Author::new(&self.ground, session);
        let tx = self.ground.store.write().await?;
        let mut concerned = persons.pxr_ids();
        let deleted: Vec<_> =
            differences.delete.iter().map(|element| element.event.identifier.clone()).collect();
        concerned.extend(matrices::persons(&tx, actor.value.0, &deleted).await?);
        // A chain is read and then grows: of two reports about a person one waits for the other.
        take_turn(&tx, concerned.iter().map(|pxr_id| format!("ctoken-ledger {pxr_id}"))).await?;
        let added =
            differences.add.iter().map(|element| persons.of(element)).collect::<Result<HashSet<_>, _>>()?;
        let chains = store::chains(&tx, &author, &concerned, |pxr_id| added.contains(pxr_id)).await?;
        let store = &self.ground.store;
        let mut work = Work { tx: &tx, store, author: &author, actor, persons, chains };
        work.add(&differences.add).await?;
        work.update(&differences.update).await?;
        work.delete(&differences.delete).await?;
        store::save_chains(&tx, &author, &work.chains).await?;
        let grown = work.chains.changed().count();
        tx.commit().await?;
        tracing::info!(
            target: "audit",
            actor = actor.value.0,
            by = session.login_id,
            added = differences.add.len(),
            updated = differences.update.len(),
            deleted = differences.delete.len(),
            persons = grown,
            "the ledger took a report"
        );
        Ok(())
    }
}

impl Work<'_> {
    /// The chain of the person that an element is about.
    fn chain(&self, element: &Element<Instant>) -> Result<Option<i64>, ApiError> {
        Ok(self.chains.of(self.persons.of(element)?))
    }
}

/// The events that elements are about.
fn events(elements: &[Element<Instant>]) -> Vec<String> {
    elements.iter().map(|element| element.event.identifier.clone()).collect()
}
