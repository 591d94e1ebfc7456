//! Events: what happened to a user, and when.

pub(super) mod add;
pub(super) mod change;
pub(super) mod delete;

use platform::{ApiError, Incoming, Input};

use super::input;
use crate::{
    items::{self, Event, Purpose},
    store::find::Named,
};

/// A new event for the user of the path.
#[derive(Debug)]
pub(super) struct NewEvent {
    user_id: String,
    event: Event,
}

impl Input for NewEvent {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let event = Event::read(items::object(incoming)?, Purpose::Add)?;
        Ok(Self { user_id: input::user(incoming)?, event })
    }
}

/// A changed event, and the one it replaces.
#[derive(Debug)]
pub(super) struct ChangedEvent {
    user_id: String,
    named: Named,
    event: Event,
}

impl Input for ChangedEvent {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let item = items::object(incoming)?;
        let named = input::named(incoming, "eventSourceId")?;
        Ok(Self { user_id: input::user(incoming)?, named, event: Event::read(item, Purpose::Change)? })
    }
}

/// Events to be deleted.
#[derive(Debug)]
pub(super) struct DeletedEvents {
    user_id: String,
    named: Named,
}

impl Input for DeletedEvents {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Ok(Self { user_id: input::user(incoming)?, named: input::named(incoming, "eventSourceId")? })
    }
}
