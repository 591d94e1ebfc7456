//! Listens to what is read while an input is probed; nobody listens otherwise.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::{BODY, ELEMENT, HEADERS, Kind, PARAMETERS, PATH, Path, mark, place};
use crate::fields::Complaint;

/// What was noticed about the value at a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Notice {
    Asked {
        required: bool,
    },
    TakenFor(Kind),
    Accepted,
    Refused,
    /// Kept with whatever else is in it.
    Whole,
}

/// The value that a rule is looking at. Its path is not known when it stands in an object that the code made up.
#[derive(Debug)]
struct Frame {
    path: Option<Path>,
    /// Where the value lies: rules are also called on others, on parts of it for instance.
    address: usize,
    kind: Option<Kind>,
}

#[derive(Debug, Default)]
struct Recorder {
    frames: Vec<Frame>,
    notices: Vec<(Path, Notice)>,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

fn with<T>(act: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    RECORDER.with_borrow_mut(|recorder| recorder.as_mut().map(act))
}

/// Records what is read of a request with this body.
pub(super) fn record(body: &Value, read: impl FnOnce()) -> Vec<(Path, Notice)> {
    let body = Frame { path: Some(vec![BODY.to_owned()]), address: address(body), kind: None };
    RECORDER.set(Some(Recorder { frames: vec![body], notices: Vec::new() }));
    read();
    RECORDER.take().map(|recorder| recorder.notices).unwrap_or_default()
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

pub(crate) fn is_active() -> bool {
    RECORDER.with_borrow(Option::is_some)
}

/// A field is asked for.
pub(crate) fn asked(object: Option<&Map<String, Value>>, name: &str, required: bool) {
    with(|recorder| {
        if let Some(mut path) = object.and_then(place) {
            path.push(name.to_owned());
            recorder.notices.push((path, Notice::Asked { required }));
        }
    });
}

pub(crate) fn parameter_asked(name: &str) {
    asked(Some(&mark(&[PARAMETERS.to_owned()])), name, false);
}

pub(crate) fn path_asked(name: &str) {
    asked(Some(&mark(&[PATH.to_owned()])), name, false);
}

pub(crate) fn header_asked(name: &str) {
    asked(Some(&mark(&[HEADERS.to_owned()])), name, false);
}

/// The object of all parameters is asked for.
pub(crate) fn mark_parameters(object: &mut Map<String, Value>) {
    with(|_| object.extend(mark(&[PARAMETERS.to_owned()])));
}

/// The rule that looks at a value takes it for something. The first to speak is the most exact one: it goes on to
/// call the simpler ones.
pub(crate) fn taken_for(value: &Value, kind: Kind) {
    with(|recorder| {
        let Some(frame) = recorder.frames.last_mut() else { return };
        if frame.kind.is_none() && frame.address == address(value) {
            frame.kind = Some(kind);
            recorder.notices.extend(frame.path.clone().map(|path| (path, Notice::TakenFor(kind))));
        }
    });
}

/// An object is kept as it came.
pub(crate) fn kept_whole(object: &Map<String, Value>) {
    with(|recorder| recorder.notices.extend(place(object).map(|path| (path, Notice::Whole))));
}

/// A rule looks at the value of a field.
pub(crate) fn within<'v, T>(
    object: Option<&Map<String, Value>>,
    name: &str,
    value: &'v Value,
    rule: impl FnOnce(&'v Value) -> Result<T, Complaint>,
) -> Result<T, Complaint> {
    let frame = || {
        let path = object.and_then(place).map(|mut path| {
            path.push(name.to_owned());
            path
        });
        path.or_else(|| own_place(value))
    };
    watched(frame, value, rule)
}

/// A rule looks at an element of the array that the rule around it looks at.
pub(crate) fn within_element<'v, T>(
    value: &'v Value,
    rule: impl FnOnce(&'v Value) -> Result<T, Complaint>,
) -> Result<T, Complaint> {
    let frame = || {
        own_place(value).or_else(|| {
            let array = with(|recorder| recorder.frames.last().and_then(|frame| frame.path.clone()));
            array.flatten().map(|mut path| {
                path.push(ELEMENT.to_owned());
                path
            })
        })
    };
    watched(frame, value, rule)
}

fn watched<'v, T>(
    path: impl FnOnce() -> Option<Path>,
    value: &'v Value,
    rule: impl FnOnce(&'v Value) -> Result<T, Complaint>,
) -> Result<T, Complaint> {
    if !is_active() {
        return rule(value);
    }
    let path = path();
    with(|recorder| recorder.frames.push(Frame { path, address: address(value), kind: None }));
    let result = rule(value);
    with(|recorder| {
        let frame = recorder.frames.pop();
        let notice = match &result {
            Ok(_) => Notice::Accepted,
            // Something inside was refused, which is noticed there.
            Err(Complaint::Inside(_)) if value.is_object() || value.is_array() => return,
            Err(_) => Notice::Refused,
        };
        recorder.notices.extend(frame.and_then(|frame| frame.path).map(|path| (path, notice)));
    });
    result
}

/// Where a made-up value stands by its own mark, or by those of its elements.
fn own_place(value: &Value) -> Option<Path> {
    match value {
        Value::Object(object) => place(object),
        Value::Array(elements) => {
            let mut path = place(elements.first()?.as_object()?)?;
            path.pop();
            Some(path)
        }
        _ => None,
    }
}
