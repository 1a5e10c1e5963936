//! A configuration told by variables of the environment, for containers: `TIDEGATE_ACCOUNT_1_PROVIDER=openrouter`. Owns the
//! way from names to fields and back; what a field may hold is told by the one reader of the text format, and its mistakes
//! name the variable. A secret never leaves its variable: the text refers to it by `env:NAME`. Reads nothing itself.
//! Tested in `tests/environment.rs`.

use std::collections::BTreeMap;
use std::path::Path;

use tidegate_providers::specs::{OwnSpecs, Registry};
use toml::{Table, Value};

use super::fault::{Allowed, Fault, Finding, Findings};
use super::{nothing, parse_with};

/// What every variable of ours begins with.
const OURS: &str = "TIDEGATE_";
/// The kinds of items that variables tell, as they stand in a name and in the text.
const FAMILIES: [(&str, &str); 4] = [
    ("ACCOUNT", "account"),
    ("CHANNEL", "channel"),
    ("RENEWAL", "renewal"),
    ("MAILBOX", "mailbox"),
];
/// Behind the name of a secret: the variable holds the path of a mounted file instead of the secret.
const MOUNTED: &str = "_FILE";
/// An account's threshold becomes a guard of its own.
const THRESHOLD: &str = "THRESHOLD";
/// So many misspelt letters still tell which family was meant.
const MISSPELT: usize = 2;
/// Rounds of reading until every value has the type that its field asks for: text, then lists and flags, then references.
const ROUNDS: usize = 4;

/// The variables that tell a configuration, or seem to be meant to. Others of ours (the home, the vault's secrets) and those
/// that a cluster makes for a service of our name stay out.
#[must_use]
pub fn of_environment(all: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let ours = |name: &str| {
        let rest = name.strip_prefix(OURS)?;
        let (family, rest) = rest.split_once('_')?;
        let numbered = rest.starts_with(|c: char| c.is_ascii_digit());
        let known = FAMILIES.iter().any(|(word, _)| *word == family);
        (known || (numbered && nearest_family(family).is_some())).then_some(())
    };
    all.into_iter().filter(|(name, _)| ours(name).is_some()).collect()
}

fn nearest_family(word: &str) -> Option<&'static str> {
    let distance = |family: &str| strsim::damerau_levenshtein(family, word);
    let families = FAMILIES.iter().map(|(family, _)| (distance(family), *family));
    let near = families.filter(|(distance, _)| *distance <= MISSPELT);
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, family)| family)
}

/// The variables as a text of the configuration format, sound in itself. Every mistake names its variable.
pub fn environment(variables: &BTreeMap<String, String>) -> Result<String, Findings> {
    told(variables, &Registry::default())
}

/// Like [`environment`], with the descriptions of that folder beside those of the program. A description that is wrong is
/// told by whoever takes on the text: here its provider is only not known.
pub fn environment_beside(variables: &BTreeMap<String, String>, folder: &Path) -> Result<String, Findings> {
    let specs = Registry::default();
    specs.replace(OwnSpecs::read(folder));
    told(variables, &specs)
}

fn told(variables: &BTreeMap<String, String>, specs: &Registry) -> Result<String, Findings> {
    let (items, mut findings) = gather(variables);
    let mut draft = Draft::new(&items);
    for _ in 0..ROUNDS {
        let text = draft.table.to_string();
        let Err(found) = parse_with(&text, &nothing(), specs) else {
            findings.extend(draft.unread());
            return if findings.is_empty() {
                Ok(text)
            } else {
                Err(Findings(findings))
            };
        };
        let mended = found.0.iter().filter(|finding| draft.mend(finding)).count();
        if mended == 0 {
            findings.extend(found.0.iter().map(|finding| draft.named(finding)));
            break;
        }
    }
    Err(Findings(findings))
}

/// An item: its family as it stands in names and in the text, and its number.
type Whose = (usize, u32);
/// The variables of an item: what stands behind the number, and the value.
type Items<'v> = BTreeMap<Whose, BTreeMap<&'v str, &'v str>>;

/// Every variable under its item, and those that name none.
fn gather(variables: &BTreeMap<String, String>) -> (Items<'_>, Vec<Finding>) {
    let (mut items, mut findings) = (Items::new(), Vec::new());
    for (name, value) in variables {
        match place(name) {
            Ok((whose, rest)) => {
                items.entry(whose).or_default().insert(rest, value.as_str());
            }
            Err(finding) => findings.push(finding),
        }
    }
    (items, findings)
}

fn place(name: &str) -> Result<(Whose, &str), Finding> {
    let rest = name.strip_prefix(OURS).unwrap_or(name);
    let (word, rest) = rest.split_once('_').unwrap_or((rest, ""));
    let (number, field) = rest.split_once('_').unwrap_or((rest, ""));
    let family = FAMILIES.iter().position(|(family, _)| *family == word);
    let parsed: Option<u32> = number.parse().ok().filter(|number| *number > 0);
    match (family, parsed) {
        (Some(family), Some(number)) if !field.is_empty() => Ok(((family, number), field)),
        _ => Err(misspelt(name, word, parsed, field)),
    }
}

