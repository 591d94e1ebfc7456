//! Blocks in the catalog of a root.

use contract::catalog::Item;
use serde_json::{Value, json};
use vocabulary::{BlockKind, CodeVersion};

use super::{Member, RemoteError, To};

/// Kinds of blocks that a root can be joined by.
pub(crate) const KINDS: [BlockKind; 2] = [BlockKind::RegionRoot, BlockKind::App];

/// What the item of a block says.
const KEYS: [&str; 8] = [
    "actor-type",
    "assigned-organization",
    "assignment-status",
    "base-url",
    "first-login-url",
    "id",
    "pxr-portal-first-login-url",
    "service-name",
];

/// A block as its catalog item describes it.
#[derive(Clone, Debug)]
pub(crate) struct BlockItem {
    pub(crate) kind: BlockKind,
    pub(crate) item: Item,
}

/// What the item of a new block says.
#[derive(Clone, Debug)]
pub(crate) struct NewBlock {
    pub(crate) kind: BlockKind,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) host: String,
    pub(crate) service_name: String,
    pub(crate) base_url: String,
}

impl BlockItem {
    pub(crate) const fn code(&self) -> i64 {
        self.item.head.code.value.0
    }

    pub(crate) fn service_name(&self) -> &str {
        self.item.text("service-name").unwrap_or_default()
    }

    pub(crate) fn title(&self) -> &str {
        self.item.head.name.as_deref().unwrap_or_default()
    }

    pub(crate) fn is_assigned(&self) -> bool {
        self.item.text("assignment-status") == Some("assigned")
    }

    /// Whether somebody who says this means this block: its code, its id, or its service-name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.item.text("id") == Some(name) || self.service_name() == name || self.code().to_string() == name
    }

    /// The item with its assignment, as the next version; whoever made it, all else that it says stays.
    pub(crate) fn assigned_to(&self, organisation: &str) -> Value {
        let head = &self.item.head;
        let value = |key: &&str| match *key {
            "assigned-organization" => json!({"key": key, "value": organisation}),
            "assignment-status" => json!({"key": key, "value": "assigned"}),
            key => json!({"key": key, "value": self.item.text(key)}),
        };
        json!({
            "catalogItem": {
                "ns": head.ns, "name": head.name, "description": head.description, "inherit": head.inherit,
                "_code": {"_value": self.code(), "_ver": head.code.ver.0 + 1},
            },
            "template": {"prop": null, "value": KEYS.iter().map(value).collect::<Vec<_>>()},
            "inner": null, "attribute": null,
        })
    }
}

impl NewBlock {
    /// The catalog item, not assigned yet (spec: scenario 3.1).
    pub(crate) fn document(&self, ns: &str, model: CodeVersion) -> Value {
        let login = format!("https://{}/", self.base_url);
        json!({
            "catalogItem": {
                "ns": ns, "name": self.title, "description": self.description, "_code": null, "inherit": model,
            },
            "template": {"prop": null, "value": [
                {"key": "actor-type", "value": self.kind.as_str()},
                {"key": "assigned-organization", "value": null},
                {"key": "assignment-status", "value": "unassigned"},
                {"key": "base-url", "value": self.base_url},
                {"key": "first-login-url", "value": login},
                {"key": "id", "value": self.host},
                {"key": "pxr-portal-first-login-url", "value": login},
                {"key": "service-name", "value": self.service_name},
            ]},
            "inner": null, "attribute": null,
        })
    }
}

impl Member {
    pub(crate) async fn ext_name(&mut self) -> Result<String, RemoteError> {
        let name = self.ask("the catalog's name", (To::Root, "GET", "/catalog/name"), None).await?;
        let missing = || RemoteError::Answer { what: "the catalog's name".to_owned(), missing: "ext_name" };
        name["ext_name"].as_str().map(str::to_owned).ok_or_else(missing)
    }

    pub(crate) async fn item(&mut self, code: i64) -> Result<Item, RemoteError> {
        let what = format!("the catalog item {code}");
        let item = self.ask(&what, (To::Root, "GET", &format!("/catalog/{code}")), None).await?;
        serde_json::from_value(item).map_err(|_| RemoteError::Answer { what, missing: "item" })
    }

    /// The items of a namespace; none where there is no such namespace.
    pub(crate) async fn items_in(&mut self, ns: &str) -> Result<Vec<Item>, RemoteError> {
        let path = format!("/catalog?ns={ns}");
        let what = format!("the items of {ns}");
        let items = match self.find(&what, To::Root, &path).await? {
            Value::Null => json!([]),
            items => items,
        };
        serde_json::from_value(items).map_err(|_| RemoteError::Answer { what, missing: "items" })
    }

    /// The model that items of a kind of block or actor inherit from.
    pub(crate) async fn model(&mut self, of: &str, kind: BlockKind) -> Result<CodeVersion, RemoteError> {
        let ns = format!("catalog/model/{of}/{}", kind.as_str());
        let model = self.items_in(&ns).await?.into_iter().next();
        let missing =
            || RemoteError::State(format!("the root's catalog has no {ns}: was its catalog loaded?"));
        model.map(|model| model.head.code).ok_or_else(missing)
    }

    /// The blocks of the platform beside the root.
    pub(crate) async fn blocks(&mut self) -> Result<Vec<BlockItem>, RemoteError> {
        let ext = self.ext_name().await?;
        let mut blocks = Vec::new();
        for kind in KINDS {
            let ns = format!("catalog/ext/{ext}/block/{}", kind.as_str());
            let items = self.items_in(&ns).await?;
            blocks.extend(items.into_iter().map(|item| BlockItem { kind, item }));
        }
        Ok(blocks)
    }

    /// The block of this name (or code).
    pub(crate) async fn named_block(&mut self, name: &str) -> Result<BlockItem, RemoteError> {
        let found = self.blocks().await?.into_iter().find(|block| block.is(name));
        let missing = || {
            RemoteError::State(format!(
                "the root's catalog has no block {name:?}; `pxr block list` shows them"
            ))
        };
        found.ok_or_else(missing)
    }
}
