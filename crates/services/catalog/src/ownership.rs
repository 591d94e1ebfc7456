//! Whose items and namespaces are (spec: catalog 6.1; access-control-manage 4.3, 5.2).
//!
//! The root judges the namespaces that a call names before it gets here; what a call changes by its code or id, only
//! the catalog knows.

use contract::namespaces::{kind_of_actors, may_write, path};
use platform::{ApiError, Incoming, Transaction};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Catalog,
    codes::Kind,
    refusal::Refusal,
    register::number,
    store::{self, update_set},
    update_set::{ChangeKind, Changes},
};

/// Whom the catalog is changed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    /// A service of the root, which judges by rules of its own; or a member of the root while the catalog does not
    /// know its actor.
    Root,
    Actor(Actor),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    code: i64,
    /// The part of its namespace after `/actor/`.
    kind: String,
    /// The blocks where its members are.
    blocks: Vec<Code>,
}

/// What is changed: each by code or id, by the namespace that it gets, or both.
#[derive(Debug, Default)]
pub(crate) struct Touched<'a> {
    items: Vec<(Option<i64>, Option<&'a str>)>,
    namespaces: Vec<(Option<i64>, Option<&'a str>)>,
}

impl<'a> Touched<'a> {
    pub(crate) fn item(code: Option<i64>, ns: Option<&'a str>) -> Self {
        Self { items: vec![(code, ns)], ..Self::default() }
    }

    pub(crate) fn namespace(id: Option<i64>, ns: Option<&'a str>) -> Self {
        Self { namespaces: vec![(id, ns)], ..Self::default() }
    }

    /// What a document creates; a version more of a code that is there changes that item.
    pub(crate) fn created(document: &'a Value) -> Self {
        let head = &document["catalogItem"];
        Self::item(number(&head["_code"]["_value"]), head["ns"].as_str())
    }

    pub(crate) fn by(changes: &'a Changes) -> Self {
        let mut all = Self::default();
        for change in &changes.namespaces {
            let ns = change.template.as_ref().and_then(|template| template["ns"].as_str());
            match change.kind {
                ChangeKind::Add => all.namespaces.push((None, ns)),
                ChangeKind::Update => all.namespaces.push((change.target, ns)),
                ChangeKind::Delete => all.namespaces.push((change.target, None)),
            }
        }
        for change in &changes.items {
            match (change.kind, &change.template) {
                (ChangeKind::Add, Some(template)) => all.items.extend(Self::created(template).items),
                (ChangeKind::Update, Some(template)) => {
                    all.items.push((change.target, template["catalogItem"]["ns"].as_str()));
                }
                _ => all.items.push((change.target, None)),
            }
        }
        all.items.extend(changes.attributes.iter().map(|change| (change.target, None)));
        all
    }
}

impl Writer {
    /// Who calls: an actor through the proxy, or a service of the root by itself.
    pub(crate) async fn of_call(
        tx: &Transaction,
        service: &Catalog,
        session: &Session,
        incoming: &Incoming,
    ) -> Result<Self, ApiError> {
        if incoming.header(contract::proxy::FROM_BLOCK.as_str()).is_none() {
            return Ok(Self::Root);
        }
        Self::of_session(tx, service, session).await
    }

    /// The actor that somebody acts for, who must come from a block of it.
    pub(crate) async fn of_session(
        tx: &Transaction,
        service: &Catalog,
        session: &Session,
    ) -> Result<Self, ApiError> {
        let actor = match session.actor {
            Some(actor) => Actor::find(tx, actor.value.0).await?,
            None => None,
        };
        Ok(acting(actor, session, service.ground.block.root.code)?)
    }

    /// Whose an update set is. Only members of the root can have registered one while the catalog did not know them.
    pub(crate) async fn of_set(tx: &Transaction, set: &update_set::Model) -> Result<Self, ApiError> {
        let Some(code) = set.caller_actor_code else { return Ok(Self::Root) };
        Ok(Actor::find(tx, code).await?.map_or(Self::Root, Self::Actor))
    }

    /// Refuses a change of what is another's. What is not there at all is refused where it is looked for.
    pub(crate) async fn check(
        &self,
        tx: &Transaction,
        kind: Kind,
        touched: &Touched<'_>,
    ) -> Result<(), ApiError> {
        let Self::Actor(actor) = self else { return Ok(()) };
        if kind != Kind::Ext {
            return if actor.is_root() { Ok(()) } else { Err(Refusal::NotOwned.into()) };
        }
        let stored = store::namespaces_of_codes(tx, touched.items.iter().filter_map(|item| item.0)).await?;
        for (code, ns) in &touched.items {
            let stored = code.and_then(|code| stored.get(&code));
            let mut all = stored.map(String::as_str).into_iter().chain(*ns).peekable();
            if all.peek().is_none() {
                return Err(Refusal::NoSuchItem.into());
            }
            if !all.all(|ns| actor.owns_item(*code, ns)) {
                return Err(Refusal::NotOwned.into());
            }
        }
        let ids = touched.namespaces.iter().filter_map(|namespace| namespace.0);
        let stored = store::namespaces_by_id(tx, ids).await?;
        for (id, ns) in &touched.namespaces {
            let stored = id.and_then(|id| stored.get(&id));
            if !stored.map(String::as_str).into_iter().chain(*ns).all(|ns| actor.owns_namespace(ns)) {
                return Err(Refusal::NotOwned.into());
            }
        }
        Ok(())
    }
}

/// Whoever reads as an actor must come from a block of it, too; none where nobody is known to.
pub(crate) async fn reader(service: &Catalog, session: &Session) -> Result<Option<i64>, ApiError> {
    let Some(actor) = session.actor else { return Ok(None) };
    let root = service.ground.block.root.code;
    if session.block.is_some_and(|block| block.value != root) {
        let (store, code) = (&service.ground.store, actor.value.0);
        let found = store::placed(store.read(), code).await?;
        let item =
            store::responses(store, found.as_ref().map(|(row, _)| row).cloned().as_slice()).await?.pop();
        acting(found.and_then(|(_, ns)| Actor::read(code, &ns, &item?)), session, root)?;
    }
    Ok(Some(actor.value.0))
}

/// An actor's member comes from a block of the actor: that block vouches for him. The root vouches for everybody.
fn acting(actor: Option<Actor>, session: &Session, root: Code) -> Result<Writer, Refusal> {
    let block = session.block.map_or(root, |block| block.value);
    match actor {
        None if block == root => Ok(Writer::Root),
        Some(actor) if block == root || actor.blocks.contains(&block) => Ok(Writer::Actor(actor)),
        _ => Err(Refusal::NotItsBlock),
    }
}

impl Actor {
    /// An actor that was deleted meanwhile is one still.
    async fn find(tx: &Transaction, code: i64) -> Result<Option<Self>, ApiError> {
        let Some((row, ns)) = store::placed(tx, code).await? else { return Ok(None) };
        let item = store::responses_inside(tx, &[row]).await?.pop();
        Ok(item.and_then(|item| Self::read(code, &ns, &item)))
    }

    /// None for an item that is no actor.
    fn read(code: i64, ns: &str, item: &Value) -> Option<Self> {
        let kind = kind_of_actors(ns)?.to_owned();
        let template = &item["template"];
        let others = template["other-block"].as_array().into_iter().flatten();
        let blocks = [&template["main-block"]].into_iter().chain(others).filter_map(CodeVersion::read);
        let blocks = blocks.map(|block| block.value).collect();
        Some(Self { code, kind, blocks })
    }

    fn is_root(&self) -> bool {
        self.kind == "pxr-root"
    }

    /// Among the items of actors only its own: the others come from certification.
    fn owns_item(&self, code: Option<i64>, ns: &str) -> bool {
        let is_other_actor = kind_of_actors(ns).is_some() && code != Some(self.code);
        !is_other_actor && may_write(&self.kind, self.code, ns) == Some(true)
    }

    /// Those that bear its code; the root has those that bear nobody's, too.
    fn owns_namespace(&self, ns: &str) -> bool {
        let Some(path) = path(ns) else { return false };
        let bears_a_code = path.split('/').any(|part| {
            part.strip_prefix("actor_").is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
        });
        if bears_a_code { may_write(&self.kind, self.code, ns) == Some(true) } else { self.is_root() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn actor(kind: &str) -> Actor {
        let block = json!({"_value": 77, "_ver": 1});
        let other = json!([{"_value": 78, "_ver": 1}]);
        let item = json!({"template": {"main-block": block, "other-block": other}});
        Actor::read(5, &format!("catalog/ext/o/actor/{kind}"), &item).unwrap()
    }

    #[test]
    fn an_actor_has_its_own_item_and_what_bears_its_code() {
        let app = actor("app");
        let owns = |code, path: &str| app.owns_item(code, &format!("catalog/ext/o/{path}"));
        assert!(owns(Some(5), "actor/app"));
        assert!(!owns(Some(6), "actor/app"));
        assert!(!owns(None, "actor/app"), "actors come from certification");
        assert!(owns(Some(9), "actor/app/actor_5/store") && owns(None, "thing/actor_5"));
        assert!(!owns(None, "thing/actor_6") && !owns(None, "block/app"));
        assert!(!app.owns_item(None, "catalog/model/thing/actor_5"));
    }

    #[test]
    fn namespaces_of_nobody_are_the_root_s() {
        let owns = |kind: &str, path: &str| actor(kind).owns_namespace(&format!("catalog/ext/o/{path}"));
        assert!(owns("app", "thing/actor_5/more"));
        for foreign in ["thing/actor_6", "actor/app", "thing", "block/app"] {
            assert!(!owns("app", foreign), "{foreign}");
        }
        assert!(owns("pxr-root", "actor/app") && owns("pxr-root", "something/new"));
        assert!(owns("pxr-root", "setting/actor/app/actor_6"));
        assert!(!owns("pxr-root", "actor/app/actor_6/store"));
        assert!(!actor("pxr-root").owns_namespace("catalog/model/thing"));
    }

    #[test]
    fn a_block_speaks_for_its_own_actor_and_the_root_for_all() {
        let root = Code(1);
        let from = |block: i64| {
            let session = json!({"type": 3, "block": {"_value": block, "_ver": 1}});
            Session::from_json(session).unwrap()
        };
        for (actor, block, expected) in [
            (Some(actor("app")), 77, Ok(Writer::Actor(actor("app")))),
            (Some(actor("app")), 78, Ok(Writer::Actor(actor("app")))),
            (Some(actor("app")), 1, Ok(Writer::Actor(actor("app")))),
            (Some(actor("app")), 79, Err(Refusal::NotItsBlock)),
            (None, 77, Err(Refusal::NotItsBlock)),
            (None, 1, Ok(Writer::Root)),
        ] {
            assert_eq!(acting(actor, &from(block), root), expected, "{block}");
        }
    }
}
