use serde_json::json;

use super::world::Mirrored;

/// Hidden: the hours of tasks, and with them what is computed from them.
pub(super) fn without_hours() -> serde_json::Value {
    json!({
        "access": "write", "mode": "mirror", "hidden": {"fields": ["fldTest0000000005"], "tables": []},
    })
}

pub(super) const WORDS: [&str; 6] = [
    "Hours",
    "fldTest0000000005",
    "Twice",
    "fldTest0000000021",
    "Load",
    "fldTest0000000022",
];

#[tokio::test]
async fn a_hidden_field_is_on_no_path() {
    let mirrored = Mirrored::with(without_hours()).await;
    let owner = &mirrored.world.owner;
    let base = mirrored.base();
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let id = record["id"].as_str().unwrap();
    mirrored
        .change(
            mirrored.here(),
            &format!("Tasks/{id}"),
            json!({"Notes": "seen"}),
        )
        .await;
    let paths = [
        mirrored.path("Tasks"),
        mirrored.path("Tasks?returnFieldsByFieldId=true"),
        mirrored.path(&format!("Tasks/{id}")),
        mirrored.path("tblTest0000000002"),
        format!("/v0/meta/bases/{base}/tables"),
        format!("/api/airtable/bases/{base}"),
        format!("/api/airtable/bases/{base}/export"),
        format!("/api/airtable/bases/{base}/changes"),
        format!("/api/airtable/bases/{base}/analysis"),
        format!("/api/airtable/bases/{base}/query/tables"),
        "/api/saga/changes".to_owned(),
    ];
    for path in paths {
        let answer = owner.get(&path).await.expect(200);
        for word in WORDS {
            let text = &answer.text;
            assert!(!text.contains(word), "{word} at {path}: {text}");
        }
    }
    let refused = [
        "Tasks?filterByFormula=Hours%3E1",
        "Tasks?filterByFormula=%7BfldTest0000000005%7D%3E1",
        "Tasks?sort%5B0%5D%5Bfield%5D=Hours",
        "Tasks?fields%5B%5D=fldTest0000000005",
    ];
    for path in refused {
        let path = mirrored.path(path);
        mirrored.here().get(&path).await.expect(422);
    }
    let sql = json!({"sql": "SELECT \"Hours\" FROM \"Tasks\""});
    let path = format!("/api/airtable/bases/{base}/query");
    let answer = owner.post(&path, sql).await;
    assert_ne!(answer.status, 200, "{}", answer.text);
    let body = json!({"fields": {"Hours": 1}});
    mirrored
        .here()
        .patch(&mirrored.path(&format!("Tasks/{id}")), body.clone())
        .await
        .expect(422);
    mirrored
        .here()
        .put(
            &mirrored.path(&format!("Tasks/{id}")),
            json!({"fields": {"Name": "x"}}),
        )
        .await
        .expect(422);
    let there = mirrored
        .there()
        .get(&mirrored.path(&format!("Tasks/{id}")))
        .await
        .expect(200)
        .json;
    assert_eq!(
        there["fields"]["Hours"], record["fields"]["Hours"],
        "it is as it was"
    );
}

#[tokio::test]
async fn what_only_airtable_answers_is_not_asked_of_a_base_with_hidden_parts() {
    let mirrored = Mirrored::with(without_hours()).await;
    let base = mirrored.base();
    let record = mirrored.records(mirrored.here(), "Tasks").await.remove(0);
    let id = record["id"].as_str().unwrap();
    let paths = [
        mirrored.path(&format!("Tasks/{id}/comments")),
        mirrored.path("Tasks?view=Grid%20view"),
        format!("/v0/bases/{base}/webhooks"),
    ];
    for path in paths {
        let answer = mirrored.here().get(&path).await;
        assert!(answer.status >= 400, "{path}: {}", answer.text);
    }
    let field = json!({"name": "Spy", "type": "formula", "options": {"formula": "{Hours}"}});
    let path = format!("/v0/meta/bases/{base}/tables/tblTest0000000001/fields");
    let answer = mirrored.here().post(&path, field).await;
    assert!(answer.status >= 400, "{}", answer.text);
}

#[tokio::test]
async fn a_whole_table_is_hidden_with_the_links_to_it() {
    let hidden =
        json!({"access": "read", "mode": "mirror", "hidden": {"tables": ["tblTest0000000002"]}});
    let mirrored = Mirrored::with(hidden).await;
    mirrored
        .here()
        .get(&mirrored.path("tblTest0000000002"))
        .await
        .expect(403);
    let page = mirrored
        .here()
        .get(&mirrored.path("Tasks"))
        .await
        .expect(200);
    assert!(!page.text.contains("\"Owner\""), "{}", page.text);
    assert!(page.text.contains("\"Hours\""));
}

#[tokio::test]
async fn what_is_hidden_later_is_gone_at_once_and_comes_back_when_it_is_shown() {
    let mirrored = Mirrored::new().await;
    mirrored.offer(without_hours()).await.expect(200);
    let answer = mirrored.here().get(&mirrored.path("Tasks")).await;
    assert!(!answer.text.contains("Hours"), "{}", answer.text);
    mirrored.copied().await;
    let page = mirrored
        .here()
        .get(&mirrored.path("Tasks"))
        .await
        .expect(200);
    assert!(!page.text.contains("Hours"), "{}", page.text);
    let all = json!({"access": "write", "hidden": {"tables": [], "fields": []}});
    mirrored.offer(all).await.expect(200);
    mirrored.copied().await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn what_names_a_record_is_never_hidden() {
    let mirrored = Mirrored::new().await;
    let name = json!({"access": "read", "hidden": {"fields": ["fldTest0000000001"]}});
    let refused = mirrored.offer(name).await.expect(422);
    assert!(refused.text.contains("Tasks"), "{}", refused.text);
    let path = format!("{}/tables", mirrored.world.offer_path(&mirrored.connection));
    let tables = mirrored.world.owner.get(&path).await.expect(200).json;
    assert_eq!(tables["items"].as_array().unwrap().len(), 2);
}
