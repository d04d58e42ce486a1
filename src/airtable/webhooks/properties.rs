use proptest::prelude::*;
use serde_json::{Value, json};

use super::specification::{ChangeType, DataType, Source, Specification};
use super::watch::Watch;
use crate::platform::ids::FieldId;

const TYPES: [&str; 3] = ["tableData", "tableFields", "tableMetadata"];
const CHANGES: [&str; 3] = ["add", "remove", "update"];
const SOURCES: [&str; 4] = ["client", "publicApi", "automation", "unknown"];

fn read<T: serde::de::DeserializeOwned>(word: &str) -> T {
    serde_json::from_value(json!(word)).unwrap()
}

fn some_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(words, 0..=words.len())
}

fn fields() -> impl Strategy<Value = Vec<FieldId>> {
    proptest::collection::vec((0..4_u128).prop_map(FieldId::from_number), 0..4)
}

fn filters() -> impl Strategy<Value = Value> {
    let types = proptest::sample::subsequence(&TYPES, 1..=TYPES.len());
    let lists = (some_of(&CHANGES), some_of(&SOURCES), fields(), fields());
    (types, lists).prop_map(|(types, (changes, sources, data, schema))| {
        json!({
            "dataTypes": types, "changeTypes": changes, "fromSources": sources,
            "watchDataInFieldIds": data, "watchSchemasOfFieldIds": schema,
        })
    })
}

fn specification(filters: &Value, includes: Value) -> Specification {
    let value = json!({"options": {"filters": filters, "includes": includes}});
    serde_json::from_value(value).unwrap()
}

/// Everything that a watch decides, about everything that there is here.
fn decisions(watch: &Watch) -> Vec<bool> {
    let kinds = TYPES
        .iter()
        .flat_map(|of| CHANGES.iter().map(move |change| (of, change)));
    let mut all: Vec<bool> = kinds
        .map(|(of, change)| watch.wants(read::<DataType>(of), read::<ChangeType>(change)))
        .collect();
    all.extend(
        SOURCES
            .iter()
            .map(|word| watch.wants_source(read::<Source>(word))),
    );
    let ids = || (0..4).map(FieldId::from_number);
    all.extend(ids().map(|id| watch.wants_cells_of(id)));
    all.extend(ids().map(|id| watch.wants_schema_of(id)));
    all
}

proptest! {
    #[test]
    fn an_empty_list_is_as_good_as_none(mut filters in filters()) {
        let with = Watch::stored(&specification(&filters, Value::Null), None);
        let members = filters.as_object_mut().unwrap();
        members.retain(|_, value| value != &json!([]));
        let without = Watch::stored(&specification(&filters, Value::Null), None);
        prop_assert_eq!(decisions(&with), decisions(&without));
    }

    #[test]
    fn a_restriction_never_lets_more_through(filters in filters(), name in 0..5_usize) {
        let narrow = Watch::stored(&specification(&filters, Value::Null), None);
        let names = ["changeTypes", "fromSources", "watchDataInFieldIds", "watchSchemasOfFieldIds", "none"];
        let mut wider = filters.clone();
        wider.as_object_mut().unwrap().remove(names[name]);
        let wide = Watch::stored(&specification(&wider, Value::Null), None);
        let pairs = decisions(&narrow).into_iter().zip(decisions(&wide));
        for (narrow, wide) in pairs {
            prop_assert!(!narrow || wide);
        }
    }

    #[test]
    fn what_is_a_reason_is_told(filters in filters(), included in fields()) {
        let includes = json!({"includeCellValuesInFieldIds": included});
        let watch = Watch::stored(&specification(&filters, includes), None);
        for id in (0..4).map(FieldId::from_number) {
            let is_told = watch.wants_cells_of(id) || included.contains(&id);
            prop_assert_eq!(watch.tells_cells_of(id), is_told);
            prop_assert_eq!(watch.includes(id), included.contains(&id));
        }
    }

    #[test]
    fn a_specification_is_listed_as_it_was_given(filters in filters(), all in any::<bool>()) {
        let included = if all { json!("all") } else { json!([]) };
        let includes = json!({"includeCellValuesInFieldIds": included, "includePreviousCellValues": all});
        let wanted = json!({"options": {"filters": filters, "includes": includes}});
        let read: Specification = serde_json::from_value(wanted.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(read).unwrap(), wanted);
    }
}
