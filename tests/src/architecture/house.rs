//! The model: packages with their dependencies and sources, read from the manifests as text.

use std::path::Path;

use anyhow::Context;
use toml::{Table, Value};

use crate::{TextFile, text_files};

/// In which builds a dependency counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// In the product.
    Product,
    /// In its own tests only.
    Test,
}

/// One dependency of a package.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dependency {
    /// The package it names, whatever it is renamed to.
    pub name: String,
    /// In which builds.
    pub kind: Kind,
}

/// One package of the workspace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    /// Its name: `tidegate-meter`.
    pub name: String,
    /// Its folder below the root, with `/`.
    pub folder: String,
    /// What it depends on, on any platform.
    pub dependencies: Vec<Dependency>,
    /// Whether it takes the lints of the workspace.
    pub workspace_lints: bool,
    /// Its Rust files.
    pub sources: Vec<TextFile>,
}

/// All packages of the workspace.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct House {
    /// Sorted by folder.
    pub packages: Vec<Package>,
}

impl House {
    /// Reads every manifest below `root` but the workspace's own, with the sources beside it.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        Self::from_files(&text_files(root)?)
    }

    /// The same from files that need not exist.
    pub fn from_files(files: &[TextFile]) -> anyhow::Result<Self> {
        let manifests = files
            .iter()
            .filter_map(|file| Some((file.path.strip_suffix("/Cargo.toml")?, file)));
        let mut packages = manifests
            .map(|(folder, file)| {
                Package::parse(folder, &file.text).with_context(|| format!("{folder}/Cargo.toml"))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        for file in files.iter().filter(|file| file.is("rs")) {
            let owner = packages
                .iter_mut()
                .filter(|package| file.path.starts_with(&format!("{}/", package.folder)))
                .max_by_key(|package| package.folder.len());
            if let Some(owner) = owner {
                owner.sources.push(file.clone());
            }
        }
        Ok(Self { packages })
    }
}

impl Package {
    /// Reads one manifest.
    pub fn parse(folder: &str, manifest: &str) -> anyhow::Result<Self> {
        let manifest: Table = manifest.parse()?;
        let name = manifest
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(Value::as_str)
            .context("package.name is missing")?;
        let workspace_lints = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(Value::as_bool)
            .unwrap_or(false);
        Ok(Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies(&manifest),
            workspace_lints,
            sources: Vec::new(),
        })
    }

    /// Its name without the prefix of the project: `meter`.
    #[must_use]
    pub fn short(&self) -> &str {
        self.name.strip_prefix("tidegate-").unwrap_or(&self.name)
    }

    /// The sources of the product: neither its test folders nor its examples.
    pub fn product(&self) -> impl Iterator<Item = &TextFile> {
        let inside = format!("{}/src/", self.folder);
        self.sources
            .iter()
            .filter(move |file| file.path.starts_with(&inside))
    }
}

const SECTIONS: [(&str, Kind); 3] = [
    ("dependencies", Kind::Product),
    ("build-dependencies", Kind::Product),
    ("dev-dependencies", Kind::Test),
];

fn dependencies(manifest: &Table) -> Vec<Dependency> {
    let platforms = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(platforms) {
        for (section, kind) in SECTIONS {
            let entries = table.get(section).and_then(Value::as_table);
            found.extend(entries.into_iter().flatten().map(|(key, value)| Dependency {
                name: real_name(key, value),
                kind,
            }));
        }
    }
    found
}

/// `short = { package = "long" }` depends on `long`.
fn real_name(key: &str, value: &Value) -> String {
    value
        .get("package")
        .and_then(Value::as_str)
        .unwrap_or(key)
        .to_owned()
}
