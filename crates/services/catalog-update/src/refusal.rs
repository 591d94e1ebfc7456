//! Why the service refuses.

use http::StatusCode;
use platform::Reason;
use vocabulary::{ActorType, Code};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("{0}")]
    Input(&'static str),
    #[error("指定された下書きは存在しません")]
    NoSuchDraft,
    #[error("同じ内容の下書き（id {0}）が既に存在します")]
    DraftExists(i64),
    #[error("既に申請されています")]
    Requested,
    #[error("既に申請されています")]
    BeingAnnounced,
    #[error("承認コードが存在しません")]
    NoSuchCode,
    #[error("既に承認または否認されています")]
    Decided,
    #[error("既に承認または否認されています")]
    BeingDecided,
    #[error("承認期限が過ぎています")]
    Expired,
    #[error("承認者ではないため、この操作を行えません")]
    NotApprover,
    #[error("オペレーターにアクターがありません")]
    NoActor,
    #[error("このアクターはこの操作を行えません")]
    WrongActor,
    #[error("アクター種別 {0} には対応していません")]
    Unsupported(ActorType),
    #[error("ネームスペース {0} は指定できません")]
    Namespace(String),
    #[error("カタログ {0} が存在しません")]
    NoSuchItem(Code),
    #[error("カタログ {0} はアクターのものではありません")]
    NotAnActor(Code),
    #[error("カタログ {0} は領域のものではありません")]
    NotARegion(Code),
    #[error("サービス {0} はこのアクターのものではありません")]
    NotOwnService(Code),
    #[error("サービス {0} は既に領域に参加しています")]
    Joined(Code),
    #[error("サービス {0} は領域に参加していません")]
    NotJoined(Code),
    #[error("カタログ {0} に指定されたidの共有定義はありません")]
    NotShared(Code),
    #[error("領域は運営中です")]
    Open,
    #[error("領域は運営中ではありません")]
    NotOpen,
    #[error("領域 {0} はこのアクターのものではありません")]
    NotOwnRegion(Code),
    #[error("領域 {0} に参加しているサービスがあります")]
    HasMembers(Code),
    #[error("領域に参加しているアプリケーションがあります")]
    StillJoined,
    #[error("カタログを取得できませんでした")]
    Catalog,
    #[error("カタログを更新できませんでした")]
    CatalogWrite,
    /// What the catalog refused, in its own words.
    #[error("{1}")]
    RefusedByCatalog(StatusCode, String),
    /// The fields that the catalog refused.
    #[error("カタログの内容が正しくありません")]
    FieldsRefusedByCatalog(Vec<Reason>),
    #[error("指定されたカタログが存在しません")]
    NoSuchItems,
    #[error("通知を送信できませんでした")]
    Notification,
    #[error("証明書を発行できませんでした")]
    Authority,
    #[error("Book管理サービスに連携できませんでした")]
    Books,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotApprover | Self::NoActor | Self::WrongActor | Self::StillJoined | Self::NoSuchItems => {
                StatusCode::UNAUTHORIZED
            }
            Self::RefusedByCatalog(status, _) => *status,
            Self::Catalog | Self::CatalogWrite | Self::Notification | Self::Authority | Self::Books => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        match self {
            Self::FieldsRefusedByCatalog(reasons) => reasons.clone(),
            _ => Vec::new(),
        }
    }

    fn is_passing(&self) -> bool {
        matches!(self, Self::BeingAnnounced | Self::BeingDecided)
    }
}
