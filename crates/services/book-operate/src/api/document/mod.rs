//! Documents: chapters that hold events.

pub(super) mod add;
pub(super) mod change;
pub(super) mod delete;

mod chapters;

use platform::{ApiError, Incoming, Input};

use super::input;
use crate::{
    items::{self, Document, Purpose},
    store::find::Named,
};

/// A new document for the user of the path.
#[derive(Debug)]
pub(super) struct NewDocument {
    user_id: String,
    document: Document,
}

impl Input for NewDocument {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let document = Document::read(items::object(incoming)?, Purpose::Add)?;
        Ok(Self { user_id: input::user(incoming)?, document })
    }
}

/// A changed document, and the one it replaces.
#[derive(Debug)]
pub(super) struct ChangedDocument {
    user_id: String,
    named: Named,
    document: Document,
}

impl Input for ChangedDocument {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let item = items::object(incoming)?;
        let named = input::named(incoming, "documentSourceId")?;
        let user_id = input::user(incoming)?;
        Ok(Self { user_id, named, document: Document::read(item, Purpose::Change)? })
    }
}

/// Documents to be deleted.
#[derive(Debug)]
pub(super) struct DeletedDocuments {
    user_id: String,
    named: Named,
}

impl Input for DeletedDocuments {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Ok(Self { user_id: input::user(incoming)?, named: input::named(incoming, "documentSourceId")? })
    }
}
