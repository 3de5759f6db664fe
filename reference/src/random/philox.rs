//! The random words: Philox4x32-10, and which word is where in a stream.

/// What the randomness of one tensor in one step comes from.
///
/// Clauses RND-02, RND-12. Two streams that differ in any of the three have other words.
///
/// # Example
/// ```
/// use evenkeel_reference::random::Stream;
///
/// let dropout_of_layer_3 = Stream { seed: 42, number: 3, step: 1000 };
/// assert_eq!(Stream { step: 1000, ..Stream { seed: 42, number: 3, step: 0 } }, dropout_of_layer_3);
/// assert_eq!(Stream::default(), Stream { seed: 0, number: 0, step: 0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Stream {
    /// The seed of the whole run.
    pub seed: u64,
    /// Which tensor it is for.
    pub number: u32,
    /// Which step of the training it is for.
    pub step: u32,
}

/// The multipliers M₀ and M₁.
const M: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What is added to the key from round to round: W₀ (of the golden ratio) and W₁ (of √3 − 1).
const W: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
/// The words of a group, in whose order the words of sixteen blocks are dealt.
const GROUP: u64 = 64;
/// The blocks of a group.
const BLOCKS: u64 = 16;

/// Four random words for a counter and a key: ten rounds of Philox.
///
/// Clause RND-01. Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
/// 1, 2, 3", section 3.3 (Philox4x32-10). Any counter and any key are allowed.
///
/// # Example
/// ```
/// use evenkeel_reference::random::philox4x32;
///
/// // The known answer of the authors for zeros.
/// let block = philox4x32([0; 4], [0; 2]);
/// assert_eq!(block, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
/// ```
#[must_use]
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let (mut c, mut k) = (round(counter, key), key);
    for _ in 1..10 {
        k = [k[0].wrapping_add(W[0]), k[1].wrapping_add(W[1])];
        c = round(c, k);
    }
    c
}

/// One round: (hi₁ ⊕ c₁ ⊕ k₀, lo₁, hi₀ ⊕ c₃ ⊕ k₁, lo₀), where hi₀, lo₀ = M₀·c₀ and hi₁, lo₁ = M₁·c₂.
fn round(c: [u32; 4], k: [u32; 2]) -> [u32; 4] {
    let [low_0, high_0] = halves(u64::from(M[0]) * u64::from(c[0]));
    let [low_1, high_1] = halves(u64::from(M[1]) * u64::from(c[2]));
    [high_1 ^ c[1] ^ k[0], low_1, high_0 ^ c[3] ^ k[1], low_0]
}

/// The low and the high half.
fn halves(n: u64) -> [u32; 2] {
    [n as u32, (n >> 32) as u32]
}

/// W(n): word n of a stream.
///
/// Clauses RND-02, RND-04. With g = n div 64 and j = n mod 64 it is word j div 16 of block
/// 16·g + j mod 16. Source: the order is that of this page. n: any.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, philox4x32, word};
///
/// let stream = Stream { seed: 7 + (8 << 32), number: 5, step: 6 };
/// // 67 = 64·1 + 3: block 16 + 3, its word 0. 100 = 64 + 36, 36 = 16·2 + 4: block 20, its word 2.
/// assert_eq!(word(stream, 67), philox4x32([19, 0, 5, 6], [7, 8])[0]);
/// assert_eq!(word(stream, 100), philox4x32([20, 0, 5, 6], [7, 8])[2]);
/// ```
#[must_use]
pub fn word(stream: Stream, n: u64) -> u32 {
    word_of_plane(stream, n, 0)
}

/// V(n): second word n of a stream, which no first word shares its counter with.
///
/// Clause RND-03. As [`word`], in plane 1: 2³¹ is added to the high half of the block. n: any.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, philox4x32, second_word};
///
/// let stream = Stream { seed: 7, number: 5, step: 6 };
/// assert_eq!(second_word(stream, 67), philox4x32([19, 1 << 31, 5, 6], [7, 0])[0]);
/// ```
#[must_use]
pub fn second_word(stream: Stream, n: u64) -> u32 {
    word_of_plane(stream, n, 1)
}

fn word_of_plane(stream: Stream, n: u64, plane: u32) -> u32 {
    let (group, j) = (n / GROUP, n % GROUP);
    let [low, high] = halves(BLOCKS * group + j % BLOCKS);
    // A block is below 2⁶², so its high half is below 2³⁰ and the plane has its bit for itself.
    let counter = [low, high + (plane << 31), stream.number, stream.step];
    philox4x32(counter, halves(stream.seed))[(j / BLOCKS) as usize]
}
