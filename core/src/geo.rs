//! Distances: on earth, taken as a sphere, and between vectors.

/// The mean radius of earth in metres (IUGG).
pub(crate) const RADIUS: f64 = 6_371_008.8;
/// The way from one parallel to the next but one degree.
pub(crate) const METRES_OF_A_DEGREE: f64 = RADIUS * std::f64::consts::PI / 180.0;

/// Metres between two places in degrees, by the haversine formula.
pub(crate) fn distance((lat, lon): (f64, f64), (other_lat, other_lon): (f64, f64)) -> f64 {
    let half = |one: f64, other: f64| ((one - other).to_radians() / 2.0).sin().powi(2);
    let across = lat.to_radians().cos() * other_lat.to_radians().cos() * half(lon, other_lon);
    2.0 * RADIUS * (half(lat, other_lat) + across).sqrt().min(1.0).asin()
}

/// Numbers of single precision as a database holds them: little-endian, four bytes each.
fn numbers(bytes: &[u8]) -> impl Iterator<Item = f64> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
}

/// One less the cosine of the angle between two vectors; 1 where one of them has no direction.
pub(crate) fn cosine(one: &[u8], other: &[u8]) -> f64 {
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in numbers(one).zip(numbers(other)) {
        both += a * b;
        first += a * a;
        second += b * b;
    }
    let lengths = f64::sqrt(first) * f64::sqrt(second);
    if lengths == 0.0 { 1.0 } else { 1.0 - both / lengths }
}

/// The length of the difference of two vectors.
pub(crate) fn l2(one: &[u8], other: &[u8]) -> f64 {
    numbers(one).zip(numbers(other)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_a_sphere() {
        let (berlin, paris) = ((52.52, 13.405), (48.8566, 2.3522));
        assert!((distance(berlin, paris) - 877_464.0).abs() < 1_000.0, "{}", distance(berlin, paris));
        assert!(distance(berlin, berlin) < 0.001);
        assert!((distance((0.0, 179.5), (0.0, -179.5)) - METRES_OF_A_DEGREE).abs() < 1.0);
        let bytes =
            |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
        assert!((cosine(&bytes(&[1.0, 0.0]), &bytes(&[0.0, 2.0])) - 1.0).abs() < 1e-12);
        assert!((cosine(&bytes(&[0.0, 0.0]), &bytes(&[0.0, 2.0])) - 1.0).abs() < 1e-9);
        assert!((l2(&bytes(&[1.0, 1.0]), &bytes(&[4.0, 5.0])) - 5.0).abs() < 1e-9);
    }
}
