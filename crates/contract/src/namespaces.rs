//! Which namespaces an actor may write (spec: access-control-manage 4.3, 5.2).
//!
//! The root judges by it what a call names; the catalog, what a call changes by code or id.

/// Paths below `catalog/ext/<ext>/`; `A` stands for the actor's code, `*` for this and everything below, `+` for
/// everything below but not this.
const PXR_ROOT: &[&str] = &[
    "actor/pxr-root",
    "attribute*",
    "block*",
    "book*",
    "category*",
    "env/event*",
    "env/thing*",
    "licence*",
    "person*",
    "processing*",
    "qualitative/qa*",
    "thing*",
    "event*",
    "unit*",
    "format*",
    "setting/actor+",
    "setting/actor-own/pxr-root/actor_A*",
    "setting/global",
    // Without it the root could never register the platform's terms (architecture 7.11).
    "terms-of-use/platform*",
];
const REGION_ROOT: &[&str] = &[
    "actor/region-root",
    "actor/region-root/actor_A+",
    "setting/actor-own/region-root/actor_A*",
    // Without it a region could never register its terms (architecture 7.11).
    "terms-of-use/region/actor_A*",
];
const APP: &[&str] = &[
    "actor/app",
    "actor/app/actor_A+",
    "document/actor_A*",
    "event/actor_A*",
    "qualitative/actor_A*",
    "setting/actor-own/app/actor_A*",
    "thing/actor_A*",
    "env/actor_A+",
];

/// Whether an actor of that kind (the part of its namespace after `/actor/`) may write a namespace; none for
/// kinds that may write nothing.
#[must_use]
pub fn may_write(kind: &str, actor: i64, ns: &str) -> Option<bool> {
    let patterns = match kind {
        "pxr-root" => PXR_ROOT,
        "region-root" => REGION_ROOT,
        "app" => APP,
        _ => return None,
    };
    let Some(path) = path(ns) else { return Some(false) };
    Some(patterns.iter().any(|pattern| fits(pattern, actor, path)))
}

/// The path below `catalog/ext/<ext>/`.
#[must_use]
pub fn path(ns: &str) -> Option<&str> {
    ns.strip_prefix("catalog/ext/")?.split_once('/').map(|(_, path)| path)
}

/// The kind of actors whose items lie directly in a namespace.
#[must_use]
pub fn kind_of_actors(ns: &str) -> Option<&str> {
    path(ns)?.strip_prefix("actor/").filter(|kind| !kind.is_empty() && !kind.contains('/'))
}

fn fits(pattern: &str, actor: i64, path: &str) -> bool {
    let pattern = pattern.replace("actor_A", &format!("actor_{actor}"));
    let below =
        |base: &str| path.strip_prefix(base).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'));
    if let Some(base) = pattern.strip_suffix('*') {
        return path.trim_end_matches('/') == base || below(base);
    }
    match pattern.strip_suffix('+') {
        Some(base) => below(base),
        None => path == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::{kind_of_actors, may_write};

    #[test]
    fn an_actor_writes_its_own_namespaces_only() {
        let app = |ns: &str| may_write("app", 1, &format!("catalog/ext/a-city/{ns}"));
        assert_eq!(app("event/actor_1"), Some(true));
        assert_eq!(app("actor/app/actor_1/store"), Some(true));
        assert_eq!(app("actor/app"), Some(true));
        assert_eq!(app("event/actor_12"), Some(false));
        assert_eq!(app("event/actor_2"), Some(false));
        assert_eq!(app("setting/global"), Some(false));
        assert_eq!(may_write("app", 1, "catalog/model/event/actor_1"), Some(false));
    }

    #[test]
    fn the_root_writes_the_common_parts() {
        let root = |ns: &str| may_write("pxr-root", 1, &format!("catalog/ext/a-city/{ns}"));
        assert_eq!(root("block/app"), Some(true));
        assert_eq!(root("blockx"), Some(false));
        assert_eq!(root("setting/actor/app/actor_9"), Some(true));
        assert_eq!(root("actor/app"), Some(false));
        assert_eq!(root("terms-of-use/platform"), Some(true));
        assert_eq!(root("terms-of-use/region/actor_9"), Some(false));
    }

    #[test]
    fn actors_lie_in_a_namespace_by_their_kind() {
        assert_eq!(kind_of_actors("catalog/ext/a-city/actor/app"), Some("app"));
        for ns in [
            "catalog/ext/a-city/actor/app/actor_1",
            "catalog/ext/a-city/setting/actor/app",
            "catalog/model/actor/app",
        ] {
            assert_eq!(kind_of_actors(ns), None, "{ns}");
        }
    }

    #[test]
    fn unknown_kinds_write_nothing() {
        assert_eq!(may_write("consumer", 1, "catalog/ext/a/b"), None);
    }
}
