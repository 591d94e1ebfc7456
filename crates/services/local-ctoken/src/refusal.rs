//! Why the service refuses.

use contract::CallFailure;
use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("登録する差分がありません")]
    NoDifferences,
    #[error("他のアクターのデータは登録できません")]
    ForeignActor,
    #[error("差分がCToken台帳に受け付けられませんでした")]
    LedgerRefused,
    #[error("CToken台帳への送信が許可されませんでした")]
    LedgerForbidden,
    #[error("CToken台帳に接続できませんでした")]
    LedgerDown,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::LedgerForbidden => StatusCode::UNAUTHORIZED,
            Self::Empty | Self::NoDifferences | Self::ForeignActor | Self::LedgerRefused => {
                StatusCode::BAD_REQUEST
            }
            Self::LedgerDown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Refusal {
    /// What a failed call to the ledger means to whoever asked for it (spec: local-ctoken 4.2).
    pub(crate) fn of_ledger(failure: &CallFailure) -> Self {
        match failure.status() {
            Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) => Self::LedgerRefused,
            Some(status) if !status.is_server_error() => Self::LedgerForbidden,
            _ => Self::LedgerDown,
        }
    }
}
