pub mod shell { pub const SHELL_ID: &str = "x"; }
