//! New keys, servers and packages from the seed. Every secret made here says that it is fake.

use std::time::Duration;

use tidegate_meter::Time;

use super::{Cover, Credential, Eip, Key, Package, Rights, Server};

/// Regions that the simulated cloud has.
pub(crate) const REGIONS: &[&str] = &[
    "cn-north-4",
    "cn-south-1",
    "cn-east-3",
    "cn-southwest-2",
    "ap-southeast-1",
    "ap-southeast-3",
];

/// The product name of a Flexus L package, as the provider prints it.
const BUNDLE: &str = "轻量BGP流量套餐包";

pub(super) fn new_key(rng: &mut fastrand::Rng, rights: Rights, token: Option<String>) -> Key {
    Key {
        credential: Credential {
            ak: format!("FAKE{}", hex_text(rng, 16).to_uppercase()),
            sk: format!("FAKEsecret{}", hex_text(rng, 30)),
            token,
        },
        rights,
        user_id: hex_text(rng, 32),
        expires: None,
        failures: 0,
        locked_until: None,
    }
}

pub(super) fn new_server(rng: &mut fastrand::Rng, name: &str, region: &str, number: usize) -> Server {
    let (third, last) = (number / 250 % 250, number % 250 + 1);
    Server {
        id: uuid(rng),
        name: name.to_owned(),
        region: region.to_owned(),
        created: Time::from_ms(0),
        instance: None,
        eip: Eip {
            id: uuid(rng),
            bandwidth_id: uuid(rng),
            address: format!("203.0.113.{last}"),
            private: format!("192.168.{third}.{last}"),
            port_id: uuid(rng),
            line: "5_bgp".to_owned(),
            size: 30,
            charge_mode: "traffic".to_owned(),
        },
        power: Vec::new(),
        traffic: Vec::new(),
        task: None,
        locked: false,
    }
}

pub(super) fn new_package(
    rng: &mut fastrand::Rng,
    name: &str,
    region: &str,
    cover: Cover,
    quota: i64,
) -> Package {
    let shared = matches!(cover, Cover::Shared(_));
    Package {
        id: uuid(rng),
        name: name.to_owned(),
        product: if shared { name } else { BUNDLE }.to_owned(),
        order_id: format!("CS{}", hex_text(rng, 14).to_uppercase()),
        order_instance_id: format!("01000-10086-{:06}", rng.u32(0..1_000_000)),
        region: region.to_owned(),
        cover,
        bought: Time::from_ms(0),
        expires: Time::from_ms(0),
        quota,
        monthly: false,
        used: 0,
        events: Vec::new(),
        measure_id: 10,
        lag: Duration::ZERO,
        step: Duration::from_millis(1),
        unsubscribed: None,
    }
}

pub(super) fn hex_text(rng: &mut fastrand::Rng, digits: usize) -> String {
    (0..digits).map(|_| rng.digit(16)).collect()
}

/// A random id in the usual five groups.
pub(super) fn uuid(rng: &mut fastrand::Rng) -> String {
    [8, 4, 4, 4, 12].map(|digits| hex_text(rng, digits)).join("-")
}
