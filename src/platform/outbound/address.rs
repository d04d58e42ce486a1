use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that no request may reach.
pub(super) const BLOCKED_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Azure's metadata service, though it looks public.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// IPv6 networks that no request may reach, as their first address and length.
///
/// Only `2000::/3` is global; the first three rows are all the rest: `::`, `::1`, mapped, compatible and NAT64
/// forms, then what nobody has yet, then `fc00::/7`, `fe80::/10` and multicast.
pub(super) const BLOCKED_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::UNSPECIFIED, 3),
    (Ipv6Addr::new(0x4000, 0, 0, 0, 0, 0, 0, 0), 2),
    (Ipv6Addr::new(0x8000, 0, 0, 0, 0, 0, 0, 0), 1),
    // Teredo, ORCHID, benchmarks and other protocol assignments.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4 carries an IPv4 address of anybody's choice.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the open internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !BLOCKED_V4.iter().any(|(first, length)| {
            let mask = u32::MAX << (32 - length);
            address.to_bits() & mask == first.to_bits()
        }),
        IpAddr::V6(address) => !BLOCKED_V6.iter().any(|(first, length)| {
            let mask = u128::MAX << (128 - length);
            address.to_bits() & mask == first.to_bits()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4_edges((first, length): (Ipv4Addr, u8)) -> (u32, u32) {
        let first = first.to_bits();
        (
            first,
            first | u32::MAX.checked_shr(u32::from(length)).unwrap_or(0),
        )
    }

    #[test]
    fn every_network_is_blocked_from_its_first_to_its_last_address() {
        let mut cases = 0;
        for net in BLOCKED_V4 {
            let (first, last) = v4_edges(*net);
            for bits in [first, first + (last - first) / 2, last] {
                assert!(
                    !is_public(Ipv4Addr::from_bits(bits).into()),
                    "{}",
                    Ipv4Addr::from_bits(bits)
                );
                cases += 1;
            }
            for outside in [first.checked_sub(1), last.checked_add(1)]
                .into_iter()
                .flatten()
            {
                let is_in_neighbour = BLOCKED_V4.iter().any(|other| {
                    let (first, last) = v4_edges(*other);
                    (first..=last).contains(&outside)
                });
                let address = Ipv4Addr::from_bits(outside);
                assert_eq!(is_public(address.into()), !is_in_neighbour, "{address}");
                cases += 1;
            }
        }
        for (first, length) in BLOCKED_V6 {
            let last = first.to_bits() | u128::MAX.checked_shr(u32::from(*length)).unwrap_or(0);
            for address in [*first, Ipv6Addr::from_bits(last)] {
                assert!(!is_public(address.into()), "{address}");
                cases += 1;
            }
        }
        assert!(cases >= 90, "{cases}");
    }

    #[test]
    fn neighbours_of_blocked_networks_are_public() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2000::",
            "2001:200::",
            "2001:db7:ffff::1",
            "2001:db9::",
            "2003::",
            "2606:4700::1111",
            "3ffe:ffff::1",
            "3fff:1000::",
        ] {
            let parsed: IpAddr = address.parse().expect("an address");
            assert!(is_public(parsed), "{address}");
        }
    }

    #[test]
    fn every_named_ipv6_form_is_blocked() {
        for address in [
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:10.0.0.1",
            "::a00:1",
            "64:ff9b::a00:1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::1",
            "100::1",
            "1fff:ffff::",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:1ff:ffff::",
            "2001:db8::1",
            "2001:db8:ffff:ffff::1",
            "2002:a00:1::",
            "2002:808:808::1",
            "3fff::1",
            "3fff:fff:ffff::",
            "4000::",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff:ffff::",
            "fe80::1",
            "febf:ffff::",
            "fec0::1",
            "ff00::",
            "ff02::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            let parsed: IpAddr = address.parse().expect("an address");
            assert!(!is_public(parsed), "{address}");
        }
    }
}
