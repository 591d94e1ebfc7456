//! Why the catalog refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("カタログが有効化されていません")]
    NotActivated,
    #[error("カタログは既に有効化されています")]
    AlreadyActivated,
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("ネームスペースが見つかりません")]
    NoSuchNamespace,
    #[error("ネームスペースが見つかりません")]
    NamespaceNotFound,
    #[error("ネームスペースの種別が異なります")]
    OtherKind,
    #[error("ネームスペースは既に存在します")]
    NamespaceExists,
    #[error("ネームスペースは既に存在します")]
    NamespaceTaken,
    #[error("ネームスペースは使用中です")]
    NamespaceInUse,
    #[error("カタログ項目が見つかりません")]
    NoSuchItem,
    #[error("カタログ項目が見つかりません")]
    ItemNotFound,
    #[error("コードが範囲外です")]
    OutOfRange,
    #[error("使用できるコードが残っていません")]
    RangeExhausted,
    #[error("種別が正しくありません")]
    UnknownKind,
    #[error("開始コードが終了コードより大きくなっています")]
    EmptyRange,
    #[error("コードの範囲が既に存在する範囲と重なっています")]
    RangeExists,
    #[error("コードの範囲が見つかりません")]
    NoSuchRange,
    #[error("コードの範囲が見つかりません")]
    RangeNotFound,
    #[error("コードは既に使用されています")]
    CodeExists,
    #[error("継承が循環しています")]
    Circle,
    #[error("変更セットが見つかりません")]
    NoSuchUpdateSet,
    #[error("変更セットが見つかりません")]
    UpdateSetNotFound,
    #[error("{0}")]
    UpdateSet(&'static str),
    #[error("変更前のバージョンが一致しません")]
    VersionMismatch,
    #[error("参照先のコードが不正です（コード: {0}）")]
    LinkedCode(i64),
    #[error("承認者が正しくありません")]
    Approver,
    #[error("他のアクターのカタログは変更できません")]
    NotOwned,
    #[error("オペレーターのブロックはこのアクターのものではありません")]
    NotItsBlock,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotActivated | Self::NotOwned | Self::NotItsBlock => StatusCode::UNAUTHORIZED,
            Self::AlreadyActivated | Self::NamespaceExists | Self::NamespaceInUse => StatusCode::CONFLICT,
            Self::NamespaceNotFound | Self::ItemNotFound | Self::RangeNotFound | Self::UpdateSetNotFound => {
                StatusCode::NOT_FOUND
            }
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
