//! Consents to terms of use (spec: book-manage 4.7.13 to 4.7.16).

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::Query,
};
use vocabulary::{CodeVersion, Session};

use crate::{
    Books,
    api::Done,
    body,
    link::{LinkStatus, strict_code},
    neighbours::of_item,
    refusal::Refusal,
    regions::Regions,
    store::{
        self, my_condition_book, terms_of_use_notification, terms_of_use_notification_ind, tou_consent,
        user_id_cooperate,
    },
    terms::{TermsType, is_over},
};

#[derive(Debug)]
pub(super) struct PlatformTerms(CodeVersion);

impl Input for PlatformTerms {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let code = fields.required("_code", strict_code);
        fields.build(|| code.map(Self))
    }
}

/// Actor and region are named, but the catalog says which ones the terms are for.
#[derive(Debug)]
pub(super) struct RegionTerms(CodeVersion);

impl Input for RegionTerms {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let code = fields.required("_code", strict_code);
        fields.required("actor", strict_code);
        fields.required("region", strict_code);
        fields.build(|| code.map(Self))
    }
}

/// Agrees to new terms of the platform that the caller was asked about. **Anybody with a book: for it.**
pub(super) async fn platform(
    State(service): State<Books>,
    call: Call<AnyOperator, PlatformTerms>,
) -> Result<Json<Done>, ApiError> {
    let (session, PlatformTerms(terms)) = (call.who.0, call.input);
    let connection = service.ground.store.read();
    let book = store::own_book(connection, &session).await?;
    if !is_asked(connection, book.id, TermsType::Platform, terms).await? {
        return Err(Refusal::NotAsked.into());
    }
    let item = service.catalog.item_at(&session, terms.value, terms.ver).await.map_err(of_item)?;
    service.refuse_late(&item)?;
    agree(&service, &session, TermsType::Platform, terms).await
}

/// Agrees to terms of a region: for the first time when linked with it, again when asked. **Anybody with a book: for
/// it.**
pub(super) async fn region(
    State(service): State<Books>,
    call: Call<AnyOperator, RegionTerms>,
) -> Result<Json<Done>, ApiError> {
    let (session, RegionTerms(terms)) = (call.who.0, call.input);
    let connection = service.ground.store.read();
    let book = store::own_book(connection, &session).await?;
    let asked = is_asked(connection, book.id, TermsType::Region, terms).await?;
    let item = service.catalog.item_at(&session, terms.value, terms.ver).await.map_err(of_item)?;
    if asked {
        service.refuse_late(&item)?;
    } else {
        refuse_unlinked(&service, &session, book.id, terms, &item).await?;
    }
    agree(&service, &session, TermsType::Region, terms).await
}

impl Books {
    fn refuse_late(&self, terms: &Item) -> Result<(), Refusal> {
        let over = is_over(terms, "period-of-re-consent", self.ground.clock.now(), self.ground.zone);
        if over { Err(Refusal::ConsentTooLate) } else { Ok(()) }
    }
}

/// Whether a resident was asked about exactly these terms and has not agreed yet.
async fn is_asked(
    connection: &impl ConnectionTrait,
    book: i64,
    kind: TermsType,
    terms: CodeVersion,
) -> Result<bool, ApiError> {
    let notified = Query::select()
        .column(terms_of_use_notification::Column::Id)
        .from(terms_of_use_notification::Entity)
        .and_where(terms_of_use_notification::Column::IsDisabled.eq(false))
        .and_where(terms_of_use_notification::Column::TermsType.eq(kind.number()))
        .and_where(terms_of_use_notification::Column::Value.eq(terms.value.0))
        .and_where(terms_of_use_notification::Column::Ver.eq(terms.ver.0))
        .to_owned();
    let asked = terms_of_use_notification_ind::Entity::find()
        .filter(terms_of_use_notification_ind::Column::BookId.eq(book))
        .filter(terms_of_use_notification_ind::Column::IsDisabled.eq(false))
        .filter(terms_of_use_notification_ind::Column::Status.eq(0))
        .filter(terms_of_use_notification_ind::Column::TermsOfUseNotificationId.in_subquery(notified));
    Ok(asked.count(connection).await? > 0)
}

