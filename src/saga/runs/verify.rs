//! Whether a request happened whose answer is lost: the receiver is read.

use serde_json::{Map, Value, json};

use super::handler::SagaRuns;
use super::http::{failed, sort};
use crate::platform::durable::{Fault, Settled, StepError};
use crate::platform::outbound::{Method, Response, StatusCode};
use crate::saga::definition::{Http, Verify};

/// What Airtable's lists have when there is more than they show.
const MORE: &str = "offset";

impl SagaRuns {
    /// Reads the receiver; a request that says nothing about that leaves it unclear.
    pub(super) async fn look_at_receiver(&self, http: &Http) -> Result<Settled, StepError> {
        let Some(verify) = &http.verify else {
            let text = "Neither the write of a tool nor a request with `verify` can be looked up";
            return Ok(Settled::Unclear(Fault::new("no_probe", text)));
        };
        let client = &self.saga.platform.http;
        let mut request = client.request(Method::GET, &verify.url);
        for (name, value) in &http.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| failed(error, true))?;
        let is_gone = matches!(response.status, StatusCode::NOT_FOUND | StatusCode::GONE);
        if is_gone && verify.list.is_none() {
            return Ok(verdict(verify, &[], true));
        }
        sort(&response, true)?;
        read(verify, &response)
    }
}

fn read(verify: &Verify, response: &Response) -> Result<Settled, StepError> {
    let unreadable = || {
        let text = "What was read to verify the request is not the JSON that was expected";
        StepError::Transient {
            fault: Fault::new("verify_unreadable", text),
            retry_after: None,
        }
    };
    let body: Value = response.json().map_err(|_| unreadable())?;
    let Some(list) = &verify.list else {
        return Ok(verdict(verify, &[body], true));
    };
    let items = body.get(list).and_then(Value::as_array);
    let items = items.ok_or_else(unreadable)?;
    Ok(verdict(verify, items, body.get(MORE).is_none()))
}

/// What the candidates say; `is_whole` when there are no others.
fn verdict(verify: &Verify, candidates: &[Value], is_whole: bool) -> Settled {
    let has = |pattern: &Map<String, Value>, item: &&Value| has_members(item, pattern);
    let found: Vec<&Value> = candidates
        .iter()
        .filter(|item| has(&verify.expect, item))
        .collect();
    let unclear = |text: &str| Settled::Unclear(Fault::new("verify_unclear", text));
    match (found.as_slice(), verify.gone) {
        ([one], false) => Settled::Happened(json!({"status": 200, "body": one})),
        ([_, ..], true) => Settled::NotHappened,
        ([_, _, ..], false) => unclear("Several records look as if this request had made them"),
        ([], _) if !is_whole => {
            unclear("The list that was read to verify the request is not whole")
        }
        ([], true) => Settled::Happened(json!({"status": 200, "body": null})),
        ([], false) => match (&verify.before, candidates) {
            (Some(before), [one]) if !has_members(one, before) => {
                unclear("The target is neither as it was before nor as it is to be")
            }
            _ => Settled::NotHappened,
        },
    }
}

/// Whether a value has these members; null stands for one that is not there, and objects are compared member by member.
fn has_members(value: &Value, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, wanted)| {
        let given = value.get(name).unwrap_or(&Value::Null);
        match wanted {
            Value::Object(members) => has_members(given, members),
            Value::Number(number) => given.as_f64() == number.as_f64(),
            plain => given == plain,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verify(more: Value) -> Verify {
        let mut all = json!({"url": "https://example.org/", "expect": {"fields": {"Name": "a"}}});
        let members = more.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(members);
        serde_json::from_value(all).unwrap()
    }

    fn word(settled: Settled) -> &'static str {
        match settled {
            Settled::Happened(_) => "happened",
            Settled::NotHappened => "not",
            Settled::Unclear(_) => "unclear",
        }
    }

    #[test]
    fn one_match_happened_none_did_not_and_several_are_unclear() {
        let verify = verify(json!({"list": "records"}));
        let (a, b) = (
            json!({"fields": {"Name": "a", "N": 1}}),
            json!({"fields": {"Name": "b"}}),
        );
        for (items, is_whole, wanted) in [
            (vec![a.clone(), b.clone()], true, "happened"),
            (vec![a.clone(), b.clone()], false, "happened"),
            (vec![b.clone()], true, "not"),
            (vec![b.clone()], false, "unclear"),
            (vec![a.clone(), a], true, "unclear"),
            (vec![], true, "not"),
        ] {
            assert_eq!(
                word(verdict(&verify, &items, is_whole)),
                wanted,
                "{items:?}"
            );
        }
    }

    #[test]
    fn what_is_to_be_gone_happened_when_nothing_matches() {
        let verify = verify(json!({"gone": true}));
        let there = [json!({"fields": {"Name": "a"}})];
        assert_eq!(word(verdict(&verify, &there, true)), "not");
        assert_eq!(word(verdict(&verify, &[], true)), "happened");
        assert_eq!(word(verdict(&verify, &[], false)), "unclear");
    }

    #[test]
    fn a_target_that_somebody_else_changed_is_unclear() {
        let verify = verify(json!({"before": {"fields": {"Name": null}}}));
        let of = |target: Value| word(verdict(&verify, &[target], true));
        assert_eq!(of(json!({"fields": {"Name": "a"}})), "happened");
        assert_eq!(of(json!({"fields": {}})), "not");
        assert_eq!(of(json!({"fields": {"Name": "foreign"}})), "unclear");
    }

    #[test]
    fn numbers_are_compared_by_value() {
        let wanted = json!({"n": 1.0, "list": [1, 2]});
        let wanted = wanted.as_object().unwrap();
        assert!(has_members(&json!({"n": 1, "list": [1, 2]}), wanted));
        assert!(!has_members(&json!({"n": 1, "list": [2, 1]}), wanted));
        assert!(!has_members(&json!("n"), wanted));
    }
}
