//! Deleting operators, and taking a deletion back (spec: operator 4.9, 4.10).

use axum::{Json, extract::State, http::HeaderMap};
use platform::{
    AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, Transaction, fields::short_text,
    update_rows,
};
use sea_orm::{EntityTrait, QuerySelect};
use serde::Serialize;

use super::read::Id;
use crate::{
    Operators,
    authority::is_full,
    cookies::set_cookies,
    refusal::Refusal,
    sessions,
    store::{
        self,
        names::{self, Names},
        operator, role_setting,
    },
    who::{MayRestore, has_own_cookie, may},
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deleted {
    operator_id: String,
    /// Who deleted it: what taking the deletion back wants to know.
    register: String,
}

/// Deletes an operator. **The operator itself; members who may delete members.**
///
/// Nothing is asked of the catalog: without an ID service there is nobody who must hear of it.
pub(super) async fn delete(
    State(service): State<Operators>,
    call: Call<AnyOperator, Id>,
) -> Result<(HeaderMap, Json<Deleted>), ApiError> {
    let (session, Id(id)) = (&call.who.0, call.input);
    if !has_own_cookie(session, &call.incoming) {
        return Err(Refusal::NotLoggedIn.into());
    }
    let target = store::by_id(service.ground.store.read(), id).await?.ok_or(Refusal::NoSuchOperator)?;
    let kind = target.operator_type()?;
    if !service.is_self(session, id) && !may(session, "delete") {
        return Err(Refusal::NotPermitted.into());
    }
    let author = Author::new(&service.ground, session);
    let cookie = call.incoming.cookie(kind.cookie());
    let tx = service.ground.store.write().await?;
    if target.rights().is_some_and(|auth| is_full(&auth)) {
        store::keep_a_full_member(&tx, id).await?;
    }
    // Of two deletions at once the second finds nobody.
    store::locked(&tx, id).await?.ok_or(Refusal::NoSuchOperator)?;
    let logged_out = match cookie {
        Some(session_id) => sessions::end_now(&tx, id, session_id, &author).await?,
        None => false,
    };
    disable(&tx, id, &author).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "operator deleted", by = author.login_id, operator = id);
    let cookies: Vec<_> = logged_out.then(|| service.removal(kind)).into_iter().collect();
    let deleted = Deleted { operator_id: id.to_string(), register: author.login_id };
    Ok((set_cookies(&cookies), Json(deleted)))
}

/// The roles get the time of the deletion, by which they are found again when it is taken back.
async fn disable(tx: &Transaction, id: i64, author: &Author) -> Result<(), ApiError> {
    store::remove_roles(tx, id, author).await?;
    update_rows!(
        tx, author, operator, { IsDisabled: true, UniqueCheckLoginId: id.to_string() },
        operator::Column::Id.eq(id),
    )?;
    Ok(())
}

/// Who is noted for taking a deletion back: whoever the answer to the deletion named.
#[derive(Debug)]
pub(super) struct Register(Option<String>);

impl Input for Register {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let register = fields.optional("register", short_text);
        fields.build(|| Some(Self(register)))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Restored {
    operator_id: i64,
}

/// Takes a deletion back, also one that never was. **Services of this block, for members who may delete or add
/// members.**
pub(super) async fn restore(
    State(service): State<Operators>,
    call: Call<MayRestore, (Id, Register)>,
) -> Result<Json<Restored>, ApiError> {
    let (MayRestore(session), (Id(id), Register(register))) = (call.who, call.input);
    let author = Author::named(&service.ground, register.as_deref().unwrap_or(&session.login_id));
    // Names that somebody took meanwhile are not given twice.
    let tx = store::registering(&service.ground.store).await?;
    let row = operator::Entity::find_by_id(id).lock_exclusive().one(&tx).await?;
    let row = row.ok_or(Refusal::NoSuchOperator)?;
    if row.is_disabled {
        let names = Names::of(&row)?;
        names.refuse_taken(&tx).await?;
        update_rows!(
            &tx, author, role_setting, { IsDisabled: false },
            role_setting::Column::OperatorId.eq(id),
            role_setting::Column::IsDisabled.eq(true),
            role_setting::Column::UpdatedAt.eq(row.updated_at),
        )?;
        update_rows!(
            &tx, author, operator, { IsDisabled: false, UniqueCheckLoginId: names.key() },
            operator::Column::Id.eq(id),
        )
        .map_err(names::or_taken)?;
    }
    tx.commit().await?;
    tracing::info!(target: "audit", what = "deletion taken back", by = session.login_id, operator = id);
    Ok(Json(Restored { operator_id: id }))
}
