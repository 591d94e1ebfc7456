//! What makes an actor: its item, its namespaces, its settings, its certificate (spec: catalog-update 4.1.6).
//!
//! Each step is noted as soon as it is done, so that a repeated certification goes on where one failed or was
//! killed, and makes nothing twice.

mod blueprint;
mod progress;

use contract::{
    catalog::Item,
    certification_authority::{Certificate, CertificateType, ClientOrder},
};
use http::StatusCode;
use platform::ApiError;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Session};

use crate::{
    CatalogUpdate,
    decertification::authority_fails,
    items::{block_of, reference, unwritable},
    notices::{Notice, Text},
    refusal::Refusal,
    store::actor_manage,
};

use blueprint::Blueprint;
use progress::Issue;
pub(crate) use progress::Progress;

const CERTIFICATE: Text = Text::new(138, "証明書情報", "アクターの証明書が発行されました。");

impl CatalogUpdate {
    /// Makes the actor of an application and tells the approver of its certificate.
    pub(crate) async fn certify(
        &self,
        session: &Session,
        row: actor_manage::Model,
    ) -> Result<actor_manage::Model, ApiError> {
        let (row, issue) = match Progress::of(&row) {
            Progress::Finished(_) => return Ok(row),
            Progress::Issued(issue) => (row, issue),
            progress => self.establish(session, row, progress).await?,
        };
        self.tell_of(session, &row, &issue).await?;
        self.note(row, &Progress::Finished(issue)).await
    }

    /// Everything but the notice.
    async fn establish(
        &self,
        session: &Session,
        row: actor_manage::Model,
        progress: Progress,
    ) -> Result<(actor_manage::Model, Issue), ApiError> {
        // Only a repeated attempt looks whether a step was done before.
        let repeated = progress != Progress::Untouched;
        let (row, actor) = self.actor(session, row, progress).await?;
        let root = self.root_name(session).await?;
        let blueprint = Blueprint::of(&actor, &self.ground.block.ext_name, &root)?;
        for (ns, description) in &blueprint.namespaces {
            self.namespace(session, ns, description).await?;
        }
        if !repeated || self.items_in(session, &blueprint.settings_ns).await?.is_empty() {
            let made = self.catalog.add_item(session, &blueprint.settings).await;
            made.map_err(|failure| unwritable(&failure))?;
        }
        let code = actor.head.code.value;
        let earlier = if repeated { self.client_certificates(session, code).await? } else { Vec::new() };
        let certificate = match earlier.into_iter().next() {
            Some(certificate) => certificate,
            None => self.new_certificate(session, &row, &actor).await?,
        };
        let issue = Issue::new(code, &certificate);
        let row = self.note(row, &Progress::Issued(issue.clone())).await?;
        Ok((row, issue))
    }

    async fn root_name(&self, session: &Session) -> Result<String, Refusal> {
        let ns = format!("catalog/ext/{}/actor/pxr-root", self.ground.block.ext_name);
        let root = self.items_in(session, &ns).await?.into_iter().next();
        Ok(root.and_then(|root| root.head.name).unwrap_or_default())
    }

    async fn namespace(&self, session: &Session, ns: &str, description: &str) -> Result<(), Refusal> {
        match self.catalog.add_namespace(session, ns, description).await {
            // It bears the actor's own code: an earlier attempt made it.
            Err(failure) if failure.status() == Some(StatusCode::CONFLICT) => Ok(()),
            Err(failure) if failure.status() == Some(StatusCode::BAD_REQUEST) => {
                Err(Refusal::Namespace(ns.to_owned()))
            }
            made => made.map_err(|failure| unwritable(&failure)),
        }
    }

