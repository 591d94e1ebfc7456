//! The tables of the catalog and the questions asked of them.

pub(crate) mod attribute_update_set;
pub(crate) mod catalog;
pub(crate) mod catalog_code_scope;
pub(crate) mod catalog_item;
pub(crate) mod catalog_item_attribute;
pub(crate) mod catalog_relationship;
pub(crate) mod catalog_update_set;
pub(crate) mod cmatrix_index;
pub(crate) mod item_revision;
pub(crate) mod item_template;
pub(crate) mod ns;
pub(crate) mod ns_update_set;
pub(crate) mod property_candidate;
pub(crate) mod template_code;
pub(crate) mod template_property;
pub(crate) mod update_set;

mod among;
mod dependants;
mod items;
mod load;
mod lock;
mod namespaces;
mod parts;
mod responses;
mod revisions;
mod searchable;
mod update_sets;

pub(crate) use among::{among, among_codes};
pub(crate) use dependants::{forget_dependants, forget_users_of_namespace};
pub(crate) use items::{
    all_versions, at_version, in_namespaces, known_codes, latest_version, newest, placed, rows_of, versions,
};
pub(crate) use load::{library, parsed, shapes};
pub(crate) use lock::{activated, writing};
pub(crate) use namespaces::{
    all_namespaces, namespace, namespaces_by_id, namespaces_named, namespaces_of_codes, namespaces_under,
};
pub(crate) use responses::{render_now, responses, responses_inside};
pub(crate) use revisions::{changes_since, newest_revision, note_changes};
pub(crate) use searchable::{searchable, searchable_after};
pub(crate) use update_sets::{
    Entries, codes_to_come, disable_entries, find_update_set, of_actor, write_entries,
};
