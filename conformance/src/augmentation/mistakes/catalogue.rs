//! What is done wrong when images are augmented, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

macro_rules! mistakes {
    ($($fault:ident $label:literal $clause:literal $summary:literal, $remedy:literal
       $(, $with:ident($($argument:expr)?))*;)*) => {
        &[$(Faulty::planted(Fault::$fault, $label, $clause, $summary, $remedy)
            $(.$with($($argument)?))*),*]
    };
}

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = mistakes! {
    RotationSign "aug-rotation-sign" "AUG-01"
        "positive degrees turn clockwise",
        "rows count downwards: s = … + u·sin d + v·cos d turns counter-clockwise";
    HalfPixel "aug-half-pixel" "AUG-01"
        "the image is turned about (h/2, w/2), half a pixel off",
        "turn about ((h − 1)/2, (w − 1)/2), with pixel centres at whole numbers",
        seen_in("pytorch/vision#2468");
    SidesSwapped "aug-rectangular" "AUG-01"
        "height and width stand in each other's place in the centre",
        "rows go with the height, columns with the width";
    FractionsSwapped "aug-bilinear-swapped" "AUG-01"
        "the fractions of row and column weight each other's neighbours",
        "the fraction of the column mixes left and right, that of the row top and bottom";
    Radians "aug-radians" "AUG-01"
        "degrees are taken for radians",
        "multiply by π/180";
    NearestFloor "aug-nearest-floor" "AUG-02"
        "the pixel above and to the left is taken for the nearest",
        "round the place: ⌊s + ½⌋";
    QuarterInexact "aug-quarter-inexact" "AUG-03"
        "sine and cosine of quarter turns are not quite 0 and 1",
        "reduce the angle in degrees, and turn by whole quarters exactly";
    FillIgnored "aug-fill-ignored" "AUG-04"
        "outside of the turned image the edge is repeated",
        "put `fill` where the image does not reach";
    FillZero "aug-fill-zero" "AUG-04"
        "outside of the turned image stands 0 whatever `fill` is",
        "put `fill` where the image does not reach";
    EdgeBlended "aug-edge-blended" "AUG-04"
        "the edge of the image is mixed with what is outside",
        "within half a pixel of the outermost centres take the edge itself";
    SingleRotation "aug-rotation-single" "AUG-05"
        "four neighbours are mixed in `f32`",
        "mix them in `f64` and round once",
        single_only(), traced(Trace::Rounding);
    FlipAxis "aug-flip-axis" "AUG-06"
        "a horizontal flip exchanges top and bottom",
        "horizontal exchanges left and right: columns run backwards";
    ShiftWraps "aug-shift-wraps" "AUG-07"
        "what is shifted out comes back on the other side",
        "put `fill` where nothing comes from";
    ShiftSign "aug-shift-sign" "AUG-07"
        "positive shifts move up and to the left",
        "y(i, j) = x(i − down, j − right)";
    CropUnpadded "aug-crop-unpadded" "AUG-08"
        "the window is counted in the image without its padding",
        "subtract the padding from row and column";
    NoiseVariance "aug-noise-variance" "AUG-09"
        "the variance is taken for the deviation",
        "multiply normal numbers by σ, not by σ²";
    NeverClamps "aug-no-clamp" "AUG-10"
        "values leave the range that was asked for",
        "limit to [lo, hi] after the noise is added";
    ClampsUnasked "aug-clamped-unasked" "AUG-10"
        "noise is limited to [0, 1] though nobody asked for it",
        "limit only where a range is given: normalised images have no [0, 1]";
    SingleNoise "aug-noise-single" "AUG-11"
        "product and sum are rounded to `f32` each",
        "add in `f64` and round once",
        single_only(), traced(Trace::Rounding);
    BlurUnnormalized "aug-blur-unnormalised" "AUG-12"
        "the weights of the blur do not sum to 1",
        "divide by their sum, not by √(2π)·σ";
    BlurVariance "aug-blur-variance" "AUG-12"
        "σ stands where σ² belongs",
        "w_k = exp(−k²/(2σ²))";
    BlurOneWay "aug-blur-one-way" "AUG-12"
        "only rows are blurred",
        "blur along the rows, then along the columns";
    BlurZeroBorder "aug-blur-zero-border" "AUG-12"
        "beyond the edge stands 0, and edges darken",
        "repeat the edge, or mirror the image";
    SingleBlur "aug-blur-single" "AUG-13"
        "the image is rounded to `f32` between rows and columns",
        "keep `f64` between both directions and round once",
        single_only(), traced(Trace::Rounding);
    EraseInclusive "aug-erase-inclusive" "AUG-14"
        "one row and one column too many are erased",
        "rows top … top + height − 1";
    EraseOneChannel "aug-erase-one-channel" "AUG-14"
        "only the first channel is erased",
        "erase the rectangle in every channel";
    ProbabilityInverted "aug-probability-inverted" "AUG-15"
        "transforms are applied with probability 1 − p",
        "apply where the word is below p·2³²";
    WholeDegrees "aug-whole-degrees" "AUG-16"
        "angles are whole degrees only",
        "draw them evenly from the whole range";
    LastOffset "aug-crop-edge" "AUG-16"
        "the last offset is never drawn",
        "K offsets from 0 to K − 1: ⌊K·w/2³²⌋ with K = last + 1";
    LinearAspect "aug-erase-linear-aspect" "AUG-17"
        "the aspect is drawn evenly, and tall rectangles are more than flat ones",
        "draw its logarithm evenly",
        seen_in("pytorch/vision#3344");
    AspectInverted "aug-erase-aspect-inverted" "AUG-17"
        "the aspect is taken for width over height",
        "H = √(S·ρ), W = √(S/ρ)";
    NeverGivesUp "aug-erase-unbounded" "AUG-17"
        "rectangles are drawn until one fits, however long that takes",
        "give up after `attempts`, and erase nothing",
        seen_in("pytorch/vision#1094");
    AlwaysApplied "aug-always-applied" "AUG-18"
        "transforms are applied to every image",
        "apply with the probability of the choice";
    Squares "aug-erase-squares" "AUG-19"
        "only squares are erased",
        "draw the aspect from its range";
    SameStream "aug-same-stream" "AUG-20"
        "every image gets the draws of the first one",
        "the image's number belongs into the draw",
        seen_in("xingyizhou/CenterNet#233");
    SameEpoch "aug-same-epoch" "AUG-20"
        "every epoch repeats the draws of the first one",
        "the step belongs into the draw",
        seen_in("dbolya/yolact#455");
    SharedStream "aug-shared-transforms" "AUG-20"
        "all transforms share one draw",
        "give every choice a stream of its own: number + 2k",
        seen_in("kvablack/dlimp#5");
    PlaceInBatch "aug-place-in-batch" "AUG-21"
        "an image's draws depend on its place in the batch: every batch repeats the first",
        "count images from `first` on";
    OrderReversed "aug-order-reversed" "AUG-22"
        "the last operation is applied first",
        "apply them in their order";
    NoiseRepeats "aug-noise-repeats" "AUG-23"
        "every image gets the same noise",
        "noise of image m begins at element m·c·h·w";
    LabelLost "aug-label-lost" "AUG-24"
        "the image changes its class and the label stays",
        "carry the label through the map of every applied choice",
        seen_in("fizyr/keras-retinanet#150");
    SparedChanged "aug-spared-changed" "AUG-24"
        "images of a class that a transform must not touch are changed all the same",
        "leave image and label alone where the map has no entry";
    LabelUnplanned "aug-label-unplanned" "AUG-24"
        "labels change also where the transform was not applied",
        "change a label only with its image";
    MutatesSource "aug-mutates-source" "AUG-25"
        "large batches are changed where they stand, and the next epoch starts from there",
        "write into the output alone",
        traced(Trace::Bits);
    Threads "aug-threads" "AUG-25"
        "each thread has draws of its own",
        "an image's draws depend on its number, not on who draws them",
        traced(Trace::Bits), seen_in("albumentations-team/AlbumentationsX#266");
    LevelBits "aug-level-bits" "AUG-26"
        "another instruction set sums in another order",
        "fix the order of every sum for all instruction sets",
        traced(Trace::Bits);
    ProbabilityUnchecked "aug-probability-unchecked" "AUG-27"
        "a probability outside 0 to 1 is accepted",
        "refuse it and name `probability`";
    DegreesUnchecked "aug-degrees-unchecked" "AUG-27"
        "an angle that is not finite is accepted",
        "refuse it and name `degrees`";
    NormalsUnchecked "aug-normals-unchecked" "AUG-27"
        "too few normal numbers are accepted",
        "refuse them and name `normals`";
    TextRatioUnchecked "aug-text-ratio-unchecked" "AUG-27"
        "a ratio of lengths below 1 is accepted, and no variant passes it",
        "refuse it and name `max_length_ratio`";
    Misnamed "aug-argument-misnamed" "AUG-27"
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed";
    PartialWrite "aug-partial-write" "AUG-28"
        "the output is cleared before the arguments are checked",
        "check first, write after";
    EmptyRefused "aug-empty-refused" "AUG-29"
        "a batch without an element is refused",
        "no element is no work: succeed";
    TextOrder "aug-text-order" "AUG-30"
        "all sentences by the first pivot stand before those by the next",
        "order by sentence, then by pivot";
    TextLabelLost "aug-text-label-lost" "AUG-30"
        "labels are dealt out in turn, though some variants were dropped",
        "carry the number of the sentence, and take its label";
    TextPivotSkipped "aug-text-pivot-skipped" "AUG-31"
        "the last pivot is left out",
        "go by way of every pivot";
    TextOneWay "aug-text-one-way" "AUG-31"
        "the variant is in the pivot language",
        "translate back before you keep it";
    TextRaw "aug-text-raw-lines" "AUG-32"
        "sentences are sent with the white space and the line ends that they have",
        "collapse white space first: for most engines a line is a sentence";
    TextEmptyUncounted "aug-text-empty-uncounted" "AUG-32"
        "empty sentences disappear without being counted",
        "count them, once for each pivot";
    TextRoundTripKept "aug-text-round-trip-kept" "AUG-33"
        "a sentence that came back as it was is kept",
        "drop it: it weighs the sentence twice";
    TextRatioIgnored "aug-text-ratio-ignored" "AUG-34"
        "variants of any length are kept",
        "compare lengths both ways with `max_length_ratio`";
    TextRatioOneSided "aug-text-ratio-one-sided" "AUG-34"
        "variants may be as short as they like",
        "length(x) ≤ r·length(y) as well";
    TextLengthInBytes "aug-text-length-in-bytes" "AUG-34"
        "length is the number of bytes",
        "count characters: é is one";
    TextDuplicatesKept "aug-text-duplicates-kept" "AUG-35"
        "a variant that two pivots give is kept twice",
        "keep it once for a sentence";
    TextFailureLosesOthers "aug-text-failure-loses-others" "AUG-36"
        "one sentence that cannot be translated takes the others with it",
        "keep an answer or an error for each sentence";
    TextFailureSilent "aug-text-failure-silent" "AUG-36"
        "failures are counted as empty sentences and not told",
        "report sentence, pivot, direction and error";
    TextEmptyAccepted "aug-text-empty-accepted" "AUG-36"
        "an empty translation is sent back as if it were a sentence",
        "take it for a failure of its direction";
    TextDuplicatesAcross "aug-text-duplicates-across" "AUG-37"
        "a variant is dropped because another sentence has it",
        "compare with the variants of the same sentence only";
    TextMisaligned "aug-text-misaligned" "AUG-38"
        "answers are taken in turn though one is missing",
        "believe a batch only if it has an answer for each sentence",
        traced(Trace::Bits);
    TextUncounted "aug-text-dropped-uncounted" "AUG-39"
        "what is too short or too long disappears without being counted",
        "count everything that is dropped";
};
