//! The description of a service's API, as `OpenAPI`.

use serde_json::{Map, Value, json};
use vocabulary::ServiceName;

use crate::{
    Host, Routes,
    describe::{Body, Description, Parameter},
    routes::Operation,
};

/// The routes of a service, to be described.
#[derive(Clone, Debug)]
pub struct Api {
    pub service: ServiceName,
    operations: Vec<Operation>,
}

impl Api {
    #[must_use]
    pub fn new<S: Host>(service: ServiceName, routes: Routes<S>) -> Self {
        Self { service, operations: routes.operations() }
    }

    /// The `OpenAPI` document. Made by trying out every input, so not for every request anew.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut paths = Map::new();
        for operation in &self.operations {
            let path = paths.entry(operation.path.as_str()).or_insert_with(|| json!({}));
            path[operation.method.as_str().to_ascii_lowercase()] = operation.describe(self.service);
        }
        json!({
            "openapi": "3.0.3",
            "info": {
                "title": format!("PxR: {}", self.service),
                "version": env!("CARGO_PKG_VERSION"),
                "license": {"name": env!("CARGO_PKG_LICENSE")},
                "description": INTRODUCTION,
            },
            "paths": paths,
            "components": components(),
        })
    }
}

const INTRODUCTION: &str = "Made from the code that reads the requests. What is required, the types and the \
    values allowed are what the service checks; rules between several fields are not shown here. \
    Numbers and booleans may also come as texts in most places. \
    Answers other than refusals are JSON, and their shape is not described.\n\n\
    From outside, the operator service is reached at `/operator/operator…`, all other services through the proxy: \
    `/pxr-block-proxy/pxr-block-proxy?path=%2Fnotification%3F…`. Identity is a session cookie, together with the \
    CSRF token in `x-xsrf-token`.";

impl Operation {
    fn describe(&self, service: ServiceName) -> Value {
        let found = (self.describe)();
        let mut operation = json!({
            "operationId": self.id(),
            "tags": [service.to_string()],
            "summary": format!("Who may call: {}", self.who),
        });
        if let Some(handler) = self.handler {
            operation["description"] = format!("Handled by `{handler}`.").into();
        }
        let parameters = self.parameters(&found);
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = self.body(found) {
            operation["requestBody"] = body;
        }
        operation["responses"] = json!({
            "200": {"description": "Done.", "content": {"application/json": {"schema": {}}}},
            "400": {"$ref": "#/components/responses/Input"},
            "401": {"$ref": "#/components/responses/Refused"},
            "default": {"$ref": "#/components/responses/Refused"},
        });
        operation
    }

    /// Method and path, in one word: `getCatalogByCode`.
    fn id(&self) -> String {
        let method = self.method.as_str().to_ascii_lowercase();
        let by = self.path.replace('{', "by-");
        let words = by.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.fold(method, |id, word| id + &word[..1].to_ascii_uppercase() + &word[1..])
    }

    fn parameters(&self, found: &Description) -> Vec<Value> {
        let shown = |place: &str, parameter: &Parameter| {
            json!({
                "name": parameter.name,
                "in": place,
                "required": place == "path" || parameter.required,
                "schema": parameter.schema,
            })
        };
        let in_path: Vec<_> =
            self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let path = in_path.iter().map(|name| {
            let read = found.parameters.iter().find(|parameter| parameter.name == *name).cloned();
            let unread =
                || Parameter { name: (*name).to_owned(), required: true, schema: json!({"type": "string"}) };
            shown("path", &read.unwrap_or_else(unread))
        });
        let query = found.parameters.iter().filter(|parameter| !in_path.contains(&parameter.name.as_str()));
        let headers = found
            .headers
            .iter()
            .filter(|name| *name != "content-type")
            .map(|name| json!({"name": name, "in": "header", "schema": {"type": "string"}}));
        path.chain(query.map(|parameter| shown("query", parameter))).chain(headers).collect()
    }

    fn body(&self, found: Description) -> Option<Value> {
        let reads_body = !matches!(self.method.as_str(), "GET" | "DELETE");
        match self.body {
            Body::Bytes => {
                let schema = json!({"type": "string", "format": "binary"});
                Some(json!({"required": true, "content": {"application/octet-stream": {"schema": schema}}}))
            }
            Body::Foreign if reads_body => Some(json!({"content": {"application/json": {"schema": {}}}})),
            Body::Foreign => None,
            Body::Fields => found
                .body
                .map(|schema| json!({"required": true, "content": {"application/json": {"schema": schema}}})),
        }
    }
}

fn components() -> Value {
    let answer = |text: &str, schema: &Value| json!({"description": text, "content": {"application/json": {"schema": schema}}});
    let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    json!({
        "responses": {
            "Refused": answer("Refused; the message says why.", &schema("Refusal")),
            "Input": answer(
                "Fields break rules, each is listed; or the request as a whole is refused.",
                &json!({"oneOf": [schema("BrokenFields"), schema("Refusal")]}),
            ),
        },
        "schemas": {
            "Refusal": {
                "type": "object",
                "properties": {"status": {"type": "integer"}, "message": {"type": "string"}},
                "required": ["status", "message"],
            },
            "BrokenFields": {
                "type": "object",
                "properties": {
                    "status": {"type": "integer", "enum": [400]},
                    "reasons": {"type": "array", "items": schema("Reason")},
                },
                "required": ["status", "reasons"],
            },
            "Reason": {
                "type": "object",
                "properties": {
                    "property": {"type": "string"},
                    "value": {"description": "What was received.", "nullable": true},
                    "message": {"type": "string"},
                    "path": {"type": "string", "description": "Where the field is, e.g. roles[0]._ver."},
                },
                "required": ["property", "value", "message"],
            },
        },
    })
}
