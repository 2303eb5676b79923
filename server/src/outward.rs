//! Looking at addresses that others have written, without being sent where
//! strangers may not go.
//!
//! What a name leads to is checked where it is connected to, so there is no
//! second question that could be answered otherwise; no redirect is followed,
//! nothing of a body is read, and neither a cookie nor a password goes along.

use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use backend::alerts::addresses::Lookout;
use domain::alert::Answer;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

/// For the name, the connection and the answer together.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks outwards, and into the networks that the operator names.
pub struct Outward {
    reach: Arc<[IpNet]>,
    names: Arc<dyn Resolve>,
    /// Made at the first look: it reads the authorities that the machine trusts.
    client: OnceLock<Option<Client>>,
}

impl Outward {
    pub fn new(reach: Vec<IpNet>) -> Outward {
        Outward { reach: reach.into(), names: Arc::new(System), client: OnceLock::new() }
    }

    fn client(&self) -> Option<&Client> {
        let names = Checked { names: self.names.clone(), reach: self.reach.clone() };
        let make = || {
            Client::builder()
                .dns_resolver(Arc::new(names))
                .redirect(Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(0)
                .timeout(PATIENCE)
                .user_agent("Muster (is this page there?)")
                .build()
                .inspect_err(|why| tracing::error!("no address can be looked at: {why}"))
                .ok()
        };
        self.client.get_or_init(make).as_ref()
    }
}

#[async_trait]
impl Lookout for Outward {
    async fn look(&self, url: &str) -> Answer {
        let (Ok(mut url), Some(client)) = (Url::parse(url), self.client()) else { return Answer::Silent };
        // Nobody's password is tried.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        // An address in numbers is connected to without asking for its name.
        let in_numbers = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse().ok());
        if in_numbers.is_some_and(|address| !may_reach(&self.reach, address)) {
            return Answer::Internal;
        }
        match client.get(url).send().await {
            Ok(response) => Answer::Status(response.status().as_u16()),
            Err(why) => why_not(&why),
        }
    }
}

fn why_not(why: &reqwest::Error) -> Answer {
    let mut cause: Option<&dyn StdError> = Some(why);
    while let Some(why) = cause {
        match why.downcast_ref() {
            Some(NotReached::NoHost) => return Answer::NoHost,
            Some(NotReached::Internal) => return Answer::Internal,
            None => cause = why.source(),
        }
    }
    Answer::Silent
}

/// Why a name is not connected to.
#[derive(Debug, thiserror::Error)]
enum NotReached {
    #[error("no server has this name")]
    NoHost,
    #[error("a network that may not be reached")]
    Internal,
}

