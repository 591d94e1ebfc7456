//! The sentences of the spec (book-manage 4.1, 4.2.1-8), followed one by one over raw JSON and flat lists.

use std::collections::{BTreeMap, BTreeSet};

use book_manage::consent::{DataKind, Datum, Purpose};
use serde_json::Value;
use vocabulary::{Code, CodeVersion};

use super::world::{Act, Offer, World};

/// `(kind, value, version)`.
type Key = (DataKind, i64, i64);

/// A data-type entry: what it is about, and the flag.
type Entry = (Key, bool);

/// What a person's last word about a definition was.
struct Word {
    version: i64,
    entries: Vec<Entry>,
}

pub(crate) struct Model<'w> {
    world: &'w World,
    /// By definition, in the order of the first agreement; none after a withdrawal.
    words: Vec<(&'w Offer, Option<Word>)>,
    storing_actors: BTreeSet<i64>,
}

/// An element with what of it is permitted: its id, documents, events with things, and things alone.
pub(crate) type Permitted =
    (String, Vec<CodeVersion>, Vec<(CodeVersion, Vec<CodeVersion>)>, Vec<CodeVersion>);

/// The agreement that permits it, by the version that was agreed to.
type Listed = (CodeVersion, Permitted);

fn items<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    value[key].as_array().into_iter().flatten().collect()
}

fn pair(code: &Value) -> (i64, i64) {
    (code["_value"].as_i64().unwrap(), code["_ver"].as_i64().unwrap())
}

fn code(item: &Value) -> CodeVersion {
    let (value, ver) = pair(&item["code"]);
    CodeVersion::new(value, ver)
}

impl<'w> Model<'w> {
    pub(crate) fn of(world: &'w World) -> Self {
        let mut model = Self { world, words: Vec::new(), storing_actors: BTreeSet::new() };
        for act in &world.acts {
            model.hear(act);
        }
        model
    }

    fn hear(&mut self, act: &Act) {
        let (index, word) = match act {
            Act::Withdraw { definition } => (*definition, None),
            Act::Agree { definition, version, exclusions } => {
                let offer = &self.world.definitions[*definition];
                let mut entries = Vec::new();
                for element in items(&offer.templates[*version - 1], offer.purpose.word()) {
                    for document in items(element, "document") {
                        let flag = !exclusions.documents.contains(&code(document));
                        entries.push((key(DataKind::Document, document), flag));
                    }
                    for event in items(element, "event") {
                        for thing in items(event, "thing") {
                            let excluded = exclusions
                                .events
                                .iter()
                                .filter(|(excluded, _)| *excluded == code(event))
                                .any(|(_, things)| things.contains(&code(thing)));
                            entries.push((key(DataKind::Event, event), !excluded));
                            entries.push((key(DataKind::Thing, thing), !excluded));
                        }
                    }
                    if offer.purpose == Purpose::Share {
                        for thing in items(element, "thing") {
                            let flag = !exclusions.things.contains(&code(thing));
                            entries.push((key(DataKind::Thing, thing), flag));
                        }
                    }
                }
                if offer.purpose == Purpose::Store {
                    self.storing_actors.insert(offer.actor());
                }
                (*definition, Some(Word { version: i64::try_from(*version).unwrap(), entries }))
            }
        };
        let offer = &self.world.definitions[index];
        match self.words.iter_mut().find(|(known, _)| known.code == offer.code) {
            Some((_, known)) => *known = word,
            None if word.is_some() => self.words.push((offer, word)),
            None => {}
        }
    }

    fn agreements(&self, purpose: Purpose, asset: i64) -> Vec<(&'w Offer, &Word)> {
        let standing = self.words.iter().filter_map(|(offer, word)| Some((*offer, word.as_ref()?)));
        let about = standing.filter(|(offer, _)| offer.purpose == purpose && offer.asset == asset);
        // The SQL of E1 joins the data types: an agreement about nothing is not found.
        about.filter(|(_, word)| !word.entries.is_empty()).collect()
    }

