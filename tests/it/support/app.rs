use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use pyairtable::app::App;
use pyairtable::contracts::{Context, Role};
use pyairtable::platform::Platform;
use pyairtable::platform::clock::Clock;
use pyairtable::platform::durable::{Handler, Kernel};
use pyairtable::platform::events::{Subscription, deliver_pending};
use pyairtable::platform::ids::BootId;
use pyairtable::platform::settings::{Inputs, Settings, load};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::actor::Actor;
use super::database::TestDatabase;

const OWNER: &str = "owner@example.org";
const PASSWORD: &str = "correct horse battery staple";

/// A running instance with its own database and data directory; dropping it stops and removes all of it.
pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    pub(crate) clock: Clock,
    pub(crate) platform: Platform,
    setup_link: Option<String>,
    contexts: Vec<Arc<dyn Context>>,
    subscriptions: Vec<Subscription>,
    handlers: Vec<Arc<dyn Handler>>,
    stop: CancellationToken,
    stopped: Receiver<()>,
    _database: TestDatabase,
    data_dir: tempfile::TempDir,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    /// Starts an instance whose settings differ from the usual ones in what `change` changes.
    pub(crate) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        // Several tests of one process come here; the first installs the provider.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let data_dir = tempfile::tempdir().unwrap();
        let database = TestDatabase::create(data_dir.path()).await;
        let mut settings = settings(data_dir.path());
        settings.database.url = Some(database.url().into());
        change(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = settings
            .server
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"));
        let clock = Clock::default();
        // A connection belongs to the runtime that opened it, and that of the test does not run while the instance stops.
        let build = App::build(settings, clock.clone());
        let link_of = url.clone();
        let built = runtime().spawn(async move {
            let app = build.await.unwrap();
            let setup_link = app.setup_link(&link_of).await;
            (app, setup_link)
        });
        let (app, setup_link) = built.await.unwrap();
        let platform = app.platform.clone();
        let contexts = app.contexts.clone();
        let subscriptions = app
            .contexts
            .iter()
            .flat_map(|context| context.subscriptions())
            .collect();
        let handlers = app
            .contexts
            .iter()
            .flat_map(|context| context.run_handlers())
            .collect();
        let stop = CancellationToken::new();
        let (ended, stopped) = channel();
        let token = stop.clone();
        runtime().spawn(async move {
            app.serve(listener, token.cancelled_owned()).await.unwrap();
            let _ = ended.send(());
        });
        let url = format!("http://{address}");
        Self {
            address,
            url,
            clock,
            platform,
            setup_link,
            contexts,
            subscriptions,
            handlers,
            stop,
            stopped,
            _database: database,
            data_dir,
        }
    }

    /// Another instance over the same database and the same instance key, with nothing in memory yet.
    pub(crate) async fn sibling(&self) -> Self {
        self.sibling_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn sibling_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let (url, data_dir) = (
            self.platform.settings.database.url.clone(),
            self.data_dir().to_owned(),
        );
        Self::with_settings(|settings| {
            settings.database.url = url;
            settings.data_dir = data_dir;
            change(settings);
        })
        .await
    }

    /// The instance's data directory.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// Somebody with the credential of a caller of another instance.
    #[cfg(all(feature = "airtable", feature = "identity"))]
    pub(crate) fn speak_as(&self, other: &Actor) -> Actor {
        Actor::new(&self.url, other.token().map(str::to_owned))
    }

    /// Somebody without a credential.
    pub(crate) fn anonymous(&self) -> Actor {
        Actor::new(&self.url, None)
    }

    /// Sets the instance up in the name of its first person, the owner; once per instance.
    pub(crate) async fn owner(&self) -> Actor {
        let link = self
            .setup_link
            .as_deref()
            .expect("the instance asks to be set up");
        let body = json!({
            "token": fragment_token(link),
            "email": OWNER,
            "password": PASSWORD,
            "name": "Olga Owner",
        });
        let session = self
            .anonymous()
            .post("/api/auth/setup", body)
            .await
            .expect(200);
        self.anonymous().with_token(session_token(&session))
    }

    /// The owner, signed in anew.
    #[cfg(feature = "saga")]
    pub(crate) async fn sign_in_owner(&self) -> Actor {
        let body = json!({"email": OWNER, "password": PASSWORD});
        let session = self.anonymous().post("/api/auth/login", body).await;
        self.anonymous()
            .with_token(session_token(&session.expect(200)))
    }

    /// The owner's first workspace.
    pub(crate) async fn workspace_of(&self, owner: &Actor) -> String {
        let workspaces = owner.get("/api/workspaces").await.expect(200).json;
        workspaces["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A new member of the owner's first workspace.
    pub(crate) async fn member(&self, owner: &Actor, role: Role) -> Actor {
        let workspace = self.workspace_of(owner).await;
        let number = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let email = format!("{}-{number}@example.org", role.as_str());
        let body = json!({"email": email, "name": "Mia Member", "role": role});
        let path = format!("/api/workspaces/{workspace}/members");
        let invited = owner.post(&path, body).await.expect(201).json;
        let link = invited["invite_url"].as_str().unwrap();
        let body =
            json!({"token": fragment_token(link), "password": PASSWORD, "name": "Mia Member"});
        let session = self
            .anonymous()
            .post("/api/auth/invite", body)
            .await
            .expect(200);
        self.anonymous().with_token(session_token(&session))
    }

    /// The owner of a second tenant of this instance.
    #[cfg(feature = "identity")]
    pub(crate) async fn other_tenant(&self) -> Actor {
        use pyairtable::identity::{EmailAddress, Identity, Name, NewUser, TenantChoice};

        let email = "stranger@example.org";
        let stranger = NewUser {
            email: EmailAddress::parse(email).unwrap(),
            name: Name::parse("name", "Sam Stranger").unwrap(),
            password: PASSWORD.to_owned(),
            role: Some(Role::Owner),
            tenant: TenantChoice::New(Name::parse("name", "Strangers").unwrap()),
        };
        let identity = Identity::new(&self.platform);
        identity.create_user(stranger).await.unwrap();
        let body = json!({"email": email, "password": PASSWORD});
        let session = self
            .anonymous()
            .post("/api/auth/login", body)
            .await
            .expect(200);
        self.anonymous().with_token(session_token(&session))
    }

    /// The caller with a fresh API key of these scopes in place of the session.
    pub(crate) async fn key(&self, actor: &Actor, scopes: &[&str]) -> Actor {
        let body = json!({"name": "test", "scopes": scopes});
        let created = actor.post("/api/auth/keys", body).await.expect(201).json;
        actor.with_token(created["key"].as_str().unwrap())
    }

    /// A further owner of durable runs; tests that drive it start the instance with `durable.workers` 0.
    pub(crate) fn kernel(&self) -> Kernel {
        let settings = self.platform.settings.durable.clone();
        Kernel::new(&self.platform.durable, settings, self.handlers.clone())
    }

    /// Hands all pending events to all subscriptions, until none are left.
    pub(crate) async fn deliver_events(&self) {
        loop {
            let mut handled = 0;
            for subscription in &self.subscriptions {
                let delivery = deliver_pending(&self.platform.db, &self.clock, subscription);
                handled += delivery.await.unwrap();
            }
            if handled == 0 {
                return;
            }
        }
    }

    /// Lets a background task of a context look once at what there is to do.
    pub(crate) async fn run_once(&self, worker: &str) {
        let mut workers = self.contexts.iter().flat_map(|context| context.workers());
        let worker = workers.find(|known| known.name == worker).unwrap();
        let stop = CancellationToken::new();
        stop.cancel();
        runtime().spawn((worker.run)(stop)).await.unwrap();
    }

    /// Begins the stop without waiting for its end.
    pub(crate) fn begin_stop(&self) {
        self.stop.cancel();
    }

    /// Whether the instance has stopped before the time is over.
    pub(crate) fn has_stopped_within(&self, time: Duration) -> bool {
        self.stopped.recv_timeout(time).is_ok()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        // A connection that the test itself opened is given back by its runtime, which does not run here any more.
        let _ = self.stopped.recv_timeout(Duration::from_millis(500));
    }
}

/// The usual settings of a test: compiled-in defaults, quick to stop, without limits that tests would run into.
pub(crate) fn settings(data_dir: &Path) -> Settings {
    let overrides = vec![("data_dir", data_dir.display().to_string())];
    let mut settings = load(Inputs {
        overrides,
        ..Inputs::default()
    })
    .unwrap()
    .settings;
    settings.server.workers = 1;
    settings.server.drain_timeout = Duration::from_secs(1);
    // It is imported behind the set-up, at any time of the test.
    settings.identity.sample_base = false;
    settings.limits.anonymous_per_minute = 0;
    settings.limits.login_per_account = 1000;
    settings.limits.login_per_address = 1000;
    settings.redis.prefix = format!("test-{}", BootId::fresh());
    settings.redis.url = std::env::var("TEST_REDIS_URL").ok().map(Into::into);
    settings
}

/// Outlives single tests: instances stop after the runtime of their test is gone.
pub(super) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

fn fragment_token(link: &str) -> String {
    link.split_once("#token=").unwrap().1.to_owned()
}

/// The access token: in the body for programs, else in the cookie.
fn session_token(answer: &super::Answer) -> String {
    if let Value::String(token) = &answer.json["access_token"] {
        return token.clone();
    }
    let cookies = answer.headers.get_all("set-cookie").iter();
    let mut texts = cookies.map(|cookie| cookie.to_str().unwrap());
    let access = texts.find_map(|text| text.strip_prefix("pyairtable_access="));
    access.unwrap().split(';').next().unwrap().to_owned()
}
