//! Replays wire recordings of the reference, one service in this process at a time: its database loaded, its
//! neighbours stood in for, its answer, its calls and its changed rows compared.

mod case;
mod compare;
mod database;
mod deviations;
mod replay;
mod services;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Parser;
use futures_util::StreamExt;
use vocabulary::ServiceName;

use crate::{case::Corpus, database::Databases, deviations::Deviations, replay::Verdict};

/// Replays recordings and prints counts and differences.
#[derive(Debug, Parser)]
#[command(
    after_help = "Example:\n  cargo run -p conformance -- --corpus ../shared/conformance --service catalog"
)]
struct Arguments {
    /// Folder with one folder a service.
    #[arg(long)]
    corpus: PathBuf,
    /// Only this service.
    #[arg(long)]
    service: Option<ServiceName>,
    /// Only this case, e.g. catalog/0012.
    #[arg(long)]
    case: Option<String>,
    /// Keep the databases on a PostgreSQL server instead of SQLite, as a user who may create databases and leave foreign
    /// keys unchecked.
    #[arg(long, value_name = "postgres://user:password@host/database")]
    postgres: Option<String>,
    /// Print every difference, and what deviates for which reason.
    #[arg(long)]
    verbose: bool,
    /// Fail when a case neither agrees nor stands in the deviations.
    #[arg(long)]
    strict: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut differing = 0;
    for service in services::BUILT {
        if arguments.service.is_some_and(|only| only != service) {
            continue;
        }
        match run(&arguments, service).await {
            Ok(count) => differing += count,
            Err(error) => {
                eprintln!("{service}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if arguments.strict && differing > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn run(arguments: &Arguments, service: ServiceName) -> Result<usize, Box<dyn std::error::Error>> {
    let corpus = Corpus::read(&arguments.corpus, service)?;
    let deviations = Deviations::of(service)?;
    let databases = Databases::new(service, arguments.postgres.as_deref()).await?;
    let wanted = corpus.cases.iter().filter(|case| arguments.case.as_ref().is_none_or(|id| *id == case.id));
    let verdicts: Vec<_> = futures_util::stream::iter(wanted)
        .map(|case| {
            let (corpus, databases) = (&corpus, &databases);
            async move { (case, replay::replay(service, case, corpus, databases).await) }
        })
        .buffered(2)
        .collect()
        .await;
    databases.remove().await?;
    let (mut agreeing, mut deviating, mut not_built, mut differing) = (0, 0, BTreeMap::new(), 0);
    for (case, verdict) in verdicts {
        match verdict {
            Verdict::Agrees => agreeing += 1,
            Verdict::NotBuilt => *not_built.entry(case.shape()).or_insert(0) += 1,
            Verdict::Differs(differences) => {
                let reason = deviations.explain(case);
                *(if reason.is_some() { &mut deviating } else { &mut differing }) += 1;
                if arguments.verbose || arguments.case.is_some() {
                    println!("{}  {}", case.id, case.shape());
                    for difference in &differences {
                        println!("    {difference}");
                    }
                    if let Some(reason) = reason {
                        println!("    deviates: {reason}");
                    }
                }
            }
        }
    }
    let left: usize = not_built.values().sum();
    println!(
        "{service}: {agreeing} agree, {deviating} deviate for a reason, {differing} differ, {left} not built yet"
    );
    if arguments.verbose {
        for (shape, count) in not_built {
            println!("    not built: {count} × {shape}");
        }
    }
    Ok(differing)
}
