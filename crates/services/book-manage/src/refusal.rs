//! Why the service refuses.

use http::StatusCode;
use vocabulary::CodeVersion;

use crate::neighbours::Neighbour;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("{0}")]
    Input(&'static str),
    #[error("ログインしていません")]
    NotLoggedIn,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
    #[error("サポートされていないアクターです")]
    Workflow,
    #[error("PXR-IDがありません")]
    NoPxrId,
    #[error("Bookが存在しません")]
    NoBook,
    #[error("Bookが存在しないため、この操作は行えません")]
    NoOwnBook,
    #[error("利用者が存在しません")]
    NoSuchUser,
    #[error("アクターが提供していないアプリケーションです")]
    NotItsApplication,
    #[error("アプリケーションが提供していない定義です")]
    NotOffered,
    #[error("アプリケーションと連携していません")]
    NotLinked,
    #[error("この定義は別のアプリケーションで使用されています")]
    AgreedElsewhere,
    #[error("同意が存在しません")]
    NoAgreement,
    #[error("共有制限の設定が矛盾しています")]
    Contradiction,
    #[error("Bookが存在しません")]
    NoSuchBook,
    #[error("領域またはアプリケーションのどちらか一方を指定してください")]
    Partner,
    #[error("既に連携または連携申請されています")]
    LinkExists,
    #[error("この利用者IDは既に使用されています")]
    UserIdUsed,
    #[error("連携が存在しません")]
    NoLink,
    #[error("連携が存在しません")]
    NoSuchLink,
    #[error("連携申請が存在しません")]
    NoPendingLink,
    #[error("既に連携済みです")]
    AlreadyLinked,
    #[error("連携申請中ではありません")]
    NotRequested,
    #[error("連携解除が申請されていません")]
    ReleaseNotRequested,
    #[error("アクターの領域またはアプリケーションではありません")]
    NotItsService,
    #[error("アクターではありません")]
    NotAnActor,
    #[error("同意の対象となる利用規約がありません")]
    NotAsked,
    #[error("再同意の期限が過ぎています")]
    ConsentTooLate,
    #[error("既に指定された状態です")]
    SameState,
    #[error("ログインの可否を変更できませんでした")]
    LoginUnchanged,
    #[error("他のブロックの蓄積データを取得できませんでした")]
    NoStoredData,
    #[error("電話番号が指定されていません")]
    NoPhone,
    #[error("このPXR-IDは既に登録されています")]
    Registered,
    #[error("本人性確認書類ではありません")]
    NotADocument,
    #[error("本人性確認書類が不足しています")]
    DocumentsInsufficient,
    #[error("本人性確認事項の項目種別が正しくありません")]
    ItemType,
    #[error("プラットフォーム利用規約の最新版に同意してください")]
    OldTerms,
    #[error("設定が見つかりません")]
    NoSetting,
    #[error("PXR-IDが必要です")]
    PxrIdNeeded,
    #[error("ログインIDが必要です")]
    LoginIdNeeded,
    #[error("IDサービスに接続されていません")]
    NoIdService,
    #[error("一時的データ共有コードが存在しないか、有効期限が切れています")]
    NoShareCode,
    #[error("共有するデータが存在しないか、一つのアプリケーションに特定できません")]
    NoData,
    #[error("共有できないデータ種です: {}", .0.value)]
    NoSuchKind(CodeVersion),
    #[error("データ出力が存在しません")]
    NoSuchOutput,
    #[error("データ出力のBookとコードは変更できません")]
    FixedOutput,
    #[error("既に処理中です")]
    InWork,
    #[error("データ出力のファイルが存在しません")]
    NoSuchFile,
    #[error("データ出力コードが存在しません")]
    UnknownOutputCode,
    #[error("アクターのブロックが登録されていません")]
    NoMainBlock,
    #[error("アクセスログを取得できませんでした")]
    NoAccessLog,
    #[error("{0}から情報を取得できませんでした")]
    Neighbour(Neighbour, StatusCode),
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::NotPermitted | Self::NoOwnBook => StatusCode::UNAUTHORIZED,
            Self::NoAgreement
            | Self::NoSuchBook
            | Self::NoSuchLink
            | Self::NoSuchOutput
            | Self::NoSuchFile => StatusCode::NOT_FOUND,
            Self::NoMainBlock | Self::NoAccessLog | Self::LoginUnchanged | Self::NoStoredData => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::AgreedElsewhere | Self::InWork => StatusCode::CONFLICT,
            Self::Neighbour(_, status) => *status,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
