//! Distances on earth, taken as a sphere.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_a_sphere() {
        let (berlin, paris) = ((52.52, 13.405), (48.8566, 2.3522));
        assert!((distance(berlin, paris) - 877_464.0).abs() < 1_000.0, "{}", distance(berlin, paris));
        assert!(distance(berlin, berlin) < 0.001);
        assert!((distance((0.0, 179.5), (0.0, -179.5)) - METRES_OF_A_DEGREE).abs() < 1.0);
    }
}
