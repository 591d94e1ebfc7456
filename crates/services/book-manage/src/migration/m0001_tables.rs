//! The tables as the reference has them, and the indexes that hot queries lack (spec: book-manage 3).

use platform::schema::{Column, ForeignKeyAction, NewTable};
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
        user_id_cooperate(manager).await?;
        identification(manager).await?;
        region_use(manager).await?;
        data_operation(manager).await?;
        data_operation_data_type(manager).await?;
        data_operation_data(manager).await?;
        data_operation_notification(manager).await?;
        data_operation_notification_ind(manager).await?;
        temporarily_shared_code(manager).await?;
        my_condition_data_output_code(manager).await?;
        tou_consent(manager).await?;
        terms_of_use_notification(manager).await?;
        terms_of_use_notification_ind(manager).await?;
        mcd_output_code_data_file(manager).await?;
        mcd_output_code_actor(manager).await?;
        mcd_output_code_data_type(manager).await?;
        mcd_alteration(manager).await?;
        mcd_alteration_actor(manager).await?;
        mcd_alteration_data(manager).await?;
        store_event_notificate(manager).await?;
        share_source_datatype(manager).await?;
        share_source_source(manager).await?;
        store_event_notificate_history(manager).await?;
        stopped_region(manager).await?;
        Ok(())
    }
}

async fn my_condition_book(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "my_condition_book")
        .id()
        .column("pxr_id", |column| column.varchar().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("book_close_available", |column| column.boolean().not_null().default(false))
        .column("book_close_available_at", Column::timestamp)
        .column("attributes", Column::text)
        .column("appendix", Column::text)
        .column("force_deletion_flag", |column| column.boolean().not_null().default(false))
        .common()
        .index("my_condition_book_pxr_id_idx", &["pxr_id"])
        .create(manager)
        .await
}

async fn user_id_cooperate(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "user_id_cooperate")
        .id()
        .column("book_id", |column| column.bigint().not_null())
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
        .column("user_id", Column::varchar)
        .column("status", |column| column.smallint().not_null().default(0))
        .column("start_at", Column::timestamp)
        .common()
        .belongs_to("book_id", "my_condition_book")
        .index("user_id_cooperate_book_id_idx", &["book_id"])
        .index("user_id_cooperate_actor_catalog_code_user_id_idx", &["actor_catalog_code", "user_id"])
        .create(manager)
        .await
}

async fn identification(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "identification")
        .id()
        .column("book_id", |column| column.bigint().not_null())
        .column("identification_code", |column| column.bigint().not_null())
        .column("identification_version", |column| column.bigint().not_null())
        .column("template", |column| column.text().not_null())
        .column("template_hash", |column| column.varchar().not_null())
        .common()
        .belongs_to("book_id", "my_condition_book")
        .index("identification_book_id_idx", &["book_id"])
        .create(manager)
        .await
}

async fn region_use(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "region_use")
        .id()
        .column("book_id", |column| column.bigint().not_null())
        .column("code", |column| column.varchar().not_null())
        .column("region_catalog_code", |column| column.bigint().not_null())
        .column("region_catalog_version", |column| column.bigint().not_null())
        .column("attributes", Column::text)
        .common()
        .belongs_to("book_id", "my_condition_book")
        .create(manager)
        .await
}

async fn data_operation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "data_operation")
        .id()
        .column("book_id", |column| column.bigint().not_null())
        .column("region_use_id", Column::bigint)
        .column("type", |column| column.varchar().not_null())
        .bigints(&["operation_catalog_code", "operation_catalog_version"])
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .bigints(&["app_catalog_code", "app_catalog_version", "wf_catalog_code", "wf_catalog_version"])
        .column("attributes", Column::text)
        .common()
        .belongs_to("book_id", "my_condition_book")
        .foreign_key("region_use_id", "region_use")
        .unique("data_operation_book_id_operation_catalog_code_key", &["book_id", "operation_catalog_code"])
        .create(manager)
        .await
}

async fn data_operation_data_type(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "data_operation_data_type")
        .id()
        .column("data_operation_id", |column| column.bigint().not_null())
        .column("catalog_uuid", Column::varchar)
        .bigints(&[
            "document_catalog_code",
            "document_catalog_version",
            "event_catalog_code",
            "event_catalog_version",
            "thing_catalog_code",
            "thing_catalog_version",
        ])
        .column("consent_flg", |column| column.boolean().not_null().default(true))
        .column("attributes", Column::text)
        .common()
        .belongs_to("data_operation_id", "data_operation")
        .index("data_operation_data_type_data_operation_id_idx", &["data_operation_id"])
        .create(manager)
        .await
}

async fn data_operation_data(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "data_operation_data")
        .id()
        .column("data_operation_id", |column| column.bigint().not_null())
        .column("parent_data_id", Column::varchar)
        .column("type", Column::smallint)
        .column("identifier", Column::varchar)
        .column("attributes", Column::text)
        .common()
        .foreign_key("data_operation_id", "data_operation")
        .index("data_operation_data_data_operation_id_idx", &["data_operation_id"])
        .create(manager)
        .await
}

