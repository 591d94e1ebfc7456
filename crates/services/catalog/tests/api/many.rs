//! Searching among many items: soon, and what changed within a second, in every process.
//!
//! `cargo test --release -p catalog --test api many` asks for what the platform promises of 100,000 items; without
//! optimisation there are fewer, and more time.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use platform::{Channel, Outgoing};
use serde_json::{Value, json};
use testkit::{Bench, member, on_both_databases};
use vocabulary::ServiceName;

use super::{EXT, catalog, post, router};

const ITEMS: i64 = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
const MEDIAN: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 20 });
const FOUND: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
const FIRST: i64 = 2_000_000;

/// Items of every fifth name, and the number of each.
async fn fill(bench: &Bench) {
    let namespace =
        bench.get(&format!("/catalog/ns?ns={EXT}")).session(&member()).send().await.body[0]["id"].clone();
    let names = "case i % 5 when 0 then '血圧の測定' when 1 then '体温 sensor' when 2 then 'アプリケーション'
                 when 3 then '利用者の同意' else 'temperature' end || ' ' || i";
    bench
        .execute(&format!(
            "insert into catalog_item (code, version, ns_id, name, is_reserved, is_disabled,
                                       created_by, created_at, updated_by, updated_at)
             with recursive number (i) as (select 1 union all select i + 1 from number where i < {ITEMS})
             select {FIRST} + i, 1, {namespace}, {names}, false, false,
                    't', current_timestamp, 't', current_timestamp from number"
        ))
        .await;
}

/// The codes that a process finds, and how long it took.
async fn find(process: &Channel, question: &Value) -> (Vec<i64>, Duration) {
    let request = Outgoing::post("/catalog/text").session(&member()).json(question);
    let start = Instant::now();
    let answer = process.send(ServiceName::Catalog, request).await.unwrap();
    let took = start.elapsed();
    let hits: Value = answer.json().unwrap_or_default();
    let codes = hits.as_array().into_iter().flatten().filter_map(|hit| hit["_code"]["_value"].as_i64());
    (codes.collect(), took)
}

fn process(bench: &Bench) -> Channel {
    let channel = Channel::new(HashMap::new()).unwrap();
    channel.connect(HashMap::from([(ServiceName::Catalog, router(bench.ground.clone()))]));
    channel
}

on_both_databases! {
    async fn many_items_answer_soon_and_what_changed_is_found_everywhere(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        fill(&bench).await;
        let processes = [process(&bench), process(&bench)];
        let questions = [
            json!({"keyword": "血圧"}), json!({"keyword": "体温 sensor"}), json!({"keyword": "アプリ"}),
            json!({"keyword": "同意 利用"}), json!({"keyword": "temperature 124"}), json!({"keyword": "measure 測"}),
            json!({"keyword": "体温", "namespace": [EXT]}), json!({"namespace": [EXT]}),
        ];
        for process in &processes {
            let mut times = Vec::new();
            for round in 0..6 {
                for question in &questions {
                    let (codes, took) = find(process, question).await;
                    assert_eq!(codes.is_empty(), question["keyword"] == "measure 測", "{question}");
                    // The first ones wait for the index.
                    if round > 0 {
                        times.push(took);
                    }
                }
            }
            times.sort_unstable();
            let median = times[times.len() / 2];
            println!("{ITEMS} items, {:?}: median {median:?}", bench.ground.store.backend());
            assert!(median < MEDIAN, "{median:?}");
        }
        let start = Instant::now();
        let body = json!({"catalogItem": {"ns": EXT, "name": "新しい項目"}});
        let path = format!("/catalog/ext/{}", FIRST + 7);
        let changed = bench.put(&path).session(&member()).json(body.clone()).send().await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let added = post(&bench, "/catalog/ext", body).await.body["catalogItem"]["_code"]["_value"].as_i64().unwrap();
        for process in &processes {
            let (mut codes, _) = find(process, &json!({"keyword": "新しい"})).await;
            codes.sort_unstable();
            assert_eq!(codes, [FIRST + 7, added]);
        }
        assert!(start.elapsed() < FOUND, "{:?}", start.elapsed());
    }
}
