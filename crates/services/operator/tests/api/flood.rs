//! Thousands of wrong logins: the account is locked, and nobody else waits.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use testkit::{Bench, Database, on_both_databases};

use super::{add, count, execute, hash, log_in, new_member, operators};

/// Attempts at once; a lock needs six.
const AT_ONCE: usize = 50;

/// What became of the attempts of a flood, and of the right logins of somebody else meanwhile.
#[derive(Debug)]
struct Outcome {
    wrong: usize,
    turned_away: usize,
    right: usize,
    slowest: Duration,
}

/// Tries wrong passwords with these login ids, evenly over a time, while somebody else logs in again and again.
async fn flood(bench: &Bench, login_ids: Vec<String>, over: Duration) -> Outcome {
    let (start, wrong) = (Instant::now(), hash('b'));
    let pace = over / u32::try_from(login_ids.len()).unwrap();
    let attempt = |(number, login_id): (usize, String)| {
        let due = pace * u32::try_from(number).unwrap();
        let wrong = wrong.as_str();
        async move {
            tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
            log_in(bench, 3, &login_id, wrong).await
        }
    };
    let mut attempts = stream::iter(login_ids.into_iter().enumerate()).map(attempt).buffer_unordered(AT_ONCE);
    let over_now = Cell::new(false);
    let guessing = async {
        let (mut wrong, mut turned_away) = (0, 0);
        while let Some(reply) = attempts.next().await {
            if reply.status == 401 {
                wrong += 1;
            } else {
                assert!([429, 503].contains(&reply.status), "{} {}", reply.status, reply.body);
                assert_eq!(reply.headers.get("retry-after").unwrap(), "1");
                turned_away += 1;
            }
        }
        over_now.set(true);
        (wrong, turned_away)
    };
    let somebody_else = async {
        let (mut right, mut slowest) = (0, Duration::ZERO);
        while !over_now.get() {
            let asked = Instant::now();
            assert_eq!(log_in(bench, 3, "honest", &hash('a')).await.status, 200);
            (right, slowest) = (right + 1, slowest.max(asked.elapsed()));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        (right, slowest)
    };
    let ((wrong, turned_away), (right, slowest)) = tokio::join!(guessing, somebody_else);
    Outcome { wrong, turned_away, right, slowest }
}

/// Login ids `v0`… that exist, all with the password of the first.
async fn victims(bench: &Bench, number: usize) -> Vec<String> {
    add(bench, new_member("v0")).await;
    let others: Vec<_> = (1..number).map(|n| format!("('v{n}')")).collect();
    if !others.is_empty() {
        let columns = "type, hpassword, name, auth, attributes, password_changed_flg, login_prohibited_flg, lock_flg, \
                       is_disabled, created_by, created_at, updated_by, updated_at";
        execute(bench, &format!(
            "with ids(id) as (values {}) insert into operator (login_id, unique_check_login_id, {columns}) \
             select ids.id, ids.id || '3', {} from operator, ids where login_id = 'v0'",
            others.join(","),
            columns.split(", ").map(|column| format!("operator.{}", column.trim())).collect::<Vec<_>>().join(", "),
        )).await;
    }
    (0..number).map(|n| format!("v{n}")).collect()
}

async fn attacked(database: Database) -> Bench {
    let bench = operators(database).await;
    add(&bench, new_member("honest")).await;
    log_in(&bench, 3, "honest", &hash('a')).await;
    bench
}

/// One account, as many as a lock needs several times over, and names that nobody has.
/// `patience`: what a right login may take meanwhile.
async fn held_out(
    database: Database,
    (attempts, accounts): (usize, usize),
    over: Duration,
    patience: Duration,
) {
    let bench = attacked(database).await;
    let victims = victims(&bench, accounts).await;
    let of_each = |ids: &[String]| ids.iter().cycle().take(attempts).cloned().collect::<Vec<_>>();
    let nobody: Vec<_> = (0..attempts).map(|n| format!("nobody{n}")).collect();
    for (what, ids) in [
        ("one account", of_each(&victims[..1])),
        ("many accounts", of_each(&victims[1..])),
        ("nobody", nobody),
    ] {
        let (tried, start) = (ids.len(), Instant::now());
        let outcome = flood(&bench, ids, over).await;
        println!("{what}: {outcome:?} in {:?}", start.elapsed());
        assert_eq!(outcome.wrong + outcome.turned_away, tried);
        assert!(outcome.right > 0 && outcome.slowest < patience, "{what}: {outcome:?}");
    }
    // Every account that was tried often enough is locked, and none was hashed much more often than it takes.
    let failures = "login_history where not result group by operator_id";
    let locked = count(&bench, "operator where lock_flg").await;
    assert_eq!(locked, count(&bench, &format!("{failures} having count(*) >= 6")).await);
    assert_eq!(count(&bench, &format!("{failures} having count(*) > 14")).await, 0);
    // On a slow machine nearly all were turned away: those that are heard count all the same.
    for _ in 0..6 {
        log_in(&bench, 3, "v0", &hash('b')).await;
    }
    assert_eq!(count(&bench, "operator where login_id = 'v0' and lock_flg").await, 1);
    assert_eq!(log_in(&bench, 3, "v0", &hash('a')).await.status, 401);
}

on_both_databases! {
    async fn wrong_logins_lock_what_they_try_and_keep_nobody_else_waiting(database: Database) {
        // How long it takes is told by the other one: here a machine may be busy with other tests.
        held_out(database, (120, 7), Duration::from_secs(1), Duration::from_secs(15)).await;
    }
}

/// `cargo test --release -p operator --test api -- --ignored --nocapture ten_thousand`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn ten_thousand_wrong_logins_in_a_minute() {
    let patience = Duration::from_secs(2);
    held_out(Database::sqlite(), (10_000, 1_001), Duration::from_mins(1), patience).await;
    if let Some(database) = Database::postgres().await {
        held_out(database, (10_000, 1_001), Duration::from_mins(1), patience).await;
    }
}
