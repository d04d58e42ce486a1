use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::Compress;
use actix_web::{App, HttpResponse, HttpServer, web};

use super::health::HealthCache;
use super::hosts::Hosts;
use super::observe::Observe;
use super::state::Door;
use super::{documents, extractors, fallback, stand_in};
use crate::platform::routes::Routes;
use crate::platform::telemetry::Metrics;

pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);
pub(super) const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// A listening server; `server` must be awaited for it to work.
pub struct Running {
    /// Ends when the server was stopped.
    pub server: Server,
    /// Stops it.
    pub handle: ServerHandle,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Starts the public server on a ready listener.
pub fn start(door: Door, listener: TcpListener) -> std::io::Result<Running> {
    if let Some(stand_in) = door.stand_in.clone() {
        return stand_in::start(door, stand_in, listener);
    }
    let address = listener.local_addr()?;
    let settings = door.platform.settings.clone();
    let hosts = Arc::new(Hosts::new(&settings.server, address));
    let parts = Parts::new(door, hosts);
    let server = HttpServer::new(move || {
        let parts = parts.clone();
        let observe = Observe {
            door: parts.door.clone(),
            hosts: parts.hosts.clone(),
        };
        App::new()
            .configure(|config| parts.mount(config))
            .default_service(web::to(fallback::answer))
            .wrap(observe)
            .wrap(Compress::default())
    })
    .workers(settings.server.workers)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEADER_TIMEOUT)
    // A client that hangs up wants no answer any more: what it asked for ends with it.
    .h1_allow_half_closed(false)
    .shutdown_timeout(settings.server.drain_timeout.as_secs().max(1))
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Running {
        handle: server.handle(),
        server,
        address,
    })
}

/// Starts the metrics server; it answers `/metrics` and nothing else.
pub fn start_metrics(metrics: Metrics, listener: TcpListener) -> std::io::Result<Running> {
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(metrics.clone()))
            .route("/metrics", web::get().to(render))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Running {
        handle: server.handle(),
        server,
        address,
    })
}

async fn render(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.render())
}

/// What every worker's copy of the routes shares.
#[derive(Clone)]
struct Parts {
    door: Door,
    hosts: Arc<Hosts>,
    data: web::Data<Door>,
    routes: web::Data<fallback::Routes>,
    health: web::Data<HealthCache>,
}

impl Parts {
    fn new(door: Door, hosts: Arc<Hosts>) -> Self {
        Self {
            data: web::Data::new(door.clone()),
            routes: web::Data::new(fallback::Routes::of(&door.contexts)),
            health: web::Data::new(HealthCache::default()),
            hosts,
            door,
        }
    }

    fn mount(&self, config: &mut web::ServiceConfig) {
        let server = &self.door.platform.settings.server;
        config
            .app_data(self.data.clone())
            .app_data(self.routes.clone())
            .app_data(self.health.clone());
        extractors::configure(config, server.body_limit);
        documents::mount_reader(config, server.docs);
        let mut routes = Routes::new(config);
        documents::mount_pinned(&mut routes, &self.door.contexts);
        documents::mount(&mut routes, &self.door.contexts);
    }
}
