//! What was written about terms of use. A row that is disabled stands for a change that did not come to its end.

use platform::{ApiError, Author, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use vocabulary::{CodeVersion, Session};

use super::Whose;
use crate::{
    CatalogUpdate,
    items::block_of,
    store::{platform_terms_of_use_manage, region_terms_of_use_manage},
};

/// A row of either table, about to be written.
pub(super) struct Record<'a> {
    pub(super) whose: Whose,
    pub(super) actor: CodeVersion,
    pub(super) code: Option<i64>,
    pub(super) version: Option<i64>,
    pub(super) kept: &'a str,
}

/// Does the same with the table of either kind, which have the same columns.
macro_rules! with_table {
    ($whose:expr, $table:ident => $do:expr) => {
        match $whose {
            Whose::Platform => {
                use platform_terms_of_use_manage as $table;
                $do
            }
            Whose::Region => {
                use region_terms_of_use_manage as $table;
                $do
            }
        }
    };
}

impl Record<'_> {
    pub(super) async fn insert(
        &self,
        service: &CatalogUpdate,
        session: &Session,
        unfinished: bool,
    ) -> Result<i64, ApiError> {
        self.insert_into(service.ground.store.read(), service, session, unfinished).await
    }

    pub(super) async fn insert_into(
        &self,
        connection: &impl ConnectionTrait,
        service: &CatalogUpdate,
        session: &Session,
        unfinished: bool,
    ) -> Result<i64, ApiError> {
        let author = Author::new(&service.ground, session);
        Ok(with_table!(self.whose, table => {
            let row = new_row!(
                author,
                table without is_disabled {
                    terms_of_use_code: self.code,
                    terms_of_use_version: self.version,
                    template: Some(self.kept.to_owned()),
                    application_actor_code: self.actor.value.0,
                    application_block_code: block_of(service, session).value.0,
                    application_at: author.now,
                    is_disabled: unfinished,
                }
            );
            row.insert(connection).await?.id
        }))
    }

    /// The same change, when it did not come to its end.
    pub(super) async fn unfinished(&self, service: &CatalogUpdate) -> Result<Option<i64>, ApiError> {
        let connection = service.ground.store.read();
        Ok(with_table!(self.whose, table => {
            let found = table::Entity::find()
                .filter(table::Column::TermsOfUseCode.eq(self.code))
                .filter(table::Column::TermsOfUseVersion.eq(self.version))
                .filter(table::Column::ApplicationActorCode.eq(self.actor.value.0))
                .filter(table::Column::Template.eq(self.kept))
                .filter(table::Column::IsDisabled.eq(true))
                .one(connection)
                .await?;
            found.map(|row| row.id)
        }))
    }

    /// The change came to its end; others that wanted to become the same version never will.
    pub(super) async fn finish(
        &self,
        service: &CatalogUpdate,
        session: &Session,
        id: i64,
    ) -> Result<(), ApiError> {
        let author = Author::new(&service.ground, session);
        let tx = service.ground.store.write().await?;
        with_table!(self.whose, table => {
            update_rows!(&tx, author, table, { IsDisabled: false }, table::Column::Id.eq(id))?;
            table::Entity::delete_many()
                .filter(table::Column::TermsOfUseCode.eq(self.code))
                .filter(table::Column::TermsOfUseVersion.eq(self.version))
                .filter(table::Column::IsDisabled.eq(true))
                .exec(&tx)
                .await?
        });
        Ok(tx.commit().await?)
    }

    pub(super) async fn withdraw(&self, service: &CatalogUpdate, id: i64) -> Result<(), ApiError> {
        let connection = service.ground.store.read();
        with_table!(self.whose, table => table::Entity::delete_by_id(id).exec(connection).await?);
        Ok(())
    }
}
