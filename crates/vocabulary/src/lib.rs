//! The words of the domain: codes, operator types, sessions, times, identifiers, hashes.
//!
//! Values and their rules live here, and nothing that touches a network, a database or a clock.
//! The one exception is [`random`], the single place where identifiers come from.

mod code;
mod kinds;
pub mod password;
pub mod random;
mod rights;
pub mod row_hash;
mod service;
mod session;
mod span;
mod stringify;
mod time;

pub use code::{Code, CodeVersion, Version};
pub use kinds::{ActorType, BlockKind, OperatorType, UnknownKind};
pub use rights::{Rights, RightsArea};
pub use service::{ServiceName, UnknownService};
pub use session::{Session, SessionError};
pub use span::Span;
pub use stringify::stringify;
pub use time::{Instant, TimeZone, TimeZoneError};
