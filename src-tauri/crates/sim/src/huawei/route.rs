//! Which operation a method and path mean, and what each demands.

/// The services behind the one address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Service {
    Iam,
    Sts,
    Bss,
    Rms,
    Ecs,
    Ces,
    Eip,
}

/// An operation with what it demands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) service: Service,
    pub(crate) right: Option<&'static str>,
}

/// A recognised request.
pub(crate) struct Route<'a> {
    pub(crate) operation: Operation,
    /// The project of the path, or the domain for Config.
    pub(crate) scope: Option<&'a str>,
    /// What else the path names.
    pub(crate) names: Vec<&'a str>,
}

const fn operation(name: &'static str, service: Service, right: Option<&'static str>) -> Operation {
    Operation { name, service, right }
}

/// Every operation of the dialect by name, as the request log and the faults call them.
pub const OPERATIONS: &[&str] = &[
    "iam.auth_projects",
    "iam.projects",
    "iam.auth_domains",
    "sts.caller_identity",
    "bss.packages",
    "bss.usages",
    "bss.records",
    "bss.units",
    "bss.conversions",
    "bss.balances",
    "bss.monthly_sum",
    "bss.subscriptions",
    "rms.resources",
    "ecs.list",
    "ecs.show",
    "ecs.stop",
    "ecs.start",
    "ecs.job",
    "ces.metrics",
    "ces.batch",
    "ces.single",
    "eip.publicips",
    "eip.publicips_v1",
    "eip.bandwidths",
];

/// What the request means; `None` is APIGW.0101. `starts` tells a start from a stop.
pub(crate) fn route<'a>(method: &str, path: &'a str, starts: bool) -> Option<Route<'a>> {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    global(method, &segments)
        .map(|operation| Route {
            operation,
            scope: None,
            names: Vec::new(),
        })
        .or_else(|| config(method, &segments))
        .or_else(|| regional(method, &segments, starts))
}

fn global(method: &str, segments: &[&str]) -> Option<Operation> {
    use Service::{Bss, Iam, Sts};
    Some(match (method, segments) {
        ("GET", ["v3", "auth", "projects"]) => operation("iam.auth_projects", Iam, None),
        ("GET", ["v3", "projects"]) => operation("iam.projects", Iam, Some("iam:projects:list")),
        ("GET", ["v3", "auth", "domains"]) => operation("iam.auth_domains", Iam, None),
        ("GET", ["v5", "caller-identity"]) => operation("sts.caller_identity", Sts, None),
        ("POST", ["v3", "payments", "free-resources", "query"]) => {
            operation("bss.packages", Bss, Some("bss:order:view"))
        }
        ("POST", ["v2", "payments", "free-resources", "usages", "details", "query"]) => {
            operation("bss.usages", Bss, Some("bss:order:view"))
        }
        ("GET", ["v2", "bills", "customer-bills", "free-resources-usage-records"]) => {
            operation("bss.records", Bss, Some("bss:order:view"))
        }
        ("GET", ["v2", "bases", "measurements"]) => operation("bss.units", Bss, None),
        ("GET", ["v2", "bases", "conversions"]) => operation("bss.conversions", Bss, None),
        ("GET", ["v2", "accounts", "customer-accounts", "balances"]) => {
            operation("bss.balances", Bss, Some("bss:balance:view"))
        }
        ("GET", ["v2", "bills", "customer-bills", "monthly-sum"]) => {
            operation("bss.monthly_sum", Bss, Some("bss:bill:view"))
        }
        ("POST", ["v2", "orders", "suscriptions", "resources", "query"]) => {
            operation("bss.subscriptions", Bss, Some("bss:order:view"))
        }
        _ => return None,
    })
}

fn config<'a>(method: &str, segments: &[&'a str]) -> Option<Route<'a>> {
    let (scope, names) = match (method, segments) {
        ("GET", ["v1", "resource-manager", "domains", domain, "all-resources"]) => (*domain, Vec::new()),
        (
            "GET",
            [
                "v1",
                "resource-manager",
                "domains",
                domain,
                "provider",
                provider,
                "type",
                kind,
                "resources",
            ],
        ) => (*domain, vec![*provider, *kind]),
        _ => return None,
    };
    Some(Route {
        operation: operation("rms.resources", Service::Rms, Some("rms:resources:list")),
        scope: Some(scope),
        names,
    })
}

fn regional<'a>(method: &str, segments: &[&'a str], starts: bool) -> Option<Route<'a>> {
    use Service::{Ces, Ecs, Eip};
    let (operation, scope, names) = match (method, segments) {
        ("GET", ["v1", project, "cloudservers", "detail"]) => {
            let list = operation("ecs.list", Ecs, Some("ecs:cloudServers:list"));
            (list, project, Vec::new())
        }
        ("GET", ["v1", project, "cloudservers", server]) => {
            let show = operation("ecs.show", Ecs, Some("ecs:cloudServers:get"));
            (show, project, vec![*server])
        }
        ("POST", ["v1", project, "cloudservers", "action"]) if starts => {
            let start = operation("ecs.start", Ecs, Some("ecs:cloudServers:start"));
            (start, project, Vec::new())
        }
        ("POST", ["v1", project, "cloudservers", "action"]) => {
            let stop = operation("ecs.stop", Ecs, Some("ecs:cloudServers:stop"));
            (stop, project, Vec::new())
        }
        ("GET", ["v1", project, "jobs", job]) => (operation("ecs.job", Ecs, None), project, vec![*job]),
        ("GET", ["V1.0", project, "metrics"]) => {
            let metrics = operation("ces.metrics", Ces, Some("ces:metrics:list"));
            (metrics, project, Vec::new())
        }
        ("POST", ["V1.0", project, "batch-query-metric-data"]) => {
            let batch = operation("ces.batch", Ces, Some("ces:metricData:list"));
            (batch, project, Vec::new())
        }
        ("GET", ["V1.0", project, "metric-data"]) => {
            let single = operation("ces.single", Ces, Some("ces:metricData:list"));
            (single, project, Vec::new())
        }
        ("GET", ["v3", project, "eip", "publicips"]) => {
            let list = operation("eip.publicips", Eip, Some("vpc:publicIps:list"));
            (list, project, Vec::new())
        }
        ("GET", ["v1", project, "publicips"]) => {
            let list = operation("eip.publicips_v1", Eip, Some("vpc:publicIps:list"));
            (list, project, Vec::new())
        }
        ("GET", ["v1", project, "bandwidths"]) => {
            let list = operation("eip.bandwidths", Eip, Some("vpc:bandwidths:list"));
            (list, project, Vec::new())
        }
        _ => return None,
    };
    Some(Route {
        operation,
        scope: Some(scope),
        names,
    })
}
