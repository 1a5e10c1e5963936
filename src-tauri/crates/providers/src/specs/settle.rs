//! What a person gave for the parameters of a spec: checked, and completed with its defaults.

use std::collections::BTreeMap;

use tidegate_meter::Lang;

use super::{Param, ParamForm, Spec};

/// What is wrong with one parameter. The value is not repeated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParamFault {
    /// The parameter.
    pub key: String,
    /// What is wrong.
    pub kind: ParamFaultKind,
}

/// What is wrong with a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParamFaultKind {
    /// It must be given.
    Missing,
    /// No such parameter; those there are.
    Unknown(Vec<String>),
    /// A value that this form does not take.
    NotAllowed(ParamForm),
}

impl ParamForm {
    /// What may stand in it, for a person.
    #[must_use]
    pub fn allowed(&self, lang: Lang) -> String {
        if let Self::Choice(choices) = self {
            return choices.join(" | ");
        }
        let (zh, en) = match self {
            Self::Text | Self::Choice(_) => ("单行文字，不含空格", "one line without spaces"),
            Self::Path => (
                "路径，如 subscriptions/…，不以 / 开头",
                "a path such as subscriptions/…, without a leading slash",
            ),
            Self::Base => (
                "https 地址，如 https://gateway.example.com；本机与内网可用 http",
                "an https address such as https://gateway.example.com; http on loopback or a private address",
            ),
            Self::Amount => ("金额与单位，如 20 USD", "an amount with its unit, such as 20 USD"),
            Self::Consent => ("yes，表示同意产生费用", "yes, which agrees to the cost"),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

/// The parameter under which an account of a user's own spec keeps the hosts that it was saved for. Nobody gives it.
pub const PINNED_HOSTS: &str = "pinned_hosts";

impl Spec {
    /// What an account keeps of the hosts: it is read only while they are the same.
    #[must_use]
    pub fn pin(&self) -> String {
        self.hosts().join(" ")
    }

    /// The parameters that are no secrets.
    pub fn plain_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| !param.secret)
    }

    /// The parameters that are secrets.
    pub fn secret_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.secret)
    }

    /// What was given, with defaults for the rest; or everything that is wrong with it.
    pub fn settle(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Vec<ParamFault>> {
        let mut faults: Vec<ParamFault> = given
            .iter()
            .filter(|(key, _)| *key != PINNED_HOSTS)
            .filter_map(|(key, value)| self.refused(key, value))
            .collect();
        let mut settled = given.clone();
        for param in self
            .plain_params()
            .filter(|param| !given.contains_key(&param.key))
        {
            match &param.default {
                Some(default) => {
                    settled.insert(param.key.clone(), default.clone());
                }
                None if param.required => faults.push(ParamFault {
                    key: param.key.clone(),
                    kind: ParamFaultKind::Missing,
                }),
                None => {}
            }
        }
        if faults.is_empty() {
            Ok(settled)
        } else {
            Err(faults)
        }
    }

    fn refused(&self, key: &str, value: &str) -> Option<ParamFault> {
        let kind = match self.plain_params().find(|param| param.key == key) {
            None => ParamFaultKind::Unknown(self.plain_params().map(|param| param.key.clone()).collect()),
            Some(param) if !param.form.accepts(value) => ParamFaultKind::NotAllowed(param.form.clone()),
            Some(_) => return None,
        };
        Some(ParamFault {
            key: key.to_owned(),
            kind,
        })
    }
}

impl ParamFault {
    /// One line for a person: the parameter and what is allowed.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let what = match (&self.kind, lang) {
            (ParamFaultKind::Missing, Lang::Zh) => "缺少这一项".to_owned(),
            (ParamFaultKind::Missing, Lang::En) => "is missing".to_owned(),
            (ParamFaultKind::Unknown(known), Lang::Zh) => format!("没有这个参数，可用：{}", known.join("、")),
            (ParamFaultKind::Unknown(known), Lang::En) => format!("unknown; there are: {}", known.join(", ")),
            (ParamFaultKind::NotAllowed(form), Lang::Zh) => format!("请用{}", form.allowed(lang)),
            (ParamFaultKind::NotAllowed(form), Lang::En) => format!("use {}", form.allowed(lang)),
        };
        format!("params.{}: {what}", self.key)
    }
}
