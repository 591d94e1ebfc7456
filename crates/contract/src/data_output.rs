//! Data output: what a resident who leaves gets back, and what is deleted (spec: book-manage 4.9).
//!
//! An output code stands for one ending of one resident; it has a condition for each application to collect from,
//! and a file for each upload and download.

use platform::Outgoing;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Session};

use crate::{
    CallFailure,
    book_manage::BookManageClient,
    tolerant::{code, code_or_none, integer},
};

const SERVICE: &str = "book-manage";

/// How many records a page has.
pub const PAGE: usize = 10;

/// Why data are output: `my_condition_data_output_code.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum OutputType {
    /// Somebody wants to know what is stored.
    Disclosure = 1,
    RegionEnd = 2,
    /// The resident did not agree to the region's new terms.
    AutomaticRegionEnd = 3,
    BookClose = 4,
    /// The resident did not agree to the platform's new terms.
    ForcedBookClose = 5,
}

impl OutputType {
    /// Whether the whole book is closed.
    #[must_use]
    pub const fn closes_the_book(self) -> bool {
        matches!(self, Self::BookClose | Self::ForcedBookClose)
    }
}

impl From<OutputType> for i64 {
    fn from(kind: OutputType) -> Self {
        kind as Self
    }
}

/// A number that is no type of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no type of output")]
pub struct UnknownOutputType(i64);

impl TryFrom<i64> for OutputType {
    type Error = UnknownOutputType;

    fn try_from(number: i64) -> Result<Self, UnknownOutputType> {
        [Self::Disclosure, Self::RegionEnd, Self::AutomaticRegionEnd, Self::BookClose, Self::ForcedBookClose]
            .into_iter()
            .find(|kind| i64::from(*kind) == number)
            .ok_or(UnknownOutputType(number))
    }
}

/// Some answers write the type as a text.
fn output_type<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<OutputType, D::Error> {
    OutputType::try_from(integer(deserializer)?).map_err(serde::de::Error::custom)
}

/// An output code; only what callers read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputCode {
    #[serde(deserialize_with = "integer")]
    pub id: i64,
    #[serde(deserialize_with = "integer")]
    pub book_id: i64,
    pub pxr_id: String,
    pub code: String,
    #[serde(default, deserialize_with = "code_or_none")]
    pub actor: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none")]
    pub region: Option<CodeVersion>,
    /// The book is to be deleted once the pending term is over.
    #[serde(default)]
    pub book_close_available: bool,
}

/// Which output codes are looked for.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputQuery<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub book_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pxr_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<OutputType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<CodeVersion>,
    /// 0: the end needs no approval; 2: it was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooperation_cancel_approved: Option<i64>,
    /// 1: the link was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooperation_canceled: Option<i64>,
    /// 1: a batch works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processing: Option<i64>,
}

/// An output code to be made, with the conditions that follow from the resident's links.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewOutput<'a> {
    #[serde(rename = "type")]
    pub kind: OutputType,
    pub pxr_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooperation_release: Option<bool>,
    pub returnable: bool,
}

/// An output code with the conditions that a page holds of it.
#[derive(Clone, Debug, Deserialize)]
pub struct OutputConditions {
    pub code: String,
    #[serde(rename = "type", deserialize_with = "output_type")]
    pub kind: OutputType,
    #[serde(default)]
    pub condition: Vec<OutputCondition>,
}

/// An application to collect from.
#[derive(Clone, Debug, Deserialize)]
pub struct OutputCondition {
    #[serde(deserialize_with = "integer")]
    pub id: i64,
    #[serde(deserialize_with = "code")]
    pub actor: CodeVersion,
    #[serde(default, deserialize_with = "code_or_none")]
    pub app: Option<CodeVersion>,
    /// A wish that the resident wrote down.
    #[serde(default)]
    pub request: Option<Value>,
    /// 1: the data are given back.
    #[serde(default)]
    pub returnable: Option<i64>,
    /// 1: the data are deleted.
    #[serde(default)]
    pub deletable: Option<i64>,
}

/// A file of an output; only what callers read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputFile {
    #[serde(deserialize_with = "integer")]
    pub id: i64,
    pub pxr_id: String,
    #[serde(deserialize_with = "output_type")]
    pub output_type: OutputType,
    #[serde(default, deserialize_with = "code_or_none")]
    pub actor: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none")]
    pub app: Option<CodeVersion>,
    #[serde(default, deserialize_with = "code_or_none")]
    pub region: Option<CodeVersion>,
    /// 1: the user's data, 2: data on the resident's own request.
    #[serde(default)]
    pub upload_file_type: Option<i64>,
    /// 1: it was output.
    #[serde(default)]
    pub output_status: Option<i64>,
    /// 1: to be deleted later, 2: to be deleted now, 3: deleted.
    #[serde(default)]
    pub delete_status: Option<i64>,
}

