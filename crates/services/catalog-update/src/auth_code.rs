//! The code under which an approval is waited for (spec: catalog-update 4.0.8).

use platform::fields::{Complaint, any_text};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value;
use vocabulary::random;

use crate::store::Approvals;

const LENGTH: usize = 8;

/// A code that no approval of the table has. Inside a transaction of [`crate::store::applying`], so that two at once never
/// draw the same one: a unique index could be in the way of rows of the reference, which nothing kept unique.
pub(crate) async fn new_code(
    connection: &impl ConnectionTrait,
    approvals: Approvals,
) -> Result<String, DbErr> {
    first_free(connection, approvals, || random::letters_and_digits(LENGTH)).await
}

async fn first_free(
    connection: &impl ConnectionTrait,
    approvals: Approvals,
    mut draw: impl FnMut() -> String,
) -> Result<String, DbErr> {
    loop {
        let code = draw();
        if !approvals.has_code(connection, &code).await? {
            return Ok(code);
        }
    }
}

/// A text that can be such a code.
pub(crate) fn auth_code(value: &Value) -> Result<String, Complaint> {
    let code = any_text(value)?;
    let fits = code.len() == LENGTH && code.bytes().all(|sign| sign.is_ascii_alphanumeric());
    if fits { Ok(code) } else { Err("承認コードの形式が正しくありません".into()) }
}

#[cfg(test)]
mod tests {
    use platform::Store;
    use testkit::on_both_databases;
    use vocabulary::{ServiceName, TimeZone};

    use super::*;
    use crate::store::applying;

    /// Draws the same codes for everybody, and writes the first that is free.
    async fn draw_and_write(store: &Store) -> String {
        let mut drawn = 0;
        let tx = applying(store).await.unwrap();
        let code = first_free(&tx, Approvals::RegionStatus, || {
            drawn += 1;
            format!("code000{drawn}")
        });
        let code = code.await.unwrap();
        // Long enough for another one to look.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let sql = format!(
            "insert into region_status_approval_manage (region_status_manage_id, auth_code, created_by, updated_by) \
             values (1, '{code}', 'x', 'x')"
        );
        tx.execute_unprepared(&sql).await.unwrap();
        tx.commit().await.unwrap();
        code
    }

    on_both_databases! {
        async fn of_those_that_draw_at_once_each_gets_a_code_of_its_own(database: Database) {
            let service = ServiceName::CatalogUpdate;
            let store = Store::open(&database.url, service, TimeZone::UTC).await.unwrap();
            store.migrate::<crate::Migrator>(service).await.unwrap();
            let (a, b, c) =
                tokio::join!(draw_and_write(&store), draw_and_write(&store), draw_and_write(&store));
            let mut codes = [a, b, c];
            codes.sort();
            assert_eq!(codes, ["code0001", "code0002", "code0003"]);
            // Those of other tables do not count.
            let read = store.read();
            let code = first_free(read, Approvals::Join, || "code0001".to_owned()).await.unwrap();
            assert_eq!(code, "code0001");
        }
    }
}
