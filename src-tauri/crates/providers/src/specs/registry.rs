//! Which specs there are: our own, and those of the user's folder, which may not take the name of one of ours.
//!
//! Owns reading the folder; a file that is wrong harms no other. Ours are parsed when first asked for. The user's are
//! swapped as a whole: whoever holds a spec keeps it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tidegate_meter::Lang;

use super::mistake::{Mistake, Wrong};
use super::{Spec, limits};

macro_rules! built_in {
    ($($id:literal),* $(,)?) => {
        [$(($id, include_str!(concat!("../../specs/", $id, ".toml")))),*]
    };
}

/// Every spec of ours, by name.
pub const BUILT_IN: [(&str, &str); 36] = built_in![
    "aliyun-balance",
    "anthropic",
    "aws-ce",
    "aws-freetier",
    "azure-budget",
    "azure-cost",
    "cloudflare-ai-gateway",
    "deepgram",
    "deepinfra",
    "deepseek",
    "digitalocean",
    "elevenlabs",
    "exa",
    "fireworks",
    "groq",
    "huawei-balance",
    "linode",
    "moonshot",
    "newapi-token",
    "newapi-user",
    "novita",
    "oneapi",
    "openai",
    "openrouter",
    "siliconflow",
    "stepfun",
    "tavily",
    "tencent-balance",
    "tikhub",
    "uniapi",
    "venice",
    "volc-balance",
    "vultr",
    "wxrank",
    "xai",
    "zhipu",
];

/// A file of the user's folder that is not used, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecFault {
    /// The file's name.
    pub file: String,
    /// What is wrong; empty when the file cannot be read at all.
    pub mistakes: Vec<Mistake>,
}

impl SpecFault {
    /// Each mistake as one line for a person: file, line, field, what is allowed.
    #[must_use]
    pub fn render(&self, lang: Lang) -> Vec<String> {
        if self.mistakes.is_empty() {
            let why = match lang {
                Lang::Zh => "无法读取；检查权限与编码（UTF-8）",
                Lang::En => "cannot be read; check its permissions and that it is UTF-8",
            };
            return vec![format!("specs/{}: {why}", self.file)];
        }
        let line = |mistake: &Mistake| format!("specs/{}: {}", self.file, mistake.render(lang));
        self.mistakes.iter().map(line).collect()
    }
}

/// The specs of the user's folder, as read at one time.
#[derive(Clone, Debug, Default)]
pub struct OwnSpecs {
    specs: BTreeMap<String, Arc<Spec>>,
    faults: Vec<SpecFault>,
}

impl OwnSpecs {
    /// Reads `*.toml` of a folder, in the order of their names; a folder that is not there holds none.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let mut own = Self::default();
        let mut files: Vec<_> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "toml"))
            .collect();
        files.sort_unstable();
        for (index, path) in files.iter().enumerate() {
            let file = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if index >= limits::OWN_SPECS {
                own.fault(file, "", Wrong::TooLong(limits::OWN_SPECS));
                continue;
            }
            match text(path) {
                Some(text) => own.add(file, &text),
                None => own.faults.push(SpecFault {
                    file,
                    mistakes: Vec::new(),
                }),
            }
        }
        own
    }

    /// Takes on one text, or notes what is wrong with it.
    pub fn add(&mut self, file: String, text: &str) {
        match Spec::parse(text) {
            Err(mistakes) => self.faults.push(SpecFault {
                file,
                mistakes: mistakes.0,
            }),
            Ok(spec) if is_built_in(&spec.id) => self.fault(
                file,
                "id",
                Wrong::NotAllowed("没有被内置平台使用的名称", "a name that no built-in provider has"),
            ),
            Ok(spec) if self.specs.contains_key(&spec.id) => self.fault(file, "id", Wrong::Twice),
            Ok(spec) => {
                self.specs.insert(spec.id.clone(), Arc::new(spec));
            }
        }
    }

    fn fault(&mut self, file: String, path: &str, wrong: Wrong) {
        let mistake = Mistake {
            line: 1,
            path: path.to_owned(),
            wrong,
        };
        self.faults.push(SpecFault {
            file,
            mistakes: vec![mistake],
        });
    }

    /// Their names.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.specs.keys().cloned().collect()
    }

    /// The files that are not used.
    #[must_use]
    pub fn faults(&self) -> &[SpecFault] {
        &self.faults
    }
}

fn text(path: &Path) -> Option<String> {
    let most = u64::try_from(limits::SPEC_BYTES).ok()?.checked_add(1)?;
    let mut text = String::new();
    fs::File::open(path)
        .ok()?
        .take(most)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

fn is_built_in(id: &str) -> bool {
    BUILT_IN.iter().any(|(name, _)| *name == id)
}

/// Every spec there is.
pub struct Registry {
    built_in: Vec<OnceLock<Option<Arc<Spec>>>>,
    own: RwLock<Arc<OwnSpecs>>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            built_in: BUILT_IN.iter().map(|_| OnceLock::new()).collect(),
            own: RwLock::default(),
        }
    }
}

impl Registry {
    /// The spec of that name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Spec>> {
        let place = BUILT_IN
            .iter()
            .zip(&self.built_in)
            .find(|((name, _), _)| *name == id);
        if let Some(((_, text), parsed)) = place {
            return parsed
                .get_or_init(|| Spec::parse(text).ok().map(Arc::new))
                .clone();
        }
        self.own().specs.get(id).cloned()
    }

    /// The names of all, ours first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let ours = BUILT_IN.iter().map(|(id, _)| (*id).to_owned());
        ours.chain(self.own().specs.keys().cloned()).collect()
    }

    /// Every spec, ours first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Spec>> {
        self.ids().iter().filter_map(|id| self.get(id)).collect()
    }

    /// Whether the spec is the user's own, and so pinned to its hosts.
    #[must_use]
    pub fn is_own(&self, id: &str) -> bool {
        !is_built_in(id) && self.own().specs.contains_key(id)
    }

    /// The user's specs as they are now.
    #[must_use]
    pub fn own(&self) -> Arc<OwnSpecs> {
        Arc::clone(&self.own.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others in place of the user's specs, all at once.
    pub fn replace(&self, own: OwnSpecs) {
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(own);
    }
}
