use chrono::DateTime;

use super::*;

const UPDATE: i16 = 2;

fn time(second: i64) -> NaiveDateTime {
    DateTime::from_timestamp(second, 0).unwrap().naive_utc()
}

fn row(id: i64, kind: i16, [user, event, thing]: [&str; 3], hash: &str) -> row_hash::Model {
    let some = (kind < 3).then_some(7);
    row_hash::Model {
        id,
        kind,
        status: 0,
        user_id: user.to_owned(),
        event_identifier: event.to_owned(),
        event_code: some,
        event_version: some,
        event_start_at: Some(time(id)),
        event_end_at: Some(time(id + 100)),
        event_actor_code: some,
        event_actor_version: some,
        event_app_code: some,
        event_app_version: Some(0),
        thing_identifier: thing.to_owned(),
        thing_code: some,
        thing_version: some,
        thing_actor_code: some,
        thing_actor_version: some,
        thing_app_code: None,
        thing_app_version: None,
        row_hash: Some(hash.to_owned()),
        row_hash_create_at: Some(time(id)),
        is_disabled: false,
        created_by: String::new(),
        created_at: time(0),
        updated_by: String::new(),
        updated_at: time(0),
    }
}

fn noted(id: i64, kind: i16, key: [&str; 3], hash: &str, documents: &[&str]) -> Noted {
    let document = |identifier: &&str| document::Model {
        id: 0,
        row_hash_id: id,
        identifier: (*identifier).to_owned(),
        code: Some(9),
        version: Some(1),
        doc_created_at: Some(time(5)),
        actor_code: Some(7),
        actor_version: Some(1),
        app_code: None,
        app_version: None,
        is_disabled: false,
        created_by: String::new(),
        created_at: time(0),
        updated_by: String::new(),
        updated_at: time(0),
    };
    Noted { row: row(id, kind, key, hash), documents: documents.iter().map(document).collect() }
}

fn batch(rows: Vec<Noted>) -> Batch {
    Batch::of(rows, |column| Instant::new(column.and_utc()))
}

/// An element's things with their hashes, and its documents.
fn shown(element: &Element<Instant>) -> (Vec<(&str, &str)>, Vec<&str>) {
    let things = element.thing.iter().map(|it| (it.identifier.as_str(), it.row_hash.as_str()));
    (things.collect(), element.document.iter().map(|it| it.identifier.as_str()).collect())
}

#[test]
fn rows_of_an_event_go_together_and_the_newest_hash_counts() {
    let batch = batch(vec![
        noted(1, 1, ["u", "e", "t1"], "h1", &["d1"]),
        noted(2, 1, ["u", "e", "t2"], "h2", &["d1"]),
        noted(3, 1, ["u", "e", "t1"], "h3", &["d1"]),
    ]);
    assert_eq!(batch.ids, [1, 2, 3]);
    let [element] = batch.differences.add.as_slice() else { panic!("one element") };
    assert_eq!(shown(element), (vec![("t1", "h3"), ("t2", "h2")], vec!["d1"]));
    assert_eq!(element.event.start_at, Some(Instant::new(time(3).and_utc())));
    assert_eq!(element.event.end_at, Some(Instant::new(time(103).and_utc())));
}

#[test]
fn documents_are_said_of_their_own_things_only() {
    let batch = batch(vec![
        noted(1, UPDATE, ["u", "e", "t1"], "h1", &[]),
        noted(2, UPDATE, ["u", "e", "t2"], "h2", &["d2", "d1"]),
        noted(3, UPDATE, ["u", "e", "t1"], "h3", &["d1", "d2"]),
    ]);
    let elements: Vec<_> = batch.differences.update.iter().map(shown).collect();
    let first = (vec![("t1", "h3")], vec![]);
    assert_eq!(elements, [first, (vec![("t2", "h2"), ("t1", "h3")], vec!["d2", "d1"])]);
}

#[test]
fn users_with_the_same_event_are_kept_apart() {
    let batch = batch(vec![
        noted(1, UPDATE, ["u1", "e", "t"], "h1", &[]),
        noted(2, UPDATE, ["u2", "e", "t"], "h2", &[]),
    ]);
    let users: Vec<_> = batch.differences.update.iter().map(|it| it.user_id.as_str()).collect();
    assert_eq!(users, ["u1", "u2"]);
}

#[test]
fn no_row_overtakes_an_earlier_one_of_its_event() {
    let key = ["u", "e", "t"];
    for (kinds, taken) in [
        (vec![1, 2, 3], 3),
        (vec![1, 3, 1], 2),
        (vec![2, 1], 1),
        (vec![3, 2], 1),
        (vec![3, 3], 2),
        (vec![7, 1], 1),
    ] {
        let rows = kinds.iter().zip(1..).map(|(kind, id)| noted(id, *kind, key, "h", &[])).collect();
        assert_eq!(batch(rows).ids.len(), taken, "{kinds:?}");
    }
    let other = batch(vec![noted(1, 3, key, "h", &[]), noted(2, 1, ["u", "e2", "t"], "h", &[])]);
    assert_eq!(other.ids, [1, 2]);
}

#[test]
fn a_deletion_names_things_and_documents_only() {
    let batch = batch(vec![
        noted(1, 3, ["u", "e", "t1"], "", &["d"]),
        noted(2, 3, ["u", "e", "t1"], "", &["d"]),
        noted(3, 3, ["u", "e", ""], "", &["d2"]),
    ]);
    let named: Vec<_> = batch
        .differences
        .delete
        .iter()
        .map(|it| {
            let things: Vec<_> = it.thing.iter().map(|it| it.identifier.as_str()).collect();
            (things, it.document.iter().map(|it| it.identifier.as_str()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(named, [(vec!["t1"], vec!["d"]), (vec![], vec!["d2"])]);
}

#[test]
fn numbers_that_are_0_are_not_there() {
    let batch = batch(vec![noted(1, 1, ["u", "e", "t"], "h", &[])]);
    let event = &batch.differences.add[0].event;
    assert_eq!((event.app_code, event.app_version), (Some(7), None));
}
