//! The tables as the reference has them, and the indexes that hot queries lack (spec: notification 3).

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
        notification(manager).await?;
        notification_destination(manager).await?;
        readflag_management(manager).await?;
        approval_managed(manager).await?;
        Ok(())
    }
}

async fn notification(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "notification")
        .id()
        .column("type", |column| column.smallint().not_null().default(0))
        .column("from_block_catalog_code", |column| column.bigint().not_null())
        .bigints(&["from_application_catalog_code", "from_workflow_catalog_code"])
        .column("from_operator_id", |column| column.bigint().not_null())
        .bigints(&["from_actor_code", "from_actor_version"])
        .column("to_block_catalog_code", |column| column.bigint().not_null())
        .column("to_operator_type", |column| column.smallint().not_null())
        .column("category_catalog_code", |column| column.bigint().not_null())
        .column("category_catalog_version", |column| column.bigint().not_null())
        .column("is_send_all", |column| column.boolean().not_null().default(false))
        .column("title", |column| column.varchar().not_null())
        .column("content", |column| column.text().not_null())
        .column("attributes", |column| column.text().default(""))
        .column("send_at", |column| column.timestamp().not_null())
        .column("is_transfer", |column| column.boolean().not_null().default(false))
        .common()
        .index("notification_send_at_idx", &["send_at"])
        .index(
            "notification_to_block_catalog_code_to_operator_type_idx",
            &["to_block_catalog_code", "to_operator_type"],
        )
        .create(manager)
        .await
}

async fn notification_destination(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "notification_destination")
        .id()
        .bigints(&["notification_id", "destination_operator_id"])
        .column("destination_user_id", Column::varchar)
        .bigints(&["actor_code", "actor_version"])
        .common()
        .foreign_key("notification_id", "notification")
        .index("notification_destination_notification_id_idx", &["notification_id"])
        .index("notification_destination_destination_operator_id_idx", &["destination_operator_id"])
        .create(manager)
        .await
}

async fn readflag_management(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "readflag_management")
        .id()
        .column("notification_id", Column::bigint)
        .column("operator_id", |column| column.bigint().not_null())
        .column("user_id", |column| column.varchar().not_null())
        .column("read_at", |column| column.timestamp().not_null().default_now())
        .common()
        .foreign_key("notification_id", "notification")
        .index("readflag_management_notification_id_operator_id_idx", &["notification_id", "operator_id"])
        .create(manager)
        .await
}

async fn approval_managed(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "approval_managed")
        .id()
        .bigints(&["notification_id", "approver_operator_id"])
        .column("status", |column| column.smallint().not_null().default(0))
        .column("comment", Column::varchar)
        .column("approval_at", Column::timestamp)
        .column("notice_block_code", |column| column.bigint().not_null())
        .column("notice_url", |column| column.text().not_null())
        .column("expiration_at", |column| column.timestamp().not_null())
        .common()
        .foreign_key("notification_id", "notification")
        .index("approval_managed_notification_id_idx", &["notification_id"])
        .create(manager)
        .await
}
