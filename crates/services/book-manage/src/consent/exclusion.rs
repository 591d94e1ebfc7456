//! What a person leaves out when agreeing, and the rows that an agreement becomes (spec: book-manage 4.2.1-8, 4.3.3-6).

use vocabulary::CodeVersion;

use super::{DataRow, Definition, Purpose, Wanted};

/// The kinds of data that a person excludes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exclusions {
    pub documents: Vec<CodeVersion>,
    /// Events with the things of them that are excluded.
    pub events: Vec<(CodeVersion, Vec<CodeVersion>)>,
    pub things: Vec<CodeVersion>,
}

impl Exclusions {
    fn excludes(&self, event: CodeVersion, thing: CodeVersion) -> bool {
        self.events.iter().any(|(code, things)| *code == event && things.contains(&thing))
    }
}

/// One row for each document, for each thing under an event, and, when sharing, for each thing alone.
#[must_use]
pub fn data_rows(purpose: Purpose, definition: &Definition, exclusions: &Exclusions) -> Vec<DataRow> {
    let mut rows = Vec::new();
    for element in &definition.elements {
        let row = |is_allowed| DataRow { element: element.id.clone(), is_allowed, ..DataRow::default() };
        for Wanted { code, .. } in &element.documents {
            rows.push(DataRow { document: Some(*code), ..row(!exclusions.documents.contains(code)) });
        }
        for event in &element.events {
            for thing in &event.things {
                let is_allowed = !exclusions.excludes(event.code, *thing);
                rows.push(DataRow { event: Some(event.code), thing: Some(*thing), ..row(is_allowed) });
            }
        }
        let things = if purpose == Purpose::Share { element.things.as_slice() } else { &[] };
        for Wanted { code, .. } in things {
            rows.push(DataRow { thing: Some(*code), ..row(!exclusions.things.contains(code)) });
        }
    }
    rows
}
