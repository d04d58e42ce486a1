use pyairtable::contracts::Role;
use serde_json::{Value, json};

use crate::support::{Actor, Answer};
use crate::v0::fixture::Fixture;

impl Fixture {
    async fn analysis(&self) -> Value {
        self.analysis_as(&self.owner).await.expect(200).json
    }

    async fn analysis_as(&self, actor: &Actor) -> Answer {
        let path = format!("/api/airtable/bases/{}/analysis", self.base);
        actor.get(&path).await
    }

    async fn create_many(&self, table: &str, records: &[Value]) {
        for ten in records.chunks(10) {
            let records: Vec<Value> = ten.iter().map(|fields| json!({"fields": fields})).collect();
            let body = json!({"records": records, "typecast": true});
            self.owner.post(&self.path(table), body).await.expect(200);
        }
    }
}

fn codes(analysis: &Value) -> Vec<&str> {
    let findings = analysis["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

fn finding<'a>(analysis: &'a Value, code: &str) -> &'a Value {
    let mut findings = analysis["findings"].as_array().unwrap().iter();
    let found = findings.find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {:?}", codes(analysis)))
}

#[tokio::test]
async fn an_analysis_describes_tables_relationships_and_findings() {
    let fixture = Fixture::new().await;
    let secret = "nobody@secret.example";
    fixture
        .add_field(json!({"name": "Mail", "type": "singleLineText"}))
        .await
        .expect(200);
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let tasks: Vec<Value> = (0..25)
        .map(|n| json!({"Name": format!("Task {}", n % 24), "Mail": secret, "Owner": [ada]}))
        .collect();
    fixture.create_many("Tasks", &tasks).await;

    let analysis = fixture.analysis().await;
    let table = &analysis["tables"][1];
    assert_eq!(
        (&table["name"], &table["record_count"]),
        (&json!("Tasks"), &json!(25))
    );
    assert_eq!(table["field_types"]["singleLineText"], 2);
    let fields = table["fields"].as_array().unwrap();
    let name = &fields[0];
    assert_eq!(
        (&name["filled"], &name["distinct"]),
        (&json!(25), &json!(24))
    );

    let link = &analysis["relationships"][0];
    assert_eq!(analysis["relationships"].as_array().unwrap().len(), 1);
    // Seen from People, whose twin of the field comes first.
    assert_eq!(
        (&link["from_field"], &link["to_field"]),
        (&json!("Tasks"), &json!("Owner"))
    );
    assert_eq!(link["cardinality"], "one_to_many");
    assert_eq!(
        (&link["declared"], &link["link_count"]),
        (&json!("many_to_many"), &json!(25))
    );

    let mail = finding(&analysis, "email_as_text");
    assert_eq!(
        (&mail["category"], &mail["severity"]),
        (&json!("field_types"), &json!("warning"))
    );
    assert_eq!(
        (&mail["table"], &mail["fields"]),
        (&json!("Tasks"), &json!(["Mail"]))
    );
    assert_eq!(mail["evidence"]["numbers"]["matching"], 25.0);
    assert_eq!(mail["evidence"]["record_ids"].as_array().unwrap().len(), 5);
    let doubled = finding(&analysis, "duplicate_primary_values");
    assert_eq!(doubled["evidence"]["numbers"]["repeated"], 1.0);
    finding(&analysis, "empty_field");
    finding(&analysis, "always_single_link");
    let text = analysis.to_string();
    assert!(!text.contains("secret") && !text.contains("Ada"), "{text}");
}

#[tokio::test]
async fn an_analysis_is_renewed_when_the_base_changes() {
    let fixture = Fixture::new().await;
    let before = fixture.analysis().await;
    assert_eq!(fixture.analysis().await, before);
    assert!(codes(&before).contains(&"empty_table"));
    fixture.create("People", json!({"Name": "Ada"})).await;
    fixture.create("Tasks", json!({"Name": "One"})).await;
    let after = fixture.analysis().await;
    assert!(!codes(&after).contains(&"empty_table"));
    assert!(after["seq"].as_i64() > before["seq"].as_i64());
    assert_eq!(after["tables"][0]["record_count"], 1);
}

#[tokio::test]
async fn computed_fields_are_read_from_the_options_of_an_import() {
    let fixture = Fixture::new().await;
    let (table, name, gross, net) = (
        "tblAnalysis000001",
        "fldAnalysis000001",
        "fldAnalysis000002",
        "fldAnalysis000003",
    );
    let formula = |id: &str, name: &str, of: &str, valid: bool| {
        // One that is none here keeps what the document says of it.
        let formula = if valid {
            format!("{{{of}}}")
        } else {
            "NONE(".to_owned()
        };
        let options = json!({"formula": formula, "referencedFieldIds": [of], "isValid": valid, "result": {"type": "number"}});
        json!({"id": id, "name": name, "type": "formula", "options": options})
    };
    let document = json!({"name": "Sums", "tables": [{
        "id": table, "name": "Sums", "primaryFieldId": name,
        "fields": [
            {"id": name, "name": "Name", "type": "singleLineText"},
            formula(gross, "Gross", net, true),
            formula(net, "Net", name, false),
        ],
        "views": [{"id": "viwAnalysis000001", "name": "Grid view", "type": "grid"}],
    }], "records": {}});
    let path = format!(
        "/api/airtable/bases/import?workspace_id={}",
        fixture.workspace
    );
    let made = fixture.owner.post(&path, document).await.expect(201).json;
    let path = format!(
        "/api/airtable/bases/{}/analysis",
        made["base_id"].as_str().unwrap()
    );
    let analysis = fixture.owner.get(&path).await.expect(200).json;
    let computed = &analysis["computed"];
    assert_eq!(
        (&computed[0]["name"], &computed[0]["depends_on"]),
        (&json!("Gross"), &json!([net]))
    );
    assert_eq!(
        (&computed[0]["depth"], &computed[1]["depth"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(computed[1]["is_valid"], false);
    assert_eq!(analysis["findings"][0]["code"], "invalid_computed_field");
    assert_eq!(analysis["findings"][0]["severity"], "error");
}

#[tokio::test]
async fn only_who_reads_schema_and_records_gets_an_analysis() {
    let fixture = Fixture::new().await;
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    fixture.analysis_as(&viewer).await.expect(200);
    let stranger = fixture.app.other_tenant().await;
    fixture
        .analysis_as(&stranger)
        .await
        .expect_problem(404, "not_found");
    for scope in ["schema.bases:read", "data.records:read"] {
        let key = fixture.app.key(&fixture.owner, &[scope]).await;
        fixture
            .analysis_as(&key)
            .await
            .expect_problem(404, "not_found");
    }
    let anonymous = fixture.app.anonymous();
    fixture
        .analysis_as(&anonymous)
        .await
        .expect_problem(401, "unauthenticated");
}
