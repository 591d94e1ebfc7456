//! The store of a block: whether it answers, has the tables it must have, and holds what a block needs.

use platform::{Clock, Store, StoreUrl};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use vocabulary::{BlockKind, ServiceName, TimeZone};

use super::Finding;
use crate::{
    adoption::{self, Holding},
    assembly::Extent,
    config::Config,
    tables,
};

/// How far the clocks of machines may be apart.
const TOLERANCE_SECONDS: i64 = 30;

pub(super) async fn examine(config: &Config, clock: &Clock) -> Vec<Finding> {
    let url: StoreUrl = match config.store_url().parse() {
        Ok(url) => url,
        Err(error) => return vec![Finding::wrong("store", format!("{error}"), "correct `store.url`")],
    };
    if let Some(finding) = unreachable(&url, config).await {
        return vec![finding];
    }
    let mut findings = vec![Finding::well("store", format!("{url:?} answers"))];
    findings.push(schema(&url, config).await);
    if findings.iter().any(Finding::is_wrong) {
        return findings;
    }
    findings.push(first_operator(&url).await);
    if config.block.kind == BlockKind::Root {
        findings.push(catalog(&url).await);
    }
    findings.push(database_clock(&url, clock).await);
    findings
}

async fn unreachable(url: &StoreUrl, config: &Config) -> Option<Finding> {
    let mend = match url {
        StoreUrl::Sqlite(directory) if !directory.exists() => {
            return Some(Finding::wrong(
                "store",
                format!("the folder {} is missing", directory.display()),
                format!("restore it, or make it with `pxr db migrate -c {}`", config.file.display()),
            ));
        }
        StoreUrl::Sqlite(_) => "check the folder's owner and the disk",
        StoreUrl::Postgres(_) => "start PostgreSQL, or correct `store.url`",
    };
    let answer = one(url, ServiceName::Operator, "select 1 as n").await;
    answer.err().map(|error| Finding::wrong("store", format!("{url:?} does not answer: {error}"), mend))
}

async fn schema(url: &StoreUrl, config: &Config) -> Finding {
    const SUBJECT: &str = "tables";
    let file = config.file.display();
    if let StoreUrl::Postgres(url) = url {
        match adoption::holdings(url, &config.services()).await {
            Err(error) => return Finding::wrong(SUBJECT, error.to_string(), "look at the database's log"),
            Ok(holdings) => {
                let foreign = holdings.iter().find(|(_, holding)| *holding == Holding::Foreign);
                if let Some((service, _)) = foreign {
                    let found = format!("those of {service} were made by another program");
                    return Finding::wrong(SUBJECT, found, format!("`pxr db adopt -c {file}`"));
                }
            }
        }
    }
    let mut mismatches = Vec::new();
    for service in config.services() {
        match tables::compare(url, service, Extent::Newest).await {
            Ok(found) => mismatches.extend(found),
            Err(error) => return Finding::wrong(SUBJECT, error.to_string(), "look at the database's log"),
        }
    }
    match mismatches.first() {
        None => Finding::well(
            SUBJECT,
            format!("those of {} services are as they must be", config.services().len()),
        ),
        Some(first) => {
            let others = mismatches.len() - 1;
            let found = if others == 0 { first.to_string() } else { format!("{first} (and {others} more)") };
            Finding::wrong(
                SUBJECT,
                found,
                format!("`pxr db migrate -c {file}`; if that does not help, restore the database"),
            )
        }
    }
}

async fn first_operator(url: &StoreUrl) -> Finding {
    const SUBJECT: &str = "first operator";
    let question = "select count(*) as n from operator where type = 3 and is_disabled = false";
    match one(url, ServiceName::Operator, question).await {
        Ok(0) => Finding::wrong(SUBJECT, "the block has no managing member", "`pxr operator create --help`"),
        Ok(count) => Finding::well(SUBJECT, format!("{count} managing members")),
        Err(error) => Finding::wrong(SUBJECT, error.to_string(), "look at the database's log"),
    }
}

async fn catalog(url: &StoreUrl) -> Finding {
    const SUBJECT: &str = "catalog";
    let question = "select count(*) as n from catalog_item where is_disabled = false";
    match one(url, ServiceName::Catalog, question).await {
        Ok(0) => Finding::wrong(SUBJECT, "the catalog is empty", "`pxr catalog load --help`"),
        Ok(count) => Finding::well(SUBJECT, format!("{count} items and versions")),
        Err(error) => Finding::wrong(SUBJECT, error.to_string(), "look at the database's log"),
    }
}

/// Sessions, tokens and codes end by the block's clock, rows are dated by the database's.
async fn database_clock(url: &StoreUrl, clock: &Clock) -> Finding {
    const SUBJECT: &str = "clock";
    let question = match url {
        StoreUrl::Postgres(_) => "select extract(epoch from now())::bigint as n",
        StoreUrl::Sqlite(_) => "select cast(strftime('%s', 'now') as integer) as n",
    };
    match one(url, ServiceName::Operator, question).await {
        Ok(theirs) => {
            let apart = (clock.now().utc().timestamp() - theirs).abs();
            if apart > TOLERANCE_SECONDS {
                let found = format!("{apart} seconds apart from the database's");
                Finding::wrong(SUBJECT, found, "synchronise both machines (NTP)")
            } else {
                Finding::well(SUBJECT, format!("{apart} seconds apart from the database's"))
            }
        }
        Err(error) => Finding::wrong(SUBJECT, error.to_string(), "look at the database's log"),
    }
}

/// A number that a service's database answers.
async fn one(url: &StoreUrl, service: ServiceName, question: &str) -> Result<i64, DbErr> {
    let opened = Store::open(url, service, TimeZone::UTC).await;
    let store = opened.map_err(|error| DbErr::Custom(with_cause(&error)))?;
    let row = store.read().query_one_raw(Statement::from_string(store.backend(), question)).await?;
    let number = row.map_or(Ok(0_i64), |row| match row.try_get::<i64>("", "n") {
        Ok(number) => Ok(number),
        Err(_) => row.try_get::<i32>("", "n").map(i64::from),
    });
    store.close().await?;
    number
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
