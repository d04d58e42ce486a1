use std::hash::{DefaultHasher, Hash, Hasher};

use super::coerce::{SEPARATOR, joined};
use super::number_text::number_text;
use super::value::Value;

/// What a value has in common with all constants that equal it, so that it is found by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// It equals no constant that has traces.
    None,
    Hash(u32),
    /// It may equal any.
    Any,
}

impl Trace {
    pub(crate) fn of(value: Value<'_>) -> Self {
        match value {
            Value::Blank | Value::Fault(_) => Self::None,
            Value::Number(number) => Self::Hash(of_number(number)),
            Value::Boolean(is_true) => Self::Hash(of_number(f64::from(u8::from(is_true)))),
            Value::Text(text) => Self::Hash(of_text(&text)),
            // A text equals it in many forms.
            Value::Moment(_) => Self::Any,
            Value::Array(items) => match joined(items, SEPARATOR) {
                Ok(text) => Self::Hash(of_text(&text)),
                Err(_) => Self::None,
            },
        }
    }
}

/// One of these is the trace of any value that equals the constant; `None` where that cannot be said.
pub(crate) fn traces(constant: &Value<'_>) -> Option<Vec<u32>> {
    match constant {
        Value::Text(text) if !text.is_empty() => {
            let number = text.parse().ok().map(of_number);
            Some(number.into_iter().chain([of_text(text)]).collect())
        }
        // A blank equals 0.
        Value::Number(number) if *number != 0.0 && !number.is_nan() => {
            Some(vec![of_number(*number), of_text(&number_text(*number))])
        }
        _ => None,
    }
}

fn of_text(text: &str) -> u32 {
    hash((0_u8, text))
}

fn of_number(number: f64) -> u32 {
    // Both zeros are one number, and all that is none reads alike.
    let number = if number.is_nan() {
        f64::NAN
    } else {
        number + 0.0
    };
    hash((1_u8, number.to_bits()))
}

fn hash(value: impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    // Half of it tells values apart well enough: whoever looks for one compares what is found.
    hasher.finish() as u32
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::super::compare::equal;
    use super::super::dates::Moment;
    use super::super::value::Fault;
    use super::*;

    fn text() -> impl Strategy<Value = String> {
        let known = [
            "",
            "a",
            "A",
            "1",
            "0",
            "-0",
            "1.5",
            "1e21",
            "1e+21",
            "1e-7",
            "NaN",
            "Infinity",
            "inf",
            "a, b",
            "2024-03-05",
            " 1",
        ];
        prop_oneof![
            prop::sample::select(known.to_vec()).prop_map(str::to_owned),
            "[ab1,. ]{0,4}",
        ]
    }

    fn number() -> impl Strategy<Value = f64> {
        let known = [
            0.0,
            -0.0,
            1.0,
            1.5,
            1e21,
            1e-7,
            -f64::NAN,
            f64::NAN,
            f64::INFINITY,
        ];
        prop_oneof![prop::sample::select(known.to_vec()), any::<f64>()]
    }

    fn value() -> impl Strategy<Value = Value<'static>> {
        let leaf = prop_oneof![
            Just(Value::Blank),
            Just(Value::Fault(Fault::Raised)),
            any::<bool>().prop_map(Value::Boolean),
            number().prop_map(Value::Number),
            text().prop_map(|text| Value::Text(Cow::Owned(text))),
            (19_700_i64..19_800).prop_map(|days| Value::Moment(Moment::date(days).unwrap())),
        ];
        leaf.prop_recursive(2, 6, 3, |inner| {
            prop::collection::vec(inner, 0..3).prop_map(Value::Array)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn what_equals_a_constant_has_one_of_its_traces(value in value(), constant in value()) {
            let is_equal = equal(value.clone(), constant.borrowed()) == Ok(true);
            if let (true, Some(traces)) = (is_equal, traces(&constant)) {
                let trace = Trace::of(value);
                let is_found = match trace {
                    Trace::Any => true,
                    Trace::Hash(hash) => traces.contains(&hash),
                    Trace::None => false,
                };
                prop_assert!(is_found, "{trace:?} {constant:?}");
            }
        }

        #[test]
        fn a_value_has_the_trace_of_its_text(text in text(), number in number()) {
            for constant in [Value::Text(Cow::Owned(text)), Value::Number(number)] {
                if let Some(traces) = traces(&constant) {
                    prop_assert!(matches!(Trace::of(constant), Trace::Hash(hash) if traces.contains(&hash)));
                }
            }
        }
    }

    #[test]
    fn texts_in_another_case_have_other_traces() {
        let of = |text| Trace::of(Value::Text(Cow::Borrowed(text)));
        assert_ne!(of("Open"), of("open"));
        assert_ne!(of("1"), Trace::of(Value::Number(1.0)));
    }
}
