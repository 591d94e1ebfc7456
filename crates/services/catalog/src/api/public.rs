//! What anybody may see of the catalog, without logging in (spec: catalog 4.6).

use axum::{Json, extract::State};
use platform::{Anyone, ApiError, Call};
use serde_json::Value;

use crate::{Catalog, store};

/// The items of the public codes and namespaces, by code; their parts are not sorted. **Anyone.**
pub(crate) async fn list(
    State(service): State<Catalog>,
    _: Call<Anyone>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.ground.store.read();
    let ext_name = store::activated(connection).await?.ext_name;
    let patterns = &service.settings.public_namespaces;
    let patterns: Vec<_> = patterns.iter().map(|ns| ns.replacen("{ext_name}", &ext_name, 1)).collect();
    let namespaces = store::all_namespaces(connection).await?;
    let is_public = |name: &str| patterns.iter().any(|pattern| fits(pattern, name));
    let namespaces: Vec<_> = namespaces.iter().filter(|ns| is_public(&ns.name)).map(|ns| ns.id).collect();
    let in_namespaces = store::in_namespaces(connection, &namespaces).await?;
    let codes = in_namespaces.iter().map(|row| row.code).chain(service.settings.public_codes.iter().copied());
    let wanted: Vec<_> = codes.map(|code| (code, None)).collect();
    let rows = store::versions(connection, &wanted).await?;
    Ok(Json(store::responses(&service.ground.store, &rows).await?))
}

/// Whether a name fits a pattern in which `%` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('%') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut parts = rest.split('%').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return name.ends_with(part);
        }
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_percent_sign_stands_for_anything() {
        for (pattern, name, expected) in [
            ("a/b", "a/b", true),
            ("a/b", "a/b/c", false),
            ("a/actor_%/region", "a/actor_1/region", true),
            ("a/actor_%/region", "a/actor_1/region/x", false),
            ("a/actor_%", "a/actor_1/x", true),
            ("a/actor_%", "a/actorX1", false),
            ("%b%d", "abcd", true),
            ("%b%d%", "abcdx", true),
            ("%b%d%", "adcb", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
