//! What happens to a world while it runs, and what a test may see of it. Things are named by id or by name.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::make::{hex_text, new_key, new_package, new_server, uuid};
use super::{
    Account, Cover, Credential, Curve, Fault, Key, LoggedRequest, Package, PackageEvent, Rights, Server,
    State, Truth, World, ledger,
};
use crate::SimError;
use crate::balances::Money;
use crate::feishu::{self, Message};
use crate::sinks::{self, Taken};

impl State {
    pub(crate) fn account_named(&mut self, name: &str) -> Result<&mut Account, SimError> {
        self.accounts
            .iter_mut()
            .find(|account| account.name == name || account.domain_id == name)
            .ok_or_else(|| SimError::Unknown(name.to_owned()))
    }

    pub(crate) fn server_named(&mut self, name: &str) -> Result<&mut Server, SimError> {
        self.accounts
            .iter_mut()
            .flat_map(|account| &mut account.servers)
            .find(|server| server.id == name || server.name == name)
            .ok_or_else(|| SimError::Unknown(name.to_owned()))
    }

    /// Account and package index; of several of one name the newest.
    fn package_at(&self, name: &str) -> Result<(usize, usize), SimError> {
        let found = self.accounts.iter().enumerate().flat_map(|(index, account)| {
            let packages = account.packages.iter().enumerate();
            packages
                .filter(|(_, package)| package.id == name || package.name == name)
                .map(move |(position, _)| (index, position))
        });
        found.last().ok_or_else(|| SimError::Unknown(name.to_owned()))
    }

    fn package_named(&mut self, name: &str) -> Result<&mut Package, SimError> {
        let (account, package) = self.package_at(name)?;
        self.accounts
            .get_mut(account)
            .and_then(|account| account.packages.get_mut(package))
            .ok_or_else(|| SimError::Unknown(name.to_owned()))
    }
}

impl World {
    /// Switches a lie on; gives its number for [`Self::heal`].
    pub fn fault(&self, fault: impl Into<Fault>) -> u64 {
        self.with(|state, now| state.faults.add(now, fault.into()))
    }

    /// Switches one lie off.
    pub fn heal(&self, id: u64) {
        self.lock().faults.remove(id);
    }

    /// Switches every lie off.
    pub fn heal_all(&self) {
        self.lock().faults.clear();
    }

    /// The lies that are switched on, with their numbers.
    #[must_use]
    pub fn faults(&self) -> Vec<(u64, Fault)> {
        self.lock().faults.list()
    }