fn misspelt(name: &str, word: &str, number: Option<u32>, field: &str) -> Finding {
    let number = number.unwrap_or(1);
    let field = if field.is_empty() { "ID" } else { field };
    let nearest = nearest_family(word).map(|family| format!("{OURS}{family}_{number}_{field}"));
    let known = FAMILIES.iter().map(|(family, _)| format!("{OURS}{family}_1_…"));
    unknown(name, nearest, known.collect())
}

fn unknown(name: &str, nearest: Option<String>, known: Vec<String>) -> Finding {
    Finding {
        line: 0,
        path: name.to_owned(),
        fault: Fault::UnknownKey { nearest, known },
    }
}

/// The text under way, and which variable each of its fields came from.
struct Draft {
    table: Table,
    /// By the field's path: `account[0].secret.ak`.
    fields: BTreeMap<String, Field>,
    /// What the names of each item's variables begin with: `TIDEGATE_ACCOUNT_1_` for `account[0].`.
    prefixes: BTreeMap<String, String>,
}

/// A field of the text.
struct Field {
    /// The variable that holds the value.
    variable: String,
    /// The variable holds the path of a mounted secret.
    mounted: bool,
    /// Keys from the item down to it.
    keys: Vec<String>,
    /// The family, and the item's place among those of its kind.
    kind: &'static str,
    index: usize,
    value: String,
}

impl Draft {
    fn new(items: &Items<'_>) -> Self {
        let mut draft = Self {
            table: Table::new(),
            fields: BTreeMap::new(),
            prefixes: BTreeMap::new(),
        };
        for ((family, number), variables) in items {
            if let Some((word, kind)) = FAMILIES.get(*family) {
                draft.item(&format!("{OURS}{word}_{number}_"), (kind, *number), variables);
            }
        }
        draft
    }

