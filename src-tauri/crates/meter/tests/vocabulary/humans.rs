//! Amounts as a person reads them: never more than there is.

use proptest::prelude::*;
use tidegate_meter::{ByteBase, Currency, Quantity, Unit, human};

#[test]
fn amounts_read_as_the_consoles_show_them() {
    let bytes = |raw: i64, base| human(Quantity::bytes(raw), base);
    assert_eq!(bytes(38_200_000_000, ByteBase::Decimal), "38.2 GB");
    assert_eq!(bytes(193_541_963_776, ByteBase::Binary), "180.25 GiB");
    assert_eq!(bytes(0, ByteBase::Decimal), "0 B");
    assert_eq!(bytes(999, ByteBase::Decimal), "999 B");
    assert_eq!(bytes(1_000, ByteBase::Decimal), "1 KB");
    assert_eq!(
        bytes(1_024_000_000_000, ByteBase::Decimal),
        "1024 GB",
        "packages are sold in GB"
    );
    assert_eq!(bytes(12_500_000_000_000, ByteBase::Decimal), "12.5 TB");
    assert_eq!(bytes(-1_500_000_000, ByteBase::Decimal), "-1.5 GB");
    let money = |text: &str, currency| {
        human(
            Quantity::parse(text, Unit::Money(currency)).unwrap(),
            ByteBase::Decimal,
        )
    };
    assert_eq!(money("41.2", Currency::CNY), "¥ 41.20");
    assert_eq!(money("0.129", Currency::USD), "$ 0.12");
    assert_eq!(money("-0.001", Currency::CNY), "¥ -0.01");
    assert_eq!(money("7", "EUR".parse().unwrap()), "EUR 7.00");
    let other = |text: &str, unit| human(Quantity::parse(text, unit).unwrap(), ByteBase::Decimal);
    assert_eq!(other("12.5", Unit::Credits), "12.5 credits");
    assert_eq!(other("1", Unit::Days), "1 day");
    assert_eq!(other("12", Unit::Days), "12 days");
    assert_eq!(other("85.5", Unit::Percent), "85.5%");
    assert_eq!(other("99.9999", Unit::Percent), "99.99%", "not yet all");
}

#[test]
fn an_amount_just_short_of_a_round_one_is_not_rounded_up() {
    assert_eq!(
        human(Quantity::bytes(9_999_999_999), ByteBase::Decimal),
        "9.99 GB"
    );
    assert_eq!(
        human(Quantity::bytes((10 << 30) - 1), ByteBase::Binary),
        "9.99 GiB"
    );
}

proptest! {
    #[test]
    fn nothing_is_shown_as_left_that_is_not_there(raw in any::<i64>(), binary in any::<bool>()) {
        let base = if binary { ByteBase::Binary } else { ByteBase::Decimal };
        let text = human(Quantity::bytes(raw), base);
        let (number, unit) = text.split_once(' ').expect("number and unit");
        let size = match unit {
            "B" => 1,
            "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => 1_i64 << 40,
        };
        let shown = Quantity::parse(number, Unit::Credits).expect("a number");
        // Compared in hundredths of the unit: 1e-6 of `Credits` is 1e-4 of a hundredth.
        let (shown, exact) = (i128::from(shown.raw()) * i128::from(size), i128::from(raw) * 1_000_000);
        prop_assert!(shown <= exact, "{text} is more than {raw}");
        prop_assert!(exact - shown < i128::from(size) * 10_000, "{text} is cut too far");
    }
}

#[test]
fn every_binary_unit_begins_at_its_own_size_and_a_tebibyte_at_ten() {
    let told = |bytes: i64| Quantity::bytes(bytes).human(ByteBase::Binary);
    assert_eq!(told(1023), "1023 B");
    assert_eq!(told(1 << 10), "1 KiB");
    assert_eq!(told(1 << 20), "1 MiB");
    assert_eq!(told(1 << 30), "1 GiB");
    assert_eq!(told(9 << 40), "9216 GiB");
    assert_eq!(told(10 << 40), "10 TiB");
    assert_eq!(told(25 << 39), "12.5 TiB");
}