/// Which files are looked for.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileQuery<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcd_output_code_actor_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_types: Option<&'a [OutputType]>,
    /// 1: for download, 2: an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file_type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_status: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processing: Option<i64>,
}

impl BookManageClient {
    /// A page of output codes, in the order of their making.
    pub async fn outputs(
        &self,
        session: &Session,
        query: &OutputQuery<'_>,
        offset: u64,
    ) -> Result<Vec<OutputCode>, CallFailure> {
        let path = format!("/book-manage/output?offset={offset}&limit={PAGE}");
        CallFailure::read_all(SERVICE, &self.post(session, &path, &json!(query)).await?)
    }

    pub async fn prepare_output(&self, session: &Session, new: &NewOutput<'_>) -> Result<(), CallFailure> {
        let path = "/book-manage/output/condition/prepare";
        CallFailure::accepted(SERVICE, &self.post(session, path, &json!(new)).await?)
    }

    /// Takes an output for a batch to work on, or gives it back.
    pub async fn lock_output(&self, session: &Session, id: i64, is_locked: bool) -> Result<(), CallFailure> {
        self.change_output(session, id, &json!({"processing": i64::from(is_locked)})).await
    }

    /// The link was ended; gives the output back, too.
    pub async fn link_ended(&self, session: &Session, id: i64) -> Result<(), CallFailure> {
        self.change_output(session, id, &json!({"cooperationCanceled": 1, "processing": 0})).await
    }

    async fn change_output(&self, session: &Session, id: i64, change: &Value) -> Result<(), CallFailure> {
        let request = Outgoing::put(format!("/book-manage/output/{id}")).session(session).json(change);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// A page of approved conditions. The conditions of one output may be spread over two pages.
    pub async fn output_conditions(
        &self,
        session: &Session,
        offset: u64,
    ) -> Result<Vec<OutputConditions>, CallFailure> {
        let path = format!("/book-manage/output/condition?offset={offset}&limit={PAGE}&approved=1");
        CallFailure::read_all(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }

    /// All files that the query finds.
    pub async fn output_files(
        &self,
        session: &Session,
        query: &FileQuery<'_>,
    ) -> Result<Vec<OutputFile>, CallFailure> {
        let path = "/book-manage/output/condition/data_mng/search";
        CallFailure::read_all(SERVICE, &self.post(session, path, &json!(query)).await?)
    }

    /// A page of the approved files that the query finds.
    pub async fn approved_output_files(
        &self,
        session: &Session,
        query: &FileQuery<'_>,
        offset: u64,
    ) -> Result<Vec<OutputFile>, CallFailure> {
        let path =
            format!("/book-manage/output/condition/data_mng/search?offset={offset}&limit={PAGE}&approved=1");
        CallFailure::read_all(SERVICE, &self.post(session, &path, &json!(query)).await?)
    }

    pub async fn add_output_file(&self, session: &Session, file: &Value) -> Result<(), CallFailure> {
        let path = "/book-manage/output/condition/data_mng";
        CallFailure::accepted(SERVICE, &self.post(session, path, file).await?)
    }

    /// Takes a file for a batch to work on, or gives it back.
    pub async fn lock_file(&self, session: &Session, id: i64, is_locked: bool) -> Result<(), CallFailure> {
        self.change_file(session, id, &json!({"processing": i64::from(is_locked)})).await
    }

    /// The data of a file were deleted where they were stored; gives the file back, too.
    pub async fn file_deleted(&self, session: &Session, id: i64) -> Result<(), CallFailure> {
        self.change_file(session, id, &json!({"processing": 0, "deleteStatus": 3})).await
    }

    async fn change_file(&self, session: &Session, id: i64, change: &Value) -> Result<(), CallFailure> {
        let path = format!("/book-manage/output/condition/data_mng/{id}");
        let request = Outgoing::put(path).session(session).json(change);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_with_texts_and_numbers() {
        let answer = json!({"id": "7", "pxrId": "p", "outputType": "4", "actor": {"_value": 0, "_ver": 0},
                            "app": {"_value": "8", "_ver": "1"}, "uploadFileType": null, "processing": 0});
        let file: OutputFile = serde_json::from_value(answer).unwrap();
        assert_eq!((file.id, file.output_type), (7, OutputType::BookClose));
        assert_eq!(file.app, Some(CodeVersion::new(8, 1)));
    }

    #[test]
    fn a_query_names_only_what_is_looked_for() {
        let query =
            OutputQuery { kind: Some(OutputType::RegionEnd), processing: Some(0), ..OutputQuery::default() };
        assert_eq!(json!(query), json!({"type": 2, "processing": 0}));
    }
}
