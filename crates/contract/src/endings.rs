//! How the books of residents and their links with regions end, and the reminders before (spec: book-manage 4.1,
//! 4.7, 4.8).

use platform::Outgoing;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Session};

use crate::{
    CallFailure,
    book_manage::BookManageClient,
    data_output::PAGE,
    linking::FoundLink,
    tolerant::{code, integer},
};

const SERVICE: &str = "book-manage";

/// A resident who is to be reminded of new terms of use.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reminder {
    pub pxr_id: String,
    #[serde(default)]
    pub term_of_use: Value,
}

/// A resident.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resident {
    pub pxr_id: String,
}

/// A resident whose use of a region ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionUser {
    #[serde(deserialize_with = "integer")]
    pub book_id: i64,
    pub pxr_id: String,
    #[serde(deserialize_with = "code")]
    pub actor: CodeVersion,
    #[serde(deserialize_with = "code")]
    pub region: CodeVersion,
}

/// A region that ends, or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedRegion {
    #[serde(deserialize_with = "code")]
    pub actor: CodeVersion,
    #[serde(deserialize_with = "code")]
    pub region: CodeVersion,
}

/// A page of a list that is scanned.
#[derive(Clone, Debug, Deserialize)]
pub struct Scanned<T> {
    /// Up to where the list was scanned.
    #[serde(default)]
    pub offset: Option<u64>,
    #[serde(default = "none")]
    targets: Option<Vec<T>>,
}

const fn none<T>() -> Option<Vec<T>> {
    None
}

impl<T> Scanned<T> {
    #[must_use]
    pub fn targets(self) -> Vec<T> {
        self.targets.unwrap_or_default()
    }
}

/// Which books a search looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// Open books and their links.
    LeftOut,
    /// Links that have ended, too.
    EndedLinks,
    /// Links that have ended and closed books, too.
    ClosedBooks,
}

/// A book with all its links; only what callers read.
#[derive(Clone, Debug, Deserialize)]
pub struct LinkedBook {
    /// 1: its owner cannot use it any more.
    #[serde(default)]
    pub status: Option<i64>,
    #[serde(default)]
    pub cooperation: Option<Vec<FoundLink>>,
}

impl BookManageClient {
    /// The books of a resident.
    pub async fn books_of(
        &self,
        session: &Session,
        pxr_id: &str,
        past: Past,
    ) -> Result<Vec<LinkedBook>, CallFailure> {
        let (path, body) = match past {
            Past::LeftOut => ("/book-manage/search", json!({"pxrId": [pxr_id], "offset": 0, "limit": PAGE})),
            Past::EndedLinks => {
                ("/book-manage/search", json!({"pxrId": [pxr_id], "includeDeleteCoop": true}))
            }
            Past::ClosedBooks => {
                ("/book-manage/search?disableFlg=1", json!({"pxrId": [pxr_id], "includeDeleteCoop": true}))
            }
        };
        CallFailure::read_all(SERVICE, &self.post(session, path, &body).await?)
    }

    /// Looks for the residents who have to agree to new terms of regions.
    pub async fn find_region_reminders(&self, session: &Session) -> Result<(), CallFailure> {
        let request = Outgoing::get("/book-manage/term_of_use/region/target/find").session(session);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// A page of the residents who are to be reminded now.
    pub async fn region_reminders(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Vec<Reminder>, CallFailure> {
        let path = format!("/book-manage/term_of_use/region/target?offset={offset}&limit={PAGE}");
        CallFailure::read_all(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }

    /// A resident was reminded.
    pub async fn region_reminded(&self, session: &Session, pxr_id: &str) -> Result<(), CallFailure> {
        let path = "/book-manage/term_of_use/region/notification/complete";
        CallFailure::accepted(SERVICE, &self.post(session, path, &json!({"pxrId": pxr_id})).await?)
    }

    /// A page of the residents who did not agree to the platform's terms in time.
    pub async fn platform_refusers(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Vec<Resident>, CallFailure> {
        let path = "/book-manage/term_of_use/platform/deletion/target";
        Ok(self.scan(session, path, offset).await?.targets())
    }

    /// A page of the residents who did not agree to a region's terms in time.
    pub async fn region_refusers(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Scanned<RegionUser>, CallFailure> {
        self.scan(session, "/book-manage/term_of_use/region/deletion/target", offset).await
    }

    /// A page of the residents whose region ends.
    pub async fn users_of_ending_regions(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Vec<RegionUser>, CallFailure> {
        Ok(self.scan(session, "/book-manage/region/close/target", offset).await?.targets())
    }

    /// A page of the regions whose last day is over.
    pub async fn ended_regions(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Vec<StoppedRegion>, CallFailure> {
        Ok(self.scan(session, "/book-manage/region/close", offset).await?.targets())
    }

    /// A region is closed.
    pub async fn region_closed(&self, session: &Session, region: &StoppedRegion) -> Result<(), CallFailure> {
        let request = Outgoing::put("/book-manage/region/close").session(session).json(region);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// Keeps a resident out of his book, or lets him in again.
    pub async fn force_out(&self, session: &Session, pxr_id: &str, is_out: bool) -> Result<(), CallFailure> {
        let path = if is_out { "/book-manage/force-deletion" } else { "/book-manage/force-enable" };
        let request = Outgoing::put(path).session(session).json(&json!({"pxrId": pxr_id}));
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// A book is deleted once the pending term is over.
    pub async fn reserve_deletion(&self, session: &Session, book_id: i64) -> Result<(), CallFailure> {
        let path = format!("/book-manage/reserve_deletion/{book_id}");
        CallFailure::accepted(SERVICE, &self.post(session, &path, &json!({})).await?)
    }

    /// A page of the books whose pending term is over.
    pub async fn books_to_delete(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Vec<Resident>, CallFailure> {
        let path = format!("/book-manage/delete/target?offset={offset}&limit={PAGE}");
        CallFailure::read_all(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }

    /// Deletes a book, its rows physically or by a mark.
    pub async fn delete_book(
        &self,
        session: &Session,
        pxr_id: &str,
        physically: bool,
    ) -> Result<(), CallFailure> {
        let pxr_id = crate::proxy::encoded(pxr_id);
        let path = format!("/book-manage/force/{pxr_id}?physicalDelete={physically}");
        CallFailure::accepted(SERVICE, &self.send(Outgoing::delete(path).session(session)).await?)
    }

    async fn scan<T: serde::de::DeserializeOwned>(
        &self,
        session: &Session,
        path: &str,
        offset: u64,
    ) -> Result<Scanned<T>, CallFailure> {
        let path = format!("{path}?offset={offset}&limit={PAGE}");
        CallFailure::read(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_with_null_or_with_numbers_as_texts() {
        let read = |answer: Value| serde_json::from_value::<Scanned<RegionUser>>(answer).unwrap().targets();
        assert!(read(json!({"offset": 3, "targets": null})).is_empty());
        let target = json!({"bookId": "1", "pxrId": "p", "actor": {"_value": "7", "_ver": "1"},
                            "region": {"_value": "8", "_ver": "2"}});
        assert_eq!(read(json!({"targets": [target]}))[0].region, CodeVersion::new(8, 2));
    }
}
