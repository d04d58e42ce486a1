//! What somebody sends who means harm: refused or answered, soon, and everybody else is served meanwhile.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::fixture::{Fixture, names};
use crate::support::Answer;

async fn fill(fixture: &Fixture, count: usize) {
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(10) {
        let record = |number: &usize| json!({"fields": {"Name": format!("{number:03}")}});
        let records: Vec<Value> = chunk.iter().map(record).collect();
        let body = json!({"records": records});
        let path = fixture.path("Tasks");
        fixture.owner.post(&path, body).await.expect(200);
    }
}

async fn list(fixture: &Fixture, query: Value) -> Answer {
    let path = fixture.path("Tasks/listRecords");
    fixture.owner.post(&path, query).await
}

#[tokio::test]
async fn a_sort_key_that_comes_again_and_again_decides_once() {
    let fixture = Fixture::new().await;
    fill(&fixture, 30).await;
    let mut sort = vec![json!({"field": "Name", "direction": "desc"})];
    sort.extend(vec![json!({"field": "Name", "direction": "asc"}); 100_000]);
    let page = list(&fixture, json!({"sort": sort, "pageSize": 2})).await;
    let page = page.expect(200).json;
    assert_eq!(names(&page), ["029", "028"]);
    let once = json!({"sort": [sort[0]], "pageSize": 2, "offset": page["offset"]});
    let page = list(&fixture, once).await.expect(200).json;
    assert_eq!(names(&page), ["027", "026"], "it is the same query");
}

#[tokio::test]
async fn a_made_up_place_in_a_cursor_is_answered_or_refused() {
    let fixture = Fixture::new().await;
    fill(&fixture, 5).await;
    let view = fixture.table("Tasks").await["views"][0]["name"].clone();
    let queries = [
        json!({"pageSize": 2}),
        json!({"pageSize": 2, "view": view}),
        json!({"pageSize": 2, "sort": [{"field": "Name"}]}),
        json!({"pageSize": 2, "maxRecords": 3}),
    ];
    let positions = [
        (json!({"n": u64::MAX}), 200),
        (
            json!({"n": u64::MAX, "r": i64::MIN, "i": ["x", u64::MAX]}),
            200,
        ),
        (
            json!({"n": 0, "r": i64::MAX, "s": [{"Text": "00"}, "Empty"], "d": ""}),
            200,
        ),
        (json!({"n": 1, "s": [{"Ranks": [1]}]}), 200),
        (json!({"n": -1}), 422),
        (json!({"n": 1.5}), 422),
        (json!([]), 422),
    ];
    for query in queries {
        let first = list(&fixture, query.clone()).await.expect(200).json;
        let offset = first["offset"].as_str().unwrap();
        let (own, _) = offset.rsplit_once('/').unwrap();
        for (position, status) in &positions {
            let mut query = query.clone();
            query["offset"] = format!("{own}/{}", BASE64.encode(position.to_string())).into();
            list(&fixture, query).await.expect(*status);
        }
    }
}
