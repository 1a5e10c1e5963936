//! Providers that are told by a spec, as they are offered when an account is set up: the fields of their parameters and
//! secrets, where a key is made, and how sure the facts are. Owns no text: each stands in the spec in both languages.

use tidegate_meter::{Lang, print_span};
use tidegate_providers::specs::{Param, ParamForm, Registry, Spec};

use crate::response::{FieldEntry, FieldForm, ProviderEntry};

/// Every spec there is, the user's own last.
pub(crate) fn told(specs: &Registry, lang: Lang) -> Vec<ProviderEntry> {
    specs.all().iter().map(|spec| entry(spec, lang)).collect()
}

fn entry(spec: &Spec, lang: Lang) -> ProviderEntry {
    ProviderEntry {
        id: spec.id.clone(),
        name: spec.name.told(lang).to_owned(),
        fields: spec.params.iter().map(|param| field(param, lang)).collect(),
        sites: Vec::new(),
        policies: Vec::new(),
        keys_at: spec.keys_at.told(lang).to_owned(),
        category: spec.category.name().to_owned(),
        standing: spec.standing.name().to_owned(),
        confidence: spec.confidence.name().to_owned(),
        note: spec.note.told(lang).to_owned(),
        docs_url: spec.docs_url.to_string(),
        interval: print_span(spec.interval),
        interval_least: print_span(spec.min_interval),
    }
}

fn field(param: &Param, lang: Lang) -> FieldEntry {
    let choices = match &param.form {
        ParamForm::Choice(choices) => choices.clone(),
        ParamForm::Consent => vec!["yes".to_owned()],
        ParamForm::Text | ParamForm::Path | ParamForm::Base | ParamForm::Amount => Vec::new(),
    };
    let hint = param.hint.told(lang);
    let hint = if hint.is_empty() && !param.secret {
        param.form.allowed(lang)
    } else {
        hint.to_owned()
    };
    FieldEntry {
        key: param.key.clone(),
        label: param.label.told(lang).to_owned(),
        secret: param.secret,
        required: param.required,
        hint,
        form: match param.form {
            ParamForm::Choice(_) | ParamForm::Consent => FieldForm::Choice,
            ParamForm::Text | ParamForm::Path | ParamForm::Base | ParamForm::Amount => FieldForm::Line,
        },
        choices,
        default: param.default.clone(),
    }
}
