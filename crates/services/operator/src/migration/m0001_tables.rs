//! The tables as the reference has them, and the indexes that hot queries lack (spec: operator 3).

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
        operator(manager).await?;
        session(manager).await?;
        one_time_login_code(manager).await?;
        role_setting(manager).await?;
        login_history(manager).await?;
        password_history(manager).await?;
        manage_block_info(manager).await?;
        user_information(manager).await?;
        identify_code(manager).await?;
        sms_verification_code(manager).await?;
        Ok(())
    }
}

async fn operator(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "operator")
        .id()
        .column("type", |column| column.smallint().not_null().default(0))
        .column("login_id", |column| column.varchar().not_null())
        .column("hpassword", Column::varchar)
        .column("pxr_id", Column::varchar)
        .column("user_information", Column::text)
        .column("name", Column::varchar)
        .column("mobile_phone", Column::varchar)
        .column("mail", Column::varchar)
        .column("auth", Column::text)
        .column("last_login_at", Column::timestamp)
        .column("password_changed_flg", |column| column.boolean().not_null().default(false))
        .column("login_prohibited_flg", |column| column.boolean().not_null().default(false))
        .column("attributes", Column::text)
        .column("lock_flg", |column| column.boolean().not_null().default(false))
        .column("lock_start_at", Column::timestamp)
        .column("password_updated_at", |column| column.timestamp().default_now())
        .column("user_id", Column::varchar)
        .bigints(&["region_catalog_code", "app_catalog_code", "wf_catalog_code"])
        .column("client_id", Column::varchar)
        .column("unique_check_login_id", |column| column.text().not_null().unique())
        .common()
        .index("operator_pxr_id_idx", &["pxr_id"])
        .index("operator_login_id_idx", &["login_id"])
        .index("operator_user_id_idx", &["user_id"])
        .index("operator_type_idx", &["type"])
        .create(manager)
        .await
}

async fn session(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "session")
        .text_id()
        .column("operator_id", |column| column.bigint().not_null())
        .column("expire_at", |column| column.timestamp().not_null())
        .common()
        .foreign_key("operator_id", "operator")
        .index("session_operator_id_idx", &["operator_id"])
        .create(manager)
        .await
}

async fn one_time_login_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "one_time_login_code")
        .id()
        .column("code", |column| column.varchar().not_null())
        .column("operator_id", |column| column.bigint().not_null())
        .column("expire_at", |column| column.timestamp().not_null())
        .audit()
        .foreign_key("operator_id", "operator")
        .index("one_time_login_code_code_idx", &["code"])
        .create(manager)
        .await
}

async fn role_setting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "role_setting")
        .id()
        .column("operator_id", |column| column.bigint().not_null())
        .column("role_catalog_code", |column| column.bigint().not_null())
        .column("role_catalog_version", |column| column.bigint().not_null())
        .common()
        .foreign_key("operator_id", "operator")
        .index("role_setting_operator_id_idx", &["operator_id"])
        .create(manager)
        .await
}

async fn login_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "login_history")
        .id()
        .column("operator_id", |column| column.bigint().not_null())
        .column("login_at", |column| column.timestamp().not_null())
        .column("result", |column| column.boolean().not_null().default(false))
        .common()
        .index("login_history_operator_id_login_at_idx", &["operator_id", "login_at"])
        .create(manager)
        .await
}

async fn password_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "password_history")
        .id()
        .column("operator_id", |column| column.bigint().not_null())
        .column("hpassword", |column| column.varchar().not_null())
        .common()
        .index("password_history_operator_id_idx", &["operator_id"])
        .create(manager)
        .await
}

async fn manage_block_info(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "manage_block_info")
        .id()
        .column("actor_code", |column| column.bigint().not_null())
        .column("actor_version", |column| column.bigint().not_null())
        .common()
        .create(manager)
        .await
}

async fn user_information(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "user_information")
        .id()
        .column("operator_id", |column| column.bigint().not_null())
        .column("catalog_code", |column| column.bigint().not_null())
        .column("catalog_version", |column| column.bigint().not_null())
        .column("value", |column| column.text().not_null())
        .common()
        .index("user_information_operator_id_idx", &["operator_id"])
        .index("user_information_catalog_code_catalog_version_idx", &["catalog_code", "catalog_version"])
        .create(manager)
        .await
}

async fn identify_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "identify_code")
        .id()
        .column("code", |column| column.varchar().not_null())
        .column("pxr_id", |column| column.varchar().not_null())
        .column("expiration_at", |column| column.timestamp().not_null())
        .common()
        .create(manager)
        .await
}

async fn sms_verification_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    NewTable::new(manager, "sms_verification_code")
        .id()
        .column("operator_id", |column| column.bigint().not_null())
        .column("verification_code", |column| column.varchar().not_null())
        .column("verification_code_expiration", |column| column.timestamp().not_null())
        .column("verification_result", |column| column.smallint().not_null())
        .common()
        .foreign_key("operator_id", "operator")
        .index("sms_verification_code_operator_id_idx", &["operator_id"])
        .create(manager)
        .await
}
