use reqwest::Method;
use serde_json::{Value, json};

use super::isolation::stranger;
use crate::support::{Actor, Answer, TestApp};

const STRANGER: &str = "stranger@example.net";
const STRANGERS_PASSWORD: &str = "a quite different secret";

async fn invite(by: &Actor, workspace: &str, email: &str, name: &str) -> String {
    let members = format!("/api/workspaces/{workspace}/members");
    let body = json!({"email": email, "name": name, "role": "editor"});
    let invited = by.post(&members, body).await.expect(201).json;
    let link = invited["invite_url"].as_str().unwrap();
    link.split_once("#token=").unwrap().1.to_owned()
}

async fn accept(app: &TestApp, token: &str, password: &str) -> Answer {
    let anonymous = app.anonymous();
    let body = json!({"token": token, "password": password});
    let request = anonymous
        .request(Method::POST, "/api/auth/invite")
        .json(&body);
    anonymous
        .send(request.header("x-request-id", "fixed"))
        .await
}

async fn names(by: &Actor, workspace: &str) -> Vec<Value> {
    let list = by
        .get(&format!("/api/workspaces/{workspace}/members"))
        .await;
    let items = list.expect(200).json["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["name"].clone()).collect()
}

#[tokio::test]
async fn what_one_tenant_calls_a_person_does_not_show_in_another() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let own = app.workspace_of(&owner).await;
    let (other, foreign, _) = stranger(&app).await;
    let ours = invite(&owner, &own, "ada@example.org", "Mean Nickname").await;
    let theirs = invite(&other, &foreign, "ada@example.org", "Ada Lovelace").await;
    let joined = accept(&app, &theirs, "a secret of my own").await;
    assert_eq!(joined.expect(200).json["user"]["name"], "Ada Lovelace");
    assert!(
        names(&other, &foreign)
            .await
            .contains(&json!("Ada Lovelace"))
    );
    assert!(names(&owner, &own).await.contains(&json!("ada")));
    accept(&app, &ours, "not the one of Ada")
        .await
        .expect_problem(401, "invalid_credentials");
    accept(&app, &ours, "a secret of my own").await.expect(200);
    assert!(names(&owner, &own).await.contains(&json!("Ada Lovelace")));
}

#[tokio::test]
async fn a_guess_at_an_invitation_does_not_tell_who_is_known_elsewhere() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let own = app.workspace_of(&owner).await;
    stranger(&app).await;
    let known = invite(&owner, &own, STRANGER, "Sam").await;
    let unknown = invite(&owner, &own, "nobody@example.net", "Nobody").await;
    let of_known = accept(&app, &known, "guess").await;
    let of_unknown = accept(&app, &unknown, "guess").await;
    let of_known = of_known.expect_problem(422, "weak_password").text;
    assert_eq!(of_known, of_unknown.text);
}

#[tokio::test]
async fn a_tenant_sees_and_ends_only_the_sessions_in_itself() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let own = app.workspace_of(&owner).await;
    let (elsewhere, foreign, person) = stranger(&app).await;
    let token = invite(&owner, &own, STRANGER, "Sam").await;
    let path = format!("/api/workspaces/{own}/members/{person}/sessions");
    let count = async || {
        let list = owner.get(&path).await.expect(200).json;
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 0);
    let joined = accept(&app, &token, STRANGERS_PASSWORD).await.expect(200);
    let here = elsewhere.with_token(joined.json["access_token"].as_str().unwrap());
    assert_eq!(count().await, 1);
    let own_list = here.get("/api/auth/sessions").await.expect(200).json;
    assert_eq!(own_list["items"].as_array().unwrap().len(), 2);
    owner.delete(&path).await.expect(204);
    here.get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    elsewhere.get("/api/auth/me").await.expect(200);
    let foreign_path = format!("/api/workspaces/{foreign}/members/{person}/sessions");
    owner
        .get(&foreign_path)
        .await
        .expect_problem(404, "not_found");
    owner
        .delete(&foreign_path)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_tenant_has_no_way_to_rename_disable_or_reset_a_person() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let own = app.workspace_of(&owner).await;
    let (elsewhere, _, person) = stranger(&app).await;
    let token = invite(&owner, &own, STRANGER, "Sam").await;
    accept(&app, &token, STRANGERS_PASSWORD).await.expect(200);
    let member = format!("/api/workspaces/{own}/members/{person}");
    for change in [
        json!({"role": "viewer", "name": "Renamed"}),
        json!({"role": "viewer", "password": "a password they chose"}),
        json!({"role": "viewer", "status": "suspended"}),
        json!({"role": "viewer", "email": "owner2@example.org"}),
    ] {
        owner
            .patch(&member, change)
            .await
            .expect_problem(422, "invalid_request");
    }
    owner.delete(&member).await.expect(204);
    let again = invite(&owner, &own, STRANGER, "Renamed").await;
    accept(&app, &again, "a password they chose")
        .await
        .expect_problem(401, "invalid_credentials");
    let login = json!({"email": STRANGER, "password": STRANGERS_PASSWORD});
    let session = app.anonymous().post("/api/auth/login", login).await;
    assert_eq!(session.expect(200).json["user"]["name"], "Sam Stranger");
    let me = elsewhere.get("/api/auth/me").await.expect(200);
    assert!(!me.text.contains("Renamed"), "{}", me.text);
}
