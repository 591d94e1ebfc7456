//! What a batch stands on.

use std::{fmt, sync::Arc};

use platform::Neighbourhood;
use serde_json::{Value, json};
use vocabulary::{BlockKind, CodeVersion, Session};

use crate::{BatchError, BatchReport, Settings};

/// The operator that batches act as. Read flags of notices are kept under it, so it is the reference's.
const OPERATOR: i64 = 999_999_999_999;

type Watch = Arc<dyn Fn(&BatchReport) + Send + Sync>;

/// The block that a batch runs on, and the ways to its services.
#[derive(Clone)]
pub struct BatchGround {
    pub(crate) neighbourhood: Neighbourhood,
    login_id: String,
    watch: Option<Watch>,
}

impl fmt::Debug for BatchGround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let block = &self.neighbourhood.block;
        f.debug_struct("BatchGround")
            .field("block", block)
            .field("login_id", &self.login_id)
            .finish_non_exhaustive()
    }
}

impl BatchGround {
    /// Batches write under the login id that the reference's samples give them.
    #[must_use]
    pub fn new(neighbourhood: impl Into<Neighbourhood>) -> Self {
        let neighbourhood = neighbourhood.into();
        let login_id = login_id(neighbourhood.block.kind).to_owned();
        Self { neighbourhood, login_id, watch: None }
    }

    #[must_use]
    pub fn with(self, settings: &Settings) -> Self {
        let login_id = settings.login_id.clone().unwrap_or(self.login_id);
        Self { login_id, ..self }
    }

    /// Shows how far a run is, after each thing that it worked on.
    #[must_use]
    pub fn watched(self, watch: impl Fn(&BatchReport) + Send + Sync + 'static) -> Self {
        Self { watch: Some(Arc::new(watch)), ..self }
    }

    pub(crate) fn show(&self, report: &BatchReport) {
        if let Some(watch) = &self.watch {
            watch(report);
        }
    }

    pub(crate) fn login_id(&self) -> &str {
        &self.login_id
    }

    /// The identity of a batch of this block with these rights.
    pub(crate) fn session(&self, rights: &Value) -> Result<Session, BatchError> {
        let block = &self.neighbourhood.block;
        let actor = block.actor.ok_or(BatchError::NoActor)?;
        Self::identity(&self.login_id, block.code, actor, rights)
    }

    /// The identity of a batch. It is accepted from inside only.
    pub(crate) fn identity(
        login_id: &str,
        block: CodeVersion,
        actor: CodeVersion,
        rights: &Value,
    ) -> Result<Session, BatchError> {
        let mut operator = json!({
            "loginId": login_id,
            "block": block,
            "actor": actor,
            "sessionId": "0".repeat(64),
            "operatorId": OPERATOR,
            "type": 3,
        });
        if !rights.is_null() {
            operator["auth"] = rights.clone();
        }
        Ok(Session::from_json(operator)?)
    }
}

/// The login ids of the reference's samples.
pub(crate) const fn login_id(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Root => "root_batch",
        BlockKind::RegionRoot => "region000001_batch",
        BlockKind::App => "application000001_batch",
    }
}
