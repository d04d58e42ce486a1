use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::world::{Mirrored, eventually};

#[tokio::test]
async fn a_copied_base_answers_as_the_one_at_airtable_without_asking_it() {
    let mirrored = Mirrored::new().await;
    mirrored.expect_equal().await;
    let queries = [
        "Tasks?filterByFormula=Twice%3E4&sort%5B0%5D%5Bfield%5D=Twice",
        "Tasks?filterByFormula=Status%3D'Todo'&fields%5B%5D=Name",
        "People%20%2F%20%E4%BA%BA?sort%5B0%5D%5Bfield%5D=Load&sort%5B0%5D%5Bdirection%5D=desc",
    ];
    for query in queries {
        let path = mirrored.path(query);
        let here = mirrored.here().get(&path).await.expect(200);
        assert_eq!(here.header("x-pyairtable-source"), "mirror");
        let there = mirrored.there().get(&path).await.expect(200);
        assert_eq!(here.json["records"], there.json["records"], "{query}");
    }
    let text = "Tasks?cellFormat=string&timeZone=utc&userLocale=de";
    let answer = mirrored.here().get(&mirrored.path(text)).await.expect(200);
    assert_eq!(
        answer.header("x-pyairtable-source"),
        "airtable",
        "it alone writes texts so"
    );
}

#[tokio::test]
async fn a_copied_base_is_listed_searched_and_queried_as_one_that_lies_here() {
    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let bases = owner.get("/api/airtable/bases").await.expect(200).json;
    let of = bases["items"].as_array().unwrap().iter();
    let copies: Vec<_> = of.filter(|base| base["id"] == mirrored.base()).collect();
    assert_eq!(copies.len(), 1, "{bases}");
    assert_eq!(copies[0]["source"], "mirror");
    assert_eq!(
        (&copies[0]["table_count"], &copies[0]["record_count"]),
        (&json!(2), &json!(5))
    );
    let sql = json!({"sql": "SELECT sum(\"Twice\") / sum(\"Hours\") AS ratio FROM \"Tasks\""});
    let path = format!("/api/airtable/bases/{}/query", mirrored.base());
    let answer = owner.post(&path, sql).await.expect(200).json;
    assert_eq!(answer["rows"][0][0], 2.0, "{answer}");
    let status = mirrored.status().await;
    assert_eq!(status["hearing"], "asked", "{status}");
    assert_eq!(status["drift"], 0);
    assert_eq!(status["fault"], json!(null));
}

#[tokio::test]
async fn what_is_in_a_view_is_asked_of_airtable_which_alone_knows() {
    let mirrored = Mirrored::new().await;
    let path = mirrored.path("Tasks?view=Grid%20view");
    let answer = mirrored.here().get(&path).await.expect(200);
    assert_eq!(answer.header("x-pyairtable-source"), "airtable");
    let body = json!({"view": "Grid view"});
    let path = mirrored.path("Tasks/listRecords");
    let listed = mirrored.here().post(&path, body).await.expect(200).json;
    assert_eq!(listed["records"], answer.json["records"]);
}

#[tokio::test]
async fn admins_who_offer_a_base_at_the_same_moment_are_heard_one_after_the_other() {
    let mirrored = Mirrored::begun(json!({"access": "write"}), |_| {}).await;
    let offer = |mode: &str| mirrored.offer(json!({"access": "write", "mode": mode}));
    for modes in [["mirror", "mirror", "mirror"], ["proxy", "mirror", "proxy"]] {
        for answer in join_all(modes.map(offer)).await {
            answer.expect(200);
        }
    }
    offer("mirror").await.expect(200);
    mirrored.copied().await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn a_copy_ends_with_its_offer_and_leaves_nothing() {
    let mirrored = Mirrored::new().await;
    mirrored
        .offer(json!({"access": "read", "mode": "proxy"}))
        .await
        .expect(200);
    eventually("Airtable tells no more", async || {
        mirrored.webhooks().await.is_empty().then_some(())
    })
    .await;
    let answer = mirrored
        .here()
        .get(&mirrored.path("Tasks"))
        .await
        .expect(200);
    assert_eq!(answer.header("x-pyairtable-source"), "airtable");
    let path = format!("/api/airtable/mirrors/{}", mirrored.base());
    mirrored.world.owner.get(&path).await.expect(404);
    mirrored
        .offer(json!({"access": "read", "mode": "mirror"}))
        .await
        .expect(200);
    mirrored.copied().await;
    mirrored.expect_equal().await;
    let offer = mirrored.world.offer_path(&mirrored.connection);
    mirrored.world.owner.delete(&offer).await.expect(204);
    mirrored
        .here()
        .get(&mirrored.path("Tasks"))
        .await
        .expect(403);
    let base = format!("/api/airtable/bases/{}", mirrored.base());
    mirrored.world.owner.get(&base).await.expect(404);
}

#[tokio::test]
async fn who_wants_no_copy_asks_airtable() {
    let mirrored = Mirrored::new().await;
    let ask = |method, path: &str| {
        let request = mirrored.here().request(method, &mirrored.path(path));
        request.header("cache-control", "no-cache")
    };
    let listed = mirrored.here().send(ask(Method::GET, "Tasks")).await;
    assert_eq!(listed.expect(200).header("x-pyairtable-source"), "airtable");
    let posted = ask(Method::POST, "Tasks/listRecords").json(&json!({}));
    let posted = mirrored.here().send(posted).await.expect(200);
    assert_eq!(posted.header("x-pyairtable-source"), "airtable");
    let record = posted.json["records"][0]["id"].as_str().unwrap().to_owned();
    let one = ask(Method::GET, &format!("Tasks/{record}"));
    let one = mirrored.here().send(one).await.expect(200);
    assert_eq!(one.header("x-pyairtable-source"), "airtable");
}

#[tokio::test]
async fn while_it_is_not_whole_airtable_goes_on_answering() {
    let mirrored = Mirrored::with(json!({"access": "read", "mode": "mirror"})).await;
    // Its owner begins it anew, and it does not come further.
    let plan = "[limits]\nenabled = false\n[[faults]]\nkind = \"status\"\nstatus = 422\nprobability = 1.0\nmethods = [\"POST\"]\npath = \"/v0/app*/listRecords\"\n";
    mirrored.world.airtable.plan(plan).await;
    for mode in ["proxy", "mirror"] {
        let offer = json!({"access": "read", "mode": mode});
        mirrored.offer(offer).await.expect(200);
    }
    mirrored
        .until("copying fails", |status| status["fault"].is_string())
        .await;
    let path = mirrored.path("Tasks");
    let answer = mirrored.here().get(&path).await.expect(200);
    assert_eq!(answer.header("x-pyairtable-source"), "airtable");
    assert_eq!(answer.json["records"].as_array().unwrap().len(), 3);
}
