//! What a browser may ask for without loading a page. Each is a public
//! endpoint, whatever the page that calls it checks.

pub mod attempts;
pub mod marking;
pub mod sessions;
