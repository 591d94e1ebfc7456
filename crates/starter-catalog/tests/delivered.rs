//! The initial catalog beside the one that the reference delivers: whatever refers to a code or a namespace finds the
//! same thing. Left out where the delivered catalog is not at hand.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod facts;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use facts::facts;
use starter_catalog::{Catalog, Item, Settings, check, read_directory, starter};

/// What is not as in the delivered catalog: the fact, theirs, ours, and the sentence of catalog-data-model 14.
const DIFFERENCES: &[(&str, &str, &str, u8)] = &[
    ("68:TargetGroup.min", "nubmer", "number", 4),
    ("68:TargetGroup.max", "nubmer", "number", 4),
    (
        "214:EndCondition:ExitMethod.specification",
        "string; one of priod api",
        "string; one of priod period api",
        4,
    ),
    (
        "216:EndCondition:ExitMethod.specification",
        "string; one of priod api",
        "string; one of priod period api",
        4,
    ),
    ("65:DistributionRatio.ratio", "number; format 74", "number; unit 74", 5),
    ("66:DistributionRatio.ratio", "number; format 74", "number; unit 74", 5),
    ("130:DistributionRatio.ratio", "number; format 74", "number; unit 74", 5),
    (
        "44:Store:Document.code",
        "code; in catalog/built_in/event/* catalog/ext/pxross1/event/*",
        "code; in catalog/built_in/document/* catalog/ext/pxross1/document/*",
        7,
    ),
    (
        "44:Store:Event.code",
        "code; in catalog/built_in/thing/* catalog/ext/pxross1/thing/*",
        "code; in catalog/built_in/event/* catalog/ext/pxross1/event/*",
        7,
    ),
];

/// Classes of the delivered catalog that no property uses, so that registering drops them: sentence 8.
const DROPPED: &[&str] = &["68:OwnedData:OwnedData"];

/// What is wrong with the delivered catalog, and the sentence of catalog-data-model 14 that says so.
const DEFECTS: &[(&str, usize, u8)] = &[
    ("namespace catalog/model/qualitative/gender", 3, 1),
    ("its _code is no {_value, _ver}", 1, 2),
    ("of the unknown kind \"nubmer\"", 2, 4),
    ("its attribute is a list", 2, 6),
];

fn delivered() -> Option<Catalog> {
    let shared = std::env::var_os("PXR_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    if !shared.join("catalog").exists() {
        eprintln!("no delivered catalog to compare with: left out");
        return None;
    }
    let delivery = read_directory(&shared.join("catalog"), &Settings::default()).unwrap();
    assert_eq!(delivery.problems, []);
    Some(delivery.catalog)
}

fn ours() -> Catalog {
    starter(&Settings::default()).unwrap()
}

#[test]
fn it_has_the_namespaces_of_the_delivered_one_and_the_missing_one() {
    let Some(delivered) = delivered() else { return };
    let names =
        |catalog: &Catalog| catalog.namespaces.iter().map(|ns| ns.ns.clone()).collect::<BTreeSet<_>>();
    let mut theirs = names(&delivered);
    assert_eq!(theirs.len(), 331);
    // spec: catalog-data-model 14, sentence 1
    theirs.insert("catalog/model/qualitative/gender".to_owned());
    assert_eq!(names(&ours()), theirs);
}

#[test]
fn it_has_the_codes_of_the_delivered_one() {
    let Some(delivered) = delivered() else { return };
    let codes = |items: BTreeMap<i64, Item>| items.into_keys().collect::<Vec<_>>();
    assert_eq!(codes(by_code(ours())), codes(by_code(delivered)));
}

#[test]
fn its_items_are_those_of_the_delivered_one_but_for_mended_defects() {
    let Some(delivered) = delivered() else { return };
    let all = |catalog: Catalog| {
        by_code(catalog).iter().flat_map(|(code, item)| facts(*code, item)).collect::<BTreeMap<_, _>>()
    };
    let (ours, mut theirs) = (all(ours()), all(delivered));
    theirs.retain(|name, _| !DROPPED.iter().any(|class| name.starts_with(class)));
    let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let of = |facts: &BTreeMap<String, String>, name: &String| facts.get(name).cloned().unwrap_or_default();
    let differing: Vec<_> = names
        .into_iter()
        .map(|name| (name.clone(), of(&theirs, name), of(&ours, name)))
        .filter(|(_, theirs, ours)| theirs != ours)
        .collect();
    let mut expected: Vec<_> = DIFFERENCES
        .iter()
        .map(|(name, theirs, ours, _)| ((*name).to_owned(), (*theirs).to_owned(), (*ours).to_owned()))
        .collect();
    expected.sort();
    assert_eq!(differing, expected);
}

#[test]
fn the_defects_of_the_delivered_one_are_found_and_no_others() {
    let Some(delivered) = delivered() else { return };
    let mut problems: Vec<_> = check(&delivered).iter().map(ToString::to_string).collect();
    for (defect, times, sentence) in DEFECTS {
        let before = problems.len();
        problems.retain(|problem| !problem.contains(defect));
        assert_eq!(before - problems.len(), *times, "sentence {sentence}: {defect}");
    }
    assert_eq!(problems, [""; 0]);
}

/// By code. Sentence 2: the delivered platform terms, and they only, have no proper one.
fn by_code(catalog: Catalog) -> BTreeMap<i64, Item> {
    let terms = Settings::default().platform_terms_code();
    let code = |item: &Item| {
        assert!(item.code.is_some() || item.head("_code") == terms, "{}", item.source);
        item.code.unwrap_or(terms)
    };
    catalog.items.into_iter().map(|item| (code(&item), item)).collect()
}
