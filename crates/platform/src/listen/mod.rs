//! The listeners of a block. Trust is a matter of the listener, never of a header.

mod api;
mod blocks;
mod client_certificates;
mod gateway;
mod internal;
mod public;
mod server;

pub use api::api;
pub(crate) use blocks::peer;
pub use blocks::{BlocksTls, ClientCertificates, TlsError, TlsFiles, blocks};
pub use gateway::drop_hop_headers;
pub use internal::internal;
pub use public::public;
pub use server::{Face, Listener, ServeError, Shutdown};

/// Makes aws-lc-rs the crypto provider of everything in this process. Repeating it does nothing.
pub fn install_crypto_provider() {
    let _already_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
