//! Random catalogs, and what a person said about them.

use book_manage::consent::{DataKind, Datum, Exclusions, Purpose};
use contract::catalog::Item;
use proptest::{collection::vec, option, prelude::*, sample::subsequence};
use serde_json::{Value, json};
use vocabulary::CodeVersion;

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) definitions: Vec<Offer>,
    pub(crate) acts: Vec<Act>,
    /// Templates of sharing restrictions, by actor.
    pub(crate) restrictions: Vec<(i64, Value)>,
    /// Regions of every destination.
    pub(crate) regions: Vec<i64>,
    /// Versions of definitions that somebody subscribed to.
    pub(crate) announced: Vec<CodeVersion>,
    pub(crate) questions: Vec<Question>,
}

/// A definition: a template for each version it ever had.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) code: i64,
    pub(crate) purpose: Purpose,
    pub(crate) asset: i64,
    pub(crate) templates: Vec<Value>,
    /// Versions that the catalog has deleted since.
    pub(crate) deleted: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Agree { definition: usize, version: usize, exclusions: Exclusions },
    Withdraw { definition: usize },
}

#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) asset: i64,
    pub(crate) datum: Datum,
    pub(crate) stored_by: Option<i64>,
}

impl Offer {
    pub(crate) fn actor(&self) -> i64 {
        actor_of(self.asset)
    }

    pub(crate) fn item(&self, version: usize) -> Item {
        item(self.code, version, &self.templates[version - 1])
    }

    pub(crate) fn known_versions(&self) -> impl Iterator<Item = usize> + '_ {
        (1..=self.templates.len()).filter(|version| !self.deleted.contains(version))
    }
}

impl World {
    pub(crate) fn announces(&self, version: CodeVersion) -> bool {
        self.announced.contains(&version)
    }

    pub(crate) fn restrictions_of(&self, actor: i64) -> Vec<Item> {
        let its = self.restrictions.iter().filter(|(whose, _)| *whose == actor);
        its.map(|(_, template)| item(actor + 900, 1, template)).collect()
    }
}

const ASSETS: [i64; 3] = [501, 502, 503];

/// The first two applications are of one actor.
fn actor_of(asset: i64) -> i64 {
    if asset == 503 { 402 } else { 401 }
}

fn item(code: i64, version: usize, template: &Value) -> Item {
    let document =
        json!({"catalogItem": {"ns": "n", "_code": {"_value": code, "_ver": version}}, "template": template});
    serde_json::from_value(document).unwrap()
}

fn code(kind: DataKind) -> impl Strategy<Value = CodeVersion> {
    // A few codes are of two kinds, which real catalogs do not have and the rules still decide.
    let values = match kind {
        DataKind::Document => 1..=3_i64,
        DataKind::Event => 3..=5,
        DataKind::Thing => 5..=8,
    };
    (values, 1..=3_i64).prop_map(|(value, ver)| CodeVersion::new(value, ver.min(2)))
}

fn flag() -> impl Strategy<Value = Value> {
    prop_oneof![4 => Just(json!(false)), 2 => Just(json!(true)), 1 => Just(Value::Null), 1 => Just(json!(1)), 1 => Just(json!(""))]
}

fn sources() -> impl Strategy<Value = Value> {
    let some = subsequence(vec![401_i64, 402, 403], 0..=2);
    let some =
        some.prop_map(|actors| actors.iter().map(|actor| json!({"_value": actor, "_ver": 1})).collect());
    prop_oneof![3 => Just(Value::Null), 3 => some]
}

fn wanted(kind: DataKind) -> impl Strategy<Value = Value> {
    (code(kind), flag(), sources()).prop_map(
        |(code, required, sources)| json!({"code": code, "requireConsent": required, "sourceActor": sources}),
    )
}

fn event() -> impl Strategy<Value = Value> {
    let things = option::weighted(0.9, vec(wanted(DataKind::Thing), 0..3));
    (wanted(DataKind::Event), things).prop_map(|(mut event, things)| {
        event["thing"] = json!(things);
        event
    })
}

fn element() -> impl Strategy<Value = Value> {
    let documents = option::weighted(0.7, vec(wanted(DataKind::Document), 0..3));
    let events = option::weighted(0.8, vec(event(), 0..3));
    let things = option::weighted(0.5, vec(wanted(DataKind::Thing), 0..3));
    (0..4_u8, documents, events, things).prop_map(|(id, documents, events, things)| {
        json!({"id": format!("e{id}"), "role": null, "document": documents, "event": events, "thing": things})
    })
}

/// Versions mostly grow: each keeps a part of the one before.
fn templates(purpose: Purpose) -> impl Strategy<Value = Vec<Value>> {
    let step = (vec(element(), 0..3), any::<u8>());
    (vec(element(), 0..4), vec(step, 0..4)).prop_map(move |(first, steps)| {
        let mut elements = first;
        let mut templates = vec![json!({purpose.word(): elements})];
        for (added, kept) in steps {
            elements.retain(|element| kept & 3 != 0 || element["id"] == "e0");
            elements.extend(added);
            templates.push(json!({purpose.word(): elements}));
        }
        templates
    })
}

fn offer(code: i64) -> impl Strategy<Value = Offer> {
    let purpose = prop_oneof![Just(Purpose::Store), Just(Purpose::Share)];
    let deleted = prop_oneof![5 => Just(Vec::new()), 1 => vec(1..4_usize, 1)];
    purpose.prop_flat_map(templates_with).prop_flat_map(move |(purpose, templates)| {
        (Just(templates), proptest::sample::select(&ASSETS[..]), deleted.clone())
            .prop_map(move |(templates, asset, deleted)| Offer { code, purpose, asset, templates, deleted })
    })
}

