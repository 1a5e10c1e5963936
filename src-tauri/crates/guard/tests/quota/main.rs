//! What a sub-account is charged, and what its ledger may become: one sentence a test, and properties against the plain
//! arithmetic of fractions.

#[cfg(test)]
mod charging;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod properties;

#[cfg(test)]
mod kit {
    use tidegate_guard::quota::{Bills, Charge};
    use tidegate_meter::{Currency, Month, Quantity, Unit};

    pub(crate) const CNY: Unit = Unit::Money(Currency::CNY);

    pub(crate) fn cny(text: &str) -> Quantity {
        Quantity::parse(text, CNY).expect("an amount")
    }

    pub(crate) fn percent(text: &str) -> Quantity {
        Quantity::parse(text, Unit::Percent).expect("a share")
    }

    pub(crate) fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    /// All of `project`, from March, counted from nothing.
    pub(crate) fn charge(project: &str) -> Charge {
        Charge {
            project: project.to_owned(),
            share: percent("100"),
            first: month("2026-03"),
            baseline: Some(cny("0")),
            unit: CNY,
            end: None,
        }
    }

    /// Months read whole, and what projects cost in them.
    pub(crate) fn bills(whole: &[&str], cost: &[(&str, &str, &str)]) -> Bills {
        Bills {
            whole: whole.iter().map(|text| month(text)).collect(),
            cost: cost
                .iter()
                .map(|(at, project, amount)| ((month(at), (*project).to_owned(), CNY), cny(amount)))
                .collect(),
        }
    }
}
