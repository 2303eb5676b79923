//! Logs: text for a person at a terminal, a JSON line for a machine. One event
//! is one line, whatever stands in it.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write, stderr};
use std::panic::{PanicHookInfo, set_hook};

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Starts logging to standard error.
pub fn start(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|why| format!("log: {:?} is not a filter: {why}", config.log))?;
    let has_colours = stderr().is_terminal();
    let is_json = config.log_json.unwrap_or(!has_colours);
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    if is_json {
        builder
            .with_writer(|| Lines { has_colours: false })
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .init();
        set_hook(Box::new(log_panic));
    } else {
        builder.with_writer(move || Lines { has_colours }).with_ansi(has_colours).init();
    }
    Ok(())
}

/// What Rust prints of a panic is no line of JSON.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let what = panic.payload_as_str().unwrap_or("without a message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(what, place, "a panic");
}

/// Standard error, where one write is one event.
struct Lines {
    /// The formatter writes colours, and has made those harmless that stand in
    /// what it was given.
    has_colours: bool,
}

impl Write for Lines {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        if is_harmless(event) {
            stderr().lock().write_all(event)?;
            return Ok(event.len());
        }
        let text = String::from_utf8_lossy(event);
        let mut line = escaped(text.strip_suffix('\n').unwrap_or(&text), self.has_colours);
        line.push('\n');
        stderr().lock().write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        stderr().flush()
    }
}

/// One line of letters that everybody reads alike, as nearly every event is.
fn is_harmless(event: &[u8]) -> bool {
    event.strip_suffix(b"\n").is_some_and(|line| line.iter().all(|byte| (b' '..=b'~').contains(byte)))
}

/// As JSON writes it in a string, where these letters are found only: whatever
/// ends a line, steers a terminal, or turns the order of what is read.
fn escaped(text: &str, has_colours: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_colour = letter == '\u{1b}' && has_colours;
        if is_colour || !misleads(letter) {
            escaped.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

/// Control characters, and those that are not seen themselves and change how
/// others are.
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_written_as_json_writes_it() {
        let cases = [
            ("Zoë Ünal, 平, 🧑", "Zoë Ünal, 平, 🧑"),
            ("a\r\nb\tc", "a\\u000d\\u000ab\\u0009c"),
            ("\u{1b}[31m\u{7f}\u{9b}2J", "\\u001b[31m\\u007f\\u009b2J"),
            ("\u{202e}gpj\u{2069}\u{feff}", "\\u202egpj\\u2069\\ufeff"),
            ("\u{2028}\u{e0041}", "\\u2028\\udb40\\udc41"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text, false), expected);
            let read: String = serde_json::from_str(&format!("\"{}\"", escaped(text, false))).unwrap();
            assert_eq!(read, text, "a machine reads what was meant");
        }
        assert_eq!(escaped("\u{1b}[2mINFO\u{1b}[0m\n", true), "\u{1b}[2mINFO\u{1b}[0m\\u000a");
    }
}
