use std::borrow::Cow;

/// A benchmark's name, in its parts.
///
/// ```text
/// Encode/format=json/1k-8
/// base  /part       /part -N: how many cores it was allowed
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    full: &'a str,
    /// Where the number of cores begins; the length where there is none.
    cores: usize,
}

impl<'a> Name<'a> {
    /// The name that is written like this.
    pub fn new(full: &'a str) -> Name<'a> {
        let without_digits = full.trim_end_matches(|c: char| c.is_ascii_digit());
        let has_cores = without_digits.len() < full.len() && without_digits.ends_with('-');
        Name { full, cores: if has_cores { without_digits.len() - 1 } else { full.len() } }
    }

    /// A name that does not come from Go: what stands at its end is no number of cores.
    ///
    /// ```
    /// use regress::select::Name;
    ///
    /// assert_eq!(Name::plain("sha-256").base(), "sha-256");
    /// ```
    pub fn plain(full: &'a str) -> Name<'a> {
        Name { full, cores: full.len() }
    }

    /// The whole of it.
    pub fn full(&self) -> &'a str {
        self.full
    }

    /// Without parts and cores.
    ///
    /// ```
    /// use regress::select::Name;
    ///
    /// assert_eq!(Name::new("Encode/format=json-8").base(), "Encode");
    /// assert_eq!(Name::new("Encode-8").base(), "Encode");
    /// ```
    pub fn base(&self) -> &'a str {
        let end = self.full.find('/').unwrap_or(self.cores);
        &self.full[..end]
    }

    /// The value of a part; empty where it has none.
    ///
    /// * `key`: with its slash; `/gomaxprocs` is the number of cores.
    ///
    /// ```
    /// use regress::select::Name;
    ///
    /// let name = Name::new("Encode/format=json/size=4k-8");
    /// assert_eq!((name.part("/format"), name.part("/gomaxprocs"), name.part("/level")), ("json", "8", ""));
    /// ```
    pub fn part(&self, key: &str) -> &'a str {
        if key == CORES && self.cores < self.full.len() {
            return &self.full[self.cores + 1..];
        }
        self.parts().find_map(|part| part.strip_prefix(key)?.strip_prefix('=')).unwrap_or("")
    }

    /// The part at a place, from 1, without its slash; empty where there are fewer.
    ///
    /// ```
    /// use regress::select::Name;
    ///
    /// let name = Name::plain("string/concat/n100");
    /// assert_eq!((name.place(1), name.place(2), name.place(3)), ("concat", "n100", ""));
    /// ```
    pub fn place(&self, place: usize) -> &'a str {
        self.parts().nth(place - 1).map_or("", |part| &part[1..])
    }

    /// The name without some of it.
    ///
    /// * `keys`: `.name`, which leaves a `*`, or parts; anything else is passed over.
    /// * `places`: parts by their place from 1; each leaves a `*`, so that the others stay where they are.
    ///
    /// ```
    /// use regress::select::Name;
    ///
    /// let name = Name::new("Encode/format=json/size=4k-8");
    /// assert_eq!(name.without(&["/format".into()], &[]), "Encode/size=4k-8");
    /// assert_eq!(name.without(&[".name".into(), "/gomaxprocs".into()], &[]), "*/format=json/size=4k");
    /// assert_eq!(name.without(&[], &[1]), "Encode/*/size=4k-8");
    /// ```
    pub fn without(&self, keys: &[String], places: &[usize]) -> Cow<'a, str> {
        let leaves = |part: &str| !keys.iter().any(|key| part.strip_prefix(&**key).is_some_and(|v| v.starts_with('=')));
        let names = keys.iter().any(|key| key == super::NAME);
        let counts_cores = keys.iter().any(|key| key == CORES) && self.cores < self.full.len();
        let has_place = places.iter().any(|place| *place <= self.parts().count());
        if !names && !counts_cores && !has_place && self.parts().all(leaves) {
            return self.full.into();
        }
        let mut rest = if names { "*".to_owned() } else { self.full[..self.before_parts()].to_owned() };
        for (index, part) in self.parts().enumerate().filter(|(_, part)| leaves(part)) {
            rest.push_str(if places.contains(&(index + 1)) { "/*" } else { part });
        }
        if !counts_cores {
            rest.push_str(&self.full[self.cores..]);
        }
        rest.into()
    }

    /// `/format=json`, `/1k`: each with its slash, without the cores.
    fn parts(&self) -> impl Iterator<Item = &'a str> {
        let mut rest = &self.full[self.before_parts()..self.cores];
        std::iter::from_fn(move || {
            let inner = rest.strip_prefix('/')?;
            let end = inner.find('/').map_or(rest.len(), |end| end + 1);
            let (part, after) = rest.split_at(end);
            rest = after;
            Some(part)
        })
    }

    fn before_parts(&self) -> usize {
        self.full[..self.cores].find('/').unwrap_or(self.cores)
    }
}

/// What Go calls the number of cores.
const CORES: &str = "/gomaxprocs";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_apart() {
        #[track_caller]
        fn check(full: &str, base: &str, parts: &[&str], cores: &str) {
            let name = Name::new(full);
            assert_eq!((name.base(), name.part(CORES)), (base, cores), "for {full:?}");
            assert_eq!(name.parts().collect::<Vec<_>>(), parts, "for {full:?}");
        }
        check("Test", "Test", &[], "");
        check("Test-8", "Test", &[], "8");
        check("Test-", "Test-", &[], "");
        check("-8", "", &[], "8");
        check("8", "8", &[], "");
        check("", "", &[], "");
        check("Test/a/b=c-16", "Test", &["/a", "/b=c"], "16");
        check("Test/", "Test", &["/"], "");
        check("Test//-1", "Test", &["/", "/"], "1");
        check("Test-8/a", "Test-8", &["/a"], "");
        check("Test/gomaxprocs=4", "Test", &["/gomaxprocs=4"], "4");
        check("Test/gomaxprocs=4-8", "Test", &["/gomaxprocs=4"], "8");
        check("Test/a=1-8", "Test", &["/a=1"], "8");
    }

    #[test]
    fn what_is_left_out_leaves_no_trace() {
        #[track_caller]
        fn check(full: &str, keys: &[&str], expected: &str) {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            assert_eq!(Name::new(full).without(&keys, &[]), expected, "for {full:?} without {keys:?}");
        }
        check("Name/a=1-4", &[], "Name/a=1-4");
        check("Name/a=1-4", &["/a"], "Name-4");
        check("Name/ab=1-4", &["/a"], "Name/ab=1-4");
        check("Name/a-4", &["/a"], "Name/a-4");
        check("Name/a=1-4", &["/gomaxprocs"], "Name/a=1");
        check("Name/gomaxprocs=2", &["/gomaxprocs"], "Name");
        check("Name", &["/gomaxprocs"], "Name");
        check("Name/a=1-4", &[".name", "goos"], "*/a=1-4");
    }
}