    /// The item of the actor, made now or by an earlier attempt.
    async fn actor(
        &self,
        session: &Session,
        mut row: actor_manage::Model,
        progress: Progress,
    ) -> Result<(actor_manage::Model, Item), ApiError> {
        let document = document(&row);
        let found = match progress {
            Progress::Untouched => {
                row = self.note(row, &Progress::Begun).await?;
                None
            }
            Progress::Begun => self.made_before(session, &row, &document).await?,
            Progress::Made(code)
            | Progress::Issued(Issue { actor: code, .. })
            | Progress::Finished(Issue { actor: code, .. }) => Some(self.item(session, code).await?),
        };
        let item = match found {
            Some(item) => item,
            None => {
                let document = self.certified(session, &row, document);
                self.catalog.add_item(session, &document).await.map_err(|failure| unwritable(&failure))?
            }
        };
        row.caller_actor_code = Some(item.head.code.value.0);
        row.caller_actor_version = Some(item.head.code.ver.0);
        let row = self.note(row, &Progress::Made(item.head.code.value)).await?;
        Ok((row, item))
    }

    /// An actor of this block and name that an attempt made whose end nobody saw.
    async fn made_before(
        &self,
        session: &Session,
        row: &actor_manage::Model,
        document: &Value,
    ) -> Result<Option<Item>, ApiError> {
        let head = &document["catalogItem"];
        let there = self.items_in(session, head["ns"].as_str().unwrap_or_default()).await?;
        Ok(there.into_iter().find(|item| {
            let block = item.code("main-block").map(|block| block.value.0);
            block == Some(row.caller_block_code)
                && item.head.name.as_deref() == head["name"].as_str()
                && item.get("breakaway-flg") != Some(&json!(true))
        }))
    }

    /// The document with the mark of certification and the block.
    fn certified(&self, session: &Session, row: &actor_manage::Model, mut document: Value) -> Value {
        let mut by = vec![json!({"key": "_value"}), json!({"key": "_ver"})];
        if let Some(actor) = session.actor {
            by = reference(actor).as_array().cloned().unwrap_or_default();
        }
        let status = json!([
            {"key": "status", "value": "certified"},
            {"key": "by", "value": by},
            {"key": "at", "value": self.ground.now_text()},
        ]);
        let block = CodeVersion::new(row.caller_block_code, row.caller_block_version);
        let mut values = document["template"]["value"].as_array().cloned().unwrap_or_default();
        values.push(json!({"key": "status", "value": status}));
        values.push(json!({"key": "main-block", "value": reference(block)}));
        document["template"]["value"] = values.into();
        document
    }

    async fn new_certificate(
        &self,
        session: &Session,
        row: &actor_manage::Model,
        actor: &Item,
    ) -> Result<Certificate, ApiError> {
        let block = CodeVersion::new(row.caller_block_code, row.caller_block_version);
        let order = ClientOrder {
            cert_type: CertificateType::Client,
            actor_name: actor.head.name.clone().unwrap_or_default(),
            block: block.into(),
            actor: actor.head.code.into(),
        };
        let issued = self.authority.issue_client(session, &order).await;
        issued.map_err(|failure| authority_fails(&failure).into())
    }

    async fn tell_of(
        &self,
        session: &Session,
        row: &actor_manage::Model,
        issue: &Issue,
    ) -> Result<(), ApiError> {
        let text = format!(
            "アクター名：{}\nシリアル番号：{}\nフィンガープリント：{}",
            document(row)["catalogItem"]["name"].as_str().unwrap_or_default(),
            issue.serial_no,
            issue.finger_print
        );
        let own = block_of(self, session).value;
        self.notify(session, own, Notice::new(CERTIFICATE).saying(&text)).await.map(drop)
    }

    async fn note(
        &self,
        row: actor_manage::Model,
        progress: &Progress,
    ) -> Result<actor_manage::Model, ApiError> {
        let (actor, version) = (row.caller_actor_code, row.caller_actor_version);
        let mut row = row.into_active_model();
        row.caller_actor_code = Set(actor);
        row.caller_actor_version = Set(version);
        row.attributes = Set(progress.to_text());
        Ok(row.update(self.ground.store.read()).await?)
    }
}

/// The item of the actor to be, as it was posted.
fn document(row: &actor_manage::Model) -> Value {
    row.template.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
