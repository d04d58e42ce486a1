use std::collections::BTreeMap;

use actix_web::HttpRequest;
use serde_json::Value;

use super::body::Object;
use super::error::Failure;
use super::query::{self, Parameter};
use crate::contracts::{CellFormat, ListRecords, ReadOptions, SortDirection, SortKey};

const LARGEST_PAGE: usize = 100;

/// The parameters of `GET /v0/{base}/{table}`.
pub(super) fn from_query(request: &HttpRequest) -> Result<ListRecords, Failure> {
    let mut list = ListRecords::default();
    let mut sort = BTreeMap::new();
    for parameter in query::parameters(request)? {
        match parameter.name.as_str() {
            "sort" => add_sort(&mut sort, parameter)?,
            "fields" if parameter.is_element() => {
                list.read
                    .fields
                    .get_or_insert_default()
                    .push(parameter.value);
            }
            "recordMetadata" if parameter.is_element() => {
                list.read.comment_count = is_comment_count(&parameter.value)?;
            }
            _ if !parameter.path.is_empty() => return Err(Failure::invalid_request()),
            // airtable.js writes null as an empty text.
            name if parameter.value.is_empty() && is_scalar(name) => {}
            _ => set_scalar(&mut list, parameter)?,
        }
    }
    list.sort = sort
        .into_values()
        .map(finish_sort)
        .collect::<Result<_, _>>()?;
    checked(list)
}

/// The parameters of `POST …/listRecords`: the body, and zone and locale in the query too.
pub(super) fn from_body(request: &HttpRequest, mut body: Object) -> Result<ListRecords, Failure> {
    let mut list = ListRecords {
        read: ReadOptions {
            fields: body.texts("fields")?,
            by_field_id: body.flag("returnFieldsByFieldId")?,
            cell_format: cell_format(body.text("cellFormat")?.as_deref())?,
            time_zone: body.text("timeZone")?,
            user_locale: body.text("userLocale")?,
            comment_count: false,
        },
        filter_by_formula: given(body.text("filterByFormula")?),
        max_records: body.number("maxRecords")?,
        page_size: body.number("pageSize")?,
        sort: sort_keys(body.take("sort"))?,
        view: given(body.text("view")?),
        offset: given(body.text("offset")?),
    };
    for name in body.texts("recordMetadata")?.unwrap_or_default() {
        list.read.comment_count = is_comment_count(&name)?;
    }
    // airtable.js leaves its own switch in the body.
    body.take("method");
    body.finish()?;
    for parameter in query::parameters(request)? {
        match parameter.name.as_str() {
            "timeZone" if parameter.path.is_empty() => {
                list.read.time_zone = given(Some(parameter.value))
            }
            "userLocale" if parameter.path.is_empty() => {
                list.read.user_locale = given(Some(parameter.value));
            }
            _ => return Err(Failure::invalid_request()),
        }
    }
    checked(list)
}

/// The parameters of `GET /v0/{base}/{table}/{record}`.
pub(super) fn read_options(request: &HttpRequest) -> Result<ReadOptions, Failure> {
    let mut list = ListRecords::default();
    for parameter in query::parameters(request)? {
        if parameter.name == "recordMetadata" && parameter.is_element() {
            list.read.comment_count = is_comment_count(&parameter.value)?;
            continue;
        }
        let is_known = matches!(
            parameter.name.as_str(),
            "cellFormat" | "timeZone" | "userLocale" | "returnFieldsByFieldId"
        );
        if !is_known || !parameter.path.is_empty() {
            return Err(Failure::invalid_request());
        }
        if !parameter.value.is_empty() {
            set_scalar(&mut list, parameter)?;
        }
    }
    checked(list).map(|list| list.read)
}

fn is_scalar(name: &str) -> bool {
    matches!(
        name,
        "filterByFormula"
            | "maxRecords"
            | "pageSize"
            | "limit"
            | "view"
            | "cellFormat"
            | "timeZone"
            | "userLocale"
            | "returnFieldsByFieldId"
            | "offset"
    )
}

fn set_scalar(list: &mut ListRecords, parameter: Parameter) -> Result<(), Failure> {
    match parameter.name.as_str() {
        "filterByFormula" => list.filter_by_formula = Some(parameter.value),
        "maxRecords" => list.max_records = Some(parameter.number()?),
        // `limit` is what the old `list()` of airtable.js sends.
        "pageSize" | "limit" => list.page_size = Some(parameter.number()?),
        "view" => list.view = Some(parameter.value),
        "cellFormat" => list.read.cell_format = cell_format(Some(&parameter.value))?,
        "timeZone" => list.read.time_zone = Some(parameter.value),
        "userLocale" => list.read.user_locale = Some(parameter.value),
        "returnFieldsByFieldId" => list.read.by_field_id = parameter.flag()?,
        "offset" => list.offset = Some(parameter.value),
        _ => return Err(Failure::invalid_request()),
    }
    Ok(())
}

