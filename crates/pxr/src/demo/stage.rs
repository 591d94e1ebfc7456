//! The stage of the demo and of the scenario driver: blocks in this process.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use batches::{BatchGround, BatchName};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use serde_json::{Map, Value};
use starter_catalog::Settings;
use story::{Stage, StageError, Step, Variables};
use vocabulary::Code;

use super::cast::{CAST, Role};
use crate::{
    assembly::{Block, Serving},
    certificates,
    config::Config,
    first_member,
    loader::{self, Loaded},
    template::Template,
};

/// What the demo cannot do.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{0} is not a block of the demo")]
    NoSuchBlock(String),
    #[error("the block {0} does not run")]
    NotRunning(String),
    #[error("the story does not know how to {0:?}")]
    UnknownGoal(String),
    #[error("the parameter {0:?} is missing")]
    Parameter(&'static str),
    #[error("the initial catalog: {0}")]
    Catalog(String),
    #[error("{batch}: {what}: {why}")]
    Batch { batch: BatchName, what: String, why: String },
    #[error("the database for a block cannot be made: {0}")]
    Database(#[from] sea_orm::DbErr),
}

/// Where and how the demo runs.
#[derive(Clone, Debug)]
pub struct StageOptions {
    pub folder: PathBuf,
    /// Public listener of the root; the others follow.
    pub base_port: u16,
    /// `postgres://…`: each block gets a database there. None: SQLite files in the folder.
    pub store: Option<String>,
}

/// The blocks of the demo.
#[derive(Debug)]
pub struct DemoStage {
    options: StageOptions,
    running: HashMap<&'static str, Serving>,
    pub loaded: Option<Loaded>,
}

impl DemoStage {
    #[must_use]
    pub fn new(options: StageOptions) -> Self {
        Self { options, running: HashMap::new(), loaded: None }
    }

    /// Starts the blocks that were configured before.
    pub async fn wake(&mut self) -> Result<(), StageError> {
        for role in &CAST {
            if self.folder(role).join("block.toml").exists() && self.certificates(role).1 {
                self.start(role).await?;
            }
        }
        Ok(())
    }

    /// What the root's catalog holds now.
    pub async fn recount(&mut self) -> Result<Loaded, StageError> {
        if self.loaded.is_none() {
            self.load_catalog(&Variables::default()).await?;
        }
        Ok(self.loaded.clone().unwrap_or_default())
    }

    /// Ends one block, as when its machine fails.
    pub async fn stop_block(&mut self, name: &str) {
        if let Some(serving) = self.running.remove(name) {
            serving.stop().await;
        }
    }

    /// Ends all blocks; running requests finish first.
    pub async fn stop(self) {
        for (_, serving) in self.running {
            serving.stop().await;
        }
    }

    fn folder(&self, role: &Role) -> PathBuf {
        self.options.folder.join(role.name)
    }

    /// The folder of a block's certificates, and whether all are there: the authority's is written last.
    fn certificates(&self, role: &Role) -> (PathBuf, bool) {
        let folder = self.folder(role).join("certificates");
        let has_all = folder.join("authority.pem").exists();
        (folder, has_all)
    }

    const fn public_port(&self, role: &Role) -> u16 {
        self.options.base_port + role.offset
    }

    const fn blocks_port(&self, role: &Role) -> u16 {
        self.options.base_port + 100 + role.offset
    }

    pub(super) async fn configure(
        &self,
        role: &Role,
        code: i64,
        actor: Option<i64>,
        variables: &Variables,
    ) -> Result<(), StageError> {
        let mut template = Template::new(role.kind, code, role.service_name.to_owned());
        template.actor = actor;
        template.ext_name = variables.text("ext_name").unwrap_or(template.ext_name);
        template.password = variables.client_hash();
        template.public = format!("127.0.0.1:{}", self.public_port(role));
        template.blocks = format!("127.0.0.1:{}", self.blocks_port(role));
        template.peers = CAST
            .iter()
            .map(|other| (other.service_name.to_owned(), format!("127.0.0.1:{}", self.blocks_port(other))))
            .collect();
        if let Some(server) = &self.options.store {
            template.store = database(server, role, &self.options.folder).await?;
        }
        Ok(template.write(&self.folder(role))?)
    }

    pub(super) async fn start(&mut self, role: &'static Role) -> Result<(), StageError> {
        if let Some(serving) = self.running.remove(role.name) {
            serving.stop().await;
        }
        let config = Config::read(&self.folder(role).join("block.toml"))?;
        let serving = Block::assemble(config).await?.serve().await?;
        self.running.insert(role.name, serving);
        Ok(())
    }

    /// A block that runs.
    pub fn block(&self, name: &str) -> Result<&Block, DemoError> {
        let serving = self.running.get(name).ok_or_else(|| DemoError::NotRunning(name.to_owned()))?;
        Ok(&serving.block)
    }

    pub(super) async fn start_root(&mut self, variables: &Variables) -> Result<(), StageError> {
        let root = &CAST[0];
        let number =
            |name: &str, default: i64| variables.get(name).and_then(Value::as_i64).unwrap_or(default);
        let (code, actor) = (number("root_block_code", 1_000_401), number("root_actor_code", 1_000_431));
        self.configure(root, code, Some(actor), variables).await?;
        self.start(root).await
    }

    pub(super) async fn load_catalog(&mut self, variables: &Variables) -> Result<(), StageError> {
        let wrong = |error: &dyn std::fmt::Display| DemoError::Catalog(error.to_string());
        let mut settings = Settings::default();
        for key in ["ext_name", "domain"] {
            if let Some(value) = variables.text(key) {
                settings.set(key, &value).map_err(|error| wrong(&error))?;
            }
        }
        let catalog = starter_catalog::starter(&settings).map_err(|error| wrong(&error))?;
        let loaded = loader::load(&self.block("root")?.channel, &catalog, |_, _| {}).await?;
        if let Some(problem) = loaded.problems.first() {
            return Err(wrong(problem).into());
        }
        self.loaded = Some(loaded);
        Ok(())
    }

    /// A first member that is there already, after a kill, is as good as a new one.
    pub(super) async fn first_member(
        &self,
        block: &str,
        login: &str,
        password: &str,
        variables: &Variables,
    ) -> Result<(), StageError> {
        let hpassword = variables.client_hash().of(password);
        match first_member::create(self.block(block)?, login, &hpassword, "運営メンバー").await {
            Ok(()) | Err(first_member::FirstMemberError::AlreadyThere) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn enroll_and_start(
        &mut self,
        role: &'static Role,
        code: i64,
        variables: &Variables,
    ) -> Result<(), StageError> {
        self.configure(role, code, None, variables).await?;
        let (folder, has_all) = self.certificates(role);
        if !has_all {
            certificates::enroll(self.block("root")?, Code(code), &folder).await?;
        }
        self.start(role).await
    }
}

impl Stage for DemoStage {
    fn base_url(&self, block: &str) -> Option<String> {
        Role::find(block).map(|role| format!("http://127.0.0.1:{}", self.public_port(role)))
    }

    async fn operate(
        &mut self,
        step: &Step,
        goal: &str,
        parameters: &Map<String, Value>,
        variables: &mut Variables,
    ) -> Result<(), StageError> {
        let role = || Role::find(&step.block).ok_or_else(|| DemoError::NoSuchBlock(step.block.clone()));
        let text = |name: &'static str| {
            parameters.get(name).and_then(Value::as_str).ok_or(DemoError::Parameter(name)).map(str::to_owned)
        };
        let number = |name: &'static str| {
            parameters.get(name).and_then(Value::as_i64).ok_or(DemoError::Parameter(name))
        };
        match goal {
            "start-root" => self.start_root(variables).await,
            "load-catalog" => self.load_catalog(variables).await,
            "first-member" => {
                self.first_member(&step.block, &text("login")?, &text("password")?, variables).await
            }
            "enroll-and-start" => self.enroll_and_start(role()?, number("code")?, variables).await,
            "set-actor" => {
                let role = role()?;
                self.configure(role, number("code")?, Some(number("actor")?), variables).await?;
                self.start(role).await
            }
            other => Err(DemoError::UnknownGoal(other.to_owned()).into()),
        }
    }

    async fn batch(&mut self, block: &str, name: &str) -> Result<(), StageError> {
        let ground = BatchGround::new(self.block(block)?.neighbourhood());
        let report = batches::run(name.parse::<BatchName>()?, &ground).await?;
        match report.failed.first() {
            None => Ok(()),
            Some(failed) => {
                let (what, why) = (failed.what.clone(), failed.why.clone());
                Err(DemoError::Batch { batch: report.batch, what, why }.into())
            }
        }
    }
}

/// Makes the database of a block on a PostgreSQL server and gives its URL. The folder's name keeps demos apart.
async fn database(server: &str, role: &Role, folder: &std::path::Path) -> Result<String, DemoError> {
    let plain =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let label = plain(folder.file_name().and_then(|name| name.to_str()).unwrap_or("demo"));
    let name = format!("pxr_{label}_{}", role.name);
    let connection = Database::connect(server).await?;
    if !folder.join(role.name).join("block.toml").exists() {
        // Fresh data was asked for; the name says that it belongs to this demo. What one that was killed has begun the
        // server may just be ending.
        if renew(&connection, &name).await.is_err() {
            tokio::time::sleep(Duration::from_secs(2)).await;
            renew(&connection, &name).await?;
        }
    } else if !is_known(&connection, &name).await? {
        connection.execute_unprepared(&format!("create database {name}")).await?;
    }
    connection.close().await?;
    let (base, _) = server.rsplit_once('/').unwrap_or((server, ""));
    Ok(format!("{base}/{name}"))
}

async fn renew(connection: &DatabaseConnection, name: &str) -> Result<(), DbErr> {
    connection.execute_unprepared(&format!("drop database if exists {name} with (force)")).await?;
    connection.execute_unprepared(&format!("create database {name}")).await.map(drop)
}

async fn is_known(connection: &DatabaseConnection, name: &str) -> Result<bool, DbErr> {
    let known = sea_orm::Statement::from_sql_and_values(
        sea_orm::DbBackend::Postgres,
        "select 1 from pg_database where datname = $1",
        [name.into()],
    );
    Ok(connection.query_one_raw(known).await?.is_some())
}
