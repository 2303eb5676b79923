//! The text in the bytes of a file, whatever wrote it.

/// The longest file that is read, in bytes.
pub const FILE_LIMIT: usize = 256 * 1024;

/// Why there is no text in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoText {
    #[error("the file has {} KiB, the limit is {} KiB; shorten it, or split it", .bytes.div_ceil(1024), FILE_LIMIT / 1024)]
    TooLong { bytes: u64 },
    #[error("the file is not text: byte {at} is NUL")]
    Binary { at: usize },
}

/// The text, with `\n` at the end of every line and no byte order mark; and
/// what had to be done to read it, if that was more than reading.
pub fn read(bytes: &[u8]) -> Result<(String, Option<String>), NoText> {
    if bytes.len() > FILE_LIMIT {
        return Err(NoText::TooLong { bytes: bytes.len() as u64 });
    }
    let (text, told) = decoded(bytes);
    match text.find('\0') {
        Some(at) => Err(NoText::Binary { at }),
        None => Ok((tidy(&text), told)),
    }
}

fn decoded(bytes: &[u8]) -> (String, Option<String>) {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes[2..].as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
        let lost = if rest.is_empty() { "" } else { ", except for half a letter at its end" };
        (
            String::from_utf16_lossy(&units),
            Some(format!("the file is UTF-16 and was read as such{lost}; save it as UTF-8")),
        )
    };
    match bytes {
        [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(why) => {
                let line = bytes[..why.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
                let text = bytes.iter().map(|&b| western(b)).collect();
                (
                    text,
                    Some(format!(
                        "the file is not UTF-8 (line {line}) and was read as Windows-1252; save it as UTF-8"
                    )),
                )
            }
        },
    }
}

/// A byte in the encoding that most files have that are not UTF-8.
fn western(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn tidy(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_whatever_wrote_it_and_what_was_odd_is_told() {
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain("# Ä\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, text, told) in [
            (b"\xEF\xBB\xBF# A\r\nb\rc".as_slice(), "# A\nb\nc", ""),
            (b"# Caf\xE9 \x93x\x94\n", "# Café “x”\n", "Windows-1252"),
            (&utf16, "# Ä\n", "UTF-16"),
            (b"", "", ""),
        ] {
            let (read, odd) = read(bytes).unwrap();
            assert_eq!(read, text);
            assert_eq!(odd.is_some(), !told.is_empty());
            assert!(odd.unwrap_or_default().contains(told));
        }
    }

    #[test]
    fn what_is_no_text_or_too_long_is_refused_in_words() {
        assert_eq!(read(b"a\0b"), Err(NoText::Binary { at: 1 }));
        let long = read(&vec![b'a'; FILE_LIMIT + 1]).unwrap_err();
        assert_eq!(long.to_string(), "the file has 257 KiB, the limit is 256 KiB; shorten it, or split it");
    }
}
