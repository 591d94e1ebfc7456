//! An event (spec: book-operate 4.5).

use platform::{ApiError, Fields};
use serde_json::{Map, Value};
use vocabulary::Instant;

use super::{
    Head, Purpose,
    member::{column_text, optional_value_of, value_of},
    moment, present, storable_members,
};

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) head: Head,
    pub(crate) start: Option<Instant>,
    pub(crate) end: Option<Instant>,
    pub(crate) location: Option<String>,
    /// The whole item as it came.
    pub(crate) item: Map<String, Value>,
}

impl Event {
    pub(crate) fn read(object: &Map<String, Value>, purpose: Purpose) -> Result<Self, ApiError> {
        let item = Value::Object(object.clone());
        let fields = Fields::of(&item);
        present(&fields, &item, &["start", "end", "location", "sourceId", "env", "thing"]);
        let user = fields.required("userId", value_of(|value| Ok(value.clone())));
        let head = Head::read(&fields, purpose);
        let start = fields.optional("start", optional_value_of(moment)).flatten();
        let end = fields.optional("end", optional_value_of(moment)).flatten();
        let location = fields.optional("location", optional_value_of(column_text)).flatten();
        storable_members(&fields, object);
        fields.build(|| {
            user?;
            Some(Self { head: head?, start, end, location, item: object.clone() })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(in crate::items) fn event(id: Value) -> Value {
        json!({
            "id": {"index": "3_1_1", "value": id},
            "code": {"index": "3_1_2", "value": {"_value": "1000008", "_ver": 1}},
            "start": {"index": "3_2_1", "value": null}, "end": {"index": "3_2_2", "value": null},
            "location": {"index": "3_3_1", "value": null}, "sourceId": null, "env": null,
            "app": {"code": {"value": {"_value": 4, "_ver": 1}}, "app": {"value": {"_value": 7, "_ver": 1}}},
            "wf": null, "thing": null, "userId": {"index": "3_6_1", "value": "u"}
        })
    }

    fn refused(item: &Value, purpose: Purpose) -> Vec<String> {
        match Event::read(item.as_object().unwrap(), purpose) {
            Err(ApiError::Fields(reasons)) => reasons.into_iter().map(|reason| reason.property).collect(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn null_values_and_codes_as_texts_are_fine() {
        let read = Event::read(event(Value::Null).as_object().unwrap(), Purpose::Add).unwrap();
        assert_eq!((read.head.code.value.0, read.start, read.location), (1000008, None, None));
    }

    #[test]
    fn every_missing_member_is_named() {
        for name in ["id", "code", "start", "end", "location", "sourceId", "env", "app", "thing", "userId"] {
            let mut item = event(Value::Null);
            item.as_object_mut().unwrap().remove(name);
            assert_eq!(refused(&item, Purpose::Add), [name]);
        }
    }

    #[test]
    fn a_new_event_has_no_identifier_and_a_changed_one_has() {
        assert_eq!(refused(&event(json!("x")), Purpose::Add), ["id"]);
        assert_eq!(refused(&event(Value::Null), Purpose::Change), ["value"]);
        assert_eq!(refused(&event(json!("x")), Purpose::Change), [""; 0]);
    }

    #[test]
    fn broken_members_of_any_shape_are_named() {
        for (name, value, named) in [
            ("code", json!(1), "code"),
            ("code", json!({"value": {"_value": "x", "_ver": 1}}), "_value"),
            ("start", json!({"value": "soon"}), "value"),
            ("start", json!([]), "start"),
            ("location", json!({"value": "x".repeat(256)}), "value"),
            ("sourceId", json!({}), "sourceId"),
            ("app", json!({"code": null}), "code"),
            ("wf", json!({}), "wf"),
            ("more", json!({"index": "3_9", "value": "a\u{0}"}), "more"),
        ] {
            let mut item = event(Value::Null);
            item[name] = value;
            assert_eq!(refused(&item, Purpose::Add).first().map(String::as_str), Some(named));
        }
    }
}
