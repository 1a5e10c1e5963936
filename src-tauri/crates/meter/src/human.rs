//! Amounts as a person reads them. Owns the choice of unit and the cut; never rounds up, so that nothing is ever shown
//! as left that is not there. Not for machines: nothing parses this text. Tested in `tests/vocabulary/humans.rs`.

use crate::{ByteBase, Currency, Quantity, Unit};

/// `38.2 GB`, `180.25 GiB`, `¥ 41.20`, `12.5 credits`, `3 days`, `85.5%`: at most two digits after the point, cut
/// towards less. Bytes are shown in the base that the provider's own console uses.
#[must_use]
pub fn human(quantity: Quantity, base: ByteBase) -> String {
    match quantity.unit() {
        Unit::Bytes => bytes(quantity.raw(), base),
        Unit::Money(currency) => money(quantity, currency),
        Unit::Credits => format!("{} credits", cut(quantity)),
        Unit::Days if quantity.raw() == 1 => "1 day".to_owned(),
        Unit::Days => format!("{} days", quantity.raw()),
        Unit::Percent => format!("{}%", cut(quantity)),
    }
}

impl Quantity {
    /// See [`human`].
    #[must_use]
    pub fn human(self, base: ByteBase) -> String {
        human(self, base)
    }
}

/// Unit names with their size, largest first. A terabyte is used from ten on: packages are sold and remembered in GB.
const DECIMAL: [(&str, i64, i64); 5] = [
    ("TB", 1_000_000_000_000, 10_000_000_000_000),
    ("GB", 1_000_000_000, 1_000_000_000),
    ("MB", 1_000_000, 1_000_000),
    ("KB", 1_000, 1_000),
    ("B", 1, 0),
];
/// The same for consoles that count in powers of two.
const BINARY: [(&str, i64, i64); 5] = [
    ("TiB", 1 << 40, 10 << 40),
    ("GiB", 1 << 30, 1 << 30),
    ("MiB", 1 << 20, 1 << 20),
    ("KiB", 1 << 10, 1 << 10),
    ("B", 1, 0),
];

fn bytes(raw: i64, base: ByteBase) -> String {
    let units = match base {
        ByteBase::Decimal => DECIMAL,
        ByteBase::Binary => BINARY,
    };
    let magnitude = raw.saturating_abs();
    let fits = units.iter().find(|(_, _, from)| magnitude >= *from);
    let (name, size, _) = fits.copied().unwrap_or(("B", 1, 0));
    format!("{} {name}", hundredths(raw, size, false))
}

fn money(quantity: Quantity, currency: Currency) -> String {
    let symbol = match currency {
        Currency::CNY => "¥",
        Currency::USD => "$",
        _ => currency.code(),
    };
    format!(
        "{symbol} {}",
        hundredths(quantity.raw(), power(quantity.unit()), true)
    )
}

fn cut(quantity: Quantity) -> String {
    hundredths(quantity.raw(), power(quantity.unit()), false)
}

const fn power(unit: Unit) -> i64 {
    10_i64.pow(unit.scale())
}

/// `raw / size` with two digits after the point, cut towards negative infinity; trailing zeros go unless `fixed`.
fn hundredths(raw: i64, size: i64, fixed: bool) -> String {
    let value = (i128::from(raw) * 100).div_euclid(i128::from(size));
    let (whole, rest) = (value.unsigned_abs() / 100, value.unsigned_abs() % 100);
    let sign = if value < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{rest:02}");
    if fixed {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
