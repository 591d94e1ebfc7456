//! Whether an SQLite database changed since somebody looked: exact, in every process, and without a query.
//!
//! In WAL mode SQLite itself sees by the header of the shared `-shm` file what others committed: it stands at the file's
//! beginning, twice, and is renewed at the end of every commit, before the commit is answered
//! (<https://www.sqlite.org/walformat.html>, "WAL-Index Header").

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
        if opened.version().is_none() {
            // Whoever closes the last connection deletes the file; the next one makes another.
            *opened = Opened { file: File::open(&self.path).ok(), number: opened.number + 1 };
        }
        opened.version()
    }
}

impl Opened {
    /// What the file says, if it is still the one that SQLite uses.
    #[cfg(unix)]
    fn version(&self) -> Option<Version> {
        use std::os::unix::fs::{FileExt, MetadataExt};
        const INITIALISED: usize = 12;
        let file = self.file.as_ref()?;
        let mut copies = [[0; HEADER]; 2];
        file.read_exact_at(copies.as_flattened_mut(), 0).ok()?;
        // Asked afterwards: a file that is there now was there while it was read.
        let is_used = file.metadata().ok()?.nlink() > 0;
        let [header, again] = copies;
        // Two different copies: somebody is just renewing them.
        let is_whole = header == again && header[INITIALISED] == 1;
        (is_used && is_whole).then_some(Version { header, file: self.number })
    }

    #[cfg(not(unix))]
    fn version(&self) -> Option<Version> {
        None
    }
}
