//! Telling applications that data were stored which they may receive (spec: book-manage 4.5.2).

use std::collections::{HashMap, HashSet};

use axum::{Json, extract::State};
use contract::book_operate::StoreEvent;
use futures_util::future::join_all;
use platform::{ApiError, Application, Author, Call};
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Books,
    api::Done,
    consent::{
        Asset, DataKind, Datum, Destination, Purpose, Restriction, Subscription, may_share, prohibiting, told,
    },
    neighbours::of_item,
    refusal::Refusal,
    store::{
        agreements, my_condition_book,
        store_events::{self, SHARE_TRIGGER, Subscriptions},
        user_id_cooperate, users,
    },
    stored::{Owner, Report, Stored},
};

/// Tells everybody who subscribed to the reported data and may receive them. **Applications.** A destination that cannot be told does not keep the others from being told.
pub(super) async fn notificate(
    State(service): State<Books>,
    call: Call<Application, Report>,
) -> Result<Json<Done>, ApiError> {
    let (session, Report(stored)) = (&call.who.0, call.input);
    let mut owners: Vec<&Owner> = Vec::new();
    for one in &stored {
        if !owners.contains(&&one.owner) {
            owners.push(&one.owner);
        }
    }
    let mut events = Vec::new();
    for owner in owners {
        let about = Subject::load(&service, session, owner).await?;
        for one in stored.iter().filter(|one| one.owner == *owner) {
            about.add_events(one, &mut events);
        }
    }
    send(&service, session, events).await;
    Ok(Json(Done::SUCCESS))
}

/// Everything that decides who is told about the data of one resident.
struct Subject {
    assets: Vec<Asset>,
    subscriptions: Subscriptions,
    restrictions: Vec<(Code, Vec<Restriction>)>,
    destinations: HashMap<Code, Destination>,
    /// The resident's confirmed links.
    links: Vec<user_id_cooperate::Model>,
}

impl Subject {
    async fn load(service: &Books, session: &Session, owner: &Owner) -> Result<Self, ApiError> {
        let connection = service.ground.store.read();
        let book = book_of(service, owner).await?;
        let standing = agreements::standing(connection, book.id, Purpose::Share, None).await?;
        let definitions: Vec<_> = standing.iter().map(|operation| operation.definition.value).collect();
        let subscriptions = store_events::subscriptions(connection, &definitions).await?;
        let counts = |version: CodeVersion| subscriptions.contains_key(&version);
        let mut assets = service.agreements_where(session, book.id, Purpose::Share, None, counts).await?;
        let links = users::links(connection, book.id, None, None).await?;
        let links: Vec<_> = links.into_iter().filter(|link| link.status == users::LINKED).collect();
        // Only linked applications that subscribed are told; the catalogs of others need not be asked for.
        assets.retain(|asset| {
            asset.asset.value != owner.app.value
                && asset.agreements.iter().any(|agreement| agreement.effective.is_some())
                && link_to(&links, asset).is_some()
        });
        let mut restrictions = Vec::new();
        let mut destinations = HashMap::new();
        if !assets.is_empty() {
            restrictions = service.restrictions(session, book.id).await?;
        }
        for asset in &assets {
            let destination = service.destination(session, asset.asset.value).await?;
            destinations.insert(asset.asset.value, destination);
        }
        Ok(Self { assets, subscriptions, restrictions, destinations, links })
    }

    fn add_events(&self, stored: &Stored, events: &mut Vec<StoreEvent>) {
        let source = stored.owner.actor.value;
        for asset in &self.assets {
            let Some((link, to)) = link_to(&self.links, asset).zip(self.destinations.get(&asset.asset.value))
            else {
                continue;
            };
            let prohibiting = prohibiting(&self.restrictions, stored.datum, to);
            for agreement in &asset.agreements {
                let only = std::slice::from_ref(agreement);
                if may_share(only, stored.datum, Some(source), &prohibiting).is_none() {
                    continue;
                }
                let version = agreement.effective.as_ref().map(|definition| definition.code);
                let subscriptions = version.and_then(|version| self.subscriptions.get(&version));
                let subscriptions = subscriptions.map_or(&[][..], Vec::as_slice);
                for subscription in told(subscriptions, stored.datum.code, source) {
                    let event = event(stored, asset, link, subscription);
                    if !events.contains(&event) {
                        events.push(event);
                    }
                }
            }
        }
    }
}

