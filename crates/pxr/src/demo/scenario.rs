//! The stage of the scenario of the specs: the demo's blocks, and what its operation goals mean there.

use serde_json::{Map, Value};
use story::{Stage, StageError, Step, Variables};
use vocabulary::BlockKind;

use super::{
    cast::Role,
    giving_back,
    stage::{DemoError, DemoStage},
};

/// Plays the scenario on the blocks of the demo.
#[derive(Debug)]
pub struct ScenarioStage(pub DemoStage);

impl Stage for ScenarioStage {
    fn base_url(&self, block: &str) -> Option<String> {
        self.0.base_url(block)
    }

    /// The goals are prose for people, so the ids of the steps say what is meant. What is not named here needs
    /// nothing done: one program brings it along.
    async fn operate(
        &mut self,
        step: &Step,
        _goal: &str,
        _parameters: &Map<String, Value>,
        variables: &mut Variables,
    ) -> Result<(), StageError> {
        let stage = &mut self.0;
        let role = Role::find(&step.block);
        let of = |what: &str| variables.get(&format!("{}_{what}", step.block));
        let block_code =
            || of("block_code").and_then(Value::as_i64).ok_or(DemoError::Parameter("block code"));
        let text = |what: &str| of(what).and_then(Value::as_str).unwrap_or_default().to_owned();
        match (step.id.as_str(), role) {
            ("2-3", _) => stage.start_root(variables).await,
            ("2-5", _) => stage.load_catalog(variables).await,
            ("2-6", _) => stage.first_member("root", &text("login"), &text("password"), variables).await,
            // By now the block is assigned, which its certificates need.
            (id, Some(role))
                if role.kind != BlockKind::Root
                    && (id == "3-5" || id.starts_with("4-") && id.ends_with("-5")) =>
            {
                stage.enroll_and_start(role, block_code()?, variables).await?;
                stage.first_member(role.name, &text("op0_login"), &text("op0_password"), variables).await
            }
            ("E1-8" | "E2-3", Some(role)) => {
                let actor =
                    of("actor_code").and_then(Value::as_i64).ok_or(DemoError::Parameter("actor code"))?;
                giving_back::mark_files(stage.block("root")?, stage.block(role.name)?, actor).await
            }
            ("E2-5", _) => {
                let pxr_id = variables.text("resident2_pxr_id").ok_or(DemoError::Parameter("PXR-ID"))?;
                giving_back::reserve_deletion(stage.block("root")?, &pxr_id).await
            }
            (id, Some(role)) if id.starts_with("S14-") => {
                let actor = of("actor_code").and_then(Value::as_i64);
                stage.configure(role, block_code()?, actor, variables).await?;
                stage.start(role).await
            }
            _ => Ok(()),
        }
    }

    async fn batch(&mut self, block: &str, name: &str) -> Result<(), StageError> {
        self.0.batch(block, name).await
    }
}
