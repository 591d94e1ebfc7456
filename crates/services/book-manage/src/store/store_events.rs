//! Registered notifications (`store_event_notificate` with its sources) and what was sent because of them.

use std::collections::HashMap;

use contract::book_operate::StoreEvent;
use platform::{ApiError, Author, Transaction, insert_rows, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Query, SelectStatement},
};
use vocabulary::{Code, CodeVersion};

use super::{
    agreements::code, share_source_datatype, share_source_source, store_event_notificate,
    store_event_notificate_history,
};
use crate::consent::{DataKind, Datum, Source, Subscription};

pub(crate) const SHARE_TRIGGER: &str = "share-trigger";
const KINDS: [&str; 2] = ["store-event", SHARE_TRIGGER];

/// The subscriptions to a version of a share definition.
pub(crate) type Subscriptions = HashMap<CodeVersion, Vec<Subscription>>;

/// All subscriptions to these share definitions, in whatever version, by version.
pub(crate) async fn subscriptions(
    connection: &impl ConnectionTrait,
    definitions: &[Code],
) -> Result<Subscriptions, ApiError> {
    let rows = store_event_notificate::Entity::find()
        .filter(store_event_notificate::Column::ShareCatalogCode.is_in(definitions.iter().map(|code| code.0)))
        .filter(store_event_notificate::Column::NotificateType.is_in(KINDS))
        .filter(store_event_notificate::Column::IsDisabled.eq(false))
        .order_by_asc(store_event_notificate::Column::Id)
        .all(connection)
        .await?;
    let mut sources = sources(connection, rows.iter().map(|row| row.id).collect()).await?;
    let mut subscriptions = Subscriptions::new();
    for row in rows {
        let share = code(row.share_catalog_code, row.share_catalog_version);
        let notification =
            code(row.store_event_notificate_catalog_code, row.store_event_notificate_catalog_version);
        let (Some(share), Some(notification)) = (share, notification) else { continue };
        let new = Subscription {
            notification,
            kind: row.notificate_type.unwrap_or_default(),
            element: row.share_uuid.unwrap_or_default(),
            sources: sources.remove(&row.id).unwrap_or_default(),
        };
        let known = subscriptions.entry(share).or_default();
        let same = |one: &&mut Subscription| {
            one.notification.value == new.notification.value && one.element == new.element
        };
        match known.iter_mut().find(same) {
            Some(one) => *one = new,
            None => known.push(new),
        }
    }
    Ok(subscriptions)
}

async fn sources(
    connection: &impl ConnectionTrait,
    subscriptions: Vec<i64>,
) -> Result<HashMap<i64, Vec<Source>>, ApiError> {
    let kinds = share_source_datatype::Entity::find()
        .filter(share_source_datatype::Column::StoreEventNotificateId.is_in(subscriptions))
        .filter(share_source_datatype::Column::IsDisabled.eq(false))
        .order_by_asc(share_source_datatype::Column::Id)
        .all(connection)
        .await?;
    let actors = share_source_source::Entity::find()
        .filter(share_source_source::Column::ShareSourceDatatypeId.is_in(kinds.iter().map(|kind| kind.id)))
        .filter(share_source_source::Column::IsDisabled.eq(false))
        .order_by_asc(share_source_source::Column::Id)
        .all(connection)
        .await?;
    let mut sources: HashMap<i64, Vec<Source>> = HashMap::new();
    for kind in kinds {
        let document = code(kind.document_catalog_code, kind.document_catalog_version);
        let event = code(kind.event_catalog_code, kind.event_catalog_version);
        let thing = code(kind.thing_catalog_code, kind.thing_catalog_version);
        let Some(code) = document.or(event).or(thing) else { continue };
        let its = actors.iter().filter(|actor| actor.share_source_datatype_id == kind.id);
        let actors = its.filter_map(|actor| actor.actor_catalog_code.map(Code)).collect();
        sources.entry(kind.store_event_notificate_id).or_default().push(Source { code, actors });
    }
    Ok(sources)
}

/// The triggers registered for these versions of share definitions.
pub(crate) async fn triggers(
    connection: &impl ConnectionTrait,
    definitions: &[CodeVersion],
) -> Result<Vec<CodeVersion>, ApiError> {
    let codes: Vec<_> = definitions.iter().map(|definition| definition.value).collect();
    let all = subscriptions(connection, &codes).await?;
    let about = definitions.iter().filter_map(|definition| all.get(definition)).flatten();
    Ok(about.filter(|one| one.kind == SHARE_TRIGGER).map(|one| one.notification).collect())
}

/// A kind of data that is wanted from certain actors only.
pub(crate) type Limited = (Datum, Vec<CodeVersion>);

/// A notification to be registered for elements of a share definition.
#[derive(Debug)]
pub(crate) struct NewSubscription {
    pub(crate) kind: String,
    pub(crate) notification: CodeVersion,
    pub(crate) share: CodeVersion,
    /// The elements with their limits.
    pub(crate) elements: Vec<(String, Vec<Limited>)>,
}

