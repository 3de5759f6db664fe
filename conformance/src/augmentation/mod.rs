//! Augmentation of images and sentences: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Augmentation`], the trait that a target implements |
//! | `operations`, `choices` | what is done to an image, and from what it is drawn, each with its check |
//! | `text` | sentences: the dictionaries that translate them, and what comes back |
//! | `case`, `spoilt`, `inputs` | one input to every function, spoilt ones, and where inputs come from |
//! | `truth`, `planned` | pixels in 320 bits with their bounds, and the plan of the map |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong augmentations with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! It is tested twice: exactly, given operations or the words that make them; and as draws, whose
//! shares are asked in [`distribution`](crate::distribution).

mod case;
mod choices;
mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod operations;
mod planned;
mod properties;
mod reference;
mod spoilt;
mod suite;
mod text;
mod truth;

pub use case::{Case, Function};
pub use choices::{Choice, Labels, Transform, check_labels, check_plan};
pub use contract::{Augmentation, Images};
pub use kind::Augment;
pub use operations::{
    Axis, Blur, Border, Crop, Erasure, ImageShape, Interpolation, Noise, Operation, Rectangle,
    Rotation, Shift,
};
pub use suite::{Alone, PARTS, assert_property};
pub use text::{
    BackTranslated, Dictionary, TextDropped, TextError, TextFailure, TextJob, TextPivot,
    TextVariant,
};
