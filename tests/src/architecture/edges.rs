//! Who may know whom. The table is the law; a crate without a row is a breach, so that a new one is thought about.

use crate::Breach;

use super::{Dependency, House, Kind, Package};

/// Each crate, and those of ours it may depend on. Leaf first.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("meter", &[]),
    ("guard", &["meter"]),
    ("egress", &["meter"]),
    ("vault", &[]),
    ("providers", &["meter", "guard", "egress"]),
    ("channels", &["meter", "guard", "egress"]),
    ("store", &["meter", "guard"]),
    ("sim", &["meter", "guard", "egress", "providers", "channels"]),
    (
        "engine",
        &[
            "meter",
            "guard",
            "egress",
            "vault",
            "providers",
            "channels",
            "store",
        ],
    ),
    (
        "api",
        &[
            "meter",
            "guard",
            "egress",
            "vault",
            "providers",
            "channels",
            "store",
            "engine",
            "sim",
        ],
    ),
    (
        "lab",
        &[
            "meter",
            "guard",
            "egress",
            "vault",
            "providers",
            "channels",
            "store",
            "engine",
            "sim",
        ],
    ),
    ("server", &["api"]),
    ("agent", &["meter", "guard", "egress", "providers"]),
];
/// The edges of the program: they print, read the environment and exit. `sim` is there for `demo` and `sim`,
/// `lab` for `sim run`.
const PROGRAMS: [(&str, &[&str]); 2] = [
    ("cli", &["api", "server", "sim", "lab", "agent"]),
    (SHELL, &["api", "server"]),
];
/// The desktop shell: the one package that may know the desktop's libraries. It stands above the crates it carries, so its
/// folder bears another name.
const SHELL: &str = "tidegate";
/// Packages that are no part of the product and may look at all of it.
const OBSERVERS: [&str; 6] = ["tests", "engine-tests", "bench", "disk", "fuzz", "programs"];

fn allowed(short: &str) -> Option<&'static [&'static str]> {
    ALLOWED
        .iter()
        .chain(&PROGRAMS)
        .find(|(name, _)| *name == short)
        .map(|(_, known)| *known)
}

/// Dependencies that the table does not allow, and crates it does not know.
pub(super) fn breaches(house: &House) -> Vec<Breach> {
    house.packages.iter().flat_map(of_package).collect()
}

fn of_package(package: &Package) -> Vec<Breach> {
    let desktop = package
        .dependencies
        .iter()
        .filter(|dependency| package.short() != SHELL && is_desktop(&dependency.name))
        .map(|dependency| Breach::new("edge", &package.name, no_desktop(dependency)));
    let mut found: Vec<Breach> = desktop.collect();
    // The tests of a crate may be a package of their own.
    let folder = package.short().strip_suffix("-tests").unwrap_or(package.short());
    let is_named = package.name.starts_with("tidegate-") && package.folder.ends_with(folder);
    if !is_named && package.short() != SHELL {
        found.push(Breach::new(
            "name",
            &package.name,
            format!(
                "the folder {} holds the package tidegate-<folder>",
                package.folder
            ),
        ));
    }
    if OBSERVERS.contains(&package.short()) {
        return found;
    }
    let Some(known) = allowed(package.short()) else {
        found.push(Breach::new(
            "edge",
            &package.name,
            "has no row in the table of allowed edges",
        ));
        return found;
    };
    let strangers = package
        .dependencies
        .iter()
        .filter(|dependency| !may(known, dependency) && !is_own_test(package, dependency))
        .map(|dependency| Breach::new("edge", &package.name, refused(known, dependency)));
    found.extend(strangers);
    found
}

fn is_desktop(name: &str) -> bool {
    name == "tauri" || name.starts_with("tauri-")
}

fn no_desktop(dependency: &Dependency) -> String {
    format!(
        "depends on {}; the product runs without its window",
        dependency.name
    )
}

/// A crate that asks, for its own tests, for a feature of itself.
fn is_own_test(package: &Package, dependency: &Dependency) -> bool {
    dependency.kind == Kind::Test && dependency.name == package.name
}

/// A crate's own tests may also use the simulator and the disk that fails.
fn may(known: &[&str], dependency: &Dependency) -> bool {
    match dependency.name.strip_prefix("tidegate-") {
        None => true,
        Some("sim" | "disk") if dependency.kind == Kind::Test => true,
        Some(short) => known.contains(&short),
    }
}

fn refused(known: &[&str], dependency: &Dependency) -> String {
    let known = if known.is_empty() {
        "none of ours".to_owned()
    } else {
        known.join(", ")
    };
    format!("depends on {}; it may know {known}", dependency.name)
}

/// Packages that reach themselves through the product's dependencies.
pub(super) fn cycles(house: &House) -> Vec<Breach> {
    house
        .packages
        .iter()
        .filter(|package| reaches(house, &package.name, &package.name, &mut Vec::new()))
        .map(|package| Breach::new("cycle", &package.name, "depends on itself through others"))
        .collect()
}

fn reaches(house: &House, from: &str, goal: &str, seen: &mut Vec<String>) -> bool {
    let Some(package) = house.packages.iter().find(|package| package.name == from) else {
        return false;
    };
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == Kind::Product)
        .any(|dependency| {
            if dependency.name == goal {
                return true;
            }
            if seen.contains(&dependency.name) {
                return false;
            }
            seen.push(dependency.name.clone());
            reaches(house, &dependency.name, goal, seen)
        })
}
