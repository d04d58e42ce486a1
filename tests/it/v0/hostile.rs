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

fn nested(open: &str, depth: usize, inner: &str, close: &str) -> String {
    open.repeat(depth) + inner + &close.repeat(depth)
}

/// Formulas that are none: too deep or too long.
fn refused() -> Vec<String> {
    let long = format!("LEN('{}')", "x".repeat(100_000));
    vec![
        nested("(", 10_000, "1", ")"),
        nested("NOT(", 10_000, "1", ")"),
        nested("IF(1,", 10_000, "1", ",2)"),
        nested("-", 10_000, "1", ""),
        "(".repeat(100_000),
        "{".repeat(100_000),
        "\\".repeat(100_000),
        long,
        vec!["{Hours}"; 14_000].join("+"),
    ]
}

/// Formulas whose value is an error: a text or a pattern would outgrow every memory.
fn failing() -> Vec<String> {
    vec![
        "REPT({Name}, 1000000000)".to_owned(),
        nested("SUBSTITUTE(", 40, "{Name}", ",'0','0000000000')"),
        nested("REGEX_REPLACE(", 40, "{Name}", ",'','0000000000')"),
        format!(
            "CONCATENATE({})",
            vec!["REPT({Name},300000)"; 3_000].join(",")
        ),
        "REGEX_MATCH({Name}, '(?:a{1000}){1000}')".to_owned(),
        "REGEX_MATCH({Name}, '((a{100}){100}){100}' & {Name})".to_owned(),
        format!("REGEX_MATCH({{Name}}, '{}')", nested("(", 20_000, "a", ")")),
    ]
}

/// Formulas that take their time elsewhere, and none here.
fn harmless() -> Vec<String> {
    vec![
        "REGEX_MATCH(REPT('a', 5000), '(a+)+$')".to_owned(),
        "REGEX_MATCH(REPT('a', 5000) & 'b', '^(a|aa)+$') + 1".to_owned(),
        "REGEX_REPLACE(REPT('a', 5000), '(x+x+)+y', '')".to_owned(),
        vec!["1"; 49_000].join("+"),
        nested("IF(1,", 100, "1", ",2)"),
    ]
}

#[tokio::test]
async fn formulas_made_to_break_are_refused_or_errors_in_filters_and_in_fields() {
    let fixture = Fixture::new().await;
    fill(&fixture, 3).await;
    let field =
        |formula: &str| json!({"name": "X", "type": "formula", "options": {"formula": formula}});
    for formula in refused() {
        let shown: String = formula.chars().take(40).collect();
        let answer = list(&fixture, json!({"filterByFormula": formula})).await;
        let error = answer.expect(422).json["error"].clone();
        assert_eq!(
            error["type"], "INVALID_FILTER_BY_FORMULA",
            "{shown}: {error}"
        );
        let answer = fixture.add_field(field(&formula)).await;
        let error = answer.expect(422).json["error"].clone();
        assert_eq!(
            error["type"], "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
            "{shown}"
        );
        assert!(error["message"].as_str().unwrap().len() < 1000, "{shown}");
    }
    for (formulas, kept) in [(failing(), 0), (harmless(), 3)] {
        for formula in formulas {
            let page = list(&fixture, json!({"filterByFormula": formula})).await;
            let shown: String = formula.chars().take(40).collect();
            assert_eq!(names(&page.expect(200).json).len(), kept, "{shown}");
        }
    }
    for (number, formula) in failing().iter().enumerate() {
        let mut field = field(formula);
        field["name"] = format!("Bad {number}").into();
        fixture.add_field(field).await.expect(200);
    }
    let page = fixture.owner.get(&fixture.path("Tasks")).await.expect(200);
    for record in page.json["records"].as_array().unwrap() {
        for number in 0..failing().len() {
            let cell = &record["fields"][format!("Bad {number}")];
            assert_eq!(*cell, json!({"error": "#ERROR!"}), "{number}");
        }
    }
}

#[tokio::test]
async fn a_formula_too_long_to_be_kept_with_ids_is_refused_as_a_field_alone() {
    let fixture = Fixture::new().await;
    fill(&fixture, 1).await;
    let formula = vec!["{Hours}"; 8_000].join("+") + "=0";
    let page = list(&fixture, json!({"filterByFormula": formula})).await;
    assert_eq!(names(&page.expect(200).json), ["000"]);
    let field = json!({"name": "X", "type": "formula", "options": {"formula": formula}});
    let error = fixture.add_field(field).await.expect(422).json["error"].clone();
    assert_eq!(error["type"], "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("written as ids"), "{message}");
    let named = fixture.table("Tasks").await["fields"].to_string();
    assert!(!named.contains("\"X\""), "{named}");
}

#[tokio::test]
async fn a_filter_that_looks_at_too_much_is_refused_and_holds_up_nobody() {
    let fixture = Fixture::new().await;
    fill(&fixture, 150).await;
    // Each record does nearly all the work that it may.
    let slow = ["LEN(REPT({Name}, 300000))"; 17].join(" + ") + " < 0";
    let path = fixture.path("Tasks?maxRecords=1");
    let mut filter = Box::pin(list(&fixture, json!({"filterByFormula": slow})));
    let mut served = 0;
    let answer = loop {
        tokio::select! {
            answer = &mut filter => break answer,
            quick = fixture.owner.get(&path) => {
                quick.expect(200);
                served += 1;
            }
        }
    };
    let error = answer.expect(422).json["error"].clone();
    assert_eq!(error["type"], "INVALID_FILTER_BY_FORMULA");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("takes too long"), "{message}");
    assert!(served > 0, "nobody was served meanwhile");
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