async fn data_operation_notification(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "data_operation_notification")
        .id()
        .column("_value", |column| column.bigint().not_null())
        .column("_ver", Column::bigint)
        .column("status", |column| column.smallint().not_null().default(0))
        .common()
        .create(manager)
        .await
}

async fn data_operation_notification_ind(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "data_operation_notification_ind")
        .id()
        .column("data_operation_notification_id", |column| column.bigint().not_null())
        .column("book_id", |column| column.bigint().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("last_sent_at", Column::timestamp)
        .common()
        .create(manager)
        .await
}

async fn temporarily_shared_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "temporarily_shared_code")
        .uuid_id()
        .column("data_operate_definition_id", |column| column.bigint().not_null())
        .column("expire_at", |column| column.timestamp().not_null())
        .common()
        .foreign_key("data_operate_definition_id", "data_operation")
        .create(manager)
        .await
}

async fn my_condition_data_output_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "my_condition_data_output_code")
        .id()
        .column("book_id", |column| column.bigint().not_null())
        .column("code", |column| column.varchar().unique())
        .column("output_type", |column| column.bigint().not_null())
        .bigints(&[
            "actor_catalog_code",
            "actor_catalog_version",
            "region_catalog_code",
            "region_catalog_version",
            "app_catalog_code",
            "app_catalog_version",
            "wf_catalog_code",
            "wf_catalog_version",
        ])
        .column("bucket_name", Column::varchar)
        .column("presigned_url_expire_at", Column::timestamp)
        .column("presigned_url_status", Column::smallint)
        .column("release_cooperate_approval_status", Column::smallint)
        .column("release_cooperate_status", Column::smallint)
        .column("release_service_cooperate_status", Column::smallint)
        .column("is_processing", |column| column.boolean().not_null().default(false))
        .common()
        .belongs_to("book_id", "my_condition_book")
        .create(manager)
        .await
}

async fn tou_consent(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "tou_consent")
        .id()
        .column("book_id", |column| column.bigint().not_null())
        .column("terms_type", |column| column.bigint().not_null())
        .column("terms_of_use_code", |column| column.bigint().not_null())
        .column("terms_of_use_version", |column| column.bigint().not_null())
        .common()
        .belongs_to("book_id", "my_condition_book")
        .index("tou_consent_book_id_idx", &["book_id"])
        .create(manager)
        .await
}

async fn terms_of_use_notification(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "terms_of_use_notification")
        .id()
        .column("terms_type", |column| column.bigint().not_null())
        .column("_value", |column| column.bigint().not_null())
        .column("_ver", Column::bigint)
        .column("status", |column| column.smallint().not_null().default(0))
        .common()
        .create(manager)
        .await
}

async fn terms_of_use_notification_ind(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "terms_of_use_notification_ind")
        .id()
        .column("terms_of_use_notification_id", |column| column.bigint().not_null())
        .column("book_id", |column| column.bigint().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("last_sent_at", Column::timestamp)
        .common()
        .foreign_key("terms_of_use_notification_id", "terms_of_use_notification")
        .belongs_to("book_id", "my_condition_book")
        .create(manager)
        .await
}

async fn mcd_output_code_data_file(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "mcd_output_code_data_file")
        .id()
        .column("mcd_output_code_actor_id", Column::bigint)
        .column("mcd_output_code", |column| column.varchar().not_null())
        .bigints(&["actor_catalog_code", "actor_catalog_version"])
        .column("output_data_approval_status", Column::smallint)
        .column("output_file_type", |column| column.smallint().not_null())
        .column("upload_file_type", Column::smallint)
        .column("notification_status", Column::smallint)
        .column("file_name", Column::varchar)
        .column("input_file_preparation_status", |column| column.smallint().not_null())
        .column("output_status", |column| column.smallint().not_null())
        .column("delete_data_spec", |column| column.smallint().not_null())
        .column("delete_status", |column| column.smallint().not_null())
        .column("is_processing", |column| column.boolean().not_null().default(false))
        .common()
        .reference("mcd_output_code", "my_condition_data_output_code", "code", ForeignKeyAction::Cascade)
        .create(manager)
        .await
}

async fn mcd_output_code_actor(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "mcd_output_code_actor")
        .id()
        .column("mcd_output_code_id", |column| column.bigint().not_null())
        .column("target_term_start", Column::timestamp)
        .column("target_term_end", Column::timestamp)
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .bigints(&["app_catalog_code", "app_catalog_version", "wf_catalog_code", "wf_catalog_version"])
        .column("ind_request", Column::varchar)
        .column("release_cooperate_spec", |column| column.smallint().not_null())
        .column("release_cooperate_status", |column| column.smallint().not_null())
        .column("return_data_spec", |column| column.smallint().not_null().default(0))
        .column("approval_status", |column| column.smallint().not_null())
        .column("message", Column::text)
        .column("delete_data_spec", |column| column.smallint().not_null().default(0))
        .common()
        .belongs_to("mcd_output_code_id", "my_condition_data_output_code")
        .create(manager)
        .await
}

