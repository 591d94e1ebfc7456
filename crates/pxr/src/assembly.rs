//! A block put together: its stores opened and brought to the newest state, its services connected, its
//! listeners ready.

use std::{collections::HashMap, net::SocketAddr, path::PathBuf, pin::Pin, sync::Arc};

use axum::Router;
use platform::{
    Channel, Clock, Credentials, Footing, Ground, Health, Metrics, Neighbourhood, Peers, Seal, Store,
    StoreError, StoreUrl,
    listen::{self, BlocksTls, Face, Listener, Shutdown},
};
use sea_orm::{DatabaseConnection, DbErr};
use sea_orm_migration::MigratorTrait;
use tokio::task::JoinHandle;
use vocabulary::ServiceName;

use crate::{
    actors::Actors,
    adoption::{self, Holding},
    api,
    certificates::{self, CertificateError},
    config::{Config, ConfigError},
    identity::Identities,
    renewal::Renewal,
    revocation::Revocations,
    tables::ComparisonError,
};

/// Why a block cannot be assembled.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Comparison(#[from] ComparisonError),
    #[error(
        "the tables of {service} were made by another program; `pxr db check -c {file}` compares them, \
         `pxr db adopt -c {file}` takes them over"
    )]
    Foreign { service: ServiceName, file: PathBuf },
    #[error("`secrets.seal_key`: {0}")]
    Seal(#[from] platform::SealError),
    #[error("certificates: {0}")]
    Certificates(#[from] CertificateError),
    #[error(transparent)]
    Peers(#[from] platform::PeersError),
    #[error(transparent)]
    Tls(#[from] listen::TlsError),
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
    #[error(transparent)]
    Listen(#[from] listen::ServeError),
}

/// A block being put together: a large piece of work, kept off the stacks of those who wait for it.
pub type Assembling = Pin<Box<dyn Future<Output = Result<Block, AssemblyError>> + Send>>;

/// A block in this process.
#[derive(Debug)]
pub struct Block {
    pub config: Config,
    pub channel: Channel,
    pub metrics: Metrics,
    grounds: HashMap<ServiceName, Ground>,
    tls: Option<BlocksTls>,
    revocations: Revocations,
    renewal: Renewal,
    identities: Option<Identities>,
}

/// Addresses a block listens on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addresses {
    pub public: Option<SocketAddr>,
    pub blocks: Option<SocketAddr>,
    pub internal: Option<SocketAddr>,
}

/// A block that serves.
#[derive(Debug)]
pub struct Serving {
    pub block: Block,
    pub addresses: Addresses,
    shutdown: Shutdown,
    listeners: Vec<JoinHandle<()>>,
}

impl Block {
    /// Opens the stores, brings their tables to the newest state and connects the services.
    #[must_use]
    pub fn assemble(config: Config) -> Assembling {
        Box::pin(async move {
            refuse_foreign(&config.store_url().parse()?, &config).await?;
            Self::adopt(config).await
        })
    }

    /// As [`Block::assemble`], on whatever tables are there: for a database that was compared before.
    #[must_use]
    pub fn adopt(config: Config) -> Assembling {
        Box::pin(Self::put_together(config))
    }

    async fn put_together(config: Config) -> Result<Self, AssemblyError> {
        let seal = Seal::new(&config.content("secrets.seal_key", &config.secrets.seal_key)?)?;
        let channel = Channel::new(config.services.peers.clone())
            .map_err(|error| AssemblyError::Client(error.to_string()))?;
        let stores = open_stores(&config).await?;
        let metrics = Metrics::default();
        for (service, store) in &stores {
            metrics.watch(*service, store);
        }
        let clock = Clock::system();
        let held = certificates::prepare(&config, &stores, &seal, &clock).await?;
        let credentials = Credentials { identity: held.client.clone(), authority: held.authority.clone() };
        let peers = Peers::new(config.blocks.peers.clone(), &credentials, &clock)?;
        let file = config.file.clone();
        peers.reread(move || Config::read(&file).ok().map(|config| config.blocks.peers));
        let identity = Arc::new(config.identity());
        let ground = |store: Store| {
            Ground::from(Footing {
                block: Arc::clone(&identity),
                channel: channel.clone(),
                peers: peers.clone(),
                clock: clock.clone(),
                store,
                metrics: metrics.clone(),
                seal: seal.clone(),
                zone: config.block.time_zone,
                caching: config.cache.enabled,
            })
        };
        let grounds: HashMap<_, _> = stores.into_iter().map(|(name, store)| (name, ground(store))).collect();
        channel.connect(
            grounds.iter().map(|(name, ground)| (*name, router(*name, ground.clone(), &config))).collect(),
        );
        let tls = held.listener().map(|files| BlocksTls::new(&files, config.blocks.client_certificates));
        let tls = tls.transpose()?;
        let block = Neighbourhood { block: identity, channel: channel.clone() };
        let store = grounds.get(&ServiceName::CertificateManage).map(|ground| ground.store.clone());
        let revocations = Revocations::known_to(block.clone(), config.blocks.revocation_seconds);
        let identities = match &held.authority {
            Some(authority) => {
                let actors = Actors::known_to(
                    block,
                    certificates::platform_member(&config).map_err(CertificateError::from)?,
                );
                Some(Identities::new(authority, &config, (&revocations, actors), &clock)?)
            }
            None => None,
        };
        let renewal = Renewal { held, store, seal, peers, tls: tls.clone() };
        Ok(Self { config, channel, metrics, grounds, tls, revocations, renewal, identities })
    }

    /// What a service of this process stands on.
    #[must_use]
    pub fn ground(&self, service: ServiceName) -> Option<&Ground> {
        self.grounds.get(&service)
    }

    /// What works beside the services stands on this: batches.
    #[must_use]
    pub fn neighbourhood(&self) -> Neighbourhood {
        Neighbourhood { block: Arc::new(self.config.identity()), channel: self.channel.clone() }
    }

    /// Opens the listeners and serves until [`Serving::stop`].
    pub async fn serve(self) -> Result<Serving, AssemblyError> {
        let here: Arc<[ServiceName]> = self.grounds.keys().copied().collect();
        let everywhere: Arc<[ServiceName]> =
            here.iter().copied().chain(self.config.services.peers.keys().copied()).collect();
        let stores = self.grounds.iter().map(|(service, ground)| (*service, ground.store.clone()));
        let health = Health::of(stores.collect());
        let (mut addresses, mut listeners) = (Addresses::default(), Vec::new());
        let shutdown = Shutdown::new();
        let bind = async |address: &Option<String>| match address {
            Some(address) => Listener::bind(address).await.map(Some),
            None => Ok(None),
        };
        if let Some(listener) = bind(&self.config.listen.internal).await? {
            addresses.internal = Some(listener.address());
            let router = listen::internal(
                self.channel.clone(),
                Arc::clone(&here),
                self.metrics.clone(),
                health.clone(),
            );
            listeners.push(listener.serve(self.face("internal", router, None), shutdown.clone()));
        }
        if let Some(listener) = bind(&self.config.listen.blocks).await? {
            let tls = self.tls.clone().ok_or_else(|| CertificateError::Missing {
                file: self.config.path(&self.config.blocks.server),
            })?;
            addresses.blocks = Some(listener.address());
            let router = listen::blocks(self.channel.clone(), Arc::clone(&everywhere));
            let router = match &self.identities {
                Some(identities) => identities.guard(router),
                None => router,
            };
            let router = self.revocations.guard(router);
            listeners.push(listener.serve(self.face("blocks", router, Some(tls)), shutdown.clone()));
            let platform = certificates::platform_member(&self.config).map_err(CertificateError::from)?;
            listeners.extend(self.revocations.clone().watch(platform, shutdown.clone()));
        }
        if let Some(listener) = bind(&self.config.listen.public).await? {
            addresses.public = Some(listener.address());
            let described = here.iter().map(|service| api::of(*service));
            let router =
                listen::public(self.channel.clone(), everywhere, health).merge(listen::api(described));
            listeners.push(listener.serve(self.face("public", router, None), shutdown.clone()));
        }
        listeners.extend(self.deliveries(shutdown.clone()));
        listeners.push(self.renewal.clone().watch(self.config.clone(), shutdown.clone()));
        Ok(Serving { block: self, addresses, shutdown, listeners })
    }

    fn face(&self, name: &'static str, router: Router, tls: Option<BlocksTls>) -> Face {
        Face { name, router, tls, metrics: self.metrics.clone() }
    }

    /// What waits to be told to others is told as long as the block serves, whether anybody calls it or not.
    fn deliveries(&self, shutdown: Shutdown) -> Option<JoinHandle<()>> {
        let ground = self.grounds.get(&ServiceName::BookOperate)?.clone();
        let work = book_operate::keep_delivering(ground, self.config.book_operate);
        Some(tokio::spawn(async move {
            shutdown.run_until_cancelled(work).await;
        }))
    }
}

impl Serving {
    /// Stops accepting, lets running requests finish and closes the stores.
    pub async fn stop(self) {
        self.shutdown.cancel();
        for listener in self.listeners {
            if let Err(error) = listener.await {
                tracing::warn!(%error, "a listener ended in a panic");
            }
        }
        for (service, ground) in self.block.grounds {
            if let Err(error) = ground.store.clone().close().await {
                tracing::warn!(%service, %error, "a store could not be closed");
            }
        }
    }
}

async fn open_stores(config: &Config) -> Result<HashMap<ServiceName, Store>, AssemblyError> {
    let url = config.store_url().parse()?;
    let mut stores = HashMap::new();
    for service in config.services() {
        let store = Store::open(&url, service, config.store.time_zone).await?;
        let migrated = migrate(store.read(), service, Extent::Newest).await;
        migrated.map_err(|source| StoreError::Migrate { service, source })?;
        stores.insert(service, store);
    }
    Ok(stores)
}

/// A database of the reference is compared before anything in it changes; a command does that.
async fn refuse_foreign(url: &StoreUrl, config: &Config) -> Result<(), AssemblyError> {
    let StoreUrl::Postgres(url) = url else { return Ok(()) };
    let holdings = adoption::holdings(url, &config.services()).await?;
    match holdings.into_iter().find(|(_, holding)| *holding == Holding::Foreign) {
        Some((service, _)) => Err(AssemblyError::Foreign { service, file: config.file.clone() }),
        None => Ok(()),
    }
}

/// How far the tables of a service are brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The tables as the reference has them, and no more.
    Tables,
    /// The newest state.
    Newest,
}

/// Brings the tables of a service to a state, from any older one.
pub(crate) async fn migrate(
    connection: &DatabaseConnection,
    service: ServiceName,
    extent: Extent,
) -> Result<(), DbErr> {
    let steps = match extent {
        Extent::Tables => Some(1),
        Extent::Newest => None,
    };
    match service {
        ServiceName::Operator => operator::Migrator::up(connection, steps).await,
        ServiceName::Catalog => catalog::Migrator::up(connection, steps).await,
        ServiceName::CatalogUpdate => catalog_update::Migrator::up(connection, steps).await,
        ServiceName::BlockProxy => block_proxy::Migrator::up(connection, steps).await,
        ServiceName::Notification => notification::Migrator::up(connection, steps).await,
        ServiceName::BookManage => book_manage::Migrator::up(connection, steps).await,
        ServiceName::BookOperate => book_operate::Migrator::up(connection, steps).await,
        ServiceName::IdentityVerificate => identity_verificate::Migrator::up(connection, steps).await,
        ServiceName::CtokenLedger => ctoken_ledger::Migrator::up(connection, steps).await,
        ServiceName::LocalCtoken => local_ctoken::Migrator::up(connection, steps).await,
        ServiceName::CertificationAuthority => certification_authority::Migrator::up(connection, steps).await,
        ServiceName::CertificateManage => certificate_manage::Migrator::up(connection, steps).await,
        ServiceName::AccessControlManage => access_control_manage::Migrator::up(connection, steps).await,
        ServiceName::AccessControl => access_control::Migrator::up(connection, steps).await,
        ServiceName::BinaryManage => binary_manage::Migrator::up(connection, steps).await,
    }
}

/// The routes of a service.
fn router(service: ServiceName, ground: Ground, config: &Config) -> Router {
    match service {
        ServiceName::Operator => operator::router(ground, config.operator.clone()),
        ServiceName::Catalog => catalog::router(ground, config.catalog.clone()),
        ServiceName::CatalogUpdate => catalog_update::router(ground, config.catalog_update),
        ServiceName::BlockProxy => block_proxy::router(ground, config.block_proxy.clone()),
        ServiceName::CertificationAuthority => {
            certification_authority::router(ground, config.certification_authority.clone())
        }
        ServiceName::CertificateManage => certificate_manage::router(ground, config.certificate_manage),
        ServiceName::AccessControlManage => {
            access_control_manage::router(ground, config.access_control_manage.clone())
        }
        ServiceName::AccessControl => access_control::router(ground, config.access_control.clone()),
        ServiceName::Notification => notification::router(ground, config.notification.clone()),
        ServiceName::BinaryManage => binary_manage::router(ground, config.binary_manage),
        ServiceName::BookManage => {
            let client_hash = config.password.clone();
            book_manage::router(ground, book_manage::Settings { client_hash, ..config.book_manage.clone() })
        }
        ServiceName::IdentityVerificate => {
            identity_verificate::router(ground, config.identity_verificate.clone())
        }
        ServiceName::CtokenLedger => ctoken_ledger::router(ground, config.ctoken_ledger),
        ServiceName::LocalCtoken => local_ctoken::router(ground, config.local_ctoken),
        ServiceName::BookOperate => book_operate::router(ground, config.book_operate),
    }
}
