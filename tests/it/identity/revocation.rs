use pyairtable::contracts::Role;
use pyairtable::identity::{EmailAddress, Identity};
use pyairtable::platform::db::Dialect;
use sea_orm::{ConnectionTrait, Database};
use secrecy::ExposeSecret;
use serde_json::json;

use super::sessions::{PASSWORD, login};
use crate::support::{Actor, TestApp};

const NEW_PASSWORD: &str = "another long secret";

/// From now on the database refuses to end sessions, where a crash would have come between cause and consequence.
async fn break_revocation(app: &TestApp) {
    let url = app.platform.settings.database.url.as_ref().unwrap();
    let conn = Database::connect(url.expose_secret()).await.unwrap();
    let broken = match app.platform.db.dialect() {
        Dialect::Sqlite => {
            "CREATE TRIGGER broken BEFORE UPDATE OF revoked_at ON identity_sessions \
             BEGIN SELECT RAISE(ABORT, 'broken'); END"
        }
        Dialect::Postgres => {
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'broken'; END $$; \
             CREATE TRIGGER broken BEFORE UPDATE OF revoked_at ON identity_sessions \
             FOR EACH ROW EXECUTE FUNCTION broken()"
        }
    };
    conn.execute_unprepared(broken).await.unwrap();
    conn.close().await.unwrap();
}

async fn login_status(app: &TestApp, password: &str) -> u16 {
    let body = json!({"email": "owner@example.org", "password": password});
    app.anonymous().post("/api/auth/login", body).await.status
}

async fn id_of(actor: &Actor) -> String {
    let me = actor.get("/api/auth/me").await.expect(200).json;
    me["user"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_password_changes_only_together_with_the_end_of_the_other_sessions() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    login(&app).await;
    break_revocation(&app).await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    owner
        .post("/api/auth/password", change)
        .await
        .expect_problem(500, "internal");
    assert_eq!(login_status(&app, NEW_PASSWORD).await, 401);
    assert_eq!(login_status(&app, PASSWORD).await, 200);
    let identity = Identity::new(&app.platform);
    let email = EmailAddress::parse("owner@example.org").unwrap();
    let reset = identity.reset_password(&email, NEW_PASSWORD.to_owned());
    assert!(reset.await.is_err());
    assert_eq!(login_status(&app, NEW_PASSWORD).await, 401);
    assert_eq!(login_status(&app, PASSWORD).await, 200);
}

#[tokio::test]
async fn a_role_shrinks_only_together_with_the_end_of_the_sessions() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let editor = app.member(&owner, Role::Editor).await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let member = format!("{members}/{}", id_of(&editor).await);
    let before = owner.get(&members).await.expect(200).json;
    break_revocation(&app).await;
    let demote = json!({"role": "viewer"});
    owner
        .patch(&member, demote)
        .await
        .expect_problem(500, "internal");
    owner.delete(&member).await.expect_problem(500, "internal");
    assert_eq!(owner.get(&members).await.expect(200).json, before);
    let promote = json!({"role": "admin"});
    owner.patch(&member, promote).await.expect(200);
}

#[tokio::test]
async fn a_reset_ends_every_session() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let identity = Identity::new(&app.platform);
    let email = EmailAddress::parse("owner@example.org").unwrap();
    identity
        .reset_password(&email, NEW_PASSWORD.to_owned())
        .await
        .unwrap();
    owner
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    assert_eq!(login_status(&app, PASSWORD).await, 401);
    assert_eq!(login_status(&app, NEW_PASSWORD).await, 200);
}
