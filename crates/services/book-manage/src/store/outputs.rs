//! Data outputs: their codes (`my_condition_data_output_code`) and whom to collect from (`mcd_output_code_actor`).

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Transaction, insert_rows, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
    sea_query::{Query, SelectStatement},
};
use vocabulary::{Code, CodeVersion};

use super::{
    mcd_output_code_actor, mcd_output_code_data_type, my_condition_book, my_condition_data_output_code,
};

pub(crate) type Output = my_condition_data_output_code::Model;

/// Which output codes are looked for; what is not said does not matter.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    pub(crate) book: Option<i64>,
    pub(crate) pxr_id: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) kind: Option<i64>,
    pub(crate) actor: Option<Code>,
    pub(crate) region: Option<Code>,
    pub(crate) app: Option<Code>,
    pub(crate) bucket: Option<String>,
    pub(crate) expires_until: Option<NaiveDateTime>,
    pub(crate) presigned: Option<i16>,
    pub(crate) approved: Option<i16>,
    pub(crate) released: Option<i16>,
    pub(crate) service_released: Option<i16>,
    pub(crate) is_processing: bool,
}

/// The books that are open, or the one of them that is meant.
pub(super) fn open_book_ids(pxr_id: Option<&str>) -> SelectStatement {
    let mut books = Query::select();
    books
        .column(my_condition_book::Column::Id)
        .from(my_condition_book::Entity)
        .and_where(my_condition_book::Column::IsDisabled.eq(false));
    if let Some(pxr_id) = pxr_id {
        books.and_where(my_condition_book::Column::PxrId.eq(pxr_id));
    }
    books
}

/// Output codes of open books, in the order of their making. No limit finds all.
pub(crate) async fn search(
    connection: &impl ConnectionTrait,
    sought: &Sought,
    offset: u64,
    limit: Option<u64>,
) -> Result<Vec<Output>, ApiError> {
    use my_condition_data_output_code::Column;

    let code = |code: Option<Code>| code.map(|code| code.0);
    // A book's number says more than its owner.
    let pxr_id = sought.pxr_id.as_deref().filter(|_| sought.book.is_none());
    let conditions = Condition::all()
        .add_option(sought.book.map(|value| Column::BookId.eq(value)))
        .add_option(sought.code.as_deref().map(|value| Column::Code.eq(value)))
        .add_option(sought.kind.map(|value| Column::OutputType.eq(value)))
        .add_option(code(sought.actor).map(|value| Column::ActorCatalogCode.eq(value)))
        .add_option(code(sought.region).map(|value| Column::RegionCatalogCode.eq(value)))
        .add_option(code(sought.app).map(|value| Column::AppCatalogCode.eq(value)))
        .add_option(sought.bucket.as_deref().map(|value| Column::BucketName.eq(value)))
        .add_option(sought.expires_until.map(|value| Column::PresignedUrlExpireAt.lte(value)))
        .add_option(sought.presigned.map(|value| Column::PresignedUrlStatus.eq(value)))
        .add_option(sought.approved.map(|value| Column::ReleaseCooperateApprovalStatus.eq(value)))
        .add_option(sought.released.map(|value| Column::ReleaseCooperateStatus.eq(value)))
        .add_option(sought.service_released.map(|value| Column::ReleaseServiceCooperateStatus.eq(value)));
    let found = my_condition_data_output_code::Entity::find()
        .filter(conditions)
        .filter(Column::IsProcessing.eq(sought.is_processing))
        .filter(Column::BookId.in_subquery(open_book_ids(pxr_id)))
        .filter(Column::WfCatalogCode.is_null())
        .filter(Column::IsDisabled.eq(false))
        .order_by_asc(Column::Id)
        .offset(offset)
        .limit(limit.unwrap_or(i64::MAX.unsigned_abs()));
    Ok(found.all(connection).await?)
}