/// Registers a notification for a share definition in place of whatever was registered for the two before.
pub(crate) async fn register(
    tx: &Transaction,
    author: &Author,
    new: NewSubscription,
) -> Result<(), ApiError> {
    disable(tx, author, new.notification.value, new.share.value).await?;
    for (element, sources) in new.elements {
        let row = new_row!(
            author,
            store_event_notificate {
                notificate_type: Some(new.kind.clone()),
                store_event_notificate_catalog_code: Some(new.notification.value.0),
                store_event_notificate_catalog_version: Some(new.notification.ver.0),
                share_catalog_code: Some(new.share.value.0),
                share_catalog_version: Some(new.share.ver.0),
                share_uuid: Some(element),
            }
        );
        let id = row.insert(tx).await?.id;
        insert_sources(tx, author, id, sources).await?;
    }
    Ok(())
}

async fn insert_sources(
    tx: &Transaction,
    author: &Author,
    subscription: i64,
    sources: Vec<Limited>,
) -> Result<(), ApiError> {
    let kinds = sources.iter().map(|(Datum { kind, code }, _)| {
        let value = |of: DataKind| (of == *kind).then_some(code.value.0);
        let version = |of: DataKind| (of == *kind).then_some(code.ver.0);
        new_row!(
            author,
            share_source_datatype {
                store_event_notificate_id: subscription,
                document_catalog_code: value(DataKind::Document),
                document_catalog_version: version(DataKind::Document),
                event_catalog_code: value(DataKind::Event),
                event_catalog_version: version(DataKind::Event),
                thing_catalog_code: value(DataKind::Thing),
                thing_catalog_version: version(DataKind::Thing),
            }
        )
    });
    let ids = insert_rows(tx, kinds.collect()).await?;
    let actors = ids.into_iter().zip(&sources).flat_map(|(id, (_, actors))| {
        actors.iter().map(move |actor| {
            new_row!(
                author,
                share_source_source {
                    share_source_datatype_id: id,
                    actor_catalog_code: Some(actor.value.0),
                    actor_catalog_version: Some(actor.ver.0),
                }
            )
        })
    });
    insert_rows(tx, actors.collect()).await?;
    Ok(())
}

async fn disable(tx: &Transaction, author: &Author, notification: Code, share: Code) -> Result<(), ApiError> {
    let subscriptions = select(store_event_notificate::Column::Id, store_event_notificate::Entity)
        .and_where(store_event_notificate::Column::StoreEventNotificateCatalogCode.eq(notification.0))
        .and_where(store_event_notificate::Column::ShareCatalogCode.eq(share.0))
        .and_where(store_event_notificate::Column::IsDisabled.eq(false))
        .to_owned();
    let kinds = select(share_source_datatype::Column::Id, share_source_datatype::Entity)
        .and_where(share_source_datatype::Column::StoreEventNotificateId.in_subquery(subscriptions.clone()))
        .to_owned();
    update_rows!(
        tx, author, share_source_source, { IsDisabled: true },
        share_source_source::Column::ShareSourceDatatypeId.in_subquery(kinds)
    )?;
    update_rows!(
        tx, author, share_source_datatype, { IsDisabled: true },
        share_source_datatype::Column::StoreEventNotificateId.in_subquery(subscriptions)
    )?;
    update_rows!(
        tx, author, store_event_notificate, { IsDisabled: true },
        store_event_notificate::Column::StoreEventNotificateCatalogCode.eq(notification.0),
        store_event_notificate::Column::ShareCatalogCode.eq(share.0),
        store_event_notificate::Column::IsDisabled.eq(false)
    )?;
    Ok(())
}

fn select(
    column: impl sea_orm::sea_query::IntoColumnRef,
    table: impl sea_orm::sea_query::IntoTableRef,
) -> SelectStatement {
    Query::select().column(column).from(table).to_owned()
}

/// Notes that an application was told.
pub(crate) async fn note(
    connection: &impl ConnectionTrait,
    author: &Author,
    sent: &StoreEvent,
) -> Result<(), ApiError> {
    let value = |code: Option<CodeVersion>| code.map(|code| code.value.0);
    let version = |code: Option<CodeVersion>| code.map(|code| code.ver.0);
    let row = new_row!(
        author,
        store_event_notificate_history {
            notificate_type: Some(sent.kind.clone()),
            process_type: Some(sent.operate.clone()),
            user_id: Some(sent.user_id.clone()),
            data_id: Some(sent.identifier.clone()),
            document_catalog_code: value(sent.document),
            document_catalog_version: version(sent.document),
            event_catalog_code: value(sent.event),
            event_catalog_version: version(sent.event),
            thing_catalog_code: value(sent.thing),
            thing_catalog_version: version(sent.thing),
            share_source_actor_catalog_code: Some(sent.source_actor.value.0),
            share_source_actor_catalog_version: Some(sent.source_actor.ver.0),
            share_source_app_catalog_code: value(sent.source_app),
            share_source_app_catalog_version: version(sent.source_app),
            share_target_actor_catalog_code: Some(sent.destination_actor.value.0),
            share_target_actor_catalog_version: Some(sent.destination_actor.ver.0),
            share_target_app_catalog_code: value(sent.destination_app),
            share_target_app_catalog_version: version(sent.destination_app),
        }
    );
    row.insert(connection).await?;
    Ok(())
}
