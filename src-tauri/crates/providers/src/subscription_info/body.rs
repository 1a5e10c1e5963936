//! The body of a subscription, as far as it tells of usage: its first line, and the pseudo nodes that panels put into the
//! list for clients that read no header. Owns unpacking, bounded; keeps no node and no key of one.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use jiff::civil::Date;
use regex::Regex;
use tidegate_egress::Response;
use tidegate_meter::{Quantity, Unit};

use super::limits;

/// What the pseudo nodes say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Pseudo {
    /// Left.
    pub(super) remaining: Option<Quantity>,
    /// The last day of the plan.
    pub(super) expires_on: Option<Date>,
    /// Whole days to the reset.
    pub(super) reset_in: Option<u16>,
}

/// The readable text of the beginning of a body.
pub(super) fn text(response: &Response) -> String {
    let packed = response
        .header("content-encoding")
        .is_some_and(|encoding| encoding.eq_ignore_ascii_case("gzip"));
    let bytes = if packed {
        unpacked(&response.body)
    } else {
        response.body.to_vec()
    };
    String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .trim()
        .to_owned()
}

/// As far as it can be unpacked: only its beginning was taken in.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let most = u64::try_from(limits::BODY_BYTES).unwrap_or(0);
    let mut plain = Vec::new();
    // The error at the cut end says nothing about what came before it.
    let _ = flate2::read::GzDecoder::new(packed)
        .take(most)
        .read_to_end(&mut plain);
    plain
}

/// The first line where it tells usage: `# upload=…; download=…`. One that no other line follows may have been cut, and
/// half of a number is another number.
pub(super) fn first_line(text: &str) -> Option<&str> {
    let (line, _) = text.split_once('\n')?;
    let line = line.trim();
    let line = line.strip_prefix(['#', ';']).unwrap_or(line).trim();
    let line = line.strip_prefix("//").unwrap_or(line).trim();
    let told = line.to_ascii_lowercase();
    let about_usage = told.contains("upload") && told.contains("download") && told.contains('=');
    about_usage.then_some(line)
}

/// An HTML page: a login, a block, a shop.
pub(super) fn is_page(text: &str) -> bool {
    let start: String = text.chars().take(64).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head")
}

/// The pseudo nodes of a list in any of its forms: YAML, or addresses of nodes, plain or in base64.
pub(super) fn pseudo(text: &str) -> Pseudo {
    let list = decoded(text).unwrap_or_else(|| text.to_owned());
    let plain = percent_encoding::percent_decode_str(&list).decode_utf8_lossy();
    Pseudo {
        remaining: captured(r"剩余流量\s*[:：]\s*(\d+(?:\.\d+)?\s*[KMGTP]?i?B)", &plain)
            .and_then(|amount| size(&amount)),
        expires_on: captured(
            r"(?:套餐到期|过期时间|到期时间)\s*[:：]\s*(\d{4}-\d{2}-\d{2})",
            &plain,
        )
        .and_then(|day| day.parse().ok()),
        reset_in: captured(r"距离下次重置剩余\s*[:：]\s*(\d{1,3})\s*天", &plain)
            .and_then(|days| days.parse().ok()),
    }
}

fn decoded(text: &str) -> Option<String> {
    let letters: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take_while(|byte| *byte != b'=')
        .collect();
    // A cut list ends anywhere: only whole groups of four can be read.
    let whole = letters.get(..letters.len() - letters.len() % 4)?;
    let tail = letters.len() % 4;
    let read = |bytes: &[u8]| {
        STANDARD_NO_PAD
            .decode(bytes)
            .or_else(|_| URL_SAFE_NO_PAD.decode(bytes))
            .ok()
    };
    let plain = if tail == 1 {
        read(whole)
    } else {
        read(&letters).or_else(|| read(whole))
    }?;
    let plain = String::from_utf8_lossy(&plain).into_owned();
    plain.contains("://").then_some(plain)
}

/// Panels count in powers of 1024 whatever they write, with two decimals, rounded: what is left is rounded down.
fn size(text: &str) -> Option<Quantity> {
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at_checked(split)?;
    let power = match unit.trim().chars().next()?.to_ascii_uppercase() {
        'B' => 0,
        'K' => 10,
        'M' => 20,
        'G' => 30,
        'T' => 40,
        _ => 50,
    };
    Quantity::parse_scaled_floor(number, 1_i64.checked_shl(power)?, Unit::Bytes).ok()
}

fn captured(pattern: &str, text: &str) -> Option<String> {
    let pattern = Regex::new(pattern).ok()?;
    Some(pattern.captures(text)?.get(1)?.as_str().to_owned())
}
