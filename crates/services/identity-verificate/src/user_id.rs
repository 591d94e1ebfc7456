//! Saying by which user id an organisation knows the resident of a code, and that this was verified
//! (spec: identity-verificate 2.1, 4.3, 4.6, 4.9, 4.10).

use platform::{
    ApiError, Author, Fields,
    fields::{Complaint, any_text},
    update_rows,
};
use serde_json::Value;
use vocabulary::Session;

use crate::{Verifications, claim::Use, refusal::Refusal, store::identify_verify};

/// A user id: printable ASCII.
pub(crate) fn user_id(value: &Value) -> Result<String, Complaint> {
    let text = any_text(value)?;
    let printable = text.bytes().all(|sign| (b' '..=b'~').contains(&sign));
    if printable && text.len() <= 255 {
        Ok(text)
    } else {
        Err("255文字以内の印字可能なASCII文字で指定してください".into())
    }
}

/// An optional user id; an empty one counts as none.
pub(crate) fn optional(fields: &Fields<'_>) -> Option<String> {
    fields.optional("userId", user_id).filter(|user_id| !user_id.is_empty())
}

impl Verifications {
    /// The book hears of the user id first, then the code's row. A crash in between leaves the user id in the book and
    /// a claim that lapses: the same request, made again, completes it.
    pub(crate) async fn set_user_id(
        &self,
        session: &Session,
        code: identify_verify::Model,
        user_id: &str,
        is_verified: i16,
    ) -> Result<identify_verify::Model, ApiError> {
        let store = &self.ground.store;
        let mut this_use = Use::claim(&self.ground, &code).await?;
        let telling = self.books.set_user_id(session, &code.pxr_id, user_id, code.partner());
        let told = self.ground.while_held(&mut this_use.claim, telling).await.ok_or(Refusal::InUse)?;
        let tx = store.write().await?;
        this_use.release(&tx).await?;
        if told.is_ok() {
            let author = Author::new(&self.ground, session);
            update_rows!(
                &tx, author, identify_verify, { UserId: user_id, IsVerified: is_verified },
                identify_verify::Column::Id.eq(code.id),
            )?;
        }
        tx.commit().await?;
        told.map_err(Refusal::of_book)?;
        audit(session, &code, "user id set", is_verified);
        Ok(identify_verify::Model { user_id: Some(user_id.to_owned()), is_verified, ..code })
    }

    /// Notes how a verification ended; one that ended so already is left as it is.
    pub(crate) async fn set_state(
        &self,
        session: &Session,
        code: identify_verify::Model,
        is_verified: i16,
    ) -> Result<identify_verify::Model, ApiError> {
        if code.is_verified == is_verified {
            return Ok(code);
        }
        let author = Author::new(&self.ground, session);
        let this_use = Use::claim(&self.ground, &code).await?;
        let tx = self.ground.store.write().await?;
        update_rows!(
            &tx, author, identify_verify, { IsVerified: is_verified },
            identify_verify::Column::Id.eq(code.id),
        )?;
        this_use.release(&tx).await?;
        tx.commit().await?;
        audit(session, &code, "state set", is_verified);
        Ok(identify_verify::Model { is_verified, ..code })
    }
}

fn audit(session: &Session, code: &identify_verify::Model, what: &str, is_verified: i16) {
    tracing::info!(
        target: "audit",
        what,
        by = session.login_id,
        about = code.pxr_id,
        actor = code.actor_catalog_code,
        was = code.is_verified,
        is_verified,
        "identification code"
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_user_id_is_printable_ascii() {
        assert_eq!(user_id(&json!("user 1~")).as_deref(), Ok("user 1~"));
        for wrong in [json!("あ"), json!("a\u{0}"), json!("a\n"), json!("x".repeat(256)), json!(1)] {
            assert!(user_id(&wrong).is_err(), "{wrong}");
        }
    }
}
