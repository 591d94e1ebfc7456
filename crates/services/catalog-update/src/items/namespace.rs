//! Where actors and their items stand in the catalog, by the parts of their namespaces.

use vocabulary::{ActorType, Code};

/// What stands after the last `/actor/` of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `…/actor/app`: the actors of a type themselves.
    Actors(ActorType),
    /// `…/actor/region-root/actor_1000432/region`: the regions of an actor.
    Regions(Code),
    /// Anything else below an actor, e.g. `…/actor/app/actor_1000437/application`.
    Other(String),
}

impl Place {
    /// None for a namespace that is not below `…/actor/`.
    pub(crate) fn of(ns: &str) -> Option<Self> {
        let (before, tail) = ns.rsplit_once("/actor/")?;
        // An installation may be called `actor`.
        if !before.starts_with("catalog/") || before == "catalog/ext" {
            return None;
        }
        if let Ok(kind) = tail.parse() {
            return Some(Self::Actors(kind));
        }
        let region = || tail.strip_prefix("region-root/actor_")?.strip_suffix("/region")?.parse().ok();
        Some(region().map_or_else(|| Self::Other(tail.to_owned()), |code| Self::Regions(Code(code))))
    }

    /// The type, when this is where actors are.
    pub(crate) const fn actors(&self) -> Option<ActorType> {
        match self {
            Self::Actors(kind) => Some(*kind),
            _ => None,
        }
    }

    /// Whether it belongs to an actor with applications: `…/actor/app/actor_1000437/…`.
    pub(crate) fn is_below_app(&self, actor: Code) -> bool {
        let Self::Other(tail) = self else { return false };
        let owner = tail.strip_prefix("app/actor_").and_then(|rest| rest.split_once('/'));
        owner.is_some_and(|(owner, _)| owner.parse() == Ok(actor.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_says_what_stands_there() {
        assert_eq!(
            Place::of("catalog/ext/app/actor/region-root"),
            Some(Place::Actors(ActorType::RegionRoot))
        );
        assert_eq!(
            Place::of("catalog/ext/x/actor/region-root/actor_12/region"),
            Some(Place::Regions(Code(12)))
        );
        let application = "app/actor_7/application";
        let place = Place::of(&format!("catalog/ext/x/actor/{application}"));
        assert_eq!(place, Some(Place::Other(application.to_owned())));
        let is_below = |actor| place.as_ref().unwrap().is_below_app(Code(actor));
        assert_eq!((is_below(7), is_below(70)), (true, false));
        for other in ["app", "app/actor_7", "region-root/actor_7/region", "app/actor_77/application"] {
            let place = Place::of(&format!("catalog/ext/x/actor/{other}")).unwrap();
            assert!(!place.is_below_app(Code(7)), "{other}");
        }
        // Names of installations say nothing, whatever they are.
        for ext in ["pxr-root", "app", "region-root", "actor", "a.*", "ext"] {
            let place = |tail: &str| Place::of(&format!("catalog/ext/{ext}/{tail}"));
            assert_eq!(place("actor/app"), Some(Place::Actors(ActorType::App)), "{ext}");
            assert_eq!(place("actor/pxr-root"), Some(Place::Actors(ActorType::PxrRoot)), "{ext}");
            assert_eq!((place("block/app"), place("pxr-root"), place("")), (None, None, None), "{ext}");
        }
        assert_eq!(Place::of("catalog/ext/x/block/app"), None);
        assert_eq!(Place::of("other/actor/app"), None);
    }
}
