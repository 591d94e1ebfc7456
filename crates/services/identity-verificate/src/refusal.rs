//! Why the service refuses.

use contract::{CallFailure, identity_verificate::EXPIRED};
use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("regionとappは同時に指定できません")]
    BothPartners,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("PXR-IDを持つ個人ではありません")]
    NoPxrId,
    #[error("セッションにアクターがありません")]
    NoActor,
    #[error("セッションにアプリケーションのロールがありません")]
    NoRole,
    #[error("カタログ項目が見つかりません")]
    NoSuchItem,
    #[error("Regionが開始されていません")]
    RegionNotOpen,
    #[error("指定されたアクターのRegionではありません")]
    NotRegionOfActor,
    #[error("指定されたアクターのアプリケーションではありません")]
    NotAppOfActor,
    #[error("アクターの主ブロックが登録されていません")]
    NoMainBlock,
    #[error("本人性確認コードが存在しません")]
    NoSuchCode,
    #[error("{}", EXPIRED)]
    Expired,
    #[error("Regionまたはアプリケーションの本人性確認コードではありません")]
    NoPartner,
    #[error("本人性確認コードは確認済みです")]
    Verified,
    #[error("本人性確認コードは確認されていません")]
    NotVerified,
    #[error("他のアクターの本人性確認コードです")]
    OtherActor,
    #[error("他の個人の本人性確認コードです")]
    OtherPerson,
    #[error("利用者IDが設定されていません")]
    NoUserId,
    #[error("本人性確認コードは現在使用中です")]
    InUse,
    #[error("本人性確認コードは現在使用中です")]
    BeingUsed,
    #[error("URLのコードが存在しません")]
    NoSuchPath,
    #[error("URLのコードの有効期限が切れています")]
    PathExpired,
    #[error("本人性確認コードの発行先とは異なるアプリケーションのURLです")]
    OtherPath,
    #[error("{0}")]
    Book(String),
    #[error("Bookを操作する権限がありません")]
    BookNotPermitted,
    #[error("Bookが存在しません")]
    NoBook,
    #[error("Book管理サービスに接続できませんでした")]
    BookUnavailable,
    #[error("本人性確認書類を取得できませんでした")]
    Identification,
    #[error("カタログサービスに接続できませんでした")]
    CatalogUnavailable,
    #[error("オペレーターサービスに本人性確認コードを登録できませんでした")]
    Operator,
    #[error("通知を送信できませんでした")]
    Notification,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotPermitted | Self::BookNotPermitted => StatusCode::UNAUTHORIZED,
            Self::NoBook => StatusCode::NOT_FOUND,
            Self::InUse | Self::BeingUsed => StatusCode::CONFLICT,
            Self::Identification | Self::CatalogUnavailable | Self::Operator | Self::Notification => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::BookUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn is_passing(&self) -> bool {
        matches!(self, Self::BeingUsed)
    }
}

impl Refusal {
    /// An item of the catalog: 400, 404 and 204 mean that it does not exist.
    pub(crate) fn of_catalog(failure: CallFailure) -> Self {
        match failure.status() {
            Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::NO_CONTENT) => {
                Self::NoSuchItem
            }
            _ => Self::because(&failure, Self::CatalogUnavailable),
        }
    }

    /// A book: what book-manage says about a wrong request is handed on.
    pub(crate) fn of_book(failure: CallFailure) -> Self {
        match failure.status() {
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Self::BookNotPermitted,
            Some(StatusCode::NOT_FOUND | StatusCode::NO_CONTENT) => Self::NoBook,
            Some(status) if status.is_client_error() => {
                let message = failure.message().unwrap_or("Bookの更新が受け付けられませんでした");
                Self::Book(message.to_owned())
            }
            _ => Self::because(&failure, Self::BookUnavailable),
        }
    }

    pub(crate) fn because(failure: &CallFailure, refusal: Self) -> Self {
        tracing::warn!(%failure, "a neighbour did not help");
        refusal
    }
}
