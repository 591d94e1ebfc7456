//! The demo: a whole platform in one process, built up as the story of A City tells it.

mod cast;
mod giving_back;
pub mod holdings;
mod record;
mod scenario;
mod stage;

pub use cast::{CAST, Role};
pub use record::{Record, write_record};
pub use scenario::ScenarioStage;
pub use stage::{DemoError, DemoStage, StageOptions};
