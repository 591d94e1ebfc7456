//! A thing: a value that belongs to an event (spec: book-operate 4.6).

use platform::{ApiError, Fields};
use serde_json::{Map, Value, json};
use vocabulary::CodeVersion;

use super::{Head, Purpose, present, storable_members};

#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) head: Head,
    /// The whole item as it came.
    pub(crate) item: Map<String, Value>,
}

impl Thing {
    pub(crate) fn read(object: &Map<String, Value>, purpose: Purpose) -> Result<Self, ApiError> {
        let item = Value::Object(object.clone());
        let fields = Fields::of(&item);
        present(&fields, &item, &["sourceId", "env"]);
        let head = Head::read(&fields, purpose);
        storable_members(&fields, object);
        fields.build(|| Some(Self { head: head?, item: object.clone() }))
    }
}

/// What changes answer for a stored thing; its codes are all that is true of it (spec: book-operate 4.5).
pub(crate) fn placeholder(code: CodeVersion, source_id: Option<&str>) -> Value {
    json!({
        "_code": code,
        "acquired_time": {"index": "4_2_2_4", "value": null},
        "code": {"index": "4_1_2", "value": code},
        "env": {"id": "", "code": {"_value": 1000058, "_ver": 1}},
        "id": {"index": "4_1_1", "value": null},
        "sourceId": source_id,
        "x-axis": {"index": "4_2_2_1", "value": null},
        "y-axis": {"index": "4_2_2_2", "value": null},
        "z-axis": {"index": "4_2_2_3", "value": null},
    })
}