/// The books of these ids.
pub(crate) async fn books(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<my_condition_book::Model>, ApiError> {
    let books = my_condition_book::Entity::find().filter(my_condition_book::Column::Id.is_in(ids));
    Ok(books.all(connection).await?)
}

/// A standing output code, locked until the end of a transaction.
pub(crate) async fn locked(tx: &Transaction, id: i64) -> Result<Option<Output>, ApiError> {
    let output = my_condition_data_output_code::Entity::find_by_id(id)
        .filter(my_condition_data_output_code::Column::IsDisabled.eq(false))
        .lock_exclusive();
    Ok(output.one(tx).await?)
}

/// The standing output codes with that text.
pub(crate) async fn exists(connection: &impl ConnectionTrait, code: &str) -> Result<bool, ApiError> {
    let output = my_condition_data_output_code::Entity::find()
        .filter(my_condition_data_output_code::Column::Code.eq(code))
        .filter(my_condition_data_output_code::Column::IsDisabled.eq(false));
    Ok(output.one(connection).await?.is_some())
}

/// An output to be made.
#[derive(Debug)]
pub(crate) struct NewOutput {
    pub(crate) book: i64,
    pub(crate) code: String,
    pub(crate) kind: i64,
    pub(crate) actor: Option<CodeVersion>,
    pub(crate) region: Option<CodeVersion>,
    /// Written 0 where links are to be released and 1 where not, which batches read (spec: book-manage 6, defect 32).
    pub(crate) release: i16,
    pub(crate) sources: Vec<NewSource>,
}

/// An application to collect from; none where a region itself is meant.
#[derive(Debug)]
pub(crate) struct NewSource {
    pub(crate) actor: CodeVersion,
    pub(crate) app: Option<CodeVersion>,
    pub(crate) returns: bool,
    pub(crate) deletes: bool,
}

/// The standing output of a book for the same reason; a region's end is another for each region.
pub(crate) async fn known(tx: &Transaction, new: &NewOutput) -> Result<Option<Output>, ApiError> {
    use my_condition_data_output_code::Column;

    let region = match new.region {
        Some(region) => Column::RegionCatalogCode.eq(region.value.0),
        None => Column::RegionCatalogCode.is_null(),
    };
    let known = my_condition_data_output_code::Entity::find()
        .filter(Column::BookId.eq(new.book))
        .filter(Column::OutputType.eq(new.kind))
        .filter(region)
        .filter(Column::IsDisabled.eq(false))
        .order_by_asc(Column::Id);
    Ok(known.one(tx).await?)
}

/// Makes an output; gives its id.
pub(crate) async fn insert(tx: &Transaction, author: &Author, new: NewOutput) -> Result<i64, ApiError> {
    let value = |code: Option<CodeVersion>| code.map(|code| code.value.0);
    let version = |code: Option<CodeVersion>| code.map(|code| code.ver.0);
    let row = new_row!(
        author,
        my_condition_data_output_code {
            book_id: new.book,
            code: Some(new.code),
            output_type: new.kind,
            actor_catalog_code: value(new.actor),
            actor_catalog_version: version(new.actor),
            region_catalog_code: value(new.region),
            region_catalog_version: version(new.region),
            presigned_url_status: Some(0),
            release_cooperate_approval_status: Some(0),
            release_cooperate_status: Some(new.release),
            release_service_cooperate_status: Some(new.release),
            is_processing: false,
        }
    );
    let id = row.insert(tx).await?.id;
    let release = new.release;
    let rows = new.sources.into_iter().map(|source| {
        new_row!(
            author,
            mcd_output_code_actor {
                mcd_output_code_id: id,
                actor_catalog_code: source.actor.value.0,
                actor_catalog_version: source.actor.ver.0,
                app_catalog_code: value(source.app),
                app_catalog_version: version(source.app),
                release_cooperate_spec: release,
                release_cooperate_status: release,
                return_data_spec: i16::from(source.returns),
                delete_data_spec: i16::from(source.deletes),
                approval_status: 1,
                message: Some(String::new()),
            }
        )
    });
    insert_rows(tx, rows.collect()).await?;
    Ok(id)
}

/// Ends a book: at once where nothing has to be collected first.
pub(crate) async fn end_book(
    tx: &Transaction,
    author: &Author,
    book: i64,
    at_once: Option<i64>,
) -> Result<(), ApiError> {
    update_rows!(
        tx, author, my_condition_book, { Status: 3_i16 },
        my_condition_book::Column::Id.eq(book)
    )?;
    if let Some(output) = at_once {
        update_rows!(
            tx, author, my_condition_book,
            { BookCloseAvailable: true, BookCloseAvailableAt: Some(author.now) },
            my_condition_book::Column::Id.eq(book)
        )?;
        update_rows!(
            tx, author, my_condition_data_output_code, { IsDisabled: true },
            my_condition_data_output_code::Column::Id.eq(output)
        )?;
    }
    Ok(())
}

/// Writes what changed of an output.
pub(crate) async fn update(
    tx: &Transaction,
    author: &Author,
    mut row: my_condition_data_output_code::ActiveModel,
) -> Result<(), ApiError> {
    row.wf_catalog_code = Set(None);
    row.wf_catalog_version = Set(None);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    row.update(tx).await?;
    Ok(())
}

/// Which conditions are looked for.
#[derive(Debug, Default)]
pub(crate) struct ConditionsSought {
    pub(crate) id: Option<i64>,
    pub(crate) output: Option<i64>,
    pub(crate) approved: Option<i64>,
    pub(crate) service_released: bool,
}

/// An application to collect from, with the output it belongs to.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Source {
    pub(crate) code: Option<String>,
    pub(crate) output_type: i64,
    pub(crate) id: i64,
    pub(crate) actor_catalog_code: i64,
    pub(crate) actor_catalog_version: i64,
    pub(crate) app_catalog_code: Option<i64>,
    pub(crate) app_catalog_version: Option<i64>,
    pub(crate) return_data_spec: i16,
    pub(crate) delete_data_spec: i16,
    pub(crate) ind_request: Option<String>,
    pub(crate) target_term_start: Option<NaiveDateTime>,
    pub(crate) target_term_end: Option<NaiveDateTime>,
}

