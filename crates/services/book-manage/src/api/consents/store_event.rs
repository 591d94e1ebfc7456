//! Registering who wants to be told when data are stored (spec: book-manage 4.5.1).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{array, code_version, text, uuid},
};
use vocabulary::CodeVersion;

use crate::{
    Books,
    api::Done,
    body,
    consent::{DataKind, Datum, Definition, Element, Purpose},
    neighbours::of_item,
    store::store_events::{self, Limited, NewSubscription},
};

#[derive(Debug)]
pub(super) struct Registration {
    kind: String,
    notification: CodeVersion,
    share: CodeVersion,
    elements: Vec<String>,
}

impl Input for Registration {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let kind = fields.required("type", text);
        let notification = fields.required("notificateCatalog", code_version);
        let share = fields.required("shareCode", code_version);
        let elements = fields.required("shareUUID", array(uuid));
        fields.build(|| {
            Some(Self { kind: kind?, notification: notification?, share: share?, elements: elements? })
        })
    }
}

/// Registers a notification for elements of a share definition, in place of what was registered for the two before.
/// **Members of the actor whose definition it is, and of the root.**
pub(super) async fn register(
    State(service): State<Books>,
    call: Call<Member, Registration>,
) -> Result<Json<Done>, ApiError> {
    let (session, Registration { kind, notification, share, elements }) = (&call.who.0, call.input);
    let item = service.catalog.item_at(session, share.value, share.ver).await.map_err(of_item)?;
    let own = session.actor.map(|actor| format!("/actor_{}/", actor.value));
    if !own.is_some_and(|own| item.head.ns.contains(&own)) {
        service.of_root(session)?;
    }
    let definition = Definition::read(&item, Purpose::Share);
    let defined = definition.map(|definition| definition.elements).unwrap_or_default();
    let elements = elements.into_iter().map(|id| {
        let element = defined.iter().rfind(|element| element.id == id);
        let sources = element.map(sources).unwrap_or_default();
        (id, sources)
    });
    let new = NewSubscription { kind, notification, share, elements: elements.collect() };
    let tx = service.ground.store.write().await?;
    store_events::register(&tx, &Author::new(&service.ground, session), new).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}

/// The kinds of data that are wanted from certain actors only.
fn sources(element: &Element) -> Vec<Limited> {
    let kinds = [
        (DataKind::Document, &element.documents),
        (DataKind::Event, &element.events),
        (DataKind::Thing, &element.things),
    ];
    let wanted = kinds.into_iter().flat_map(|(kind, all)| all.iter().map(move |wanted| (kind, wanted)));
    let limited = wanted.filter(|(_, wanted)| !wanted.sources.is_empty());
    limited.map(|(kind, wanted)| (Datum::new(kind, wanted.code), wanted.sources.clone())).collect()
}
