use std::sync::Arc;

use crate::platform::routes::Routes;

use super::credentials::Credentials;
use super::directory::People;
use super::passwords::PasswordHasher;
use super::tokens::{AccessTokens, RefreshTokens, purpose_key};
use super::{routes, workers};
use crate::contracts::Context;
use crate::platform::Platform;
use crate::platform::clock::Millis;
use crate::platform::ids::UserId;
use crate::platform::tasks::Worker;

/// Hint to every instance that rights changed, so that cached ones are dropped.
pub(crate) const CHANGED: &str = "identity.changed";

/// The identity context; cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    platform: Platform,
    hasher: PasswordHasher,
    access_tokens: AccessTokens,
    refresh_tokens: RefreshTokens,
    credentials: Credentials,
    people: People,
}

impl Identity {
    /// Builds the context with keys derived from the configured secret or the instance key.
    pub fn new(platform: &Platform) -> Self {
        let Platform {
            settings, secrets, ..
        } = platform;
        let access_key = purpose_key(settings, secrets, "identity.access_token.v1");
        let refresh_key = purpose_key(settings, secrets, "identity.refresh_token.v1");
        let access_ttl = settings.identity.access_ttl;
        Self(Arc::new(Inner {
            platform: platform.clone(),
            hasher: PasswordHasher::new(),
            access_tokens: AccessTokens::new(&access_key, access_ttl, platform.clock.clone()),
            refresh_tokens: RefreshTokens::new(refresh_key),
            credentials: Credentials::new(),
            people: People::new(),
        }))
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.0.platform
    }

    pub(crate) fn hasher(&self) -> &PasswordHasher {
        &self.0.hasher
    }

    pub(crate) fn access_tokens(&self) -> &AccessTokens {
        &self.0.access_tokens
    }

    pub(crate) fn refresh_tokens(&self) -> &RefreshTokens {
        &self.0.refresh_tokens
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(crate) fn known_people(&self) -> &People {
        &self.0.people
    }

    pub(crate) fn now(&self) -> Millis {
        self.0.platform.clock.now()
    }

    /// Forgets cached rights here at once and elsewhere soon; called after every change of rights.
    pub(crate) fn rights_changed(&self, user: UserId) {
        self.forget_person(user);
        self.0.platform.signals.publish(CHANGED, user.to_string());
    }

    /// Forgets one person's rights; which tenants list them is not known, so all lists go.
    pub(crate) fn forget_person(&self, user: UserId) {
        self.0.credentials.forget(user);
        self.0.people.forget_all();
    }

    pub(crate) fn forget_cached(&self) {
        self.0.credentials.forget_all();
        self.0.people.forget_all();
    }

    /// Whether browsers reach this instance by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// How browsers reach this instance, without a slash at the end.
    pub(crate) fn public_url(&self) -> String {
        self.0.platform.settings.server.site()
    }
}

impl Context for Identity {
    fn name(&self) -> &'static str {
        "identity"
    }

    fn api_routes(&self, config: &mut Routes<'_>) {
        routes::mount(config, self);
    }

    fn workers(&self) -> Vec<Worker> {
        workers::all(self)
    }
}
