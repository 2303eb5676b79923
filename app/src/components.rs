//! The parts that pages are made of. Each is a function of its arguments, rendered on the server, and works without
//! scripts. The fields alone read one thing more: what was typed before, when a form is shown again (`crate::form`).

pub mod breadcrumb;
pub mod code;
pub mod empty;
pub mod error_summary;
pub mod facts;
pub mod field;
pub mod icon;
pub mod instant;
pub mod notice;
pub mod options;
pub mod pager;
pub mod score_bar;
pub mod scroll;
pub mod severity;
pub mod status;
pub mod text_area;
pub mod unsent;

pub use breadcrumb::Breadcrumb;
pub use code::{Code, Command};
pub use empty::Empty;
pub use error_summary::ErrorSummary;
pub use facts::{Fact, Facts};
pub use field::{DateTimeField, Field, PasswordField, Shown, TextField};
pub use icon::{Icon, icon};
pub use instant::{
    AskedAt, Time, TimeShape, ago, city, day_words, duration_words, from_local, local_value, time_words,
};
pub use notice::{Notice, NoticeKind};
pub use options::{CheckboxField, CheckboxGroup, Pick, RadioGroup, SelectField, picks};
pub use pager::Pager;
pub use score_bar::{Bar, ScoreBar};
pub use scroll::Scroll;
pub use severity::Severity;
pub use status::{Status, StatusKind};
pub use text_area::{TextArea, textarea_html};
pub use unsent::unsent;
