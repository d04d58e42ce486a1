use serde_json::json;

use super::fixture::Fixture;

#[tokio::test]
async fn records_are_listed_by_name_or_id_with_or_without_a_slash() {
    let fixture = Fixture::new().await;
    let id = fixture
        .create("Tasks", json!({"Name": "Paint", "Hours": 0, "Done": false}))
        .await;
    let table = fixture.table_id("Tasks").await;
    for path in [
        "Tasks",
        "Tasks/",
        "Tasks/?",
        "Tasks?offset=",
        "%54asks",
        &table,
    ] {
        let answer = fixture.owner.get(&fixture.path(path)).await.expect(200);
        assert_eq!(
            answer.header("content-type"),
            "application/json; charset=utf-8"
        );
        assert_eq!(answer.json["records"][0]["id"], id.as_str(), "{path}");
        assert_eq!(
            answer.json["records"][0]["fields"],
            json!({"Name": "Paint", "Hours": 0})
        );
        assert!(answer.json.get("offset").is_none());
    }
}

#[tokio::test]
async fn cells_can_be_chosen_and_keyed_by_id() {
    let fixture = Fixture::new().await;
    let id = fixture
        .create(
            "Tasks",
            json!({"Name": "Paint", "Hours": 2.5, "Due": "2024-04-01"}),
        )
        .await;
    let due = fixture.field("Tasks", "Due").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for query in [
        "fields[]=Name&fields[]=Due",
        "fields%5B0%5D=Name&fields[1]=Due",
        &format!("fields=Name&fields={due}"),
    ] {
        let page = fixture
            .owner
            .get(&fixture.path(&format!("Tasks?{query}")))
            .await
            .expect(200)
            .json;
        assert_eq!(
            page["records"][0]["fields"],
            json!({"Name": "Paint", "Due": "2024-04-01"})
        );
    }
    for flag in ["1", "true"] {
        let path = fixture.path(&format!("Tasks/{id}?returnFieldsByFieldId={flag}"));
        let record = fixture.owner.get(&path).await.expect(200).json;
        assert_eq!(record["fields"][&due], "2024-04-01");
    }
    let path = fixture.path("Tasks?recordMetadata[]=commentCount");
    fixture.owner.get(&path).await.expect(200);
}

#[tokio::test]
async fn long_queries_come_by_post() {
    let fixture = Fixture::new().await;
    for name in ["A", "B", "C"] {
        fixture.create("Tasks", json!({"Name": name})).await;
    }
    let body = json!({
        "fields": ["Name"], "pageSize": 2, "offset": "", "method": "post", "recordMetadata": ["commentCount"],
        "sort": [{"field": "Name", "direction": "desc"}], "returnFieldsByFieldId": false,
    });
    let path = fixture.path("Tasks/listRecords?timeZone=utc&userLocale=en-gb");
    let page = fixture.owner.post(&path, body).await.expect(200).json;
    assert_eq!(super::fixture::names(&page), ["C", "B"]);
    let body = json!({"pageSize": 2, "offset": page["offset"], "sort": [{"field": "Name", "direction": "desc"}]});
    let page = fixture
        .owner
        .post(&fixture.path("Tasks/listRecords"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(super::fixture::names(&page), ["A"]);
}

#[tokio::test]
async fn textual_cells_read_as_a_person_would() {
    let fixture = Fixture::new().await;
    let ada = fixture
        .create("People", json!({"Name": "Ada, Countess"}))
        .await;
    let cells = json!({"Name": "Paint", "Hours": 2.5, "Done": true, "Owner": [ada], "Tags": ["blue", "home"]});
    let id = fixture.create("Tasks", cells).await;
    let path = fixture.path(&format!(
        "Tasks/{id}?cellFormat=string&timeZone=utc&userLocale=en-gb"
    ));
    let fields = fixture.owner.get(&path).await.expect(200).json["fields"].clone();
    assert_eq!(
        fields,
        json!({
            "Name": "Paint", "Hours": "2.5", "Done": "checked", "Owner": "\"Ada, Countess\"", "Tags": "blue, home",
        })
    );
}

#[tokio::test]
async fn a_record_is_found_through_any_table_without_reading_the_others() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let task = fixture.create("Tasks", json!({"Name": "Paint"})).await;
    let tasks = fixture.table_id("Tasks").await;
    let broken = format!("UPDATE airtable_records SET cells = '[]' WHERE table_id = '{tasks}'");
    fixture.tamper(&[&broken]).await;
    let cold = fixture.app.sibling().await;
    let owner = fixture.owner_of(&cold);
    let get = async |path: &str| owner.get(&fixture.path(path)).await;
    assert_eq!(get(&format!("People/{ada}")).await.status, 200);
    let unknown = get("People/rec00000000000000").await;
    assert_eq!(unknown.status, 403, "{}", unknown.text);
    assert_eq!(get(&format!("People/{task}")).await.status, 500);
    fixture.tamper(&[&broken.replace("'[]'", "'{}'")]).await;
    let found = get(&format!("People/{task}")).await.expect(200);
    assert_eq!(found.json["id"], task.as_str());
}
