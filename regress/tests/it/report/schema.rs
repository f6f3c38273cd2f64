//! As much of JSON Schema as our schemas use, and not more lenient anywhere: a keyword it does not know is a panic.

use serde_json::Value;

/// Where `value` is not what `schema` says, in words; empty when it is.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check { root: schema, violations: Vec::new() };
    check.value(schema, value, "$");
    check.violations
}

struct Check<'a> {
    root: &'a Value,
    violations: Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
            let holds = match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "definitions" | "title" | "description" | "default" => true,
                // URIs and dates; a schema may leave them to whoever reads them.
                "format" => true,
                // Judged together with `properties`.
                "additionalProperties" => true,
                "$ref" => {
                    let pointer = wanted.as_str().unwrap().strip_prefix('#').expect("a reference into this file");
                    let target = self.root.pointer(pointer).expect("the reference leads somewhere").clone();
                    self.value(&target, value, at);
                    true
                }
                "anyOf" => wanted.as_array().unwrap().iter().any(|schema| self.matches(schema, value)),
                "oneOf" => wanted.as_array().unwrap().iter().filter(|schema| self.matches(schema, value)).count() == 1,
                "const" => wanted == value,
                "enum" => wanted.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|number| wanted.as_f64().unwrap() <= number),
                "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
                "minItems" => value.as_array().is_none_or(|items| wanted.as_u64().unwrap() <= items.len() as u64),
                "uniqueItems" => value.as_array().is_none_or(|items| {
                    *wanted != Value::Bool(true) || (1..items.len()).all(|i| !items[..i].contains(&items[i]))
                }),
                "pattern" => value.as_str().is_none_or(|text| {
                    regex_lite::Regex::new(wanted.as_str().unwrap()).expect("it is a pattern").is_match(text)
                }),
                "type" => match wanted {
                    Value::Array(types) => types.iter().any(|one| is_a(one, value)),
                    one => is_a(one, value),
                },
                "required" => wanted.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
                "properties" => {
                    self.properties(schema, value, at);
                    true
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.value(wanted, item, &format!("{at}[{index}]"));
                    }
                    true
                }
                unknown => panic!("the checker does not know `{unknown}`"),
            };
            if !holds {
                self.violations.push(format!("{at}: {value} breaks {keyword} {wanted}"));
            }
        }
        if schema.get("properties").is_none() && schema.get("additionalProperties").is_some() {
            self.properties(schema, value, at);
        }
    }

    fn properties(&mut self, schema: &Value, value: &Value, at: &str) {
        let others = schema.get("additionalProperties").expect("every object says what else it may hold");
        for (name, value) in value.as_object().into_iter().flatten() {
            let at = format!("{at}.{name}");
            match (schema.get("properties").and_then(|known| known.get(name)), others) {
                (Some(schema), _) => self.value(schema, value, &at),
                (None, Value::Bool(false)) => self.violations.push(format!("{at}: is in no schema")),
                (None, Value::Bool(true)) => {}
                (None, others) => self.value(others, value, &at),
            }
        }
    }

    fn matches(&self, schema: &Value, value: &Value) -> bool {
        let mut inner = Check { root: self.root, violations: Vec::new() };
        inner.value(schema, value, "");
        inner.violations.is_empty()
    }
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("`{unknown}` is no type"),
    }
}
