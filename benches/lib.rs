//! Criterion benches against peers.
