//! Writing properties: their types, what they refer to, the inner classes they use.

use std::pin::Pin;

use platform::{ApiError, Transaction, new_row};
use sea_orm::ActiveModelTrait;
use serde_json::Value;

use super::{Author, number, reserve};
use crate::{
    refusal::Refusal,
    store::{
        self, catalog_relationship, cmatrix_index, item_template, property_candidate, template_code,
        template_property,
    },
};

const KINDS: [&str; 12] = [
    "number",
    "number[]",
    "string",
    "string[]",
    "boolean",
    "boolean[]",
    "code",
    "code[]",
    "item",
    "item[]",
    "inner",
    "inner[]",
];

/// Writes the properties of one template. `classes`: the inner classes of its level.
pub(super) fn write<'a>(
    tx: &'a Transaction,
    item: i64,
    template: i64,
    properties: &'a Value,
    classes: &'a Value,
    author: &'a Author,
) -> Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>> {
    // Boxed, because classes may use classes.
    Box::pin(async move {
        for property in properties.as_array().into_iter().flatten() {
            // Other kinds vanish, as they always did.
            let kind = property["type"]["of"].as_str().filter(|kind| KINDS.contains(kind));
            if let Some(kind) = kind {
                Property { tx, item, template, property, kind, author }.write(classes).await?;
            }
        }
        Ok(())
    })
}

struct Property<'a> {
    tx: &'a Transaction,
    item: i64,
    template: i64,
    property: &'a Value,
    kind: &'a str,
    author: &'a Author,
}

