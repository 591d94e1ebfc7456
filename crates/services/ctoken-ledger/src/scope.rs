//! Who may read what of the ledger (spec: ctoken-ledger 4.1 processing 1, 6.1, 6.2, 6.5; architecture 7.12).

use platform::Origin;
use vocabulary::{BlockKind, Code, OperatorType, Session};

use crate::{Ledger, refusal::Refusal};

/// What a reader sees. Without a person: everybody's; without actors: what any actor holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) pxr_id: Option<String>,
    pub(crate) actors: Option<Vec<i64>>,
}

/// A scope, or the actor whose kind decides.
#[derive(Debug, PartialEq, Eq)]
enum Reader {
    Scope(Scope),
    Actor(Code),
}

/// A resident sees what anybody holds about him, and nothing else. Whoever names a person is a service of the root
/// that decides about a share, or a member of the root; members of other blocks see their own actor's part of it.
fn reader(session: &Session, origin: &Origin, root: Code, pxr_id: Option<&str>) -> Result<Reader, Refusal> {
    let actor = session.actor.map(|actor| actor.value);
    if session.operator_type == OperatorType::Individual {
        let own = session.pxr_id.as_deref().filter(|own| !own.is_empty());
        return match (pxr_id, own) {
            (Some(_), _) => Err(Refusal::NamesPerson),
            (None, None) => Err(Refusal::NoPxrId),
            (None, Some(own)) => Ok(Reader::Scope(Scope { pxr_id: Some(own.to_owned()), actors: None })),
        };
    }
    let Some(pxr_id) = pxr_id else { return actor.map(Reader::Actor).ok_or(Refusal::NoActor) };
    let of_root = session.block.is_some_and(|block| block.value == root);
    // The tables of permissions let no application call from outside: book-manage and access-control-manage do, with
    // the identity of the application that shares.
    let for_share = session.operator_type == OperatorType::Application && origin.is_inside();
    let actors = if of_root || for_share { None } else { Some(vec![actor.ok_or(Refusal::NoActor)?.0]) };
    Ok(Reader::Scope(Scope { pxr_id: Some(pxr_id.to_owned()), actors }))
}

/// The kind of an actor, by the first word that its namespace holds.
fn kind(ns: &str) -> Option<BlockKind> {
    let holds = |word: &str| ns.find(word).is_some_and(|at| at > 0);
    [BlockKind::Root, BlockKind::RegionRoot, BlockKind::App]
        .into_iter()
        .find(|kind| holds(kind.actor_type().as_str()))
}

/// The actor of an application, by the application's namespace: `…/actor_1000436/application`.
fn actor_of_app(ns: &str) -> Option<i64> {
    ns.rsplit_once("actor_")?.1.split('/').next()?.parse().ok()
}

impl Ledger {
    /// What a caller may read, who perhaps names a person.
    pub(crate) async fn scope(
        &self,
        session: &Session,
        origin: &Origin,
        pxr_id: Option<&str>,
    ) -> Result<Scope, Refusal> {
        let actor = match reader(session, origin, self.ground.block.root.code, pxr_id)? {
            Reader::Scope(scope) => return Ok(scope),
            Reader::Actor(actor) => actor,
        };
        let item = self.catalog.item(session, actor).await?;
        let actors = match kind(&item.head.ns).ok_or(Refusal::NotAReader)? {
            BlockKind::Root => return Ok(Scope::default()),
            BlockKind::RegionRoot => self.actors_of_regions(session, actor).await?,
            BlockKind::App => vec![actor.0],
        };
        if actors.is_empty() {
            Err(Refusal::NoActors)
        } else {
            Ok(Scope { pxr_id: None, actors: Some(actors) })
        }
    }

