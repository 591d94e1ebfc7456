//! Why the service refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("証明書が認証局に存在しません")]
    NotFound,
    #[error("証明書が認証局に存在しません")]
    Unknown,
    #[error("証明書が認証局のものと一致しません")]
    Different,
    #[error("認証局に接続できませんでした")]
    Unavailable,
    #[error("証明書が存在しません")]
    None,
    #[error("このブロックの証明書を登録する権限がありません")]
    OtherBlock,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::OtherBlock | Self::NotPermitted => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
