//! Who must agree to new terms of use (`terms_of_use_notification` and its `_ind` rows; spec: book-manage 4.7).

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Transaction, insert_rows, new_row, update_rows};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};

use super::{my_condition_book, terms_of_use_notification, terms_of_use_notification_ind};
use crate::terms::TermsType;

/// Asks everybody who once agreed to terms of which a new version was announced since the last time, and has not agreed
/// to it yet. Books that wait for new terms of the platform are stopped, but for those that are being closed.
pub(crate) async fn distribute(tx: &Transaction, author: &Author, kind: TermsType) -> Result<(), ApiError> {
    let announced = terms_of_use_notification::Entity::find()
        .filter(terms_of_use_notification::Column::TermsType.eq(kind.number()))
        .filter(terms_of_use_notification::Column::Status.eq(0_i16))
        .filter(terms_of_use_notification::Column::IsDisabled.eq(false))
        .order_by_asc(terms_of_use_notification::Column::Id)
        // Two at once must not both find the same ones.
        .lock_exclusive()
        .all(tx)
        .await?;
    for new in &announced {
        let books = concerned(tx, kind, new).await?;
        let rows = books.iter().map(|book| {
            new_row!(
                author,
                terms_of_use_notification_ind {
                    terms_of_use_notification_id: new.id,
                    book_id: *book,
                    status: 0,
                }
            )
        });
        insert_rows(tx, rows.collect()).await?;
        if kind == TermsType::Platform {
            for some in books.chunks(1000) {
                update_rows!(
                    tx, author, my_condition_book, { Status: 1_i16 },
                    my_condition_book::Column::Id.is_in(some.iter().copied()),
                    my_condition_book::Column::Status.eq(0_i16),
                )?;
            }
        }
    }
    update_rows!(
        tx, author, terms_of_use_notification, { Status: 1_i16 },
        terms_of_use_notification::Column::Id.is_in(announced.iter().map(|row| row.id)),
    )?;
    Ok(())
}

/// The open books that agreed to an older version only.
async fn concerned(
    tx: &Transaction,
    kind: TermsType,
    new: &terms_of_use_notification::Model,
) -> Result<Vec<i64>, ApiError> {
    #[derive(FromQueryResult)]
    struct Concerned {
        id: i64,
    }
    let sql = r"select b.id as id from my_condition_book b where b.is_disabled = false
        and exists (select 1 from tou_consent c where c.book_id = b.id and c.is_disabled = false
            and c.terms_type = $1 and c.terms_of_use_code = $2)
        and not exists (select 1 from tou_consent c where c.book_id = b.id and c.is_disabled = false
            and c.terms_type = $1 and c.terms_of_use_code = $2 and c.terms_of_use_version >= $3)
        order by b.id";
    // Terms without a version are newer than any.
    let version = new.ver.unwrap_or(i64::MAX);
    let values = [kind.number(), new.value, version];
    let found = Concerned::find_by_statement(statement(tx, sql, values.map(Value::from)));
    Ok(found.all(tx).await?.into_iter().map(|book| book.id).collect())
}

/// Somebody who has not agreed yet.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Open {
    pub(crate) book_id: i64,
    pub(crate) pxr_id: String,
    pub(crate) value: i64,
    pub(crate) ver: Option<i64>,
}

/// What all questions about those who have not agreed yet begin with.
const OPEN: &str = r"select i.book_id, b.pxr_id, n._value as value, n._ver as ver
    from terms_of_use_notification_ind i
    join terms_of_use_notification n on n.id = i.terms_of_use_notification_id and n.is_disabled = false
    join my_condition_book b on b.id = i.book_id and b.is_disabled = false
    where i.is_disabled = false and i.status = 0";

/// Those who were not reminded since a time.
pub(crate) async fn due(
    connection: &impl ConnectionTrait,
    kind: TermsType,
    sent_before: NaiveDateTime,
    page: (u64, u64),
) -> Result<Vec<Open>, ApiError> {
    let sql = format!(
        "{OPEN} and n.terms_type = $1 and (i.last_sent_at is null or i.last_sent_at < $2)
        order by i.id limit $3 offset $4"
    );
    let [offset, limit] = bounds(page);
    let values = [kind.number().into(), sent_before.into(), limit, offset];
    Ok(Open::find_by_statement(statement(connection, &sql, values)).all(connection).await?)
}

/// Those who were reminded and have not agreed, in the order of their books.
pub(crate) async fn reminded(
    connection: &impl ConnectionTrait,
    kind: TermsType,
    page: (u64, u64),
) -> Result<Vec<Open>, ApiError> {
    let sql = format!(
        "{OPEN} and n.terms_type = $1 and i.last_sent_at is not null order by i.book_id, i.id limit $2 offset $3"
    );
    let [offset, limit] = bounds(page);
    let values = [kind.number().into(), limit, offset];
    Ok(Open::find_by_statement(statement(connection, &sql, values)).all(connection).await?)
}

/// What a resident was asked about and has not answered.
pub(crate) async fn unanswered(
    connection: &impl ConnectionTrait,
    pxr_id: &str,
    kind: TermsType,
) -> Result<Vec<Open>, ApiError> {
    let sql = format!("{OPEN} and n.terms_type = $1 and b.pxr_id = $2 order by i.id");
    let values = [kind.number().into(), pxr_id.into()];
    Ok(Open::find_by_statement(statement(connection, &sql, values)).all(connection).await?)
}

/// What a resident was asked about because definitions changed, and has not answered.
pub(crate) async fn unanswered_definitions(
    connection: &impl ConnectionTrait,
    pxr_id: &str,
) -> Result<Vec<Open>, ApiError> {
    let sql = OPEN.replace("terms_of_use_notification", "data_operation_notification")
        + " and b.pxr_id = $1 order by i.id";
    Ok(Open::find_by_statement(statement(connection, &sql, [pxr_id.into()])).all(connection).await?)
}

/// A resident was reminded of all terms of a kind just now.
pub(crate) async fn sent(
    tx: &Transaction,
    author: &Author,
    kind: TermsType,
    pxr_id: &str,
) -> Result<(), ApiError> {
    use sea_orm::sea_query::Query;
    let books = Query::select()
        .column(my_condition_book::Column::Id)
        .from(my_condition_book::Entity)
        .and_where(my_condition_book::Column::PxrId.eq(pxr_id))
        .and_where(my_condition_book::Column::IsDisabled.eq(false))
        .to_owned();
    let notices = Query::select()
        .column(terms_of_use_notification::Column::Id)
        .from(terms_of_use_notification::Entity)
        .and_where(terms_of_use_notification::Column::TermsType.eq(kind.number()))
        .to_owned();
    update_rows!(
        tx, author, terms_of_use_notification_ind, { LastSentAt: author.now },
        terms_of_use_notification_ind::Column::BookId.in_subquery(books),
        terms_of_use_notification_ind::Column::TermsOfUseNotificationId.in_subquery(notices),
        terms_of_use_notification_ind::Column::Status.eq(0_i16),
        terms_of_use_notification_ind::Column::IsDisabled.eq(false),
    )?;
    Ok(())
}

fn statement<const N: usize>(connection: &impl ConnectionTrait, sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

fn bounds((offset, limit): (u64, u64)) -> [Value; 2] {
    [offset, limit].map(|bound| i64::try_from(bound).unwrap_or(i64::MAX).into())
}