    /// E4-2: the definitions remembered, or none for PROHIBIT.
    fn consent_check(&self, purpose: Purpose, asset: i64, code: CodeVersion) -> Option<BTreeSet<i64>> {
        let agreements = self.agreements(purpose, asset);
        let mut remembered = BTreeSet::new();
        let mut found = false;
        for (offer, word) in &agreements {
            let hits = word
                .entries
                .iter()
                .filter(|((_, value, ver), _)| (*value, *ver) == (code.value.0, code.ver.0));
            let hits: Vec<_> = hits.collect();
            if hits.is_empty() {
                continue;
            }
            found = true;
            if !allowed(&hits) {
                return None;
            }
            remembered.insert(offer.code);
        }
        if found {
            return Some(remembered);
        }
        for (offer, word) in &agreements {
            let mut by_version: BTreeMap<i64, Vec<&Entry>> = BTreeMap::new();
            for entry in word.entries.iter().filter(|((_, value, _), _)| *value == code.value.0) {
                by_version.entry(entry.0.2).or_default().push(entry);
            }
            let Some((_, hits)) = by_version.pop_last() else { continue };
            if !allowed(&hits) {
                return None;
            }
            remembered.insert(offer.code);
        }
        if remembered.is_empty() { None } else { Some(remembered) }
    }

    /// E3: the elements of the effective version, with the version.
    fn effective(
        &self,
        offer: &'w Offer,
        word: &Word,
        only_announced: bool,
    ) -> Option<(i64, Vec<&'w Value>)> {
        let has_notification =
            |version: i64| !only_announced || self.world.announces(CodeVersion::new(offer.code, version));
        let elements = |version: usize| items(&offer.templates[version - 1], offer.purpose.word());
        let consented = usize::try_from(word.version).unwrap();
        let mut history: Vec<usize> =
            offer.known_versions().filter(|version| *version >= consented).collect();
        history.sort_unstable();
        if !history.contains(&consented) {
            return None;
        }
        let mut chosen = consented;
        for next in history.into_iter().filter(|version| *version > consented) {
            let ids: BTreeSet<&str> =
                elements(chosen).iter().map(|element| element["id"].as_str().unwrap()).collect();
            let stops = elements(next)
                .into_iter()
                .filter(|element| !ids.contains(element["id"].as_str().unwrap()))
                .flat_map(|element| ["document", "event", "thing"].map(|kind| items(element, kind)))
                .flatten()
                .any(|item| truthy(&item["requireConsent"]));
            if stops {
                break;
            }
            if has_notification(i64::try_from(next).unwrap()) {
                chosen = next;
            }
        }
        let version = i64::try_from(chosen).unwrap();
        has_notification(version).then(|| (version, elements(chosen)))
    }

    pub(crate) fn may_store(&self, asset: i64, code: CodeVersion) -> bool {
        let Some(remembered) = self.consent_check(Purpose::Store, asset, code) else { return false };
        let wanted = (code.value.0, code.ver.0);
        self.agreements(Purpose::Store, asset)
            .into_iter()
            .filter(|(offer, _)| remembered.contains(&offer.code))
            .filter_map(|(offer, word)| self.effective(offer, word, false))
            .flat_map(|(_, elements)| elements)
            .flat_map(contents)
            .any(|((_, value, ver), _)| (value, ver) == wanted)
    }

    pub(crate) fn may_share(
        &self,
        asset: i64,
        datum: Datum,
        stored_by: Option<Code>,
        only_announced: bool,
    ) -> Option<Vec<Code>> {
        let remembered = self.consent_check(Purpose::Share, asset, datum.code)?;
        let wanted = (datum.kind, datum.code.value.0, datum.code.ver.0);
        let matching: Vec<Vec<i64>> = self
            .agreements(Purpose::Share, asset)
            .into_iter()
            .filter(|(offer, _)| remembered.contains(&offer.code))
            .filter_map(|(offer, word)| self.effective(offer, word, only_announced))
            .flat_map(|(_, elements)| elements.into_iter().flat_map(of_kind_in_order(datum.kind)))
            .filter(|(key, _)| *key == wanted)
            .map(|(_, sources)| sources)
            .collect();
        if matching.is_empty() {
            return None;
        }
        let mut sources = Vec::new();
        for source in matching.concat() {
            if !sources.contains(&Code(source)) {
                sources.push(Code(source));
            }
        }
        match stored_by {
            None => Some(sources),
            Some(actor) if !sources.is_empty() && !sources.contains(&actor) => None,
            Some(actor)
                if self.storing_actors.contains(&actor.0) && self.restricts(actor.0, wanted, asset) =>
            {
                None
            }
            Some(actor) => Some(vec![actor]),
        }
    }

