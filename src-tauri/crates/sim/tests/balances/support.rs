//! A world that stands, and requests without a signature.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tidegate_meter::{Clock, Mono, Now, Time};
use tidegate_sim::balances::Money;
use tidegate_sim::{Answer, Call, Door, Served, World};

pub(crate) struct Standing(Time);

impl Clock for Standing {
    fn now(&self) -> Now {
        Now {
            wall: self.0,
            mono: Mono(0),
        }
    }
}

/// Twenty days into a month.
pub(crate) const START: &str = "2026-01-20T08:00:00Z";

/// A world with one account at each provider.
pub(crate) fn world() -> World {
    World::new(1).build(Arc::new(Standing(START.parse().unwrap())))
}

pub(crate) fn call(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Call {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = headers.iter().chain(&[("host", "127.0.0.1:9")]);
    Call {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: Bytes::from(body.to_owned()),
    }
}

pub(crate) fn served(world: &World, call: &Call) -> Served {
    Door::new(world.clone()).answer(call)
}

/// A request with the account's own key, where the provider wants it.
pub(crate) fn keyed(world: &World, provider: &str, target: &str) -> Call {
    let key = world.purse(provider).unwrap()["key"].clone();
    match provider {
        "elevenlabs" => call("GET", target, &[("xi-api-key", &key)], ""),
        "anthropic" => call(
            "GET",
            target,
            &[("x-api-key", &key), ("anthropic-version", "2023-06-01")],
            "",
        ),
        "wxrank" => call("GET", &format!("{target}?key={key}"), &[], ""),
        _ => call("GET", target, &[("authorization", &format!("Bearer {key}"))], ""),
    }
}

pub(crate) fn answer(world: &World, provider: &str, target: &str) -> Answer {
    served(world, &keyed(world, provider, target)).answer
}

pub(crate) fn body(world: &World, provider: &str, target: &str) -> Value {
    answer(world, provider, target).value()
}

pub(crate) fn set(world: &World, name: &str, left: &str, spent: &str) {
    let money = Money {
        left: Some(left.to_owned()),
        spent: Some(spent.to_owned()),
        ..Money::default()
    };
    world.set_money(name, &money).unwrap();
}

/// Provider, path, and the pointer to the amount that tells what is left, as it is written for 1234.5 left and 65.5
/// spent.
pub(crate) const LEFT: [(&str, &str, &str, &str); 16] = [
    ("openrouter", "/api/v1/credits", "/data/total_credits", "1300"),
    (
        "deepseek",
        "/user/balance",
        "/balance_infos/0/total_balance",
        "\"1234.50\"",
    ),
    (
        "moonshot",
        "/v1/users/me/balance",
        "/data/available_balance",
        "1234.5",
    ),
    (
        "siliconflow",
        "/v1/user/info",
        "/data/totalBalance",
        "\"1234.50\"",
    ),
    (
        "zhipu",
        "/api/biz/account/query-customer-account-report",
        "/data/availableBalance",
        "1234.5",
    ),
    ("stepfun", "/v1/accounts", "/balance", "1234.5"),
    (
        "novita",
        "/openapi/v1/billing/balance/detail",
        "/availableBalance",
        "\"12345000\"",
    ),
    (
        "xai",
        "/v1/billing/teams/team-xai/prepaid/balance",
        "/total/val",
        "\"-123450\"",
    ),
    ("elevenlabs", "/v1/user/subscription", "/character_limit", "1300"),
    (
        "one-api",
        "/v1/dashboard/billing/subscription",
        "/hard_limit_usd",
        "1300",
    ),
    ("uniapi", "/v1/billing/usage?unit=usd", "/data/balance", "1234.5"),
    (
        "tikhub",
        "/api/v1/tikhub/user/get_user_info",
        "/user_data/balance",
        "1234.5",
    ),
    ("wxrank", "/weixin/score", "/msg", "\"剩余1234余额\""),
    (
        "digitalocean",
        "/v2/customers/my/balance",
        "/month_to_date_balance",
        "\"-1234.50\"",
    ),
    ("vultr", "/v2/account", "/account/balance", "-1300"),
    ("linode", "/v4/account", "/balance", "-1300"),
];
