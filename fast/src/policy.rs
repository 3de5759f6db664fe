//! How a kernel runs: the instruction set and the size from which threads are used.
//!
//! Nothing here changes a result: every level and every number of threads gives the same bits. On x86-64
//! the suite holds every level that a machine has to it. For NEON no claim is made until `.ci/arm` has held
//! it to the same hashes of the bits of every kernel (`fast/tests/bits.txt`).

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
    /// A tensor with fewer elements than this is worked on by the calling thread alone: said for a
    /// normalisation that is called from outside rayon's pool. Copy-like kernels take four times as
    /// many elements to be worth a second thread, batch normalisation along rows eight times, random
    /// numbers and curves a quarter; inside a pool (`install`) all take a 32nd. 0: threads always, but
    /// in a pool of one; `usize::MAX`: never.
    pub serial_below: usize,
    /// A result of at least so many bytes is written past the caches, where the kernel can; sums ask ahead
    /// for data of that size. 0: always, `usize::MAX`: never.
    pub stream_from: usize,
}

/// How much a kernel does with an element, and so how many are worth a second thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Copies, sums, steps: as fast as the memory.
    Light,
    /// Normalisations: a few passes in the cache.
    Medium,
    /// The same in steps that all threads finish before the next: each is handed over by itself.
    Stepwise,
    /// Random numbers, curves, gathers.
    Heavy,
}

impl Policy {
    /// Where two threads began to win when the call comes from outside rayon's pool: handing
    /// over costs some 25 µs there.
    pub const SERIAL_BELOW: usize = 1 << 18;
    /// Inside a pool the other worker is awake: handing over costs a microsecond.
    const INSIDE: usize = 32;
    /// Half of the last-level cache of the machine that was measured: a result and what it is made of fill
    /// it, and a streaming copy overtakes the ordinary one there.
    pub const STREAM_FROM: usize = 1 << 24;

    /// Whether rayon's threads take part in work on `len` elements.
    pub(crate) fn parallel(&self, len: usize, work: Work) -> bool {
        let outside = match work {
            Work::Light => self.serial_below.saturating_mul(4),
            Work::Medium => self.serial_below,
            Work::Stepwise => self.serial_below.saturating_mul(8),
            Work::Heavy => self.serial_below / 4,
        };
        // Of a few thousand elements the question to rayon is some hundredths of the work.
        if len < outside / Self::INSIDE {
            return false;
        }
        let inside = rayon::current_thread_index().is_some();
        if inside { rayon::current_num_threads() > 1 } else { len >= outside }
    }

    /// Whether `len` elements are too many for the caches: results go past them, and what is read is asked
    /// for ahead.
    pub(crate) fn streams<T>(&self, len: usize) -> bool {
        len.saturating_mul(size_of::<T>()) >= self.stream_from
    }
}

impl Default for Policy {
    /// The best level of this machine, threads from [`Policy::SERIAL_BELOW`] elements on, streaming from
    /// [`Policy::STREAM_FROM`] bytes on.
    fn default() -> Self {
        Self {
            level: Level::best(),
            serial_below: Self::SERIAL_BELOW,
            stream_from: Self::STREAM_FROM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavier_work_is_shared_out_earlier_and_earlier_still_inside_a_pool() {
        let policy = Policy { serial_below: 1 << 10, ..Policy::default() };
        let first = |work| (0..=20).find(|&bits| policy.parallel(1 << bits, work));
        let all = || [Work::Stepwise, Work::Light, Work::Medium, Work::Heavy].map(first);
        assert_eq!(all(), [Some(13), Some(12), Some(10), Some(8)]);
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool(2).install(all), [Some(8), Some(7), Some(5), Some(3)]);
        assert_eq!(pool(1).install(all), [None; 4], "one thread shares nothing out");
    }

    #[test]
    fn the_ends_are_always_and_never() {
        let policy = |size| Policy { serial_below: size, stream_from: size, ..Policy::default() };
        for work in [Work::Stepwise, Work::Light, Work::Medium, Work::Heavy] {
            let (always, never) = (policy(0), policy(usize::MAX));
            assert!(always.parallel(0, work) && !never.parallel(1 << 40, work));
            assert!(rayon::join(|| !never.parallel(1 << 40, work), || ()).0);
        }
        assert!(policy(0).streams::<f32>(0) && !policy(usize::MAX).streams::<f32>(1 << 40));
    }
}
