//! Numbers out of answers.

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::bodies::Heard;
use super::super::expr::{Expr, HeaderField, Pick, Root, Spot, Sum, Table};
use super::super::{limits, number};
use super::{Lack, Scene, rules};

type Number = Result<Decimal, Lack>;

impl<'a> Scene<'a> {
    /// The number of an expression.
    pub(super) fn number(&self, expr: &Expr) -> Number {
        match expr {
            Expr::Number(number) => Ok(*number),
            Expr::Read {
                spot,
                default,
                thousands,
            } => self.read(spot, *default, *thousands),
            Expr::Add(all) => self.fold(all, Decimal::checked_add),
            Expr::Sub(all) => self.fold(all, Decimal::checked_sub),
            Expr::Mul(all) => self.fold(all, Decimal::checked_mul),
            Expr::Div(above, below) => fits(self.number(above)?.checked_div(self.number(below)?)),
            Expr::Neg(inner) => Ok(-self.number(inner)?),
            Expr::Sum(sum) => self.sum(sum),
            Expr::First(all) => self.first(all),
            Expr::Pick(pick) => self.pick(pick),
            Expr::Pattern(spot, pattern) => {
                let found = self
                    .value(spot)?
                    .as_str()
                    .and_then(|text| pattern.captures(text)?.get(1));
                let found = found.ok_or_else(|| Lack::Missing(format!("a number in {}", spot.ptr)))?;
                number::of_text(found.as_str(), true).ok_or_else(|| no_number(&spot.ptr))
            }
            Expr::HeaderField(field) => self.header_number(field),
            Expr::Table(table) => self.column_sum(table),
        }
    }

    fn read(&self, spot: &Spot, default: Option<Decimal>, thousands: bool) -> Number {
        match (self.value(spot), default) {
            (Err(Lack::Missing(_)), Some(default)) => Ok(default),
            (value, _) => number::of_value(value?, thousands).ok_or_else(|| no_number(&spot.ptr)),
        }
    }

    fn fold(&self, all: &[Expr], op: fn(Decimal, Decimal) -> Option<Decimal>) -> Number {
        let mut rest = all.iter();
        let Some(first) = rest.next() else {
            return Err(Lack::shape("nothing to reckon with"));
        };
        rest.try_fold(self.number(first)?, |sum, expr| fits(op(sum, self.number(expr)?)))
    }

    /// The first that is there. One that is there and is no number is not passed over.
    fn first(&self, all: &[Expr]) -> Number {
        let mut missing = None;
        for expr in all {
            match self.number(expr) {
                Err(lack @ (Lack::Missing(_) | Lack::Absent)) => missing = missing.or(Some(lack)),
                other => return other,
            }
        }
        Err(missing.unwrap_or(Lack::Absent))
    }

    fn sum(&self, sum: &Sum) -> Number {
        let mut total = Decimal::ZERO;
        let mut count = 0_usize;
        for page in self.pages(sum.spot.root)? {
            let gone = || Lack::Missing(sum.spot.ptr.to_string());
            let values = sum.spot.ptr.find_all(page).ok_or_else(gone)?;
            if let Some((ptr, literal)) = &sum.all {
                let same = ptr.find_all(page).filter(|all| all.len() == values.len());
                let same = same.is_some_and(|all| all.iter().all(|value| rules::says(value, literal)));
                if !same {
                    return Err(Lack::shape(format!("{ptr} differs from what may be added")));
                }
            }
            for value in values {
                let number = number::of_value(value, false).ok_or_else(|| no_number(&sum.spot.ptr))?;
                total = fits(total.checked_add(number))?;
                count += 1;
            }
        }
        match count {
            0 if !sum.empty_is_zero => Err(Lack::Missing(sum.spot.ptr.to_string())),
            0..=limits::ROWS => Ok(total),
            _ => Err(Lack::shape("more than 500 amounts")),
        }
    }

