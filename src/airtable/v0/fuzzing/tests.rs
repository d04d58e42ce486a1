use proptest::prelude::*;

use super::*;

/// Parts of a query string, most of them whole parameters.
const PARTS: &[&str] = &[
    "pageSize=1",
    "pageSize=3",
    "maxRecords=5",
    "view=Grid+view",
    "sort[0][field]=Name",
    "sort[0][field]=Owner",
    "sort[1][field]=All",
    "sort[1][field]=Status",
    "sort[2][field]=Due",
    "sort[0][direction]=desc",
    "fields[]=Tags",
    "fields[]=Names",
    "returnFieldsByFieldId=1",
    "recordMetadata[]=commentCount",
    "cellFormat=string",
    "timeZone=Europe/Vienna",
    "userLocale=de",
    "filterByFormula=%7BSum%7D%3E1",
    "filterByFormula=FIND('Ada',{Names})",
    "filterByFormula=OR(",
    "offset=",
    "limit=2",
    "%",
    "nope=1",
];

/// Parts of the position in a cursor.
const PLACES: &[&str] = &[
    "\"n\":0",
    "\"n\":18446744073709551615",
    "\"r\":-3",
    "\"s\":[\"Empty\"]",
    "\"s\":[{\"Text\":\"task 1\"},{\"Number\":-1}]",
    "\"s\":[{\"Ranks\":[1]},{\"Texts\":[\"a\"]}]",
    "\"d\":\"x\"",
    "\"i\":[\"x\",3]",
    "\"n\":-1",
];

proptest! {
    #[test]
    fn pages_of_any_query_lead_from_one_to_the_next(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..8),
        places in prop::option::of(prop::collection::vec(prop::sample::select(PLACES), 0..4)),
    ) {
        let mut input = parts.join("&");
        if let Some(places) = places {
            input += &format!("\n\n{{{}}}", places.join(","));
        }
        list_records(&input);
    }
}

#[test]
fn whatever_is_asked_is_answered_or_refused() {
    for input in [
        "",
        "pageSize=2&sort[0][field]=Owner&sort[1][field]=Tags&sort[1][direction]=desc",
        "pageSize=1&view=Grid+view&maxRecords=3&recordMetadata[]=commentCount",
        "fields[]=Name&fields[]=All&cellFormat=string&timeZone=utc&userLocale=de&filterByFormula=%7BSum%7D%3E1",
        "timeZone=utc&userLocale=en\n{\"pageSize\": 3, \"filterByFormula\": \"FIND('Ada', {Names})\"}",
        "\n{\"sort\": [{\"field\": \"Odd, \\\"name\\\"}\"}], \"returnFieldsByFieldId\": true}",
        "offset=itrAAAAAAAAAAAAAA/rec00000000000001/e30",
        "%\n[]",
        "pageSize=3\n\n{\"n\": 3, \"r\": -4}",
        "pageSize=3&sort[0][field]=Name\n\n{\"n\": 3, \"s\": [{\"Text\": \"task\"}], \"d\": \"x\", \"i\": [\"y\", 9]}",
    ] {
        list_records(input);
    }
}

#[test]
fn the_table_has_all_that_is_asked_of_it() {
    let asked = ListRecords::default();
    let page = GROUND.list(&asked).expect("a page");
    assert_eq!(page.records.len(), ROWS as usize);
    let whole = page.records[1].json.clone();
    let whole: Value = serde_json::from_slice(&whole).expect("JSON");
    let fields = whole["fields"].as_object().expect("fields");
    assert_eq!(
        fields.len(),
        GROUND.state.base.tables[1].fields.len(),
        "{fields:?}"
    );
    assert_eq!(fields["All"], "Ada \"1\", Countess");
}
