//! A root of the reference, as far as our commands and blocks need it, and what they do with it. It is written from the
//! specs (trust-layer; block-proxy; access-control-manage; catalog; catalog-update; notification;
//! certification-authority): it refuses what the reference refuses, and has none of our own routes.

mod actors;
mod block;
mod commands;
mod gate;
mod leaving;
mod outgoing;
mod root;
mod services;
