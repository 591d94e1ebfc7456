//! Why the service refuses.

use http::StatusCode;

use crate::neighbours::Neighbour;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("{0}")]
    Input(&'static str),
    #[error("ログインしていません")]
    NotLoggedIn,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("サポートされていないアクターです")]
    Workflow,
    #[error("PXR-IDがありません")]
    NoPxrId,
    #[error("Bookが存在しません")]
    NoBook,
    #[error("{0}から情報を取得できませんでした")]
    Neighbour(Neighbour, StatusCode),
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::NotPermitted => StatusCode::UNAUTHORIZED,
            Self::Neighbour(_, status) => *status,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
