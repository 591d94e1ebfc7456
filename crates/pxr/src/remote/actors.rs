//! Actors: who runs a block, and the applications for it.

use serde_json::{Value, json};
use vocabulary::BlockKind;

use super::{Member, RemoteError, To, blocks::KINDS};

/// An application for certification (type 1) or for its end (type 2).
#[derive(Clone, Debug)]
pub(crate) struct Application(pub(crate) Value);

/// Statuses of applications (spec: catalog-update 2.1).
const APPLIED: i64 = 0;
pub(crate) const APPROVED: i64 = 1;
const DENIED: i64 = 2;
const AWAITS_FINAL: i64 = 3;

impl Application {
    pub(crate) fn id(&self) -> i64 {
        self.0["id"].as_i64().unwrap_or_default()
    }

    pub(crate) fn is_certification(&self) -> bool {
        self.0["type"] == json!(1)
    }

    pub(crate) fn status(&self) -> Option<i64> {
        self.0["status"].as_i64()
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.0["isDraft"] != json!(true) && matches!(self.status(), Some(APPLIED | AWAITS_FINAL))
    }

    /// The actor that is to take over the block, and has not said yet whether it does.
    pub(crate) fn awaited_successor(&self) -> Option<i64> {
        self.successor().filter(|_| self.status() == Some(APPLIED))
    }

    /// The actor that agreed to take over the block.
    pub(crate) fn agreed_successor(&self) -> Option<i64> {
        self.successor().filter(|_| self.status() == Some(AWAITS_FINAL))
    }

    fn successor(&self) -> Option<i64> {
        self.0["migration"]["actor"]["_value"].as_i64()
    }

    /// The status as a word.
    pub(crate) fn standing(&self) -> &'static str {
        match self.status() {
            _ if self.0["isDraft"] == json!(true) => "draft",
            Some(APPLIED) => "applied",
            Some(APPROVED) => "approved",
            Some(DENIED) => "denied",
            Some(AWAITS_FINAL) => "awaits final approval",
            _ => "unknown",
        }
    }

    /// The name of the actor, where the application holds it.
    pub(crate) fn name(&self) -> &str {
        self.0["actorCatalog"]["catalogItem"]["name"].as_str().unwrap_or_default()
    }

    /// The actor's code, once it has one.
    pub(crate) fn actor(&self) -> Option<i64> {
        self.0["attributes"]["actorCode"].as_i64().or_else(|| self.0["caller"]["_value"].as_i64())
    }

    /// Serial number and fingerprint of the certificate that was issued at the approval.
    pub(crate) fn certificate(&self) -> Option<(String, String)> {
        let text = |key: &str| self.0["attributes"][key].as_str().map(str::to_owned);
        Some((text("serialNo")?, text("fingerPrint")?))
    }
}

impl Member {
    /// Applications that the member may see, the newest first.
    pub(crate) async fn applications(&mut self, kind: BlockKind) -> Result<Vec<Application>, RemoteError> {
        let path = format!("/catalog-update/actor?actorType={}&approved=true", kind.as_str());
        let found = self.find("the applications of actors", To::Root, &path).await?;
        Ok(listed(found))
    }

    /// The applications of one block.
    pub(crate) async fn applications_of(
        &mut self,
        block: i64,
        kind: BlockKind,
    ) -> Result<Vec<Application>, RemoteError> {
        let path =
            format!("/catalog-update/actor?actorType={}&approved=true&code={block}&ver=1", kind.as_str());
        let found = self.find("the applications of the block", To::Root, &path).await?;
        Ok(listed(found))
    }

    /// The actor that runs a block now: its code, if there is one.
    pub(crate) async fn actor_of(&mut self, block: i64) -> Result<Option<i64>, RemoteError> {
        let runners = self.runners().await?;
        Ok(runners.into_iter().find(|(of, ..)| *of == block).map(|(_, actor, _)| actor))
    }

    /// Which blocks are run by whom: block, actor, the actor's name.
    pub(crate) async fn runners(&mut self) -> Result<Vec<(i64, i64, String)>, RemoteError> {
        let ext = self.ext_name().await?;
        let mut runners = Vec::new();
        for kind in KINDS {
            let actors = self.items_in(&format!("catalog/ext/{ext}/actor/{}", kind.as_str())).await?;
            for actor in actors.iter().filter(|actor| actor.get("breakaway-flg") != Some(&json!(true))) {
                let blocks = actor.code("main-block").into_iter().chain(actor.codes("other-block"));
                let name = actor.head.name.clone().unwrap_or_default();
                runners.extend(blocks.map(|block| (block.value.0, actor.head.code.value.0, name.clone())));
            }
        }
        Ok(runners)
    }

    /// Who may certify actors of a kind: name and code.
    pub(crate) async fn accreditors(&mut self, kind: BlockKind) -> Result<Vec<(String, Value)>, RemoteError> {
        let path = format!("/catalog-update/actor/accreditor?actorType={}", kind.as_str());
        let found = self.find("the actors that may certify", To::Root, &path).await?;
        let named =
            |one: &Value| (one["name"].as_str().unwrap_or_default().to_owned(), one["approvalActor"].clone());
        Ok(found["approvalActors"].as_array().into_iter().flatten().map(named).collect())
    }
}

fn listed(found: Value) -> Vec<Application> {
    match found {
        Value::Array(found) => found.into_iter().map(Application).collect(),
        _ => Vec::new(),
    }
}