    /// Exactly one row may say so: two would be a guess.
    fn pick(&self, pick: &Pick) -> Number {
        let rows = self.rows(&pick.list)?;
        let mut fitting = rows.into_iter().filter(|row| {
            let value = pick.at.find(row);
            value.is_some_and(|value| rules::says(value, &pick.eq))
        });
        let gone = || Lack::Missing(format!("a row of {} that fits", pick.list.ptr));
        let row = fitting.next().ok_or_else(gone)?;
        if fitting.next().is_some() {
            return Err(Lack::shape(format!("several rows of {} fit", pick.list.ptr)));
        }
        let value = pick.get.find(row).filter(|value| !value.is_null());
        let value = value.ok_or_else(|| Lack::Missing(pick.get.to_string()))?;
        number::of_value(value, false).ok_or_else(|| no_number(&pick.get))
    }

    fn header_number(&self, field: &HeaderField) -> Number {
        let text = self.header_field(field)?;
        number::of_text(text, false).ok_or_else(|| no_number(&field.key))
    }

    /// `key=value` in a header whose fields are parted by semicolons.
    pub(super) fn header_field(&self, field: &HeaderField) -> Result<&'a str, Lack> {
        let gone = || Lack::Missing(format!("{} of the header {}", field.key, field.header));
        let headers = match self.bodies.get(field.request) {
            Heard::Answer { headers, .. } => headers,
            Heard::Absent => return Err(Lack::Absent),
            Heard::Failed(error) => return Err(Lack::Blind(error.blind())),
        };
        let header = headers.iter().find(|(name, _)| *name == field.header);
        let (_, text) = header.ok_or_else(gone)?;
        let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
        let mut fitting = pairs.filter(|(key, _)| key.trim() == field.key);
        fitting.next().map(|(_, value)| value.trim()).ok_or_else(gone)
    }

    fn column_sum(&self, table: &Table) -> Number {
        if let Some(same) = &table.same {
            self.same(table, same)?;
        }
        let mut total = Decimal::ZERO;
        let cells = self.column(table, &table.column)?;
        if cells.is_empty() && !table.empty_is_zero {
            return Err(Lack::Missing(table.rows.to_string()));
        }
        for cell in cells {
            let number = number::of_value(cell, false).ok_or_else(|| no_number(&table.column))?;
            total = fits(total.checked_add(number))?;
        }
        Ok(total)
    }

    /// The value that every row has in a column.
    pub(super) fn same(&self, table: &Table, column: &str) -> Result<Option<&'a Value>, Lack> {
        let cells = self.column(table, column)?;
        let first = cells.first().copied();
        if cells.iter().all(|cell| Some(*cell) == first) {
            return Ok(first);
        }
        Err(Lack::shape(format!("the rows differ in {column}")))
    }

    /// The cells of a column, which is found by its name.
    fn column(&self, table: &Table, column: &str) -> Result<Vec<&'a Value>, Lack> {
        let mut cells = Vec::new();
        for page in self.pages(Root::Request(table.request))? {
            let list = |ptr: &super::super::pointer::Pointer| {
                let found = ptr.find(page).and_then(Value::as_array);
                found.ok_or_else(|| Lack::Missing(ptr.to_string()))
            };
            let named = |entry: &Value| entry.get("name").and_then(Value::as_str) == Some(column);
            let at = list(&table.columns)?.iter().position(named);
            let at = at.ok_or_else(|| Lack::Missing(format!("the column {column}")))?;
            for row in list(&table.rows)? {
                let cell = row.get(at).filter(|cell| !cell.is_null());
                cells.push(cell.ok_or_else(|| Lack::Missing(format!("{column} in a row")))?);
            }
        }
        if cells.len() > limits::ROWS {
            return Err(Lack::shape("the table is longer than 500 rows"));
        }
        Ok(cells)
    }
}

fn fits(number: Option<Decimal>) -> Number {
    number.ok_or_else(|| Lack::shape("the amounts cannot be reckoned with"))
}

fn no_number(place: &dyn std::fmt::Display) -> Lack {
    Lack::shape(format!("{place} is no number"))
}
