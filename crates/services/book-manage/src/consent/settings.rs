//! All that is permitted, element by element (spec: book-manage 4.2.2-5, 4.3.1-5).

use super::{Agreement, DataKind, Datum, Element, Wanted};

/// The elements of the effective definitions with what of them is permitted. Events without a permitted thing
/// and elements without anything are left out.
pub fn settings(agreements: &[Agreement], permits: impl Fn(Datum) -> bool) -> Vec<(&Agreement, Element)> {
    let mut shown = Vec::new();
    for agreement in agreements {
        let elements = agreement.effective.iter().flat_map(|definition| &definition.elements);
        let permitted = elements.filter_map(|element| permitted(element, &permits));
        shown.extend(permitted.map(|element| (agreement, element)));
    }
    shown
}

fn permitted(element: &Element, permits: &impl Fn(Datum) -> bool) -> Option<Element> {
    let only = |kind: DataKind, all: &[Wanted]| -> Vec<Wanted> {
        all.iter().filter(|wanted| permits(Datum::new(kind, wanted.code))).cloned().collect()
    };
    let with_things = |event: &Wanted| {
        let things = event.things.iter().copied();
        let things: Vec<_> = things.filter(|thing| permits(Datum::new(DataKind::Thing, *thing))).collect();
        (!things.is_empty()).then(|| Wanted { things, ..event.clone() })
    };
    let permitted = Element {
        id: element.id.clone(),
        documents: only(DataKind::Document, &element.documents),
        events: element.events.iter().filter_map(with_things).collect(),
        things: only(DataKind::Thing, &element.things),
    };
    let is_empty =
        permitted.documents.is_empty() && permitted.events.is_empty() && permitted.things.is_empty();
    (!is_empty).then_some(permitted)
}
