use std::borrow::Cow;

use actix_web::HttpRequest;

use super::error::Failure;

/// Beyond this Airtable's clients use `POST …/listRecords`.
const LONGEST_URL: usize = 16_000;

/// One parameter, decoded: `sort[0][field]=Due` is `sort`, `["0", "field"]`, `Due`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) path: Vec<String>,
    pub(super) value: String,
}

/// The parameters of a request in order.
pub(super) fn parameters(request: &HttpRequest) -> Result<Vec<Parameter>, Failure> {
    let query = request.query_string();
    if query.len() + request.path().len() > LONGEST_URL {
        return Err(Failure::too_large());
    }
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(parameter)
        .collect()
}

/// Refuses any parameter at all.
pub(super) fn none(request: &HttpRequest) -> Result<(), Failure> {
    match parameters(request)?.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid_request()),
    }
}

fn parameter(pair: &str) -> Result<Parameter, Failure> {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    let key = decode(key, true);
    let (name, path) = split_key(&key).ok_or_else(Failure::invalid_request)?;
    Ok(Parameter {
        name,
        path,
        value: decode(value, true).into_owned(),
    })
}

fn split_key(key: &str) -> Option<(String, Vec<String>)> {
    let Some((name, rest)) = key.split_once('[') else {
        return Some((key.to_owned(), Vec::new()));
    };
    let inner = rest.strip_suffix(']')?;
    let path = inner.split("][").map(str::to_owned).collect();
    Some((name.to_owned(), path))
}

impl Parameter {
    /// Whether this is an element of a list: `k`, `k[]` or `k[0]`.
    pub(super) fn is_element(&self) -> bool {
        match self.path.as_slice() {
            [] => true,
            [index] => index.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        }
    }

    /// `1`, `0`, `true` or `false`.
    pub(super) fn flag(&self) -> Result<bool, Failure> {
        match self.value.as_str() {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(Failure::invalid_request()),
        }
    }

    /// A whole number.
    pub(super) fn number(&self) -> Result<usize, Failure> {
        self.value.parse().map_err(|_| Failure::invalid_request())
    }
}

/// A path segment without its percent-encoding.
pub(super) fn decode_path(text: &str) -> String {
    decode(text, false).into_owned()
}

fn decode(text: &str, plus_is_space: bool) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte != b'%' && !(plus_is_space && byte == b'+');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex_pair(bytes, at + 1)) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) if plus_is_space => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |index: usize| char::from(*bytes.get(index)?).to_digit(16);
    u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pair: &str) -> (String, Vec<String>, String) {
        let parameter = parameter(pair).expect("the pair is well formed");
        (parameter.name, parameter.path, parameter.value)
    }

    #[test]
    fn brackets_spaces_and_percent_signs_are_understood() {
        assert_eq!(
            parsed("view=a+b%20c%2B"),
            ("view".into(), vec![], "a b c+".into())
        );
        assert_eq!(
            parsed("fields%5B%5D=%C3%A9"),
            ("fields".into(), vec![String::new()], "é".into())
        );
        let sort = (
            "sort".to_owned(),
            vec!["0".to_owned(), "field".to_owned()],
            "Due".to_owned(),
        );
        assert_eq!(parsed("sort[0][field]=Due"), sort);
        assert_eq!(parsed("offset"), ("offset".into(), vec![], String::new()));
        assert_eq!(parsed("x=100%"), ("x".into(), vec![], "100%".into()));
        assert!(parameter("fields[=x").is_err());
    }

    #[test]
    fn path_segments_keep_their_plus() {
        assert_eq!(decode_path("a+b%2Fc%20d"), "a+b/c d");
    }
}
