//! What was deleted (spec: ctoken-ledger 4.3 delete, 6.3, 6.13).

use contract::matrix::DeletedElement;
use platform::ApiError;

use super::{Work, update::holds};
use crate::store::matrices::{self, Matrix};

impl Work<'_> {
    pub(super) async fn delete(&mut self, elements: &[DeletedElement]) -> Result<(), ApiError> {
        let events: Vec<_> = elements.iter().map(|element| element.event.identifier.clone()).collect();
        let mut matrices = matrices::load(self.tx, self.actor.value.0, &events, &self.chains.ids()).await?;
        for element in elements {
            let named: Vec<_> =
                element.document.iter().map(|document| document.identifier.as_str()).collect();
            if !holds(&matrices, &element.event.identifier, &named) {
                tracing::info!(event = element.event.identifier, "nothing is known of what was deleted");
                continue;
            }
            for matrix in &mut matrices {
                if remove(matrix, element) {
                    let hash = matrix.settle();
                    self.chains.advance(matrix.matrix.model.ctoken_id, &hash);
                }
            }
        }
        matrices::save(self.tx, self.author, &matrices).await
    }
}

/// Disables the rows and documents of a matrix that an element names; whether rows are gone.
fn remove(matrix: &mut Matrix, element: &DeletedElement) -> bool {
    let event = &element.event.identifier;
    if !matrix.rows().any(|row| row.row.model.event_identifier == *event) {
        return false;
    }
    for document in matrix.rows_mut().flat_map(|row| &mut row.documents) {
        if element.document.iter().any(|named| named.identifier == document.model.identifier) {
            document.disable();
        }
    }
    let mut gone = false;
    for row in matrix.rows_mut().filter(|row| row.row.model.event_identifier == *event) {
        if element.thing.iter().any(|thing| thing.identifier == row.row.model.thing_identifier) {
            gone |= row.row.disable();
        }
    }
    gone
}
