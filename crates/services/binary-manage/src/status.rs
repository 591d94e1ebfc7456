//! Where a file stands, and what may be done with it there (spec: binary-manage 2, 6).
//!
//! There is one status for all downloads of a file. A second download may hence begin while the first runs, and each
//! may end or be cancelled after the other did.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Uploading = 0,
    Uploaded = 1,
    UploadCancelled = 2,
    UploadFailed = 3,
    Downloading = 10,
    Downloaded = 11,
    DownloadCancelled = 12,
    DownloadFailed = 13,
}

impl Status {
    pub(crate) const ALL: [Self; 8] = [
        Self::Uploading,
        Self::Uploaded,
        Self::UploadCancelled,
        Self::UploadFailed,
        Self::Downloading,
        Self::Downloaded,
        Self::DownloadCancelled,
        Self::DownloadFailed,
    ];

    /// None for a number that no program writes; nothing may be done with such a file but delete it.
    pub(crate) fn of(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }

    pub(crate) const fn number(self) -> i16 {
        self as i16
    }

    pub(crate) const fn may_cancel_upload(self) -> bool {
        matches!(self, Self::Uploading | Self::UploadFailed)
    }

    /// Every file that was uploaded once.
    pub(crate) const fn may_start_download(self) -> bool {
        matches!(
            self,
            Self::Uploaded
                | Self::Downloading
                | Self::Downloaded
                | Self::DownloadCancelled
                | Self::DownloadFailed
        )
    }

    pub(crate) const fn may_end_download(self) -> bool {
        matches!(self, Self::Downloading | Self::Downloaded | Self::DownloadCancelled)
    }

    pub(crate) const fn may_cancel_download(self) -> bool {
        matches!(self, Self::Downloading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_done_depends_on_the_status() {
        let numbers = |may: fn(Status) -> bool| -> Vec<i16> {
            Status::ALL.into_iter().filter(|status| may(*status)).map(Status::number).collect()
        };
        assert_eq!(numbers(Status::may_cancel_upload), [0, 3]);
        assert_eq!(numbers(Status::may_start_download), [1, 10, 11, 12, 13]);
        assert_eq!(numbers(Status::may_end_download), [10, 11, 12]);
        assert_eq!(numbers(Status::may_cancel_download), [10]);
        assert_eq!((Status::of(11), Status::of(4)), (Some(Status::Downloaded), None));
    }
}
