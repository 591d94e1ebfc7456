//! What residents agreed to, and what follows from it: storing, sharing, store events, access log, data output
//! (spec: book-manage part B).

mod access_log;
mod agree;
mod ctoken;
mod input;
mod notificate;
mod output;
mod permission_share;
mod permission_store;
mod reminders;
mod settings;
mod share_temp;
mod store_event;

use platform::{ApiError, Origin, Routes, Who};
use vocabulary::{OperatorType, Session};

use crate::{Books, refusal::Refusal};

/// Whoever works for an actor: members and applications.
#[derive(Debug)]
struct Staff(Session);

impl Who for Staff {
    const WHO: &'static str = "members and applications";

    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or(Refusal::NotLoggedIn)?;
        match session.operator_type {
            OperatorType::Application | OperatorType::Member => Ok(Self(session)),
            OperatorType::Individual => Err(Refusal::NotPermitted.into()),
        }
    }
}

pub(super) fn routes() -> Routes<Books> {
    Routes::new()
        .post("/book-manage/settings/store", agree::to_store)
        // One pattern: a user's id for reading, an agreement's for withdrawing.
        .get("/book-manage/settings/store/{id}", settings::stored)
        .delete("/book-manage/settings/store/{id}", agree::withdraw_store)
        .post("/book-manage/settings/store/permission", permission_store::permission)
        .get("/book-manage/setting/share", settings::shared)
        .post("/book-manage/setting/share", agree::to_share)
        .delete("/book-manage/setting/share/{id}", agree::withdraw_share)
        .post("/book-manage/setting/share/permission", permission_share::permission)
        .get("/book-manage/ind/setting/share", settings::shared_of_individual)
        .post("/book-manage/ind/setting/share", agree::to_share)
        .delete("/book-manage/ind/setting/share/{id}", agree::withdraw_share)
        .post("/book-manage/store-event", store_event::register)
        .post("/book-manage/store-event/notificate", notificate::notificate)
        .post("/book-manage/accesslog", access_log::search)
        .post("/book-manage/ind/accesslog", access_log::search)
        .post("/book-manage/ctoken", ctoken::counts)
        .post("/book-manage/settings/update", reminders::announce)
        .get("/book-manage/settings/target", reminders::due)
        .get("/book-manage/settings/target/find", reminders::distribute)
        .post("/book-manage/settings/notification/complete", reminders::sent)
        .merge(share_temp::routes())
        .merge(output::routes())
}
