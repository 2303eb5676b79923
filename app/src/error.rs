//! What a person reads when something cannot be had. It never holds a cause.

use std::fmt;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a page or a server function has nothing to show, in the reader's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    SignInFirst,
    /// It does not exist, or not for this person.
    NotFound,
    /// The attempt was handed in.
    Over,
    /// What was sent does not fit.
    Refused,
    TooManyTries,
    /// The server is there and cannot take it now.
    Unavailable,
    /// The browser got no answer.
    Unreachable,
    Broken,
}

/// The result of whatever a browser asks for.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The HTTP status that says the same.
    pub fn status(self) -> u16 {
        match self {
            Error::SignInFirst => 401,
            Error::NotFound => 404,
            Error::Over => 409,
            Error::Refused => 422,
            Error::TooManyTries => 429,
            Error::Unavailable | Error::Unreachable => 503,
            Error::Broken => 500,
        }
    }

    /// A heading for the page that shows it.
    pub fn title(self) -> &'static str {
        match self {
            Error::SignInFirst => "Sign in first",
            Error::NotFound => "There is no such page",
            Error::Over => "This attempt is over",
            Error::Refused => "That cannot be taken",
            Error::TooManyTries => "Too many tries",
            Error::Unavailable | Error::Unreachable => "Not available right now",
            Error::Broken => "Something broke on our side",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::SignInFirst => "Sign in to go on. What you saved is kept.",
            Error::NotFound => "The address may be mistyped, or the page belongs to a circle that you are not in.",
            Error::Over => "It was handed in, by you or by the clock. What was saved before counts.",
            Error::Refused => "What was sent does not fit this page. Reload it and try again.",
            Error::TooManyTries => "Wait a little before the next try.",
            Error::Unavailable => "Nothing that was saved is lost. Try again in a few seconds.",
            Error::Unreachable => "The server cannot be reached. Is your connection up?",
            Error::Broken => "Nothing that was saved is lost. Try again; if it stays broken, tell your administrator the reference below.",
        })
    }
}

impl std::error::Error for Error {}

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Error {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Error::Unreachable,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Error::Refused,
            _ => Error::Broken,
        }
    }
}
