//! Logs to standard error and the Prometheus registry.

mod json;
mod output;

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

pub use output::{ACCESS, flush};

use json::{JsonLine, JsonMembers};
use output::Output;

use super::settings::{Log, LogFormat};
use super::tasks::Worker;

const UPKEEP: Duration = Duration::from_secs(5);
const DURATION_BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Sends log lines of the server to standard error; a second call changes nothing.
pub fn init(log: &Log) {
    init_with(&log.level, log.format);
}

/// Like [`init`], but only warnings unless a level was chosen, so that a command's answer stays readable.
pub fn init_for_commands(log: &Log) {
    let level = if log.level == "info" {
        "warn"
    } else {
        &log.level
    };
    init_with(level, log.format);
}

fn init_with(level: &str, format: Option<LogFormat>) {
    let on_terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if on_terminal {
        LogFormat::Text
    } else {
        LogFormat::Json
    });
    // The migrator tells twice of every step, above the link of a first start; who asks for it by name still hears it.
    let level = format!("sea_orm_migration=warn,{level}");
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(Output::start())
        .with_ansi(on_terminal);
    // Only the first subscriber of a process counts; tests start many instances.
    let _ = match format {
        LogFormat::Json => builder
            .event_format(JsonLine)
            .fmt_fields(JsonMembers)
            .try_init(),
        LogFormat::Text => builder.try_init(),
    };
}

/// The metrics of this process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The registry of this process, installed at the first call.
    pub fn install() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        Self(HANDLE.get_or_init(install).clone())
    }

    /// Everything counted so far in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Drains the histograms on a timer; without it they grow until somebody asks for them.
    pub fn upkeep(&self) -> Worker {
        let handle = self.0.clone();
        Worker {
            name: "telemetry.upkeep",
            run: Box::new(move |stop| Box::pin(upkeep(handle.clone(), stop))),
        }
    }
}

async fn upkeep(handle: PrometheusHandle, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => handle.run_upkeep(),
        }
    }
}

fn install() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let recorder = builder
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BUCKETS)
        .expect("the list of buckets is not empty")
        .build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("telemetry.recorder_exists");
    }
    handle
}
