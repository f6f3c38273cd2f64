//! Storing many faces: each in a transaction of its own, or all in one.
//!
//! SQLite in memory: what is measured is the database's work, not a disk's. SQLite is written in C
//! and has its own allocator calls, which the counting allocator does not see.

use rusqlite::{Connection, params};

use crate::{Workload, input};

/// Bytes of an embedding of 128 numbers.
const EMBEDDING_BYTES: usize = 512;

const SAVE: &str = "INSERT OR REPLACE INTO face (id, embedding) VALUES (?, ?)";

/// Slow on purpose: every face is a transaction. size: number of faces.
#[derive(Debug)]
pub struct OneByOne;

impl Workload for OneByOne {
    type Input = Store;
    type Output = rusqlite::Result<()>;

    fn setup(size: usize) -> Store {
        Store::with_faces(size)
    }

    fn run(store: &mut Store) -> rusqlite::Result<()> {
        save(&store.database, &store.faces)
    }

    fn check(store: &Store, saved: &rusqlite::Result<()>) {
        store.check(saved);
    }
}

/// The same faces in one transaction. size: number of faces.
#[derive(Debug)]
pub struct Transaction;

impl Workload for Transaction {
    type Input = Store;
    type Output = rusqlite::Result<()>;

    fn setup(size: usize) -> Store {
        Store::with_faces(size)
    }

    fn run(store: &mut Store) -> rusqlite::Result<()> {
        let transaction = store.database.transaction()?;
        save(&transaction, &store.faces)?;
        transaction.commit()
    }

    fn check(store: &Store, saved: &rusqlite::Result<()>) {
        store.check(saved);
    }
}

/// A database and the faces to store. A face that is there already is replaced: the table does not
/// grow from run to run.
#[derive(Debug)]
pub struct Store {
    database: Connection,
    faces: Vec<Face>,
}

#[derive(Debug)]
struct Face {
    id: i64,
    embedding: Vec<u8>,
}

impl Store {
    fn with_faces(count: usize) -> Store {
        let database = Connection::open_in_memory().expect("a database in memory opens");
        database
            .execute_batch("CREATE TABLE face (id INTEGER PRIMARY KEY, embedding BLOB NOT NULL)")
            .expect("the table is new");
        let face = |id: usize| Face { id: id as i64, embedding: input::bytes(id as u64, EMBEDDING_BYTES) };
        Store { database, faces: (0..count).map(face).collect() }
    }

    fn check(&self, saved: &rusqlite::Result<()>) {
        assert_eq!(*saved, Ok(()));
        assert!(self.database.is_autocommit(), "no transaction is left open");
        let rows = self.database.query_row("SELECT COUNT(*) FROM face", [], |row| row.get::<_, i64>(0));
        assert_eq!(rows, Ok(self.faces.len() as i64));
        for face in &self.faces {
            let stored =
                self.database.query_row("SELECT embedding FROM face WHERE id = ?", [face.id], |row| row.get(0));
            assert_eq!(stored.as_ref(), Ok(&face.embedding));
        }
    }
}

fn save(database: &Connection, faces: &[Face]) -> rusqlite::Result<()> {
    let mut statement = database.prepare(SAVE)?;
    for face in faces {
        statement.execute(params![face.id, face.embedding])?;
    }
    Ok(())
}
