//! Commands that are killed at any of their steps, and blocks that are killed in the middle of a command: repeating it
//! completes it, and nothing is there twice.

use std::{path::Path, time::Duration};

use crate::{
    commands::{
        NOBODY, OPERATOR, OPERATORS_PASSWORD as PASSWORD, ORGANISATION, SIXTH as NAME, Serves, local, login,
        sixth_store, well,
    },
    cutter::{Cut, Cutter, When},
    support::{Place, Platform},
};

struct World {
    root: Serves,
    root_url: String,
    root_password: String,
    url: String,
    ports: u16,
    folder: String,
    file: String,
    place: Place,
}

impl World {
    /// The root in a process of its own, and the folder of a block to come.
    async fn new(place: Place) -> Self {
        let platform = Platform::built(place, "2").await;
        let (root_url, root_password) = (platform.url("root"), platform.known("root_password"));
        let Platform { stage, place, .. } = platform;
        stage.stop().await;
        let root = Serves::start(&place.options.folder.join("root/block.toml"), &root_url).await;
        let folder = place.options.folder.join("sixth").to_str().unwrap().to_owned();
        let ports = place.options.base_port;
        Self {
            root,
            root_url,
            root_password,
            url: format!("http://127.0.0.1:{}", ports + 5),
            ports,
            file: format!("{folder}/block.toml"),
            folder,
            place,
        }
    }

    /// What a command of the root's member says.
    fn at_root(&self, arguments: &[&str]) -> String {
        well(&[arguments, &login(&self.root_url, "root")].concat(), &self.root_password)
    }

    /// Lines of a list with this word.
    fn lines(&self, list: &[&str], word: &str) -> Vec<String> {
        let list = self.at_root(list);
        list.lines().filter(|line| line.contains(word)).map(str::to_owned).collect()
    }

    fn code(&self) -> String {
        let line = self.lines(&["block", "list"], NAME).remove(0);
        line.split(['│', '┆']).map(str::trim).find(|word| !word.is_empty()).unwrap().to_owned()
    }

    fn certificates(&self, word: &str) -> usize {
        self.lines(&["cert", "list", "--block", &self.code()], word).len()
    }
}

/// Kills a command before and after each of its requests, and lets it end at last. Gives how often it came to its end.
async fn killed_everywhere(cutter: &Cutter, arguments: &[&str], password: &str) -> usize {
    everywhere([When::Before, When::After], cutter, (arguments, password), None).await
}

/// Kills the block, too, while it works on each request of the command.
async fn block_killed_everywhere(
    serves: &mut Serves,
    cutter: &Cutter,
    arguments: &[&str],
    password: &str,
) -> usize {
    let during = [1, 12].map(|millis| When::During(Duration::from_millis(millis)));
    everywhere(during, cutter, (arguments, password), Some(serves)).await
}

async fn everywhere(
    moments: [When; 2],
    cutter: &Cutter,
    command: (&[&str], &str),
    mut serves: Option<&mut Serves>,
) -> usize {
    let mut ends = 0;
    for request in 1.. {
        let mut reached = false;
        for when in moments {
            let kill = || {
                if let Some(serves) = &mut serves {
                    serves.kill();
                }
            };
            if cutter.cut(Cut { request, when }, command, kill).await {
                reached = true;
                if let Some(serves) = &mut serves {
                    serves.start_again().await;
                }
            } else {
                ends += 1;
            }
        }
        if !reached {
            assert!(request > 3, "a command of few steps: {command:?}");
            break;
        }
    }
    well(command.0, command.1);
    ends + 1
}

async fn hold(place: Place) {
    let mut world = World::new(place).await;
    let at_root = Cutter::before(&world.root_url).await;
    is_added_once(&world, &at_root).await;
    is_assigned_once(&mut world, &at_root).await;
    let root = world.place.options.folder.join("root/block.toml");
    let blocks = format!("127.0.0.1:{}", world.ports + 105);
    well(&["block", "address", "application000004-service", &blocks, "-c", root.to_str().unwrap()], NOBODY);
    well(&["operator", "create", "--login-id", OPERATOR, "-c", &world.file], PASSWORD);
    let mut own = Serves::start(Path::new(&world.file), &world.url).await;
    let at_block = Cutter::before(&world.url).await;
    is_certified_once(&world, &at_root, &at_block).await;
    own.start_again().await;
    is_renewed_once(&world, &mut own, &at_block).await;
    leaves_once(&world, &at_root, &at_block).await;
}