    /// The actors whose applications take part in the regions of a region root.
    async fn actors_of_regions(&self, session: &Session, actor: Code) -> Result<Vec<i64>, Refusal> {
        let ext_name = &self.ground.block.ext_name;
        let ns = format!("catalog/ext/{ext_name}/actor/region-root/actor_{actor}/region");
        let regions = self.catalog.in_namespace(session, &ns).await?;
        let mut apps: Vec<_> =
            regions.iter().flat_map(|region| region.codes("app-alliance")).map(|code| code.value).collect();
        apps.sort_unstable();
        apps.dedup();
        if apps.is_empty() {
            return Ok(Vec::new());
        }
        let apps = self.catalog.items(session, &apps).await?;
        let mut actors: Vec<_> = apps.iter().filter_map(|app| actor_of_app(&app.head.ns)).collect();
        actors.sort_unstable();
        actors.dedup();
        Ok(actors)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROOT: Code = Code(1);

    fn session(kind: i64, block: i64, pxr_id: Option<&str>) -> Session {
        let object = json!({"type": kind, "loginId": "x", "pxrId": pxr_id,
                            "block": {"_value": block, "_ver": 1}, "actor": {"_value": 7, "_ver": 1}});
        Session::from_json(object).unwrap()
    }

    fn person(pxr_id: &str, actors: Option<Vec<i64>>) -> Reader {
        Reader::Scope(Scope { pxr_id: Some(pxr_id.to_owned()), actors })
    }

    #[test]
    fn everybody_sees_a_part_of_their_own() {
        let (inside, outside) = (Origin::Inside, Origin::Public);
        for (session, origin, names, expected) in [
            (session(0, 1, Some("p1")), &inside, None, Ok(person("p1", None))),
            (session(0, 1, Some("p1")), &inside, Some("p2"), Err(Refusal::NamesPerson)),
            (session(0, 1, None), &inside, None, Err(Refusal::NoPxrId)),
            (session(0, 1, Some("")), &inside, None, Err(Refusal::NoPxrId)),
            (session(3, 1, None), &inside, Some("p2"), Ok(person("p2", None))),
            (session(3, 2, None), &inside, Some("p2"), Ok(person("p2", Some(vec![7])))),
            (session(2, 2, None), &inside, Some("p2"), Ok(person("p2", None))),
            (session(2, 2, None), &outside, Some("p2"), Ok(person("p2", Some(vec![7])))),
            (session(2, 2, Some("p1")), &inside, Some("p2"), Ok(person("p2", None))),
            (session(3, 2, None), &inside, None, Ok(Reader::Actor(Code(7)))),
            (session(3, 1, Some("p1")), &inside, None, Ok(Reader::Actor(Code(7)))),
        ] {
            assert_eq!(reader(&session, origin, ROOT, names), expected, "{session:?} {names:?}");
        }
    }

    #[test]
    fn a_session_without_actor_reads_nothing() {
        let object = json!({"type": 3, "loginId": "x", "block": {"_value": 2, "_ver": 1}});
        let session = Session::from_json(object).unwrap();
        assert_eq!(reader(&session, &Origin::Inside, ROOT, None), Err(Refusal::NoActor));
        assert_eq!(reader(&session, &Origin::Inside, ROOT, Some("p")), Err(Refusal::NoActor));
    }

    #[test]
    fn the_namespace_says_what_kind_of_actor_it_is() {
        for (ns, expected) in [
            ("catalog/ext/x/actor/pxr-root", Some(BlockKind::Root)),
            ("catalog/ext/x/actor/region-root", Some(BlockKind::RegionRoot)),
            ("catalog/ext/x/actor/app", Some(BlockKind::App)),
            ("app", None),
            ("catalog/ext/x/actor/consumer", None),
        ] {
            assert_eq!(kind(ns), expected, "{ns}");
        }
    }

    #[test]
    fn the_actor_of_an_application_stands_in_its_namespace() {
        assert_eq!(actor_of_app("catalog/ext/x/actor/app/actor_1000436/application"), Some(1000436));
        assert_eq!(actor_of_app("catalog/ext/x/actor/app/actor_12"), Some(12));
        assert_eq!(actor_of_app("catalog/ext/x/actor/app/actor_x/application"), None);
        assert_eq!(actor_of_app("catalog/model"), None);
    }
}
