//! The tables of the catalog and the questions asked of them.

pub(crate) mod attribute_update_set;

pub(crate) mod catalog;
pub(crate) mod catalog_code_scope;
pub(crate) mod catalog_item;
pub(crate) mod catalog_item_attribute;
pub(crate) mod catalog_relationship;
pub(crate) mod catalog_update_set;
pub(crate) mod cmatrix_index;
pub(crate) mod item_template;
pub(crate) mod ns;
pub(crate) mod ns_update_set;
pub(crate) mod property_candidate;
pub(crate) mod template_code;
pub(crate) mod template_property;
pub(crate) mod update_set;

mod items;
mod load;

pub(crate) use items::{
    activated, all_versions, forget_responses, in_namespace, latest_version, namespace, namespaces_by_id,
    versions,
};
pub(crate) use load::{library, responses};
