/// What a cosine is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineSums {
    pub products: f32,
    pub squares_a: f32,
    pub squares_b: f32,
}