    /// Every request that arrived at the provider, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.lock().log.clear();
    }

    /// Takes out every request that arrived since the last time, oldest first: for whoever follows a long run.
    #[must_use]
    pub fn take_requests(&self) -> Vec<LoggedRequest> {
        self.lock().log.take()
    }

    /// Takes out every message that a sink took since the last time, each with its platform's name and every text in it,
    /// joined by line breaks; of a plain receiver the whole body. For whoever follows a long run.
    #[must_use]
    pub fn take_messages(&self) -> Vec<(&'static str, String)> {
        let mut state = self.lock();
        let feishu = state.sink.take_messages().into_iter();
        let mut all: Vec<_> = feishu.map(|message| ("feishu", message.text)).collect();
        let others = state.sinks.take_all().into_iter();
        let text = |platform: &str, body: &Value| match platform {
            "webhook" => body.to_string(),
            _ => feishu::texts(body).join("\n"),
        };
        all.extend(others.map(|(platform, taken)| (platform, text(platform, &taken.body))));
        all
    }

    /// The servers of every stop that arrived with a valid signature, in order, refused or not, but for those that a lie
    /// answered in its place: what a guard is answerable for.
    #[must_use]
    pub fn stops(&self) -> Vec<String> {
        let requests = self.requests();
        requests
            .into_iter()
            .filter(|request| request.operation == "ecs.stop" && !request.unseen)
            .flat_map(|request| request.servers)
            .collect()
    }

    /// The messages that the sink took, oldest first.
    #[must_use]
    pub fn feishu(&self) -> Vec<Message> {
        self.lock().sink.messages().to_vec()
    }

    /// What the sink of another platform took, oldest first: `dingtalk`, `wecom`, `telegram`, `slack`, `webhook`. Empty
    /// for any other name.
    #[must_use]
    pub fn taken(&self, platform: &str) -> Vec<Taken> {
        self.lock().sinks.taken(platform).unwrap_or_default()
    }

    /// Where the sinks of the other platforms are, as a client is configured with them; `base` is a server's address.
    #[must_use]
    pub fn channels(&self, base: &str) -> serde_json::Value {
        sinks::addresses(base)
    }

    /// The sink's path, to stand after the address of a server, and its secret.
    #[must_use]
    pub fn feishu_hook(&self) -> (String, Option<String>) {
        let state = self.lock();
        (state.sink.path(), state.sink.secret.clone())
    }

    /// Changes what is true of an account with money.
    pub fn set_money(&self, purse: &str, money: &Money) -> Result<(), SimError> {
        self.with(|state, _| state.purses.named(purse)?.set(money))
    }

    /// What a client must know of an account with money, by the names of its parameters. All of it is fake.
    pub fn purse(&self, name: &str) -> Result<std::collections::BTreeMap<&'static str, String>, SimError> {
        self.with(|state, _| Ok(state.purses.named(name)?.params.clone()))
    }

    /// What is really true of a package now.
    pub fn truth(&self, package: &str) -> Result<Truth, SimError> {
        self.with(|state, now| {
            let (account, index) = state.package_at(package)?;
            let account = state.accounts.get(account);
            account
                .and_then(|account| ledger::truth(account, index, state.start, now))
                .ok_or_else(|| SimError::Unknown(package.to_owned()))
        })
    }

    /// Bytes of an account that no package paid for.
    pub fn excess(&self, account: &str) -> Result<i64, SimError> {
        self.with(|state, now| {
            let start = state.start;
            let account = state.account_named(account)?;
            Ok(ledger::settle(account, start, now).1)
        })
    }

    /// Whether a server really runs now.
    pub fn runs(&self, server: &str) -> Result<bool, SimError> {
        self.with(|state, now| Ok(state.server_named(server)?.runs(now)))
    }

    /// Since when a server runs without a break; before the world began for one that always ran. Nothing when it stands.
    pub fn running_since(&self, server: &str) -> Result<Option<Time>, SimError> {
        self.with(|state, now| {
            let server = state.server_named(server)?;
            Ok(server.runs(now).then(|| server.launched(now)))
        })
    }

    /// The id of a server.
    pub fn server_id(&self, server: &str) -> Result<String, SimError> {
        self.with(|state, _| Ok(state.server_named(server)?.id.clone()))
    }

    /// The current id of a package.
    pub fn package_id(&self, package: &str) -> Result<String, SimError> {
        self.with(|state, _| Ok(state.package_named(package)?.id.clone()))
    }

    /// The keys of an account, first the one that was made with it.
    pub fn credentials(&self, account: &str) -> Result<Vec<Credential>, SimError> {
        self.with(|state, _| {
            let keys = &state.account_named(account)?.keys;
            Ok(keys.iter().map(|key| key.credential.clone()).collect())
        })
    }

    /// The names of all accounts.
    #[must_use]
    pub fn accounts(&self) -> Vec<String> {
        let state = self.lock();
        state
            .accounts
            .iter()
            .map(|account| account.name.clone())
            .collect()
    }

    /// Somebody starts a server by hand, at once.
    pub fn start_by_hand(&self, server: &str) -> Result<(), SimError> {
        self.power(server, true)
    }

    /// Somebody stops a server by hand, at once.
    pub fn stop_by_hand(&self, server: &str) -> Result<(), SimError> {
        self.power(server, false)
    }

    fn power(&self, server: &str, on: bool) -> Result<(), SimError> {
        self.with(|state, now| {
            let server = state.server_named(server)?;
            server.task = None;
            server.switch(now, now, on);
            Ok(())
        })
    }

    /// A server of that name appears in the account: nobody's package pays for it, and it runs.
    pub fn appear(&self, account: &str, server: &str) -> Result<(), SimError> {
        self.with(|state, now| {
            let mut rng = state.rng.clone();
            let number = state.accounts.iter().map(|account| account.servers.len()).sum();
            let account = state.account_named(account)?;
            let region = account.projects.first().map(|project| project.name.clone());
            let mut server = new_server(&mut rng, server, &region.unwrap_or_default(), number);
            server.created = now;
            server.power = vec![(now, true)];
            account.servers.push(server);
            state.rng = rng;
            Ok(())
        })
    }

    /// From now on a server sends by this curve.
    pub fn set_traffic(&self, server: &str, curve: Curve) -> Result<(), SimError> {
        self.with(|state, now| {
            state.server_named(server)?.traffic.push((now, curve));
            Ok(())
        })
    }

    /// More in the current cycle of a package.
    pub fn top_up(&self, package: &str, bytes: i64) -> Result<(), SimError> {
        self.happen(package, PackageEvent::TopUp(bytes))
    }

    /// The provider corrects what was used, up or down: a late bill.
    pub fn correct(&self, package: &str, bytes: i64) -> Result<(), SimError> {
        self.happen(package, PackageEvent::Correct(bytes))
    }

    fn happen(&self, package: &str, event: PackageEvent) -> Result<(), SimError> {
        self.with(|state, now| {
            state.package_named(package)?.events.push((now, event));
            Ok(())
        })
    }

    /// The package ends after `overlap`; from now on another one with a new id and the same quota is in effect beside
    /// it. Gives the new id.
    pub fn renew(&self, package: &str, overlap: Duration) -> Result<String, SimError> {
        self.with(|state, now| {
            let (account, index) = state.package_at(package)?;
            let mut rng = state.rng.clone();
            let account = state.accounts.get_mut(account);
            let account = account.ok_or_else(|| SimError::Unknown(package.to_owned()))?;
            let old = account.packages.get_mut(index);
            let old = old.ok_or_else(|| SimError::Unknown(package.to_owned()))?;
            let life = old.expires.since(old.bought);
            old.expires = now.plus(overlap);
            let mut new = new_package(&mut rng, &old.name, &old.region, old.cover.clone(), old.quota);
            new.product.clone_from(&old.product);
            (new.monthly, new.measure_id, new.lag, new.step) =
                (old.monthly, old.measure_id, old.lag, old.step);
            (new.bought, new.expires) = (now, now.plus(life));
            let id = new.id.clone();
            account.packages.push(new);
            state.rng = rng;
            Ok(id)
        })
    }

    /// The package is given back: status 4 from now on.
    pub fn unsubscribe(&self, package: &str) -> Result<(), SimError> {
        self.with(|state, now| {
            state.package_named(package)?.unsubscribed = Some(now);
            Ok(())
        })
    }

    /// The account's first key is replaced; gives the new one. The old one is unknown from now on.
    pub fn rotate_key(&self, account: &str) -> Result<Credential, SimError> {
        self.with(|state, _| {
            let mut rng = state.rng.clone();
            let account = state.account_named(account)?;
            let rights = account
                .keys
                .first()
                .map_or_else(Rights::all, |key| key.rights.clone());
            let key = new_key(&mut rng, rights, None);
            let credential = key.credential.clone();
            match account.keys.first_mut() {
                Some(first) => *first = key,
                None => account.keys.push(key),
            }
            state.rng = rng;
            state.index_keys();
            Ok(credential)
        })
    }

    /// Every answer takes so long from now on.
    pub fn set_latency(&self, span: Duration) {
        self.lock().latency = span;
    }

    /// A stop or start takes so long from now on.
    pub fn set_stop_delay(&self, span: Duration) {
        self.lock().stop_delay = span;
    }

    /// The ids of an account's servers.
    pub fn servers(&self, account: &str) -> Result<Vec<String>, SimError> {
        self.with(|state, _| {
            let servers = &state.account_named(account)?.servers;
            Ok(servers.iter().map(|server| server.id.clone()).collect())
        })
    }

    /// Keys, ids and present state of everything: what a test or a person needs to talk to this world. The secrets in
    /// it are fake.
    #[must_use]
    pub fn details(&self) -> Value {
        self.with(|state, now| {
            let start = state.start;
            let accounts: Vec<Value> = state
                .accounts
                .iter()
                .map(|account| account_details(account, start, now))
                .collect();
            json!({ "now": now, "accounts": accounts, "balances": state.purses.details(),
                "volcengine": state.volcengine.details() })
        })
    }
}

