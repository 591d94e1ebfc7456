//! Who a notice is for, and whether what it names exists (spec: notification 4.2 rules 1, 4, 5).

use std::{collections::HashSet, hash::Hash};

use contract::{
    CallFailure,
    operator::{Named, OperatorView},
};
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use http::StatusCode;
use platform::ApiError;
use vocabulary::{Code, CodeVersion, Session};

use crate::{Notifications, api::Recipients, refusal::Refusal};

/// How many users the books are asked for at a time.
const AT_ONCE: usize = 8;

/// A recipient of this block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub(crate) operator_id: i64,
    pub(crate) login_id: String,
}

impl Notifications {
    /// The category's version: the one asked for, or the catalog's newest. Block and category must be what they
    /// are said to be.
    pub(crate) async fn check_catalog(
        &self,
        session: &Session,
        block: Code,
        category: Code,
        version: Option<i64>,
    ) -> Result<i64, ApiError> {
        let failed = |missing: Refusal| {
            move |failure: CallFailure| match failure.status() {
                Some(StatusCode::NOT_FOUND) => missing,
                _ => {
                    tracing::warn!(%failure, "the catalog did not help");
                    Refusal::Neighbour
                }
            }
        };
        let item = self.catalog.item(session, block).await.map_err(failed(Refusal::NotABlock))?;
        if !item.head.ns.starts_with("catalog/ext/") || !item.head.ns.contains("/block/") {
            return Err(Refusal::NotABlock.into());
        }
        let item = self.catalog.item(session, category).await.map_err(failed(Refusal::NotACategory))?;
        if !item.head.ns.starts_with("catalog/model/notification") {
            return Err(Refusal::NotACategory.into());
        }
        Ok(version.filter(|version| *version != 0).unwrap_or(item.head.code.ver.0))
    }

    /// The operators of this block that a notice is for; nobody by name when it is for all.
    pub(crate) async fn recipients(
        &self,
        session: &Session,
        recipients: &Recipients,
        application: Option<i64>,
    ) -> Result<Vec<Recipient>, ApiError> {
        let named = match recipients {
            Recipients::All => return Ok(Vec::new()),
            Recipients::Operators(ids) => Named::ByIds(distinct(ids)),
            Recipients::PxrIds(ids) => Named::ByPxrIds(distinct(ids)),
            Recipients::Users(users) => Named::ByPxrIds(self.pxr_ids(session, users, application).await?),
        };
        let failed = |failure: CallFailure| match failure.status() {
            Some(StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST) => Refusal::NoSuchOperator,
            _ => Refusal::Neighbour,
        };
        // Several are asked for in one call, however many they are.
        let operators = match &named {
            Named::ByIds(ids) if ids.len() == 1 => {
                vec![self.operators.by_id(session, ids[0]).await.map_err(failed)?]
            }
            Named::ByPxrIds(ids) if ids.len() == 1 => {
                vec![self.operators.by_pxr_id(session, &ids[0]).await.map_err(failed)?]
            }
            several => self.operators.list(session, several).await.map_err(failed)?,
        };
        if operators.len() < named.count() {
            return Err(Refusal::NoSuchOperator.into());
        }
        let of = |operator: OperatorView| Recipient {
            operator_id: operator.operator_id,
            login_id: operator.login_id,
        };
        Ok(operators.into_iter().map(of).collect())
    }

    /// The PXR-IDs of users of an application, which only the books at the root know. They tell one at a time.
    async fn pxr_ids(
        &self,
        session: &Session,
        users: &[String],
        application: Option<i64>,
    ) -> Result<Vec<String>, ApiError> {
        let application =
            application.ok_or(Refusal::Input("利用者IDにはアプリケーションコードが必要です"))?;
        let users = distinct(users);
        let asked: Vec<_> = users
            .iter()
            .map(|user| self.books.pxr_id(session, None, Code(application), user).boxed())
            .collect();
        let ids = stream::iter(asked).buffered(AT_ONCE).try_collect::<Vec<_>>().await;
        let failed = |failure: CallFailure| match failure.status() {
            // Said in words, it is about the user.
            Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) if failure.message().is_some() => {
                Refusal::NoSuchUser
            }
            Some(StatusCode::NO_CONTENT) => Refusal::NoSuchUser,
            _ => {
                tracing::warn!(%failure, "the books do not tell a user");
                Refusal::Neighbour
            }
        };
        Ok(distinct(&ids.map_err(failed)?))
    }

    /// The actor that runs a block: the one in the block's twin namespace whose main block it is.
    pub(crate) async fn actor_of(
        &self,
        session: &Session,
        block: Code,
    ) -> Result<Option<CodeVersion>, ApiError> {
        let item = self.catalog.item(session, block).await.map_err(|_| Refusal::Neighbour)?;
        let ns = item.head.ns.replacen("block", "actor", 1);
        let actors = match self.catalog.in_namespace(session, &ns).await {
            Ok(actors) => actors,
            Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => return Ok(None),
            Err(_) => return Err(Refusal::Neighbour.into()),
        };
        let runs =
            actors.iter().find(|actor| actor.code("main-block").is_some_and(|main| main.value == block));
        Ok(runs.map(|actor| actor.head.code))
    }
}

/// Everybody once, in the order given.
fn distinct<T: Clone + Eq + Hash>(all: &[T]) -> Vec<T> {
    let mut seen = HashSet::new();
    all.iter().filter(|one| seen.insert(*one)).cloned().collect()
}