async fn mcd_output_code_data_type(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "mcd_output_code_data_type")
        .id()
        .column("mcd_output_code_actor_id", |column| column.bigint().not_null())
        .bigints(&["document_catalog_code", "document_catalog_version"])
        .column("document_id", Column::varchar)
        .bigints(&["event_catalog_code", "event_catalog_version"])
        .column("event_id", Column::varchar)
        .bigints(&["thing_catalog_code", "thing_catalog_version"])
        .column("thing_id", Column::varchar)
        .common()
        .belongs_to("mcd_output_code_actor_id", "mcd_output_code_actor")
        .create(manager)
        .await
}

async fn mcd_alteration(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "mcd_alteration")
        .id()
        .column("book_id", |column| column.bigint().not_null())
        .bigints(&[
            "actor_catalog_code",
            "actor_catalog_version",
            "region_catalog_code",
            "region_catalog_version",
        ])
        .column("alteration", Column::text)
        .common()
        .foreign_key("book_id", "my_condition_book")
        .create(manager)
        .await
}

async fn mcd_alteration_actor(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "mcd_alteration_actor")
        .id()
        .column("mcd_alteration_id", |column| column.bigint().not_null())
        .column("target_term_start", Column::timestamp)
        .column("target_term_end", Column::timestamp)
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .bigints(&["app_catalog_code", "app_catalog_version", "wf_catalog_code", "wf_catalog_version"])
        .column("alteration", Column::text)
        .column("approval_status", |column| column.smallint().not_null())
        .column("message", Column::text)
        .common()
        .foreign_key("mcd_alteration_id", "mcd_alteration")
        .create(manager)
        .await
}

async fn mcd_alteration_data(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "mcd_alteration_data")
        .id()
        .column("mcd_alteration_actor_id", |column| column.bigint().not_null())
        .bigints(&["document_catalog_code", "document_catalog_version"])
        .column("document_id", Column::varchar)
        .bigints(&["event_catalog_code", "event_catalog_version"])
        .column("event_id", Column::varchar)
        .bigints(&["thing_catalog_code", "thing_catalog_version"])
        .column("thing_id", Column::varchar)
        .common()
        .foreign_key("mcd_alteration_actor_id", "mcd_alteration_actor")
        .create(manager)
        .await
}

async fn store_event_notificate(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "store_event_notificate")
        .id()
        .column("notificate_type", Column::varchar)
        .bigints(&[
            "store_event_notificate_catalog_code",
            "store_event_notificate_catalog_version",
            "share_catalog_code",
            "share_catalog_version",
        ])
        .column("share_uuid", Column::varchar)
        .common()
        .create(manager)
        .await
}

async fn share_source_datatype(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "share_source_datatype")
        .id()
        .column("store_event_notificate_id", |column| column.bigint().not_null())
        .bigints(&["share_catalog_code", "share_catalog_version"])
        .column("share_uuid", Column::varchar)
        .bigints(&[
            "document_catalog_code",
            "document_catalog_version",
            "event_catalog_code",
            "event_catalog_version",
            "thing_catalog_code",
            "thing_catalog_version",
        ])
        .common()
        .foreign_key("store_event_notificate_id", "store_event_notificate")
        .create(manager)
        .await
}

async fn share_source_source(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "share_source_source")
        .id()
        .column("share_source_datatype_id", |column| column.bigint().not_null())
        .bigints(&["actor_catalog_code", "actor_catalog_version"])
        .common()
        .foreign_key("share_source_datatype_id", "share_source_datatype")
        .create(manager)
        .await
}

async fn store_event_notificate_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "store_event_notificate_history")
        .id()
        .column("notificate_type", Column::varchar)
        .column("process_type", Column::varchar)
        .column("user_id", Column::varchar)
        .column("data_id", Column::varchar)
        .bigints(&[
            "document_catalog_code",
            "document_catalog_version",
            "event_catalog_code",
            "event_catalog_version",
            "thing_catalog_code",
            "thing_catalog_version",
            "share_source_actor_catalog_code",
            "share_source_actor_catalog_version",
            "share_source_app_catalog_code",
            "share_source_app_catalog_version",
            "share_source_wf_catalog_code",
            "share_source_wf_catalog_version",
            "share_target_actor_catalog_code",
            "share_target_actor_catalog_version",
            "share_target_app_catalog_code",
            "share_target_app_catalog_version",
            "share_target_wf_catalog_code",
            "share_target_wf_catalog_version",
        ])
        .common()
        .create(manager)
        .await
}

async fn stopped_region(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "stopped_region")
        .id()
        .column("actor_catalog_code", |column| column.bigint().not_null())
        .column("actor_catalog_version", |column| column.bigint().not_null())
        .column("region_catalog_code", |column| column.bigint().not_null())
        .column("region_catalog_version", |column| column.bigint().not_null())
        .column("closed_at", Column::timestamp)
        .common()
        .create(manager)
        .await
}
