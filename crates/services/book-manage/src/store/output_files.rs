//! The files of data outputs (`mcd_output_code_data_file`).

use platform::{ApiError, Author, Transaction};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Query,
};
use vocabulary::{Code, CodeVersion};

use super::{
    mcd_output_code_actor, mcd_output_code_data_file as file, my_condition_data_output_code,
    outputs::open_book_ids,
};

pub(crate) type File = file::Model;

/// Which files are looked for; what is not said does not matter.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    pub(crate) condition: Option<i64>,
    pub(crate) code: Option<String>,
    pub(crate) output_types: Vec<i64>,
    pub(crate) actor: Option<CodeVersion>,
    pub(crate) app: Option<Code>,
    pub(crate) approved: Option<i16>,
    pub(crate) output_file_type: Option<i16>,
    pub(crate) upload_file_type: Option<i16>,
    pub(crate) notified: Option<i16>,
    pub(crate) prepared: Option<i16>,
    pub(crate) output_status: Option<i16>,
    pub(crate) delete_spec: Option<i16>,
    pub(crate) delete_status: Option<i16>,
    pub(crate) is_processing: Option<bool>,
}

/// Files of standing outputs of open books, in the order of their making.
pub(crate) async fn search(
    connection: &impl ConnectionTrait,
    sought: &Sought,
    offset: u64,
    limit: Option<u64>,
) -> Result<Vec<File>, ApiError> {
    use file::Column;

    let conditions = Condition::all()
        .add_option(sought.condition.map(|value| Column::McdOutputCodeActorId.eq(value)))
        .add_option(sought.code.as_deref().map(|value| Column::McdOutputCode.eq(value)))
        .add_option(sought.actor.map(|actor| Column::ActorCatalogCode.eq(actor.value.0)))
        .add_option(sought.actor.map(|actor| Column::ActorCatalogVersion.eq(actor.ver.0)))
        .add_option(sought.approved.map(|value| Column::OutputDataApprovalStatus.eq(value)))
        .add_option(sought.output_file_type.map(|value| Column::OutputFileType.eq(value)))
        .add_option(sought.upload_file_type.map(|value| Column::UploadFileType.eq(value)))
        .add_option(sought.notified.map(|value| Column::NotificationStatus.eq(value)))
        .add_option(sought.prepared.map(|value| Column::InputFilePreparationStatus.eq(value)))
        .add_option(sought.output_status.map(|value| Column::OutputStatus.eq(value)))
        .add_option(sought.delete_spec.map(|value| Column::DeleteDataSpec.eq(value)))
        .add_option(sought.delete_status.map(|value| Column::DeleteStatus.eq(value)))
        .add_option(sought.is_processing.map(|value| Column::IsProcessing.eq(value)));
    let found = file::Entity::find()
        .filter(conditions)
        .filter(of_outputs(&sought.output_types))
        .filter(of_conditions(sought.app))
        .filter(Column::IsDisabled.eq(false))
        .order_by_asc(Column::Id)
        .offset(offset)
        .limit(limit.unwrap_or(i64::MAX.unsigned_abs()));
    Ok(found.all(connection).await?)
}

fn of_outputs(types: &[i64]) -> sea_orm::sea_query::Expr {
    use my_condition_data_output_code::Column;

    let mut outputs = Query::select();
    outputs
        .column(Column::Code)
        .from(my_condition_data_output_code::Entity)
        .and_where(Column::IsDisabled.eq(false))
        .and_where(Column::BookId.in_subquery(open_book_ids(None)));
    if !types.is_empty() {
        outputs.and_where(Column::OutputType.is_in(types.iter().copied()));
    }
    file::Column::McdOutputCode.in_subquery(outputs)
}

/// Conditions of workflows are no longer supported; those of one application may be asked for.
fn of_conditions(app: Option<Code>) -> Condition {
    use mcd_output_code_actor::Column;

    let standing = || {
        let mut conditions = Query::select();
        conditions
            .column(Column::Id)
            .from(mcd_output_code_actor::Entity)
            .and_where(Column::IsDisabled.eq(false));
        conditions
    };
    let workflows = standing().and_where(Column::WfCatalogCode.is_not_null()).to_owned();
    let no_workflow = Condition::any()
        .add(file::Column::McdOutputCodeActorId.is_null())
        .add(file::Column::McdOutputCodeActorId.not_in_subquery(workflows));
    let of_app = app.map(|app| {
        let conditions = standing().and_where(Column::AppCatalogCode.eq(app.0)).to_owned();
        file::Column::McdOutputCodeActorId.in_subquery(conditions)
    });
    Condition::all().add(no_workflow).add_option(of_app)
}

/// The outputs that files belong to.
pub(crate) async fn outputs(
    connection: &impl ConnectionTrait,
    files: &[File],
) -> Result<Vec<my_condition_data_output_code::Model>, ApiError> {
    let codes = files.iter().map(|file| file.mcd_output_code.clone());
    let outputs = my_condition_data_output_code::Entity::find()
        .filter(my_condition_data_output_code::Column::Code.is_in(codes));
    Ok(outputs.all(connection).await?)
}

/// The conditions that files belong to.
pub(crate) async fn conditions(
    connection: &impl ConnectionTrait,
    files: &[File],
) -> Result<Vec<mcd_output_code_actor::Model>, ApiError> {
    let ids = files.iter().filter_map(|file| file.mcd_output_code_actor_id);
    let conditions = mcd_output_code_actor::Entity::find()
        .filter(mcd_output_code_actor::Column::Id.is_in(ids))
        .filter(mcd_output_code_actor::Column::IsDisabled.eq(false));
    Ok(conditions.all(connection).await?)
}

/// A standing file, locked until the end of a transaction.
pub(crate) async fn locked(tx: &Transaction, id: i64) -> Result<Option<File>, ApiError> {
    let file = file::Entity::find_by_id(id).filter(file::Column::IsDisabled.eq(false)).lock_exclusive();
    Ok(file.one(tx).await?)
}

/// Writes what changed of a file.
pub(crate) async fn update(
    tx: &Transaction,
    author: &Author,
    mut row: file::ActiveModel,
) -> Result<File, ApiError> {
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    Ok(row.update(tx).await?)
}
