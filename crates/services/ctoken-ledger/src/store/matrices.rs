//! Matrices with their rows and documents, as a transaction finds and leaves them.

use std::collections::HashMap;

use platform::{ApiError, Author, Transaction, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use vocabulary::row_hash::hash_of_list;

use super::{AT_ONCE, cmatrix, ctoken, document, row_hash};

/// What a transaction does to a row of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Change {
    #[default]
    None,
    Changed,
    Gone,
}

#[derive(Clone, Debug)]
pub(crate) struct Tracked<M> {
    pub(crate) model: M,
    pub(crate) change: Change,
}

impl<M: PartialEq> Tracked<M> {
    const fn new(model: M) -> Self {
        Self { model, change: Change::None }
    }

    pub(crate) fn is_there(&self) -> bool {
        self.change != Change::Gone
    }

    /// Whether the new state is another one.
    pub(crate) fn set(&mut self, new: M) -> bool {
        let differs = self.model != new;
        if differs {
            self.model = new;
            self.change = Change::Changed;
        }
        differs
    }

    /// Whether it was still there.
    pub(crate) fn disable(&mut self) -> bool {
        let was_there = self.is_there();
        self.change = Change::Gone;
        was_there
    }
}

/// A thing of an event, with the documents that hold the event.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) row: Tracked<row_hash::Model>,
    pub(crate) documents: Vec<Tracked<document::Model>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Matrix {
    pub(crate) matrix: Tracked<cmatrix::Model>,
    pub(crate) rows: Vec<Row>,
}

impl Matrix {
    /// Rows that are still there, in the order in which they came.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.row.is_there())
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut Row> {
        self.rows.iter_mut().filter(|row| row.row.is_there())
    }

    /// Takes the hash of the rows that are there, or gives the matrix up when there are none; the hash for the chain.
    pub(crate) fn settle(&mut self) -> String {
        let hashes: Vec<_> = self.rows().map(|row| row.row.model.row_hash.as_str()).collect();
        if hashes.is_empty() {
            self.matrix.disable();
        } else {
            let cmatrix_hash = hash_of_list(&hashes);
            self.matrix.set(cmatrix::Model { cmatrix_hash, ..self.matrix.model.clone() });
            // Its rows changed, even where their hashes did not.
            self.matrix.change = Change::Changed;
        }
        self.matrix.model.cmatrix_hash.clone()
    }
}

/// All rows that an actor ever reported about events, also those that are gone, with their matrices.
pub(crate) async fn of_events(
    tx: &Transaction,
    actor: i64,
    events: &[String],
) -> Result<Vec<(row_hash::Model, cmatrix::Model)>, ApiError> {
    let mut found = Vec::new();
    for some in events.chunks(AT_ONCE) {
        let rows = row_hash::Entity::find()
            .find_also_related(cmatrix::Entity)
            .filter(row_hash::Column::EventIdentifier.is_in(some))
            .filter(cmatrix::Column::ActorCatalogCode.eq(actor))
            .order_by_asc(row_hash::Column::Id)
            .all(tx)
            .await?;
        found.extend(rows.into_iter().filter_map(|(row, matrix)| Some((row, matrix?))));
    }
    Ok(found)
}

/// Whom the rows are about that an actor reported about events.
pub(crate) async fn persons(
    tx: &Transaction,
    actor: i64,
    events: &[String],
) -> Result<Vec<String>, ApiError> {
    let matrices = of_events(tx, actor, events).await?;
    let mut chains: Vec<_> = matrices.iter().map(|(_, matrix)| matrix.ctoken_id).collect();
    chains.sort_unstable();
    chains.dedup();
    let mut persons = Vec::new();
    for some in chains.chunks(AT_ONCE) {
        let found: Vec<String> = ctoken::Entity::find()
            .select_only()
            .column(ctoken::Column::PxrId)
            .filter(ctoken::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        persons.extend(found);
    }
    Ok(persons)
}

/// The matrices of these chains that hold rows which an actor reported about events.
pub(crate) async fn load(
    tx: &Transaction,
    actor: i64,
    events: &[String],
    chains: &[i64],
) -> Result<Vec<Matrix>, ApiError> {
    let mut matrices: Vec<_> = of_events(tx, actor, events)
        .await?
        .into_iter()
        .filter(|(row, matrix)| !row.is_disabled && !matrix.is_disabled && chains.contains(&matrix.ctoken_id))
        .map(|(_, matrix)| matrix)
        .collect();
    matrices.sort_by_key(|matrix| matrix.id);
    matrices.dedup_by_key(|matrix| matrix.id);
    let ids: Vec<_> = matrices.iter().map(|matrix| matrix.id).collect();
    let mut rows: HashMap<i64, Vec<Row>> = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let found = row_hash::Entity::find()
            .filter(row_hash::Column::CmatrixId.is_in(some.iter().copied()))
            .filter(row_hash::Column::IsDisabled.eq(false))
            .order_by_asc(row_hash::Column::Id)
            .all(tx)
            .await?;
        let mut documents = documents(tx, found.iter().map(|row| row.id).collect()).await?;
        for row in found {
            let documents = documents.remove(&row.id).unwrap_or_default().into_iter().map(Tracked::new);
            let row = Row { documents: documents.collect(), row: Tracked::new(row) };
            rows.entry(row.row.model.cmatrix_id).or_default().push(row);
        }
    }
    let with_rows = |matrix: cmatrix::Model| Matrix {
        rows: rows.remove(&matrix.id).unwrap_or_default(),
        matrix: Tracked::new(matrix),
    };
    Ok(matrices.into_iter().map(with_rows).collect())
}

