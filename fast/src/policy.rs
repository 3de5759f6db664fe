//! How a kernel runs: the instruction set and the size from which threads are used.
//!
//! Nothing here changes a result: every level and every number of threads gives the same bits.

use fearless_simd::Level as Token;

/// An instruction-set level that this machine has.
///
/// A `Level` can only be obtained on a machine that has it, so that holding one is the proof.
#[derive(Clone, Copy)]
pub struct Level {
    token: Token,
    name: &'static str,
}

impl Level {
    /// The highest level of this machine; it is looked up once and remembered.
    pub fn best() -> Self {
        let token = Token::new();
        candidates(token).into_iter().flatten().last().unwrap_or(Self { token, name: "baseline" })
    }

    /// All levels of this machine, the lowest first: `baseline` is always there.
    ///
    /// A level below what the program was compiled for is listed, and runs as what it was
    /// compiled for.
    pub fn available() -> Vec<Self> {
        candidates(Token::new()).into_iter().flatten().collect()
    }

    /// The level of this name, if this machine has it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|level| level.name == name)
    }

    /// `baseline`, `avx2`, `avx512` (the Ice Lake set) or `neon`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn token(&self) -> Token {
        self.token
    }
}

/// The levels up to `best`, the lowest first. SSE4.2 gains nothing over the baseline, SSE2: neither has
/// fused multiply-add.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn candidates(best: Token) -> [Option<Level>; 3] {
    let lowest = best.as_sse2().map_or_else(Token::baseline, Token::Sse2);
    [
        Some(Level { token: lowest, name: "baseline" }),
        best.as_avx2().map(|token| Level { token: Token::Avx2(token), name: "avx2" }),
        best.as_avx512().map(|token| Level { token: Token::Avx512(token), name: "avx512" }),
    ]
}

/// The levels up to `best`, the lowest first. 64-bit ARM always has NEON: the baseline is it.
#[cfg(target_arch = "aarch64")]
fn candidates(best: Token) -> [Option<Level>; 2] {
    [
        Some(Level { token: Token::baseline(), name: "baseline" }),
        best.as_neon().map(|token| Level { token: Token::Neon(token), name: "neon" }),
    ]
}

/// The levels up to `best`: elsewhere only what the program was compiled for.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn candidates(_: Token) -> [Option<Level>; 1] {
    [Some(Level { token: Token::baseline(), name: "baseline" })]
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Level {}

impl std::fmt::Debug for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Level({})", self.name)
    }
}

/// How a kernel runs. The result does not depend on it, down to the last bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The instruction set.
    pub level: Level,
    /// A tensor with fewer elements than this is worked on by the calling thread alone.
    pub serial_below: usize,
}

impl Policy {
    /// Where two threads began to win when the call comes from outside rayon's pool: handing
    /// over costs some 25 µs there. Inside `install` a thirtieth of it pays already.
    pub const SERIAL_BELOW: usize = 1 << 18;
}

impl Default for Policy {
    /// The best level of this machine, threads from [`Policy::SERIAL_BELOW`] elements on.
    fn default() -> Self {
        Self { level: Level::best(), serial_below: Self::SERIAL_BELOW }
    }
}
