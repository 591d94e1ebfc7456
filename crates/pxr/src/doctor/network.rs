//! The listeners of a block, and the blocks it talks to.

use std::{collections::HashMap, io::ErrorKind, time::Duration};

use platform::{Clock, Credentials, Outgoing, Peers};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use vocabulary::{BlockKind, Code};

use super::Finding;
use crate::{config::Config, files};

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn examine(config: &Config, clock: &Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    let listeners = [
        ("public listener", &config.listen.public),
        ("blocks listener", &config.listen.blocks),
        ("internal listener", &config.listen.internal),
    ];
    for (what, address) in listeners {
        if let Some(address) = address {
            findings.push(listener(what, address).await);
        }
    }
    findings.extend(root(config, clock).await);
    findings
}

/// Free to be opened, or open already by the running block.
async fn listener(what: &str, address: &str) -> Finding {
    match TcpListener::bind(address).await {
        Ok(_) => Finding::note(what, format!("{address} is free: the block does not run")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && serves(what, address).await => {
            Finding::well(what, format!("{address} answers"))
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::wrong(
            what,
            format!("{address} is taken by something that does not answer as a block"),
            "end that program, or choose another address in `listen`",
        ),
        Err(error) => Finding::wrong(
            what,
            format!("{address} cannot be opened: {error}"),
            "choose an address of this machine in `listen`",
        ),
    }
}

/// Whether a block answers there. The blocks listener speaks TLS only, so it is enough that it takes a connection.
async fn serves(what: &str, address: &str) -> bool {
    let address = address.replace("0.0.0.0", "127.0.0.1");
    let asked = async {
        let mut connection = TcpStream::connect(&address).await.ok()?;
        if what != "public listener" {
            return Some(true);
        }
        connection
            .write_all(b"GET /health HTTP/1.1\r\nhost: doctor\r\nconnection: close\r\n\r\n")
            .await
            .ok()?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.ok()?;
        // Whether its database is well is another finding.
        Some(["OK", "ERROR"].iter().any(|health| answer.contains(&format!("\"status\":\"{health}\""))))
    };
    timeout(PATIENCE, asked).await.ok().flatten().unwrap_or(false)
}

/// Another block needs its root: for the catalog, for permissions, for consents.
async fn root(config: &Config, clock: &Clock) -> Option<Finding> {
    const SUBJECT: &str = "root block";
    let root = config.block.root.as_ref().filter(|_| config.block.kind != BlockKind::Root)?;
    let read = |file: &std::path::Path| files::read_if_there(&config.path(file)).ok().flatten();
    let credentials =
        Credentials { identity: read(&config.blocks.client), authority: read(&config.blocks.authority) };
    let addresses: HashMap<_, _> = config.blocks.peers.clone();
    let address =
        addresses.get(&root.service_name).cloned().unwrap_or_else(|| format!("{}:443", root.service_name));
    let peers = match Peers::new(addresses, &credentials, clock) {
        Ok(peers) => peers,
        Err(error) => {
            return Some(Finding::wrong(SUBJECT, error.to_string(), "see the certificates above"));
        }
    };
    // Any answer shows that both sides believe each other's certificates.
    let asked =
        timeout(PATIENCE, peers.send(Code(root.code), &root.service_name, Outgoing::get("/health"))).await;
    Some(match asked {
        Ok(Ok(_)) => Finding::well(SUBJECT, format!("{address} accepts this block's certificate")),
        Ok(Err(error)) => Finding::wrong(
            SUBJECT,
            format!("{address}: {error}"),
            "start the root block, or correct `blocks.peers` and the certificates",
        ),
        Err(_) => Finding::wrong(
            SUBJECT,
            format!("{address} does not answer in {} seconds", PATIENCE.as_secs()),
            "check the network, and `blocks.peers`",
        ),
    })
}
