//! What local-ctoken hears of a change, made of the cmatrix rows (spec: book-operate 4.10).

use chrono::NaiveDateTime;
use contract::local_ctoken::{
    DeletedDocument, DeletedElement, DeletedEvent, DeletedThing, DocumentColumns, Element, EventColumns,
    ThingColumns,
};
use vocabulary::{CodeVersion, Instant};

use crate::{
    BookOperate,
    image::{EventImage, ThingImage, iso},
    store::{cmatrix_document, cmatrix_event, cmatrix_thing},
};

impl BookOperate {
    /// The hash time of a new row as its column holds it.
    pub(crate) fn hash_time(&self) -> String {
        self.ground.clock.now().utc().format("%Y-%m-%dT%H:%M:%S.000+00:00").to_string()
    }

    pub(crate) fn event_image(&self, row: &cmatrix_event::Model) -> EventImage {
        let time = |column: Option<NaiveDateTime>| column.map(|column| self.ground.store.instant(column));
        EventImage {
            user_id: row.user_id.clone(),
            birth: time(row.birth),
            sex: row.sex.map(i64::from),
            identifier: row.identifier.clone(),
            code: CodeVersion::new(row.code, row.version),
            start: time(row.start_at),
            end: time(row.end_at),
            location: row.location.clone(),
            actor: CodeVersion::new(row.actor_code, row.actor_version),
            app: app(row.app_code, row.app_version),
        }
    }

    /// An event with some of its things, and documents that hold it.
    pub(crate) fn element<'t>(
        &self,
        event: &cmatrix_event::Model,
        things: impl IntoIterator<Item = &'t cmatrix_thing::Model>,
        document: Vec<DocumentColumns>,
    ) -> Element {
        let time = |column: NaiveDateTime| self.ground.zone.text(self.ground.store.instant(column));
        Element {
            user_id: event.user_id.clone(),
            document,
            event: EventColumns {
                identifier: event.identifier.clone(),
                code: event.code,
                version: event.version,
                start_at: event.start_at.map(time),
                end_at: event.end_at.map(time),
                actor_code: event.actor_code,
                actor_version: event.actor_version,
                workflow_code: Some(0),
                workflow_version: Some(0),
                app_code: Some(event.app_code.unwrap_or_default()),
                app_version: Some(event.app_version.unwrap_or_default()),
            },
            thing: things.into_iter().map(|thing| self.thing_columns(thing)).collect(),
        }
    }

    fn thing_columns(&self, row: &cmatrix_thing::Model) -> ThingColumns {
        ThingColumns {
            identifier: row.identifier.clone(),
            code: row.code,
            version: row.version,
            actor_code: row.actor_code,
            actor_version: row.actor_version,
            workflow_code: Some(0),
            workflow_version: Some(0),
            app_code: Some(row.app_code.unwrap_or_default()),
            app_version: Some(row.app_version.unwrap_or_default()),
            row_hash: row.row_hash.clone(),
            row_hash_create_at: iso(self.read_hash_time(&row.row_hash_create_at)),
        }
    }

    /// Old rows have no offset: then it is the zone of the columns.
    fn read_hash_time(&self, text: &str) -> Instant {
        let local = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok();
        Instant::parse(text)
            .or_else(|| local().map(|time| self.ground.store.instant(time)))
            .unwrap_or_else(|| self.ground.clock.now())
    }

    pub(crate) fn document_columns(&self, row: &cmatrix_document::Model) -> DocumentColumns {
        DocumentColumns {
            identifier: row.identifier.clone(),
            code: row.code,
            version: row.version,
            created_at: self.ground.zone.text(self.ground.store.instant(row.created_on)),
            actor_code: row.actor_code,
            actor_version: row.actor_version,
            workflow_code: Some(0),
            workflow_version: Some(0),
            app_code: Some(row.app_code.unwrap_or_default()),
            app_version: Some(row.app_version.unwrap_or_default()),
        }
    }
}

pub(crate) fn thing_image(row: &cmatrix_thing::Model) -> ThingImage {
    ThingImage {
        identifier: row.identifier.clone(),
        code: CodeVersion::new(row.code, row.version),
        actor: CodeVersion::new(row.actor_code, row.actor_version),
        app: app(row.app_code, row.app_version),
    }
}

fn app(code: Option<i64>, version: Option<i64>) -> Option<CodeVersion> {
    code.map(|code| CodeVersion::new(code, version.unwrap_or_default()))
}

/// Things of an event that are gone, and the documents that named it.
pub(crate) fn deleted<'t>(
    user_id: &str,
    event: &str,
    things: impl IntoIterator<Item = &'t str>,
    documents: impl IntoIterator<Item = &'t str>,
) -> DeletedElement {
    let thing = things.into_iter().map(|identifier| DeletedThing { identifier: identifier.to_owned() });
    let document =
        documents.into_iter().map(|identifier| DeletedDocument { identifier: identifier.to_owned() });
    DeletedElement {
        user_id: user_id.to_owned(),
        document: document.collect(),
        event: DeletedEvent { identifier: event.to_owned() },
        thing: thing.collect(),
    }
}
