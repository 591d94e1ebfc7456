//! Which phone number a code is about, and how often it was guessed: the reference keeps neither.

use platform::schema::NewTable;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct PhoneVerification;

#[async_trait::async_trait]
impl MigrationTrait for PhoneVerification {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::new(manager, "phone_verification")
            .id()
            .column("code_id", |column| column.bigint().not_null().unique())
            .column("operator_id", |column| column.bigint().not_null())
            .column("phone", |column| column.varchar().not_null())
            .column("failures", |column| column.bigint().not_null().default(0))
            .common()
            .foreign_key("code_id", "sms_verification_code")
            .index("phone_verification_operator_id_idx", &["operator_id"])
            .create(manager)
            .await
    }
}
