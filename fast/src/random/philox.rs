//! Philox4x32-10: one block, and sixteen blocks in lanes.
//!
//! A lane is a `u64` that carries a 32-bit word in its low half; what stands in the high half is left
//! there, since the multiplication reads the low half only. A round is two multiplications, two shifts
//! and four exclusive ors on every lane.

use fearless_simd::dispatch;

use super::Stream;
use crate::Level;

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
const ROUNDS: u32 = 10;
const LOW: u64 = 0xffff_ffff;

/// Words of a group: sixteen blocks.
pub(crate) const GROUP: usize = 64;
/// Blocks that are computed together: four vectors of words fit into the registers of every level.
const LANES: usize = 8;

/// First words, or second words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plane {
    First,
    Second,
}

/// One block of Philox4x32-10: four words from a counter and a key.
///
/// ```
/// // The published answer for a counter and a key of zeros.
/// let block = evenkeel_fast::random::philox4x32([0; 4], [0; 2]);
/// assert_eq!(block, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
/// ```
#[must_use]
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let lanes = counter.map(|word| [u64::from(word)]);
    rounds(lanes, key).map(|lane| lane[0] as u32)
}

/// Ten rounds on blocks that stand in lanes.
#[inline(always)]
fn rounds<const N: usize>(mut c: [[u64; N]; 4], key: [u32; 2]) -> [[u64; N]; 4] {
    for round in 0..ROUNDS {
        let key_of = |k: usize| u64::from(key[k].wrapping_add(WEYL[k].wrapping_mul(round)));
        let (k0, k1) = (key_of(0), key_of(1));
        for lane in 0..N {
            let a = MULTIPLIERS[0] * (c[0][lane] & LOW);
            let b = MULTIPLIERS[1] * (c[2][lane] & LOW);
            c[0][lane] = (b >> 32) ^ c[1][lane] ^ k0;
            c[1][lane] = b;
            c[2][lane] = (a >> 32) ^ c[3][lane] ^ k1;
            c[3][lane] = a;
        }
    }
    c
}

/// The 64 words of a group, in the order of the map: word j is word j div 16 of block j mod 16.
pub(crate) type Group = [u32; GROUP];

/// Group `g` of a stream.
///
/// It is called and not inlined: ten rounds in every kernel take minutes to compile, and a call for 64
/// words takes nothing that can be measured.
#[inline(never)]
pub(crate) fn group(level: Level, stream: Stream, plane: Plane, g: u64) -> Group {
    dispatch!(level.token(), _simd => blocks(stream, plane, g))
}

#[inline(always)]
fn blocks(stream: Stream, plane: Plane, g: u64) -> Group {
    let mut words = [0; GROUP];
    let high = if plane == Plane::Second { 1 << 31 } else { 0 };
    let key = [stream.seed as u32, (stream.seed >> 32) as u32];
    let (first, step) = (g * 16, u64::from(stream.step));
    for half in 0..2 {
        let start = first + (half * LANES) as u64;
        let mut index = [0; LANES];
        for lane in 0..LANES {
            index[lane] = start + lane as u64;
        }
        let above = [(first >> 32) | high; LANES];
        let counter = [index, above, [u64::from(stream.number); LANES], [step; LANES]];
        let blocks = rounds(counter, key);
        for word in 0..4 {
            for lane in 0..LANES {
                words[16 * word + half * LANES + lane] = blocks[word][lane] as u32;
            }
        }
    }
    words
}

/// One word, where there is one to be looked up only.
pub(crate) fn word(stream: Stream, plane: Plane, n: u64) -> u32 {
    let index = n / 64 * 16 + n % 16;
    let high = if plane == Plane::Second { 1 << 31 } else { 0 };
    let counter = [index as u32, (index >> 32) as u32 | high, stream.number, stream.step];
    philox4x32(counter, [stream.seed as u32, (stream.seed >> 32) as u32])[(n % 64 / 16) as usize]
}
