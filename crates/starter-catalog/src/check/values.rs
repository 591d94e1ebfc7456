//! Values and the properties they are for (spec: catalog-data-model 2.2).

use serde_json::Value;

use super::{Item, Known, elements, inner_class, inner_names};

impl<'a> Known<'a> {
    /// Every key of an item's values is a property of the item or of something it inherits from; inside of a value
    /// that is an object, a property of the object's class.
    pub(super) fn check_values(&self, item: &'a Item, note: &mut impl FnMut(String)) {
        let levels = self.levels(item);
        self.check_list(&item.document["template"]["value"], &levels, "", note);
    }

    fn check_list(&self, list: &Value, levels: &[&'a Value], path: &str, note: &mut impl FnMut(String)) {
        for entry in elements(list) {
            let Some(key) = entry["key"].as_str() else { continue };
            match levels.iter().find_map(|level| Some((*level, property(level, key)?))) {
                None => note(format!("the value {path}{key} is for no property")),
                Some((level, property)) => {
                    let inside = self.classes(&property["type"], level);
                    if !inside.is_empty() {
                        self.check_list(&entry["value"], &inside, &format!("{path}{key}/"), note);
                    }
                }
            }
        }
    }

    /// Where the properties of a value of this type are declared. None: the value is no object, or nobody can tell.
    fn classes(&self, described: &'a Value, level: &'a Value) -> Vec<&'a Value> {
        match described["of"].as_str().unwrap_or_default() {
            "inner" | "inner[]" => {
                inner_names(described).filter_map(|name| inner_class(level, name)).collect()
            }
            "item" | "item[]" => {
                let exact = described["_code"].is_object().then_some(&described["_code"]);
                let codes = exact.into_iter().chain(elements(&described["candidate"]["_code"]));
                codes.filter_map(|code| self.item(code)).flat_map(|item| self.levels(item)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The documents that declare an item's properties.
    fn levels(&self, item: &'a Item) -> Vec<&'a Value> {
        self.lineage(item).unwrap_or_default().into_iter().map(|item| &item.document).collect()
    }
}

fn property<'v>(level: &'v Value, key: &str) -> Option<&'v Value> {
    elements(&level["template"]["prop"]).iter().find(|property| property["key"] == key)
}
