//! The tables as the reference has them, and the indexes that hot queries lack (spec: catalog-update 3).

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
        actor_manage(manager).await?;
        actor_approval_manage(manager).await?;
        join_manage(manager).await?;
        join_approval_manage(manager).await?;
        join_service_manage(manager).await?;
        alliance_manage(manager).await?;
        alliance_approval_manage(manager).await?;
        data_operation_manage(manager).await?;
        audit_report_manage(manager).await?;
        region_manage(manager).await?;
        region_approval_manage(manager).await?;
        region_status_manage(manager).await?;
        region_status_approval_manage(manager).await?;
        platform_terms_of_use_manage(manager).await?;
        region_terms_of_use_manage(manager).await?;
        Ok(())
    }
}

async fn actor_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "actor_manage")
        .id()
        .bigints(&["caller_actor_code", "caller_actor_version"])
        .column("caller_block_code", |column| column.bigint().not_null())
        .column("caller_block_version", |column| column.bigint().not_null())
        .column("template", Column::text)
        .column("approval_expire_at", Column::timestamp)
        .column("type", |column| column.smallint().not_null())
        .column("applicant_date", Column::timestamp)
        .column("is_draft", |column| column.boolean().not_null().default(false))
        .column("attributes", Column::text)
        .common()
        .index("actor_manage_caller_block_code_idx", &["caller_block_code"])
        .create(manager)
        .await
}

async fn actor_approval_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "actor_approval_manage")
        .id()
        .column("actor_manage_id", |column| column.bigint().not_null())
        .column("auth_code", Column::varchar)
        .column("status", |column| column.smallint().not_null().default(0))
        .column("comment", Column::text)
        .bigints(&["migration_actor_code", "migration_actor_version"])
        .column("migration_comment", Column::text)
        .column("migragtion_approver", Column::varchar)
        .column("migration_approval_at", Column::timestamp)
        .bigints(&["approval_actor_code", "approval_actor_version"])
        .column("approver", Column::varchar)
        .column("approval_at", Column::timestamp)
        .common()
        .foreign_key("actor_manage_id", "actor_manage")
        .index("actor_approval_manage_actor_manage_id_idx", &["actor_manage_id"])
        .index("actor_approval_manage_auth_code_idx", &["auth_code"])
        .create(manager)
        .await
}

async fn join_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "join_manage")
        .id()
        .column("join_actor_code", |column| column.bigint().not_null())
        .column("join_actor_version", |column| column.bigint().not_null())
        .column("join_region_code", |column| column.bigint().not_null())
        .column("join_region_version", |column| column.bigint().not_null())
        .bigints(&["applicant_actor_code", "applicant_actor_version"])
        .column("approval_expire_at", Column::timestamp)
        .column("type", |column| column.smallint().not_null())
        .column("applicant_date", Column::timestamp)
        .column("is_draft", |column| column.boolean().not_null().default(false))
        .common()
        .index("join_manage_join_actor_code_idx", &["join_actor_code"])
        .index("join_manage_join_region_code_idx", &["join_region_code"])
        .create(manager)
        .await
}

async fn join_approval_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "join_approval_manage")
        .id()
        .column("join_manage_id", |column| column.bigint().not_null())
        .column("auth_code", Column::varchar)
        .column("status", |column| column.smallint().not_null().default(0))
        .column("comment", Column::text)
        .bigints(&["approval_actor_code", "approval_actor_version"])
        .column("approver", Column::varchar)
        .column("approval_at", Column::timestamp)
        .common()
        .foreign_key("join_manage_id", "join_manage")
        .index("join_approval_manage_join_manage_id_idx", &["join_manage_id"])
        .index("join_approval_manage_auth_code_idx", &["auth_code"])
        .create(manager)
        .await
}

async fn join_service_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "join_service_manage")
        .id()
        .column("join_manage_id", |column| column.bigint().not_null())
        .column("type", |column| column.smallint().not_null())
        .column("service_code", |column| column.bigint().not_null())
        .column("service_version", |column| column.bigint().not_null())
        .common()
        .index("join_service_manage_join_manage_id_idx", &["join_manage_id"])
        .create(manager)
        .await
}

async fn alliance_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "alliance_manage")
        .id()
        .column("alliance_trader_code", |column| column.bigint().not_null())
        .column("alliance_trader_version", |column| column.bigint().not_null())
        .bigints(&[
            "alliance_consumer_code",
            "alliance_consumer_version",
            "alliance_region_code",
            "alliance_region_version",
        ])
        .column("applicant_actor_code", |column| column.bigint().not_null())
        .column("applicant_actor_version", |column| column.bigint().not_null())
        .column("approval_expire_at", Column::timestamp)
        .column("type", |column| column.smallint().not_null())
        .column("applicant_date", Column::timestamp)
        .column("is_draft", |column| column.boolean().not_null().default(false))
        .common()
        .create(manager)
        .await
}

