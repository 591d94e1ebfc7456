//! The tables as the reference has them, and the indexes that hot queries lack (spec: book-operate 3).

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
        my_condition_book(manager).await?;
        event(manager).await?;
        thing(manager).await?;
        document(manager).await?;
        document_event_set_relation(manager).await?;
        event_set_event_relation(manager).await?;
        binary_file(manager).await?;
        cmatrix_event(manager).await?;
        cmatrix_thing(manager).await?;
        cmatrix_floating_column(manager).await?;
        cmatrix_2_n(manager).await?;
        cmatrix_2_n_relation(manager).await?;
        shared_access_log(manager).await?;
        shared_access_log_data_type(manager).await?;
        collection_request(manager).await?;
        collection_request_data_type(manager).await?;
        collection_request_consent(manager).await?;
        collection_request_consent_data_amount(manager).await?;
        share_status(manager).await?;
        share_trigger_waiting(manager).await?;
        Ok(())
    }
}

async fn my_condition_book(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "my_condition_book")
        .id()
        .column("user_id", |column| column.varchar().not_null())
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .bigints(&[
            "region_catalog_code",
            "region_catalog_version",
            "app_catalog_code",
            "app_catalog_version",
            "wf_catalog_code",
            "wf_catalog_version",
        ])
        .column("open_start_at", |column| column.timestamp().not_null())
        .column("identify_code", Column::varchar)
        .column("attributes", Column::text)
        .common()
        .index("my_condition_book_user_id_idx", &["user_id"])
        .create(manager)
        .await
}

async fn event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "event")
        .id()
        .column("my_condition_book_id", |column| column.bigint().not_null())
        .column("source_id", Column::varchar)
        .column("event_identifier", |column| column.varchar().not_null())
        .column("event_catalog_code", |column| column.bigint().not_null())
        .column("event_catalog_version", |column| column.bigint().not_null())
        .column("event_start_at", Column::timestamp)
        .column("event_end_at", Column::timestamp)
        .column("event_outbreak_position", Column::varchar)
        .column("event_actor_code", |column| column.bigint().not_null())
        .column("event_actor_version", |column| column.bigint().not_null())
        .bigints(&["wf_catalog_code", "wf_catalog_version", "wf_role_code", "wf_role_version"])
        .column("wf_staff_identifier", Column::varchar)
        .bigints(&["app_catalog_code", "app_catalog_version"])
        .column("template", Column::text)
        .column("attributes", Column::text)
        .common()
        .belongs_to("my_condition_book_id", "my_condition_book")
        .index("event_search_idx", &["is_disabled", "event_catalog_code", "event_catalog_version"])
        .index("event_updated_at_idx", &["updated_at"])
        .index("event_my_condition_book_id_idx", &["my_condition_book_id"])
        .index("event_event_identifier_idx", &["event_identifier"])
        .create(manager)
        .await
}

async fn thing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "thing")
        .id()
        .column("event_id", |column| column.bigint().not_null())
        .column("source_id", Column::varchar)
        .column("thing_identifier", |column| column.varchar().not_null())
        .column("thing_catalog_code", |column| column.bigint().not_null())
        .column("thing_catalog_version", |column| column.bigint().not_null())
        .column("thing_actor_code", |column| column.bigint().not_null())
        .column("thing_actor_version", |column| column.bigint().not_null())
        .bigints(&["wf_catalog_code", "wf_catalog_version", "wf_role_code", "wf_role_version"])
        .column("wf_staff_identifier", Column::varchar)
        .bigints(&["app_catalog_code", "app_catalog_version"])
        .column("template", Column::text)
        .column("attributes", Column::text)
        .common()
        .belongs_to("event_id", "event")
        .index("thing_updated_at_idx", &["updated_at"])
        .index("thing_event_id_idx", &["event_id"])
        .create(manager)
        .await
}

async fn document(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "document")
        .id()
        .column("my_condition_book_id", |column| column.bigint().not_null())
        .column("source_id", Column::varchar)
        .column("doc_identifier", |column| column.varchar().not_null())
        .column("doc_catalog_code", |column| column.bigint().not_null())
        .column("doc_catalog_version", |column| column.bigint().not_null())
        .column("doc_create_at", Column::timestamp)
        .column("doc_actor_code", |column| column.bigint().not_null())
        .column("doc_actor_version", |column| column.bigint().not_null())
        .bigints(&["wf_catalog_code", "wf_catalog_version", "wf_role_code", "wf_role_version"])
        .column("wf_staff_identifier", Column::varchar)
        .bigints(&["app_catalog_code", "app_catalog_version"])
        .column("template", Column::text)
        .column("attributes", Column::text)
        .common()
        .belongs_to("my_condition_book_id", "my_condition_book")
        .index("document_my_condition_book_id_idx", &["my_condition_book_id"])
        .create(manager)
        .await
}

