//! What a search looks through: the newest versions of all items.

use std::collections::HashMap;

use platform::ApiError;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use serde_json::Value;

use super::{among, catalog_item, catalog_item_attribute, load::parsed, namespaces_by_id};
use crate::{register::number, search::Document};

/// Id, code, namespace, name and description; never the rendered answer, which is far longer.
type Head = (i64, i64, Option<i64>, Option<String>, Option<String>);

/// The newest registered versions.
fn newest() -> Select<catalog_item::Entity> {
    catalog_item::Entity::find()
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .filter(catalog_item::Column::IsReserved.eq(false))
        .filter(Expr::cust(
            "not exists (select 1 from catalog_item as newer where newer.code = catalog_item.code \
             and newer.version > catalog_item.version and not newer.is_disabled and not newer.is_reserved)",
        ))
}

/// Those of these codes that there are.
pub(crate) async fn searchable(
    connection: &impl ConnectionTrait,
    codes: &[i64],
) -> Result<Vec<Document>, ApiError> {
    let of_codes = among(connection, catalog_item::Column::Code, codes.iter().copied());
    documents(connection, newest().filter(of_codes)).await
}

/// The next ones after a code, by code.
pub(crate) async fn searchable_after(
    connection: &impl ConnectionTrait,
    code: i64,
    most: u64,
) -> Result<Vec<Document>, ApiError> {
    let next = newest()
        .filter(catalog_item::Column::Code.gt(code))
        .order_by_asc(catalog_item::Column::Code)
        .limit(most);
    documents(connection, next).await
}

async fn documents(
    connection: &impl ConnectionTrait,
    items: Select<catalog_item::Entity>,
) -> Result<Vec<Document>, ApiError> {
    let columns = [
        catalog_item::Column::Id,
        catalog_item::Column::Code,
        catalog_item::Column::NsId,
        catalog_item::Column::Name,
        catalog_item::Column::Description,
    ];
    let heads: Vec<Head> = items.select_only().columns(columns).into_tuple().all(connection).await?;
    let attributes = catalog_item_attribute::Entity::find()
        .filter(among(
            connection,
            catalog_item_attribute::Column::CatalogItemId,
            heads.iter().map(|head| head.0),
        ))
        .filter(catalog_item_attribute::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    let ids = heads.iter().filter_map(|head| head.2).chain(attributes.iter().filter_map(|row| row.ns_id));
    let namespaces = namespaces_by_id(connection, ids).await?;
    let mut attributes_of: HashMap<i64, Vec<catalog_item_attribute::Model>> = HashMap::new();
    for row in attributes {
        attributes_of.entry(row.catalog_item_id.unwrap_or_default()).or_default().push(row);
    }
    let document = |(id, code, ns, name, description): Head| {
        let ns = ns.and_then(|ns| namespaces.get(&ns).cloned()).unwrap_or_default();
        let description = description.map(|text| parsed(&text)).unwrap_or_default();
        let mut document = Document { code, ns, name, description, ..Document::default() };
        for row in attributes_of.remove(&id).unwrap_or_default() {
            add(&mut document, row, &namespaces);
        }
        document
    };
    Ok(heads.into_iter().map(document).collect())
}

/// Objects have keys, tags have namespaces and codes.
fn add(document: &mut Document, row: catalog_item_attribute::Model, namespaces: &HashMap<i64, String>) {
    if let Some(code) = row.key_code {
        document.objects.push((code, row.key_version.unwrap_or_default()));
    }
    document.tags.extend(row.ns_id.and_then(|id| namespaces.get(&id).cloned()));
    if row.kind == catalog_item_attribute::TAG {
        let values = row.value.map(|text| parsed(&text)).unwrap_or_default();
        document.tagged.extend(tagged(&values));
    }
}

/// The codes in a tag. Older programs left texts in some that are hardly JSON: `[{_value: 1, _ver: 1}]`.
fn tagged(values: &Value) -> Vec<i64> {
    const CODE: &str = "_value";
    match values {
        Value::Array(codes) => codes.iter().filter_map(|code| number(&code[CODE])).collect(),
        Value::String(text) => {
            let code = |rest: &str| {
                let digits = rest.trim_start_matches(['"', '\'', ':', ' ']);
                let end = digits.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(digits.len());
                digits[..end].parse().ok()
            };
            text.split(CODE).skip(1).filter_map(code).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_are_read_from_tags_of_any_age() {
        for (text, expected) in [
            (r#"[{"_value": 1, "_ver": 2}, {"_value": "3"}, {"_value": null}, 4]"#, vec![1, 3]),
            ("[{_value: 100001,_ver: 1},{_value: 12400,_var: 1}]", vec![100001, 12400]),
            ("_value", vec![]),
            ("_value: 99999999999999999999", vec![]),
            ("null", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(tagged(&parsed(text)), expected, "{text}");
        }
        assert_eq!(tagged(&json!({"_value": 1})), Vec::<i64>::new());
    }
}
