//! What the initial catalog promises.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;

use starter_catalog::{Catalog, Kind, Settings, check, starter};

fn catalog() -> Catalog {
    starter(&Settings::default()).unwrap()
}

#[test]
fn it_is_whole_and_consistent() {
    let catalog = catalog();
    assert_eq!(catalog.namespaces.len(), 332);
    assert_eq!(catalog.items.len(), 386);
    assert_eq!(check(&catalog), []);
}

#[test]
fn each_part_has_what_the_specification_lists() {
    let catalog = catalog();
    let count = |kind: Kind| {
        let namespaces = catalog.namespaces.iter().filter(|namespace| namespace.kind == kind).count();
        (namespaces, catalog.items.iter().filter(|item| item.kind == kind).count())
    };
    // spec: catalog-data-model 9, with the namespace of 14, sentence 1
    assert_eq!(Kind::ALL.map(count), [(167, 208), (88, 169), (77, 9)]);
}

#[test]
fn parents_are_sent_before_children() {
    let catalog = catalog();
    assert!(catalog.items.is_sorted_by_key(|item| item.code));
    assert!(catalog.namespaces.is_sorted_by_key(|namespace| (namespace.kind, namespace.ns.clone())));
    for item in &catalog.items {
        let parent = item.head("inherit")["_value"].as_i64();
        assert!(parent.is_none_or(|parent| Some(parent) < item.code), "{}", item.source);
    }
}

#[test]
fn every_item_is_in_the_written_form_at_version_1() {
    for item in catalog().items {
        let head = item.head("_code").clone();
        assert_eq!((head["_value"].as_i64(), head["_ver"].as_i64()), (item.code, Some(1)), "{}", item.source);
        let keys: Vec<_> = item.document["catalogItem"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["ns", "name", "description", "_code", "inherit"]);
        let keys: Vec<_> = item.document.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["catalogItem", "template", "inner", "attribute"]);
        let parent = item.head("inherit");
        assert!(parent.is_null() || parent["_ver"] == 1, "{}: {parent}", item.source);
    }
}

#[test]
fn everything_is_described_by_one_japanese_sentence() {
    let catalog = catalog();
    let namespaces = catalog.namespaces.iter().map(|namespace| (&namespace.ns, &namespace.description));
    let items = catalog.items.iter().map(|item| (&item.source, item.head("description")));
    for (what, description) in namespaces.chain(items) {
        let text = description.as_str().unwrap();
        assert!(text.ends_with('。') && text.matches('。').count() == 1, "{what}: {text}");
        assert!(!text.contains(['{', '<']), "{what}: {text}");
    }
    let own: BTreeSet<_> =
        catalog.namespaces.iter().map(|namespace| namespace.description.to_string()).collect();
    assert_eq!(own.len(), catalog.namespaces.len(), "each namespace has a sentence of its own");
}

#[test]
fn no_placeholder_is_left() {
    for item in catalog().items {
        let text = item.document.to_string();
        for key in Settings::keys() {
            assert!(!text.contains(&format!("{{{key}}}")), "{}: {key}", item.source);
        }
    }
}

#[test]
fn an_installation_is_in_its_own_part() {
    let mut settings = Settings::default();
    settings.set("ext_name", "b-city").unwrap();
    settings.set("pxr_root_name", "B市").unwrap();
    settings.set("pxr_root_actor_code", "1000900").unwrap();
    let catalog = starter(&settings).unwrap();
    assert_eq!(check(&catalog), []);
    assert_eq!(catalog.society.ext_name, "b-city");
    assert!(catalog.namespaces.iter().all(|namespace| !namespace.ns.contains("pxross1")));
    let own = "catalog/ext/b-city/setting/actor/pxr-root/actor_1000900";
    assert!(catalog.namespaces.iter().any(|namespace| namespace.ns == own));
    let actor = catalog.items.iter().find(|item| item.code == Some(1_000_900)).unwrap();
    assert_eq!(actor.head("name"), "B市");
    assert_eq!(actor.ns(), "catalog/ext/b-city/actor/pxr-root");
}

#[test]
fn settings_that_give_one_code_twice_are_found() {
    let mut settings = Settings::default();
    settings.set("pf_terms_code", "1000431").unwrap();
    let problems = check(&starter(&settings).unwrap());
    assert!(problems.iter().any(|problem| problem.reason.contains("1000431 is given twice")), "{problems:?}");
}

#[test]
fn the_mended_actors_can_be_told_from_the_delivered_ones() {
    let catalog = catalog();
    let text = |code: i64| {
        catalog.items.iter().find(|item| item.code == Some(code)).unwrap().document["inner"].to_string()
    };
    // spec: catalog-data-model 14, sentence 4: clients may send the old word
    assert!(
        text(214).contains(r#"["priod","period","api"]"#)
            && text(216).contains(r#"["priod","period","api"]"#)
    );
    // spec: catalog-data-model 14, sentence 7
    assert_eq!(text(44), text(39));
}
