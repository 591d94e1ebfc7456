//! The description of the API, for people to read: `/api`. It is public, and the same in every installation.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    extract::{Path, State},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::header;

use super::gateway::not_served;
use crate::{Api, ApiError, service::secure};

/// The services of a block, and their documents once somebody asked for them.
type Documents = Arc<[(Api, OnceLock<Bytes>)]>;

/// The page and the documents it shows.
pub fn api(services: impl IntoIterator<Item = Api>) -> Router {
    let documents: Documents = services.into_iter().map(|api| (api, OnceLock::new())).collect();
    Router::new()
        .route("/api", get(page))
        .route("/api/", get(page))
        .route("/api/{file}", get(file))
        .layer(middleware::from_fn(secure))
        .with_state(documents)
}

async fn page() -> Response {
    asset("text/html; charset=utf-8", include_bytes!("../../assets/api.html"))
}

async fn file(State(documents): State<Documents>, Path(file): Path<String>) -> Response {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    match file.as_str() {
        "page.js" => asset(SCRIPT, include_bytes!("../../assets/api.js")),
        "page.css" => asset(STYLE, include_bytes!("../../assets/api.css")),
        "swagger-ui-bundle.js" => {
            asset(SCRIPT, include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js"))
        }
        "swagger-ui.css" => asset(STYLE, include_bytes!("../../assets/swagger-ui/swagger-ui.css")),
        "services.json" => json(names(&documents)),
        _ => match file.strip_suffix(".json") {
            Some(service) => document(documents, service.to_owned()).await,
            None => not_served(),
        },
    }
}

fn names(documents: &Documents) -> Bytes {
    let mut names: Vec<_> = documents.iter().map(|(api, _)| api.service.to_string()).collect();
    names.sort();
    serde_json::json!(names).to_string().into()
}

/// Made when it is asked for the first time; that takes a while, so it is done beside the requests.
async fn document(documents: Documents, service: String) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let (api, document) = documents.iter().find(|(api, _)| api.service.to_string() == service)?;
        Some(document.get_or_init(|| api.document().to_string().into()).clone())
    });
    match made.await {
        Ok(Some(document)) => json(document),
        Ok(None) => not_served(),
        Err(error) => ApiError::unexpected(error).into_response(),
    }
}

fn json(text: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn asset(kind: &'static str, bytes: &'static [u8]) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], bytes).into_response()
}
