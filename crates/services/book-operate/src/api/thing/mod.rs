//! Things: the values that belong to an event.

pub(super) mod add;
pub(super) mod change;
pub(super) mod delete;

use platform::{ApiError, Incoming, Input};
use serde_json::Value;

use super::input;
use crate::{
    items::{self, Purpose, Thing},
    refusal::Refusal,
    store::find::Named,
};

/// New things for an event.
#[derive(Debug)]
pub(super) struct NewThings {
    user_id: String,
    event: String,
    things: Vec<Thing>,
}

/// One thing is sent as it is, several as a list.
#[derive(Debug)]
pub(super) struct NewThing(NewThings);

impl Input for NewThing {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let thing = Thing::read(items::object(incoming)?, Purpose::Add)?;
        let (user_id, event) = (input::user(incoming)?, input::part(incoming, "event")?);
        Ok(Self(NewThings { user_id, event, things: vec![thing] }))
    }
}

impl Input for NewThings {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let Value::Array(items) = incoming.body() else { return Err(Refusal::NotAnArray.into()) };
        if items.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let read = |item: &Value| {
            let item = item.as_object().filter(|item| !item.is_empty()).ok_or(Refusal::Empty)?;
            Thing::read(item, Purpose::Add)
        };
        let things = items.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { user_id: input::user(incoming)?, event: input::part(incoming, "event")?, things })
    }
}

/// A changed thing, and the one it replaces.
#[derive(Debug)]
pub(super) struct ChangedThing {
    user_id: String,
    event: String,
    named: Named,
    thing: Thing,
}

impl Input for ChangedThing {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let item = items::object(incoming)?;
        let named = input::named(incoming, "thingSourceId")?;
        let (user_id, event) = (input::user(incoming)?, input::part(incoming, "event")?);
        Ok(Self { user_id, event, named, thing: Thing::read(item, Purpose::Change)? })
    }
}

/// Things to be deleted.
#[derive(Debug)]
pub(super) struct DeletedThings {
    user_id: String,
    event: String,
    named: Named,
}

impl Input for DeletedThings {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let named = input::named(incoming, "thingSourceId")?;
        Ok(Self { user_id: input::user(incoming)?, event: input::part(incoming, "event")?, named })
    }
}
