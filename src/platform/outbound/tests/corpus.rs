use url::Url;

use super::{ALLOWED, policy, settings};
use crate::platform::outbound::Error;
use crate::platform::outbound::policy::Reach;

const PRIVATE: &[[u8; 4]] = &[
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [10, 0, 0, 1],
    [10, 255, 255, 255],
    [100, 64, 0, 1],
    [100, 100, 100, 200],
    [127, 0, 0, 1],
    [127, 255, 255, 254],
    [168, 63, 129, 16],
    [169, 254, 169, 254],
    [172, 16, 0, 1],
    [172, 31, 255, 255],
    [192, 0, 0, 192],
    [192, 0, 2, 1],
    [192, 168, 1, 1],
    [198, 19, 255, 255],
    [198, 51, 100, 7],
    [203, 0, 113, 9],
    [224, 0, 0, 251],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

fn admit(url: &str) -> Result<Reach, Error> {
    let url = Url::parse(url).map_err(|_| Error::BadUrl)?;
    policy(&settings()).admit(&url)
}

/// Every way to write one IPv4 address as the host of a URL.
fn spellings(octets: [u8; 4]) -> Vec<String> {
    let bits = u32::from_be_bytes(octets);
    let [a, b, c, d] = octets;
    let (high, low) = (bits >> 16, bits & 0xffff);
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{bits}"),
        format!("0x{bits:x}"),
        format!("0X{bits:08X}"),
        format!("0{bits:o}"),
        format!("{a}.{b}.{}", u16::from_be_bytes([c, d])),
        format!("{a}.{}", bits & 0x00ff_ffff),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("0{a:o}.{b}.0x{c:x}.{d}"),
        // `%31` is the digit 1.
        format!("%3{a}.{b}.{c}.{d}"),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[::{a}.{b}.{c}.{d}]"),
        format!("[0:0:0:0:0:ffff:{high:x}:{low:x}]"),
        format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
        format!("[64:ff9b:1::{high:x}:{low:x}]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:{high:x}:{low:x}::1]"),
        format!("[fe80::{high:x}:{low:x}]"),
        format!("[fd00::{high:x}:{low:x}]"),
        format!("{}\u{3002}{b}\u{ff0e}{c}\u{ff61}{d}", full_width(a)),
    ]
}

fn full_width(octet: u8) -> String {
    let digits = octet.to_string().into_bytes().into_iter();
    digits
        .filter_map(|digit| char::from_u32(0xff10 + u32::from(digit - b'0')))
        .collect()
}

#[test]
fn no_spelling_of_a_private_address_is_admitted() {
    let mut cases = 0;
    for octets in PRIVATE {
        for host in spellings(*octets) {
            let answer = admit(&format!("https://{host}/path"));
            assert_eq!(answer, Err(Error::BlockedTarget), "{host}");
            cases += 1;
        }
    }
    assert!(cases >= 300, "{cases}");
}

#[test]
fn odd_urls_are_judged_by_what_the_connection_would_use() {
    for (url, wanted) in [
        ("https://example.com/", Ok(ALLOWED)),
        ("https://example.com./", Ok(ALLOWED)),
        ("HTTPS://EXAMPLE.COM:8443/", Ok(ALLOWED)),
        ("https://8.8.8.8/", Ok(ALLOWED)),
        ("https://0x08080808/", Ok(ALLOWED)),
        ("https://[2606:4700::1111]/", Ok(ALLOWED)),
        ("https://1.1.1.1#@127.0.0.1/", Ok(ALLOWED)),
        ("https://1.1.1.1?@127.0.0.1/", Ok(ALLOWED)),
        ("https://user@example.com/", Err(Error::BadUrl)),
        ("https://user:word@example.com/", Err(Error::BadUrl)),
        ("https://:word@example.com/", Err(Error::BadUrl)),
        ("https://example.com@127.0.0.1/", Err(Error::BadUrl)),
        ("https://127.0.0.1@example.com/", Err(Error::BadUrl)),
        ("https://example.com\\@127.0.0.1/", Ok(ALLOWED)),
        (
            "https://127.0.0.1\\@example.com/",
            Err(Error::BlockedTarget),
        ),
        ("https:127.0.0.1/", Err(Error::BlockedTarget)),
        ("https:///127.0.0.1/", Err(Error::BlockedTarget)),
        ("https:/\\127.0.0.1/", Err(Error::BlockedTarget)),
        (" https://127.0.0.1/\t", Err(Error::BlockedTarget)),
        ("ht\ntps://127.0.\t0.1/", Err(Error::BlockedTarget)),
        ("https://127.1/", Err(Error::BlockedTarget)),
        ("https://0/", Err(Error::BlockedTarget)),
        ("https://[::]/", Err(Error::BlockedTarget)),
        ("https://[::1]/", Err(Error::BlockedTarget)),
        ("https://[::1%25lo]/", Err(Error::BadUrl)),
        ("https://[::1/", Err(Error::BadUrl)),
        ("https://127.0.0.1.1/", Err(Error::BadUrl)),
        ("https://256.0.0.1/", Err(Error::BadUrl)),
        ("https://4294967296/", Err(Error::BadUrl)),
        ("https://0x7f.1.2.3.4/", Err(Error::BadUrl)),
        ("https://exa mple.com/", Err(Error::BadUrl)),
        ("https://example.com:65536/", Err(Error::BadUrl)),
        ("https://", Err(Error::BadUrl)),
        ("https://%00/", Err(Error::BadUrl)),
        ("//example.com/", Err(Error::BadUrl)),
        ("example.com", Err(Error::BadUrl)),
        ("", Err(Error::BadUrl)),
        ("http://example.com/", Err(Error::SchemeNotAllowed)),
        ("http://8.8.8.8/", Err(Error::SchemeNotAllowed)),
        ("ftp://example.com/", Err(Error::SchemeNotAllowed)),
        ("file:///etc/passwd", Err(Error::SchemeNotAllowed)),
        ("gopher://127.0.0.1:6379/_", Err(Error::SchemeNotAllowed)),
        ("data:text/plain,a", Err(Error::SchemeNotAllowed)),
        ("ws://example.com/", Err(Error::SchemeNotAllowed)),
        ("unix:/run/socket", Err(Error::SchemeNotAllowed)),
        ("https://example.com:22/", Err(Error::PortNotAllowed)),
        ("https://example.com:0/", Err(Error::PortNotAllowed)),
        ("https://8.8.8.8:6379/", Err(Error::PortNotAllowed)),
    ] {
        assert_eq!(admit(url), wanted, "{url:?}");
    }
}
