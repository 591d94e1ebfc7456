//! What operators of other blocks are told (spec: catalog-update 4.0.9).

use contract::notification::{Approval, Category, Destination, NewNotice};
use platform::ApiError;
use serde_json::Value;
use vocabulary::{Code, Instant, Session};

use crate::{CatalogUpdate, moment::moment, refusal::Refusal};

/// A matter, with the texts of its notices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matter {
    pub(crate) applying: Text,
    pub(crate) approved: Text,
    pub(crate) denied: Text,
}

/// Category, title and content of a notice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) category: i64,
    pub(crate) title: &'static str,
    pub(crate) content: &'static str,
}

impl Text {
    pub(crate) const fn new(category: i64, title: &'static str, content: &'static str) -> Self {
        Self { category, title, content }
    }
}

/// An applicant's wish or its outcome on the way to a block's managing members.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    text: Text,
    content: String,
    attribute: Option<Value>,
    approval_url: Option<String>,
}

impl Notice {
    pub(crate) fn new(text: Text) -> Self {
        Self { text, content: text.content.to_owned(), attribute: None, approval_url: None }
    }

    /// Adds lines to the content.
    #[must_use]
    pub(crate) fn saying(mut self, more: &str) -> Self {
        if !more.is_empty() {
            self.content = format!("{}\n{more}", self.content);
        }
        self
    }

    /// With the reason of a denial, where one was given.
    #[must_use]
    pub(crate) fn because(self, comment: Option<&str>) -> Self {
        match comment.filter(|comment| !comment.is_empty()) {
            Some(comment) => self.saying(&format!("コメント：{comment}")),
            None => self,
        }
    }

    #[must_use]
    pub(crate) fn attribute(mut self, attribute: Value) -> Self {
        self.attribute = Some(attribute);
        self
    }

    /// Asks for a decision, which is posted to this path of the root block.
    #[must_use]
    pub(crate) fn decided_at(mut self, path: String) -> Self {
        self.approval_url = Some(path);
        self
    }
}

impl CatalogUpdate {
    /// Sends a notice to the members of a block. Gives the time until when a decision is possible, if one was
    /// asked for.
    pub(crate) async fn notify(
        &self,
        session: &Session,
        to: Code,
        notice: Notice,
    ) -> Result<Option<Instant>, ApiError> {
        let asks = notice.approval_url.is_some();
        let new = NewNotice {
            kind: i64::from(asks),
            title: notice.text.title.to_owned(),
            content: notice.content,
            attribute: notice.attribute,
            category: Category { code: notice.text.category, version: None },
            from: None,
            destination: Destination::members_of(to),
            approval: notice
                .approval_url
                .map(|notice_url| Approval { notice_block_code: self.ground.block.root.code, notice_url }),
        };
        let failed = |failure| {
            tracing::warn!(%failure, block = %to, "a notice was not accepted");
            Refusal::Notification
        };
        let sent = self.notices.send(session, &new).await.map_err(failed)?;
        if !asks {
            return Ok(None);
        }
        let until = sent.approval.and_then(|approval| moment(&approval.expiration_at, self.ground.zone));
        until.map(Some).ok_or_else(|| Refusal::Notification.into())
    }

    /// Asks the members of a block for a decision and gives the time until when it is possible.
    pub(crate) async fn ask(&self, session: &Session, to: Code, notice: Notice) -> Result<Instant, ApiError> {
        self.notify(session, to, notice).await?.ok_or_else(|| Refusal::Notification.into())
    }
}
