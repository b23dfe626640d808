//! The `neonex` binary.

fn main() {}
