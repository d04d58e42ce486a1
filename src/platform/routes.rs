//! Mounting of handlers that can describe themselves.

use actix_web::body::BoxBody;
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, Route, Scope, web};
use utoipa_actix_web::OpenApiFactory;

/// Is told the path of a scope and a handler that is mounted in it.
pub type Listener<'a> = dyn FnMut(&str, &dyn OpenApiFactory) + 'a;

/// A place below which handlers are mounted.
pub struct Routes<'a> {
    config: &'a mut web::ServiceConfig,
    prefix: String,
    // Only who listens pays: the descriptions take more memory than all else that a worker starts with.
    listener: Option<&'a mut Listener<'a>>,
}

impl<'a> Routes<'a> {
    /// The root of an application.
    pub fn new(config: &'a mut web::ServiceConfig) -> Self {
        Self {
            config,
            prefix: String::new(),
            listener: None,
        }
    }

    /// The root of an application; the listener is told of whatever is mounted.
    pub fn heard(config: &'a mut web::ServiceConfig, listener: &'a mut Listener<'a>) -> Self {
        Self {
            listener: Some(listener),
            ..Self::new(config)
        }
    }

    /// Mounts a handler.
    pub fn service<F>(&mut self, handler: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        if let Some(listener) = &mut self.listener {
            listener(&self.prefix, &handler);
        }
        self.config.service(handler);
        self
    }

    /// Mounts what `mount` mounts below a path.
    pub fn scope(&mut self, path: &str, mount: impl FnOnce(&mut Routes<'_>)) -> &mut Self {
        let scope = self.mounted(path, mount);
        self.config.service(scope);
        self
    }

    /// The same behind a middleware.
    pub fn wrapped<F, R>(
        &mut self,
        path: &str,
        middleware: F,
        mount: impl FnOnce(&mut Routes<'_>),
    ) -> &mut Self
    where
        F: Fn(ServiceRequest, Next<BoxBody>) -> R + 'static,
        R: Future<Output = Result<ServiceResponse, Error>> + 'static,
    {
        let scope = self.mounted(path, mount);
        self.config.service(scope.wrap(from_fn(middleware)));
        self
    }

    fn mounted(&mut self, path: &str, mount: impl FnOnce(&mut Routes<'_>)) -> Scope {
        let prefix = format!("{}{path}", self.prefix);
        let mut pass_on = |prefix: &str, handler: &dyn OpenApiFactory| {
            if let Some(listener) = &mut self.listener {
                listener(prefix, handler);
            }
        };
        web::scope(path).configure(|config| {
            mount(&mut Routes {
                config,
                prefix,
                listener: Some(&mut pass_on),
            });
        })
    }

    /// Mounts a route that is in no document.
    pub fn route(&mut self, path: &str, route: Route) -> &mut Self {
        self.config.route(path, route);
        self
    }

    /// Adds what handlers below this place can extract.
    pub fn app_data<U: 'static>(&mut self, data: U) -> &mut Self {
        self.config.app_data(data);
        self
    }
}
