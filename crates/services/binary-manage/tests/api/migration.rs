//! Databases that the reference filled.

use binary_manage::Migrator;
use platform::Store;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use testkit::on_both_databases;
use vocabulary::{ServiceName, TimeZone};

on_both_databases! {
    async fn chunks_that_were_stored_twice_stay(database: Database) {
        let store = Store::open(&database.url, ServiceName::BinaryManage, TimeZone::UTC).await.unwrap();
        Migrator::up(store.read(), Some(1)).await.unwrap();
        store
            .read()
            .execute_unprepared(
                "insert into file_upload_manage (id, file_name, created_by, updated_by) values ('f', 'n', 'a', 'a')",
            )
            .await
            .unwrap();
        for _ in 0..2 {
            let chunk = "insert into file_upload_data (file_upload_manage_id, seq_no, file_data, created_by, updated_by) \
                         values ('f', 1, 'x', 'a', 'a')";
            store.read().execute_unprepared(chunk).await.unwrap();
        }
        Migrator::up(store.read(), None).await.unwrap();
    }
}
