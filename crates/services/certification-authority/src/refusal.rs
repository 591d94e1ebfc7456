//! Why the authority refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("{0}が必要です")]
    Missing(&'static str),
    #[error("{0}が正しくありません")]
    Wrong(&'static str),
    #[error("対象の証明書が見つかりません")]
    NoSuchCertificate,
    #[error("blockは割当済みのブロックのコードを指定してください")]
    NotAssigned,
    #[error("カタログを確認できませんでした")]
    CatalogFails,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotPermitted => StatusCode::UNAUTHORIZED,
            Self::CatalogFails => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
