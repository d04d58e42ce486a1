use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

use crate::platform::settings::LogFormat;

/// A value before it has a type.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    /// From a variable, a flag, or a plain TOML value.
    Text(String),
    /// From a TOML array.
    List(Vec<String>),
}

impl Raw {
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(","),
        }
    }
}

type Parsed<T> = Result<T, String>;

pub(super) fn text(raw: &Raw) -> Parsed<String> {
    match raw {
        Raw::Text(text) => Ok(text.trim().to_owned()),
        Raw::List(_) => Err("must be one value, not a list".to_owned()),
    }
}

pub(super) fn list(raw: &Raw) -> Parsed<Vec<String>> {
    let items: Vec<&str> = match raw {
        Raw::Text(text) => text.split(',').collect(),
        Raw::List(items) => items.iter().map(String::as_str).collect(),
    };
    let trimmed = items
        .into_iter()
        .map(str::trim)
        .filter(|item| !item.is_empty());
    Ok(trimmed.map(str::to_owned).collect())
}

fn optional<T>(raw: &Raw, parse: fn(&str) -> Parsed<T>) -> Parsed<Option<T>> {
    let text = text(raw)?;
    if text.is_empty() {
        Ok(None)
    } else {
        parse(&text).map(Some)
    }
}

fn from_text<T: FromStr>(raw: &Raw, wanted: &str) -> Parsed<T> {
    text(raw)?.parse().map_err(|_| format!("must be {wanted}"))
}

pub(super) fn number(raw: &Raw) -> Parsed<u32> {
    from_text(raw, "a whole number")
}

pub(super) fn positive(raw: &Raw) -> Parsed<u32> {
    number(raw).and_then(|number| {
        if number > 0 {
            Ok(number)
        } else {
            Err("must be at least 1".to_owned())
        }
    })
}

