//! One run of a batch: who it acts as, whom it asks, and what it has done so far.

use std::fmt::Display;

use contract::{
    book_manage::BookManageClient,
    book_operate::BookOperateClient,
    catalog::{CatalogClient, Via},
    identity_verificate::IdentityVerificateClient,
    local_ctoken::LocalCtokenClient,
    notification::NotificationClient,
};
use platform::Block;
use serde_json::Value;
use vocabulary::{BlockKind, CodeVersion, Session};

use crate::{BatchError, BatchGround, BatchName, BatchReport, Unfinished};

pub(crate) struct Run<'a> {
    ground: &'a BatchGround,
    pub(crate) session: Session,
    report: BatchReport,
}

impl<'a> Run<'a> {
    pub(crate) fn new(name: BatchName, ground: &'a BatchGround) -> Result<Self, BatchError> {
        let kind = ground.neighbourhood.block.kind;
        if !name.kinds().contains(&kind) {
            return Err(BatchError::NotHere { batch: name, kind });
        }
        Ok(Self { ground, session: ground.session(&name.rights())?, report: BatchReport::new(name) })
    }

    pub(crate) fn into_report(self) -> BatchReport {
        self.report
    }

    pub(crate) fn done(&mut self, count: u64) {
        self.report.done += count;
        self.ground.show(&self.report);
    }

    /// Something waits for a later run.
    pub(crate) fn left(&mut self, what: impl Into<String>, why: impl Display) {
        let unfinished = self.unfinished(what.into(), why);
        self.report.left.push(unfinished);
        self.ground.show(&self.report);
    }

    /// Something went wrong. The run goes on with the others, and does not count as a success.
    pub(crate) fn failed(&mut self, what: impl Into<String>, why: impl Display) {
        let unfinished = self.unfinished(what.into(), why);
        self.report.failed.push(unfinished);
        self.ground.show(&self.report);
    }

    pub(crate) const fn note(&mut self, note: &'static str) {
        self.report.note = Some(note);
    }

    fn unfinished(&self, what: String, why: impl Display) -> Unfinished {
        let why = why.to_string();
        tracing::info!(batch = %self.report.batch, what, why, "not finished");
        Unfinished { what, why }
    }

    /// Gate G: whether the platform wants the services of regions to be operated (spec: batches 2).
    pub(crate) async fn regions_are_operated(&mut self) -> Result<bool, BatchError> {
        let failed = BatchError::while_("asking whether region services are operated");
        let catalog = self.catalog();
        let ext_name = catalog.ext_name(&self.session).await.map_err(&failed)?;
        let ns = format!("catalog/ext/{ext_name}/setting/global");
        let settings = catalog.in_namespace(&self.session, &ns).await.map_err(&failed)?;
        let operated =
            settings.first().and_then(|item| item.get("use_region_service_operation")).is_some_and(truthy);
        if !operated {
            self.report.note =
                Some("the platform does not operate region services (`use_region_service_operation`)");
        }
        Ok(operated)
    }

    pub(crate) fn block(&self) -> &Block {
        &self.ground.neighbourhood.block
    }

    /// The identity of a batch that acts for another actor than the block's own.
    pub(crate) fn acting_for(&self, actor: CodeVersion, rights: &Value) -> Result<Session, BatchError> {
        BatchGround::identity(self.ground.login_id(), self.block().code, actor, rights)
    }

    pub(crate) fn books(&self) -> BookManageClient {
        BookManageClient::new(&self.ground.neighbourhood).on_behalf_of(self.path())
    }

    pub(crate) fn catalog(&self) -> CatalogClient {
        CatalogClient::new(&self.ground.neighbourhood, Via::Service(self.path()))
    }

    pub(crate) fn notices(&self) -> NotificationClient {
        NotificationClient::new(&self.ground.neighbourhood)
    }

    pub(crate) fn identities(&self) -> IdentityVerificateClient {
        IdentityVerificateClient::new(&self.ground.neighbourhood).on_behalf_of(self.path())
    }

    pub(crate) fn users(&self) -> BookOperateClient {
        BookOperateClient::new(&self.ground.neighbourhood)
    }

    pub(crate) fn differences(&self) -> LocalCtokenClient {
        LocalCtokenClient::new(&self.ground.neighbourhood)
    }

    /// The service in whose name a batch calls the root.
    fn path(&self) -> &'static str {
        match self.block().kind {
            BlockKind::Root => "/pxr-book-manage",
            BlockKind::RegionRoot | BlockKind::App => "/book-operate",
        }
    }
}

/// What counts as yes in flags that many writers write.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}
