//! Why access control refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列ではありません")]
    NotAnArray,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("ログインIDが必要です")]
    NoLoginId,
    #[error("対象のデータ種が必要です")]
    NoDataTypes,
    #[error("リクエストの本文にコードがありません")]
    NoCode,
    #[error("アプリケーションにロールがありません")]
    NoRole,
    #[error("有効期限が過去の日時です")]
    Expired,
    #[error("APIトークンが見つかりません")]
    NoSuchToken,
    #[error("APIトークンを割り当てられません")]
    NotAssignable,
    #[error("{0}")]
    NotCreated(String),
    #[error("{0}")]
    NotPermitted(String),
    #[error("APIトークンを生成できませんでした")]
    Failed(StatusCode),
    #[error("APIトークンの生成は許可されていません")]
    NotTheRoot,
    #[error("URLの形式が正しくありません")]
    Url,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotPermitted(_) | Self::NotTheRoot => StatusCode::UNAUTHORIZED,
            Self::Failed(status) => *status,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
