//! CSV: a line for every measurement, for spreadsheets and data frames. Written only.
//!
//! ```text
//! benchmark,metric,unit,harness,process,order,value,total,operations
//! sort/large,time,s,criterion,1,1,0.00172,,
//! sort/large,allocs,count,meter,,,0.5,1,2
//! ```
//!
//! Values stand in base units, in full precision. `process` and `order` (within the process) count from 1; a count
//! that is the same in every repeat has neither, but the two whole numbers that it is made of.

use crate::model::{Observation, Run, Values};

const COLUMNS: [&str; 9] =
    ["benchmark", "metric", "unit", "harness", "process", "order", "value", "total", "operations"];

/// `run` as CSV, with a line of headings; line ends are line feeds.
pub(super) fn write(run: &Run) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut write = |record: [&str; 9]| table.write_record(record).expect(MEMORY);
    write(COLUMNS);
    for observation in run.observations() {
        let Observation { id, metric, values, harness, origin: _ } = observation;
        let mut line = |numbers: [&str; 5]| {
            let [process, order, value, total, operations] = numbers;
            let unit = metric.unit.name();
            write([id.as_str(), &metric.name, unit, harness, process, order, value, total, operations]);
        };
        match values {
            Values::Exact(exact) => {
                let value = exact.per_operation().to_string();
                line(["", "", &value, &exact.total().to_string(), &exact.operations().to_string()]);
            }
            Values::Sampled(processes) => {
                for (process, values) in processes.by_process().enumerate() {
                    let process = (process + 1).to_string();
                    for (order, value) in values.iter().enumerate() {
                        line([&process, &(order + 1).to_string(), &value.to_string(), "", ""]);
                    }
                }
            }
        }
    }
    table.into_inner().expect(MEMORY)
}

const MEMORY: &str = "memory takes every record of as many fields as the headings";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BenchId, Exact, Metric, Processes};
    use crate::stats::Sample;

    #[test]
    fn every_measurement_is_a_line() {
        let observation = |name: &str, metric: &str, values| Observation {
            id: BenchId::new(name),
            metric: Metric::known(metric).into(),
            values,
            harness: "h".into(),
            origin: "x".into(),
        };
        let sample = |values: &[f64]| Sample::new(values.to_vec()).unwrap();
        let processes = Processes::new(vec![sample(&[1e-9, 0.5]), sample(&[3.0])]).unwrap();
        let observations = vec![
            observation("a, \"b\"", "time", Values::Sampled(processes)),
            observation("a, \"b\"", "allocs", Values::Exact(Exact::new(1, 2).unwrap())),
        ];
        let run = Run::new("x", Default::default(), Vec::new(), observations).unwrap();
        assert_eq!(
            String::from_utf8(write(&run)).unwrap(),
            "\
benchmark,metric,unit,harness,process,order,value,total,operations
\"a, \"\"b\"\"\",allocs,count,h,,,0.5,1,2
\"a, \"\"b\"\"\",time,s,h,1,1,0.000000001,,
\"a, \"\"b\"\"\",time,s,h,1,2,0.5,,
\"a, \"\"b\"\"\",time,s,h,2,1,3,,
"
        );
    }
}
