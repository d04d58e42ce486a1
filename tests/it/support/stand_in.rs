use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use pyairtable::airtable::{ImportDocument, read_source};
use pyairtable::cli::{StandInSetup, build_stand_in, stand_in_settings};
use pyairtable::gateway::FaultPlan;
use pyairtable::platform::clock::Clock;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::actor::Actor;
use super::app::runtime;

/// A running stand-in for Airtable with the base that the client tests have.
pub(crate) struct TestStandIn {
    pub(crate) url: String,
    pub(crate) base: String,
    pub(crate) clock: Clock,
    /// Somebody with its token.
    pub(crate) script: Actor,
    stop: CancellationToken,
    stopped: Receiver<()>,
    _folder: tempfile::TempDir,
}

impl TestStandIn {
    /// One that has a token, and a plan in TOML.
    pub(crate) async fn new(plan: &str) -> Self {
        Self::start(plan, Some("patStandIn.token"), Clock::default()).await
    }

    pub(crate) async fn start(plan: &str, token: Option<&str>, clock: Clock) -> Self {
        Self::with_base(plan, token, clock, |_| {}).await
    }

    /// One whose base is otherwise than that of the client tests.
    pub(crate) async fn with_base(
        plan: &str,
        token: Option<&str>,
        clock: Clock,
        change: impl FnOnce(&mut ImportDocument),
    ) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut document = document(clock.now());
        change(&mut document);
        let setup = StandInSetup {
            document: Some(document),
            token: token.map(Into::into),
            plan: FaultPlan::from_toml(plan).unwrap(),
        };
        let settings = settings(folder.path(), address);
        let built = runtime().spawn(build_stand_in(settings, setup, clock.clone()));
        let (app, bases) = built.await.unwrap().unwrap();
        let stop = CancellationToken::new();
        let (ended, stopped) = channel();
        let cancelled = stop.clone();
        runtime().spawn(async move {
            app.serve(listener, cancelled.cancelled_owned())
                .await
                .unwrap();
            let _ = ended.send(());
        });
        let url = format!("http://{address}");
        Self {
            script: Actor::new(&url, token.map(str::to_owned)),
            url,
            base: bases[0].clone(),
            clock,
            stop,
            stopped,
            _folder: folder,
        }
    }

    /// The path of a table or of what lies below it.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v0/{}/{rest}", self.base)
    }

    /// Every accepted effect behind the one numbered `after`.
    pub(crate) async fn ledger(&self, after: u64) -> Vec<Value> {
        let path = format!("/_standin/ledger?after={after}&limit=10000");
        let page = self.script.get(&path).await.expect(200).json;
        page["effects"].as_array().unwrap().clone()
    }

    pub(crate) async fn counts(&self) -> Value {
        self.script.get("/_standin/counts").await.expect(200).json
    }

    /// Begins another plan, in TOML.
    pub(crate) async fn plan(&self, plan: &str) {
        let request = self
            .script
            .request(reqwest::Method::PUT, "/_standin/faults");
        let request = request.header("content-type", "application/toml");
        self.script
            .send(request.body(plan.to_owned()))
            .await
            .expect(200);
    }
}

fn settings(folder: &Path, address: SocketAddr) -> pyairtable::platform::settings::Settings {
    let mut settings = stand_in_settings(folder, address, (&[], &[])).unwrap();
    settings.server.workers = 1;
    settings.server.drain_timeout = Duration::from_secs(1);
    settings
}

fn document(now: i64) -> ImportDocument {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/base.json");
    let source = read_source(&path, now);
    source.unwrap_or_else(|error| panic!("{error}")).document
}

impl Drop for TestStandIn {
    fn drop(&mut self) {
        self.stop.cancel();
        let _ = self.stopped.recv_timeout(Duration::from_secs(10));
    }
}
