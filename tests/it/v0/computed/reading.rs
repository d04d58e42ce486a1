use std::time::Duration;

use serde_json::json;

use super::*;
use crate::v0::fixture::names;

#[tokio::test]
async fn special_values_and_errors_are_told_as_such() {
    let fixture = Fixture::new().await;
    for (name, text) in [
        ("Ratio", "{Hours} / 0"),
        ("Nothing", "0 / 0"),
        ("Failed", "ERROR()"),
        ("Day", "DATEADD({Due}, 1, 'day')"),
        ("Moment", "DATETIME_PARSE('2024-03-05T07:08:09Z')"),
        ("Marks", "{Tags}"),
        ("Flag", "{Hours} > 1"),
    ] {
        fixture.add_field(formula(name, text)).await.expect(200);
    }
    let fields = json!({"Name": "a", "Hours": 2, "Due": "2024-02-28", "Tags": ["home", "blue"]});
    let task = fixture.create("Tasks", fields).await;
    let found = cells(&fixture, "Tasks", &task).await;
    assert_eq!(found["Ratio"], json!({"specialValue": "Infinity"}));
    assert_eq!(found["Nothing"], json!({"specialValue": "NaN"}));
    assert_eq!(found["Failed"], json!({"error": "#ERROR!"}));
    assert_eq!(found["Day"], "2024-02-29");
    assert_eq!(found["Moment"], "2024-03-05T07:08:09.000Z");
    assert_eq!(found["Marks"], json!(["home", "blue"]));
    assert_eq!(found["Flag"], 1);
    let path = fixture.path("Tasks?cellFormat=string&timeZone=Europe/Berlin&userLocale=de");
    let page = fixture.owner.get(&path).await.expect(200).json;
    let shown = &page["records"][0]["fields"];
    assert_eq!(shown["Failed"], "#ERROR!");
    assert_eq!(shown["Marks"], "home, blue");
    assert_eq!(shown["Day"], "2024-02-29");
}

#[tokio::test]
async fn computed_fields_are_filtered_sorted_and_searched_like_others() {
    let (fixture, ..) = filled().await;
    let kept = async |query: &str| {
        let page = fixture
            .owner
            .get(&fixture.path(query))
            .await
            .expect(200)
            .json;
        names(&page)
    };
    assert_eq!(kept("Tasks?filterByFormula=Minutes%3E40").await, ["Paint"]);
    assert_eq!(
        kept("Tasks?filterByFormula=FIND('Bea',Who)").await,
        ["Plan"]
    );
    assert_eq!(kept("People?filterByFormula=Busy%3D'busy'").await, ["Ada"]);
    assert_eq!(
        kept("Tasks?sort[0][field]=Minutes&sort[0][direction]=desc").await,
        ["Paint", "Plan", "Rest"]
    );
    assert_eq!(
        kept("Tasks?sort[0][field]=Title").await,
        ["Rest", "Plan", "Paint"]
    );
    let page = fixture
        .owner
        .get(&fixture.path("Tasks?fields[]=Who&filterByFormula=Who"))
        .await;
    let page = page.expect(200).json;
    let records = page["records"].as_array().unwrap();
    assert!(
        records
            .iter()
            .all(|record| record["fields"].as_object().unwrap().len() == 1)
    );
    assert_eq!(records.len(), 2);
}

#[tokio::test]
async fn sql_reads_computed_fields_as_what_they_are() {
    let (fixture, ..) = filled().await;
    let path = format!("/api/airtable/bases/{}/query", fixture.base);
    let sql = "SELECT Name, Minutes / 4, Title, Who FROM Tasks WHERE Minutes > 40";
    let answer = fixture.owner.post(&path, json!({"sql": sql})).await;
    assert_eq!(
        answer.expect(200).json["rows"],
        json!([["Paint", 22.5, "Todo: Paint", "[\"Ada\"]"]])
    );
}

#[tokio::test]
async fn now_moves_on_by_the_minute() {
    let fixture = Fixture::new().await;
    let age = formula("Age", "DATETIME_DIFF(NOW(), CREATED_TIME(), 'seconds')");
    fixture.add_field(age).await.expect(200);
    fixture
        .add_field(formula("Old", "{Age} >= 90"))
        .await
        .expect(200);
    let task = fixture.create("Tasks", json!({"Name": "a"})).await;
    assert_eq!(cells(&fixture, "Tasks", &task).await["Age"], 0);
    fixture.app.clock.advance(Duration::from_secs(90));
    let later = cells(&fixture, "Tasks", &task).await;
    let age = later["Age"].as_i64().unwrap();
    assert!((90..100).contains(&age), "{age}");
    assert_eq!(later["Old"], 1);
}