/// The book of the one person whom an application knows by a user id.
async fn book_of(service: &Books, owner: &Owner) -> Result<my_condition_book::Model, ApiError> {
    use sea_orm::EntityTrait;

    let connection = service.ground.store.read();
    let links = users::links_of_user(connection, &owner.user_id, owner.actor.value, owner.app.value).await?;
    let [link] = links.as_slice() else { return Err(Refusal::NoSuchUser.into()) };
    let book = my_condition_book::Entity::find_by_id(link.book_id).one(connection).await?;
    Ok(book.filter(|book| !book.is_disabled).ok_or(Refusal::NoSuchUser)?)
}

fn link_to<'l>(links: &'l [user_id_cooperate::Model], asset: &Asset) -> Option<&'l user_id_cooperate::Model> {
    let actor = asset.actor.value.0;
    links
        .iter()
        .find(|link| link.actor_catalog_code == actor && link.app_catalog_code == Some(asset.asset.value.0))
}

fn event(
    stored: &Stored,
    asset: &Asset,
    link: &user_id_cooperate::Model,
    subscription: &Subscription,
) -> StoreEvent {
    let Datum { kind, code } = stored.datum;
    let of = |wanted: DataKind| (kind == wanted).then_some(code);
    let owner = &stored.owner;
    StoreEvent {
        kind: subscription.kind.clone(),
        operate: stored.operation.word().to_owned(),
        user_id: link.user_id.clone().unwrap_or_default(),
        identifier: stored.identifier.clone(),
        document: of(DataKind::Document),
        event: of(DataKind::Event),
        thing: of(DataKind::Thing),
        source_actor: owner.actor,
        source_app: Some(owner.app),
        source_wf: None,
        destination_actor: asset.actor,
        destination_app: Some(asset.asset),
        destination_wf: None,
        trigger: (subscription.kind == SHARE_TRIGGER).then_some(subscription.notification),
    }
}

/// Sends the events to the blocks of their destinations and notes each that arrived.
async fn send(service: &Books, session: &Session, events: Vec<StoreEvent>) {
    let mut blocks: HashMap<Code, Code> = HashMap::new();
    let actors: HashSet<Code> = events.iter().map(|event| event.destination_actor.value).collect();
    for actor in actors {
        match service.main_block(session, actor).await {
            Ok(block) => drop(blocks.insert(actor, block)),
            Err(error) => {
                tracing::warn!(%actor, status = %error.status(), "the block of a store event's destination is unknown");
            }
        }
    }
    let author = Author::new(&service.ground, session);
    let sent = events.iter().map(|event| {
        let block = blocks.get(&event.destination_actor.value).copied();
        let author = &author;
        async move {
            let Some(block) = block else { return };
            if let Err(failure) = service.blocks.tell(session, block, event).await {
                tracing::warn!(%block, identifier = event.identifier, %failure, "a store event was not delivered");
            } else if let Err(error) = store_events::note(service.ground.store.read(), author, event).await {
                tracing::warn!(identifier = event.identifier, ?error, "a store event was not noted");
            }
        }
    });
    join_all(sent).await;
}

impl Books {
    /// The block where an actor keeps its data.
    pub(super) async fn main_block(&self, session: &Session, actor: Code) -> Result<Code, ApiError> {
        let item = self.catalog.item(session, actor).await.map_err(of_item)?;
        let block = item.code("main-block").map(|block| block.value);
        Ok(block.ok_or(Refusal::NoMainBlock)?)
    }
}
