//! The page about every provider, made from the specs: what is asked, how it is proved who asks, what is read, and how
//! sure that is. Owns no fact: each stands in a file of `specs/`.

use std::fmt::Write;

use tidegate_egress::Method;
use tidegate_meter::{WindowKind, print_span};

use super::expr::UnitRule;
use super::spec::{Address, Ask, Auth, Metric, MetricKind, Origin, Value, WindowRule};
use super::{Category, Confidence, ParamForm, Spec, Standing};

const HEAD: &str = "# Providers told as data

Made from `src-tauri/crates/providers/specs/*.toml`; renew with
`cargo run -p tidegate-providers --example providers -- --write`. How such a file is written, also one of your own, tells
[balances.md](behaviour/balances.md). Huawei Cloud's traffic packages and servers are code:
[providers/huawei.md](providers/huawei.md); so are the projects and sub-accounts of Volcengine:
[providers/volcengine.md](providers/volcengine.md), proxy kernels: [providers/proxy.md](providers/proxy.md), and the
subscriptions of proxy services: [providers/subscription.md](providers/subscription.md).

*Source* says where the facts were read: `sdk` the provider's published SDK, `docs` its documentation, `code` a public
program that calls it, `memory` nowhere. No request was made with a real key: the examples' values are invented.
";

/// The whole page.
#[must_use]
pub fn page(specs: &[Spec]) -> String {
    let mut page = HEAD.to_owned();
    let titles = [
        (Category::Ai, "Models and speech"),
        (Category::Gateway, "Gateways"),
        (Category::Data, "Data services"),
        (Category::Cloud, "Clouds"),
        (Category::Network, "Networks"),
    ];
    for (category, title) in titles {
        let mut of: Vec<&Spec> = specs.iter().filter(|spec| spec.category == category).collect();
        of.sort_by_key(|spec| (!is_supported(spec), spec.id.as_str()));
        if of.is_empty() {
            continue;
        }
        line(&mut page, format_args!("\n## {title}"));
        for spec in of {
            section(&mut page, spec);
        }
    }
    page
}

fn is_supported(spec: &Spec) -> bool {
    spec.standing == Standing::Supported
}

/// Writing to a text cannot fail.
fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(page, "{text}");
}

fn section(page: &mut String, spec: &Spec) {
    line(page, format_args!("\n### {} · `{}`\n", title(spec), spec.id));
    let standing = match spec.standing {
        Standing::Supported => "",
        Standing::Experimental => " · experimental",
        Standing::Community => " · community, unverified",
        Standing::Own => " · your own",
    };
    line(
        page,
        format_args!(
            "- source: {}{standing} · <{}>",
            source(spec.confidence),
            spec.docs_url
        ),
    );
    line(page, format_args!("- key: {}", spec.keys_at.en));
    line(page, format_args!("- proof: {}", proof(&spec.auth)));
    for param in spec.plain_params() {
        let form = match &param.form {
            ParamForm::Choice(choices) => format!(": {}", choices.join(" | ")),
            _ => String::new(),
        };
        let needed = match (&param.default, param.required) {
            (Some(default), _) => format!(", else {default}"),
            (None, true) => String::new(),
            (None, false) => ", may be left out".to_owned(),
        };
        line(
            page,
            format_args!("- parameter `{}`: {}{form}{needed}", param.key, param.label.en),
        );
    }
    for ask in &spec.requests {
        line(page, format_args!("- asks: {}", asked(ask)));
    }
    line(
        page,
        format_args!(
            "- every {}, never more often than {}",
            print_span(spec.interval),
            print_span(spec.min_interval)
        ),
    );
    if !spec.note.en.is_empty() {
        line(page, format_args!("- note: {}", spec.note.en));
    }
    line(
        page,
        format_args!("\n| meter | what | unit | window | note |\n|---|---|---|---|---|"),
    );
    for metric in &spec.metrics {
        row(page, metric);
    }
}

fn title(spec: &Spec) -> String {
    if spec.name.zh == spec.name.en {
        return spec.name.en.clone();
    }
    format!("{} ({})", spec.name.en, spec.name.zh)
}

const fn source(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Sdk => "the provider's SDK",
        Confidence::Docs => "the provider's documentation",
        Confidence::Code => "public programs",
        Confidence::Memory => "memory",
    }
}

fn proof(auth: &Auth) -> String {
    match auth {
        Auth::None => "none".to_owned(),
        Auth::Bearer { .. } => "`Authorization: Bearer`".to_owned(),
        Auth::Header { name, prefix, .. } => format!("header `{name}: {prefix}…`"),
        Auth::Query { name, .. } => format!("`{name}` in the query, where proxies on the way may log it"),
        Auth::Basic { .. } => "user and password".to_owned(),
        Auth::ClientCredentials(_) => "a token by OAuth 2 client credentials".to_owned(),
        Auth::Signer(signer) => format!("signature `{}`", signer.algorithm.name()),
    }
}

fn asked(ask: &Ask) -> String {
    let method = match ask.method {
        Method::Post => "POST",
        _ => "GET",
    };
    let mut told = format!("{method} {}", place(&ask.address));
    if ask.anonymous {
        told.push_str(", without the key");
    }
    if ask.optional {
        told.push_str(", may fail alone");
    }
    if let Some(paging) = &ask.paging {
        let _ = write!(told, ", at most {} pages", paging.max);
    }
    told
}

fn place(address: &Address) -> String {
    let origin = match &address.origin {
        Origin::Fixed(url) => tidegate_egress::redact(url),
        Origin::Choice(key) => format!("https://<{key}>"),
        Origin::Base(key) => format!("<{key}>"),
    };
    format!("`{origin}{}`", address.path.shown())
}

fn row(page: &mut String, metric: &Metric) {
    let what = match metric.kind {
        MetricKind::Balance => "money left",
        MetricKind::CreditLeft => "units left",
        MetricKind::LimitLeft => "left of a cap",
        MetricKind::TrafficLeft => "traffic left",
        MetricKind::Spend => "used",
        MetricKind::Flag => "100 % while it holds, else 0 %",
    };
    let unit = match &metric.value {
        Value::Flag(_) => "percent".to_owned(),
        Value::Amount { unit, .. } => unit_told(unit),
    };
    let window = match &metric.window {
        None => "–".to_owned(),
        Some(WindowRule::Resets { .. }) => "until the told reset".to_owned(),
        Some(WindowRule::Calendar { kind, beijing }) => {
            let zone = if *beijing { "UTC+8" } else { "UTC" };
            let span = match kind {
                WindowKind::Day => "day",
                WindowKind::Year => "year",
                _ => "month",
            };
            format!("{span}, {zone}")
        }
    };
    let id = match (&metric.each, &metric.label) {
        (Some(_), Some(label)) => format!("{}.<{}>", metric.id, label.to_string().trim_start_matches('/')),
        _ => metric.id.clone(),
    };
    let note = &metric.note.en;
    line(
        page,
        format_args!(
            "| `{id}` | {}: {what} | {unit} | {window} | {note} |",
            metric.name.en
        ),
    );
}

fn unit_told(unit: &UnitRule) -> String {
    match unit {
        UnitRule::Fixed(unit) => unit.to_string(),
        UnitRule::Told(_) | UnitRule::Column(_) => "the currency told".to_owned(),
        UnitRule::Map { to, default, .. } => {
            let mut units: Vec<String> = to.values().chain(default).map(ToString::to_string).collect();
            units.sort_unstable();
            units.dedup();
            units.join(" or ")
        }
    }
}
