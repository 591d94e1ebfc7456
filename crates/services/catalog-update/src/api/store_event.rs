//! Who is notified when data are stored (spec: catalog-update 4.8).
//!
//! A repeated request after a failure finds in the catalog what the first one made, and goes on from there.

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Incoming, Input, Member,
    fields::{Complaint, any, any_text, array, nested, number, one_of, strict_number, text, uuid},
};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, Session, Version};

use crate::{
    CatalogUpdate,
    attempt::Attempt,
    items::{actor_of, unreadable},
    refusal::Refusal,
};

/// Update-set entries that add and change an item.
const ADDITION: i64 = 1;
const CHANGE: i64 = 2;

/// The definition of a notification, as it is sent.
#[derive(Debug)]
struct Definition {
    /// The request as it is handed on.
    set: Value,
    entry: Entry,
}

#[derive(Debug)]
struct Entry {
    kind: Option<i64>,
    ns: String,
    name: Option<String>,
    code: Option<i64>,
    values: Vec<Value>,
}

/// A new definition.
#[derive(Debug)]
pub(super) struct New(Definition);

impl Input for New {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        read(incoming, ADDITION).map(Self)
    }
}

/// A definition that takes the place of another one.
#[derive(Debug)]
pub(super) struct Changed(Definition);

impl Input for Changed {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        read(incoming, CHANGE).map(Self)
    }
}

fn read(incoming: &Incoming, kind: i64) -> Result<Definition, ApiError> {
    super::check_object(incoming)?;
    let fields = incoming.fields();
    fields.optional("name", text);
    fields.optional("description", any_text);
    let entries = fields.required("catalog", array(|value| entry(value, kind == CHANGE)));
    fields.optional("isDraft", |value| value.as_bool().ok_or("真偽値ではありません".into()));
    let mut set = incoming.body().as_object().cloned().unwrap_or_default();
    set.shift_remove("isDraft");
    let entries = fields.build(|| entries)?;
    match <[Entry; 1]>::try_from(entries) {
        Ok([entry]) if entry.kind == Some(kind) => Ok(Definition { set: Value::Object(set), entry }),
        _ => Err(Refusal::Input("定義を一つだけ、追加ならtype 1、変更ならtype 2で指定してください").into()),
    }
}

fn entry(value: &Value, must_name: bool) -> Result<Entry, Complaint> {
    nested(value, |fields| {
        let kind = fields.optional("type", one_of(number, |kind| matches!(kind, 1..=3)));
        if must_name {
            fields.required("catalogCode", number);
        } else {
            fields.optional("catalogCode", strict_number);
        }
        let template = fields.required("template", |template| {
            nested(template, |fields| {
                let head = fields.required("catalogItem", |head| item_head(head, must_name));
                let values = fields.required("template", |template| {
                    nested(template, |fields| {
                        let values = fields.required("value", array(any));
                        fields.inside(|| values)
                    })
                });
                fields.inside(|| Some((head?, values?)))
            })
        });
        fields.inside(|| {
            let ((ns, name, code), values) = template?;
            Some(Entry { kind, ns, name, code, values })
        })
    })
}

type Head = (String, Option<String>, Option<i64>);

fn item_head(value: &Value, must_name: bool) -> Result<Head, Complaint> {
    let code = |value| {
        nested(value, |fields| {
            let code = fields.required("_value", number);
            fields.inside(|| code)
        })
    };
    nested(value, |fields| {
        let ns = fields.required("ns", text);
        let name = fields.optional("name", any_text);
        fields.optional("description", any_text);
        let own = if must_name { fields.required("_code", code) } else { fields.optional("_code", code) };
        fields.optional("inherit", code);
        fields.inside(|| Some((ns?, name, own)))
    })
}

