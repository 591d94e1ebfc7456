//! A fresh database for one test.

use std::{
    fs,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use platform::StoreUrl;
use sea_orm::{ConnectionTrait, Database as Connection};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use vocabulary::random;

/// A database that only one test uses.
#[derive(Debug)]
pub struct Database {
    pub url: StoreUrl,
    _directory: Option<TempDir>,
}

impl Drop for Database {
    /// A server that many tests use would fill its disk.
    fn drop(&mut self) {
        let StoreUrl::Postgres(url) = &self.url else { return };
        let Some((base, name)) = url.rsplit_once('/') else { return };
        let (server, statement) =
            (format!("{base}/postgres"), format!("drop database if exists {name} with (force)"));
        // A test's own runtime may be ending just now.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let connection = Connection::connect(&server).await.ok()?;
                connection.execute_unprepared(&statement).await.ok()?;
                connection.close().await.ok()
            })
        });
        let _left_behind_at_worst = dropped.join();
    }
}

/// The server that all tests of this process share.
static SERVER: OnceCell<Option<String>> = OnceCell::const_new();

impl Database {
    #[must_use]
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Self { url: StoreUrl::Sqlite(directory.path().join("data")), _directory: Some(directory) }
    }

    /// The URL of the PostgreSQL server of the tests; none when there is no server.
    pub async fn server() -> Option<String> {
        SERVER.get_or_init(server).await.clone()
    }

    /// A new database on the PostgreSQL server of the tests; none when there is no server.
    pub async fn postgres() -> Option<Self> {
        let server = Self::server().await?;
        let name = format!("test_{}", random::uuid().simple());
        let connection = Connection::connect(&server).await.expect("the PostgreSQL server of the tests");
        connection.execute_unprepared(&format!("create database {name}")).await.expect("a new database");
        connection.close().await.expect("a closed connection");
        let (base, _) = server.rsplit_once('/').expect("a URL with a database");
        Some(Self { url: StoreUrl::Postgres(format!("{base}/{name}")), _directory: None })
    }
}

async fn server() -> Option<String> {
    if let Ok(url) = std::env::var("PXR_TEST_POSTGRES") {
        return Some(url);
    }
    let url = match find_postgres() {
        Some(programs) => Some(start(&programs).await),
        None => None,
    };
    let demanded = std::env::var_os("PXR_TEST_DEMAND_POSTGRES").is_some();
    assert!(url.is_some() || !demanded, "PostgreSQL is demanded, but there is no `postgres` program");
    if url.is_none() {
        eprintln!("no `postgres` program found: the PostgreSQL half of this test is left out");
    }
    url
}

/// The directory of `postgres` and `initdb`.
fn find_postgres() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"));
    on_path
        .chain(debian)
        .find(|directory| directory.join("postgres").exists() && directory.join("initdb").exists())
}

/// Starts a server of our own, which ends with this process: a shell waits for the end of its standard input.
async fn start(programs: &Path) -> String {
    let directory = tempfile::Builder::new().prefix("pxr-postgres-").tempdir().expect("a directory").keep();
    let user = unprivileged_user();
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(&directory, Some(uid), Some(gid)).expect("a directory of its own");
    }
    let data = directory.join("data");
    let run = |command: &mut Command| {
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&directory).stdout(Stdio::null()).stderr(Stdio::null());
    };
    let mut initdb = Command::new(programs.join("initdb"));
    initdb
        .args(["--auth=trust", "--username=pxr", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
        .arg(&data);
    run(&mut initdb);
    assert!(initdb.status().expect("initdb").success(), "initdb failed");

    let port =
        TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address").port();
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg("\"$0\" -D \"$1\" -p \"$2\" -k \"$1\" -h 127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=800 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf \"$3\"")
        .arg(programs.join("postgres"))
        .arg(&data)
        .arg(port.to_string())
        .arg(&directory)
        .stdin(Stdio::piped());
    run(&mut shell);
    // The pipe must stay open as long as this process lives.
    std::mem::forget(shell.spawn().expect("a shell"));

    let url = format!("postgres://pxr@127.0.0.1:{port}/postgres");
    for _ in 0..200 {
        if let Ok(connection) = Connection::connect(&url).await {
            connection.close().await.expect("a closed connection");
            return url;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the PostgreSQL server of the tests does not start");
}

/// PostgreSQL refuses to run as root: then it runs as the user `postgres` or `nobody`.
fn unprivileged_user() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if !is_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let fields: Vec<_> =
            users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|f| f[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody"))
}
