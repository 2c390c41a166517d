//! How many columns a text takes in a terminal. Identifiers may be any letters, and tables must still line up.

/// The columns of `text`: two for East Asian wide characters, none for combining marks.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// The ranges are those of Unicode's East Asian Width "W" and "F" and of the combining marks, in whole blocks.
fn char_columns(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x200B..=0x200F | 0x20D0..=0x20FF | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn wide_and_combining_characters() {
        assert_eq!(columns("z1_bar"), 6);
        assert_eq!(columns("ẋ"), 1);
        assert_eq!(columns("z\u{304}1"), 2);
        assert_eq!(columns("重み"), 4);
        assert_eq!(columns("π σ²"), 4);
    }
}
