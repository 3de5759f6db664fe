//! What is drawn: dropout, fills and noise. Each call draws anew: its step is another one.

use evenkeel_fast::augmentation::{self, ImageShape, Noise, Operation};
use evenkeel_fast::dropout;
use evenkeel_fast::random::{self, Stream};

use super::{Lent, Offer, room};
use crate::case::{BadCase, Case};
use crate::data::values;

fn next(stream: &mut Stream) -> Stream {
    stream.step = stream.step.wrapping_add(1);
    *stream
}

pub(super) fn dropout(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let (n, p) = (case.size("n")?, case.number("p")?);
    let mut stream = Stream { seed: 1, ..Stream::default() };
    let offer = if case.kernel == "dropout_forward" {
        let x = values::<f32>(n, 1);
        Offer::out(room(n), move |y, Lent { workspace, policy }| {
            dropout::forward(next(&mut stream), 0, p, &x, y, workspace, policy)
        })
    } else {
        let dy = values::<f32>(n, 2);
        Offer::out(room(n), move |dx, Lent { workspace, policy }| {
            dropout::backward(next(&mut stream), 0, p, &dy, dx, workspace, policy)
        })
    };
    Ok(vec![offer.drawn()])
}

pub(super) fn fill(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let draw = if case.kernel == "uniform_fill" { random::uniform } else { random::normal };
    let mut stream = Stream { seed: 1, ..Stream::default() };
    let offer = Offer::out(room(case.size("n")?), move |out, Lent { workspace, policy }| {
        draw(next(&mut stream), 0, 1.0, out, workspace, policy)
    });
    Ok(vec![offer.drawn()])
}

/// As images of one channel: that many rows as make the size.
pub(super) fn noise(case: &Case) -> Result<Vec<Offer>, BadCase> {
    const WIDTH: usize = 224;
    let n = case.size("n")?;
    let images = n / (3 * WIDTH * WIDTH);
    if images * 3 * WIDTH * WIDTH != n {
        return Err(case.wrong("not a multiple of 3×224×224"));
    }
    let shape = ImageShape::new(images, 3, WIDTH, WIDTH);
    let (x, mut stream) = (values::<f32>(n, 1), Stream { seed: 1, ..Stream::default() });
    let noise = Noise { deviation: 0.1, clamp: None };
    let mut operations = vec![None; images];
    let offer = Offer::out(room(n), move |y, Lent { workspace, policy }| {
        let stream = next(&mut stream);
        for (image, operation) in (0_u64..).zip(&mut operations) {
            *operation = Some(Operation::Noise(noise, stream, image * shape.per_image() as u64));
        }
        augmentation::apply(shape, &operations, &x, y, workspace, policy)
    });
    Ok(vec![offer.drawn()])
}
