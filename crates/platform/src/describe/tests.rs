//! What is found out about inputs of all shapes.

use serde_json::{Value, json};

use super::Description;
use crate::{
    ApiError, Fields, Incoming, Input,
    fields::{
        array, boolean, code_version, instant, nested, number, object, one_of, strict_number, text, word,
    },
};

/// Says that an input is found to be this; each is a reader of its own.
macro_rules! read {
    ($name:ident, |$incoming:ident| $read:block) => {
        struct $name;

        impl Input for $name {
            fn read($incoming: &Incoming) -> Result<Self, ApiError> {
                $read
            }
        }
    };
}

fn body<I: Input>() -> Value {
    Description::of::<I>().body.unwrap_or_default()
}

read!(Order, |incoming| {
    if incoming.body().is_array() {
        return Err(ApiError::bad_request("no array"));
    }
    let fields = incoming.fields();
    fields.required("title", text);
    fields.optional("until", instant);
    fields.required("method", word(&["GET", "POST"]));
    fields.required(
        "items",
        array(|item| {
            nested(item, |fields| {
                fields.required("code", code_version);
                fields.optional("count", one_of(number, |count| count >= 1));
                fields.inside(|| Some(()))
            })
        }),
    );
    fields.optional("rest", object);
    fields.build(|| Some(Self))
});

#[test]
fn nested_objects_and_arrays_are_found_with_what_is_required() {
    let integer = json!({"type": "integer", "format": "int64"});
    let code = json!({
        "type": "object",
        "properties": {"_value": integer, "_ver": integer},
        "required": ["_value", "_ver"],
    });
    let item = json!({
        "type": "object",
        "properties": {"code": code, "count": {"type": "integer", "format": "int64", "minimum": 1}},
        "required": ["code"],
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "until": {"type": "string", "format": "date-time"},
            "method": {"type": "string", "enum": ["GET", "POST"]},
            "items": {"type": "array", "items": item},
            "rest": {"description": "kept as it comes"},
        },
        "required": ["title", "method", "items"],
    });
    assert_eq!(body::<Order>(), expected);
}

read!(Notice, |incoming| {
    let fields = incoming.fields();
    let kind = fields.required("type", one_of(number, |kind| (0..2).contains(&kind)));
    if kind == Some(1) {
        fields.required("approval", |value| {
            nested(value, |fields| {
                fields.required("by", text);
                fields.inside(|| Some(()))
            })
        });
    }
    let kind = fields.build(|| kind)?;
    // Read only after everything before was in order.
    let fields = incoming.fields();
    fields.optional("silent", boolean);
    fields.build(|| Some(Self)).map(|read| if kind == 7 { Self } else { read })
});

#[test]
fn fields_that_another_one_decides_on_are_found() {
    let found = body::<Notice>();
    assert_eq!(found["properties"]["type"]["enum"], json!([0, 1]));
    assert_eq!(found["properties"]["approval"]["properties"]["by"], json!({"type": "string"}));
    assert_eq!(found["properties"]["silent"], json!({"type": "boolean"}));
    // Not always: only with one of the types.
    assert_eq!(found["required"], json!(["type"]));
}

read!(Lists, |incoming| {
    // Made up by the code itself, and copied: it is still known where things stand.
    let whole = json!({"body": incoming.body()});
    let fields = Fields::of(&whole);
    fields.required(
        "body",
        array(|element| {
            nested(element, |fields| {
                fields.required("ids", array(text));
                fields.optional("own", |value| value.as_bool().ok_or("no".into()));
                fields.inside(|| Some(()))
            })
        }),
    );
    fields.build(|| Some(Self))
});

#[test]
fn an_array_may_be_the_body_and_rules_may_be_a_services_own() {
    let element = json!({
        "type": "object",
        "properties": {
            "ids": {"type": "array", "items": {"type": "string"}},
            "own": {"type": "boolean"},
        },
        "required": ["ids"],
    });
    assert_eq!(body::<Lists>(), json!({"type": "array", "items": element}));
}

read!(Raw, |incoming| {
    // Without rules: by looking at the value.
    let fields = incoming.fields();
    let head = fields.given("head").filter(|head| head.is_object());
    let head = Fields::of(head.ok_or_else(|| ApiError::bad_request("no head"))?);
    let _ = head.raw("name");
    let _ = head.whole();
    Ok(Self)
});

#[test]
fn what_is_read_without_a_rule_is_found_too() {
    let head = &body::<Raw>()["properties"]["head"];
    assert_eq!((&head["properties"]["name"], &head["additionalProperties"]), (&json!({}), &json!(true)));
}

read!(Page, |incoming| {
    let parameters = incoming.parameters();
    let fields = Fields::of(&parameters);
    fields.required("id", number);
    fields.optional("is_open", boolean);
    fields.build(|| Some(()))?;
    if incoming.query("from").is_some_and(str::is_empty) {
        return Err(ApiError::bad_request("empty"));
    }
    let _ = incoming.header("access-token");
    Ok(Self)
});

#[test]
fn parameters_and_headers_are_found_and_no_body() {
    let found = Description::of::<Page>();
    let shown =
        |name: &str| found.parameters.iter().find(|parameter| parameter.name == name).cloned().unwrap();
    assert!(shown("id").required && !shown("is_open").required && !shown("from").required);
    assert_eq!(shown("id").schema["type"], "integer");
    assert_eq!(shown("is_open").schema["type"], "boolean");
    assert_eq!((found.headers, found.body), (vec!["access-token".to_owned()], None));
}

read!(Chapter, |incoming| {
    fn chapter(value: &Value) -> Result<(), crate::fields::Complaint> {
        nested(value, |fields| {
            fields.required("title", text);
            fields.optional("chapters", array(chapter));
            fields.inside(|| Some(()))
        })
    }
    let fields = incoming.fields();
    fields.required("chapter", chapter);
    fields.required("never", |value| strict_number(value).and_then(|_| Err::<(), _>("never".into())));
    fields.build(|| Some(Self))
});

#[test]
fn things_of_their_own_kind_and_rules_that_accept_nothing_come_to_an_end() {
    let found = body::<Chapter>();
    assert_eq!(found["properties"]["chapter"]["properties"]["title"], json!({"type": "string"}));
    assert_eq!(found["properties"]["never"]["type"], "integer");
}