/// A first consent needs a link, at least a requested one, with the region whose terms they are.
async fn refuse_unlinked(
    service: &Books,
    session: &Session,
    book: i64,
    terms: CodeVersion,
    item: &Item,
) -> Result<(), ApiError> {
    let actor = Regions::actor_of(item)?;
    let mut regions = Regions::new(service, session).await?;
    let of_terms = |region: &&Item| region.code("terms-of-use") == Some(terms);
    let region = regions.of(actor).await?.iter().find(of_terms).ok_or(Refusal::NotAsked)?.head.code;
    let linked = store::links()
        .filter(user_id_cooperate::Column::BookId.eq(book))
        .filter(user_id_cooperate::Column::RegionCatalogCode.eq(region.value.0))
        .filter(
            user_id_cooperate::Column::Status
                .is_in([LinkStatus::Requested.number(), LinkStatus::Linked.number()]),
        )
        .count(service.ground.store.read())
        .await?;
    if linked > 0 { Ok(()) } else { Err(Refusal::NotAsked.into()) }
}

/// Notes a consent, once, and that it was asked for no longer.
async fn agree(
    service: &Books,
    session: &Session,
    kind: TermsType,
    terms: CodeVersion,
) -> Result<Json<Done>, ApiError> {
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let pxr_id = crate::who::pxr_id(session).ok_or(Refusal::NoPxrId)?;
    let book = store::locked_book(&tx, pxr_id).await?.ok_or(Refusal::NoBook)?.id;
    note(&tx, &author, book, kind, terms).await?;
    settle(&tx, &author, book, kind, terms).await?;
    if kind == TermsType::Platform && !newer_is_out(&tx, terms).await? {
        update_rows!(
            &tx, author, my_condition_book, { Status: 0i16 },
            my_condition_book::Column::Id.eq(book), my_condition_book::Column::Status.eq(1),
        )?;
    }
    tx.commit().await?;
    tracing::info!(
        target: "audit", what = "terms of use agreed", by = author.login_id, book,
        terms = terms.value.0, version = terms.ver.0
    );
    Ok(Json(Done::SUCCESS))
}

async fn note(
    tx: &Transaction,
    author: &Author,
    book: i64,
    kind: TermsType,
    terms: CodeVersion,
) -> Result<(), ApiError> {
    let noted = tou_consent::Entity::find()
        .filter(tou_consent::Column::BookId.eq(book))
        .filter(tou_consent::Column::TermsType.eq(kind.number()))
        .filter(tou_consent::Column::TermsOfUseCode.eq(terms.value.0))
        .filter(tou_consent::Column::TermsOfUseVersion.eq(terms.ver.0))
        .filter(tou_consent::Column::IsDisabled.eq(false));
    if noted.count(tx).await? == 0 {
        let consent = new_row!(
            author,
            tou_consent {
                book_id: book,
                terms_type: kind.number(),
                terms_of_use_code: terms.value.0,
                terms_of_use_version: terms.ver.0,
            }
        );
        consent.insert(tx).await?;
    }
    Ok(())
}

/// What was asked about these terms, up to this version, is answered.
async fn settle(
    tx: &Transaction,
    author: &Author,
    book: i64,
    kind: TermsType,
    terms: CodeVersion,
) -> Result<(), ApiError> {
    let answered = Query::select()
        .column(terms_of_use_notification::Column::Id)
        .from(terms_of_use_notification::Entity)
        .and_where(terms_of_use_notification::Column::TermsType.eq(kind.number()))
        .and_where(terms_of_use_notification::Column::Value.eq(terms.value.0))
        .and_where(terms_of_use_notification::Column::Ver.lte(terms.ver.0))
        .to_owned();
    update_rows!(
        tx, author, terms_of_use_notification_ind, { Status: 1i16 },
        terms_of_use_notification_ind::Column::BookId.eq(book),
        terms_of_use_notification_ind::Column::IsDisabled.eq(false),
        terms_of_use_notification_ind::Column::Status.eq(0),
        terms_of_use_notification_ind::Column::TermsOfUseNotificationId.in_subquery(answered),
    )?;
    Ok(())
}

/// Whether residents were asked about a still newer version of the platform's terms.
async fn newer_is_out(tx: &Transaction, terms: CodeVersion) -> Result<bool, ApiError> {
    let newer = terms_of_use_notification::Entity::find()
        .filter(terms_of_use_notification::Column::IsDisabled.eq(false))
        .filter(terms_of_use_notification::Column::TermsType.eq(TermsType::Platform.number()))
        .filter(terms_of_use_notification::Column::Value.eq(terms.value.0))
        .filter(terms_of_use_notification::Column::Ver.gt(terms.ver.0))
        .filter(terms_of_use_notification::Column::Status.eq(1));
    Ok(newer.count(tx).await? > 0)
}
