//! Whether an SQLite database changed since somebody looked: exact, in every process, and without a query.
//!
//! In WAL mode SQLite itself sees by the header of the shared `-shm` file what others committed: it stands at the file's
//! beginning, twice, and is renewed at the end of every commit, before the commit is answered
//! (<https://www.sqlite.org/walformat.html>, "WAL-Index Header").
//!
//! Closing a file ends all locks that this process holds on it, SQLite's too: one that SQLite uses is never closed here.

use std::{
    fs::File,
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

/// One of the two copies of the header.
const HEADER: usize = 48;

/// A state of a database: as long as it is the same, what was read holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    header: [u8; HEADER],
    /// A new file begins again with the same header.
    file: u64,
}

/// Tells the version of one database.
#[derive(Debug)]
pub(crate) struct Changes {
    path: PathBuf,
    opened: RwLock<Opened>,
}

#[derive(Debug, Default)]
struct Opened {
    file: Option<File>,
    number: u64,
}

impl Changes {
    /// `database`: the file of the database itself.
    pub(crate) fn of(database: &std::path::Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-shm");
        Self { path: path.into(), opened: RwLock::default() }
    }

    /// The version now; none where it cannot be told, just now or at all.
    pub(crate) fn version(&self) -> Option<Version> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(version) = opened.version() {
            return Some(version);
        }
        drop(opened);
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever closes the last connection deletes the file; the next one makes another.
        if !opened.is_used() {
            *opened = Opened { file: File::open(&self.path).ok(), number: opened.number + 1 };
        }
        opened.version()
    }
}

#[cfg(unix)]
impl Opened {
    /// What the file says, if it is still the one that SQLite uses.
    fn version(&self) -> Option<Version> {
        use std::os::unix::fs::FileExt;
        const INITIALISED: usize = 12;
        let mut copies = [[0; HEADER]; 2];
        self.file.as_ref()?.read_exact_at(copies.as_flattened_mut(), 0).ok()?;
        let [header, again] = copies;
        // Two different copies: somebody is just renewing them.
        let is_whole = header == again && header[INITIALISED] == 1;
        // Asked afterwards: a file that is there now was there while it was read.
        (is_whole && self.is_used()).then_some(Version { header, file: self.number })
    }

    /// Whether the file is there and not deleted.
    fn is_used(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let metadata = self.file.as_ref().and_then(|file| file.metadata().ok());
        metadata.is_some_and(|metadata| metadata.nlink() > 0)
    }
}

#[cfg(unix)]
impl Drop for Opened {
    fn drop(&mut self) {
        use std::os::fd::IntoRawFd;
        if self.is_used() {
            // Left open until the process ends: see above. After an orderly end the file is deleted.
            let _descriptor = self.file.take().map(IntoRawFd::into_raw_fd);
        }
    }
}

#[cfg(not(unix))]
impl Opened {
    fn version(&self) -> Option<Version> {
        None
    }

    fn is_used(&self) -> bool {
        true
    }
}
