//! Structured logs.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Starts logging to standard error. `filter` is the default; the environment's `PXR_LOG` replaces it.
pub fn start(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_from_env("PXR_LOG").unwrap_or_else(|_| EnvFilter::new(filter));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // A second start, as in tests, changes nothing.
    let _already_started = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
