//! A root of the reference, as far as our commands and blocks need it, and what they do with it. It is written from the
//! specs (trust-layer; block-proxy; access-control-manage; catalog; catalog-update; notification;
//! certification-authority): it refuses what the reference refuses, and has none of our own routes.

mod block;
mod commands;
mod gate;
mod root;
mod services;