fn templates_with(purpose: Purpose) -> impl Strategy<Value = (Purpose, Vec<Value>)> {
    templates(purpose).prop_map(move |templates| (purpose, templates))
}

fn exclusions() -> impl Strategy<Value = Exclusions> {
    let events = vec((code(DataKind::Event), vec(code(DataKind::Thing), 0..4)), 0..2);
    let fields = (vec(code(DataKind::Document), 0..2), events, vec(code(DataKind::Thing), 0..2));
    let some = fields.prop_map(|(documents, events, things)| Exclusions { documents, events, things });
    prop_oneof![Just(Exclusions::default()), some]
}

fn acts(versions: Vec<usize>) -> impl Strategy<Value = Vec<Act>> {
    let act = (0..versions.len(), any::<prop::sample::Index>(), exclusions(), 0..5_u8);
    let act = act.prop_map(move |(definition, version, exclusions, choice)| {
        if choice == 0 {
            Act::Withdraw { definition }
        } else {
            Act::Agree { definition, version: version.index(versions[definition]) + 1, exclusions }
        }
    });
    vec(act, 1..12)
}

fn clause() -> impl Strategy<Value = Value> {
    let named = |codes: &[i64]| {
        let all = codes.to_vec();
        let size = 0..=all.len();
        let some = subsequence(all, size);
        some.prop_map(|codes| codes.iter().map(|code| json!({"_value": code, "_ver": 1})).collect::<Vec<_>>())
    };
    (named(&[601, 602]), named(&ASSETS))
        .prop_map(|(regions, services)| json!({"region": regions, "service": services}))
}

/// A code of that kind: any, or rather one that a definition names.
fn meant(kind: DataKind, named: &[(i64, Datum)]) -> impl Strategy<Value = CodeVersion> + use<> {
    let of_kind: Vec<_> =
        named.iter().filter(|(_, datum)| datum.kind == kind).map(|(_, datum)| datum.code).collect();
    if of_kind.is_empty() {
        code(kind).boxed()
    } else {
        prop_oneof![1 => code(kind), 4 => proptest::sample::select(of_kind)].boxed()
    }
}

fn rule(kind: DataKind, named: &[(i64, Datum)]) -> impl Strategy<Value = Value> + use<> {
    (meant(kind, named), any::<bool>(), vec(clause(), 0..3)).prop_map(|(code, permits, clauses)| {
        let key = if permits { "permission" } else { "prohibition" };
        json!({"code": code, key: clauses})
    })
}

fn restriction(named: &[(i64, Datum)]) -> impl Strategy<Value = (i64, Value)> + use<> {
    let rules = |kind| vec(rule(kind, named), 0..4);
    let all = (rules(DataKind::Document), rules(DataKind::Event), rules(DataKind::Thing));
    let actor = prop_oneof![Just(401_i64), Just(402)];
    (actor, all).prop_map(|(actor, (documents, events, things))| {
        (actor, json!({"document": documents, "event": events, "thing": things}))
    })
}

fn question(named: &[(i64, Datum)]) -> impl Strategy<Value = Question> + use<> {
    let datum = prop_oneof![Just(DataKind::Document), Just(DataKind::Event), Just(DataKind::Thing)]
        .prop_flat_map(|kind| code(kind).prop_map(move |code| Datum::new(kind, code)));
    let any = (proptest::sample::select(&ASSETS[..]), datum).boxed();
    let about = if named.is_empty() {
        any
    } else {
        prop_oneof![1 => any, 4 => proptest::sample::select(named.to_vec())].boxed()
    };
    let stored_by = option::of(prop_oneof![Just(401_i64), Just(402), Just(403)]);
    (about, stored_by).prop_map(|((asset, datum), stored_by)| Question { asset, datum, stored_by })
}

/// Everything that any version of the definitions names, with whose definition it is.
fn named(definitions: &[Offer]) -> Vec<(i64, Datum)> {
    let mut named = Vec::new();
    for offer in definitions {
        let elements =
            offer.templates.iter().filter_map(|template| template[offer.purpose.word()].as_array());
        for element in elements.flatten() {
            let mut add = |kind: DataKind, item: &Value| {
                named.extend(
                    CodeVersion::read(&item["code"]).map(|code| (offer.asset, Datum::new(kind, code))),
                );
            };
            for kind in DataKind::ALL {
                element[kind.word()].as_array().into_iter().flatten().for_each(|item| add(kind, item));
            }
            for event in element["event"].as_array().into_iter().flatten() {
                event["thing"].as_array().into_iter().flatten().for_each(|item| add(DataKind::Thing, item));
            }
        }
    }
    named
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let offers = (offer(701), offer(702), offer(703), offer(704));
    offers.prop_flat_map(|(a, b, c, d)| {
        let definitions = vec![a, b, c, d];
        let versions: Vec<_> = definitions.iter().map(|offer| offer.templates.len()).collect();
        let all: Vec<_> = definitions
            .iter()
            .flat_map(|offer| (1_i64..=4).map(|version| CodeVersion::new(offer.code, version)))
            .collect();
        let announced = subsequence(all, 0..=16);
        let regions = subsequence(vec![601_i64, 602], 0..=2);
        let named = named(&definitions);
        let restrictions = vec(restriction(&named), 0..4);
        let rest = (acts(versions), restrictions, regions, announced, vec(question(&named), 4));
        rest.prop_map(move |(acts, restrictions, regions, announced, questions)| World {
            definitions: definitions.clone(),
            acts,
            restrictions,
            regions,
            announced,
            questions,
        })
    })
}
