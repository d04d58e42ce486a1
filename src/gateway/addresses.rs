use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use ipnet::IpNet;

/// The caller's address; forwarding headers count only as far as trusted proxies wrote them.
pub(super) fn client_address(request: &ServiceRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    // A dual-stack listener sees IPv4 callers as mapped IPv6 addresses.
    let peer = request.peer_addr()?.ip().to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    if trusted.is_empty() || !is_trusted(peer) {
        return Some(peer);
    }
    let headers = request.headers().get_all("x-forwarded-for");
    let texts: Vec<&str> = headers.filter_map(|value| value.to_str().ok()).collect();
    let hops = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    let mut client = peer;
    for hop in hops.collect::<Vec<_>>().into_iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else {
            break;
        };
        let address = address.to_canonical();
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn seen(peer: &str, forwarded: &str) -> String {
        let request = TestRequest::get()
            .peer_addr(format!("{peer}:1").parse().unwrap())
            .insert_header(("x-forwarded-for", forwarded))
            .to_srv_request();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        client_address(&request, &trusted).unwrap().to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        assert_eq!(seen("192.0.2.1", "198.51.100.9"), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", "198.51.100.9"), "198.51.100.9");
        assert_eq!(
            seen("10.0.0.1", "203.0.113.5, 198.51.100.9, 10.0.0.2"),
            "198.51.100.9"
        );
        assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(
            seen("[::ffff:10.0.0.1]", "::ffff:198.51.100.9, ::ffff:10.0.0.2"),
            "198.51.100.9"
        );
        assert_eq!(seen("[::ffff:192.0.2.1]", "198.51.100.9"), "192.0.2.1");
    }
}
