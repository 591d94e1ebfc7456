//! The tables as the reference has them, and the indexes that hot queries lack (spec: catalog 3).

use platform::schema::{Column, NewTable};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Tables;

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ns(manager).await?;
        catalog(manager).await?;
        catalog_item(manager).await?;
        catalog_item_attribute(manager).await?;
        item_template(manager).await?;
        template_property(manager).await?;
        template_code(manager).await?;
        cmatrix_index(manager).await?;
        catalog_relationship(manager).await?;
        property_candidate(manager).await?;
        catalog_code_scope(manager).await?;
        update_set(manager).await?;
        catalog_update_set(manager).await?;
        ns_update_set(manager).await?;
        attribute_update_set(manager).await?;
        Ok(())
    }
}

async fn ns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "ns")
        .id()
        .column("type", Column::varchar)
        .column("name", |column| column.text().not_null())
        .column("description", Column::text)
        .column("attributes", Column::text)
        .common()
        .index("ns_name_idx", &["name"])
        .index("ns_type_idx", &["type"])
        .create(manager)
        .await
}

async fn catalog(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "catalog")
        .text_id()
        .column("name", |column| column.varchar().not_null())
        .column("description", Column::text)
        .column("ext_name", |column| column.text().not_null())
        .column("attributes", Column::text)
        .common()
        .create(manager)
        .await
}

async fn catalog_item(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "catalog_item")
        .id()
        .column("code", |column| column.bigint().not_null())
        .column("version", |column| column.bigint().not_null())
        .column("ns_id", Column::bigint)
        .column("name", Column::text)
        .column("description", Column::text)
        .bigints(&["inherit_code", "inherit_version"])
        .column("is_reserved", |column| column.boolean().not_null().default(false))
        .column("response", Column::text)
        .column("attributes", Column::text)
        .common()
        .unique("catalog_item_code_version_key", &["code", "version"])
        .index("catalog_item_ns_id_idx", &["ns_id"])
        .index("catalog_item_inherit_code_inherit_version_idx", &["inherit_code", "inherit_version"])
        .create(manager)
        .await
}

async fn catalog_item_attribute(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "catalog_item_attribute")
        .id()
        .bigints(&["catalog_item_id", "catalog_code"])
        .column("type", |column| column.smallint().not_null())
        .bigints(&["key_code", "key_version", "ns_id"])
        .column("value", Column::text)
        .column("description", Column::text)
        .common()
        .foreign_key("catalog_item_id", "catalog_item")
        .index("catalog_item_attribute_key_code_key_version_idx", &["key_code", "key_version"])
        .index("catalog_item_attribute_catalog_item_id_idx", &["catalog_item_id"])
        .create(manager)
        .await
}

async fn item_template(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "item_template")
        .id()
        .bigints(&["catalog_item_id", "template_property_id"])
        .column("template", Column::text)
        .column("inner_name", Column::text)
        .bigints(&["inner_inherit_code", "inner_inherit_version"])
        .column("response", Column::text)
        .column("attributes", Column::text)
        .common()
        .foreign_key("catalog_item_id", "catalog_item")
        .index("item_template_catalog_item_id_idx", &["catalog_item_id"])
        .create(manager)
        .await
}

async fn template_property(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "template_property")
        .id()
        .column("item_template_id", |column| column.bigint().not_null())
        .column("key_name", |column| column.varchar().not_null())
        .column("type", Column::varchar)
        .bigints(&["code", "version"])
        .column("filter", Column::varchar)
        .column("index_key", Column::varchar)
        .bigints(&["format_code", "format_version", "unit_code", "unit_version"])
        .column("description", Column::text)
        .column("attributes", Column::text)
        .common()
        .foreign_key("item_template_id", "item_template")
        .index("template_property_key_name_idx", &["key_name"])
        .index("template_property_item_template_id_idx", &["item_template_id"])
        .create(manager)
        .await
}

async fn template_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "template_code")
        .id()
        .column("template_property_id", |column| column.bigint().not_null())
        .bigints(&["code", "version"])
        .column("attributes", Column::text)
        .common()
        .create(manager)
        .await
}

