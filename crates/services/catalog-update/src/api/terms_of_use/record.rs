//! What was written about terms of use. A row that is disabled stands for a change that did not come to its end.

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use vocabulary::{CodeVersion, Session};

use super::Whose;
use crate::{
    CatalogUpdate,
    items::block_of,
    store::{applying, platform_terms_of_use_manage, region_terms_of_use_manage, terms_of_use_draft},
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
    /// Notes that a change is begun.
    pub(super) async fn begin(&self, service: &CatalogUpdate, session: &Session) -> Result<i64, ApiError> {
        self.insert(service.ground.store.read(), service, session, true).await
    }

    /// Keeps a draft, in the place of the one that is named, if it is one of the actor's.
    pub(super) async fn keep(
        &self,
        service: &CatalogUpdate,
        session: &Session,
        draft: Option<i64>,
    ) -> Result<i64, ApiError> {
        let tx = applying(&service.ground.store).await?;
        let id = self.settle(&tx, service, session, draft).await?;
        let (kind, terms_id) = (Set(self.whose as i16), Set(id));
        terms_of_use_draft::ActiveModel { id: NotSet, kind, terms_id }.insert(&tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Writes what is no draft any more: over the draft that it was, else as new.
    pub(super) async fn settle(
        &self,
        tx: &Transaction,
        service: &CatalogUpdate,
        session: &Session,
        draft: Option<i64>,
    ) -> Result<i64, ApiError> {
        let Some(id) = draft else { return self.insert(tx, service, session, false).await };
        let author = Author::new(&service.ground, session);
        let rewritten = with_table!(self.whose, table => {
            update_rows!(
                tx, author, table,
                {
                    TermsOfUseCode: self.code,
                    TermsOfUseVersion: self.version,
                    Template: self.kept,
                    ApplicationBlockCode: block_of(service, session).value.0,
                    ApplicationAt: author.now,
                },
                table::Column::Id.eq(id),
                table::Column::ApplicationActorCode.eq(self.actor.value.0),
                table::Column::Id.in_subquery(self.whose.drafts()),
            )?
        });
        if rewritten == 0 {
            return self.insert(tx, service, session, false).await;
        }
        terms_of_use_draft::Entity::delete_many()
            .filter(terms_of_use_draft::Column::Kind.eq(self.whose as i16))
            .filter(terms_of_use_draft::Column::TermsId.eq(id))
            .exec(tx)
            .await?;
        Ok(id)
    }

    async fn insert(
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

    /// The change came to its end; others that wanted to become the same version never will. Gives the row that says
    /// so: that of the draft, where there was one.
    pub(super) async fn finish(
        &self,
        service: &CatalogUpdate,
        session: &Session,
        id: i64,
        draft: Option<i64>,
    ) -> Result<i64, ApiError> {
        let author = Author::new(&service.ground, session);
        let tx = applying(&service.ground.store).await?;
        let id = match draft {
            Some(_) => self.settle(&tx, service, session, draft).await?,
            None => id,
        };
        with_table!(self.whose, table => {
            update_rows!(&tx, author, table, { IsDisabled: false }, table::Column::Id.eq(id))?;
            table::Entity::delete_many()
                .filter(table::Column::TermsOfUseCode.eq(self.code))
                .filter(table::Column::TermsOfUseVersion.eq(self.version))
                .filter(table::Column::IsDisabled.eq(true))
                .exec(&tx)
                .await?
        });
        tx.commit().await?;
        Ok(id)
    }

    pub(super) async fn withdraw(&self, service: &CatalogUpdate, id: i64) -> Result<(), ApiError> {
        let connection = service.ground.store.read();
        with_table!(self.whose, table => table::Entity::delete_by_id(id).exec(connection).await?);
        Ok(())
    }
}

/// The drafts of an actor, newest first: ids, times and requests.
pub(super) async fn drafts_of(
    service: &CatalogUpdate,
    whose: Whose,
    actor: CodeVersion,
) -> Result<Vec<(i64, NaiveDateTime, Option<String>)>, ApiError> {
    let connection = service.ground.store.read();
    Ok(with_table!(whose, table => {
        let rows = table::Entity::find()
            .filter(table::Column::ApplicationActorCode.eq(actor.value.0))
            .filter(table::Column::IsDisabled.eq(false))
            .filter(table::Column::Id.in_subquery(whose.drafts()))
            .order_by_desc(table::Column::Id)
            .all(connection)
            .await?;
        rows.into_iter().map(|row| (row.id, row.application_at, row.template)).collect()
    }))
}