/// Defines a notification. A draft is applied like any other. **Members of the provider.**
pub(super) async fn define(
    State(service): State<CatalogUpdate>,
    call: Call<Member, New>,
) -> Result<Json<Value>, ApiError> {
    let (session, New(definition)) = (call.who.0, call.input);
    let shares = check(&service, &session, &definition).await?;
    if let Some(earlier) = made_before(&service, &session, &definition.entry, &shares).await? {
        let told = announce(&service, &session, earlier, &shares).await?;
        Attempt::forget(&service, &session, "store-event", &definition.set).await?;
        return Ok(told);
    }
    let attempt = Attempt::begin(&service, &session, "store-event", &definition.set).await?;
    // Another one may have come to its end since; from here on, whoever asks for the same shares the attempt.
    let notification = match made_before(&service, &session, &definition.entry, &shares).await? {
        Some(earlier) => earlier,
        None => made(&attempt.apply(&service, &session).await?)?,
    };
    finish(&service, &session, attempt, notification, &shares).await
}

/// Changes a notification. A draft is applied like any other. **Members of the provider.**
pub(super) async fn change(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Changed>,
) -> Result<Json<Value>, ApiError> {
    let (session, Changed(definition)) = (call.who.0, call.input);
    let shares = check(&service, &session, &definition).await?;
    // The catalog makes each version once: a repeated request goes on where the books were not told.
    let attempt = Attempt::begin(&service, &session, "store-event", &definition.set).await?;
    let notification = made(&attempt.apply(&service, &session).await?)?;
    finish(&service, &session, attempt, notification, &shares).await
}

/// Tells the books and ends the attempt. Of two at once both may have told them the same, and one has ended it.
async fn finish(
    service: &CatalogUpdate,
    session: &Session,
    attempt: Attempt,
    notification: CodeVersion,
    shares: &[Shared],
) -> Result<Json<Value>, ApiError> {
    let told = announce(service, session, notification, shares).await?;
    let tx = service.ground.store.write().await?;
    attempt.end(&tx).await?;
    tx.commit().await?;
    Ok(told)
}

/// The item that an update set made.
fn made(set: &Value) -> Result<CodeVersion, ApiError> {
    let made = CodeVersion::read(&set["catalog"][0]["template"]["catalogItem"]["_code"]);
    made.ok_or_else(|| Refusal::Input("通知の定義が登録されませんでした").into())
}

/// The same notification, when an earlier attempt could not tell the books of it.
async fn made_before(
    service: &CatalogUpdate,
    session: &Session,
    entry: &Entry,
    shares: &[Shared],
) -> Result<Option<CodeVersion>, ApiError> {
    let there = service.items_in(session, &entry.ns).await?;
    let same = there.iter().find(|item| {
        let said = item.get("notification").and_then(Value::as_array);
        let said: Option<Vec<_>> = said.into_iter().flatten().map(rendered).collect();
        item.head.name == entry.name && said.as_deref() == Some(shares)
    });
    Ok(same.map(|item| item.head.code))
}

/// What a notification of the catalog says about sharing.
fn rendered(value: &Value) -> Option<Shared> {
    let definitions = value["id"].as_array()?.iter().map(|id| id.as_str().map(str::to_owned));
    Some(Shared {
        code: CodeVersion::read(&value["share"])?,
        definitions: definitions.collect::<Option<_>>()?,
    })
}

/// Some definitions of sharing that a notification is about.
#[derive(Debug, PartialEq, Eq)]
struct Shared {
    code: CodeVersion,
    definitions: Vec<String>,
}

/// Checks that the definition is the actor's own and names definitions of sharing that exist.
async fn check(
    service: &CatalogUpdate,
    session: &Session,
    definition: &Definition,
) -> Result<Vec<Shared>, ApiError> {
    let actor = actor_of(session)?;
    let ext_name = service.catalog.ext_name(session).await.map_err(|failure| unreadable(&failure))?;
    let own = format!("catalog/ext/{ext_name}/actor/app/actor_{}/share/notification", actor.value);
    let entry = &definition.entry;
    if entry.ns != own {
        return Err(Refusal::Namespace(entry.ns.clone()).into());
    }
    if entry.kind == Some(CHANGE) {
        let newest = service.item(session, Code(entry.code.unwrap_or_default())).await?;
        if newest.head.ns != own {
            return Err(Refusal::Namespace(newest.head.ns).into());
        }
    }
    let shares = shares(&entry.values)?;
    for share in &shares {
        let (code, version) = (share.code.value, share.code.ver);
        if !shares_any(service, session, (code, version), &share.definitions).await? {
            return Err(Refusal::NotShared(code).into());
        }
    }
    Ok(shares)
}

