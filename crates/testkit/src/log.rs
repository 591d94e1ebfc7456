//! What is logged during a test.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes into the log of its own thread, which is that of one test.
struct ToThread;

impl io::Write for ToThread {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|log| log.extend_from_slice(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What this thread logs from now on.
#[derive(Debug)]
pub struct Log(());

impl Log {
    #[must_use]
    pub fn start() -> Self {
        static SUBSCRIBED: Once = Once::new();
        // One for all tests of the process: subscribers that come and go miss what others register meanwhile.
        SUBSCRIBED.call_once(|| {
            let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(|| ToThread).finish();
            tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of the tests");
        });
        LOGGED.with_borrow_mut(Vec::clear);
        Self(())
    }

    /// The lines of the audit log: what was done, by whom, to what.
    #[must_use]
    pub fn audit(&self) -> Vec<String> {
        let text = LOGGED.with_borrow(|log| String::from_utf8_lossy(log).into_owned());
        let line = |line: &str| Some(line.split_once(" audit: ")?.1.to_owned());
        text.lines().filter_map(line).collect()
    }
}
