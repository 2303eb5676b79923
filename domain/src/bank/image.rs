//! Images that a question shows: which are allowed, and where they are found.

use super::{Content, Image};

/// The largest image, in bytes.
pub const IMAGE_LIMIT: u64 = 1024 * 1024;

/// The most images of one question.
pub(super) const N_LIMIT: usize = 20;

const WRITE: &str = "save it as PNG, JPEG, GIF or WebP";

/// The media type that the name of an image promises, or what is wrong with
/// the name.
pub(super) fn media_type(name: &str) -> Result<&'static str, String> {
    if name.is_empty() {
        return Err("there is no file name in this image; write it between the round brackets".to_owned());
    }
    if is_elsewhere(name) {
        return Err(
            "an image is shown only from the bank; save it beside the question and write its file name"
                .to_owned(),
        );
    }
    if name.starts_with('/') {
        return Err(
            "the path of an image begins at the question's own folder; take away the `/` at its head"
                .to_owned(),
        );
    }
    let extension = name.rsplit(['/', '.']).next().unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "png" => Ok("image/png"),
        "jpg" | "jpeg" => Ok("image/jpeg"),
        "gif" => Ok("image/gif"),
        "webp" => Ok("image/webp"),
        "svg" => Err(format!("an SVG can hold programs and is not shown; {WRITE}")),
        _ => Err(format!("pages do not show this kind of image; {WRITE}")),
    }
}

/// `https:`, `data:`, or `//host/`.
fn is_elsewhere(name: &str) -> bool {
    let scheme = name.split_once(':').map(|(scheme, _)| scheme);
    name.starts_with("//")
        || scheme
            .is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The path of an image on the shelf. `None` if it leads out of the folder of
/// the service.
pub(super) fn path(question: &str, name: &str) -> Option<String> {
    let mut folders: Vec<&str> = question.split('/').collect();
    folders.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." if folders.len() < 2 => return None,
            ".." => drop(folders.pop()),
            part => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

/// The image, or what is wrong with its file.
pub(super) fn load(name: &str, content: Option<&Content>) -> Result<Image, String> {
    let media_type = media_type(name)?;
    let bytes = match content {
        None => return Err("there is no such image; add the file, or correct its name".to_owned()),
        Some(Content::Unreadable { why }) => {
            return Err(format!("the image cannot be read ({why}); check the file"));
        }
        Some(Content::TooBig { bytes }) => return Err(too_large(*bytes)),
        Some(Content::Bytes(bytes)) => bytes,
    };
    if bytes.len() as u64 > IMAGE_LIMIT {
        return Err(too_large(bytes.len() as u64));
    }
    match held(bytes) {
        Some(held) if held == media_type => {
            Ok(Image { name: name.to_owned(), media_type, bytes: bytes.clone() })
        }
        Some(held) => {
            Err(format!("the name says {media_type}, but the file holds {held}; rename it, or save it again"))
        }
        None => Err(format!("the file holds no image; {WRITE}")),
    }
}

fn too_large(bytes: u64) -> String {
    format!(
        "the image has {} KiB, the limit is {} KiB; make it smaller",
        bytes.div_ceil(1024),
        IMAGE_LIMIT / 1024
    )
}

/// The media type by the first bytes of a file.
fn held(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