impl Property<'_> {
    async fn write(&self, classes: &Value) -> Result<(), ApiError> {
        let described = &self.property["type"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let row = new_row!(
            self.author,
            template_property {
                item_template_id: self.template,
                key_name: text(&self.property["key"]).unwrap_or_default(),
                kind: Some(self.kind.to_owned()),
                code: number(&described["_code"]["_value"]),
                version: number(&described["_code"]["_ver"]),
                index_key: text(&described["cmatrix"]["index"]),
                format_code: number(&described["format"]["_value"]),
                format_version: number(&described["format"]["_ver"]),
                unit_code: number(&described["unit"]["_value"]),
                unit_version: number(&described["unit"]["_ver"]),
                description: super::description(&self.property["description"]),
            }
        );
        let id = row.insert(self.tx).await?.id;
        self.item_code(id).await?;
        if self.kind.starts_with("inner") {
            self.classes(id, classes).await?;
        }
        self.references(id).await?;
        self.column().await?;
        self.candidates(id).await
    }

    /// `item` properties may name exactly one item.
    async fn item_code(&self, id: i64) -> Result<(), ApiError> {
        let code = &self.property["type"]["_code"];
        let (Some(value), Some(version), "item") =
            (number(&code["_value"]), number(&code["_ver"]), self.kind)
        else {
            return Ok(());
        };
        reserve(self.tx, value, Some(version), self.author).await?;
        let row = new_row!(
            self.author,
            template_code { template_property_id: id, code: Some(value), version: Some(version) }
        );
        row.insert(self.tx).await?;
        Ok(())
    }

    /// A class is written once for each property that uses it.
    async fn classes(&self, id: i64, classes: &Value) -> Result<(), ApiError> {
        let described = &self.property["type"];
        let uses = |name: &Value| {
            let candidates = described["candidate"]["inner"].as_array();
            !name.is_null()
                && (described["inner"] == *name || candidates.is_some_and(|names| names.contains(name)))
        };
        for class in classes.as_array().into_iter().flatten().filter(|class| uses(&class["name"])) {
            let row = new_row!(
                self.author,
                item_template {
                    catalog_item_id: Some(self.item),
                    template_property_id: Some(id),
                    inner_name: class["name"].as_str().map(str::to_owned),
                }
            );
            let template = row.insert(self.tx).await?.id;
            let (properties, inner) = (&class["template"]["prop"], &class["inner"]);
            write(self.tx, self.item, template, properties, inner, self.author).await?;
        }
        Ok(())
    }

    async fn references(&self, id: i64) -> Result<(), ApiError> {
        for member in ["format", "unit"] {
            let code = &self.property["type"][member];
            if let Some(value) = number(&code["_value"]) {
                self.relate(value, number(&code["_ver"]), member, id, None).await?;
            }
        }
        Ok(())
    }

    async fn relate(
        &self,
        code: i64,
        version: Option<i64>,
        kind: &str,
        property: i64,
        candidate: Option<i64>,
    ) -> Result<(), ApiError> {
        let target = reserve(self.tx, code, version, self.author).await?;
        let row = new_row!(
            self.author,
            catalog_relationship {
                catalog_item_id: self.item,
                ref_catalog_item_id: target,
                ref_type: kind.to_owned(),
                is_get_latest: false,
                item_template_id: Some(self.template),
                template_property_id: Some(property),
                property_candidate_id: candidate,
            }
        );
        row.insert(self.tx).await?;
        Ok(())
    }

    async fn column(&self) -> Result<(), ApiError> {
        let column = &self.property["type"]["cmatrix"];
        let Some(index) = column["index"].as_str() else { return Ok(()) };
        let row = new_row!(
            self.author,
            cmatrix_index {
                catalog_item_id: self.item,
                index_key: index.to_owned(),
                reserved: column["reserved"].as_bool().unwrap_or(false),
            }
        );
        row.insert(self.tx).await?;
        Ok(())
    }

    /// The first form that applies: literal values, classes, or namespaces, codes and a base.
    async fn candidates(&self, id: i64) -> Result<(), ApiError> {
        let candidate = &self.property["type"]["candidate"];
        if is_given(&candidate["value"]) {
            let row = new_row!(
                self.author,
                property_candidate {
                    template_property_id: id,
                    is_descendant: false,
                    value: Some(candidate["value"].to_string()),
                }
            );
            row.insert(self.tx).await?;
            return Ok(());
        }
        if is_given(&candidate["inner"]) {
            let row = new_row!(
                self.author,
                property_candidate {
                    template_property_id: id,
                    is_descendant: false,
                    inners: Some(candidate["inner"].to_string()),
                }
            );
            row.insert(self.tx).await?;
            return Ok(());
        }
        for ns in candidate["ns"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.namespace_candidate(id, ns).await?;
        }
        for code in candidate["_code"].as_array().into_iter().flatten() {
            self.code_candidate(id, code).await?;
        }
        self.base_candidate(id, &candidate["base"]).await
    }

    async fn namespace_candidate(&self, id: i64, ns: &str) -> Result<(), ApiError> {
        let (name, below) = ns.strip_suffix("/*").map_or((ns, false), |name| (name, true));
        let name = name.replace("{ext_name}", &self.author.ext_name);
        let found = store::namespace(self.tx, &name).await?.ok_or(Refusal::NoSuchNamespace)?;
        let row = new_row!(
            self.author,
            property_candidate { template_property_id: id, ns_id: Some(found.id), is_descendant: below }
        );
        row.insert(self.tx).await?;
        Ok(())
    }

    async fn code_candidate(&self, id: i64, code: &Value) -> Result<(), ApiError> {
        let Some(value) = number(&code["_value"]) else { return Ok(()) };
        let version = number(&code["_ver"]);
        let row = new_row!(
            self.author,
            property_candidate {
                template_property_id: id,
                is_descendant: false,
                code: Some(value),
                version: version,
            }
        );
        let row = row.insert(self.tx).await?;
        self.relate(value, version, "candidate", id, Some(row.id)).await
    }

    /// A base without a version means the newest one, or the first of an item that is still to come.
    async fn base_candidate(&self, id: i64, base: &Value) -> Result<(), ApiError> {
        let Some(value) = number(&base["_value"]) else { return Ok(()) };
        let version = match number(&base["_ver"]) {
            Some(version) => version,
            None => store::latest_version(self.tx, value).await?.unwrap_or(1),
        };
        let row = new_row!(
            self.author,
            property_candidate {
                template_property_id: id,
                is_descendant: false,
                base_code: Some(value),
                base_version: Some(version),
            }
        );
        let row = row.insert(self.tx).await?;
        self.relate(value, Some(version), "base", id, Some(row.id)).await
    }
}

/// What JavaScript calls truthy, for a list.
fn is_given(value: &Value) -> bool {
    !value.is_null() && value != &Value::Bool(false) && value.as_str() != Some("")
}