    /// E5.
    fn restricts(&self, actor: i64, (kind, value, ver): Key, asset: i64) -> bool {
        let regions: BTreeSet<i64> = self.world.regions.iter().copied().collect();
        let set = |entry: &Value, key| -> BTreeSet<i64> {
            items(entry, key).into_iter().map(|code| pair(code).0).collect()
        };
        let catalogs = self.world.restrictions.iter().filter(|(whose, _)| *whose == actor);
        catalogs.map(|(_, template)| items(template, kind.word())).any(|rules| {
            let Some(rule) = rules.into_iter().find(|rule| pair(&rule["code"]) == (value, ver)) else {
                return false;
            };
            let permission = items(rule, "permission");
            if !permission.is_empty() {
                return permission.into_iter().any(|entry| {
                    let (its_regions, services) = (set(entry, "region"), set(entry, "service"));
                    match (its_regions.is_empty(), services.is_empty()) {
                        (false, _) => !regions.is_subset(&its_regions),
                        (true, false) => !services.contains(&asset),
                        (true, true) => false,
                    }
                });
            }
            items(rule, "prohibition").into_iter().any(|entry| {
                let its_regions = set(entry, "region");
                if its_regions.is_empty() {
                    set(entry, "service").contains(&asset)
                } else {
                    !its_regions.is_disjoint(&regions)
                }
            })
        })
    }

    /// 4.3.1-5.
    pub(crate) fn listed(&self, asset: i64) -> Vec<Listed> {
        let mut listed = Vec::new();
        for (offer, word) in self.agreements(Purpose::Share, asset) {
            let Some((_, elements)) = self.effective(offer, word, false) else { continue };
            for element in elements {
                let permitted = |kind, item: &&Value| {
                    self.may_share(asset, Datum::new(kind, code(item)), None, false).is_some()
                };
                let keep = |items: Vec<&Value>, kind| -> Vec<CodeVersion> {
                    items.into_iter().filter(|item| permitted(kind, item)).map(code).collect()
                };
                let documents = keep(items(element, "document"), DataKind::Document);
                let things = keep(items(element, "thing"), DataKind::Thing);
                let events = items(element, "event").into_iter();
                let events = events.map(|event| (code(event), keep(items(event, "thing"), DataKind::Thing)));
                let events: Vec<_> = events.filter(|(_, things)| !things.is_empty()).collect();
                if !(documents.is_empty() && events.is_empty() && things.is_empty()) {
                    let id = element["id"].as_str().unwrap().to_owned();
                    let agreed = CodeVersion::new(offer.code, word.version);
                    listed.push((agreed, (id, documents, events, things)));
                }
            }
        }
        listed
    }
}

fn key(kind: DataKind, item: &Value) -> Key {
    let (value, ver) = pair(&item["code"]);
    (kind, value, ver)
}

/// "First hit is a thing: no hit has consentFlag false; else: at least one hit has consentFlag true."
fn allowed(hits: &[&Entry]) -> bool {
    let first_is_thing = hits[0].0.0 == DataKind::Thing;
    let (yes, no) = (hits.iter().any(|hit| hit.1), hits.iter().any(|hit| !hit.1));
    if first_is_thing { !no } else { yes }
}

fn truthy(value: &Value) -> bool {
    !matches!(value, Value::Null) && *value != Value::Bool(false) && *value != 0 && *value != ""
}

fn sources(item: &Value) -> Vec<i64> {
    items(item, "sourceActor").into_iter().map(|actor| pair(actor).0).collect()
}

/// Everything an element contains with whose data are meant; of a thing under an event, the event's sources.
fn contents(element: &Value) -> Vec<(Key, Vec<i64>)> {
    let mut all = Vec::new();
    for kind in DataKind::ALL {
        for item in items(element, kind.word()) {
            all.push((key(kind, item), sources(item)));
        }
    }
    for event in items(element, "event") {
        for thing in items(event, "thing") {
            all.push((key(DataKind::Thing, thing), sources(event)));
        }
    }
    all
}

fn of_kind_in_order(kind: DataKind) -> impl Fn(&Value) -> Vec<(Key, Vec<i64>)> {
    move |element| contents(element).into_iter().filter(|((of, ..), _)| *of == kind).collect()
}