/// The documents of rows, by the ids of the rows.
pub(crate) async fn documents(
    tx: &Transaction,
    rows: Vec<i64>,
) -> Result<HashMap<i64, Vec<document::Model>>, ApiError> {
    let mut documents: HashMap<i64, Vec<_>> = HashMap::new();
    for some in rows.chunks(AT_ONCE) {
        let found = document::Entity::find()
            .filter(document::Column::RowHashId.is_in(some.iter().copied()))
            .filter(document::Column::IsDisabled.eq(false))
            .order_by_asc(document::Column::Id)
            .all(tx)
            .await?;
        for row in found {
            documents.entry(row.row_hash_id).or_default().push(row);
        }
    }
    Ok(documents)
}

/// Writes what changed in matrices.
pub(crate) async fn save(tx: &Transaction, author: &Author, matrices: &[Matrix]) -> Result<(), ApiError> {
    let rows = || matrices.iter().flat_map(|matrix| &matrix.rows);
    let documents = || rows().flat_map(|row| &row.documents);
    for row in rows().map(|row| &row.row).filter(|row| row.change == Change::Changed) {
        let (updated_by, updated_at) = (author.login_id.clone(), author.now);
        let row = row_hash::Model { updated_by, updated_at, ..row.model.clone() };
        let id = row.id;
        row_hash::Entity::update_many()
            .set(row.into_active_model().reset_all())
            .filter(row_hash::Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    for row in documents().filter(|row| row.change == Change::Changed) {
        let (updated_by, updated_at) = (author.login_id.clone(), author.now);
        let row = document::Model { updated_by, updated_at, ..row.model.clone() };
        let id = row.id;
        document::Entity::update_many()
            .set(row.into_active_model().reset_all())
            .filter(document::Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    for matrix in matrices.iter().map(|it| &it.matrix).filter(|it| it.change == Change::Changed) {
        let (id, hash) = (matrix.model.id, matrix.model.cmatrix_hash.clone());
        update_rows!(
            tx, author, cmatrix, { CmatrixHash: hash, CmatrixHashCreateAt: author.now },
            cmatrix::Column::Id.eq(id),
        )?;
    }
    let gone = gone(rows().map(|row| (row.row.model.id, row.row.change)));
    for some in gone.chunks(AT_ONCE) {
        let ids = some.iter().copied();
        update_rows!(tx, author, row_hash, { IsDisabled: true }, row_hash::Column::Id.is_in(ids))?;
    }
    for some in self::gone(documents().map(|row| (row.model.id, row.change))).chunks(AT_ONCE) {
        let ids = some.iter().copied();
        update_rows!(tx, author, document, { IsDisabled: true }, document::Column::Id.is_in(ids))?;
    }
    for some in self::gone(matrices.iter().map(|it| (it.matrix.model.id, it.matrix.change))).chunks(AT_ONCE) {
        let ids = some.iter().copied();
        update_rows!(tx, author, cmatrix, { IsDisabled: true }, cmatrix::Column::Id.is_in(ids))?;
    }
    Ok(())
}

fn gone(rows: impl Iterator<Item = (i64, Change)>) -> Vec<i64> {
    rows.filter(|(_, change)| *change == Change::Gone).map(|(id, _)| id).collect()
}
