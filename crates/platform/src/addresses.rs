//! Where other blocks are reached.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Reads the addresses where they are written down; none where they cannot be read just now.
type Read = Box<dyn Fn() -> Option<HashMap<String, String>> + Send + Sync>;

/// service-name → `host:port`, where it is not the name itself at port 443. They may change while the block runs.
#[derive(Default)]
pub(crate) struct Addresses {
    known: RwLock<HashMap<String, String>>,
    read: OnceLock<Read>,
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Addresses {
    pub(crate) fn new(known: HashMap<String, String>) -> Self {
        Self { known: RwLock::new(known), read: OnceLock::new() }
    }

    pub(crate) fn replace(&self, addresses: HashMap<String, String>) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    pub(crate) fn reread(&self, read: Read) {
        if self.read.set(read).is_err() {
            tracing::warn!("the address book is read anew in a way of its own already");
        }
    }

    pub(crate) fn of(&self, service_name: &str) -> Option<String> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(service_name).cloned()
    }

    /// Where a block is reached that was not reached where it was thought to be: what is written down now, if that is
    /// another address.
    pub(crate) fn newer(&self, service_name: &str, tried: Option<String>) -> Option<String> {
        self.replace(self.read.get()?()?);
        self.of(service_name).filter(|address| Some(address) != tried.as_ref())
    }
}

/// Finds the machine of a block: by the addresses, else by its name.
pub(crate) struct AddressBook(pub(crate) Arc<Addresses>);

impl Resolve for AddressBook {
    fn resolve(&self, name: Name) -> Resolving {
        let address = self.0.of(name.as_str());
        let address = address.as_deref().and_then(|address| address.rsplit_once(':'));
        let host = address.map_or_else(|| name.as_str().to_owned(), |(host, _)| host.to_owned());
        Box::pin(async move {
            if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
                return Ok(Box::new(std::iter::once(SocketAddr::new(ip, 0))) as Addrs);
            }
            let found: Vec<_> = tokio::net::lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(address: &str) -> HashMap<String, String> {
        HashMap::from([("app-service".to_owned(), address.to_owned())])
    }

    #[test]
    fn what_is_written_down_now_counts_where_it_is_another_address() {
        let addresses = Addresses::new(HashMap::new());
        assert_eq!(addresses.newer("app-service", None), None, "nothing can be read");
        addresses.reread(Box::new(|| Some(book("10.0.0.9:8443"))));
        assert_eq!(addresses.newer("app-service", None).as_deref(), Some("10.0.0.9:8443"));
        assert_eq!(addresses.of("app-service").as_deref(), Some("10.0.0.9:8443"), "it is known from now on");
        assert_eq!(addresses.newer("app-service", Some("10.0.0.9:8443".to_owned())), None, "the same one");
        assert_eq!(addresses.newer("another-service", None), None);
        let unreadable = Addresses::new(book("10.0.0.1:1"));
        unreadable.reread(Box::new(|| None));
        assert_eq!(unreadable.newer("app-service", Some("10.0.0.1:1".to_owned())), None);
        assert_eq!(unreadable.of("app-service").as_deref(), Some("10.0.0.1:1"), "what is known stays");
    }
}
