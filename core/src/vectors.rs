//! Vectors, and how far they are from one another.
//!
//! Numbers are of single precision and sums of double precision, so that what comes first does not depend on the order in
//! which a processor adds.

/// What "near" means for vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// One less the cosine of the angle between them.
    #[default]
    Cosine,
    /// The length of the difference.
    L2,
}

/// Numbers that are taken at once: compilers make vector instructions of sums that do not wait for one another.
const LANES: usize = 8;
const BYTES: usize = LANES * size_of::<f32>();

type Sums = [f64; LANES];

/// A vector that many are compared with.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    numbers: Vec<f64>,
    length: f64,
    metric: Metric,
}

impl Target {
    pub(crate) fn new(numbers: &[f32], metric: Metric) -> Self {
        let numbers: Vec<f64> = numbers.iter().copied().map(f64::from).collect();
        let length = numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
        Self { numbers, length, metric }
    }

    /// From numbers as databases hold them: little-endian, four bytes each.
    pub(crate) fn read(bytes: &[u8], metric: Metric) -> Self {
        let numbers: Vec<f32> =
            bytes.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        Self::new(&numbers, metric)
    }

    /// How far a vector is, of numbers as databases hold them.
    pub(crate) fn distance(&self, bytes: &[u8]) -> f64 {
        match self.metric {
            Metric::Cosine => self.cosine(bytes),
            Metric::L2 => self.l2(bytes),
        }
    }

    /// 1 where one of them has no direction.
    fn cosine(&self, bytes: &[u8]) -> f64 {
        let (mut both, mut own) = ([0.0; LANES], [0.0; LANES]);
        self.pairs(bytes, |lane, number, target| {
            add(&mut both, lane, number * target);
            add(&mut own, lane, number * number);
        });
        let lengths = self.length * sum(&own).sqrt();
        if lengths == 0.0 { 1.0 } else { (1.0 - sum(&both) / lengths).max(0.0) + 0.0 }
    }

    fn l2(&self, bytes: &[u8]) -> f64 {
        let mut squares = [0.0; LANES];
        self.pairs(bytes, |lane, number, target| {
            add(&mut squares, lane, (number - target) * (number - target));
        });
        sum(&squares).sqrt()
    }

    /// Hands over each number beside that of the target, with the sum that it belongs to.
    #[inline]
    fn pairs(&self, bytes: &[u8], mut take: impl FnMut(usize, f64, f64)) {
        let (chunks, bytes) = bytes.as_chunks::<BYTES>();
        let (targets, rest) = self.numbers.as_chunks::<LANES>();
        for (chunk, target) in chunks.iter().zip(targets) {
            for (lane, (number, target)) in chunk.as_chunks().0.iter().zip(target).enumerate() {
                take(lane, f32::from_le_bytes(*number).into(), *target);
            }
        }
        for (lane, (number, target)) in bytes.as_chunks().0.iter().zip(rest).enumerate() {
            take(lane, f32::from_le_bytes(*number).into(), *target);
        }
    }
}

#[inline]
fn add(sums: &mut Sums, lane: usize, number: f64) {
    if let Some(sum) = sums.get_mut(lane) {
        *sum += number;
    }
}

fn sum(sums: &Sums) -> f64 {
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(metric: Metric, one: &[f32], other: &[f32]) -> f64 {
        let bytes: Vec<u8> = other.iter().flat_map(|number| number.to_le_bytes()).collect();
        Target::new(one, metric).distance(&bytes)
    }

    #[test]
    fn distances_are_those_of_geometry() {
        let cosine = |one: &[f32], other: &[f32]| distance(Metric::Cosine, one, other);
        assert!((cosine(&[1.0, 0.0], &[0.0, 2.0]) - 1.0).abs() < 1e-12);
        assert!((cosine(&[0.0, 0.0], &[0.0, 2.0]) - 1.0).abs() < 1e-12);
        assert!((cosine(&[1.0, 0.0], &[-3.0, 0.0]) - 2.0).abs() < 1e-12);
        assert!((distance(Metric::L2, &[1.0, 1.0], &[4.0, 5.0]) - 5.0).abs() < 1e-12);
    }

    /// What is taken at once, and what is left of it.
    #[test]
    fn every_number_counts() {
        for length in 1_u8..40 {
            let one: Vec<f32> = (1..=length).map(|at| f32::from(at).sin()).collect();
            let other: Vec<f32> = (1..=length).map(|at| f32::from(at).cos()).collect();
            let squares = one.iter().zip(&other).map(|(a, b)| f64::from(*a) - f64::from(*b));
            let plain = squares.map(|difference| difference * difference).sum::<f64>().sqrt();
            assert!((distance(Metric::L2, &one, &other) - plain).abs() < 1e-9, "{length}");
            assert!(distance(Metric::Cosine, &one, &one) < 1e-9, "{length}");
        }
    }
}