async fn is_added_once(world: &World, at_root: &Cutter) {
    let (public, blocks) =
        (format!("127.0.0.1:{}", world.ports + 5), format!("127.0.0.1:{}", world.ports + 105));
    let peer = format!("root-service=127.0.0.1:{}", world.ports + 100);
    let store = sixth_store(&world.place).await;
    let add = [
        "block",
        "add",
        NAME,
        "--kind",
        "app",
        "--out",
        &world.folder,
        "--public",
        &public,
        "--blocks",
        &blocks,
        "--peer",
        &peer,
        "--store",
        &store,
    ];
    killed_everywhere(at_root, &[&add[..], &login(&at_root.url, "root")].concat(), &world.root_password)
        .await;
    assert_eq!(world.lines(&["block", "list"], NAME).len(), 1);
}

async fn is_assigned_once(world: &mut World, at_root: &Cutter) {
    let (folder, password) = (world.folder.clone(), world.root_password.clone());
    let assign = ["block", "assign", NAME, "--to", ORGANISATION, "--out", &folder];
    let assign = [&assign[..], &login(&at_root.url, "root")].concat();
    block_killed_everywhere(&mut world.root, at_root, &assign, &password).await;
    killed_everywhere(at_root, &assign, &password).await;
    assert_eq!(world.certificates("live"), 2, "one of each type");
    assert_eq!(world.lines(&["block", "list"], ORGANISATION).len(), 1);
}

async fn is_certified_once(world: &World, at_root: &Cutter, at_block: &Cutter) {
    let apply = [&["actor", "apply"][..], &login(&at_block.url, OPERATOR)].concat();
    killed_everywhere(at_block, &apply, PASSWORD).await;
    assert_eq!(world.lines(&["actor", "list"], ORGANISATION).len(), 1, "one application");
    let certificate = format!("{}/actor.pem", world.folder);
    let approve = ["actor", "approve", NAME, "--certificate", &certificate];
    killed_everywhere(at_root, &[&approve[..], &login(&at_root.url, "root")].concat(), &world.root_password)
        .await;
    assert_eq!(world.certificates("client"), 2, "that of the assignment, that of the actor");
    let install =
        [&["cert", "install", &certificate, "--url", &at_block.url][..], &local(&world.file, OPERATOR)]
            .concat();
    killed_everywhere(at_block, &install, PASSWORD).await;
    assert_eq!(world.certificates("live"), 2, "that of the listener, that of the actor");
}

async fn is_renewed_once(world: &World, own: &mut Serves, at_block: &Cutter) {
    let before = world.certificates("client");
    let renew = ["cert", "renew", "--kind", "client", "--wait", "0", "--url", &at_block.url];
    let renew = [&renew[..], &local(&world.file, OPERATOR)].concat();
    // Every command that came to its end is a renewal of its own; the killed ones are none.
    let renewals = killed_everywhere(at_block, &renew, PASSWORD).await;
    assert_eq!((world.certificates("client"), world.certificates("live")), (before + renewals, 2));
    let more = block_killed_everywhere(own, at_block, &renew, PASSWORD).await;
    assert_eq!((world.certificates("client"), world.certificates("live")), (before + renewals + more, 2));
    let kept = std::fs::read_dir(Path::new(&world.folder).join("certificates")).unwrap();
    let mut kept: Vec<_> = kept.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    kept.sort();
    assert_eq!(kept, ["authority.pem", "client.pem", "server.pem"], "no note of a renewal is left");
}

async fn leaves_once(world: &World, at_root: &Cutter, at_block: &Cutter) {
    let code = world.code();
    killed_everywhere(
        at_block,
        &[&["actor", "remove"][..], &login(&at_block.url, OPERATOR)].concat(),
        PASSWORD,
    )
    .await;
    let approve = [&["actor", "approve", NAME][..], &login(&at_root.url, "root")].concat();
    killed_everywhere(at_root, &approve, &world.root_password).await;
    let remove = [&["block", "remove", NAME][..], &login(&at_root.url, "root")].concat();
    killed_everywhere(at_root, &remove, &world.root_password).await;
    assert!(world.lines(&["block", "list"], NAME).is_empty());
    assert!(
        world.lines(&["cert", "list", "--block", &code], "live").is_empty(),
        "nothing of it opens anything"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_killed_complete_when_they_are_repeated_on_sqlite() {
    hold(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_killed_complete_when_they_are_repeated_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        hold(place).await;
    }
}