/// What the values of a notification say about sharing.
fn shares(values: &[Value]) -> Result<Vec<Shared>, Refusal> {
    let named = values.iter().filter(|entry| entry["key"] == "notification");
    let shares: Vec<_> =
        named.map(|entry| shared(&entry["value"]).ok_or(NO_SHARE)).collect::<Result<_, _>>()?;
    if shares.is_empty() { Err(NO_SHARE) } else { Ok(shares) }
}

const NO_SHARE: Refusal = Refusal::Input("通知の対象の共有定義とそのidを指定してください");

fn shared(values: &Value) -> Option<Shared> {
    let value = |list: &Value, key: &str| {
        let list = list.as_array()?;
        list.iter().find(|entry| entry["key"] == key).map(|entry| entry["value"].clone())
    };
    let share = value(values, "share")?;
    let members = ["_value", "_ver"].map(|key| (key.to_owned(), value(&share, key).unwrap_or_default()));
    let code = CodeVersion::read(&Value::Object(Map::from_iter(members)))?;
    let ids = value(values, "id")?;
    let definitions: Vec<_> = ids.as_array()?.iter().map(uuid).collect::<Result<_, _>>().ok()?;
    (!definitions.is_empty()).then_some(Shared { code, definitions })
}

async fn shares_any(
    service: &CatalogUpdate,
    session: &Session,
    (code, version): (Code, Version),
    definitions: &[String],
) -> Result<bool, Refusal> {
    let item = service.item_at(session, code, version).await?;
    let shares = item.get("share").and_then(Value::as_array);
    let mut ids = shares.into_iter().flatten().filter_map(|share| share["id"].as_str());
    Ok(ids.any(|id| definitions.iter().any(|definition| definition == id)))
}

/// Tells the books, which put it in the place of what they had.
async fn announce(
    service: &CatalogUpdate,
    session: &Session,
    notification: CodeVersion,
    shares: &[Shared],
) -> Result<Json<Value>, ApiError> {
    for share in shares {
        let told =
            service.books.notify_of_stores(session, notification, share.code, &share.definitions).await;
        told.map_err(|failure| {
            tracing::warn!(%failure, "the books were not told of a notification");
            Refusal::Books
        })?;
    }
    Ok(Json(json!({"response": "success"})))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "507bff6c-4842-c3d2-a288-df88698d446e";

    fn notification(code: &Value, ids: &Value) -> Value {
        let share = json!([{"key": "_value", "value": code}, {"key": "_ver", "value": 1}]);
        json!([{"key": "notification", "value": [{"key": "share", "value": share}, {"key": "id", "value": ids}]}])
    }

    fn read(values: &Value) -> Result<Vec<Shared>, Refusal> {
        shares(values.as_array().map(Vec::as_slice).unwrap_or_default())
    }

    #[test]
    fn a_notification_names_a_share_and_its_definitions() {
        let expected = Shared { code: CodeVersion::new(5, 1), definitions: vec![ID.to_owned()] };
        assert_eq!(read(&notification(&json!(5), &json!([ID]))), Ok(vec![expected]));
    }

    #[test]
    fn a_notification_that_names_too_little_is_refused() {
        let bad = [
            json!([]),
            json!([{"key": "other", "value": 1}, 7, null]),
            json!([{"key": "notification", "value": null}]),
            notification(&Value::Null, &json!([ID])),
            notification(&json!(5), &json!([])),
            notification(&json!(5), &json!(["no uuid"])),
            notification(&json!(5), &json!(ID)),
        ];
        for values in bad {
            assert_eq!(read(&values), Err(NO_SHARE), "{values}");
        }
    }
}
