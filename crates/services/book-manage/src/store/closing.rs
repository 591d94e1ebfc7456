//! Taking a book away, with everything that hangs on it (spec: book-manage 4.1.4, 4.1.5).

use platform::{ApiError, Author, Transaction, update_rows};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Query, SelectStatement},
};

use super::{
    data_operation, data_operation_data, data_operation_data_type, identification, mcd_alteration,
    mcd_alteration_actor, mcd_alteration_data, my_condition_book, temporarily_shared_code,
    terms_of_use_notification_ind, tou_consent, user_id_cooperate,
};

/// Disables a book and what belongs to it. What the batches still have to put out stays.
pub(crate) async fn disable(tx: &Transaction, author: &Author, book: i64) -> Result<(), ApiError> {
    macro_rules! disable {
        ($table:ident, $condition:expr) => {
            update_rows!(tx, author, $table, { IsDisabled: true }, $condition, $table::Column::IsDisabled.eq(false))?;
        };
    }
    disable!(
        data_operation_data_type,
        data_operation_data_type::Column::DataOperationId.in_subquery(operations(book))
    );
    disable!(
        temporarily_shared_code,
        temporarily_shared_code::Column::DataOperateDefinitionId.in_subquery(operations(book))
    );
    disable!(data_operation, data_operation::Column::BookId.eq(book));
    disable!(identification, identification::Column::BookId.eq(book));
    disable!(user_id_cooperate, user_id_cooperate::Column::BookId.eq(book));
    disable!(tou_consent, tou_consent::Column::BookId.eq(book));
    disable!(terms_of_use_notification_ind, terms_of_use_notification_ind::Column::BookId.eq(book));
    disable!(my_condition_book, my_condition_book::Column::Id.eq(book));
    Ok(())
}

/// Deletes all books of a resident, closed ones included. Rows that do not go with them by themselves go first.
pub(crate) async fn delete(tx: &Transaction, pxr_id: &str) -> Result<(), ApiError> {
    let books = Query::select()
        .column(my_condition_book::Column::Id)
        .from(my_condition_book::Entity)
        .and_where(my_condition_book::Column::PxrId.eq(pxr_id))
        .to_owned();
    let operations = Query::select()
        .column(data_operation::Column::Id)
        .from(data_operation::Entity)
        .and_where(data_operation::Column::BookId.in_subquery(books.clone()))
        .to_owned();
    let alterations = Query::select()
        .column(mcd_alteration::Column::Id)
        .from(mcd_alteration::Entity)
        .and_where(mcd_alteration::Column::BookId.in_subquery(books.clone()))
        .to_owned();
    let actors = Query::select()
        .column(mcd_alteration_actor::Column::Id)
        .from(mcd_alteration_actor::Entity)
        .and_where(mcd_alteration_actor::Column::McdAlterationId.in_subquery(alterations.clone()))
        .to_owned();
    macro_rules! delete {
        ($table:ident, $condition:expr) => {
            $table::Entity::delete_many().filter($condition).exec(tx).await?;
        };
    }
    delete!(
        data_operation_data,
        data_operation_data::Column::DataOperationId.in_subquery(operations.clone())
    );
    delete!(
        temporarily_shared_code,
        temporarily_shared_code::Column::DataOperateDefinitionId.in_subquery(operations)
    );
    delete!(mcd_alteration_data, mcd_alteration_data::Column::McdAlterationActorId.in_subquery(actors));
    delete!(mcd_alteration_actor, mcd_alteration_actor::Column::McdAlterationId.in_subquery(alterations));
    delete!(mcd_alteration, mcd_alteration::Column::BookId.in_subquery(books));
    delete!(my_condition_book, my_condition_book::Column::PxrId.eq(pxr_id));
    Ok(())
}

fn operations(book: i64) -> SelectStatement {
    Query::select()
        .column(data_operation::Column::Id)
        .from(data_operation::Entity)
        .and_where(data_operation::Column::BookId.eq(book))
        .to_owned()
}
