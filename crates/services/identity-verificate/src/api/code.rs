//! A code that a resident asks for (spec: identity-verificate 4.1).
//!
//! The book hears first, the code is kept next, and whoever must know it is told last. When that fails, the code is
//! taken back; a crash in between leaves one that nobody knows. Either way the resident asks again: the book knows of
//! the request already, and a new code is made.

use axum::{Json, extract::State};
use contract::linking::{FoundBook, LinkRequest, Partner};
use platform::{ApiError, Call, Incoming, Individual, Input, Sms};
use serde_json::Value;
use vocabulary::{Code, Session};

use crate::{
    Verifications,
    body::{in_one_message, object},
    cooperation::{Standing, Unavailable},
    issue::{Issued, NewCode},
    partner,
    refusal::Refusal,
    store::identify_verify,
};

#[derive(Debug)]
pub(super) struct Wanted(Partner);

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let partner = fields.build(partner::read(&fields)).map_err(in_one_message)?;
        Ok(Self(partner::only_one(partner)?))
    }
}

/// Issues a code that links the caller with a region or an application, or that releases the link. **Residents.**
pub(super) async fn issue(
    State(service): State<Verifications>,
    call: Call<Individual, Wanted>,
) -> Result<Json<Issued>, ApiError> {
    let (Individual(session), Wanted(partner)) = (call.who, call.input);
    let pxr_id = session.pxr_id.as_deref().filter(|pxr_id| !pxr_id.is_empty()).ok_or(Refusal::NoPxrId)?;
    service.check_partner(&session, partner).await?;
    let main_block = service.main_block(&session, partner.actor.value).await?;
    // The user of an application takes the code there himself.
    let addressee = match partner.app {
        Some(_) => None,
        None => Some(main_block.ok_or(Refusal::NoMainBlock)?),
    };
    let books = service.books.search(&session, pxr_id).await.map_err(Refusal::of_book)?;
    let standing = Standing::of(&books, partner, Unavailable::Ignored);
    let request = LinkRequest { pxr_id: None, partner, user_id: None };
    service.ask_book(&session, &standing, request).await?;
    let new = NewCode { partner, pxr_id, user_id: standing.user_id.clone(), verified: standing.linked };
    let code = service.keep(&session, new).await?;
    if let Err(refusal) = service.announce(&session, &code, addressee, &standing).await {
        service.forget(&code).await?;
        return Err(refusal.into());
    }
    service.send_sms(&books, &code);
    Ok(Json(service.issued(code)))
}

impl Verifications {
    async fn announce(
        &self,
        session: &Session,
        code: &identify_verify::Model,
        addressee: Option<Code>,
        standing: &Standing,
    ) -> Result<(), Refusal> {
        let copied = self.operators.keep_identify_code(session, &code.code, &self.expire_at(code)).await;
        copied.map_err(|failure| Refusal::because(&failure, Refusal::Operator))?;
        match addressee {
            Some(block) => self.notify(session, block, code, standing.linked, false).await,
            None => Ok(()),
        }
    }

    /// The code for the resident's own phone.
    fn send_sms(&self, books: &[FoundBook], code: &identify_verify::Model) {
        let Some(phone) = phone(books, self.settings.phone_number_code) else { return };
        for text in ["利用者ID連携の本人性確認コードを送ります。", &code.code] {
            Sms::new(&self.settings.country_code, &phone, text.to_owned()).send(&self.settings.sms);
        }
    }
}

/// The first phone number in the profile of the first book that has one.
fn phone(books: &[FoundBook], item_type: i64) -> Option<String> {
    let groups =
        books.iter().filter_map(|book| book.user_information.get("item-group")?.as_array()).flatten();
    let items = groups.filter_map(|group| group.get("item")?.as_array()).flatten();
    let phones = items.filter(|item| item["type"]["_value"].as_i64() == Some(item_type));
    let texts = phones.filter_map(|item| match &item["content"] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    texts.into_iter().find(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn book(user_information: Value) -> FoundBook {
        FoundBook { cooperation: None, user_information }
    }

    #[test]
    fn the_first_phone_number_of_a_profile_counts() {
        let item = |kind: i64, content: Value| json!({"type": {"_value": kind}, "content": content});
        let profile = |items: Value| book(json!({"item-group": [{"item": null}, {"item": items}]}));
        let books = [
            book(Value::Null),
            profile(json!([item(30001, json!("name")), item(30036, json!(""))])),
            profile(json!([item(30036, json!(9011112222_i64)), item(30036, json!("1"))])),
        ];
        assert_eq!(phone(&books, 30036).as_deref(), Some("9011112222"));
        assert_eq!(phone(&books[..2], 30036), None);
    }
}
