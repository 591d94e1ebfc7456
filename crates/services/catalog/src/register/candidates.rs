//! Writing what values a property may have.

use platform::{ApiError, new_row};
use sea_orm::ActiveModelTrait;
use serde_json::Value;

use super::{number, properties::Property};
use crate::{
    refusal::Refusal,
    store::{self, property_candidate},
};

impl Property<'_> {
    /// The first form that applies: literal values, classes, or namespaces, codes and a base.
    pub(super) async fn candidates(&self, id: i64) -> Result<(), ApiError> {
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
        let name = if name.contains("{ext_name}") {
            name.replace("{ext_name}", &store::activated(self.tx).await?.ext_name)
        } else {
            name.to_owned()
        };
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