/// A page of the conditions of standing outputs.
pub(crate) async fn conditions(
    connection: &impl ConnectionTrait,
    sought: &ConditionsSought,
    offset: u64,
    limit: u64,
) -> Result<Vec<Source>, ApiError> {
    let sql = r"select o.code, o.output_type, a.id, a.actor_catalog_code, a.actor_catalog_version, a.app_catalog_code,
            a.app_catalog_version, a.return_data_spec, a.delete_data_spec, a.ind_request, a.target_term_start,
            a.target_term_end
        from mcd_output_code_actor a
        join my_condition_data_output_code o on o.id = a.mcd_output_code_id and o.is_disabled = false
        where a.is_disabled = false and a.wf_catalog_code is null
            and (cast($1 as bigint) is null or a.id = $1)
            and (cast($2 as bigint) is null or o.id = $2)
            and (cast($3 as bigint) is null or a.approval_status = $3)
            and (cast($4 as bigint) is null or o.release_service_cooperate_status = $4)
        order by o.code, a.id limit $5 offset $6";
    let released = sought.service_released.then_some(1_i64);
    let bounds = [limit, offset].map(|bound| i64::try_from(bound).unwrap_or(i64::MAX));
    let values = [
        sought.id.into(),
        sought.output.into(),
        sought.approved.into(),
        released.into(),
        bounds[0].into(),
        bounds[1].into(),
    ];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(Source::find_by_statement(statement).all(connection).await?)
}

/// The kinds of data and the single data of conditions.
pub(crate) async fn kinds(
    connection: &impl ConnectionTrait,
    conditions: impl IntoIterator<Item = i64>,
) -> Result<Vec<mcd_output_code_data_type::Model>, ApiError> {
    let kinds = mcd_output_code_data_type::Entity::find()
        .filter(mcd_output_code_data_type::Column::McdOutputCodeActorId.is_in(conditions))
        .filter(mcd_output_code_data_type::Column::IsDisabled.eq(false))
        .order_by_asc(mcd_output_code_data_type::Column::Id);
    Ok(kinds.all(connection).await?)
}