fn checked(list: ListRecords) -> Result<ListRecords, Failure> {
    let page_fits = list
        .page_size
        .is_none_or(|size| (1..=LARGEST_PAGE).contains(&size));
    let total_fits = list.max_records != Some(0);
    let read = &list.read;
    let text_is_complete = read.cell_format == CellFormat::Json
        || (read.time_zone.is_some() && read.user_locale.is_some());
    match page_fits && total_fits && text_is_complete {
        true => Ok(list),
        false => Err(Failure::invalid_request()),
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn cell_format(text: Option<&str>) -> Result<CellFormat, Failure> {
    match text {
        None | Some("json") => Ok(CellFormat::Json),
        Some("string") => Ok(CellFormat::Text),
        Some(_) => Err(Failure::invalid_request()),
    }
}

/// True: the only metadata there is.
fn is_comment_count(name: &str) -> Result<bool, Failure> {
    match name {
        "commentCount" => Ok(true),
        _ => Err(Failure::invalid_request()),
    }
}

/// A sort key of which only a part may have come yet.
#[derive(Default)]
struct PartialKey {
    field: Option<String>,
    direction: SortDirection,
}

fn add_sort(keys: &mut BTreeMap<usize, PartialKey>, parameter: Parameter) -> Result<(), Failure> {
    let [index, member] = parameter.path.as_slice() else {
        return Err(Failure::invalid_request());
    };
    let index: usize = index.parse().map_err(|_| Failure::invalid_request())?;
    let key = keys.entry(index).or_default();
    match member.as_str() {
        "field" => key.field = Some(parameter.value),
        "direction" => key.direction = direction(&parameter.value)?,
        _ => return Err(Failure::invalid_request()),
    }
    Ok(())
}

fn finish_sort(key: PartialKey) -> Result<SortKey, Failure> {
    let field = key.field.ok_or_else(Failure::invalid_request)?;
    Ok(SortKey {
        field,
        direction: key.direction,
    })
}

fn direction(text: &str) -> Result<SortDirection, Failure> {
    match text {
        "asc" | "" => Ok(SortDirection::Asc),
        "desc" => Ok(SortDirection::Desc),
        _ => Err(Failure::invalid_request()),
    }
}

fn sort_keys(value: Option<Value>) -> Result<Vec<SortKey>, Failure> {
    let keys = value.map(serde_json::from_value).transpose();
    keys.map(Option::unwrap_or_default)
        .map_err(|_| Failure::invalid_request())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn list(query: &str) -> Result<ListRecords, Failure> {
        let uri = format!("/v0/app/Tasks?{query}");
        from_query(&TestRequest::get().uri(&uri).to_http_request())
    }

    #[test]
    fn every_form_of_a_list_is_understood() {
        for query in [
            "fields=A&fields=B",
            "fields[]=A&fields[]=B",
            "fields[0]=A&fields%5B1%5D=B",
        ] {
            let fields = list(query).expect("the query is valid").read.fields;
            assert_eq!(fields, Some(vec!["A".to_owned(), "B".to_owned()]));
        }
    }

    #[test]
    fn sort_keys_follow_their_index_and_an_empty_offset_is_none() {
        let query = "sort[1][field]=B&sort[0][field]=A&sort[0][direction]=desc&offset=&pageSize=";
        let list = list(query).expect("the query is valid");
        let keys: Vec<_> = list
            .sort
            .iter()
            .map(|key| (key.field.as_str(), key.direction))
            .collect();
        assert_eq!(
            keys,
            [("A", SortDirection::Desc), ("B", SortDirection::Asc)]
        );
        assert_eq!((list.offset, list.page_size), (None, None));
    }

    #[test]
    fn bad_parameters_are_refused() {
        for query in [
            "pageSize=0",
            "pageSize=101",
            "pageSize=x",
            "maxRecords=0",
            "nope=1",
            "nope=",
            "cellFormat=xml",
            "cellFormat=string",
            "returnFieldsByFieldId=yes",
            "sort[0][up]=A",
            "sort[0][direction]=asc",
            "sort=A",
            "recordMetadata[]=likes",
            "view[x]=1",
        ] {
            assert!(list(query).is_err(), "{query}");
        }
        assert!(
            list("cellFormat=string&timeZone=utc&userLocale=en-gb&recordMetadata[]=commentCount")
                .is_ok()
        );
    }
}
