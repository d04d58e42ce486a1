use std::net::TcpListener;
use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};

use super::layer::Layer;
use super::{StandIn, control, harm};
use crate::gateway::extractors;
use crate::gateway::hosts::Hosts;
use crate::gateway::observe::Observe;
use crate::gateway::server::{HEADER_TIMEOUT, KEEP_ALIVE, Running};
use crate::gateway::state::Door;
use crate::platform::routes::Routes;

/// Starts a server that answers as Airtable would, and nothing else but what steers it.
pub(in crate::gateway) fn start(
    door: Door,
    stand_in: StandIn,
    listener: TcpListener,
) -> std::io::Result<Running> {
    let address = listener.local_addr()?;
    let settings = door.platform.settings.clone();
    let hosts = Arc::new(Hosts::new(&settings.server, address));
    let data = web::Data::new(stand_in.clone());
    let body_limit = settings.server.body_limit;
    let server = HttpServer::new(move || {
        let observe = Observe {
            door: door.clone(),
            hosts: hosts.clone(),
        };
        let contexts = door.contexts.clone();
        App::new()
            .app_data(data.clone())
            .configure(|config| extractors::configure(config, body_limit))
            .configure(control::routes)
            .configure(|config| {
                let mut routes = Routes::new(config);
                contexts
                    .iter()
                    .for_each(|context| context.root_routes(&mut routes));
            })
            .default_service(web::to(not_found))
            .wrap(Layer(stand_in.clone()))
            .wrap(observe)
    })
    .workers(settings.server.workers)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEADER_TIMEOUT)
    .shutdown_timeout(settings.server.drain_timeout.as_secs().max(1))
    .on_connect(harm::hold)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Running {
        handle: server.handle(),
        server,
        address,
    })
}

async fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("application/json")
        .body(r#"{"error":"NOT_FOUND"}"#)
}