pub(crate) fn new_job_id(rng: &mut fastrand::Rng) -> String {
    format!("ff8080{}", hex_text(rng, 26))
}

pub(crate) fn new_request_id(rng: &mut fastrand::Rng) -> String {
    uuid(rng).replace('-', "")
}

fn account_details(account: &Account, start: Time, now: Time) -> Value {
    let servers: Vec<Value> = account
        .servers
        .iter()
        .map(|server| {
            json!({
                "id": server.id, "name": server.name, "region": server.region, "runs": server.runs(now),
                "eip": server.eip.id, "bandwidth": server.eip.bandwidth_id, "address": server.eip.address,
                "instance": server.instance, "sent": server.sent(start, now),
            })
        })
        .collect();
    let packages: Vec<Value> = (0..account.packages.len())
        .filter_map(|index| package_details(account, index, start, now))
        .collect();
    json!({
        "name": account.name, "site": account.site, "domain_id": account.domain_id,
        "projects": account.projects.iter().map(|project| json!({"id": project.id, "name": project.name})).collect::<Vec<_>>(),
        "keys": account.keys.iter().map(key_details).collect::<Vec<_>>(),
        "servers": servers, "packages": packages,
    })
}

fn key_details(key: &Key) -> Value {
    let Credential { ak, sk, token } = &key.credential;
    json!({"ak": ak, "sk": sk, "token": token, "acts": key.rights.acts(), "user": key.user_id})
}

fn package_details(account: &Account, index: usize, start: Time, now: Time) -> Option<Value> {
    let package = account.packages.get(index)?;
    let truth = ledger::truth(account, index, start, now)?;
    let servers: Vec<&str> = match &package.cover {
        Cover::Servers(ids) => ids.iter().map(String::as_str).collect(),
        Cover::Shared(_) => Vec::new(),
    };
    Some(json!({
        "id": package.id, "name": package.name, "region": package.region, "servers": servers,
        "used": truth.used, "quota": truth.quota, "remaining": truth.remaining,
        "start": truth.window.start, "end": truth.window.end,
    }))
}
