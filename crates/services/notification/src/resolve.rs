//! Who a notice is for, and whether what it names exists (spec: notification 4.2 rules 1, 4, 5).

use contract::CallFailure;
use http::{Method, StatusCode};
use platform::{ApiError, Outgoing};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, ServiceName, Session};

use crate::{Notifications, api::Recipients, refusal::Refusal};

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
        let mut found: Vec<Recipient> = Vec::new();
        let queries: Vec<Query> = match recipients {
            Recipients::All => Vec::new(),
            Recipients::Operators(ids) => ids.iter().map(|id| Query::Id(*id)).collect(),
            Recipients::PxrIds(ids) => ids.iter().cloned().map(Query::PxrId).collect(),
            Recipients::Users(users) => {
                let mut queries = Vec::with_capacity(users.len());
                for user in users {
                    queries.push(Query::PxrId(self.pxr_id(session, user, application).await?));
                }
                queries
            }
        };
        for query in queries {
            let operator = match query {
                Query::Id(id) => self.operators.by_id(session, id).await,
                Query::PxrId(id) => self.operators.by_pxr_id(session, &id).await,
            };
            let operator = operator.map_err(|failure| match failure.status() {
                Some(StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST) => Refusal::NoSuchOperator,
                _ => Refusal::Neighbour,
            })?;
            let recipient = Recipient { operator_id: operator.operator_id, login_id: operator.login_id };
            if !found.contains(&recipient) {
                found.push(recipient);
            }
        }
        Ok(found)
    }

    /// The PXR-ID of a user of an application, which only book-manage at the root knows.
    async fn pxr_id(
        &self,
        session: &Session,
        user: &str,
        application: Option<i64>,
    ) -> Result<String, ApiError> {
        let application =
            application.ok_or(Refusal::Input("利用者IDにはアプリケーションコードが必要です"))?;
        let body = json!({"actor": null, "app": application, "wf": null, "userId": user});
        let request = Outgoing::new(Method::POST, "/book-manage/search/user").session(session).json(&body);
        let answer = if self.ground.block.is_root() {
            self.ground.channel.send(ServiceName::BookManage, request).await
        } else {
            let sender = contract::proxy::Sender { block: None, path: Some("/notification") };
            contract::proxy::call(&self.ground, sender, contract::proxy::ToBlock::Root, request).await
        };
        let answer = answer.map_err(|_| Refusal::Neighbour)?;
        if answer.status != StatusCode::OK {
            return Err(Refusal::Neighbour.into());
        }
        let found: Value = answer.json()?;
        Ok(found["pxrId"].as_str().ok_or(Refusal::Neighbour)?.to_owned())
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

enum Query {
    Id(i64),
    PxrId(String),
}
