//! The size in a benchmark's name: 1000 of `sort/n1000`, 4096 of `Encode/size=4Ki-8`.

use super::number::number;

/// A name with a number for a size in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sized<'a> {
    /// What stands before the number.
    pub before: &'a str,
    /// The number, prefixes multiplied out: 4000 for `4k`, 4096 for `4Ki`.
    pub size: f64,
    /// What stands behind it. Names that differ in nothing but the size belong together.
    pub after: &'a str,
}

/// The size in a name: the last number of its last part.
///
/// `-8` at the very end is how many processors Go used, as long as another number stands before it. `None` where
/// the last part has no number.
///
/// ```
/// use regress::select::size_of;
///
/// let sized = size_of("image/decode/px448").expect("448");
/// assert_eq!((sized.before, sized.size, sized.after), ("image/decode/px", 448.0, ""));
/// assert_eq!(size_of("image/decode"), None);
/// ```
pub fn size_of(name: &str) -> Option<Sized<'_>> {
    let last_part = name.rfind('/').map_or(0, |slash| slash + 1);
    let end = without_processors(name, last_part);
    let last_digit = name[last_part..end].rfind(|c: char| c.is_ascii_digit())? + last_part;
    let is_inside = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    let start = name[last_part..last_digit].rfind(|c: char| !is_inside(c));
    let start =
        start.map_or(last_part, |at| at + last_part + name[at + last_part..].chars().next().map_or(1, char::len_utf8));
    let start = start + name[start..].find(|c: char| c.is_ascii_digit())?;
    let behind = &name[last_digit + 1..];
    let prefix = match behind.as_bytes() {
        [b'K' | b'M' | b'G' | b'T' | b'k', b'i', ..] => 2,
        [b'K' | b'M' | b'G' | b'T' | b'k', ..] => 1,
        _ => 0,
    };
    let stop = last_digit + 1 + prefix;
    let size = number(&name[start..stop].replace('_', ""))?;
    Some(Sized { before: &name[..start], size, after: &name[stop..] })
}

/// Where a name ends without the `-8` of Go.
fn without_processors(name: &str, last_part: usize) -> usize {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match bare.strip_suffix('-') {
        Some(rest) if bare.len() < name.len() && rest.len() > last_part => {
            let has_number = rest[last_part..].contains(|c: char| c.is_ascii_digit());
            if has_number { rest.len() } else { name.len() }
        }
        _ => name.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_of_the_last_part_is_the_size() {
        #[track_caller]
        fn check(name: &str, expected: Option<(&str, f64, &str)>) {
            assert_eq!(size_of(name).map(|sized| (sized.before, sized.size, sized.after)), expected, "for {name:?}");
        }
        check("sort/1000", Some(("sort/", 1000.0, "")));
        check("sort/n1000", Some(("sort/n", 1000.0, "")));
        check("embedding/cosine/d512", Some(("embedding/cosine/d", 512.0, "")));
        check("1000", Some(("", 1000.0, "")));
        check("json/kb64", Some(("json/kb", 64.0, "")));
        check("sort/size=4k", Some(("sort/size=", 4000.0, "")));
        check("sort/size=4Ki-8", Some(("sort/size=", 4096.0, "-8")));
        check("sort/64KiB", Some(("sort/", 65536.0, "B")));
        check("sort/512B", Some(("sort/", 512.0, "B")));
        check("Sort/1000-8", Some(("Sort/", 1000.0, "-8")));
        check("Sort-8", Some(("Sort-", 8.0, "")));
        check("test_utf8[1000]", Some(("test_utf8[", 1000.0, "]")));
        check("v2_1000", Some(("v", 21000.0, ""))); // `_` parts digits, as in Rust
        check("a/10_000", Some(("a/", 10000.0, "")));
        check("a/1.5k", Some(("a/", 1500.0, "")));
        check("a/grün7", Some(("a/grün", 7.0, "")));
        check("a/ü7é", Some(("a/ü", 7.0, "é")));
        check("n1000/sorted", None);
        check("sort", None);
        check("", None);
        check("/", None);
    }
}
