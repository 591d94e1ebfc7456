//! The initial catalog and the delivered one, loaded and rendered: the same templates, up to texts.

use std::collections::BTreeMap;

use platform::Outgoing;
use pxr::loader;
use serde_json::Value;
use starter_catalog::{Catalog, Settings, read_directory, starter};
use testkit::Database;
use vocabulary::{BlockKind, ServiceName};

use crate::{bad_input::block, support::shared};

/// Items in which ours mends a defect of the delivered one (catalog-data-model 14).
const MENDED: [i64; 8] = [44, 51, 65, 66, 68, 130, 214, 216];

/// The rendered templates of a catalog, by code, their texts left out.
async fn rendered(catalog: &Catalog, database: &Database) -> BTreeMap<i64, Value> {
    let folder = tempfile::tempdir().unwrap();
    let block = block(BlockKind::Root, database, folder.path()).await;
    loader::load(&block.channel, catalog, |_, _| {}).await.unwrap();
    let mut templates = BTreeMap::new();
    for code in catalog.items.iter().filter_map(|item| item.code) {
        let request = Outgoing::get(format!("/catalog/{code}")).session(&testkit::member());
        let answer = block.channel.send(ServiceName::Catalog, request).await.unwrap();
        let item: Value = answer.json().unwrap_or_default();
        templates.insert(code, without_texts(&item["template"]));
    }
    templates
}

fn without_texts(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::String(String::new()),
        Value::Array(all) => all.iter().map(without_texts).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), without_texts(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

testkit::on_both_databases! {
    async fn the_starter_catalog_renders_as_the_delivered_one(database: Database) {
        let Some(folder) = shared("catalog") else { return };
        let settings = Settings::default();
        let delivered = read_directory(&folder, &settings).unwrap().catalog;
        let theirs = rendered(&delivered, &database).await;
        let other = Database::sqlite();
        let ours = rendered(&starter(&settings).unwrap(), &other).await;
        let differing: Vec<_> = theirs
            .iter()
            .filter(|(code, template)| !MENDED.contains(code) && !template.is_null() && ours.get(code) != Some(template))
            .map(|(code, template)| format!("{code}: {template} instead of {}", ours.get(code).unwrap_or(&Value::Null)))
            .collect();
        assert!(differing.is_empty(), "{} differ: {:#?}", differing.len(), &differing[..differing.len().min(5)]);
        let compared = theirs.values().filter(|template| !template.is_null()).count();
        assert!(compared > 370, "{compared} templates were compared");
    }
}
