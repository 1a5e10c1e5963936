//! Requests, how they are signed, and what their answers must say.

use std::net::IpAddr;

use serde_json::Value;
use tidegate_egress::Method;
use tidegate_meter::Reason;
use url::{Host, Url};

use super::super::limits;
use super::super::mistake::Wrong;
use super::super::spec::{
    Address, Ask, Auth, ClientCredentialsAuth, Codes, Origin, Paging, Param, ParamForm, Rule, Signer, Test,
};
use super::super::template::{BodyTemplate, Template};
use super::expr::{self, Frame};
use super::head::slug;
use super::table::{Place, Table};
use crate::sign::Algorithm;

const ADDRESS: (&str, &str) = (
    "不带查询串的 https 地址（本机可用 http）；主机固定，或为 https://{param.host}/… 或 {param.base}/…",
    "an https address without a query (http on this machine only); its host fixed, or https://{param.host}/… with \
     choices, or {param.base}/… with a base",
);
const TEMPLATE: (&str, &str) = (
    "文字，占位只能是非密钥参数 {param.名称} 或 {time.month_start_unix|month_start_rfc3339|month_start_ymd|now_rfc3339|tomorrow|d100_ago}",
    "text whose places are {param.NAME} of a parameter that is no secret, or \
     {time.month_start_unix|month_start_rfc3339|month_start_ymd|now_rfc3339|tomorrow|d100_ago}",
);
const HEADER: (&str, &str) = (
    "小写头名；authorization、cookie、host 与 content-length 不能自定",
    "a header's name in lower case; authorization, cookie, host and content-length cannot be set",
);
const JSON: (&str, &str) = ("JSON 文本", "a JSON text");

/// An address that requests may be sent to: https, or plain http near by; no query, no user, nothing behind `#`.
pub(super) fn base(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let near = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => is_near(IpAddr::V4(ip)),
        Host::Ipv6(ip) => is_near(IpAddr::V6(ip)),
    };
    (plain && (url.scheme() == "https" || (url.scheme() == "http" && near))).then_some(url)
}

const fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

fn template(place: &Place<'_, '_>, params: &[Param]) -> Option<Template> {
    place.parsed(TEMPLATE, |text| fits(Template::parse(text).ok()?, params))
}

/// A template that names only parameters that exist and are no secrets.
fn fits(template: Template, params: &[Param]) -> Option<Template> {
    let known = |key: &str| params.iter().any(|param| param.key == key && !param.secret);
    let all_known = template.params().all(known);
    all_known.then_some(template)
}

fn address(place: &Place<'_, '_>, params: &[Param]) -> Option<Address> {
    place.parsed(ADDRESS, |text| {
        let (origin, path) = origin(text, params)?;
        let clean = !path.contains(['?', '#', '\\']) && !path.split('/').any(|part| part == "..");
        let path = fits(Template::parse(path).ok()?, params)?;
        clean.then_some(Address { origin, path })
    })
}

fn origin<'t>(text: &'t str, params: &[Param]) -> Option<(Origin, &'t str)> {
    let form = |key: &str| {
        params
            .iter()
            .find(|param| param.key == key)
            .map(|param| &param.form)
    };
    if let Some((key, path)) = text.strip_prefix("{param.").and_then(|rest| rest.split_once('}')) {
        let fits = form(key) == Some(&ParamForm::Base) && path.starts_with('/');
        return fits.then(|| (Origin::Base(key.to_owned()), path));
    }
    if let Some((key, path)) = text
        .strip_prefix("https://{param.")
        .and_then(|rest| rest.split_once('}'))
    {
        let fits = matches!(form(key), Some(ParamForm::Choice(_))) && path.starts_with('/');
        return fits.then(|| (Origin::Choice(key.to_owned()), path));
    }
    let behind = text.find("://").and_then(|at| text.get(at + 3..))?;
    let slash = behind.find('/')?;
    let (start, path) = text.split_at_checked(text.len() - behind.len() + slash)?;
    Some((Origin::Fixed(base(start)?), path))
}

