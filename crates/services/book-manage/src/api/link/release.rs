//! Ending a link whose end was asked for (spec: book-manage 4.6.6).

use axum::{Json, extract::State};
use contract::{catalog::Item, identity_verificate::Collated};
use platform::{ApiError, Author, Call, Member, Transaction, update_rows};
use sea_orm::{ColumnTrait, Condition, QueryFilter, sea_query::Query};
use serde::Serialize;
use vocabulary::{CodeVersion, Session};

use super::IdentifyCode;
use crate::{
    Books,
    link::{LinkStatus, Partner},
    neighbours::{of_item, of_verification},
    refusal::Refusal,
    store::{self, data_operation, data_operation_data_type, temporarily_shared_code, user_id_cooperate},
};

/// The link that was ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Released {
    actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeVersion>,
    user_id: Option<String>,
}

/// Ends a link of the caller's own actor, and with it what was agreed with the application. **Members.**
pub(super) async fn release(
    State(service): State<Books>,
    call: Call<Member, IdentifyCode>,
) -> Result<Json<Released>, ApiError> {
    let session = &call.who.0;
    let collated = service.verification.collate(session, &call.input.0).await.map_err(of_verification)?;
    let partner = own_partner(&service, session, &collated).await?;
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let book = store::locked_book(&tx, &collated.pxr_id).await?.ok_or(Refusal::NoSuchBook)?.id;
    let row = store::links_with(book, partner)
        .filter(match &collated.user_id {
            Some(user_id) => user_id_cooperate::Column::UserId.eq(user_id),
            None => user_id_cooperate::Column::UserId.is_null(),
        })
        .one(&tx)
        .await?
        .ok_or(Refusal::NoSuchLink)?;
    if row.status != LinkStatus::ReleaseRequested.number() {
        return Err(Refusal::ReleaseNotRequested.into());
    }
    update_rows!(
        &tx, author, user_id_cooperate, { IsDisabled: true },
        user_id_cooperate::Column::Id.eq(row.id),
    )?;
    if let Some(app) = partner.app() {
        withdraw(&tx, book, partner.actor, app, &author).await?;
    }
    tx.commit().await?;
    tracing::info!(target: "audit", what = "link released", by = author.login_id, book, link = row.id);
    Ok(Json(Released {
        actor: partner.actor,
        region: collated.region,
        app: collated.app,
        user_id: collated.user_id,
    }))
}

/// The region or application of a code, which must be the caller's.
async fn own_partner(service: &Books, session: &Session, collated: &Collated) -> Result<Partner, ApiError> {
    let actor = session.actor.ok_or(Refusal::NotPermitted)?;
    let partner = Partner::new(actor, collated.region, collated.app)?;
    let item = service.catalog.item(session, actor.value).await.map_err(of_item)?;
    let service = if item.head.ns.contains("/region-root") {
        partner.region().filter(|region| lists(&item, "region", *region))
    } else if item.head.ns.contains("/app") {
        partner.app().filter(|app| lists(&item, "application", *app))
    } else {
        None
    };
    service.map(|_| partner).ok_or_else(|| Refusal::NotItsService.into())
}

fn lists(actor: &Item, key: &str, code: CodeVersion) -> bool {
    actor.codes(key).iter().any(|listed| listed.value == code.value)
}

/// What the resident agreed with an application ends with the link (spec: book-manage 6.3 rule 29).
async fn withdraw(
    tx: &Transaction,
    book: i64,
    actor: CodeVersion,
    app: CodeVersion,
    author: &Author,
) -> Result<(), ApiError> {
    let of_app = || {
        Condition::all()
            .add(data_operation::Column::BookId.eq(book))
            .add(data_operation::Column::ActorCatalogCode.eq(actor.value.0))
            .add(data_operation::Column::AppCatalogCode.eq(app.value.0))
    };
    let operations = || {
        Query::select()
            .column(data_operation::Column::Id)
            .from(data_operation::Entity)
            .cond_where(of_app())
            .to_owned()
    };
    update_rows!(
        tx, author, data_operation_data_type, { IsDisabled: true },
        data_operation_data_type::Column::DataOperationId.in_subquery(operations()),
        data_operation_data_type::Column::IsDisabled.eq(false),
    )?;
    update_rows!(
        tx, author, temporarily_shared_code, { IsDisabled: true },
        temporarily_shared_code::Column::DataOperateDefinitionId.in_subquery(operations()),
        temporarily_shared_code::Column::IsDisabled.eq(false),
    )?;
    update_rows!(
        tx, author, data_operation, { IsDisabled: true },
        of_app(), data_operation::Column::IsDisabled.eq(false),
    )?;
    Ok(())
}
