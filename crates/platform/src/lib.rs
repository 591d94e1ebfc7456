//! What every service stands on.
//!
//! - [`Call`]: a request as a handler sees it: who calls, what was asked, both already checked
//! - [`ApiError`], [`Refusal`]: how a service says no
//! - [`Channel`]: how one service of a block calls another; [`Peers`]: how a block calls another block
//! - [`Store`], [`schema`]: a service's own tables
//! - [`Ground`]: all of these together, as a service receives them
//! - [`Routes`], [`Api`]: a service's routes and their description
//! - [`listen`]: the listeners of a block, separated by trust
//!
//! No rule of the domain lives here.

mod addresses;
mod author;
mod call;
mod changes;
mod channel;
mod claim;
mod clock;
pub mod csrf;
pub mod describe;
mod error;
pub mod fields;
mod ground;
mod health;
pub mod identity;
mod incoming;
mod json_bytes;
mod language;
pub mod listen;
mod metrics;
mod openapi;
mod origin;
mod peers;
mod remembered;
mod request_id;
mod routes;
mod rows;
pub mod schema;
mod seal;
mod service;
mod sms;
mod store;
pub mod telemetry;
mod transaction;
mod usage;
mod who;

pub use author::Author;
pub use call::{Call, Host, Input, Nothing, header_session, session_in};
pub use channel::{Answer, Channel, Outgoing, Unreachable};
pub use claim::Claim;
pub use clock::Clock;
pub use error::{ApiError, Reason, Refusal};
pub use fields::Fields;
pub use ground::{Block, Footing, Ground, Neighbourhood, RootBlock};
pub use health::Health;
pub use incoming::Incoming;
pub use json_bytes::JsonBytes;
pub use listen::drop_hop_headers;
pub use metrics::Metrics;
pub use openapi::Api;
pub use origin::{Origin, Peer};
pub use peers::{Credentials, Peers, PeersError};
pub use remembered::Remembered;
pub use request_id::RequestId;
pub use routes::{Arguments, Operation, Routes};
pub use rows::{insert_rows, take_turn};
pub use seal::{Seal, SealError};
pub use service::assemble;
pub use sms::{Sms, SmsDriver, SmsGateway};
pub use store::{Store, StoreError, StoreUrl};
pub use transaction::Transaction;
pub use who::{AnyOperator, Anyone, Application, Individual, Institution, Member, Who};
