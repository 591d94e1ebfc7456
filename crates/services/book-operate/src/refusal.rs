//! Why the service refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("リクエストは配列でなければなりません")]
    NotAnArray,
    #[error("{0}")]
    Input(&'static str),
    #[error("ワークフローには対応していません")]
    Workflow,
    #[error("アプリケーションを特定できません")]
    NoApplication,
    #[error("他のアクターまたはアプリケーションのデータは登録できません")]
    ForeignApplication,
    #[error("My-Condition-Bookを特定できません")]
    AmbiguousBook,
    #[error("対象のMy-Condition-Bookが存在しません")]
    NoSuchBook,
    #[error("対象のイベントが存在しません")]
    NoSuchEvent,
    #[error("対象のモノが存在しません")]
    NoSuchThing,
    #[error("対象のドキュメントが存在しません")]
    NoSuchDocument,
    #[error("指定されたイベントが存在しません")]
    UnknownEvent,
    #[error("対象の利用者が存在しません")]
    NoSuchUser,
    #[error("{0}は変更できません")]
    Unchangeable(&'static str),
    #[error("連携解除が申請されていません")]
    NotToBeReleased,
    #[error("利用者作成は運営メンバーのみ可能です")]
    NotAMember,
    #[error("アプリケーション以外のアクターの共有定義は参照できません")]
    NotAnApplication,
    #[error("ログインしていません")]
    NotLoggedIn,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("連携先のサービスがリクエストを拒否しました")]
    NeighbourRefuses,
    #[error("連携先のサービスの利用が許可されていません")]
    NeighbourForbids,
    #[error("連携先のサービスでエラーが発生しました")]
    NeighbourFails,
    #[error("データを取得できませんでした")]
    ShareFails,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::NotPermitted | Self::NeighbourForbids => StatusCode::UNAUTHORIZED,
            Self::NoSuchBook
            | Self::NoSuchEvent
            | Self::NoSuchThing
            | Self::NoSuchDocument
            | Self::NoSuchUser => StatusCode::NOT_FOUND,
            Self::NeighbourFails => StatusCode::SERVICE_UNAVAILABLE,
            Self::ShareFails => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
