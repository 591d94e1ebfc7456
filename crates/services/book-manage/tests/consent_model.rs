//! The consent engine against a naive model that follows the sentences of the spec (book-manage 4.1) over the raw JSON of
//! the catalog and a plain list of what the person said, for random catalogs, versions, agreements and withdrawals.
//!
//! `PXR_CONSENT_CASES` sets the number of random lives.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod consent;

use std::collections::BTreeMap;

use book_manage::consent::{
    Asset, Datum, Definition, Destination, Element, Operation, Purpose, Restriction, agreements, data_rows,
    may_share, may_store, prohibiting, settings,
};
use consent::{
    model::{Model, Permitted},
    world::{Act, Question, World, world},
};
use contract::catalog::Item;
use proptest::{
    prelude::ProptestConfig,
    prop_assert_eq,
    test_runner::{TestCaseError, TestRunner},
};
use vocabulary::{Code, CodeVersion};

/// What the tables would hold after the person's life, written and read with the engine's own functions.
struct Ours {
    operations: Vec<Operation>,
    history: BTreeMap<i64, Vec<Definition>>,
    storing: Vec<(Code, Vec<Restriction>)>,
}

impl Ours {
    fn of(world: &World) -> Self {
        let mut operations: Vec<Operation> = Vec::new();
        for act in &world.acts {
            match act {
                Act::Agree { definition, version, exclusions } => {
                    let offer = &world.definitions[*definition];
                    let read = Definition::read(&offer.item(*version), offer.purpose).unwrap();
                    let rows = data_rows(offer.purpose, &read, exclusions);
                    let known = operations.iter_mut().find(|known| known.definition.value == read.code.value);
                    if let Some(known) = known {
                        known.rows.iter_mut().for_each(|row| row.is_disabled = true);
                        known.rows.extend(rows);
                        (known.definition, known.is_disabled) = (read.code, false);
                    } else {
                        operations.push(Operation {
                            id: i64::try_from(operations.len()).unwrap() + 1,
                            purpose: offer.purpose,
                            actor: CodeVersion::new(offer.actor(), 1),
                            asset: CodeVersion::new(offer.asset, 1),
                            definition: read.code,
                            is_disabled: false,
                            rows,
                        });
                    }
                }
                Act::Withdraw { definition } => {
                    let code = world.definitions[*definition].code;
                    let known = operations.iter_mut().find(|known| known.definition.value.0 == code);
                    if let Some(known) = known {
                        known.is_disabled = true;
                        known.rows.iter_mut().for_each(|row| row.is_disabled = true);
                    }
                }
            }
        }
        let read = |item: Item, purpose| Definition::read(&item, purpose).unwrap();
        let history = world.definitions.iter().map(|offer| {
            let versions = offer.known_versions().map(|version| read(offer.item(version), offer.purpose));
            (offer.code, versions.collect())
        });
        let mut storing: Vec<(Code, Vec<Restriction>)> = Vec::new();
        for operation in operations.iter().filter(|operation| operation.purpose == Purpose::Store) {
            let actor = operation.actor.value;
            if storing.iter().all(|(known, _)| *known != actor) {
                let items = world.restrictions_of(actor.0);
                let read = items.iter().map(|item| Restriction::read(item).unwrap());
                storing.push((actor, read.collect()));
            }
        }
        Self { history: history.collect(), operations, storing }
    }

    fn assets(&self, purpose: Purpose, counts: impl Fn(CodeVersion) -> bool) -> Vec<Asset> {
        let mut assets = agreements(purpose, &self.operations);
        for agreement in assets.iter_mut().flat_map(|asset| &mut asset.agreements) {
            let history = &self.history[&agreement.agreed.value.0];
            let from: Vec<_> =
                history.iter().filter(|version| version.code.ver >= agreement.agreed.ver).cloned().collect();
            agreement.reach(&from, &counts);
        }
        assets
    }
}

fn shown(element: &Element) -> Permitted {
    let codes = |wanted: &[book_manage::consent::Wanted]| wanted.iter().map(|one| one.code).collect();
    let events = element.events.iter().map(|event| (event.code, event.things.clone())).collect();
    (element.id.clone(), codes(&element.documents), events, codes(&element.things))
}

fn agree_on(world: &World) -> Result<(), TestCaseError> {
    let (ours, model) = (Ours::of(world), Model::of(world));
    let store = ours.assets(Purpose::Store, |_| true);
    let share = ours.assets(Purpose::Share, |_| true);
    let announced = ours.assets(Purpose::Share, |version| world.announces(version));
    for Question { asset, datum, stored_by } in &world.questions {
        let code = datum.code;
        let about = |assets| Asset::about(assets, Code(*asset)).to_vec();
        prop_assert_eq!(may_store(&about(&store), code), model.may_store(*asset, code), "store {:?}", code);
        let to =
            Destination { asset: Code(*asset), regions: world.regions.iter().copied().map(Code).collect() };
        let forbid = prohibiting(&ours.storing, *datum, &to);
        let stored_by = stored_by.map(Code);
        for (assets, only_announced) in [(&share, false), (&announced, true)] {
            let found =
                may_share(&about(assets), *datum, stored_by, &forbid).map(|permission| permission.sources);
            let expected = model.may_share(*asset, *datum, stored_by, only_announced);
            prop_assert_eq!(found, expected, "share {:?} of {:?}, {}", datum, stored_by, only_announced);
        }
        let listed = about(&share);
        let listed = settings(&listed, |datum: Datum| may_share(&listed, datum, None, &[]).is_some());
        let listed: Vec<_> =
            listed.iter().map(|(agreement, element)| (agreement.agreed, shown(element))).collect();
        prop_assert_eq!(listed, model.listed(*asset));
    }
    Ok(())
}

#[test]
fn the_engine_decides_as_the_sentences_of_the_spec_do() {
    let cases = std::env::var("PXR_CONSENT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config).run(&world(), |world| agree_on(&world)).unwrap();
}

/// The random lives must reach both sides of every decision, or agreement says nothing.
#[test]
fn the_random_lives_hold_every_outcome() {
    use proptest::strategy::{Strategy, ValueTree};

    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..400 {
        let world = world().new_tree(&mut runner).unwrap().current();
        let model = Model::of(&world);
        for Question { asset, datum, stored_by } in &world.questions {
            let stored = if model.may_store(*asset, datum.code) { "stored" } else { "not stored" };
            *seen.entry(stored).or_default() += 1;
            let anybody = model.may_share(*asset, *datum, None, false);
            let outcome = match (&anybody, stored_by) {
                (None, _) => "not shared",
                (Some(sources), None) if sources.is_empty() => "shared from anybody",
                (Some(_), None) => "shared from some",
                (Some(sources), Some(by)) => match model.may_share(*asset, *datum, Some(Code(*by)), false) {
                    Some(_) => "shared from the asked one",
                    None if sources.is_empty() || sources.contains(&Code(*by)) => "prohibited by the source",
                    None => "not from the asked one",
                },
            };
            *seen.entry(outcome).or_default() += 1;
            if anybody.is_some() && model.may_share(*asset, *datum, None, true).is_none() {
                *seen.entry("not announced").or_default() += 1;
            }
        }
    }
    let enough = seen.values().all(|count| *count >= 5);
    assert!(seen.len() == 9 && enough, "{seen:?}");
}