/// How it is proved who asks.
pub(super) fn auth(root: &Table<'_, '_>, params: &[Param]) -> Option<Auth> {
    let table = root.need("auth")?.table()?;
    let kinds = [
        "none",
        "bearer",
        "header",
        "query",
        "basic",
        "oauth2_client_credentials",
        "signer",
    ];
    let kind = table.need("kind")?.word(&kinds.map(|kind| (kind, kind)))?;
    let secret = |key: &str| param(&table, key, params, true);
    match kind {
        "none" => {
            table.only(&["kind"]);
            Some(Auth::None)
        }
        "bearer" => {
            table.only(&["kind", "param"]);
            Some(Auth::Bearer {
                param: secret("param")?,
            })
        }
        "header" => {
            table.only(&["kind", "name", "prefix", "param"]);
            let name = table
                .need("name")
                .and_then(|place| place.parsed(HEADER, header_name));
            Some(Auth::Header {
                param: secret("param")?,
                name: name?,
                prefix: table.text("prefix").unwrap_or_default().to_owned(),
            })
        }
        "query" => {
            table.only(&["kind", "name", "param"]);
            Some(Auth::Query {
                param: secret("param")?,
                name: table.need("name")?.text()?.to_owned(),
            })
        }
        "basic" => {
            table.only(&["kind", "user", "pass"]);
            let (user, pass) = (param(&table, "user", params, false), secret("pass"));
            Some(Auth::Basic {
                user: user?,
                pass: pass?,
            })
        }
        "signer" => signer(&table, params).map(Auth::Signer),
        _ => client_credentials(&table, params).map(Auth::ClientCredentials),
    }
}

/// The name of a parameter that exists; `secret`: which must be one.
fn param(table: &Table<'_, '_>, key: &str, params: &[Param], secret: bool) -> Option<String> {
    let place = table.need(key)?;
    let name = place.text()?;
    let fits = |param: &&Param| param.secret || !secret;
    if params.iter().filter(fits).any(|param| param.key == name) {
        return Some(name.to_owned());
    }
    place.wrong(Wrong::Undefined(
        params
            .iter()
            .filter(fits)
            .map(|param| param.key.clone())
            .collect(),
    ));
    None
}

/// A token's name, as headers have it, none of those that the client sets itself. `authorization` is for auth only.
fn header_name(text: &str) -> Option<String> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let own = matches!(
        text,
        "host" | "content-length" | "cookie" | "connection" | "transfer-encoding"
    );
    (!text.is_empty() && text.len() <= 64 && text.bytes().all(letter) && !own).then(|| text.to_owned())
}

fn client_credentials(table: &Table<'_, '_>, params: &[Param]) -> Option<ClientCredentialsAuth> {
    table.only(&["kind", "token_url", "client_id", "client_secret", "scope"]);
    let token_url = table.need("token_url").and_then(|place| address(&place, params));
    let (id, secret) = (
        param(table, "client_id", params, false),
        param(table, "client_secret", params, true),
    );
    Some(ClientCredentialsAuth {
        token_url: token_url?,
        client_id: id?,
        client_secret: secret?,
        scope: table.text("scope").unwrap_or_default().to_owned(),
    })
}

fn signer(table: &Table<'_, '_>, params: &[Param]) -> Option<Signer> {
    table.only(&[
        "kind",
        "algorithm",
        "ak",
        "sk",
        "service",
        "region",
        "action",
        "version",
    ]);
    let algorithm = table
        .need("algorithm")
        .and_then(|place| place.word(&Algorithm::ALL.map(|algorithm| (algorithm.name(), algorithm))));
    let (ak, sk) = (param(table, "ak", params, true), param(table, "sk", params, true));
    let text = |key| table.text(key).unwrap_or_default().to_owned();
    Some(Signer {
        algorithm: algorithm?,
        ak: ak?,
        sk: sk?,
        service: text("service"),
        region: text("region"),
        action: text("action"),
        version: text("version"),
    })
}

/// The requests, each id once.
pub(super) fn requests(root: &Table<'_, '_>, params: &[Param]) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    for table in root.tables("request") {
        let Some(ask) = request(&table, params) else {
            continue;
        };
        if asks.iter().any(|other| other.id == ask.id) {
            table.wrong(Wrong::Twice);
        } else {
            asks.push(ask);
        }
    }
    asks
}

fn request(table: &Table<'_, '_>, params: &[Param]) -> Option<Ask> {
    table.only(&[
        "id",
        "method",
        "url",
        "query",
        "headers",
        "body",
        "optional",
        "anonymous",
        "absent",
        "page",
    ]);
    let id = table.need("id").and_then(|place| slug(&place));
    let address = table.need("url").and_then(|place| address(&place, params));
    let method = table
        .get("method")
        .and_then(|place| place.word(&[("GET", Method::Get), ("POST", Method::Post)]));
    let query = pairs(table, "query", params);
    let headers = headers(table, params);
    let body = table.get("body").and_then(|place| body(&place, params));
    let paging = table.get("page").and_then(|place| paging(&place.table()?));
    let absent = table
        .get("absent")
        .map(|place| statuses(&place))
        .unwrap_or_default();
    Some(Ask {
        id: id?,
        method: method.unwrap_or(Method::Get),
        address: address?,
        query,
        headers,
        body,
        optional: table.flag("optional"),
        anonymous: table.flag("anonymous"),
        absent,
        paging,
    })
}

