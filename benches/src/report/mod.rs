//! `docs/benchmarks.md` from what was measured.
