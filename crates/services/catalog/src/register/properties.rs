//! Writing properties: their types, what they refer to, the inner classes they use.

use std::pin::Pin;

use platform::{ApiError, Author, Transaction, new_row};
use sea_orm::ActiveModelTrait;
use serde_json::Value;

use super::{
    document::{classes_used, kind},
    number,
    version::reserve,
};
use crate::store::{catalog_relationship, cmatrix_index, item_template, template_code, template_property};

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
            if let Some(kind) = kind(property) {
                Property { tx, item, template, property, kind, author }.write(classes).await?;
            }
        }
        Ok(())
    })
}

/// A property about to be written.
pub(super) struct Property<'a> {
    pub(super) tx: &'a Transaction,
    item: i64,
    template: i64,
    pub(super) property: &'a Value,
    kind: &'a str,
    pub(super) author: &'a Author,
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
        self.classes(id, classes).await?;
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
        for class in classes_used(self.property, classes) {
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

    /// Notes what the property refers to, with a placeholder where it is not registered yet.
    pub(super) async fn relate(
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
}