fn pairs(table: &Table<'_, '_>, key: &str, params: &[Param]) -> Vec<(String, Template)> {
    let Some(inner) = table.get(key).and_then(|place| place.table()) else {
        return Vec::new();
    };
    let pair = |(name, place): (String, Place<'_, '_>)| Some((name, template(&place, params)?));
    inner.entries().into_iter().filter_map(pair).collect()
}

fn headers(table: &Table<'_, '_>, params: &[Param]) -> Vec<(String, Template)> {
    let pairs = pairs(table, "headers", params);
    let bad = |name: &str| name == "authorization" || header_name(name).is_none();
    if let Some(place) = table
        .get("headers")
        .filter(|_| pairs.iter().any(|(name, _)| bad(name)))
    {
        place.wrong(Wrong::NotAllowed(HEADER.0, HEADER.1));
    }
    pairs
}

fn body(place: &Place<'_, '_>, params: &[Param]) -> Option<BodyTemplate> {
    let value: Value = place.parsed(JSON, |text| serde_json::from_str(text).ok())?;
    let known = |key: &str| params.iter().any(|param| param.key == key && !param.secret);
    match BodyTemplate::parse(value) {
        Ok(body) if body.params().into_iter().all(known) => Some(body),
        _ => {
            place.wrong(Wrong::NotAllowed(TEMPLATE.0, TEMPLATE.1));
            None
        }
    }
}

fn statuses(place: &Place<'_, '_>) -> Vec<u16> {
    let status = |place: &Place<'_, '_>| u16::try_from(place.whole(499)?).ok();
    place.list(limits::ENTRIES).iter().filter_map(status).collect()
}

fn paging(table: &Table<'_, '_>) -> Option<Paging> {
    table.only(&["next", "more", "param", "max"]);
    let next = table.need("next").and_then(|place| expr::pointer(&place));
    let more = table.get("more").and_then(|place| expr::pointer(&place));
    let max = table.get("max").and_then(|place| place.whole(limits::PAGES));
    Some(Paging {
        next: next?,
        more,
        param: table.need("param")?.text()?.to_owned(),
        max: max.unwrap_or(limits::PAGES).max(1),
    })
}

/// One rule: of which request, where, and what must stand there.
pub(super) fn rule(table: &Table<'_, '_>, frame: &Frame) -> Option<Rule> {
    table.only(&["req", "ptr", "eq", "in", "exists"]);
    let request = match table.get("req") {
        Some(place) => Some(frame.request(&place)?),
        None => None,
    };
    let ptr = table.need("ptr").and_then(|place| expr::pointer(&place))?;
    let test = match (table.get("eq"), table.get("in"), table.get("exists")) {
        (Some(eq), None, None) => Test::In(vec![expr::literal(&eq)?]),
        (None, Some(list), None) => Test::In(
            list.list(limits::ENTRIES)
                .iter()
                .filter_map(expr::literal)
                .collect(),
        ),
        (None, None, Some(exists)) => Test::Exists(exists.flag()?),
        _ => {
            table.wrong(Wrong::NotAllowed(
                "eq、in、exists 之一",
                "one of eq, in and exists",
            ));
            return None;
        }
    };
    Some(Rule { request, ptr, test })
}

/// Codes by what they mean.
pub(super) fn codes(root: &Table<'_, '_>) -> Codes {
    let Some(table) = root.get("codes").and_then(|place| place.table()) else {
        return Codes::default();
    };
    let kinds = [
        ("auth", Reason::Auth),
        ("scope", Reason::Scope),
        ("rate", Reason::Rate),
        ("missing", Reason::Missing),
        ("transient", Reason::Transient),
    ];
    table.only(&kinds.map(|(name, _)| name));
    let mut codes = Vec::new();
    for (name, reason) in kinds {
        let Some(place) = table.get(name) else { continue };
        for entry in place.list(limits::ENTRIES) {
            codes.extend(entry.text().map(|text| (text.to_owned(), reason)));
        }
    }
    Codes(codes)
}
