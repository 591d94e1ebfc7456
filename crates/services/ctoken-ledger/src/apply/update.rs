//! What was changed (spec: ctoken-ledger 4.3 update, 6.3, 6.11).

use contract::matrix::Element;
use platform::{ApiError, Store};
use vocabulary::Instant;

use super::{Work, events};
use crate::store::matrices::{self, Matrix};

impl Work<'_> {
    pub(super) async fn update(&mut self, elements: &[Element<Instant>]) -> Result<(), ApiError> {
        let mut matrices =
            matrices::load(self.tx, self.actor.value.0, &events(elements), &self.chains.ids()).await?;
        for element in elements {
            let Some(chain) = self.chain(element)? else { continue };
            let named: Vec<_> =
                element.document.iter().map(|document| document.identifier.as_str()).collect();
            let ours = |matrix: &Matrix| matrix.matrix.model.ctoken_id == chain;
            if !holds(matrices.iter().filter(|matrix| ours(matrix)), &element.event.identifier, &named) {
                continue;
            }
            for matrix in matrices.iter_mut().filter(|matrix| ours(matrix)) {
                if change(self.store, matrix, element) {
                    let hash = matrix.settle();
                    self.chains.advance(chain, &hash);
                }
            }
        }
        matrices::save(self.tx, self.author, &matrices).await
    }
}

/// Whether documents are named that hold an event, or none are.
pub(super) fn holds<'m>(
    matrices: impl IntoIterator<Item = &'m Matrix>,
    event: &str,
    documents: &[&str],
) -> bool {
    let rows = matrices.into_iter().flat_map(Matrix::rows);
    let of_event = rows.filter(|row| row.row.model.event_identifier == event);
    let held = of_event.flat_map(|row| &row.documents).filter(|document| document.is_there());
    documents.is_empty() || held.into_iter().any(|held| documents.contains(&held.model.identifier.as_str()))
}

/// Overwrites the rows and documents of a matrix that an element is about; whether anything became different.
fn change(store: &Store, matrix: &mut Matrix, element: &Element<Instant>) -> bool {
    let mut changed = false;
    let mut concerned = false;
    for row in matrix.rows_mut().filter(|row| row.row.model.event_identifier == element.event.identifier) {
        let thing = element.thing.iter().find(|it| it.identifier == row.row.model.thing_identifier);
        let Some(thing) = thing else { continue };
        concerned = true;
        let new = row.row.model.updated(store, &element.event, thing);
        changed |= row.row.set(new);
    }
    if !concerned {
        return false;
    }
    for document in
        matrix.rows_mut().flat_map(|row| &mut row.documents).filter(|document| document.is_there())
    {
        let columns = element.document.iter().find(|it| it.identifier == document.model.identifier);
        let Some(columns) = columns else { continue };
        let new = document.model.updated(store, columns);
        changed |= document.set(new);
    }
    changed
}
