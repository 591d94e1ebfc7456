//! Callers that this service admits beside the platform's own kinds (spec: book-manage 4.0.2, 6.1).

use platform::{ApiError, Origin, Who};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
use vocabulary::{OperatorType, RightsArea, Session};

use crate::{
    Books,
    refusal::Refusal,
    store::{self, my_condition_book, user_id_cooperate},
};

/// A member who may add members: who opens books.
#[derive(Debug)]
pub(crate) struct Registrar(pub(crate) Session);

impl Who for Registrar {
    const WHO: &'static str = "members who may add members";

    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or(Refusal::NotLoggedIn)?;
        let may = session.operator_type == OperatorType::Member && session.may(RightsArea::Member, "add");
        if may { Ok(Self(session)) } else { Err(Refusal::NotPermitted.into()) }
    }
}

/// A resident or a managing member, not an application.
#[derive(Debug)]
pub(crate) struct IndividualOrMember(pub(crate) Session);

impl Who for IndividualOrMember {
    const WHO: &'static str = "residents and members";

    fn admit(session: Option<Session>, _: &Origin) -> Result<Self, ApiError> {
        let session = session.ok_or(Refusal::NotLoggedIn)?;
        match session.operator_type {
            OperatorType::Individual | OperatorType::Member => Ok(Self(session)),
            OperatorType::Application => Err(Refusal::NotPermitted.into()),
        }
    }
}

impl Books {
    /// Only members of the actor that runs the root decide over everybody's books (spec: book-manage 6.1 rule 7).
    pub(crate) fn of_root(&self, session: &Session) -> Result<(), Refusal> {
        let own = self.ground.block.actor.map(|actor| actor.value);
        if own.is_some() && own == session.actor.map(|actor| actor.value) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted)
        }
    }
}

impl Books {
    /// Whether an operator's actor serves a resident, or is about to: some link says so. The root's serves everybody.
    pub(crate) async fn serves(
        &self,
        session: &Session,
        book: &my_condition_book::Model,
    ) -> Result<(), ApiError> {
        if self.of_root(session).is_ok() {
            return Ok(());
        }
        let actor = session.actor.ok_or(Refusal::NotPermitted)?;
        let links = store::links()
            .filter(user_id_cooperate::Column::BookId.eq(book.id))
            .filter(user_id_cooperate::Column::ActorCatalogCode.eq(actor.value.0));
        let linked = links.count(self.ground.store.read()).await?;
        if linked > 0 { Ok(()) } else { Err(Refusal::NotPermitted.into()) }
    }
}

/// The PXR-ID of a resident's session. An empty one is none.
pub(crate) fn pxr_id(session: &Session) -> Option<&str> {
    session.pxr_id.as_deref().filter(|pxr_id| !pxr_id.is_empty())
}
