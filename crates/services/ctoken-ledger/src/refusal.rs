//! Why the service refuses.

use contract::CallFailure;
use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("ドキュメント、イベント、モノは同時に指定できません")]
    SeveralKinds,
    #[error("個人は対象者を指定できません")]
    NamesPerson,
    #[error("PXR-IDのないセッションでは参照できません")]
    NoPxrId,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("セッションにアクターがありません")]
    NoActor,
    #[error("CTokenを参照できるアクターではありません")]
    NotAReader,
    #[error("参照できるアクターがありません")]
    NoActors,
    #[error("アプリケーションのないデータがあります")]
    NoApplication,
    #[error("他のアクターのデータは登録できません")]
    ForeignActor,
    #[error("利用者が見つかりません")]
    UnknownPerson,
    #[error("条件のカタログが見つかりません")]
    UnknownCode,
    #[error("連携先のサービスにリクエストが受け付けられませんでした")]
    NeighbourRefused,
    #[error("連携先のサービスで許可されませんでした")]
    NeighbourForbidden,
    #[error("連携先のサービスに接続できませんでした")]
    NeighbourDown,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoPxrId | Self::NotPermitted | Self::NeighbourForbidden => StatusCode::UNAUTHORIZED,
            Self::UnknownPerson => StatusCode::NOT_FOUND,
            Self::NeighbourDown => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// Rule F of the spec (4.0): what a failed call to a neighbour means to the caller.
impl From<CallFailure> for Refusal {
    fn from(failure: CallFailure) -> Self {
        tracing::warn!(%failure, "a neighbour did not help");
        match failure.status() {
            Some(StatusCode::BAD_REQUEST) => Self::NeighbourRefused,
            Some(status) if !status.is_server_error() => Self::NeighbourForbidden,
            _ => Self::NeighbourDown,
        }
    }
}
