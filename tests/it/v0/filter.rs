use serde_json::{Value, json};

use super::fixture::{Fixture, line, names};

/// Three tasks and two people.
async fn filled() -> Fixture {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let byron = fixture
        .create("People", json!({"Name": "Byron, Lord"}))
        .await;
    let rows = [
        json!({"Name": "Paint", "Hours": 2.5, "Done": true, "Due": "2024-03-05", "Status": "Todo", "Tags": ["home", "blue"], "Owner": [ada]}),
        json!({"Name": "plan", "Hours": 0, "Due": "2024-02-29", "Status": "Doing", "Tags": ["blue"], "Owner": [ada, byron]}),
        json!({"Name": "Rest"}),
    ];
    for row in rows {
        fixture.create("Tasks", row).await;
    }
    fixture
}

/// The names of the tasks that a formula lets through, sorted.
async fn kept(fixture: &Fixture, formula: &str) -> Vec<String> {
    let body = json!({"filterByFormula": formula, "sort": [{"field": "Name"}]});
    let path = fixture.path("Tasks/listRecords");
    let page = fixture.owner.post(&path, body).await.expect(200).json;
    names(&page)
}

#[tokio::test]
async fn every_kind_of_field_is_an_operand() {
    let fixture = filled().await;
    let id = fixture
        .owner
        .get(&fixture.path("Tasks?maxRecords=1&sort[0][field]=Name"))
        .await
        .expect(200)
        .json["records"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let status = fixture.field("Tasks", "Status").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let by_id = format!("RECORD_ID()='{id}'");
    let by_many = format!(
        "OR({}{by_id})",
        "RECORD_ID()='recNoSuchRecord00',".repeat(20)
    );
    let by_field_id = format!("{{{status}}}='Doing'");
    let cases: [(&str, &[&str]); 34] = [
        ("", &["Paint", "plan", "Rest"]),
        ("   ", &["Paint", "plan", "Rest"]),
        ("1", &["Paint", "plan", "Rest"]),
        ("0", &[]),
        ("BLANK()", &[]),
        ("{Status}='Todo'", &["Paint"]),
        ("{Status}=''", &["Rest"]),
        ("Status", &["Paint", "plan"]),
        (&by_field_id, &["plan"]),
        ("{Hours}>1", &["Paint"]),
        ("{Hours}=0", &["plan", "Rest"]),
        ("{Hours}=''", &["Rest"]),
        ("{Hours}", &["Paint"]),
        ("{Done}", &["Paint"]),
        ("{Done}=TRUE()", &["Paint"]),
        ("NOT({Done})", &["plan", "Rest"]),
        ("{Due}=DATETIME_PARSE('2024-03-05')", &["Paint"]),
        ("IS_BEFORE({Due},'2024-03-01')", &["plan"]),
        ("DATESTR({Due})='2024-02-29'", &["plan"]),
        ("IS_AFTER(TODAY(),{Due})", &["Paint", "plan"]),
        ("FIND('blue',{Tags})", &["Paint", "plan"]),
        ("{Tags}='home, blue'", &["Paint"]),
        ("{Tags}='blue'", &["plan"]),
        ("{Owner}='Ada'", &["Paint"]),
        ("FIND('Byron',ARRAYJOIN({Owner}))", &["plan"]),
        ("{Owner}='Ada, \"Byron, Lord\"'", &["plan"]),
        ("FIND('rec',ARRAYJOIN({Owner}))", &[]),
        ("LOWER({Name})='paint'", &["Paint"]),
        ("REGEX_MATCH({Name},'^[Pp]')", &["Paint", "plan"]),
        (&by_id, &["Paint"]),
        (&by_many, &["Paint"]),
        (
            "CREATED_TIME()>DATETIME_PARSE('2020-01-01')",
            &["Paint", "plan", "Rest"],
        ),
        ("LAST_MODIFIED_TIME({Name})", &[]),
        ("DATEADD({Due},1,'days')", &["Paint", "plan"]),
    ];
    for (formula, expected) in cases {
        assert_eq!(kept(&fixture, formula).await, expected, "{formula}");
    }
}

#[tokio::test]
async fn a_formula_that_is_none_fails_as_in_the_original() {
    let fixture = filled().await;
    let answer = async |formula: &str| {
        let body = json!({"filterByFormula": formula});
        line(
            &fixture
                .owner
                .post(&fixture.path("Tasks/listRecords"), body)
                .await,
        )
    };
    insta::assert_snapshot!(answer("{Nope}=1").await, @r#"422 {"error":{"type":"INVALID_FILTER_BY_FORMULA","message":"The formula for filtering records is invalid: Unknown field names: nope"}}"#);
    insta::assert_snapshot!(answer("{Nope}&Missing").await, @r#"422 {"error":{"type":"INVALID_FILTER_BY_FORMULA","message":"The formula for filtering records is invalid: Unknown field names: nope, missing"}}"#);
    let invalid = answer("{Name}=").await;
    insta::assert_snapshot!(invalid, @r#"422 {"error":{"type":"INVALID_FILTER_BY_FORMULA","message":"The formula for filtering records is invalid: Invalid formula. Please check your formula text."}}"#);
    let deep = "(".repeat(10_000);
    for formula in ["NOPE(1)", "LEN()", "“a”", deep.as_str()] {
        assert_eq!(answer(formula).await, invalid, "{formula}");
    }
    let path = fixture.path("Tasks?filterByFormula=%7BStatus%7D%3D%27Todo%27");
    let page = fixture.owner.get(&path).await.expect(200).json;
    assert_eq!(names(&page), ["Paint"]);
}

#[tokio::test]
async fn a_formula_follows_the_table_it_filters() {
    let fixture = filled().await;
    assert_eq!(kept(&fixture, "{Hours}>1").await, ["Paint"]);
    fixture
        .create("Tasks", json!({"Name": "Quilt", "Hours": 9}))
        .await;
    assert_eq!(kept(&fixture, "{Hours}>1").await, ["Paint", "Quilt"]);
    let table = fixture.table_id("Tasks").await;
    let hours = fixture.field("Tasks", "Hours").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!(
        "/v0/meta/bases/{}/tables/{table}/fields/{hours}",
        fixture.base
    );
    let renamed = json!({"name": "Effort"});
    fixture.owner.patch(&path, renamed).await.expect(200);
    let body = json!({"filterByFormula": "{Hours}>1"});
    let path = fixture.path("Tasks/listRecords");
    fixture.owner.post(&path, body).await.expect(422);
    assert_eq!(kept(&fixture, "{Effort}>1").await, ["Paint", "Quilt"]);
}

#[tokio::test]
async fn a_change_of_a_linked_name_shows_in_the_filter() {
    let fixture = filled().await;
    let formula = "FIND('Ada',{Owner})";
    let path = fixture.path("Tasks/listRecords");
    let unsorted = json!({"filterByFormula": formula});
    let list = async || {
        let page = fixture.owner.post(&path, unsorted.clone()).await;
        let mut names = names(&page.expect(200).json);
        names.sort();
        names
    };
    for _ in 0..3 {
        assert_eq!(list().await, ["Paint", "plan"]);
    }
    let people = fixture.owner.get(&fixture.path("People")).await.expect(200);
    let records = people.json["records"].as_array().unwrap().clone();
    let ada = records.iter().find(|it| it["fields"]["Name"] == "Ada");
    let id = ada.unwrap()["id"].as_str().unwrap();
    let change = json!({"fields": {"Name": "Augusta"}});
    let person = fixture.path(&format!("People/{id}"));
    fixture.owner.patch(&person, change).await.expect(200);
    assert!(list().await.is_empty());
}

async fn many(fixture: &Fixture) {
    let numbers: Vec<usize> = (0..40).collect();
    for chunk in numbers.chunks(10) {
        let record =
            |number: &usize| json!({"fields": {"Name": format!("{number:02}"), "Hours": number}});
        let records: Vec<Value> = chunk.iter().map(record).collect();
        let body = json!({"records": records});
        fixture
            .owner
            .post(&fixture.path("Tasks"), body)
            .await
            .expect(200);
    }
}

/// All names over all pages, with the sizes of the pages.
async fn paged(fixture: &Fixture, query: &Value) -> (Vec<String>, Vec<usize>) {
    let path = fixture.path("Tasks/listRecords");
    let mut query = query.clone();
    let (mut all, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let page = fixture
            .owner
            .post(&path, query.clone())
            .await
            .expect(200)
            .json;
        sizes.push(names(&page).len());
        all.extend(names(&page));
        if page["offset"].is_null() {
            return (all, sizes);
        }
        query["offset"] = page["offset"].clone();
    }
}

#[tokio::test]
async fn pages_hold_what_the_filter_keeps() {
    let fixture = Fixture::new().await;
    many(&fixture).await;
    let even: Vec<String> = (0..40)
        .step_by(2)
        .map(|number| format!("{number:02}"))
        .collect();
    let formula = "MOD({Hours},2)=0";
    let plain = json!({"filterByFormula": formula, "pageSize": 7});
    let (mut all, sizes) = paged(&fixture, &plain).await;
    all.sort();
    assert_eq!((all, sizes), (even.clone(), vec![7, 7, 6]));
    let view = fixture.table("Tasks").await["views"][0]["name"].clone();
    let viewed = json!({"filterByFormula": formula, "pageSize": 10, "view": view});
    assert_eq!(paged(&fixture, &viewed).await, (even.clone(), vec![10, 10]));
    let sort = json!([{"field": "Hours", "direction": "desc"}]);
    let sorted = json!({"filterByFormula": formula, "pageSize": 8, "sort": sort});
    let backwards: Vec<String> = even.iter().rev().cloned().collect();
    assert_eq!(
        paged(&fixture, &sorted).await,
        (backwards.clone(), vec![8, 8, 4])
    );
    let limited =
        json!({"filterByFormula": formula, "pageSize": 8, "maxRecords": 11, "sort": sort});
    let (all, sizes) = paged(&fixture, &limited).await;
    assert_eq!((all.as_slice(), sizes), (&backwards[..11], vec![8, 3]));
}

#[tokio::test]
async fn a_later_page_shows_nothing_that_no_longer_holds() {
    let fixture = Fixture::new().await;
    many(&fixture).await;
    let path = fixture.path("Tasks/listRecords");
    let mut query =
        json!({"filterByFormula": "{Hours}>=36", "pageSize": 2, "sort": [{"field": "Name"}]});
    let page = fixture
        .owner
        .post(&path, query.clone())
        .await
        .expect(200)
        .json;
    assert_eq!(names(&page), ["36", "37"]);
    let all = json!({"filterByFormula": "{Hours}=38"});
    let found = fixture.owner.post(&path, all).await.expect(200).json;
    let id = found["records"][0]["id"].as_str().unwrap();
    let record = fixture.path(&format!("Tasks/{id}"));
    let change = json!({"fields": {"Hours": 1}});
    fixture.owner.patch(&record, change).await.expect(200);
    query["offset"] = page["offset"].clone();
    let page = fixture.owner.post(&path, query).await.expect(200).json;
    assert_eq!(names(&page), ["39"]);
    assert!(page["offset"].is_null());
}
