use std::net::{IpAddr, SocketAddr, TcpListener};

use clap::Args;

use super::{CliError, Global, line};
use crate::app::{App, StartError};
use crate::platform::clock::Clock;
use crate::platform::telemetry;

/// Run the server.
#[derive(Args, Debug, Default)]
pub(super) struct Command {
    /// Address of the public listener, such as 127.0.0.1:8080
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    let listen = command.listen.map(|address| ("server.listen", address));
    let settings = global.settings(listen.as_slice())?.settings;
    telemetry::init(&settings.log);
    let address = settings.server.listen;
    let listener = TcpListener::bind(address).map_err(|source| StartError::Listen {
        address: address.to_string(),
        source,
    })?;
    let bound = listener.local_addr().unwrap_or(address);
    let url = settings
        .server
        .public_url
        .clone()
        .unwrap_or_else(|| reachable(bound));
    let app = App::build(settings, Clock::default()).await?;
    line(format_args!("PyAirtable listening on http://{bound}"));
    if let Some(link) = app.setup_link(&url).await {
        line(format_args!("Set up this instance: {link}"));
    }
    Ok(app.serve(listener, stop_signal()).await?)
}

/// An address that a browser on this machine can open.
pub(super) fn reachable(bound: SocketAddr) -> String {
    let host = match bound.ip() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", bound.port())
}

/// Ready at SIGTERM or Ctrl-C.
pub(super) async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a handler the default action of the signal still ends the process.
    let _ = tokio::signal::ctrl_c().await;
}
