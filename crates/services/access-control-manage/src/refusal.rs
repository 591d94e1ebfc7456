//! Why an office refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストは配列ではありません")]
    NotAnArray,
    #[error("{0}")]
    Input(&'static str),
    #[error("対象のブロックが指定されていません")]
    NoTargetBlock,
    #[error("ブロックではありません")]
    NotABlock,
    #[error("アクターではありません")]
    NotAnActor,
    #[error("このAPIに対する権限の定義がありません")]
    NoRule,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("この操作を担当する窓口ではありません")]
    OtherOffice,
    #[error("このAPIの実行は許可されていません")]
    NotListed,
    #[error("呼出元のブロックが接続元と一致しません")]
    OtherPeer,
    #[error("呼出元のオペレーターがセッションと一致しません")]
    OtherOperator,
    #[error("先にクライアント証明書を取得してください")]
    Bootstrap,
    #[error("データ取引サービスプロバイダーはBookを管理できません")]
    DataTrader,
    #[error("権限の定義が見つかりません")]
    NoSetting,
    #[error("このネームスペースを変更する権限がありません")]
    Namespace,
    #[error("カタログ項目が見つかりません")]
    NoSuchItem,
    #[error("Bookの状態により、この操作は許可されていません")]
    BookStatus,
    #[error("アプリケーションによる要求ではありません")]
    NotAnApplication,
    #[error("対象のデータ種が指定されていません")]
    NoDataTypes,
    #[error("アプリケーションがリージョンに参加していません")]
    NoRegion,
    #[error("利用者が見つかりません")]
    NoSuchUser,
    #[error("蓄積するデータのアプリケーションまたは利用者が要求元と一致しません")]
    OtherData,
    #[error("利用者の同意がありません")]
    NoConsent,
    #[error("一時的共有コードで許可されていないデータ種です")]
    NotShared,
    #[error("共有できるデータがありません")]
    NothingHeld,
    #[error("共有制限により、この共有は許可されていません")]
    Restricted,
    #[error("共有制限の定義が正しくありません")]
    Contradiction,
    #[error("アクセストークンが必要です")]
    NoAccessToken,
    #[error("アクセストークンを検証するIDサービスが設定されていません")]
    NoVerifier,
    #[error("サービスから想定外の応答がありました")]
    Neighbour,
    #[error("サービスに接続できませんでした")]
    Unreachable,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotPermitted
            | Self::OtherOffice
            | Self::NotListed
            | Self::OtherPeer
            | Self::OtherOperator
            | Self::Bootstrap
            | Self::Namespace
            | Self::NoConsent => StatusCode::UNAUTHORIZED,
            Self::NotAnActor | Self::Neighbour => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// What a neighbour's failure means to callers (spec: access-control-manage 4.0 rule 5).
pub(crate) fn failure(failure: &contract::CallFailure, on_missing: Refusal) -> Refusal {
    match failure.status() {
        Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::NO_CONTENT) => on_missing,
        Some(_) => Refusal::Neighbour,
        None => {
            tracing::warn!(%failure, "a neighbour did not help");
            match failure {
                contract::CallFailure::Unreachable(_) => Refusal::Unreachable,
                _ => Refusal::Neighbour,
            }
        }
    }
}
