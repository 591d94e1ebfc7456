//! Data that an application's block has stored, changed or deleted, as it reports them (spec: book-manage 4.5.2).

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{Complaint, array, instant, nested, number, text, uuid},
};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Version};

use crate::{
    body,
    consent::{DataKind, Datum},
};

/// What happened to data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Add,
    Update,
    Delete,
}

impl Operation {
    const ALL: [Self; 3] = [Self::Add, Self::Update, Self::Delete];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// Whose data they are, as the application that stored them knows the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user_id: String,
    pub(crate) actor: CodeVersion,
    pub(crate) app: CodeVersion,
}

/// One document, event or thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) operation: Operation,
    pub(crate) datum: Datum,
    pub(crate) identifier: String,
    pub(crate) owner: Owner,
}

/// A whole report: documents, event and things of each element, in order.
#[derive(Debug)]
pub(crate) struct Report(pub(crate) Vec<Stored>);

impl Input for Report {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let all = Operation::ALL
            .map(|operation| fields.required(operation.word(), array(|value| element(value, operation))));
        fields.build(|| {
            let all: Option<Vec<_>> = all.into_iter().collect();
            Some(Self(all?.into_iter().flatten().flatten().collect()))
        })
    }
}

/// Where the columns of a kind of data stand in the matrix.
struct Columns {
    kind: DataKind,
    identifier: &'static str,
    code: &'static str,
    /// Actor, workflow and application.
    holder: &'static str,
}

const DOCUMENT: Columns =
    Columns { kind: DataKind::Document, identifier: "2_n_1_1", code: "2_n_1_2", holder: "2_n_3" };
const EVENT: Columns = Columns { kind: DataKind::Event, identifier: "3_1_1", code: "3_1_2", holder: "3_5" };
const THING: Columns = Columns { kind: DataKind::Thing, identifier: "4_1_1", code: "4_1_2", holder: "4_4" };

/// An element of the matrix. Of deleted data the sender may not know the event, or any thing, any more.
fn element(value: &Value, operation: Operation) -> Result<Vec<Stored>, Complaint> {
    nested(value, |fields| {
        let user_id = fields.required("1_1", text).unwrap_or_default();
        let read = |columns: Columns| {
            let user_id = user_id.clone();
            move |value: &Value| {
                nested(value, |fields| {
                    check_times(fields, columns.kind);
                    stored(fields, &columns, operation, &user_id)
                })
            }
        };
        let is_deleted = operation == Operation::Delete;
        let documents = fields.required("document", array(read(DOCUMENT)));
        let event = if is_deleted {
            fields.optional("event", read(EVENT))
        } else {
            fields.required("event", read(EVENT))
        };
        let things = fields.required("thing", array(read(THING)));
        if !is_deleted && things.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse("thing", "空の配列にはできません");
        }
        fields.inside(|| Some(of_one_owner([documents?, event.into_iter().collect(), things?].concat())))
    })
}

/// An element is of whoever its event is of; where that is not known any more, of whoever its first datum is of.
fn of_one_owner(mut stored: Vec<Stored>) -> Vec<Stored> {
    let event = stored.iter().find(|one| one.datum.kind == DataKind::Event);
    if let Some(owner) = event.or(stored.first()).map(|one| one.owner.clone()) {
        for one in &mut stored {
            one.owner = owner.clone();
        }
    }
    stored
}

fn check_times(fields: &Fields<'_>, kind: DataKind) {
    match kind {
        DataKind::Document => drop(fields.required("2_n_2_1", instant)),
        DataKind::Event => {
            fields.optional("3_2_1", instant);
            fields.optional("3_2_2", instant);
        }
        DataKind::Thing => {
            fields.required("rowHash", text);
            fields.required("rowHashCreateAt", instant);
        }
    }
}

fn stored(
    fields: &Fields<'_>,
    columns: &Columns,
    operation: Operation,
    user_id: &str,
) -> Result<Stored, Complaint> {
    let Columns { kind, identifier, code, holder } = columns;
    let identifier = fields.required(identifier, uuid);
    let code = code_at(fields, code);
    let actor = code_at(fields, &format!("{holder}_1"));
    for workflow in ["2_1", "2_2"] {
        fields.optional(&format!("{holder}_{workflow}"), number);
    }
    let app = fields.required(&format!("{holder}_5_1"), number);
    let app_version = fields.optional(&format!("{holder}_5_2"), number);
    fields.inside(|| {
        let app = CodeVersion { value: Code(app?), ver: Version(app_version.unwrap_or(1)) };
        Some(Stored {
            operation,
            datum: Datum::new(*kind, code?),
            identifier: identifier?,
            owner: Owner { user_id: user_id.to_owned(), actor: actor?, app },
        })
    })
}

/// A code and its version in the columns `name_1` and `name_2`.
fn code_at(fields: &Fields<'_>, name: &str) -> Option<CodeVersion> {
    let value = fields.required(&format!("{name}_1"), number);
    let version = fields.required(&format!("{name}_2"), number);
    Some(CodeVersion { value: Code(value?), ver: Version(version?) })
}