async fn document_event_set_relation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "document_event_set_relation")
        .id()
        .column("document_id", |column| column.bigint().not_null())
        .column("title", |column| column.varchar().not_null())
        .column("attributes", Column::text)
        .common()
        .index("document_event_set_relation_document_id_idx", &["document_id"])
        .create(manager)
        .await
}

async fn event_set_event_relation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "event_set_event_relation")
        .id()
        .column("event_set_id", |column| column.bigint().not_null())
        .column("event_id", |column| column.bigint().not_null())
        .column("source_id_at_created", Column::varchar)
        .column("attributes", Column::text)
        .common()
        .index("event_set_event_relation_event_set_id_idx", &["event_set_id"])
        .create(manager)
        .await
}

async fn binary_file(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "binary_file")
        .id()
        .column("thing_id", |column| column.bigint().not_null())
        .column("file_path", |column| column.varchar().not_null())
        .column("mime_type", |column| column.varchar().not_null())
        .column("file_size", |column| column.bigint().not_null())
        .column("file_hash", |column| column.varchar().not_null())
        .common()
        .belongs_to("thing_id", "thing")
        .create(manager)
        .await
}

async fn cmatrix_event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix_event")
        .id()
        .column("1_1", |column| column.varchar().not_null())
        .column("1_2", Column::timestamp)
        .column("1_3", Column::smallint)
        .column("3_1_1", |column| column.varchar().not_null())
        .column("3_1_2_1", |column| column.bigint().not_null())
        .column("3_1_2_2", |column| column.bigint().not_null())
        .column("3_2_1", Column::timestamp)
        .column("3_2_2", Column::timestamp)
        .column("3_3_1", Column::varchar)
        .column("3_5_1_1", |column| column.bigint().not_null())
        .column("3_5_1_2", |column| column.bigint().not_null())
        .bigints(&["3_5_2_1", "3_5_2_2", "3_5_3_1", "3_5_3_2"])
        .column("3_5_4", Column::varchar)
        .bigints(&["3_5_5_1", "3_5_5_2"])
        .common()
        .index("cmatrix_event_3_1_2_1_3_1_2_2_1_1_idx", &["3_1_2_1", "3_1_2_2", "1_1"])
        .index("cmatrix_event_3_1_1_idx", &["3_1_1"])
        .create(manager)
        .await
}

async fn cmatrix_thing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix_thing")
        .id()
        .column("cmatrix_event_id", |column| column.bigint().not_null())
        .column("4_1_1", |column| column.varchar().not_null())
        .column("4_1_2_1", |column| column.bigint().not_null())
        .column("4_1_2_2", |column| column.bigint().not_null())
        .column("4_4_1_1", |column| column.bigint().not_null())
        .column("4_4_1_2", |column| column.bigint().not_null())
        .bigints(&["4_4_2_1", "4_4_2_2", "4_4_3_1", "4_4_3_2"])
        .column("4_4_4", Column::varchar)
        .bigints(&["4_4_5_1", "4_4_5_2"])
        .column("row_hash", |column| column.varchar().not_null())
        .column("row_hash_create_at", |column| column.varchar().not_null())
        .common()
        .foreign_key("cmatrix_event_id", "cmatrix_event")
        .index("cmatrix_thing_cmatrix_event_id_idx", &["cmatrix_event_id"])
        .create(manager)
        .await
}

async fn cmatrix_floating_column(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix_floating_column")
        .id()
        .column("cmatrix_thing_id", |column| column.bigint().not_null())
        .column("index_key", |column| column.varchar().not_null())
        .column("value", Column::text)
        .common()
        .foreign_key("cmatrix_thing_id", "cmatrix_thing")
        .index("cmatrix_floating_column_cmatrix_thing_id_idx", &["cmatrix_thing_id"])
        .create(manager)
        .await
}

async fn cmatrix_2_n(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix_2_n")
        .id()
        .column("_1_1", |column| column.varchar().not_null())
        .column("_1_2_1", |column| column.bigint().not_null())
        .column("_1_2_2", |column| column.bigint().not_null())
        .column("_2_1", |column| column.timestamp().not_null())
        .column("_3_1_1", |column| column.bigint().not_null())
        .column("_3_1_2", |column| column.bigint().not_null())
        .bigints(&["_3_2_1", "_3_2_2", "_3_3_1", "_3_3_2"])
        .column("_3_4", Column::varchar)
        .bigints(&["_3_5_1", "_3_5_2"])
        .common()
        .create(manager)
        .await
}

async fn cmatrix_2_n_relation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "cmatrix_2_n_relation")
        .id()
        .column("n", |column| column.bigint().not_null())
        .column("cmatrix_event_id", |column| column.bigint().not_null())
        .column("cmatrix_2n_id", |column| column.bigint().not_null())
        .common()
        .foreign_key("cmatrix_event_id", "cmatrix_event")
        .foreign_key("cmatrix_2n_id", "cmatrix_2_n")
        .index("cmatrix_2_n_relation_n_idx", &["n"])
        .create(manager)
        .await
}

