//! Removing what an application stored about a user (spec: book-operate 4.14).

use axum::{Json, extract::State};
use contract::local_ctoken::Differences;
use platform::{ApiError, Author, Call, Incoming, Input, Member, Transaction, update_rows};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use serde_json::{Value, json};
use vocabulary::Code;

use super::{
    event::delete::disable_relations,
    input::{self, Physically},
};
use crate::{
    BookOperate,
    application::ActorKind,
    differences::deleted,
    outbox,
    refusal::Refusal,
    store::{
        binary_file, chapter, chapter_event, cmatrix_document, cmatrix_event, document, event, find, matrix,
        thing,
    },
};

#[derive(Debug)]
pub(super) struct Target {
    user_id: String,
    app: Code,
}

impl Input for Target {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.query("wf").is_some_and(|wf| !wf.is_empty()) {
            return Err(Refusal::Workflow.into());
        }
        let app = incoming.query("app").filter(|app| !app.is_empty());
        let app = app.ok_or(Refusal::Input("appは必須項目です"))?;
        let app = app.parse().map_err(|_| ApiError::bad_request("ParamNormalizationError"))?;
        Ok(Self { user_id: input::user(incoming)?, app: Code(app) })
    }
}

/// The ids of all that is to go.
struct Stored {
    documents: Vec<document::Model>,
    events: Vec<event::Model>,
    things: Vec<i64>,
    chapters: Vec<i64>,
}

/// Removes all documents, events and things of a user of an application. **Managing members of application
/// providers.** Books and the log of shares stay.
pub(super) async fn delete(
    State(service): State<BookOperate>,
    call: Call<Member, (Target, Physically)>,
) -> Result<Json<Value>, ApiError> {
    let (Member(session), (Target { user_id, app }, Physically(physically))) = (call.who, call.input);
    if service.actor_kind(&session).await? != ActorKind::App {
        return Err(Refusal::NotPermitted.into());
    }
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let stored = stored(&tx, &user_id, app).await?;
    if stored.documents.is_empty() && stored.events.is_empty() {
        return Err(Refusal::NoSuchUser.into());
    }
    let differences = disable_matrix(&tx, &author, &user_id, &stored).await?;
    if physically {
        remove(&tx, &stored).await?;
    } else {
        disable(&tx, &author, &stored).await?;
    }
    outbox::note(&tx, &author, &session, &differences).await?;
    tx.commit().await?;
    tracing::info!(
        target: "audit", operator = session.login_id, user = user_id, app = app.0, physically,
        "what was stored about a user was removed"
    );
    service.deliver().await;
    Ok(Json(json!({"result": "success"})))
}

async fn stored(tx: &Transaction, user_id: &str, app: Code) -> Result<Stored, ApiError> {
    let books = find::book_ids(tx, user_id).await?;
    let documents = document::Entity::find()
        .filter(document::Column::MyConditionBookId.is_in(books.clone()))
        .filter(document::Column::AppCatalogCode.eq(app.0))
        .filter(document::Column::IsDisabled.eq(false));
    let documents = documents.lock_exclusive().all(tx).await?;
    let events = event::Entity::find()
        .filter(event::Column::MyConditionBookId.is_in(books))
        .filter(event::Column::AppCatalogCode.eq(app.0))
        .filter(event::Column::IsDisabled.eq(false));
    let events = events.lock_exclusive().all(tx).await?;
    let things = find::things_of(tx, events.iter().map(|event| event.id)).await?;
    let chapters = chapter::Entity::find()
        .filter(chapter::Column::DocumentId.is_in(documents.iter().map(|document| document.id)))
        .filter(chapter::Column::IsDisabled.eq(false))
        .all(tx)
        .await?;
    Ok(Stored {
        documents,
        events,
        things: things.iter().map(|thing| thing.id).collect(),
        chapters: chapters.iter().map(|chapter| chapter.id).collect(),
    })
}

async fn disable(tx: &Transaction, author: &Author, stored: &Stored) -> Result<(), ApiError> {
    let events = || stored.events.iter().map(|event| event.id);
    update_rows!(
        tx, author, binary_file, { IsDisabled: true },
        binary_file::Column::ThingId.is_in(stored.things.clone()), binary_file::Column::IsDisabled.eq(false),
    )?;
    update_rows!(tx, author, thing, { IsDisabled: true }, thing::Column::Id.is_in(stored.things.clone()))?;
    update_rows!(tx, author, event, { IsDisabled: true }, event::Column::Id.is_in(events()))?;
    update_rows!(
        tx, author, chapter_event, { IsDisabled: true },
        chapter_event::Column::EventSetId
            .is_in(stored.chapters.clone())
            .or(chapter_event::Column::EventId.is_in(events())),
        chapter_event::Column::IsDisabled.eq(false),
    )?;
    update_rows!(tx, author, chapter, { IsDisabled: true }, chapter::Column::Id.is_in(stored.chapters.clone()))?;
    update_rows!(
        tx, author, document, { IsDisabled: true },
        document::Column::Id.is_in(stored.documents.iter().map(|document| document.id)),
    )?;
    Ok(())
}

/// Things and their files go with their events.
async fn remove(tx: &Transaction, stored: &Stored) -> Result<(), ApiError> {
    let events = || stored.events.iter().map(|event| event.id);
    let places = chapter_event::Column::EventSetId
        .is_in(stored.chapters.clone())
        .or(chapter_event::Column::EventId.is_in(events()));
    chapter_event::Entity::delete_many().filter(places).exec(tx).await?;
    event::Entity::delete_many().filter(event::Column::Id.is_in(events())).exec(tx).await?;
    let chapters = chapter::Column::Id.is_in(stored.chapters.clone());
    chapter::Entity::delete_many().filter(chapters).exec(tx).await?;
    let documents = document::Column::Id.is_in(stored.documents.iter().map(|document| document.id));
    document::Entity::delete_many().filter(documents).exec(tx).await?;
    Ok(())
}

/// The cmatrix rows are disabled, never removed: the ledger was told of them.
async fn disable_matrix(
    tx: &Transaction,
    author: &Author,
    user_id: &str,
    stored: &Stored,
) -> Result<Differences, ApiError> {
    let identifiers = stored.events.iter().map(|event| event.event_identifier.as_str());
    let rows = matrix::events(tx, user_id, identifiers).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let things = matrix::things_of(tx, ids.iter().copied()).await?;
    let thing_ids: Vec<i64> = things.iter().map(|thing| thing.id).collect();
    matrix::disable_things(tx, author, &thing_ids).await?;
    update_rows!(tx, author, cmatrix_event, { IsDisabled: true }, cmatrix_event::Column::Id.is_in(ids.clone()))?;
    disable_relations(tx, author, &ids).await?;
    let documents: Vec<_> =
        stored.documents.iter().map(|document| document.doc_identifier.as_str()).collect();
    update_rows!(
        tx, author, cmatrix_document, { IsDisabled: true },
        cmatrix_document::Column::Identifier.is_in(documents.clone()),
        cmatrix_document::Column::IsDisabled.eq(false),
    )?;
    let mut differences = Differences::default();
    for row in &rows {
        let gone = things.iter().filter(|thing| thing.cmatrix_event_id == row.id);
        let gone: Vec<_> = gone.map(|thing| thing.identifier.as_str()).collect();
        if !gone.is_empty() {
            differences.delete.push(deleted(user_id, &row.identifier, gone, documents.iter().copied()));
        }
    }
    Ok(differences)
}
