//! A question bank: a folder of Markdown files, read into questions or into
//! faults that name their place.
//!
//! Reading the disk is the caller's: this module is given names and bytes.