async fn shared_access_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "shared_access_log")
        .id()
        .column("my_condition_book_id", |column| column.bigint().not_null())
        .column("log_identifier", |column| column.varchar().not_null())
        .column("user_name", |column| column.varchar().not_null())
        .column("data_type", |column| column.smallint().not_null())
        .column("share_catalog_code", Column::bigint)
        .column("req_actor_catalog_code", |column| column.bigint().not_null())
        .column("req_actor_catalog_version", |column| column.bigint().not_null())
        .column("req_block_catalog_code", |column| column.bigint().not_null())
        .column("req_block_catalog_version", |column| column.bigint().not_null())
        .column("access_at", |column| column.timestamp().not_null())
        .common()
        .belongs_to("my_condition_book_id", "my_condition_book")
        .index("shared_access_log_my_condition_book_id_idx", &["my_condition_book_id"])
        .create(manager)
        .await
}

async fn shared_access_log_data_type(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "shared_access_log_data_type")
        .id()
        .column("share_access_log_id", |column| column.bigint().not_null())
        .column("data_type", |column| column.smallint().not_null())
        .column("data_type_catalog_code", |column| column.bigint().not_null())
        .column("data_type_catalog_version", |column| column.bigint().not_null())
        .column("attributes", Column::text)
        .common()
        .belongs_to("share_access_log_id", "shared_access_log")
        .index("shared_access_log_data_type_share_access_log_id_idx", &["share_access_log_id"])
        .create(manager)
        .await
}

async fn collection_request(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "collection_request")
        .id()
        .column("status", |column| column.smallint().not_null().default(0))
        .column("pcd_code", |column| column.varchar().not_null())
        .column("actor_code", |column| column.bigint().not_null())
        .column("block_code", |column| column.bigint().not_null())
        .column("supply_proposal_id", |column| column.bigint().not_null())
        .column("contract_id", |column| column.bigint().not_null())
        .common()
        .create(manager)
        .await
}

async fn collection_request_data_type(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "collection_request_data_type")
        .id()
        .column("collection_request_id", |column| column.bigint().not_null())
        .bigints(&["event_code", "event_version"])
        .column("thing_code", |column| column.bigint().not_null())
        .column("thing_version", |column| column.bigint().not_null())
        .common()
        .create(manager)
        .await
}

async fn collection_request_consent(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "collection_request_consent")
        .id()
        .column("collection_request_id", |column| column.bigint().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("user_id", |column| column.varchar().not_null())
        .column("mask_id", |column| column.varchar().not_null())
        .bigints(&["wf_catalog_code", "app_catalog_code"])
        .common()
        .create(manager)
        .await
}

async fn collection_request_consent_data_amount(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "collection_request_consent_data_amount")
        .id()
        .column("collection_request_consent_id", |column| column.bigint().not_null())
        .bigints(&["event_code", "event_version"])
        .column("thing_code", |column| column.bigint().not_null())
        .column("thing_version", |column| column.bigint().not_null())
        .column("amount", |column| column.bigint().not_null())
        .common()
        .create(manager)
        .await
}

async fn share_status(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "share_status")
        .id()
        .column("user_id", |column| column.varchar().not_null())
        .column("share_trigger_code", |column| column.bigint().not_null())
        .column("share_trigger_version", |column| column.bigint().not_null())
        .column("share_code", |column| column.bigint().not_null())
        .column("share_version", |column| column.bigint().not_null())
        .column("end_method", |column| column.smallint().not_null())
        .column("start_datetime", Column::timestamp)
        .column("end_datetime", Column::timestamp)
        .column("status", |column| column.smallint().not_null().default(0))
        .common()
        .create(manager)
        .await
}

async fn share_trigger_waiting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "share_trigger_waiting")
        .id()
        .column("share_status_id", Column::bigint)
        .column("user_id", |column| column.varchar().not_null())
        .column("share_trigger_code", |column| column.bigint().not_null())
        .column("share_trigger_version", |column| column.bigint().not_null())
        .column("share_code", |column| column.bigint().not_null())
        .column("share_version", |column| column.bigint().not_null())
        .bigints(&[
            "source_actor_code",
            "source_actor_version",
            "source_app_code",
            "source_app_version",
            "source_wf_code",
            "source_wf_version",
            "dest_actor_code",
            "dest_actor_version",
            "dest_app_code",
            "dest_app_version",
            "dest_wf_code",
            "dest_wf_version",
        ])
        .column("process_type", |column| column.smallint().not_null())
        .column("end_of_waiting_at", Column::timestamp)
        .column("identifier", |column| column.varchar().not_null())
        .common()
        .foreign_key("share_status_id", "share_status")
        .index("share_trigger_waiting_end_of_waiting_at_idx", &["end_of_waiting_at"])
        .create(manager)
        .await
}
