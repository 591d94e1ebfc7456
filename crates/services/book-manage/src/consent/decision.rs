//! May this be stored, may this be shared (spec: E4).

use vocabulary::{Code, CodeVersion};

use super::{Agreement, Consent, DataKind, Datum, Definition};

/// A permission to share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The actors whose data may be shared; anybody's when empty.
    pub sources: Vec<Code>,
}

/// Whether an application may store a kind of data, given what the person agreed to about this application.
#[must_use]
pub fn may_store(agreements: &[Agreement], code: CodeVersion) -> bool {
    let Some(agreed) = agreed_definitions(agreements, code) else { return false };
    effective(agreements, &agreed).any(|definition| definition.names(code))
}

/// Whether an application may receive a kind of data, and from whom, given what the person agreed to about
/// this application. `stored_by` asks about one source; `prohibiting` are the actors that forbid it themselves.
#[must_use]
pub fn may_share(
    agreements: &[Agreement],
    datum: Datum,
    stored_by: Option<Code>,
    prohibiting: &[Code],
) -> Option<Permission> {
    let agreed = agreed_definitions(agreements, datum.code)?;
    let asking: Vec<_> =
        effective(agreements, &agreed).flat_map(|definition| definition.wanting(datum)).collect();
    if asking.is_empty() {
        return None;
    }
    let mut sources: Vec<Code> = Vec::new();
    for source in asking.iter().flat_map(|wanted| &wanted.sources) {
        if !sources.contains(&source.value) {
            sources.push(source.value);
        }
    }
    let Some(stored_by) = stored_by else { return Some(Permission { sources }) };
    let is_source = sources.is_empty() || sources.contains(&stored_by);
    (is_source && !prohibiting.contains(&stored_by)).then(|| Permission { sources: vec![stored_by] })
}

/// The definitions under which the person said yes to a code; none when the person did not, or said no anywhere.
///
/// A word about the very version counts; only where there is none at all, a word about the highest other
/// version of the code does, too: a new version of a kind of data needs no new consent.
fn agreed_definitions(agreements: &[Agreement], code: CodeVersion) -> Option<Vec<Code>> {
    let exact = |agreement: &Agreement| hits(agreement, |consent| consent.datum.code == code);
    let agreed = unanimous(agreements, exact)?;
    if !agreed.is_empty() {
        return Some(agreed);
    }
    let newest = |agreement: &Agreement| {
        let same = |consent: &Consent| consent.datum.code.value == code.value;
        let versions = agreement.consents.iter().filter(|consent| same(consent));
        let highest = versions.map(|consent| consent.datum.code.ver).max();
        hits(agreement, |consent| same(consent) && Some(consent.datum.code.ver) == highest)
    };
    unanimous(agreements, newest).filter(|agreed| !agreed.is_empty())
}

fn hits(agreement: &Agreement, is_hit: impl Fn(&Consent) -> bool) -> Vec<Consent> {
    agreement.consents.iter().copied().filter(|consent| is_hit(consent)).collect()
}

/// The definitions of the agreements that have hits, or none as soon as one of them says no.
fn unanimous(agreements: &[Agreement], hits: impl Fn(&Agreement) -> Vec<Consent>) -> Option<Vec<Code>> {
    let mut agreed = Vec::new();
    for agreement in agreements {
        let hits = hits(agreement);
        if hits.is_empty() {
            continue;
        }
        if !is_yes(&hits) {
            return None;
        }
        agreed.push(agreement.agreed.value);
    }
    Some(agreed)
}

/// A thing that is excluded anywhere is excluded. An event has a word for each of its things: one yes is enough.
fn is_yes(hits: &[Consent]) -> bool {
    if hits.first().is_some_and(|hit| hit.datum.kind == DataKind::Thing) {
        hits.iter().all(|hit| hit.is_allowed)
    } else {
        hits.iter().any(|hit| hit.is_allowed)
    }
}

fn effective<'a>(agreements: &'a [Agreement], codes: &'a [Code]) -> impl Iterator<Item = &'a Definition> {
    let definitions = agreements.iter().filter_map(|agreement| agreement.effective.as_ref());
    definitions.filter(|definition| codes.contains(&definition.code.value))
}

/// The things that the definitions name under any of these events, each once.
#[must_use]
pub fn things_of(agreements: &[Agreement], events: &[CodeVersion]) -> Vec<CodeVersion> {
    let mut things = Vec::new();
    for event in events {
        let definitions = agreements.iter().filter_map(|agreement| agreement.effective.as_ref());
        let wanting =
            definitions.flat_map(|definition| definition.wanting(Datum::new(DataKind::Event, *event)));
        for thing in wanting.flat_map(|event| &event.things) {
            if !things.contains(thing) {
                things.push(*thing);
            }
        }
    }
    things
}
