//! The SQL that fetches many faces at once.

use rusqlite::{Connection, params_from_iter};

use crate::Workload;
use crate::input::Random;

/// Text of a query with a placeholder per id, and its parameters. size: number of ids.
///
/// Two allocations, whatever the size.
#[derive(Debug)]
pub struct Build;

/// An id as the database stores it.
type Id = [u8; 16];

/// A tenant and the faces that are asked for.
#[derive(Debug)]
pub struct Wanted {
    tenant: Id,
    faces: Vec<Id>,
}

/// Never holds an id in its text.
#[derive(Debug)]
pub struct Query {
    sql: String,
    parameters: Vec<Id>,
}

impl Workload for Build {
    type Input = Wanted;
    type Output = Query;

    const IS_WAITED_FOR: bool = true;

    fn setup(size: usize) -> Wanted {
        let mut random = Random::from_seed(0x9);
        let mut id = || (u128::from(random.bits()) << 64 | u128::from(random.bits())).to_le_bytes();
        Wanted { tenant: id(), faces: (0..size).map(|_| id()).collect() }
    }

    fn run(wanted: &mut Wanted) -> Query {
        const HEAD: &str = "SELECT id, embedding FROM face WHERE tenant = ? AND id IN (";
        const PLACEHOLDER: &str = "?, ";
        const TAIL: &str = ") ORDER BY id";
        let mut sql = String::with_capacity(HEAD.len() + wanted.faces.len() * PLACEHOLDER.len() + TAIL.len());
        let mut parameters = Vec::with_capacity(1 + wanted.faces.len());
        sql.push_str(HEAD);
        parameters.push(wanted.tenant);
        for (index, &face) in wanted.faces.iter().enumerate() {
            sql.push_str(if index == 0 { "?" } else { ", ?" });
            parameters.push(face);
        }
        sql.push_str(TAIL);
        Query { sql, parameters }
    }

    /// A database understands the query and finds the faces, and only those.
    fn check(wanted: &Wanted, query: &Query) {
        let database = Connection::open_in_memory().expect("a database in memory opens");
        database
            .execute_batch("CREATE TABLE face (id BLOB PRIMARY KEY, tenant BLOB, embedding BLOB)")
            .expect("the table is new");
        let insert = |id: &Id, tenant: &Id| {
            database.execute("INSERT INTO face VALUES (?, ?, x'')", (id, tenant)).expect("ids differ");
        };
        for face in &wanted.faces {
            insert(face, &wanted.tenant);
        }
        insert(&[1; 16], &wanted.tenant);
        insert(&[2; 16], &[3; 16]);

        let mut statement = database.prepare(&query.sql).expect("the query is SQL");
        let rows = statement.query_map(params_from_iter(&query.parameters), |row| row.get::<_, Id>("id"));
        let found: Vec<Id> = rows.and_then(Iterator::collect).expect("the query has its parameters");
        let mut expected = wanted.faces.clone();
        expected.sort();
        assert_eq!(found, expected);
    }
}