async fn cmatrix_index(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix_index")
        .id()
        .column("catalog_item_id", |column| column.bigint().not_null())
        .column("index_key", |column| column.varchar().not_null())
        .column("value", Column::text)
        .column("reserved", |column| column.boolean().not_null().default(false))
        .column("attributes", Column::text)
        .common()
        .foreign_key("catalog_item_id", "catalog_item")
        .index("cmatrix_index_catalog_item_id_idx", &["catalog_item_id"])
        .create(manager)
        .await
}

async fn catalog_relationship(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "catalog_relationship")
        .id()
        .column("catalog_item_id", |column| column.bigint().not_null())
        .column("ref_catalog_item_id", |column| column.bigint().not_null())
        .column("ref_type", |column| column.varchar().not_null())
        .column("is_get_latest", |column| column.boolean().not_null().default(false))
        .bigints(&["item_template_id", "template_property_id", "property_candidate_id"])
        .column("attributes", Column::text)
        .common()
        .foreign_key("catalog_item_id", "catalog_item")
        .create(manager)
        .await
}

async fn property_candidate(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "property_candidate")
        .id()
        .column("template_property_id", |column| column.bigint().not_null())
        .column("ns_id", Column::bigint)
        .column("is_descendant", |column| column.boolean().not_null().default(false))
        .bigints(&["code", "version", "base_code", "base_version"])
        .column("value", Column::text)
        .column("inners", Column::text)
        .column("description", Column::text)
        .common()
        .index("property_candidate_template_property_id_idx", &["template_property_id"])
        .create(manager)
        .await
}

async fn catalog_code_scope(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "catalog_code_scope")
        .id()
        .column("type", |column| column.varchar().not_null())
        .column("start_code", |column| column.bigint().not_null())
        .column("end_code", |column| column.bigint().not_null())
        .common()
        .create(manager)
        .await
}

async fn update_set(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "update_set")
        .id()
        .column("name", |column| column.text().not_null())
        .column("description", Column::text)
        .column("type", Column::smallint)
        .bigints(&[
            "caller_actor_code",
            "caller_actor_version",
            "approval_actor_code",
            "approval_actor_version",
        ])
        .column("approver", Column::varchar)
        .column("approval_at", Column::timestamp)
        .column("comment", Column::text)
        .column("status", |column| column.smallint().not_null().default(0))
        .bigints(&["register_actor_code", "register_actor_version"])
        .column("register", Column::varchar)
        .column("regist_at", Column::timestamp)
        .column("appendix", Column::text)
        .common()
        .index("update_set_status_idx", &["status"])
        .create(manager)
        .await
}

async fn catalog_update_set(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "catalog_update_set")
        .id()
        .column("update_set_id", |column| column.bigint().not_null())
        .column("type", |column| column.smallint().not_null().default(0))
        .bigints(&["catalog_item_id", "catalog_item_code"])
        .column("comment", Column::text)
        .column("template", |column| column.text().not_null())
        .common()
        .foreign_key("update_set_id", "update_set")
        .index("catalog_update_set_update_set_id_idx", &["update_set_id"])
        .create(manager)
        .await
}

async fn ns_update_set(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "ns_update_set")
        .id()
        .column("update_set_id", |column| column.bigint().not_null())
        .column("type", |column| column.smallint().not_null().default(0))
        .column("ns_id", Column::bigint)
        .column("comment", Column::text)
        .column("template", |column| column.text().not_null())
        .common()
        .foreign_key("update_set_id", "update_set")
        .index("ns_update_set_update_set_id_idx", &["update_set_id"])
        .create(manager)
        .await
}

async fn attribute_update_set(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "attribute_update_set")
        .id()
        .column("update_set_id", |column| column.bigint().not_null())
        .column("type", |column| column.smallint().not_null().default(0))
        .column("catalog_code", Column::bigint)
        .column("comment", Column::text)
        .column("attribute", |column| column.text().not_null())
        .common()
        .index("attribute_update_set_update_set_id_idx", &["update_set_id"])
        .create(manager)
        .await
}
