//! A block of the platform: its configuration, its assembly out of services, its listeners, and the command
//! line around them.
//!
//! This crate knows every other one. Rules of the domain live in the services.

mod actors;
pub mod adoption;
pub mod allocator;
pub mod api;
pub mod assembly;
pub mod certificates;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
mod files;
pub mod first_member;
mod identity;
pub mod loader;
mod remote;
mod renewal;
mod revocation;
mod settings_file;
pub mod tables;
pub mod template;
