//! Why the service refuses.

use http::StatusCode;
use platform::Answer;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("{0}")]
    Input(&'static str),
    #[error("送信先がブロックではありません")]
    NotABlock,
    #[error("通知カテゴリーではありません")]
    NotACategory,
    #[error("送信先のオペレーターが存在しません")]
    NoSuchOperator,
    #[error("送信先の利用者が存在しません")]
    NoSuchUser,
    /// What another block refused, in its own words.
    #[error("{0}")]
    RefusedThere(String),
    #[error("通知が見つかりません")]
    NoSuchNotice,
    #[error("この通知を操作する権限がありません")]
    NotAddressed,
    #[error("既に承認または否認されています")]
    Decided,
    #[error("既に承認または否認されています")]
    BeingDecided,
    #[error("承認期限が過ぎています")]
    Expired,
    #[error("noticeUrlに指定できないパスです")]
    CallbackPath,
    #[error("noticeBlockCodeに指定できないブロックです")]
    CallbackBlock,
    #[error("承認結果を通知できませんでした")]
    CallbackFailed,
    #[error("通知を転送できませんでした")]
    TransferFailed,
    #[error("サービスに接続できませんでした")]
    Neighbour,
    #[error("このブロック宛ての通知ではありません")]
    OtherBlock,
}

impl Refusal {
    /// What another block refused. What it says of the request, whoever made it can mend; the rest is a failure.
    pub(crate) fn there(answer: &Answer, failure: Self) -> Self {
        match answer.message() {
            Some(message) if answer.status == StatusCode::BAD_REQUEST => Self::RefusedThere(message),
            _ => failure,
        }
    }
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotAddressed | Self::OtherBlock => StatusCode::UNAUTHORIZED,
            Self::CallbackFailed | Self::TransferFailed | Self::Neighbour => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn is_passing(&self) -> bool {
        matches!(self, Self::BeingDecided)
    }
}
