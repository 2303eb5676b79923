//! The text in the bytes of a file.

use std::borrow::Cow;
use std::str;

use super::place::Faults;
use super::{Content, TEXT_LIMIT};

/// The text in its tidy form, and as much of it as can be read, for the places
/// of the faults.
pub(super) fn read<'c>(content: &'c Content, faults: &mut Faults) -> (Option<Cow<'c, str>>, &'c str) {
    let bytes = match content {
        Content::Bytes(bytes) if bytes.len() as u64 <= TEXT_LIMIT => bytes,
        Content::Bytes(bytes) => {
            faults.error(0, too_long(bytes.len() as u64));
            return (None, "");
        }
        Content::TooBig { bytes } => {
            faults.error(0, too_long(*bytes));
            return (None, "");
        }
        Content::Unreadable { why } => {
            faults.error(0, format!("the file cannot be read ({why}); check the file"));
            return (None, "");
        }
    };
    match str::from_utf8(bytes) {
        Ok(text) => (Some(tidy(text)), text),
        Err(error) => {
            let readable = str::from_utf8(&bytes[..error.valid_up_to()]).expect("valid up to here");
            let readable = readable.trim_start_matches('\u{feff}');
            faults.error(readable.len(), encoding(bytes));
            (None, readable)
        }
    }
}

/// A text without a byte order mark and with `\n` at the end of every line.
/// Tidying twice changes nothing more.
pub(super) fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

pub(super) fn too_long(bytes: u64) -> String {
    format!(
        "the file has {} KiB, the limit is {} KiB; shorten it, or split it into several questions",
        bytes.div_ceil(1024),
        TEXT_LIMIT / 1024
    )
}

fn encoding(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "the file is UTF-16; save it as UTF-8",
        _ => "this byte is not UTF-8; save the file as UTF-8",
    }
}
