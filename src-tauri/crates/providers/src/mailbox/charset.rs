//! Bytes whose charset nobody declared. Owns the guess: UTF-8 where it is valid, else the Chinese charset that reads
//! with the fewest gaps. What declares its charset never comes here.

use mail_parser::decoders::charsets::map::charset_decoder;

/// The charsets of mails that say nothing, the commoner first: a tie goes to it.
const GUESSES: [&[u8]; 2] = [b"gb18030", b"big5"];

/// Text from bytes of an undeclared charset.
pub(super) fn guess(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let guesses = GUESSES.iter().filter_map(|name| charset_decoder(name));
    guesses
        .map(|decode| decode(bytes))
        .min_by_key(|text| gaps(text))
        .unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

fn gaps(text: &str) -> usize {
    text.chars()
        .filter(|letter| *letter == char::REPLACEMENT_CHARACTER)
        .count()
}

/// The mail with its header block in UTF-8: old systems write raw GBK into a subject.
pub(super) fn readable_header(raw: &[u8]) -> Vec<u8> {
    let end = [b"\r\n\r\n".as_slice(), b"\n\n".as_slice()]
        .iter()
        .filter_map(|blank| raw.windows(blank.len()).position(|window| window == *blank))
        .min()
        .unwrap_or(raw.len());
    let (header, rest) = raw.split_at(end);
    if std::str::from_utf8(header).is_ok() {
        return raw.to_vec();
    }
    let mut readable = guess(header).into_bytes();
    readable.extend_from_slice(rest);
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "余额不足" in three charsets.
    const GBK: [u8; 8] = [0xd3, 0xe0, 0xb6, 0xee, 0xb2, 0xbb, 0xd7, 0xe3];
    const BIG5: [u8; 8] = [0xbe, 0x6c, 0xc3, 0x42, 0xa4, 0xa3, 0xa8, 0xac];

    #[test]
    fn undeclared_chinese_is_read_as_what_it_is() {
        assert_eq!(guess("余额不足".as_bytes()), "余额不足");
        assert_eq!(guess(&GBK), "余额不足");
        assert_eq!(charset_decoder(b"big5").expect("Big5")(&BIG5), "餘額不足");
    }

    #[test]
    fn a_raw_subject_becomes_readable_and_the_body_stays_as_it_is() {
        let mut raw = b"Subject: ".to_vec();
        raw.extend_from_slice(&GBK);
        raw.extend_from_slice(b"\r\n\r\n\xff\xfe");
        let readable = readable_header(&raw);
        assert!(readable.starts_with("Subject: 余额不足\r\n\r\n".as_bytes()));
        assert!(readable.ends_with(b"\xff\xfe"));
    }
}
