//! The code under which an approval is waited for (spec: catalog-update 4.0.8).

use platform::fields::{Complaint, any_text};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value;
use vocabulary::random;

use crate::store::Approvals;

const LENGTH: usize = 8;

/// A code that no approval of the table has.
pub(crate) async fn new_code(
    connection: &impl ConnectionTrait,
    approvals: Approvals,
) -> Result<String, DbErr> {
    loop {
        let code = random::letters_and_digits(LENGTH);
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
