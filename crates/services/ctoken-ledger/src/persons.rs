//! Whose data are reported: the PXR-IDs behind user ids (spec: ctoken-ledger 4.3, 6.14).

use std::collections::HashMap;

use contract::matrix::{Differences, Element};
use http::StatusCode;
use vocabulary::{Code, Instant, Session};

use crate::{Ledger, refusal::Refusal};

/// A user of an actor's application.
type User = (String, i64, i64);

/// The PXR-IDs of users.
#[derive(Debug, Default)]
pub(crate) struct Persons(HashMap<User, String>);

impl Persons {
    /// Whose data an element is about.
    pub(crate) fn of(&self, element: &Element<Instant>) -> Result<&str, Refusal> {
        self.0.get(&user(element)?).map(String::as_str).ok_or(Refusal::UnknownPerson)
    }

    /// Each of them once.
    pub(crate) fn pxr_ids(&self) -> Vec<String> {
        let mut all: Vec<_> = self.0.values().cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// An element without application belongs to nobody.
fn user(element: &Element<Instant>) -> Result<User, Refusal> {
    let app = element.event.app_code.filter(|app| *app != 0).ok_or(Refusal::NoApplication)?;
    Ok((element.user_id.clone(), element.event.actor_code, app))
}

impl Ledger {
    /// Asks book-manage who the users are, once for each.
    pub(crate) async fn persons(
        &self,
        session: &Session,
        differences: &Differences<Instant>,
    ) -> Result<Persons, Refusal> {
        let mut users = differences.stored().map(user).collect::<Result<Vec<_>, _>>()?;
        users.sort_unstable();
        users.dedup();
        let mut persons = Persons::default();
        for (user_id, actor, app) in users {
            let found = self.books.pxr_id_even_if_gone(session, Code(actor), Code(app), &user_id).await;
            let pxr_id = found.map_err(|failure| match failure.status() {
                Some(StatusCode::NO_CONTENT) => Refusal::UnknownPerson,
                _ => failure.into(),
            })?;
            persons.0.insert((user_id, actor, app), pxr_id);
        }
        Ok(persons)
    }
}
