use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::v0::fixture::Fixture;

const WRITERS: usize = 40;

fn fields(number: usize) -> Value {
    match number % 10 {
        // A write that is refused must not take along those it shares a commit with.
        7 => json!({"Name": "Refused", "No such field": 1}),
        _ => json!({"Name": format!("Writer {number}")}),
    }
}

#[tokio::test]
async fn writes_that_wait_for_each_other_all_land_or_are_refused_one_by_one() {
    let fixture = Fixture::new().await;
    let path = fixture.path("Tasks");
    // While it is open nobody can write, so the writers pile up behind it.
    let blocker = fixture.begin().await;
    let touch = "update airtable_bases set name = name";
    blocker.conn().execute_unprepared(touch).await.unwrap();
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let (owner, path) = (fixture.owner.clone(), path.clone());
        writers.spawn(async move {
            let answer = owner.post(&path, json!({"fields": fields(number)})).await;
            (number, answer.status, answer.json["id"].clone())
        });
    }
    tokio::task::yield_now().await;
    blocker.commit().await.unwrap();
    let mut made = Vec::new();
    for (number, status, id) in writers.join_all().await {
        assert_eq!(
            status,
            if number % 10 == 7 { 422 } else { 200 },
            "writer {number}"
        );
        made.extend(id.as_str().map(|id| (id.to_owned(), number)));
    }
    assert_eq!(made.len(), WRITERS - WRITERS / 10);
    for (id, number) in made {
        let record = fixture.get("Tasks", &id).await;
        assert_eq!(record["fields"]["Name"], format!("Writer {number}"));
    }
    let sibling = fixture.app.sibling().await;
    let page = fixture.owner_of(&sibling).get(&path).await.expect(200).json;
    let records = page["records"].as_array().unwrap().len();
    assert_eq!(
        records,
        WRITERS - WRITERS / 10,
        "another instance reads the same"
    );
}
