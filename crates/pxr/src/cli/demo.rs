//! `pxr demo`.

use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use story::{Options, Report};

use super::{
    Failure,
    serve::end,
    telling::{Teller, journal, prepare_folder},
};
use crate::demo::{
    CAST, DemoStage, Record, StageOptions,
    holdings::{self, Holding},
    write_record,
};

/// Brings up the whole platform of A City in one process, and tells its story.
///
/// Five blocks, each with its own listeners and databases, talk to each other over mutual TLS. The demo stays up to
/// be tried; what there is to try is printed and written into `demo.json`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pxr demo\n  pxr demo --exit\n  pxr demo --keep --base-port 9800\n  \
                        pxr demo --store postgres://postgres@localhost/postgres")]
pub(super) struct Demo {
    /// Folder of the demo.
    #[arg(long, value_name = "DIR", default_value = "pxr-demo")]
    data: PathBuf,
    /// Public listener of the root block; the others follow, and their blocks listeners 100 ports on.
    #[arg(long, value_name = "N", default_value_t = 8800)]
    base_port: u16,
    /// End after the story; the exit code is 0 only if every step held.
    #[arg(long)]
    exit: bool,
    /// Go on with the data of the folder, where the story stopped.
    #[arg(long)]
    keep: bool,
    /// Run on a PostgreSQL server: each block gets a database of its own there.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let other = |error: &dyn std::fmt::Display| Failure::Other(error.to_string());
        let story = story::a_city().map_err(|error| other(&error))?;
        prepare_folder(&self.data, self.keep)?;
        let mut journal = journal(&self.data)?;
        let options = StageOptions {
            folder: std::path::absolute(&self.data)?,
            base_port: self.base_port,
            store: self.store.clone(),
        };
        let mut stage = DemoStage::new(options.clone());
        stage.wake().await.map_err(|error| other(&error))?;
        println!("{}", story.title);
        let mut teller = Teller::new(story.steps.len());
        let told = story::run(&story, &mut stage, &mut journal, &Options::default(), &mut teller).await;
        teller.end();
        let report = told.map_err(|error| other(&error))?;
        let loaded = stage.recount().await.map_err(|error| other(&error))?;
        let record = Record::new(&options, &report.variables, Some(&loaded));
        write_record(&self.data, &record)?;
        print_summary(&report, &record, &self.data);
        if !self.exit {
            println!("\nThe platform stays up. Ctrl-C ends it.");
            end().await?;
        }
        stage.stop().await;
        if report.refused_differently.is_empty() {
            Ok(())
        } else {
            Err(Failure::Other("some refusals had another status than the story names".to_owned()))
        }
    }
}

fn print_summary(report: &Report, record: &Record, folder: &Path) {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "ブロック",
        "URL",
        "コード",
        "ログインID",
        "パスワード",
    ]);
    for role in &CAST {
        let (block, login) = (&record.0["blocks"][role.name], &record.0["logins"][role.name]);
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        table.add_row([
            role.title.to_owned(),
            text(&block["public"]),
            text(&block["code"]),
            text(&login["loginId"]),
            text(&login["password"]),
        ]);
    }
    println!("{table}");
    let catalog = &record.0["catalog"];
    println!(
        "{} steps held, {} of them before; the catalog has {} items in {} namespaces.",
        report.done + report.done_before,
        report.done_before,
        catalog["items"],
        catalog["namespaces"],
    );
    for line in &report.refused_differently {
        println!("  refused, but differently: {line}");
    }
    print_holdings("蓄積しているアプリ", &holdings::stored(&report.variables));
    print_holdings("共有を受けたアプリ", &holdings::shared(&report.variables));
    let (root, login) = (&record.0["blocks"]["root"]["public"], &record.0["logins"]["root"]);
    let root = root.as_str().unwrap_or_default();
    println!(
        "\nTry it:\n  curl -s -c jar -H 'accept: application/json' -H 'content-type: application/json' \\\n       -d \
         '{{\"type\":3,\"loginId\":{},\"hpassword\":{}}}' \\\n       {root}/operator/operator/login\n  \
         curl -s -b jar -H 'accept: application/json' -H \"x-xsrf-token: $(awk '/XSRF/{{print $7}}' jar)\" \\\n       \
         '{root}/pxr-block-proxy/pxr-block-proxy/?path=%2Fcatalog%2Fname'\nAll logins: {}",
        login["loginId"],
        login["hpassword"],
        folder.join("demo.json").display()
    );
}

/// What a city official wants to know: which application has how much of what.
fn print_holdings(header: &str, holdings: &[Holding]) {
    if holdings.is_empty() {
        return;
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([header, "データの種類", "件数"]);
    for Holding { block, kind, count } in holdings {
        let title = CAST.iter().find(|role| role.name == *block).map_or(*block, |role| role.title);
        table.add_row([title, title_of(kind), &count.to_string()]);
    }
    println!("{table}");
}

/// The kinds of data of the story, as its people call them.
fn title_of(kind: &str) -> &str {
    match kind {
        "exercise-report" => "運動レポート",
        "activity" => "活動量",
        "power-usage" => "電力使用量",
        "conversation" => "会話内容",
        "vital" => "バイタル",
        "meal" => "食事",
        other => other,
    }
}
