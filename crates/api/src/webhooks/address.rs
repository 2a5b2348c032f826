//! Where messages may be sent: to other machines over TLS, and not into the network of this one.
//!
//! An address that somebody types in is a way to make the server ask on their behalf. So what a
//! name stands for is looked up when a message is sent, each of the addresses found is judged, and
//! the connection is made to one of these and to no other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// Characters of an address.
pub const LENGTH_MAX: usize = 2_000;

/// Which machines messages may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those that anybody can reach, over TLS.
    Public,
    /// Those of this network and this machine too, the latter also without TLS.
    Private,
}

impl Reach {
    /// Reads an address to send messages to; gives it back as it is asked for.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn check(self, text: &str) -> Result<String, String> {
        if text.len() > LENGTH_MAX {
            return Err(format!("it has up to {LENGTH_MAX} characters"));
        }
        let url = Url::parse(text).map_err(|error| format!("it is no address: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a name or a password; messages are signed instead".to_owned());
        }
        if url.fragment().is_some() {
            return Err("it ends in a fragment, which is never sent".to_owned());
        }
        if url.as_str().len() > LENGTH_MAX {
            return Err(format!(
                "written out for sending it has more than {LENGTH_MAX} characters"
            ));
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return Err("it names no host".to_owned()),
        };
        let is_here = ip.is_some_and(|ip| ip.is_loopback()) || url.host_str() == Some("localhost");
        match (url.scheme(), self) {
            ("https", _) => {}
            ("http", Self::Private) if is_here => {}
            ("http", Self::Private) => {
                return Err("http is for this machine only; give an https address".to_owned());
            }
            _ => return Err("give an https address".to_owned()),
        }
        if let Some(ip) = ip {
            self.check_ip(ip)?;
        }
        Ok(url.into())
    }

    /// Whether messages may be sent to this address.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn check_ip(self, ip: IpAddr) -> Result<(), String> {
        if self == Self::Private || is_public(ip) {
            return Ok(());
        }
        Err(format!(
            "{ip} is an address of this machine or of a closed network, which this server does \
             not send to; webhook_private_addresses allows it"
        ))
    }
}

/// Whether anybody can reach this address.
///
/// # Source
/// IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its successors).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match a {
        0 | 10 | 127 | 224.. => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99),
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // An IPv4 address behind a translator.
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => inner(g, h),
        (0, 0) if [c, d, e] == [0; 3] && f == 0xffff => inner(g, h),
        (0x2002, _) => inner(b, c),
        // Teredo, benchmarking, ORCHID, and what stands in documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        _ => (0x2000..0x4000).contains(&a),
    }
}

/// Looks names up, and refuses those that stand for an address messages may not be sent to.
#[derive(Debug)]
pub struct Judging {
    reach: Reach,
    inner: DefaultResolver,
}

impl Judging {
    /// A resolver that keeps to a reach.
    pub fn new(reach: Reach) -> Self {
        Self { reach, inner: DefaultResolver::default() }
    }
}

impl Resolver for Judging {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let refused = found.iter().find_map(|address: &SocketAddr| {
            // A name that stands for good and bad addresses is one that somebody plays with.
            self.reach.check_ip(address.ip()).err()
        });
        match refused {
            None => Ok(found),
            Some(reason) => Err(ureq::Error::Other(reason.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_machines_that_anybody_can_reach_is_allowed_unless_set_otherwise() {
        let public = ["https://example.org/hook?x=1", "https://[2606:4700::1]/", "https://1.1.1.1"];
        for address in public {
            assert!(Reach::Public.check(address).is_ok(), "{address}");
        }
        let here =
            ["http://127.0.0.1:80/", "http://[::1]/", "http://localhost:9/", "https://10.0.0.1"];
        for address in here {
            assert!(Reach::Public.check(address).is_err(), "{address}");
            assert!(Reach::Private.check(address).is_ok(), "{address}");
        }
        let never = [
            "http://example.org/",
            "http://10.0.0.1/",
            "ftp://example.org/",
            "https://me:secret@example.org/",
            "https://example.org/#part",
            "example.org",
            "file:///etc/passwd",
            // Each letter is sent as six characters.
            &format!("https://example.org/{}", "ж".repeat(900)),
        ];
        for address in never {
            assert!(Reach::Public.check(address).is_err(), "{address}");
            assert!(Reach::Private.check(address).is_err(), "{address}");
        }
    }

    #[test]
    fn addresses_of_closed_networks_are_told_from_public_ones_however_they_are_written() {
        let closed = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.31.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "::7f00:1",
        ];
        for text in closed {
            assert!(!is_public(text.parse().unwrap()), "{text}");
            assert!(Reach::Public.check_ip(text.parse().unwrap()).is_err(), "{text}");
        }
        for text in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1", "64:ff9b::101:101"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        // Numbers in other notations become addresses when the address is read.
        for address in ["https://0x7f.1/", "https://2130706433/", "https://017700000001/"] {
            assert!(Reach::Public.check(address).is_err(), "{address}");
        }
    }
}
