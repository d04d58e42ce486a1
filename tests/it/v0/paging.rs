use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fixture::{Fixture, names};

async fn fill(fixture: &Fixture, count: usize) {
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(10) {
        let records: Vec<Value> = chunk
            .iter()
            .map(|number| json!({"fields": {"Name": format!("{number:03}")}}))
            .collect();
        fixture
            .owner
            .post(&fixture.path("Tasks"), json!({"records": records}))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn pages_survive_writes_between_them() {
    let fixture = Fixture::new().await;
    fill(&fixture, 25).await;
    let query = "Tasks?pageSize=10&sort[0][field]=Name";
    let mut seen = Vec::new();
    let mut offset = String::new();
    loop {
        let page = fixture
            .owner
            .get(&fixture.path(&format!("{query}&offset={offset}")))
            .await
            .expect(200)
            .json;
        seen.extend(names(&page));
        let Some(next) = page["offset"].as_str() else {
            break;
        };
        assert!(next.starts_with("itr") && next.contains("/rec"), "{next}");
        offset = next.to_owned();
        fixture.create("Tasks", json!({"Name": "000 late"})).await;
    }
    let unique: BTreeSet<String> = seen
        .iter()
        .filter(|name| !name.contains("late"))
        .cloned()
        .collect();
    assert_eq!(unique.len(), 25);
    assert_eq!(
        seen.iter().filter(|name| !name.contains("late")).count(),
        25
    );
}

#[tokio::test]
async fn a_deleted_record_does_not_stop_the_paging() {
    let fixture = Fixture::new().await;
    fill(&fixture, 6).await;
    let query = "Tasks?pageSize=2&sort[0][field]=Name";
    let page = fixture
        .owner
        .get(&fixture.path(query))
        .await
        .expect(200)
        .json;
    let offset = page["offset"].as_str().unwrap();
    let all = fixture
        .owner
        .get(&fixture.path("Tasks?sort[0][field]=Name"))
        .await
        .expect(200)
        .json;
    let next = all["records"][2]["id"].as_str().unwrap();
    fixture
        .owner
        .delete(&fixture.path(&format!("Tasks/{next}")))
        .await
        .expect(200);
    let page = fixture
        .owner
        .get(&fixture.path(&format!("{query}&offset={offset}")))
        .await
        .expect(200)
        .json;
    let got = names(&page);
    assert!(
        got.contains(&"003".to_owned()) && !got.contains(&"002".to_owned()),
        "{got:?}"
    );
}

#[tokio::test]
async fn max_records_ends_the_paging() {
    let fixture = Fixture::new().await;
    fill(&fixture, 12).await;
    let query = "Tasks?maxRecords=7&pageSize=5";
    let first = fixture
        .owner
        .get(&fixture.path(query))
        .await
        .expect(200)
        .json;
    let offset = first["offset"].as_str().unwrap();
    let second = fixture
        .owner
        .get(&fixture.path(&format!("{query}&offset={offset}")))
        .await
        .expect(200)
        .json;
    assert_eq!((names(&first).len(), names(&second).len()), (5, 2));
    assert!(second.get("offset").is_none());
}
