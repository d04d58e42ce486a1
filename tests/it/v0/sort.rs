use serde_json::json;

use super::fixture::Fixture;

#[tokio::test]
async fn every_kind_of_field_sorts_by_its_meaning() {
    let fixture = Fixture::new().await;
    let zoe = fixture.create("People", json!({"Name": "zoe"})).await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let rows = [
        json!({"Name": "b", "Hours": 10, "Due": "2024-02-01", "Status": "Doing", "Tags": ["blue"], "Owner": [zoe]}),
        json!({"Name": "C", "Hours": 9.5, "Due": "2023-12-31", "Status": "Archived", "Tags": ["home"], "Done": true}),
        json!({"Name": "a", "Due": "2024-01-15", "Status": "Todo", "Owner": [ada]}),
    ];
    for row in rows {
        fixture.create("Tasks", row).await;
    }
    let cases = [
        ("Name", ["a", "b", "C"]),
        ("Hours", ["a", "C", "b"]),
        ("Due", ["C", "a", "b"]),
        ("Status", ["a", "b", "C"]),
        ("Tags", ["a", "C", "b"]),
        ("Owner", ["C", "a", "b"]),
    ];
    for (field, ascending) in cases {
        let query = format!("Tasks?sort[0][field]={field}");
        assert_eq!(fixture.names(&query).await, ascending, "{field}");
        let mut descending = ascending;
        descending.reverse();
        let query = format!("Tasks?sort[0][field]={field}&sort[0][direction]=desc");
        assert_eq!(fixture.names(&query).await, descending, "{field}");
    }
    let query = "Tasks?sort[0][field]=Done&sort[0][direction]=desc&sort[1][field]=Name";
    assert_eq!(fixture.names(query).await, ["C", "a", "b"]);
}