    fn item(&mut self, prefix: &str, (kind, number): (&'static str, u32), variables: &BTreeMap<&str, &str>) {
        let given = variables.get("ID").map(|id| (*id).to_owned());
        let id = given.unwrap_or_else(|| format!("{kind}-{number}"));
        let index = self.push(kind, &id);
        self.prefixes
            .insert(format!("{kind}[{index}]."), prefix.to_owned());
        for (rest, value) in variables {
            let variable = format!("{prefix}{rest}");
            let mounted = rest.strip_suffix(MOUNTED);
            if mounted.is_some_and(|secret| variables.contains_key(secret)) {
                // The variable itself comes first, as it does when it is looked up.
                continue;
            }
            if kind == "account" && *rest == THRESHOLD {
                self.threshold(&id, &variable, value);
                continue;
            }
            self.put(Field {
                variable,
                mounted: mounted.is_some(),
                keys: keys(kind, mounted.unwrap_or(rest)),
                kind,
                index,
                value: (*value).to_owned(),
            });
        }
    }

    /// A new item with its id; its place.
    fn push(&mut self, kind: &str, id: &str) -> usize {
        let list = self.table.entry(kind).or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(list) = list else { return 0 };
        let item = Table::from_iter([("id".to_owned(), Value::from(id))]);
        list.push(Value::Table(item));
        list.len() - 1
    }

    /// A guard that warns on every meter of the account.
    fn threshold(&mut self, account: &str, variable: &str, value: &str) {
        let index = self.push("guard", &format!("{account}-threshold"));
        let field = |key: &str, value: &str| Field {
            variable: variable.to_owned(),
            mounted: false,
            keys: vec![key.to_owned()],
            kind: "guard",
            index,
            value: value.to_owned(),
        };
        self.put(field("account", account));
        self.put(field("steps", value));
    }

    fn put(&mut self, field: Field) {
        // The path of a file is no value of the field: it stays out of the text.
        let text = if field.mounted { MOUNTED } else { &field.value };
        self.set(&field, Value::from(text));
        self.fields.insert(field.path(), field);
    }

    fn set(&mut self, field: &Field, value: Value) {
        let item = self
            .table
            .get_mut(field.kind)
            .and_then(|list| list.get_mut(field.index));
        let Some((last, tables)) = field.keys.split_last() else {
            return;
        };
        let Some(mut table) = item.and_then(Value::as_table_mut) else {
            return;
        };
        for key in tables {
            let inner = table.entry(key).or_insert_with(|| Value::Table(Table::new()));
            if !inner.is_table() {
                // A variable of the same name as a table: the table's own mistake is told.
                return;
            }
            let Some(inner) = inner.as_table_mut() else { return };
            table = inner;
        }
        table.insert(last.clone(), value);
    }

    /// Gives a field what its reader asked for; `false` when that was not the mistake.
    fn mend(&mut self, finding: &Finding) -> bool {
        let Some(field) = self.fields.get(&finding.path) else {
            return false;
        };
        let value = match &finding.fault {
            Fault::LiteralSecret => {
                let variable = field.variable.strip_suffix(MOUNTED).filter(|_| field.mounted);
                Some(Value::from(format!(
                    "env:{}",
                    variable.unwrap_or(&field.variable)
                )))
            }
            Fault::NotAllowed(Allowed::Type { name }) if !field.mounted => typed(name, &field.value),
            _ => None,
        };
        let Some(value) = value else { return false };
        let Some(field) = self.fields.remove(&finding.path) else {
            return false;
        };
        self.set(&field, value);
        let path = field.path();
        let is_secret = matches!(finding.fault, Fault::LiteralSecret);
        self.fields.insert(
            path,
            Field {
                mounted: field.mounted && !is_secret,
                ..field
            },
        );
        true
    }

    /// Mounted files for what is no secret: nobody would read them.
    fn unread(&self) -> Vec<Finding> {
        let unread = self.fields.values().filter(|field| field.mounted);
        unread.map(Field::unread).collect()
    }

    /// The same mistake, told of the variable.
    fn named(&self, finding: &Finding) -> Finding {
        let (item, prefix) = self.item_of(&finding.path);
        let fault = match &finding.fault {
            Fault::UnknownKey { nearest, known } => {
                let own = own_key(item, &finding.path);
                let near = own.as_ref().and_then(|(key, near)| near.then_some(key.as_str()));
                let known = known
                    .iter()
                    .cloned()
                    .chain(own.iter().map(|(key, _)| key.clone()));
                Fault::UnknownKey {
                    nearest: nearest.as_deref().or(near).map(|key| variable(prefix, key)),
                    known: known.map(|key| variable(prefix, &key)).collect(),
                }
            }
            other => other.clone(),
        };
        let missing = || variable(prefix, finding.path.strip_prefix(item).unwrap_or(&finding.path));
        match self.came_from(&finding.path) {
            Some(field) if field.mounted => field.unread(),
            field => Finding {
                line: 0,
                path: field.map_or_else(missing, |field| field.variable.clone()),
                fault,
            },
        }
    }

    /// The field at a path, or the one that holds it.
    fn came_from(&self, path: &str) -> Option<&Field> {
        let holds = |(known, _): &(&String, &Field)| {
            let rest = path.strip_prefix(known.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let found = self.fields.iter().filter(holds);
        found.max_by_key(|(known, _)| known.len()).map(|(_, field)| field)
    }

    fn item_of(&self, path: &str) -> (&str, &str) {
        let found = self
            .prefixes
            .iter()
            .find(|(item, _)| path.starts_with(item.as_str()));
        found.map_or(("", OURS), |(item, prefix)| (item, prefix))
    }
}

impl Field {
    fn path(&self) -> String {
        format!("{}[{}].{}", self.kind, self.index, self.keys.join("."))
    }

    /// A mounted file for what is no secret: nobody would read it.
    fn unread(&self) -> Finding {
        let itself = self.variable.strip_suffix(MOUNTED).unwrap_or(&self.variable);
        unknown(&self.variable, Some(itself.to_owned()), vec![itself.to_owned()])
    }
}

/// The key of an account that only variables know, and whether the unknown key at the path was meant for it.
fn own_key(item: &str, path: &str) -> Option<(String, bool)> {
    let key = path.strip_prefix(item).filter(|_| item.starts_with("account["))?;
    let own = THRESHOLD.to_ascii_lowercase();
    let is_near = strsim::damerau_levenshtein(&own, key) <= MISSPELT;
    (!key.contains('.')).then_some((own, is_near))
}

/// Where a field stands in its item.
fn keys(kind: &str, rest: &str) -> Vec<String> {
    let tables: &[(&str, &[&str])] = &[
        ("ACT_SECRET_", &["act", "secret"]),
        ("SECRET_", &["secret"]),
        ("PARAM_", &["params"]),
    ];
    let lower = |text: &str| text.to_ascii_lowercase();
    let table = tables
        .iter()
        .filter(|_| kind == "account")
        .find_map(|(prefix, path)| {
            let key = rest.strip_prefix(prefix).filter(|key| !key.is_empty())?;
            Some((path, key))
        });
    match table {
        Some((path, key)) => path
            .iter()
            .map(|key| (*key).to_owned())
            .chain([lower(key)])
            .collect(),
        None => vec![lower(rest)],
    }
}

/// The name of the variable for a field of an item: `secret.ak` as `TIDEGATE_ACCOUNT_1_SECRET_AK`.
fn variable(prefix: &str, key: &str) -> String {
    let field = key
        .replacen("params", "param", 1)
        .replace('.', "_")
        .to_ascii_uppercase();
    format!("{prefix}{field}")
}

/// A text as the type that its field asks for.
fn typed(name: &str, text: &str) -> Option<Value> {
    match name {
        "boolean" => match text {
            "true" | "1" | "yes" | "on" => Some(Value::Boolean(true)),
            "false" | "0" | "no" | "off" => Some(Value::Boolean(false)),
            _ => None,
        },
        "integer" => text.parse().ok().map(Value::Integer),
        "array" => {
            let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            Some(Value::Array(entries.map(Value::from).collect()))
        }
        _ => None,
    }
}
