//! Why the proxy refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("URLのパスではありません")]
    NotAPath,
    #[error("このサービスへのアクセスは許可されていません")]
    UnknownService,
    #[error("この操作を行う権限がありません")]
    WrongFace,
    #[error("ブロックのカタログ項目が見つかりません")]
    NoSuchBlock,
    #[error("ブロックではありません")]
    NotABlock,
    #[error("カタログを参照できませんでした")]
    CatalogFailed,
    #[error("このAPIの実行は許可されていません")]
    NotPermitted,
    #[error("{0}")]
    TokenRefused(String),
    #[error("APIトークンを取得できませんでした")]
    TokenFailed,
    #[error("APIトークンを照合できませんでした")]
    NotCollated,
    #[error("接続元のブロックからの呼出は許可されていません")]
    OtherPeer,
    #[error("連携先に接続できませんでした")]
    Unreachable,
    #[error("許可されたデータ種がありません")]
    NothingPermitted,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::WrongFace | Self::NotPermitted | Self::TokenRefused(_) | Self::OtherPeer => {
                StatusCode::UNAUTHORIZED
            }
            Self::CatalogFailed | Self::TokenFailed | Self::Unreachable => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
