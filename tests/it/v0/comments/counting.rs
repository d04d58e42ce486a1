use serde_json::{Value, json};

use super::{commented, id, say, texts};
use crate::support::Actor;
use crate::v0::fixture::Fixture;

#[tokio::test]
async fn records_tell_how_many_comments_they_have_when_asked() {
    let fixture = Fixture::new().await;
    let (task, path) = commented(&fixture).await;
    fixture.create("Tasks", json!({"Name": "Nail"})).await;
    let counts = async |who: &Actor, query: &str| {
        let page = who.get(&fixture.path(query)).await.expect(200).json;
        let records = page["records"].as_array().unwrap().clone();
        let count = |record: &Value| record.get("commentCount").cloned();
        records.iter().map(count).collect::<Vec<_>>()
    };
    let asked = "Tasks?recordMetadata[]=commentCount";
    let some = |numbers: [i64; 2]| numbers.map(|number| Some(json!(number))).to_vec();
    assert_eq!(counts(&fixture.owner, asked).await, some([0, 0]));
    let first = say(&fixture.owner, &path, "One").await;
    say(&fixture.owner, &path, "Two").await;
    // Asked again and again, so that a kept page would show.
    for _ in 0..3 {
        assert_eq!(counts(&fixture.owner, asked).await, some([2, 0]));
        assert_eq!(counts(&fixture.owner, "Tasks").await, [None, None]);
    }
    let filtered = "Tasks?recordMetadata[]=commentCount&filterByFormula=TRUE()&fields[]=Name";
    assert_eq!(counts(&fixture.owner, filtered).await, some([2, 0]));
    let body = json!({"recordMetadata": ["commentCount"], "pageSize": 1});
    let listed = fixture
        .owner
        .post(&fixture.path("Tasks/listRecords"), body)
        .await;
    assert_eq!(listed.expect(200).json["records"][0]["commentCount"], 2);
    let one = fixture.path(&format!("Tasks/{task}?recordMetadata[]=commentCount"));
    let record = fixture.owner.get(&one).await.expect(200).json;
    assert_eq!(record["commentCount"], 2);
    assert_eq!(record["fields"], json!({"Name": "Paint"}));
    assert!(
        fixture
            .get("Tasks", &task)
            .await
            .get("commentCount")
            .is_none()
    );
    let unknown = fixture.path(&format!("Tasks/{task}?recordMetadata[]=likes"));
    fixture.owner.get(&unknown).await.expect(422);

    // Another instance counts what is there now.
    let other = fixture.app.sibling().await;
    let there = fixture.owner_of(&other);
    assert_eq!(counts(&there, asked).await, some([2, 0]));
    there
        .delete(&format!("{path}/{}", id(&first)))
        .await
        .expect(200);
    assert_eq!(counts(&fixture.owner, asked).await, some([1, 0]));
    assert_eq!(counts(&there, asked).await, some([1, 0]));
    assert_eq!(texts(&there, &path).await, ["Two"]);
}

#[tokio::test]
async fn a_removed_base_takes_its_comments_along() {
    let fixture = Fixture::new().await;
    let (_, path) = commented(&fixture).await;
    say(&fixture.owner, &path, "Going").await;
    assert!(!fixture.texts_of(&["airtable_comments"]).await.is_empty());
    let base = format!("/api/airtable/bases/{}", fixture.base);
    fixture.owner.delete(&base).await.expect(204);
    assert!(fixture.texts_of(&["airtable_comments"]).await.is_empty());
    fixture.owner.get(&path).await.expect(403);
}