/// Asks for names as every program on the machine does.
struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NotReached::NoHost)?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Names that lead outwards, or into `reach`, with every address they have.
struct Checked {
    names: Arc<dyn Resolve>,
    reach: Arc<[IpNet]>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, reach) = (self.names.resolve(name), self.reach.clone());
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            match found.as_slice() {
                [] => Err(NotReached::NoHost.into()),
                all if !all.iter().all(|one| may_reach(&reach, one.ip())) => Err(NotReached::Internal.into()),
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

fn may_reach(reach: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    is_public(address) || reach.iter().any(|net| net.contains(&address))
}

/// Networks that are nobody's on the public internet, by IANA's registries of
/// special-purpose addresses (RFC 6890 and what came after it), and multicast.
const SPECIAL: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// Of IPv6 only this is given out, and within it these are special or lead to
/// an IPv4 address inside of them.
const GIVEN_OUT: &str = "2000::/3";
const SPECIAL_6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

fn is_public(address: IpAddr) -> bool {
    let is_in = |net: &str| net.parse::<IpNet>().is_ok_and(|net| net.contains(&address));
    match address {
        IpAddr::V4(_) => !SPECIAL.iter().any(|net| is_in(net)),
        IpAddr::V6(_) => is_in(GIVEN_OUT) && !SPECIAL_6.iter().any(|net| is_in(net)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn outward(reach: &[&str]) -> Outward {
        Outward::new(reach.iter().map(|net| net.parse().unwrap()).collect())
    }

    /// Answers every question with the same bytes, and says how many came.
    async fn says(address: &str, bytes: Vec<u8>) -> (u16, Arc<Mutex<usize>>) {
        let listener = TcpListener::bind(address).await.unwrap();
        let (port, n_asked) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(0)));
        let count = n_asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let bytes = bytes.clone();
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(&bytes).await;
                });
            }
        });
        (port, n_asked)
    }

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

    /// A name server that changes its mind.
    struct Fickle(Mutex<Vec<Vec<IpAddr>>>);

    impl Resolve for Fickle {
        fn resolve(&self, _: Name) -> Resolving {
            let answer = self.0.lock().unwrap().remove(0);
            let answer = answer.into_iter().map(|address| SocketAddr::new(address, 0));
            Box::pin(async move { Ok(Box::new(answer) as Addrs) })
        }
    }

    #[tokio::test]
    async fn t40_no_internal_address_is_asked_however_it_is_written() {
        let (port, n_asked) = says("127.0.0.1:0", OK.to_vec()).await;
        let outward = outward(&[]);
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "017700000001",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fd00::1]",
            "localhost",
            "LOCALHOST",
            "user:secret@127.0.0.1",
            "169.254.169.254",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert_eq!(outward.look(&format!("http://{host}:{port}/")).await, Answer::Internal, "{host}");
        }
        assert_eq!(*n_asked.lock().unwrap(), 0);
        assert!(["8.8.8.8", "1.1.1.1", "2606:4700::1111"].iter().all(|ip| is_public(ip.parse().unwrap())));
    }

    #[tokio::test]
    async fn t40_a_name_is_asked_for_once_and_what_was_checked_is_connected_to() {
        let (port, n_asked) = says("127.0.0.2:0", OK.to_vec()).await;
        let inside = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let [may, may_not] = ["127.0.0.2", "127.0.0.1"].map(|address| address.parse::<IpAddr>().unwrap());
        let looks = |answers: Vec<Vec<IpAddr>>| {
            let names = Arc::new(Fickle(Mutex::new(answers)));
            let outward = Outward { names, ..outward(&["127.0.0.2/32"]) };
            async move { outward.look(&format!("http://rebinding.corp.org:{port}/")).await }
        };

        assert_eq!(looks(vec![vec![may], vec![may_not]]).await, Answer::Status(200));
        assert_eq!(looks(vec![vec![may, may_not]]).await, Answer::Internal);
        assert_eq!(looks(vec![vec![may_not]]).await, Answer::Internal);
        assert_eq!(looks(vec![Vec::new()]).await, Answer::NoHost);
        assert_eq!(*n_asked.lock().unwrap(), 1);
        let knocked = tokio::time::timeout(Duration::from_millis(200), inside.accept()).await;
        assert!(knocked.is_err(), "nobody may come in here");
    }

    #[tokio::test]
    async fn t40_a_redirect_is_told_and_not_followed() {
        let (inside, n_asked) = says("127.0.0.1:0", OK.to_vec()).await;
        let leads_in = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\n\r\n");
        let (port, _) = says("127.0.0.2:0", leads_in.into_bytes()).await;

        let answer = outward(&["127.0.0.0/8"]).look(&format!("http://127.0.0.2:{port}/")).await;

        assert_eq!((answer, *n_asked.lock().unwrap()), (Answer::Status(302), 0));
    }

    #[tokio::test]
    async fn t40_a_reply_of_a_gigabyte_and_one_that_drips_cost_seconds_and_no_memory() {
        let outward = outward(&["127.0.0.1/32"]);
        let begun = std::time::Instant::now();
        let huge = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let huge_port = huge.local_addr().unwrap().port();
        let sent = tokio::spawn(async move {
            let (mut stream, _) = huge.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n").await;
            let mut n_sent = 0_usize;
            while n_sent < 1 << 30 && stream.write_all(&[b'x'; 1 << 16]).await.is_ok() {
                n_sent += 1 << 16;
            }
            n_sent
        });
        let drips = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let drip_port = drips.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = drips.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            while stream.write_all(b"x-drip: 1\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        let [huge, drip] = [huge_port, drip_port].map(|port| format!("http://127.0.0.1:{port}/"));

        assert_eq!(outward.look(&huge).await, Answer::Status(200));
        assert_eq!(outward.look(&drip).await, Answer::Silent);

        assert!(sent.await.unwrap() < 1 << 26, "the reply was not read to its end");
        assert!(begun.elapsed() < PATIENCE * 3);
    }

    #[tokio::test]
    async fn what_is_no_answer_of_http_is_silence() {
        let outward = outward(&["127.0.0.1/32"]);
        let (port, _) = says("127.0.0.1:0", b"SSH-2.0-x\r\n".to_vec()).await;
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();

        for url in [
            format!("http://127.0.0.1:{port}/"),
            format!("https://127.0.0.1:{port}/"),
            format!("http://127.0.0.1:{closed}/"),
            "no address".to_owned(),
        ] {
            assert_eq!(outward.look(&url).await, Answer::Silent, "{url}");
        }
        assert_eq!(outward.look("http://nowhere.invalid/").await, Answer::NoHost);
    }
}
