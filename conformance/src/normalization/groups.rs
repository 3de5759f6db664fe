//! What is normalised together: a channel over the batch, or a row over its features.

use crate::Shape;

/// Along what the mean is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// Over outer and inner, for each channel: batch normalisation.
    Channels,
    /// Over the channels, for each outer and inner position: layer normalisation.
    Rows,
}

/// The groups of a tensor: those of its elements that share a mean and a variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Groups {
    shape: Shape,
    along: Along,
}

impl Groups {
    /// The groups of a tensor of that shape.
    #[must_use]
    pub const fn new(shape: Shape, along: Along) -> Self {
        Self { shape, along }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self.along {
            Along::Channels => self.shape.channels,
            Along::Rows => self.shape.per_channel(),
        }
    }

    /// How many values each has.
    #[must_use]
    pub const fn size(&self) -> usize {
        match self.along {
            Along::Channels => self.shape.per_channel(),
            Along::Rows => self.shape.channels,
        }
    }

    /// Where value `k` of group `g` lies.
    #[must_use]
    pub const fn index(&self, k: usize, g: usize) -> usize {
        match self.along {
            Along::Channels => self.shape.index(k, g),
            Along::Rows => self.shape.index(g, k),
        }
    }

    /// The group of the element at `index`.
    #[must_use]
    pub const fn of(&self, index: usize) -> usize {
        match self.along {
            Along::Channels => self.shape.channel_of(index),
            Along::Rows => self.shape.position_of(index),
        }
    }

    /// Which value of its group the element at `index` is.
    #[must_use]
    pub const fn place_of(&self, index: usize) -> usize {
        match self.along {
            Along::Channels => self.shape.position_of(index),
            Along::Rows => self.shape.channel_of(index),
        }
    }

    /// Where the values of group `g` lie.
    pub fn indices(self, g: usize) -> impl Iterator<Item = usize> + Clone {
        (0..self.size()).map(move |k| self.index(k, g))
    }

    /// The values of group `g`, in order.
    pub fn values<T: Copy>(self, tensor: &[T], g: usize) -> impl Iterator<Item = T> + '_ {
        self.indices(g).map(move |i| tensor[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found_where_it_lies() {
        let shape = Shape::new(3, 4, 5);
        for along in [Along::Channels, Along::Rows] {
            let groups = Groups::new(shape, along);
            assert_eq!(groups.count() * groups.size(), shape.len());
            for i in 0..shape.len() {
                assert_eq!(groups.index(groups.place_of(i), groups.of(i)), i, "{along:?}");
            }
        }
    }

    #[test]
    fn a_row_has_one_value_of_every_channel() {
        let groups = Groups::new(Shape::new(2, 3, 2), Along::Rows);
        assert_eq!(groups.indices(1).collect::<Vec<_>>(), [1, 3, 5]);
        assert_eq!(groups.indices(2).collect::<Vec<_>>(), [6, 8, 10]);
    }
}
