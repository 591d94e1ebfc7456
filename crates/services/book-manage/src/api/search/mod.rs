//! Finding books (spec: book-manage 4.4).

mod books;
mod linked;
mod user;

use platform::{
    Incoming, Routes,
    fields::{Complaint, strict_number},
};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{CodeVersion, OperatorType, Session};

use crate::{Books, store::user_id_cooperate};

pub(super) fn routes() -> Routes<Books> {
    Routes::new()
        .post("/book-manage/search", books::search)
        .post("/book-manage/search/user", user::search)
        .post("/book-manage/search/cooperate", linked::search)
}

/// A link of a book that was found. The absent are null: callers compare with it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    actor: CodeVersion,
    region: Option<CodeVersion>,
    app: Option<CodeVersion>,
    wf: Option<CodeVersion>,
    user_id: Option<String>,
    start_at: Option<String>,
    status: i16,
}

impl Link {
    fn of(service: &Books, row: &user_id_cooperate::Model) -> Self {
        Self {
            actor: row.actor(),
            region: row.region(),
            app: row.app(),
            wf: None,
            user_id: row.user_id.clone(),
            start_at: service.time(row.start_at),
            status: row.status,
        }
    }
}

/// How much of the residents a caller may see (spec: book-manage 6.1 rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// Operators of the root: everything.
    Everybody,
    /// A resident: himself.
    Oneself,
    /// Operators of an actor: where a resident is linked, and more of those linked with the actor.
    Linked(i64),
}

impl Sight {
    fn of(service: &Books, session: &Session) -> Self {
        if session.operator_type == OperatorType::Individual {
            Self::Oneself
        } else if service.of_root(session).is_ok() {
            Self::Everybody
        } else {
            // An operator without actor sees nothing but links.
            Self::Linked(session.actor.map_or(-1, |actor| actor.value.0))
        }
    }

    /// Whether the profile of a resident with these links is shown.
    fn shows_profile(self, links: &[user_id_cooperate::Model]) -> bool {
        match self {
            Self::Everybody | Self::Oneself => true,
            Self::Linked(own) => links.iter().any(|link| link.actor_catalog_code == own),
        }
    }
}

/// A flag of the query: 1 is on.
fn flag(incoming: &Incoming, name: &str) -> bool {
    incoming.query(name) == Some("1")
}

/// Whether a workflow is named, which is no longer supported.
fn is_named(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !matches!(value, Value::Bool(false)) && *value != 0 && *value != "")
}

/// A number that is not negative.
fn count(value: &Value) -> Result<u64, Complaint> {
    u64::try_from(strict_number(value)?).map_err(|_| "0以上を指定してください".into())
}

/// How many books one answer holds at most.
const AT_MOST: usize = 10_000;
