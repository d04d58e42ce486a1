use pyairtable::contracts::Role;
use reqwest::Method;
use serde_json::json;

use super::world::{TOKEN, World};

const UNLIMITED: &str = "[limits]\nenabled = false";

#[tokio::test]
async fn a_token_is_checked_kept_and_never_shown_again() {
    let world = World::new(UNLIMITED, |_| {}).await;
    let refused = world.try_connect(&world.owner, "patWrong.token").await;
    let refused = refused.expect_problem(422, "invalid_request");
    assert_eq!(
        refused.json["detail"],
        "Airtable does not accept this token"
    );
    let spaced = world.try_connect(&world.owner, "two words").await;
    spaced.expect_problem(422, "invalid_request");

    let made = world.try_connect(&world.owner, TOKEN).await.expect(201);
    assert_eq!(made.json["token_end"], TOKEN[TOKEN.len() - 4..]);
    assert!(made.json["account"].as_str().unwrap().starts_with("usr"));
    let listed = world
        .owner
        .get("/api/airtable/connections")
        .await
        .expect(200);
    assert_eq!(listed.json["items"][0]["id"], made.json["id"]);
    for answer in [&refused, &made, &listed] {
        assert!(!answer.text.contains(TOKEN), "{}", answer.text);
        assert!(!answer.text.contains("patWrong"), "{}", answer.text);
    }
}

#[tokio::test]
async fn bases_are_offered_changed_and_withdrawn() {
    let world = World::new(UNLIMITED, |_| {}).await;
    let connection = world.connect().await;
    let path = format!("/api/airtable/connections/{connection}/bases");
    let reachable = world.owner.get(&path).await.expect(200).json;
    assert_eq!(reachable["items"][0]["id"], world.airtable.base.as_str());
    let tasks = world.path("Tasks");
    world.script.get(&tasks).await.expect(403);

    world.offer(&connection, "read").await;
    world.script.get(&tasks).await.expect(200);
    let body = json!({"fields": {"Name": "No"}});
    let refused = world.script.post(&tasks, body.clone()).await.expect(403);
    assert_eq!(refused.json["error"]["type"], "INVALID_PERMISSIONS");
    let bases = world.script.get("/v0/meta/bases").await.expect(200).json;
    let level = |bases: &serde_json::Value| {
        let mut known = bases["bases"].as_array().unwrap().iter();
        let found = known.find(|base| base["id"] == world.airtable.base.as_str());
        found.map(|base| base["permissionLevel"].clone())
    };
    assert_eq!(level(&bases), Some(json!("read")));

    world.offer(&connection, "write").await;
    world.script.post(&tasks, body).await.expect(200);
    let listed = world
        .owner
        .get("/api/airtable/bases")
        .await
        .expect(200)
        .json;
    let mut listed = listed["items"].as_array().unwrap().iter();
    let base = listed.find(|base| base["source"] == "airtable").unwrap();
    assert_eq!(base["record_count"], json!(null));

    let offer = world.offer_path(&connection);
    world.owner.delete(&offer).await.expect(204);
    world.script.get(&tasks).await.expect(403);
    world.owner.delete(&offer).await.expect(404);
    world.offer(&connection, "read").await;
    let connection = format!("/api/airtable/connections/{connection}");
    world.owner.delete(&connection).await.expect(204);
    world.script.get(&tasks).await.expect(403);
    world.owner.delete(&connection).await.expect(404);
}

#[tokio::test]
async fn only_admins_connect_and_nobody_reaches_what_is_anothers() {
    let world = World::offered(UNLIMITED).await;
    let editor = world.app.member(&world.owner, Role::Editor).await;
    let answer = world.try_connect(&editor, TOKEN).await;
    answer.expect_problem(403, "forbidden");
    let listed = editor.get("/api/airtable/connections").await.expect(200);
    assert_eq!(listed.json["items"], json!([]));
    let mine = world
        .owner
        .get("/api/airtable/connections")
        .await
        .expect(200);
    let id = mine.json["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/airtable/connections/{id}");
    editor.delete(&path).await.expect_problem(403, "forbidden");
    world.script.delete(&path).await.expect(403);

    let stranger = world.app.other_tenant().await;
    let unknown = path.replace(id, "con00000000000000");
    let base = &world.airtable.base;
    let offer = format!("/bases/{base}");
    for rest in ["", "/bases", &offer, &format!("{offer}/traffic")] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let ask = async |path: &str| {
                let request = stranger.request(method.clone(), &format!("{path}{rest}"));
                let answer = stranger
                    .send(request.json(&json!({"access": "read"})))
                    .await;
                (answer.status, answer.json["code"].clone())
            };
            let (foreign, unknown) = (ask(&path).await, ask(&unknown).await);
            assert_eq!(foreign, unknown, "{method} {rest}");
            assert!(
                [404, 405].contains(&foreign.0),
                "{method} {rest}: {foreign:?}"
            );
        }
    }
    stranger.get(&world.path("Tasks")).await.expect(403);
    let bases = stranger.get("/api/airtable/bases").await.expect(200);
    assert!(!bases.text.contains(&world.airtable.base));
    world.script.get(&world.path("Tasks")).await.expect(200);
}

#[tokio::test]
async fn a_base_that_the_token_does_not_reach_is_not_offered() {
    let world = World::new(UNLIMITED, |_| {}).await;
    let connection = world.connect().await;
    let path = format!("/api/airtable/connections/{connection}/bases/app00000000000001");
    let answer = world.owner.put(&path, json!({"access": "read"})).await;
    answer.expect_problem(404, "not_found");
}

#[tokio::test]
async fn traffic_tells_how_far_the_limit_is_used_and_how_much_is_answered_from_here() {
    let world = World::new("", |_| {}).await;
    let connection = world.connect().await;
    world.offer(&connection, "write").await;
    let path = format!("{}/traffic", world.offer_path(&connection));
    let traffic = async || world.owner.get(&path).await.expect(200).json;
    let before = traffic().await["sent"].as_u64().unwrap();
    for _ in 0..3 {
        world.script.get(&world.path("Tasks")).await.expect(200);
    }
    let told = traffic().await;
    assert_eq!((&told["kept"], &told["asked"]), (&json!(2), &json!(1)));
    assert_eq!(told["sent"], json!(before + 1), "{told}");
    assert_eq!(
        (&told["most"], &told["shut_seconds"]),
        (&json!(300), &json!(0))
    );
    let refusal = "[[faults]]\nkind = \"status\"\nstatus = 429\nnth = [1]\n";
    world.airtable.plan(refusal).await;
    let create = world.create("Refused at first");
    let patience = std::time::Duration::from_millis(800);
    assert!(tokio::time::timeout(patience, create).await.is_err());
    let told = traffic().await;
    assert!(
        (25..=30).contains(&told["shut_seconds"].as_u64().unwrap()),
        "{told}"
    );
    let unknown = path.replace(&world.airtable.base, "app00000000000001");
    world
        .owner
        .get(&unknown)
        .await
        .expect_problem(404, "not_found");
}
