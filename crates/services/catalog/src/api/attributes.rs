//! The attributes of items: objects and tags (spec: catalog 4.9).

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Fields, Incoming, Input, Member, Reason,
    fields::{Complaint, any, any_text, array, code_version, nested, number, object},
};
use serde_json::{Map, Value};

use super::object as whole_object;
use crate::{
    Catalog,
    codes::Kind,
    ownership::{Touched, Writer},
    refusal::Refusal,
    register,
    rendering::arranged,
    store,
};

#[derive(Debug)]
pub(crate) struct NewAttribute {
    code: i64,
    attribute: Value,
}

impl Input for NewAttribute {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = whole_object(incoming)?;
        let code = fields.required("code", |value| {
            number(value)
                .map_err(|_| Complaint::Inside(vec![Reason::new("code", Value::Null, "数値ではありません")]))
        });
        let attribute = fields.required("attribute", attribute);
        fields.build(|| Some(Self { code: code?, attribute: attribute? }))
    }
}

/// The objects and tags of an item as they are stored and shown: both lists named, further members kept.
pub(super) fn attribute(value: &Value) -> Result<Value, Complaint> {
    let given = object(value)?;
    nested(value, |fields: &Fields<'_>| {
        fields.optional("objects", array(attribute_object));
        fields.optional("tags", array(tag));
        let list = |name| fields.raw(name).cloned().unwrap_or_default();
        let mut attribute = Map::new();
        attribute.insert("objects".to_owned(), list("objects"));
        attribute.insert("tags".to_owned(), list("tags"));
        for (name, value) in given {
            attribute.entry(name).or_insert(value);
        }
        fields.inside(|| Some(Value::Object(attribute)))
    })
}

fn attribute_object(value: &Value) -> Result<(), Complaint> {
    nested(value, |fields: &Fields<'_>| {
        fields.optional("key", code_version);
        fields.optional("value", |value| {
            nested(value, |fields: &Fields<'_>| {
                fields.optional("company", code_version);
                fields.optional("manufacturing-name", any_text);
                fields.optional("model-number", any_text);
                fields.inside(|| Some(()))
            })
        });
        fields.optional("description", any);
        fields.inside(|| Some(()))
    })
}

fn tag(value: &Value) -> Result<(), Complaint> {
    nested(value, |fields: &Fields<'_>| {
        fields.optional("ns", any_text);
        fields.optional("values", array(code_version));
        fields.inside(|| Some(()))
    })
}

/// Replaces the attributes of the newest version of an item. **Members; of other blocks, those whose actor it is.**
pub(crate) async fn replace(
    State(service): State<Catalog>,
    call: Call<Member, NewAttribute>,
) -> Result<Json<Value>, ApiError> {
    let NewAttribute { code, attribute } = call.input;
    let (tx, author) = service.changing(&call.who.0).await?;
    let row = store::newest(&tx, code).await?.ok_or(Refusal::ItemNotFound)?;
    let writer = Writer::of_call(&tx, &service, &call.who.0, &call.incoming).await?;
    writer.check(&tx, Kind::Ext, &Touched::item(Some(code), None)).await?;
    let row = register::replace_attributes(&tx, row, &attribute, &author).await?;
    let answer = store::render_now(&tx, &row).await?;
    tx.commit().await?;
    Ok(Json(arranged(answer)))
}
