//! Which share definition of the receiver covers what is given (spec: book-operate 4.11 rule 4).

use contract::catalog::Item;
use serde_json::Value;
use vocabulary::{Code, CodeVersion};

/// What is given, by kinds.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) documents: Vec<CodeVersion>,
    pub(crate) events: Vec<CodeVersion>,
    pub(crate) things: Vec<CodeVersion>,
}

/// The first definition with an element that names every code given.
pub(crate) fn covering(definitions: &[Item], given: &Given) -> Option<Code> {
    let covers = |element: &Value| {
        names_all(element, "document", &given.documents)
            && names_all(element, "event", &given.events)
            && names_all(element, "thing", &given.things)
    };
    let found = definitions.iter().find(|definition| {
        let elements = definition.get("share").and_then(Value::as_array);
        elements.is_some_and(|elements| elements.iter().any(covers))
    });
    found.map(|definition| definition.head.code.value)
}

fn names_all(element: &Value, kind: &str, codes: &[CodeVersion]) -> bool {
    let named = element.get(kind).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named: Vec<_> = named.iter().filter_map(|one| CodeVersion::read(one.get("code")?)).collect();
    codes.iter().all(|code| named.contains(code))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition(code: i64, share: Value) -> Item {
        serde_json::from_value(json!({
            "catalogItem": {"ns": "share", "_code": {"_value": code, "_ver": 1}}, "template": {"share": share}
        }))
        .unwrap()
    }

    fn one(code: i64) -> Value {
        json!([{"code": {"_value": code, "_ver": 1}}])
    }

    #[test]
    fn a_definition_covers_only_what_one_of_its_elements_names() {
        let split = definition(1, json!([{"event": one(8)}, {"thing": one(9)}]));
        let whole = definition(2, json!([{"event": one(8), "thing": one(9)}]));
        let given = |events: &[i64], things: &[i64]| Given {
            events: events.iter().map(|code| CodeVersion::new(*code, 1)).collect(),
            things: things.iter().map(|code| CodeVersion::new(*code, 1)).collect(),
            ..Given::default()
        };
        let definitions = [split, whole, definition(3, Value::Null)];
        assert_eq!(covering(&definitions, &given(&[8], &[9])), Some(Code(2)));
        assert_eq!(covering(&definitions, &given(&[8], &[])), Some(Code(1)));
        assert_eq!(covering(&definitions, &given(&[7], &[])), None);
    }
}
