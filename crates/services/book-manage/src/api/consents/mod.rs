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

use axum::{
    Router,
    routing::{delete, get, post},
};

use platform::{ApiError, Origin, Who};
use vocabulary::{OperatorType, Session};

use crate::{Books, refusal::Refusal};

/// Whoever works for an actor: members and applications.
#[derive(Debug)]
struct Staff(Session);

impl Who for Staff {
    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or(Refusal::NotLoggedIn)?;
        match session.operator_type {
            OperatorType::Application | OperatorType::Member => Ok(Self(session)),
            OperatorType::Individual => Err(Refusal::NotPermitted.into()),
        }
    }
}

pub(super) fn routes() -> Router<Books> {
    Router::new()
        .route("/book-manage/settings/store", post(agree::to_store))
        // One pattern: a user's id for reading, an agreement's for withdrawing.
        .route("/book-manage/settings/store/{id}", get(settings::stored).delete(agree::withdraw_store))
        .route("/book-manage/settings/store/permission", post(permission_store::permission))
        .route("/book-manage/setting/share", get(settings::shared).post(agree::to_share))
        .route("/book-manage/setting/share/{id}", delete(agree::withdraw_share))
        .route("/book-manage/setting/share/permission", post(permission_share::permission))
        .route("/book-manage/ind/setting/share", get(settings::shared_of_individual).post(agree::to_share))
        .route("/book-manage/ind/setting/share/{id}", delete(agree::withdraw_share))
        .route("/book-manage/store-event", post(store_event::register))
        .route("/book-manage/store-event/notificate", post(notificate::notificate))
        .route("/book-manage/accesslog", post(access_log::search))
        .route("/book-manage/ind/accesslog", post(access_log::search))
        .route("/book-manage/ctoken", post(ctoken::counts))
        .route("/book-manage/settings/update", post(reminders::announce))
        .route("/book-manage/settings/target", get(reminders::due))
        .route("/book-manage/settings/target/find", get(reminders::distribute))
        .route("/book-manage/settings/notification/complete", post(reminders::sent))
        .merge(share_temp::routes())
        .merge(output::routes())
}
