//! Table `user_information`: the items of profiles, to be searched.

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::entity::prelude::*;

use super::user_information;
use crate::profile::Item;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_information")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub operator_id: i64,
    pub catalog_code: i64,
    pub catalog_version: i64,
    #[sea_orm(column_type = "Text")]
    pub value: String,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Replaces the searchable copy of a profile; items without content are left out.
pub(crate) async fn replace(
    tx: &Transaction,
    operator: i64,
    items: &[Item],
    author: &Author,
) -> Result<(), ApiError> {
    update_rows!(
        tx, author, user_information, { IsDisabled: true },
        Column::OperatorId.eq(operator), Column::IsDisabled.eq(false),
    )?;
    let rows: Vec<_> = items
        .iter()
        .filter_map(|item| {
            let value = item.text()?;
            let (code, version) = (item.kind.value.0, item.kind.ver.0);
            Some(new_row!(
                author,
                user_information {
                    operator_id: operator,
                    catalog_code: code,
                    catalog_version: version,
                    value: value
                }
            ))
        })
        .collect();
    platform::insert_rows(tx, rows).await?;
    Ok(())
}
