//! JSON before anything parses it.

/// Whether brackets nest deeper than `most`. What is not JSON may be judged wrongly, and is refused by the parser
/// anyway.
pub fn is_deeper(json: &[u8], most: u32) -> bool {
    let mut depth = 0_u32;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'{' | b'[' if depth == most => return true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_strings() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let deep = |json: &str| is_deeper(json.as_bytes(), 32);
        assert!(!deep(&nested(32)));
        assert!(deep(&nested(33)));
        assert!(!deep(&format!("\"{}\"", "[".repeat(50))));
        assert!(!deep(&format!("\"\\\"{}\"", "[".repeat(50))));
        assert!(deep(&format!("{{\"a\\\\\":{}}}", nested(32))));
        assert!(!deep(&"[]".repeat(100)));
    }
}