pub(super) fn flag(raw: &Raw) -> Parsed<bool> {
    match text(raw)?.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

pub(super) fn seconds(raw: &Raw) -> Parsed<Duration> {
    let seconds: f64 = from_text(raw, "a number of seconds")?;
    let duration = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    if duration.is_zero() {
        Err("must be more than 0 seconds".to_owned())
    } else {
        Ok(duration)
    }
}

pub(super) fn seconds_or_none(raw: &Raw) -> Parsed<Duration> {
    number(raw).map(|seconds| Duration::from_secs(seconds.into()))
}

pub(super) fn milliseconds(raw: &Raw) -> Parsed<Duration> {
    positive(raw).map(|millis| Duration::from_millis(millis.into()))
}

/// Bytes, plain or with `KiB`, `MiB` or `GiB`.
pub(super) fn bytes(raw: &Raw) -> Parsed<usize> {
    let text = text(raw)?;
    let units = [("KiB", 1_usize << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    let unit = units
        .into_iter()
        .find_map(|(name, factor)| Some((text.strip_suffix(name)?, factor)));
    let (digits, factor) = unit.unwrap_or((&text, 1));
    let number = digits
        .trim()
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    number
        .filter(|number| *number > 0)
        .ok_or_else(|| "must be a number of bytes, such as 10485760 or 10MiB".to_owned())
}

pub(super) fn bytes_or_none(raw: &Raw) -> Parsed<usize> {
    match text(raw)?.as_str() {
        "0" => Ok(0),
        _ => bytes(raw),
    }
}

pub(super) fn address(raw: &Raw) -> Parsed<SocketAddr> {
    parse_address(&text(raw)?)
}

pub(super) fn optional_address(raw: &Raw) -> Parsed<Option<SocketAddr>> {
    optional(raw, parse_address)
}

fn parse_address(text: &str) -> Parsed<SocketAddr> {
    text.parse()
        .map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080".to_owned())
}

pub(super) fn public_url(raw: &Raw) -> Parsed<Option<String>> {
    optional(raw, |text| {
        origin(text.trim_end_matches('/')).map_err(|_| {
            "must be http:// or https:// and a host, without path, such as https://data.example.org".to_owned()
        })
    })
}

/// Where another server is; it is given, never guessed.
pub(super) fn remote_url(raw: &Raw) -> Parsed<String> {
    let text = text(raw)?;
    origin(text.trim_end_matches('/')).map_err(|_| {
        "must be http:// or https:// and a host, without path, such as https://api.airtable.com"
            .to_owned()
    })
}

pub(super) fn origins(raw: &Raw) -> Parsed<Vec<String>> {
    list(raw)?.iter().map(|text| origin(text)).collect()
}

/// An exact web origin in its serialised form; `*` and `null` are none.
fn origin(text: &str) -> Parsed<String> {
    let wrong = || format!("{text:?} must be an exact origin, such as https://app.example.org");
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    let origin = url.origin().ascii_serialization();
    let is_web = matches!(url.scheme(), "http" | "https");
    if is_web && origin.eq_ignore_ascii_case(text) {
        Ok(origin)
    } else {
        Err(wrong())
    }
}

pub(super) fn networks(raw: &Raw) -> Parsed<Vec<IpNet>> {
    list(raw)?.iter().map(|text| network(text)).collect()
}

fn network(text: &str) -> Parsed<IpNet> {
    let single = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| single())
        .map_err(|_| format!("{text:?} must be an address or a network, such as 10.0.0.0/8"))
}

pub(super) fn ports(raw: &Raw) -> Parsed<Vec<u16>> {
    let port = |text: &String| {
        text.parse::<u16>()
            .map_err(|_| format!("{text:?} must be a port"))
    };
    list(raw)?.iter().map(port).collect()
}

pub(super) fn signing_secret(raw: &Raw) -> Parsed<Option<SecretString>> {
    optional(raw, |text| {
        if text.len() < 32 {
            return Err(
                "must be at least 32 bytes; make one with `openssl rand -base64 48`".to_owned(),
            );
        }
        Ok(SecretString::from(text.to_owned()))
    })
}

pub(super) fn instance_key(raw: &Raw) -> Parsed<Option<SecretString>> {
    optional(raw, |text| {
        let is_key = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key = is_key.then(|| SecretString::from(text.to_owned()));
        key.ok_or_else(|| {
            "must be 64 hexadecimal digits; make one with `openssl rand -hex 32`".to_owned()
        })
    })
}

pub(super) fn database_url(raw: &Raw) -> Parsed<Option<SecretString>> {
    optional(raw, |text| {
        let known = ["sqlite:", "postgres:", "postgresql:"];
        if known.iter().any(|scheme| text.starts_with(scheme)) {
            return Ok(SecretString::from(text.to_owned()));
        }
        Err("must begin with sqlite: or postgres:".to_owned())
    })
}

pub(super) fn redis_url(raw: &Raw) -> Parsed<Option<SecretString>> {
    optional(raw, |text| {
        if text.starts_with("redis://") || text.starts_with("rediss://") {
            return Ok(SecretString::from(text.to_owned()));
        }
        Err("must begin with redis:// or rediss://".to_owned())
    })
}

/// A name that is safe inside a quoted SQL identifier.
pub(super) fn role_name(raw: &Raw) -> Parsed<String> {
    let text = text(raw)?;
    let clean = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if clean && (1..=48).contains(&text.len()) {
        return Ok(text);
    }
    Err("must be 1 to 48 lower-case letters, digits and underscores".to_owned())
}

pub(super) fn environment(raw: &Raw) -> Parsed<String> {
    let text = text(raw)?;
    let clean = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if clean && !text.is_empty() {
        return Ok(text);
    }
    Err("must be a name of letters, digits, - and _".to_owned())
}

pub(super) fn folder(raw: &Raw) -> Parsed<PathBuf> {
    let text = text(raw)?;
    if text.is_empty() {
        Err("must name a folder".to_owned())
    } else {
        Ok(PathBuf::from(text))
    }
}

pub(super) fn optional_folder(raw: &Raw) -> Parsed<Option<PathBuf>> {
    optional(raw, |text| Ok(PathBuf::from(text)))
}

pub(super) fn log_format(raw: &Raw) -> Parsed<Option<LogFormat>> {
    optional(raw, |text| match text {
        "json" => Ok(LogFormat::Json),
        "text" => Ok(LogFormat::Text),
        _ => Err("must be json or text".to_owned()),
    })
}

pub(super) fn log_level(raw: &Raw) -> Parsed<String> {
    let text = text(raw)?;
    tracing_subscriber::EnvFilter::try_new(&text)
        .map(|_| text)
        .map_err(|_| "must be a filter such as info or info,pyairtable=debug".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn lists_come_with_commas_or_as_arrays() {
        assert_eq!(
            list(&raw("a, b ,,c")),
            Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])
        );
        assert_eq!(list(&raw("")), Ok(vec![]));
        assert_eq!(
            list(&Raw::List(vec!["a,b".to_owned()])),
            Ok(vec!["a,b".to_owned()])
        );
    }

    #[test]
    fn only_exact_origins_are_taken() {
        assert_eq!(
            origins(&raw("https://a.example")),
            Ok(vec!["https://a.example".to_owned()])
        );
        for wrong in [
            "*",
            "null",
            "a.example",
            "https://a.example/path",
            "ftp://a.example",
        ] {
            assert!(origins(&raw(wrong)).is_err(), "{wrong}");
        }
        let https = Ok(Some("https://a.example:8443".to_owned()));
        assert_eq!(public_url(&raw("https://a.example:8443/")), https);
        assert!(public_url(&raw("https://a.example/sub")).is_err());
    }

    #[test]
    fn sizes_take_units() {
        assert_eq!(bytes(&raw("10MiB")), Ok(10 << 20));
        assert_eq!(bytes(&raw("4096")), Ok(4096));
        assert!(bytes(&raw("10 parsecs")).is_err());
        assert!(bytes(&raw("99999999999999999999GiB")).is_err());
    }
}
