//! What must hold across the parts of a spec: something is asked and measured, every parameter is used, and every
//! example is complete.

use super::super::Spec;
use super::super::mistake::Wrong;
use super::super::spec::{Auth, MetricKind, Origin, ParamForm};
use super::table::Table;

/// Names that our own providers have; a spec beside them would never be asked.
pub(super) const TAKEN: [&str; 1] = ["huawei"];

pub(super) fn check(root: &Table<'_, '_>, spec: &Spec) {
    if spec.requests.is_empty() {
        root.need("request");
    }
    if spec.metrics.is_empty() {
        root.need("metric");
    }
    if let Some(place) = root.get("id").filter(|_| TAKEN.contains(&spec.id.as_str())) {
        place.wrong(Wrong::NotAllowed(
            "没有被内置平台使用的名称",
            "a name that no built-in provider has",
        ));
    }
    unused_params(root, spec);
    for (table, metric) in root.tables("metric").iter().zip(&spec.metrics) {
        if metric.kind == MetricKind::Spend && metric.used.is_some() {
            table.wrong(Wrong::NotAllowed(
                "spend 的 value 就是已用",
                "no `used` beside a spend: its value is it",
            ));
        }
    }
}

/// A parameter that nothing uses is a slip of the pen.
fn unused_params(root: &Table<'_, '_>, spec: &Spec) {
    let used = used_params(spec);
    for table in root.tables("param") {
        let key = table.text("key").unwrap_or_default();
        let consent = spec
            .param(key)
            .is_some_and(|param| param.form == ParamForm::Consent);
        if spec.param(key).is_some() && !consent && !used.iter().any(|name| name == key) {
            table.wrong(Wrong::NotAllowed(
                "被用到的参数",
                "a parameter that something uses",
            ));
        }
    }
}

fn used_params(spec: &Spec) -> Vec<String> {
    let mut used: Vec<String> = auth_params(&spec.auth);
    let token = match &spec.auth {
        Auth::ClientCredentials(auth) => Some(&auth.token_url),
        _ => None,
    };
    for address in spec.requests.iter().map(|ask| &ask.address).chain(token) {
        match &address.origin {
            Origin::Choice(key) | Origin::Base(key) => used.push(key.clone()),
            Origin::Fixed(_) => {}
        }
        used.extend(address.path.params().map(str::to_owned));
    }
    for ask in &spec.requests {
        let pairs = ask.query.iter().chain(&ask.headers);
        used.extend(
            pairs
                .flat_map(|(_, template)| template.params())
                .map(str::to_owned),
        );
        used.extend(ask.body.iter().flat_map(|body| body.params()).map(str::to_owned));
    }
    for metric in &spec.metrics {
        used.extend(metric.with.clone());
        used.extend(metric.map_param().map(str::to_owned));
    }
    used
}

fn auth_params(auth: &Auth) -> Vec<String> {
    match auth {
        Auth::None => Vec::new(),
        Auth::Bearer { param } | Auth::Header { param, .. } | Auth::Query { param, .. } => {
            vec![param.clone()]
        }
        Auth::Basic { user, pass } => vec![user.clone(), pass.clone()],
        Auth::ClientCredentials(auth) => vec![auth.client_id.clone(), auth.client_secret.clone()],
        Auth::Signer(signer) => vec![signer.ak.clone(), signer.sk.clone(), "security_token".to_owned()],
    }
}
