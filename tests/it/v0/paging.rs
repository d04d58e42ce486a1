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

#[tokio::test]
async fn long_cells_make_no_long_cursor_and_another_instance_goes_on_from_it() {
    let fixture = Fixture::new().await;
    let other = fixture.app.sibling().await;
    let owner = fixture.owner_of(&other);
    // Alike for longer than a cursor can tell apart.
    let name = |number: usize| format!("{}{number:03}", "\u{1}\u{e9}\"".repeat(2000));
    let mut ids = Vec::new();
    for number in (0..8).rev() {
        let fields = json!({"Name": name(number), "Hours": number});
        ids.push(fixture.create("Tasks", fields).await);
    }
    ids.reverse();
    let query = "Tasks?pageSize=2&fields[]=Hours&sort[0][field]=Name&sort[1][field]=Hours";
    let page = async |reader: &crate::support::Actor, offset: &str| {
        let path = fixture.path(&format!("{query}&offset={offset}"));
        let page = reader.get(&path).await.expect(200).json;
        let records = page["records"].as_array().unwrap().iter();
        let found: Vec<String> = records
            .map(|record| record["id"].as_str().unwrap().to_owned())
            .collect();
        let offset = page["offset"].as_str().unwrap_or_default().to_owned();
        assert!(offset.len() <= 1024, "{}", offset.len());
        (found, offset)
    };
    let (first, offset) = page(&fixture.owner, "").await;
    assert_eq!(first, ids[..2]);
    let (second, offset) = page(&owner, &offset).await;
    assert_eq!(second, ids[2..4]);
    // The last record delivered goes: none of those that begin like it may be left out.
    let gone = fixture.path(&format!("Tasks/{}", ids[3]));
    owner.delete(&gone).await.expect(200);
    let third = fixture.app.sibling().await;
    let third = fixture.owner_of(&third);
    let mut seen = Vec::new();
    let mut offset = offset;
    while !offset.is_empty() {
        let found;
        (found, offset) = page(&third, &offset).await;
        seen.extend(found);
    }
    assert!(ids[4..].iter().all(|id| seen.contains(id)), "{seen:?}");
}

#[tokio::test]
async fn a_page_asked_again_and_again_shows_every_change() {
    let fixture = Fixture::new().await;
    fill(&fixture, 3).await;
    let query = "Tasks?pageSize=10";
    let names_three_times = async || {
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            seen.insert(fixture.names(query).await);
        }
        seen
    };
    let page =
        |names: &[&str]| BTreeSet::from([names.iter().map(|name| (*name).to_owned()).collect()]);
    assert_eq!(names_three_times().await, page(&["000", "001", "002"]));
    let new = fixture.create("Tasks", json!({"Name": "new"})).await;
    assert_eq!(
        names_three_times().await,
        page(&["000", "001", "002", "new"])
    );
    let path = fixture.path(&format!("Tasks/{new}"));
    fixture.owner.delete(&path).await.expect(200);
    assert_eq!(names_three_times().await, page(&["000", "001", "002"]));
    let (table, field) = (
        fixture.table_id("Tasks").await,
        fixture.field("Tasks", "Name").await,
    );
    let path = format!(
        "/v0/meta/bases/{}/tables/{table}/fields/{}",
        fixture.base,
        field["id"].as_str().unwrap()
    );
    fixture
        .owner
        .patch(&path, json!({"name": "Title"}))
        .await
        .expect(200);
    assert_eq!(names_three_times().await, page(&["-", "-", "-"]));
}