async fn alliance_approval_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "alliance_approval_manage")
        .id()
        .column("alliance_manage_id", |column| column.bigint().not_null())
        .column("auth_code", |column| column.varchar().not_null())
        .column("status", |column| column.smallint().not_null().default(0))
        .column("comment", Column::text)
        .bigints(&["approval_actor_code", "approval_actor_version"])
        .column("approver", Column::varchar)
        .column("approval_at", Column::timestamp)
        .common()
        .foreign_key("alliance_manage_id", "alliance_manage")
        .create(manager)
        .await
}

async fn data_operation_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "data_operation_manage")
        .id()
        .column("template", Column::text)
        .column("application_actor_code", |column| column.bigint().not_null())
        .column("application_block_code", |column| column.bigint().not_null())
        .column("application_at", Column::timestamp)
        .column("is_draft", |column| column.boolean().not_null().default(false))
        .common()
        .create(manager)
        .await
}

async fn audit_report_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "audit_report_manage")
        .id()
        .column("target_actor_code", |column| column.bigint().not_null())
        .column("target_actor_version", |column| column.bigint().not_null())
        .column("audit_actor_code", |column| column.bigint().not_null())
        .column("audit_actor_version", |column| column.bigint().not_null())
        .column("auditor", |column| column.varchar().not_null())
        .column("report_template", Column::text)
        .column("report_created_at", |column| column.timestamp().not_null().default_now())
        .column("is_draft", |column| column.boolean().not_null().default(false))
        .common()
        .create(manager)
        .await
}

async fn region_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "region_manage")
        .id()
        .bigints(&["region_code", "region_version"])
        .column("caller_block_code", |column| column.bigint().not_null())
        .column("caller_block_version", |column| column.bigint().not_null())
        .bigints(&[
            "applicant_actor_code",
            "applicant_actor_version",
            "approval_actor_code",
            "approval_actor_version",
        ])
        .column("template", Column::text)
        .column("approval_expire_at", Column::timestamp)
        .column("type", |column| column.smallint().not_null())
        .column("is_draft", |column| column.boolean().not_null().default(false))
        .common()
        .create(manager)
        .await
}

async fn region_approval_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "region_approval_manage")
        .id()
        .column("region_manage_id", |column| column.bigint().not_null())
        .column("auth_code", Column::varchar)
        .column("status", |column| column.bigint().not_null().default(0))
        .column("comment", Column::text)
        .bigints(&["approval_actor_code", "approval_actor_version"])
        .column("approver", Column::varchar)
        .column("approval_at", Column::timestamp)
        .common()
        .foreign_key("region_manage_id", "region_manage")
        .index("region_approval_manage_region_manage_id_idx", &["region_manage_id"])
        .create(manager)
        .await
}

async fn region_status_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "region_status_manage")
        .id()
        .bigints(&["region_code", "region_version"])
        .column("caller_block_code", |column| column.bigint().not_null())
        .column("caller_block_version", |column| column.bigint().not_null())
        .bigints(&[
            "applicant_actor_code",
            "applicant_actor_version",
            "approval_actor_code",
            "approval_actor_version",
        ])
        .column("end_date", Column::timestamp)
        .column("approval_expire_at", Column::timestamp)
        .column("type", |column| column.smallint().not_null())
        .column("request_comment", Column::text)
        .common()
        .index("region_status_manage_region_code_idx", &["region_code"])
        .create(manager)
        .await
}

async fn region_status_approval_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "region_status_approval_manage")
        .id()
        .column("region_status_manage_id", |column| column.bigint().not_null())
        .column("auth_code", Column::varchar)
        .column("status", |column| column.bigint().not_null().default(0))
        .column("comment", Column::text)
        .bigints(&["approval_actor_code", "approval_actor_version"])
        .column("approver", Column::varchar)
        .column("approval_at", Column::timestamp)
        .common()
        .index("region_status_approval_manage_region_status_manage_id_idx", &["region_status_manage_id"])
        .index("region_status_approval_manage_auth_code_idx", &["auth_code"])
        .create(manager)
        .await
}

async fn platform_terms_of_use_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "platform_terms_of_use_manage")
        .id()
        .bigints(&["terms_of_use_code", "terms_of_use_version"])
        .column("template", Column::text)
        .column("application_actor_code", |column| column.bigint().not_null())
        .column("application_block_code", |column| column.bigint().not_null())
        .column("application_at", |column| column.timestamp().not_null())
        .common()
        .create(manager)
        .await
}

async fn region_terms_of_use_manage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "region_terms_of_use_manage")
        .id()
        .bigints(&["terms_of_use_code", "terms_of_use_version"])
        .column("template", Column::text)
        .column("application_actor_code", |column| column.bigint().not_null())
        .column("application_block_code", |column| column.bigint().not_null())
        .column("application_at", |column| column.timestamp().not_null())
        .common()
        .create(manager)
        .await
}
