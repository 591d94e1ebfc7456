//! The routes of a service, and what is known about each of them.

use std::any::type_name;

use axum::{
    Router,
    handler::Handler,
    routing::{self, MethodRouter},
};
use http::Method;

use crate::{
    Call, Host, Input, Who,
    describe::{Body, Description},
};

/// A route as the description of the API shows it.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    /// The function that handles it; none when it is a closure around one.
    pub handler: Option<&'static str>,
    pub who: &'static str,
    pub accepts_bytes: bool,
    pub body: Body,
    pub(crate) describe: fn() -> Description,
}

/// The arguments of a handler, as axum counts them: all end with the [`Call`].
pub trait Arguments {
    type Who: Who;
    type Input: Input;
}

impl<M, W: Who, I: Input> Arguments for (M, Call<W, I>) {
    type Who = W;
    type Input = I;
}

impl<M, A, W: Who, I: Input> Arguments for (M, A, Call<W, I>) {
    type Who = W;
    type Input = I;
}

/// A table of routes: the router that serves them, and what they are.
#[derive(Debug)]
pub struct Routes<S> {
    router: Router<S>,
    operations: Vec<Operation>,
}

impl<S: Host> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), operations: Vec::new() }
    }
}

impl<S: Host> Routes<S> {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn get<T: Arguments + 'static>(self, path: &str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::GET, path, handler, routing::get)
    }

    #[must_use]
    pub fn post<T: Arguments + 'static>(self, path: &str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::POST, path, handler, routing::post)
    }

    #[must_use]
    pub fn put<T: Arguments + 'static>(self, path: &str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::PUT, path, handler, routing::put)
    }

    #[must_use]
    pub fn delete<T: Arguments + 'static>(self, path: &str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::DELETE, path, handler, routing::delete)
    }

    fn add<T: Arguments, H: Handler<T, S>>(
        mut self,
        method: Method,
        path: &str,
        handler: H,
        route: fn(H) -> MethodRouter<S>,
    ) -> Self {
        self.operations.push(Operation {
            method,
            path: path.to_owned(),
            handler: Some(type_name::<H>()).filter(|name| !name.contains("{{closure}}")),
            who: T::Who::WHO,
            accepts_bytes: T::Input::ACCEPTS_BYTES,
            body: T::Input::BODY,
            describe: Description::of::<T::Input>,
        });
        Self { router: self.router.route(path, route(handler)), ..self }
    }

    /// These routes and others.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.operations.extend(others.operations);
        Self { router: self.router.merge(others.router), ..self }
    }

    /// Something around these routes.
    #[must_use]
    pub fn around(self, layer: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        Self { router: layer(self.router), ..self }
    }

    pub fn with_state(self, service: S) -> Router {
        self.router.with_state(service)
    }

    #[must_use]
    pub fn operations(self) -> Vec<Operation> {
        self.operations
    }
}
