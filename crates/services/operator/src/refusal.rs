//! Why the operator service refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("オペレータータイプが範囲外です")]
    TypeOutOfRange,
    #[error("サポートされていないオペレータータイプです")]
    WorkflowStaff,
    #[error("対象のオペレーターが存在しません")]
    NoSuchOperator,
    #[error("ログインIDまたはパスワードが正しくありません")]
    Credentials,
    #[error("初期パスワードの有効期限が切れています")]
    InitialPasswordExpired,
    #[error("携帯電話番号が登録されていません")]
    NoPhone,
    #[error("ログインコードが正しくありません")]
    LoginCode,
    #[error("ログインしていません")]
    NotLoggedIn,
    #[error("セッションの有効期限が切れています")]
    SessionExpired,
    #[error("セッションが存在しません")]
    NoSuchSession,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("検索条件が指定されていません")]
    NoCondition,
    #[error("ログインIDにはタイプの指定が必要です")]
    LoginIdWithoutType,
    #[error("アプリケーションコードとRegionコードは同時に指定できません")]
    BothCodes,
    #[error("コードの指定が必要です")]
    CodeNeeded,
    #[error("オペレーターを一意に特定できません")]
    Ambiguous,
    #[error("{0}")]
    Input(&'static str),
    #[error("ログインIDは既に使用されています")]
    LoginIdTaken,
    #[error("利用者IDは既に使用されています")]
    UserIdTaken,
    #[error("PXR-IDは既に使用されています")]
    PxrIdTaken,
    #[error("ロールがアプリケーションのカタログコードではありません")]
    Role,
    #[error("権限が正しくありません")]
    Authority,
    #[error("カタログ項目が見つかりません")]
    Catalog,
    #[error("カタログサービスに接続できませんでした")]
    CatalogUnavailable,
    #[error("現在のパスワードが正しくありません")]
    CurrentPassword,
    #[error("過去に使用したパスワードは使用できません")]
    PasswordUsedBefore,
    #[error("ログイン禁止の個人のパスワードは変更できません")]
    LoginProhibited,
    #[error("プロファイル項目「{0}」の内容が正しくありません")]
    ProfileItem(String),
    #[error("利用者情報が登録されていません")]
    NoProfile,
    #[error("変更できる利用者情報の項目がありません")]
    NothingChangeable,
    #[error("ログイン時のSMS認証を解除するには現在のパスワードが必要です")]
    PasswordNeeded,
    #[error("電話番号の確認が完了していません")]
    PhoneNotVerified,
    #[error("SMS検証コードが正しくありません")]
    VerificationCode,
    #[error("SMS検証コードの発行回数が上限に達しました。しばらく待ってから再度お試しください")]
    TooManyCodes,
    #[error("このログインIDでのログインが集中しています。しばらく待ってから再度お試しください")]
    Crowded,
    #[error("ログインが混み合っています。しばらく待ってから再度お試しください")]
    Busy,
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列でなければなりません")]
    NoArray,
    #[error("外部のIDサービスが構成されていないため、シングルサインオンは利用できません")]
    NoIdService,
    #[error("PXR-IDを持つ個人ではありません")]
    NoPxrId,
    #[error("全ての権限を持つ運営メンバーが他にいません")]
    LastFullMember,
    #[error("CSRFトークンがないか、正しくありません")]
    Csrf,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Credentials
            | Self::InitialPasswordExpired
            | Self::NoPhone
            | Self::NotLoggedIn
            | Self::SessionExpired
            | Self::NotPermitted
            | Self::NothingChangeable
            | Self::PasswordNeeded
            | Self::PhoneNotVerified
            | Self::NoIdService
            | Self::LastFullMember => StatusCode::UNAUTHORIZED,
            Self::Csrf => StatusCode::FORBIDDEN,
            Self::Crowded => StatusCode::TOO_MANY_REQUESTS,
            Self::CatalogUnavailable | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
