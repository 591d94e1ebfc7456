//! Why the service refuses.

use http::StatusCode;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("リクエストが空です")]
    Empty,
    #[error("リクエストは配列であってはいけません")]
    Array,
    #[error("{0}は1から{1}の範囲で指定してください")]
    OutOfRange(&'static str, i16),
    #[error("Content-Typeにはapplication/octet-streamを指定してください")]
    NotBytes,
    #[error("データがありません")]
    NoData,
    #[error("Content-Lengthとデータの長さが一致しません")]
    Length,
    #[error("圧縮されたデータは受け付けられません")]
    Encoded,
    #[error("データが大きすぎます（{0}バイト以内で分割してください）")]
    TooLarge(usize),
    #[error("ファイルが存在しません")]
    NoSuchFile,
    #[error("分割データが存在しません")]
    NoSuchChunk,
    #[error("chunkNoがファイルの分割数を超えています")]
    BeyondFile,
    #[error("この分割データは既に登録されています")]
    ChunkExists,
    #[error("ファイルはアップロード中ではありません")]
    NotUploading,
    #[error("アップロードされた分割データの数が一致しません")]
    UploadIncomplete,
    #[error("ファイルはダウンロード中ではないか、分割データの数が一致しません")]
    DownloadIncomplete,
    #[error("この操作を行う権限がありません")]
    NotPermitted,
}

impl platform::Refusal for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotPermitted => StatusCode::UNAUTHORIZED,
            Self::NoSuchFile | Self::NoSuchChunk => StatusCode::NOT_FOUND,
            Self::ChunkExists | Self::NotUploading => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
